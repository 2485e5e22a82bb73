// The thread that compiles: it keeps the page alive whatever a text asks for, and can be ended.
import { unbase64 } from "./share.js";

let module;

async function start({ packed, warm }) {
  const first = performance.now();
  const unpacked = new Blob([unbase64(packed)]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = await new Response(unpacked).arrayBuffer();
  const begin = performance.now();
  module = (await WebAssembly.instantiate(bytes, {})).instance.exports;
  const started = performance.now();
  // A browser compiles a function when it is called first: most of those that a text needs are called here, while the page makes
  // its editor.
  const [{ texts }] = JSON.parse(warm);
  answer(JSON.stringify({ ask: "about" }));
  answer(JSON.stringify({ ask: "check", texts, most: 1 }));
  return { unpacked: begin - first, started: started - begin, warmed: performance.now() - started };
}

function answer(question, bytes) {
  const text = new TextEncoder().encode(question);
  const more = bytes ?? new Uint8Array();
  const at = module.quirk_room(text.length + more.length) >>> 0;
  const room = new Uint8Array(module.memory.buffer, at, text.length + more.length);
  room.set(text);
  room.set(more, text.length);
  const length = module.quirk_answer(text.length) >>> 0;
  return new TextDecoder().decode(new Uint8Array(module.memory.buffer, module.quirk_written() >>> 0, length));
}

self.onmessage = async ({ data }) => {
  try {
    if (data.packed) {
      self.postMessage(await start(data));
      return;
    }
    const begin = performance.now();
    const text = answer(data.question, data.bytes);
    self.postMessage({ id: data.id, answer: text, took: performance.now() - begin });
  } catch (error) {
    // What trapped is not to be asked again.
    self.postMessage({ id: data.id, failed: String(error) });
  }
};
