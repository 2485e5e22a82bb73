// Drives the page. Each step says what it shows; the first that fails ends it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { DESK, PHONE, launch, open, settled, shared, tab, type } from "./browser.mjs";
import { hostile } from "./hostile.mjs";
import { path, output, quirkc, write } from "./quirkc.mjs";
import { SLIP, bytes, dump } from "./texts.mjs";
import { shots } from "./shots.mjs";
import { times } from "./times.mjs";

const url = pathToFileURL(process.env.PAGE).href;
const browser = await launch();
let steps = 0;
async function step(what, run) {
  try {
    await run();
  } catch (error) {
    console.error(`playground: FAILED: ${what}`);
    throw error;
  }
  steps += 1;
  console.log(`playground: ${what}`);
}

// The page names its first text `main.quirk` where nothing else does.
const NAME = "main.quirk";
const empty = (page) => page.selectOption("#examples", { label: "An empty text" });

const { page, noted, close } = await open(browser, url);
let link;

await step("an example is there at once, with its function and a map before and after", async () => {
  await settled(page, "no findings");
  await page.waitForSelector("#map h2:nth-of-type(2)");
  assert.match(await page.textContent("#map"), /as a guest sees it: PASID at 0x400/);
});

await step("what is typed is checked, as `quirkc check` does", async () => {
  await empty(page);
  await settled(page, "no findings");
  await type(page, SLIP);
  await settled(page, "error");
  const { state } = await shared(page);
  assert.equal(state.texts[0].text, SLIP, "the keyboard wrote the text");
  const marks = await page.locator(".cm-lintRange-error").allInnerTexts();
  assert.deepEqual(marks.map((mark) => mark.includes("max_widht")), [true]);
  assert.equal(await page.locator(".cm-lint-marker-error").count(), 1);
  write(NAME, SLIP);
  const report = JSON.parse(quirkc("check", "--format", "json", NAME).out);
  assert.ok(report.diagnostics.length > 0);
  // The page shows every part of a finding.
  const items = await page.locator("#findings > li").allInnerTexts();
  assert.equal(items.length, report.diagnostics.length);
  for (const [at, found] of report.diagnostics.entries()) {
    for (const part of [`${found.line}:${found.column}`, found.severity, found.message, found.code, found.help, ...found.fixes.map((fix) => fix.title)]) {
      if (part) assert.ok(items[at].includes(part), `${part} in ${items[at]}`);
    }
  }
  // And the compiler of the page answered the same object.
  const asked = await page.evaluate((text) => window.quirk.ask({ ask: "check", texts: [{ name: "main.quirk", text }] }), SLIP);
  assert.deepEqual(asked.report, report);
});

await step("a fix is applied by its button, as `quirkc check --fix` does", async () => {
  await page.locator("#findings .fix").first().click();
  await settled(page, "no findings");
  output("check", "--fix", NAME);
  const fixed = readFileSync(path(NAME), "utf8");
  assert.notEqual(fixed, SLIP);
  assert.equal((await shared(page)).state.texts[0].text, fixed);
});

await step("`Fix all` does the same, and can be undone", async () => {
  await page.click(".cm-content");
  await page.keyboard.press("Control+Z");
  await settled(page, "error");
  await page.click("#fix");
  await settled(page, "no findings");
  assert.equal((await shared(page)).state.texts[0].text, readFileSync(path(NAME), "utf8"));
});

await step("the text is formatted by the keyboard, as `quirkc fmt` does", async () => {
  await page.click(".cm-content");
  await page.keyboard.press("Alt+Shift+F");
  output("fmt", NAME);
  const formatted = readFileSync(path(NAME), "utf8");
  await page.waitForTimeout(300);
  const { state } = await shared(page);
  assert.equal(state.texts[0].text, formatted);
  assert.notEqual(formatted, SLIP.replace("max_widht", "max_width"), "it was not formatted before");
});

await step("Rust, C and JSON are what `quirkc build` writes", async () => {
  await tab(page, "output");
  for (const what of ["rust", "c", "json"]) {
    await page.selectOption("#emit", what);
    const expected = output("build", "--emit", what, "-o", "-", NAME);
    await page.waitForFunction((length) => document.getElementById("output").textContent.length === length, expected.length);
    assert.equal(await page.textContent("#output"), expected);
  }
});

