// The page: what is typed and pasted, what is asked of the compiler, and what comes of it.
import { Compiler } from "./compiler.js";
import { $, copy, element, hex, sentence, tell } from "./dom.js";
import { Editor } from "./editor.js";
import * as findings from "./findings.js";
import * as guest from "./guest.js";
import { quirk } from "./language.js";
import * as layers from "./layers.js";
import * as map from "./map.js";
import * as share from "./share.js";
import { Tabs } from "./tabs.js";

const PAUSE = 120;
const SHOWN = 400_000;
// More are counted, and none is lost: what is mended makes room for the next.
const MOST_FINDINGS = 1000;
const MOST_TEXTS = 64;
const MOST_DUMP = 16 << 20;

const examples = JSON.parse($("example-texts").textContent);
const compiler = new Compiler(window.quirkStart);

// Everything that an answer depends on.
const state = { texts: [{ name: "main.quirk", text: "edition 1;\n" }], function: null, host: null, viommu: null, tail: false, raw: false, layers: [], accesses: [] };
const page = { current: 0, found: [], errors: false, functions: [], checked: null, emitted: "" };

const name = () => state.texts[page.current].name;
// The texts with the one that is looked at first, as the compiler takes them.
const texts = () => [state.texts[page.current], ...state.texts.filter((_, at) => at !== page.current)];

const editor = new Editor($("editor"), {
  changed(text) {
    state.texts[page.current].text = text;
    later();
  },
});

const tabs = new Tabs(() => look());

function status(text, kind) {
  $("state").textContent = text;
  $("state").className = `state ${kind}`;
  $("state").dataset.of = "now";
}

// Asks once the typing pauses; what was typed meanwhile is asked next.
let timer = 0;
function later() {
  clearTimeout(timer);
  page.checked = null;
  $("state").dataset.of = "before";
  timer = setTimeout(check, PAUSE);
}

// Of questions of one kind that overtake each other only the last is answered for.
const turns = {};
async function ask(kind, question, bytes) {
  const turn = (turns[kind] = (turns[kind] ?? 0) + 1);
  const answer = await compiler.ask(question, bytes);
  return turns[kind] === turn ? answer : null;
}

async function check() {
  clearTimeout(timer);
  const asked = editor.view.state.doc;
  const answer = await ask("check", { ask: "check", texts: texts(), most: MOST_FINDINGS });
  if (!answer || asked !== editor.view.state.doc) return;
  if (answer.error) {
    page.found = [];
    page.errors = true;
    $("findings").replaceChildren(element("li", { className: "error" }, element("p", {}, answer.error), element("p", {}, answer.help ?? "")));
    $("count").textContent = "";
    editor.show([]);
    status("not checked", "error");
  } else {
    page.checked = asked;
    page.found = answer.report.diagnostics;
    page.errors = answer.errors > 0;
    editor.show(findings.marks(page.found, asked, name(), apply));
    const summary = findings.summary(answer);
    findings.list(page.found, answer, name(), { go, apply });
    status(summary, page.errors ? "error" : answer.warnings > 0 ? "warning" : "good");
    devices(answer.devices);
    compiler.times.shown ??= performance.now();
  }
  $("fix").disabled = !page.found.some((each) => each.fixes.some((fix) => fix.applicability === "safe"));
  await look();
}

function go({ file, line, column }) {
  const at = state.texts.findIndex((text) => text.name === file);
  if (at >= 0 && at !== page.current) open(at);
  tabs.show("text");
  editor.go(line, column);
}

function apply(fix) {
  // Places count in the text that was checked.
  if (page.checked !== editor.view.state.doc) return;
  for (const text of state.texts.filter((text) => text.name !== name())) {
    const doc = editor.view.state.toText(text.text);
    const edits = findings.changes(fix, doc, text.name).sort((a, b) => b.from - a.from);
    for (const { from, to, insert } of edits) text.text = text.text.slice(0, from) + insert + text.text.slice(to);
  }
  editor.edit(findings.changes(fix, page.checked, name()));
  check();
}

async function rewrite(question) {
  const asked = editor.view.state.doc;
  const answer = await ask("rewrite", question);
  if (!answer) return;
  if (answer.error) notice(sentence(answer));
  else if (asked === editor.view.state.doc) {
    notice("");
    editor.rewrite(answer.text);
    await check();
  }
}

