// The link: everything that an answer depends on, as JSON, deflated, in the fragment. A browser sends no fragment.
const PREFIX = "#v1=";
const MOST_BYTES = 8 << 20;

function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export function unbase64(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(plain.length);
  for (let at = 0; at < plain.length; at++) bytes[at] = plain.charCodeAt(at);
  return bytes;
}

// All bytes of a stream, unless there are too many: a few may unpack to a great many.
async function all(stream) {
  const parts = [];
  let length = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > MOST_BYTES) {
      reader.cancel();
      throw new Error("it unpacks to too much");
    }
    parts.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export async function toFragment(state) {
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return PREFIX + base64(await all(packed));
}

export const holdsState = (fragment) => fragment.length > 1;

export async function fromFragment(fragment) {
  if (!fragment.startsWith(PREFIX)) throw new Error("it does not begin with `v1=`");
  const packed = unbase64(fragment.slice(PREFIX.length));
  const plain = await all(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")));
  return checked(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(plain)));
}

const isText = (value) => typeof value === "string";
const isWhole = (value, most) => Number.isInteger(value) && value >= 0 && value <= most;

// What the page relies on; the compiler judges the rest.
function checked(state) {
  const wrong = (what) => { throw new Error(`${what} is missing or odd`); };
  if (typeof state !== "object" || state === null || Array.isArray(state)) wrong("its content");
  // A link that says nothing of the host, as those of `quirkc doc`, is for one that has PASID.
  const { texts, host = { width: 20 }, layers = [], accesses = [] } = state;
  if (!Array.isArray(texts) || texts.length === 0 || texts.length > 64) wrong("`texts`");
  for (const text of texts) if (!isText(text?.name) || text.name === "" || !isText(text?.text)) wrong("a text");
  if (new Set(texts.map((text) => text.name)).size !== texts.length) wrong("the name of a text");
  const of = state.function ?? null;
  if (of !== null && !(isText(of.bytes) && isText(of.description) && (of.address === null || isText(of.address)))) wrong("`function`");
  if (host !== null && !isWhole(host.width, 20)) wrong("`host`");
  if (!Array.isArray(accesses) || accesses.length > 1024) wrong("`accesses`");
  for (const access of accesses) {
    const isAccess = isWhole(access?.offset, 0xffff) && [1, 2, 4].includes(access.size);
    const fits = { read: isAccess, write: isAccess && isWhole(access?.value, 0xffffffff), reset: isText(access?.reset) };
    if (!Object.hasOwn(fits, access?.kind) || !fits[access.kind]) wrong("an access");
  }
  if (!Array.isArray(layers) || layers.length > 256) wrong("`layers`");
  for (const layer of layers) {
    const { params } = layer ?? {};
    const areParams = typeof params === "object" && params !== null && !Array.isArray(params) && Object.values(params).every(isText);
    if (!isText(layer?.name) || typeof layer.on !== "boolean" || !areParams) wrong("a layer");
  }
  const width = state.viommu ?? null;
  if (width !== null && !isWhole(width, 20)) wrong("`viommu`");
  return { texts, function: of, host, viommu: width, tail: state.tail === true, raw: state.raw === true, layers, accesses };
}