await step("tests run, and a failing one says why", async () => {
  await tab(page, "tests");
  await page.waitForFunction(() => document.getElementById("tests-told").textContent === "1 passed, 0 failed");
  assert.match(output("test", NAME), /1 passed/);
});

// The element that `quirkc map` makes of the same, as this browser writes it down.
async function expectedMap(...args) {
  const html = output("map", ...args, "--only-quirks", NAME, "--format", "html");
  return page.evaluate((html) => new DOMParser().parseFromString(html, "text/html").querySelector("main > section").outerHTML, html);
}
const shownMap = () => page.evaluate(() => document.querySelector("#map > section").outerHTML);

await step("the map of a description alone is that of `quirkc map --entry`", async () => {
  await tab(page, "map");
  await page.waitForSelector("#map > section");
  assert.equal(await shownMap(), await expectedMap("--entry", "tuner"));
});

await step("a dump is pasted among other text, and its map is that of `quirkc map`", async () => {
  write("dump.txt", dump());
  await tab(page, "dump");
  await page.check("#execute");
  await page.fill("#dump", dump());
  await page.click("#read-dump");
  await page.waitForFunction(() => document.getElementById("function").length === 1);
  await page.waitForFunction(() => /PASID at 0x400/.test(document.getElementById("decision").textContent));
  await tab(page, "map");
  assert.equal(await shownMap(), await expectedMap("dump.txt", "--pasid", "20,execute"));
});

await step("the same function comes from other forms: bytes of a file, and gzip", async () => {
  const before = await shownMap();
  for (const [name, content] of [["config", bytes()], ["dump.txt.gz", gzipSync(dump())]]) {
    await tab(page, "dump");
    await page.setInputFiles("#dump-file", { name, mimeType: "application/octet-stream", buffer: content });
    await page.waitForFunction((name) => document.getElementById("function").textContent.includes(name === "config" ? "function fffe:7101" : "Example Tuner"), name);
    await tab(page, "map");
    if (name !== "config") assert.equal(await shownMap(), before);
  }
});

await step("a guest reads and writes by hand; a test of `quirkc` with the same words passes", async () => {
  await tab(page, "guest");
  const read = async (offset, size) => {
    await page.fill("#offset", offset);
    await page.selectOption("#size", size);
    await page.click("#read");
  };
  const put = async (offset, size, value) => {
    await page.fill("#offset", offset);
    await page.selectOption("#size", size);
    await page.fill("#value", value);
    await page.click("#write");
  };
  const rows = (count) => page.waitForFunction((count) => document.querySelectorAll("#accesses code").length === count, count);
  await read("0x400", "4");
  await rows(1);
  await put("0x406", "2", "0xffff");
  await rows(2);
  await read("0x406", "2");
  await read("0x404", "1");
  await page.click("#do-reset");
  await read("0x406", "2");
  await rows(6);
  const words = await page.locator("#accesses code").allInnerTexts();
  assert.deepEqual(words.slice(0, 3), ["expect u32 @ 0x400 == 0x0001001b;", "write u16 @ 0x406 = 0xffff;", "expect u16 @ 0x406 == 0x0003;"]);
  const log = await page.innerText("#accesses");
  assert.match(log, /PASID is on, execute permission on, privileged mode off/);
  assert.ok(!/the device got/.test(log), "an emulated register does not reach the device");
  const test = `test "by hand" {\n    given device tuner;\n    host pasid width 20 execute;\n    ${words.join("\n    ")}\n}\n`;
  write("by_hand.quirk", readFileSync(path(NAME), "utf8") + test);
  const ran = quirkc("test", "by_hand.quirk");
  assert.equal(ran.code, 0, ran.out + ran.told);
  // What is not emulated goes to the device.
  await put("0x700", "4", "0x11223344");
  await rows(7);
  assert.match(await page.innerText("#accesses"), /the device got 44 33 22 11 at 0x700/);
  assert.equal(await page.locator('#bytes [data-at="1792"]').innerText(), "44");
});