const format = () => rewrite({ ask: "format", text: editor.text });
const fixAll = () => rewrite({ ask: "fix", texts: texts(), "also-unsafe": false });
const notice = (text) => tell($("notice"), text);

function devices(list) {
  const chosen = $("device").value;
  $("device").replaceChildren(...list.map((each) => element("option", { value: each.name }, `${each.title} (${each.name})`)));
  if (list.some((each) => each.name === chosen)) $("device").value = chosen;
}

function question() {
  const { function: of, host, viommu, tail, raw, layers, accesses } = state;
  const device = of ? null : $("device").value || null;
  return { ask: "look", texts: texts(), function: of, device, host: of && host, "viommu-width": viommu, tail, raw, layers, accesses: of && host ? accesses : [] };
}

// What the view that is open shows.
async function look() {
  if (!compiler.ready) return;
  switch (tabs.shown) {
    case "map": case "guest": case "dump": return lookAtFunction();
    case "tests": return runTests();
    case "output": return emit();
  }
}

async function lookAtFunction() {
  $("pick-device").hidden = state.function !== null || $("device").length < 2;
  const has = state.function && state.host;
  if (page.errors) layers.nothing();
  if (page.errors) {
    const why = "The description has errors: there is a map once they are mended.";
    map.nothing(why);
    return noGuest(why);
  }
  const seen = await ask("look", question());
  if (!seen) return;
  if (seen.error) {
    map.nothing(sentence(seen));
    $("decision").textContent = sentence(seen);
    return noGuest(sentence(seen));
  }
  map.draw(seen);
  layers.show(seen.layers, has !== null);
  $("decision").textContent = seen.decision ?? "PASID is placed once a function is there, and its host has PASID.";
  if (!has) return noGuest("A guest needs a function, and a host with PASID for it: see Function.");
  $("no-guest").hidden = true;
  $("with-guest").hidden = false;
  if (page.fresh && seen.placement) $("offset").value = hex(seen.placement.offset);
  page.fresh = false;
  guest.showAccesses(state.accesses, seen.accesses);
  guest.showBytes(seen);
}

function noGuest(why) {
  tell($("no-guest"), why);
  $("with-guest").hidden = true;
}

async function runTests() {
  const answer = await ask("tests", { ask: "test", texts: texts() });
  if (!answer) return;
  $("tests").replaceChildren();
  if (answer.error) return tell($("tests-told"), sentence(answer));
  const { passed, failed, tests } = answer;
  tell($("tests-told"), tests.length === 0 ? "The text has no test." : `${passed} passed, ${failed} failed`);
  for (const test of tests) {
    const place = element("button", { type: "button", className: "place", onclick: () => go({ file: test.file, line: test.line, column: 1 }) }, String(test.line));
    const word = element("strong", { className: test.passed ? "good" : "wrong" }, test.passed ? "passed" : "failed");
    const item = element("li", {}, place, word, element("span", {}, test.title));
    for (const { line, expected, found } of test.failures) item.append(element("p", { className: "dim" }, `line ${line}: expected ${expected}, found ${found}`));
    $("tests").append(item);
  }
}

async function emit() {
  const answer = await ask("emit", { ask: "emit", texts: texts(), what: $("emit").value });
  if (!answer) return;
  page.emitted = answer.error ? "" : answer.text;
  const shown = answer.error ? sentence(answer) : answer.text;
  $("output").textContent = shown.length > SHOWN ? shown.slice(0, SHOWN) : shown;
  $("output-told").textContent = shown.length > SHOWN ? `the first ${SHOWN} of ${shown.length} characters; Copy takes all` : "";
}

// A dump, as text or as the bytes of a file.
async function readDump(bytes) {
  tell($("dump-error"), "");
  $("passed-over").replaceChildren();
  if (bytes.length > MOST_DUMP) return tell($("dump-error"), `the dump has ${bytes.length} bytes, and a page takes ${MOST_DUMP} at most`);
  const answer = await ask("dump", { ask: "dump" }, bytes);
  if (!answer) return;
  if (answer.error) return tell($("dump-error"), sentence(answer));
  const words = [...answer["passed-over"]];
  if (answer["left-out"] > 0) words.push(`and ${answer["left-out"]} functions more, which are left out`);
  $("passed-over").replaceChildren(...words.map((text) => element("li", {}, text)));
  functions(answer.functions);
  choose(0);
}

