// What is pasted and linked in bad faith, or by accident: an error message, and a page that goes on.
import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import { open, settled, tab, type } from "./browser.mjs";

const coded = (bytes) => "#v1=" + Buffer.from(bytes).toString("base64url");
const packed = (state) => coded(deflateRawSync(JSON.stringify(state)));
const texts = [{ name: "main.quirk", text: "edition 1;\n" }];

const FRAGMENTS = {
  "another version": "#v9=AAAA",
  "no base64": "#v1=%%%",
  "no deflate": coded("plain"),
  "half of a link": packed({ texts }).slice(0, -12),
  "no JSON": coded(deflateRawSync("{")),
  "no object": packed([1]),
  "no texts": packed({ texts: [] }),
  "a text that is a number": packed({ texts: [{ name: "a", text: 7 }] }),
  "two texts of one name": packed({ texts: [...texts, ...texts] }),
  "too many accesses": packed({ texts, accesses: Array(2000).fill({ kind: "read", offset: 0, size: 1 }) }),
  "an access past 16 bits": packed({ texts, accesses: [{ kind: "read", offset: 70000, size: 1 }] }),
  "a kind from the prototype": packed({ texts, accesses: [{ kind: "constructor", offset: 0, size: 1 }] }),
  "something small that unpacks to something huge": coded(deflateRawSync(Buffer.alloc(64 << 20))),
};

export async function hostile(step, browser, url, page) {
  await step("broken links are told, and an example is shown instead", async () => {
    for (const [what, fragment] of Object.entries(FRAGMENTS)) {
      const { page, noted, close } = await open(browser, url + fragment);
      assert.match(await page.innerText("#notice"), /^The link cannot be read: /, what);
      await settled(page, "no findings");
      assert.deepEqual(noted.errors, [], what);
      await close();
    }
  });

  await step("a link with an odd function is told where it is looked at", async () => {
    const odd = { address: null, description: "<img src=x onerror=document.body.dataset.hurt=1>", bytes: "zz" };
    const { page, noted, close } = await open(browser, url + packed({ texts, function: odd, host: { width: 20 } }));
    await page.waitForFunction(() => /the function is not 64, 256 or 4096 bytes/.test(document.getElementById("map").textContent));
    assert.deepEqual(noted.errors, []);
    await close();
  });

  await step("texts of a description and of a dump are never markup", async () => {
    const bad = '<img src=x onerror=document.body.dataset.hurt=1>';
    const text = `edition 1;\ndevice d { name "${bad}"; match pci(0xfffe, 1); free @ 0x400..0x500 { evidence vendor "${bad}"; } pasid { place free; } }\n`;
    const one = { address: null, description: bad, bytes: "feff0100" + "00".repeat(4092) };
    const { page, close } = await open(browser, url + packed({ texts: [{ name: bad, text }, { name: "b.quirk", text: "" }], function: one, host: { width: 20 } }));
    for (const name of ["map", "guest", "dump", "tests", "output"]) {
      await tab(page, name);
      await page.waitForTimeout(200);
    }
    await tab(page, "map");
    await page.waitForFunction((bad) => document.getElementById("map").textContent.includes(bad), bad);
    assert.equal(await page.evaluate(() => document.body.dataset.hurt ?? document.querySelectorAll("main img").length), 0);
    await close();
  });

  await step("a huge text is refused with a way out, and the page goes on", async () => {
    await tab(page, "map");
    await page.evaluate(() => window.quirk.write("// " + "x".repeat(3 << 20)));
    await settled(page, "not checked");
    assert.match(await page.innerText("#findings"), /bytes, and a page takes 1048576 at most/);
    await type(page, "edition 1;\n");
    await settled(page, "no findings");
  });

  await step("a large text of nothing but brackets, quotes or devices has an answer", async () => {
    const hard = ["(".repeat(200_000), "{".repeat(200_000), '"'.repeat(100_000), "device d { layout { ".repeat(20_000),
      "edition 1;\nconst A = " + "(".repeat(50_000) + "1" + ")".repeat(50_000) + ";\n",
      "edition 1;\nconst A = " + "1 + ".repeat(100_000) + "1;\n",
      "edition 1;\n" + "x y z;\n".repeat(100_000)];
    for (const text of hard) {
      await page.evaluate((text) => window.quirk.write(text), text);
      await settled(page, "error|not checked").catch(() => {
        throw new Error(`no answer to ${text.slice(0, 40)}`);
      });
      await page.evaluate(() => window.quirk.write("edition 1;\n"));
      await settled(page, "no findings");
    }
  });

  await step("a dump that is none is told, with the way out", async () => {
    await tab(page, "dump");
    for (const [text, why] of [["", /record a device/], ["hello\n", /record a device/], ["00: 01\n", /expected 16/], ["0".repeat(1 << 20), /.../]]) {
      await page.fill("#dump", text);
      await page.click("#read-dump");
      await page.waitForSelector("#dump-error:not([hidden])");
      assert.match(await page.innerText("#dump-error"), why);
    }
  });

  await step("a compiler that stops is told, and started anew", async () => {
    const told = await page.evaluate(() => window.quirk.stop());
    assert.match(told.error, /the compiler stopped/);
    await page.evaluate(() => window.quirk.write("edition 1;\nconst A = 1\n"));
    await settled(page, "error");
  });
}