await step("what cannot be read or written says why", async () => {
  await page.fill("#offset", "behind");
  await page.click("#read");
  assert.match(await page.innerText("#access-error"), /the offset is a number/);
  await page.fill("#offset", "0xffe");
  await page.selectOption("#size", "4");
  await page.click("#read");
  await page.waitForFunction(() => /reaches past/.test(document.getElementById("accesses").textContent));
  await page.click("#undo");
  await page.waitForFunction(() => document.querySelectorAll("#accesses code").length === 7);
});

await step("layers are switched: map, bytes and accesses follow, with the values of their parameters", async () => {
  const { page: own, noted: odd, close: end } = await open(browser, url);
  const text = readFileSync(path(NAME), "utf8") + `
layer tag { match pci(0xfffe, 0x7101); param n: u8; emulate u8 @ 0x480 = n ro; allow missing-test "shown by hand"; }
layer veil { match pci(0xfffe, 0x7101); hide ext ats; default on; }
`;
  await empty(own);
  await type(own, text);
  await settled(own, "no findings");
  await tab(own, "dump");
  await own.fill("#dump", dump());
  await own.click("#read-dump");
  const told = (text) => own.waitForFunction((text) => document.getElementById("layers").innerText.includes(text), text);
  await told("1 of 2 on");
  await tab(own, "guest");
  const reads = (at, value) => own.waitForFunction(([at, value]) => document.querySelector(`#bytes [data-at="${at}"]`)?.textContent === value, [at, value]);
  // AER at 0x100 leads past ATS at 0x1c0 to ACS at 0x2a0.
  await reads(0x103, "2a");
  await own.uncheck('[data-layer="veil"]');
  await reads(0x103, "1c");
  await own.check('[data-layer="tag"]');
  await told("n");
  await own.fill('[data-param="n"]', "300");
  await own.keyboard.press("Enter");
  await told("expected a number of 8 bits");
  await own.fill('[data-param="n"]', "0x5a");
  await own.keyboard.press("Enter");
  await told("applied");
  await reads(0x480, "5a");
  await own.fill("#offset", "0x480");
  await own.selectOption("#size", "1");
  await own.click("#read");
  await own.waitForFunction(() => document.getElementById("accesses").textContent.includes("expect u8 @ 0x480 == 0x5a"));
  const { link, state } = await shared(own);
  assert.deepEqual(state.layers, [{ name: "veil", on: false, params: {} }, { name: "tag", on: true, params: { n: "0x5a" } }]);
  const other = await open(browser, link);
  await tab(other.page, "guest");
  await other.page.waitForFunction(() => document.getElementById("accesses").textContent.includes("expect u8 @ 0x480 == 0x5a"));
  await other.close();
  // The map is that of `quirkc map` with the same layers.
  write("layers.quirk", text);
  await tab(own, "map");
  const html = output("map", "dump.txt", "--only-quirks", "layers.quirk", "--pasid", "20,execute", "--layer", "tag:n=0x5a", "--without-layer", "veil", "--format", "html").replaceAll("layers.quirk", NAME);
  const expected = await own.evaluate((html) => new DOMParser().parseFromString(html, "text/html").querySelector("main > section").outerHTML, html);
  assert.equal(await own.evaluate(() => document.querySelector("#map > section").outerHTML), expected);
  // As the description says again, nothing of it is in a link.
  await own.check('[data-layer="veil"]');
  await told("2 of 2 on");
  await own.fill('[data-param="n"]', "");
  await own.keyboard.press("Enter");
  await own.waitForFunction(() => !document.querySelector('[data-layer="tag"]').closest("li").innerText.includes("applied"));
  await own.uncheck('[data-layer="tag"]');
  await told("1 of 2 on");
  assert.deepEqual((await shared(own)).state.layers, []);
  assert.deepEqual(odd.errors, []);
  await end();
});