function functions(list) {
  page.functions = list;
  const ids = ({ vendor, device }) => [vendor, device].map((id) => id.toString(16).padStart(4, "0")).join(":");
  const title = (each) => `${each.function.address ?? ""} ${each.function.description || "function"} ${ids(each)}`.trim();
  $("function").replaceChildren(...list.map((each, at) => element("option", { value: at }, title(each))));
  $("pick-function").hidden = list.length === 0;
}

function choose(at) {
  state.function = page.functions[at]?.function ?? null;
  state.accesses = [];
  page.fresh = true;
  $("function").value = at;
  return look();
}

function hostOfForm() {
  const width = Number($("width").value);
  const isWidth = Number.isInteger(width) && width >= 1 && width <= 20;
  const viommu = $("viommu").value === "" ? null : Number($("viommu").value);
  const fits = (viommu === null || (Number.isInteger(viommu) && viommu >= 0 && viommu <= 20)) && (isWidth || !$("has-pasid").checked);
  tell($("dump-error"), fits ? "" : "a PASID has 1 to 20 bits");
  if (!fits) return;
  state.host = $("has-pasid").checked ? { width, execute: $("execute").checked, privileged: $("privileged").checked } : null;
  Object.assign(state, { viommu, tail: $("tail").checked, raw: $("raw").checked });
  look();
}

function hostToForm() {
  $("has-pasid").checked = state.host !== null;
  $("width").value = state.host?.width ?? 20;
  $("execute").checked = state.host?.execute === true;
  $("privileged").checked = state.host?.privileged === true;
  $("viommu").value = state.viommu ?? "";
  $("tail").checked = state.tail;
  $("raw").checked = state.raw;
}

// One of the texts into the editor.
function open(at) {
  page.current = at;
  editor.load(state.texts[at].text);
  files();
  return check();
}

// The files: a button for each, and the name of the one that is open, to be changed.
function files() {
  const of = (text, at) => {
    if (at !== page.current) return element("button", { type: "button", onclick: () => open(at) }, text.name);
    const name = element("input", { value: text.name, spellcheck: false, title: "The name that `use` calls it by" });
    name.setAttribute("aria-label", "Name of this file");
    name.addEventListener("change", () => rename(name));
    return name;
  };
  $("files").replaceChildren(...state.texts.map(of));
  $("remove-file").hidden = state.texts.length < 2;
  $("add-file").disabled = state.texts.length >= MOST_TEXTS;
}

function rename(input) {
  const wanted = input.value.trim();
  if (wanted === "" || state.texts.some((text, at) => at !== page.current && text.name === wanted)) {
    notice(wanted === "" ? "A file needs a name." : `There is a file ${wanted} already.`);
    input.value = name();
    return;
  }
  notice("");
  state.texts[page.current].name = wanted;
  files();
  check();
}

function addFile() {
  let at = 1;
  while (state.texts.some((text) => text.name === `file${at}.quirk`)) at++;
  state.texts.push({ name: `file${at}.quirk`, text: "edition 1;\n" });
  open(state.texts.length - 1);
  $("files").querySelector("input").select();
}

function removeFile() {
  state.texts.splice(page.current, 1);
  open(Math.min(page.current, state.texts.length - 1));
}

// Everything anew.
async function load(wanted) {
  Object.assign(state, structuredClone(wanted));
  hostToForm();
  functions([]);
  const opened = open(0);
  if (state.function) {
    // The compiler says who it is; an odd one is refused where it is looked at.
    const bytes = new TextEncoder().encode(state.function.bytes);
    const answer = await ask("dump", { ask: "dump" }, bytes);
    if (answer && !answer.error) functions([{ ...answer.functions[0], function: state.function }]);
  }
  await opened;
}

async function loadExample(at) {
  const { texts, dump } = examples[at];
  const base = { texts, function: null, host: { width: 20, execute: true, privileged: false }, viommu: null, tail: false, raw: false, layers: [], accesses: [] };
  await load(base);
  if (dump) {
    $("dump").value = dump;
    await readDump(new TextEncoder().encode(dump));
  }
}

