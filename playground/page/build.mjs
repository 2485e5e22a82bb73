// Puts the page together: one file that needs nothing else. Usage: build.mjs MODULE CRATES EXAMPLES OUT
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const [module, crates, examples, out] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const read = (path) => readFileSync(path, "utf8");

async function bundle(entry, format) {
  const made = await build({
    entryPoints: [join(here, "src", entry)], bundle: true, minify: true, write: false, format, target: "es2022", legalComments: "none",
    metafile: true, logLevel: "warning",
  });
  return { text: made.outputFiles[0].text.trim(), inputs: Object.keys(made.metafile.inputs) };
}

// The licence of each package that is in the bundle.
function licences(inputs) {
  const packages = new Set(inputs.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean));
  const texts = [...packages].sort().map((name) => {
    const folder = join(here, "node_modules", name);
    const { version, license } = JSON.parse(read(join(folder, "package.json")));
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    return { title: `${name} ${version} (${license})`, text: file ? read(join(folder, file)).trim() : license };
  });
  // Most say the same.
  const same = new Map(texts.map(({ text }) => [text, texts.filter((each) => each.text === text).map((each) => each.title)]));
  return [...same].map(([text, titles]) => `${titles.join("\n")}\n\n${text}`).join("\n\n\n");
}

const example = (title, names, dump) => ({
  title,
  texts: names.map((name) => ({ name, text: read(join(examples, "quirks/example", name)) })),
  dump: dump ? read(join(examples, "dumps", dump)) : null,
});
const data = [
  example("A data mover, and a function of it", ["mover.quirk", "ids.quirk"], "mover_one.txt"),
  example("Layers of a display", ["display.quirk", "ids.quirk"]),
  example("A network adapter", ["adapter.quirk", "ids.quirk"]),
  { title: "An empty text", texts: [{ name: "main.quirk", text: "edition 1;\n" }], dump: null },
];

const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const script = await bundle("main.js", "esm");
const worker = await bundle("worker.js", "iife");
const start = await bundle("start.js", "iife");
// The module waits for nothing but itself, and a classic script runs from a file too.
const main = `(async()=>{${script.text}})();`;
for (const text of [main, worker.text, start.text]) if (/<\/script|<!--/i.test(text)) throw new Error("a script would end its element");
const hash = (text) => `sha256-${createHash("sha256").update(text).digest("base64")}`;
const packed = gzipSync(readFileSync(module), { level: 9 });
const parts = {
  style: read(join(here, "page.css")).trim(),
  script: main,
  "script-hash": hash(main),
  start: start.text,
  "start-hash": hash(start.text),
  worker: worker.text,
  module: packed.toString("base64"),
  examples: JSON.stringify(data).replaceAll("<", "\\u003c"),
  licences: escape(`quirk: Apache-2.0 OR BSD-3-Clause\n\nIn the compiler:\n${read(crates).trim()}\n\n\n${licences(script.inputs)}`),
};
const page = read(join(here, "index.html")).replace(/\{\{([\w-]+)\}\}/g, (_, name) => {
  if (!(name in parts)) throw new Error(`no part ${name}`);
  return parts[name];
});
mkdirSync(out, { recursive: true });
writeFileSync(join(out, "index.html"), page);

const size = (bytes) => {
  const gzip = gzipSync(bytes, { level: 9 }).length;
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 } }).length;
  return { bytes: bytes.length, gzip, brotli };
};
const sizes = { page: size(Buffer.from(page)), module: size(readFileSync(module)), script: size(Buffer.from(main)) };
console.table(sizes);
const most = 1_000_000;
if (sizes.page.gzip > most) throw new Error(`the page has ${sizes.page.gzip} bytes compressed, more than ${most}`);