await step("a link holds it all, and leads to the same", async () => {
  ({ link } = await shared(page));
  const other = await open(browser, link);
  await settled(other.page, "no findings");
  await tab(other.page, "guest");
  await other.page.waitForFunction(() => document.querySelectorAll("#accesses code").length === 7);
  assert.equal(await other.page.innerText("#accesses"), await page.innerText("#accesses"));
  assert.equal(await other.page.innerText("#bytes"), await page.innerText("#bytes"));
  await tab(other.page, "map");
  await tab(page, "map");
  const section = (at) => at.evaluate(() => document.querySelector("#map > section").outerHTML);
  assert.equal(await section(other.page), await section(page));
  assert.deepEqual((await shared(other.page)).state, (await shared(page)).state);
  await other.close();
});

await step("a second file is made, named, used and taken away", async () => {
  const { page: own, noted: odd, close: end } = await open(browser, url);
  await empty(own);
  await settled(own, "no findings");
  await own.click("#add-file");
  await settled(own, "no findings");
  await own.fill("#files input", "names.quirk");
  await own.keyboard.press("Enter");
  await type(own, "edition 1;\nconst EXAMPLE = 0xfffe;\n");
  await own.getByRole("button", { name: "main.quirk" }).click();
  const main = readFileSync(path(NAME), "utf8").replace("edition 1;", 'edition 1;\nuse "names.quirk" as names;').replace("pci(0xfffe", "pci(names::EXAMPLE");
  await type(own, main);
  await settled(own, "no findings");
  await own.getByRole("button", { name: "names.quirk" }).click();
  await own.fill("#files input", "main.quirk");
  await own.keyboard.press("Enter");
  assert.equal(await own.innerText("#notice"), "There is a file main.quirk already.");
  await own.click("#remove-file");
  await settled(own, "error");
  assert.match(await own.innerText("#findings"), /there is no file `names.quirk`/);
  assert.deepEqual(odd.errors, []);
  await end();
});

await step("a page of `quirkc doc` leads to its device's text", async () => {
  const text = readFileSync(path(NAME), "utf8");
  write("ids.quirk", "edition 1;\nconst EXAMPLE = 0xfffe;\n");
  const using = text.replace("edition 1;", 'edition 1;\nuse "ids.quirk" as ids;').replace("pci(0xfffe", "pci(ids::EXAMPLE");
  write("with_ids.quirk", using);
  output("doc", "with_ids.quirk", "-o", "site", "--playground", url);
  const site = await open(browser, url);
  await site.page.goto(pathToFileURL(path("site/device/tuner.html")).href);
  await site.page.getByText("Open the text in the playground").click();
  await site.page.waitForSelector("body[data-ready]", { timeout: 60_000 });
  await settled(site.page, "no findings");
  const { state } = await shared(site.page);
  assert.deepEqual(state.texts.map((each) => each.name), ["with_ids.quirk", "ids.quirk"]);
  assert.equal(state.texts[0].text, using);
  await site.close();
});

await step("the keyboard alone goes through tabs and map", async () => {
  await page.focus("#tab-map");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.evaluate(() => document.activeElement.id), "tab-guest");
  assert.ok(await page.isVisible("#with-guest"));
  await page.keyboard.press("Home");
  assert.equal(await page.evaluate(() => document.activeElement.id), "tab-map");
  // From the tab on, Tab reaches the map, and the arrows walk it.
  for (let presses = 0; presses < 6 && !(await page.evaluate(() => document.activeElement.dataset.r)); presses++) await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  const walked = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  assert.match(walked, /^0x[0-9a-f]{3} to 0x/);
  assert.ok((await page.innerText("#detail")).includes(walked.slice(0, 5)), walked);
});

await step("the file of `quirkc map` answers to mouse and keyboard, and what is walked to is not covered", async () => {
  write("map.html", output("map", "dump.txt", "--pasid", "20", "--only-quirks", NAME, "--format", "html"));
  for (const viewport of [DESK, PHONE]) {
    const context = await browser.newContext({ viewport, colorScheme: "dark" });
    const own = await context.newPage();
    await own.goto(pathToFileURL(path("map.html")).href);
    const first = own.locator(".grid button:visible").first();
    await first.hover();
    assert.match(await own.innerText("#detail"), /header 0x000..0x040/);
    await first.focus();
    const labels = new Set();
    for (let steps = 0, before = -1; steps < 80; steps++) {
      const { number, label, covered } = await own.evaluate(() => {
        const at = document.activeElement;
        const { left, right, top, bottom } = at.getBoundingClientRect();
        const seen = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        const number = [...document.querySelectorAll(".grid button")].indexOf(at);
        return { number, label: at.getAttribute("aria-label"), covered: seen !== at && !at.contains(seen) };
      });
      assert.ok(!covered, `${label} is covered`);
      // A region of several rows has a button in each.
      if (number === before) break;
      before = number;
      labels.add(label);
      await own.keyboard.press("ArrowDown");
    }
    assert.ok(labels.size > 4 && [...labels].at(-1).includes("to 0x1000"), [...labels].join("; "));
    await context.close();
  }
});