async function followLink() {
  if (!share.holdsState(location.hash)) return false;
  try {
    const wanted = await share.fromFragment(location.hash);
    notice("");
    await load(wanted);
    return true;
  } catch (error) {
    notice(`The link cannot be read: ${error.message}. Ask for it again; here is an example.`);
    return false;
  }
}

async function makeLink() {
  const fragment = await share.toFragment(state);
  history.replaceState(null, "", fragment);
  $("link").hidden = false;
  $("link-text").value = location.href;
  $("link-text").select();
  $("link-told").textContent = `${location.href.length} characters; it holds ${state.texts.length === 1 ? "the text" : "the texts"}` +
    (state.function ? ", the function and what the guest did." : ".");
  $("link-copy").focus();
}

$("examples").append(...examples.map((each, at) => element("option", { value: at }, each.title)));
$("examples").addEventListener("change", (event) => {
  const at = event.target.value;
  event.target.value = "";
  notice("");
  if (at !== "") loadExample(Number(at));
});
// By the place of the key: with Alt some layouts write another letter.
const KEYS = { KeyF: () => format(), KeyX: () => fixAll() };
addEventListener("keydown", (event) => {
  if (!event.altKey || !event.shiftKey || !Object.hasOwn(KEYS, event.code)) return;
  event.preventDefault();
  KEYS[event.code]();
}, { capture: true });
$("add-file").addEventListener("click", addFile);
$("remove-file").addEventListener("click", removeFile);
$("format").addEventListener("click", format);
$("fix").addEventListener("click", fixAll);
$("share").addEventListener("click", makeLink);
$("link-copy").addEventListener("click", async () => {
  $("link-text").select();
  $("link-told").textContent = (await copy($("link-text").value)) ? "Copied." : "It is selected: copy it with the keyboard.";
});
$("link-close").addEventListener("click", () => {
  $("link").hidden = true;
  $("share").focus();
});
$("device").addEventListener("change", () => look());
$("read-dump").addEventListener("click", () => readDump(new TextEncoder().encode($("dump").value)));
$("dump").addEventListener("paste", () => setTimeout(() => readDump(new TextEncoder().encode($("dump").value))));
$("no-dump").addEventListener("click", () => {
  functions([]);
  choose(-1);
});
$("function").addEventListener("change", (event) => choose(Number(event.target.value)));
async function readFile(file) {
  if (file.size > MOST_DUMP) return tell($("dump-error"), `the dump has ${file.size} bytes, and a page takes ${MOST_DUMP} at most`);
  return readDump(new Uint8Array(await file.arrayBuffer()));
}
$("dump-file").addEventListener("change", (event) => event.target.files[0] && readFile(event.target.files[0]));
$("view-dump").addEventListener("dragover", (event) => event.preventDefault());
$("view-dump").addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files[0]) readFile(event.dataTransfer.files[0]);
});
for (const id of ["has-pasid", "width", "execute", "privileged", "viommu", "tail", "raw"]) $(id).addEventListener("change", hostOfForm);
$("emit").addEventListener("change", emit);
$("copy-output").addEventListener("click", async () => {
  $("output-told").textContent = (await copy(page.emitted)) ? "Copied." : "This page may not copy: select the text.";
});
layers.listen((name, change) => {
  state.layers = layers.switched(state.layers, name, change);
  look();
});
map.listen();
guest.listen(
  (access) => {
    state.accesses = [...state.accesses, access];
    look();
  },
  (change) => {
    state.accesses = change(state.accesses);
    look();
  },
);
addEventListener("hashchange", followLink);

const about = await compiler.ask({ ask: "about" });
if (about.error) {
  status("cannot run", "error");
  notice(`The compiler does not run in this browser: ${about.error}.`);
} else {
  document.head.append(element("style", {}, about.style));
  editor.speak(quirk(about));
  if (!(await followLink())) await loadExample(0);
}
// For the console, and for tests.
window.quirk = {
  ask: (question) => compiler.ask(question),
  stop: () => compiler.stop(),
  write: (text) => editor.view.dispatch({ changes: { from: 0, to: editor.view.state.doc.length, insert: text } }),
};
document.body.dataset.times = JSON.stringify(compiler.times);
document.body.dataset.ready = "yes";