await step("it fits: nothing is wider than a desk or a phone, and everything has a name", async () => {
  for (const viewport of [DESK, PHONE]) {
    const seen = await open(browser, url, { viewport });
    for (const name of viewport === DESK ? ["map", "guest", "dump", "tests", "output"] : ["text", "map", "guest", "dump", "tests", "output"]) {
      await tab(seen.page, name);
      await seen.page.waitForTimeout(150);
      const [wide, room] = await seen.page.evaluate(() => [document.scrollingElement.scrollWidth, innerWidth]);
      assert.ok(wide <= room, `${name}: ${wide} of ${room}`);
    }
    const nameless = await seen.page.evaluate(() =>
      [...document.querySelectorAll("button, select, input, textarea")].filter((each) => {
        const label = each.getAttribute("aria-label") || each.labels?.[0]?.textContent || each.textContent || each.title;
        return !label?.trim() && !each.closest(".cm-editor");
      }).map((each) => each.outerHTML));
    assert.deepEqual(nameless.filter((html) => !/tabindex="-1"/.test(html)), []);
    await seen.close();
  }
});

await step("nothing that the page does is against its own policy", () => {
  assert.deepEqual(noted.complaints, []);
});

await step("no byte leaves the page: it asks for nothing, and may not", async () => {
  let reached = 0;
  const server = createServer((request, response) => {
    reached += 1;
    response.end(request.url);
  }).listen(0, "127.0.0.1");
  await new Promise((ready) => server.once("listening", ready));
  const at = `127.0.0.1:${server.address().port}`;
  const refused = await page.evaluate(async (at) => {
    const refused = [];
    await fetch(`http://${at}/fetch`).catch(() => refused.push("fetch"));
    const request = new XMLHttpRequest();
    request.open("GET", `http://${at}/xhr`);
    await new Promise((ended) => { request.onloadend = ended; request.send(); });
    if (request.status === 0) refused.push("xhr");
    try { await new Promise((opened, failed) => { const socket = new WebSocket(`ws://${at}/`); socket.onopen = opened; socket.onerror = failed; }); } catch { refused.push("socket"); }
    await new Promise((ended) => { const image = new Image(); image.onload = ended; image.onerror = () => (refused.push("image"), ended()); image.src = `http://${at}/image`; });
    await new Promise((ended) => { const script = document.createElement("script"); script.onload = ended; script.onerror = () => (refused.push("script"), ended()); script.src = `http://${at}/script`; document.head.append(script); });
    navigator.sendBeacon(`http://${at}/beacon`, "x");
    return refused;
  }, at);
  await page.waitForTimeout(200);
  server.close();
  assert.deepEqual(refused, ["fetch", "xhr", "socket", "image", "script"]);
  assert.equal(reached, 0);
  const foreign = noted.requests.filter((each) => !each.startsWith(url) && !each.startsWith("blob:") && !each.includes(at));
  assert.deepEqual(foreign, []);
});

await step("it works from a server too", async () => {
  const content = readFileSync(process.env.PAGE);
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(content);
  }).listen(0, "127.0.0.1");
  await new Promise((ready) => server.once("listening", ready));
  const served = await open(browser, `http://127.0.0.1:${server.address().port}/`);
  await settled(served.page, "no findings");
  await served.close();
  server.close();
});

await hostile(step, browser, url, page);

assert.deepEqual(noted.errors, []);
await close();
await times(url);
if (process.env.SHOTS) await shots(browser, url, process.env.SHOTS);
await browser.close();
console.log(`playground: ${steps} steps`);
