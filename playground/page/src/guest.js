// What a guest does by hand, and the bytes that it reads then.
import { $, element, hex, tell } from "./dom.js";

// A number as people write one; null if it is none.
export function number(text) {
  const plain = text.trim().replaceAll("_", "");
  return /^(0x[0-9a-f]+|[0-9]+)$/i.test(plain) ? Number(plain) : null;
}

const digits = (size) => 2 * size;

// The statement of a test that says the same.
function statement(access, done) {
  if (access.kind === "reset") return `reset ${access.reset};`;
  const place = `u${8 * access.size} @ ${hex(access.offset)}`;
  if (access.kind === "write") return `write ${place} = ${hex(access.value, digits(access.size))};`;
  return done.value === null ? `read ${place}` : `expect ${place} == ${hex(done.value, digits(access.size))};`;
}

function told(done) {
  const parts = done.effects.map((effect) => element("span", { className: "effect", title: effect.code }, effect.text));
  for (const { offset, bytes } of done.reached) {
    parts.push(element("span", { className: "reached" }, `the device got ${bytes.match(/../g).join(" ")} at ${hex(offset)}`));
  }
  if (done.error !== null) parts.push(element("span", { className: "wrong" }, done.error));
  return parts;
}

export function showAccesses(accesses, outcomes) {
  const rows = accesses.map((access, at) => {
    const done = outcomes[at];
    const parts = told(done);
    if (access.kind === "write" && parts.length === 0) parts.push(element("span", { className: "dim" }, "stays in the overlay"));
    return element("li", {}, element("code", {}, statement(access, done)), " ", ...parts);
  });
  $("accesses").replaceChildren(...rows);
  if (rows.length === 0) $("accesses").append(element("li", { className: "dim" }, "nothing yet"));
  rows.at(-1)?.scrollIntoView?.({ block: "nearest" });
}

// Which byte belongs to what, by the regions of the map.
function roles(map, name) {
  const state = map.functions[0].states.find((each) => each.name === name);
  const roles = [];
  for (const { start, end, role } of state?.regions ?? []) for (let at = start; at < end; at++) roles[at] = role;
  return roles;
}

export function showBytes({ guest, map }) {
  const before = map.functions[0].states.find((each) => each.name === "before").regions.map((each) => each.bytes).join("");
  const of = roles(map, "after");
  const lines = [];
  let folded = false;
  for (let at = 0; at < guest.length / 2; at += 16) {
    const row = guest.slice(2 * at, 2 * at + 32);
    const same = /^0*$/.test(row) && row === before.slice(2 * at, 2 * at + 32) && of.slice(at, at + 16).every((role) => role === "zero" || role === "free");
    if (same) {
      if (!folded) lines.push(element("div", { className: "dim" }, "  *"));
      folded = true;
      continue;
    }
    folded = false;
    const line = element("div", {}, element("span", { className: "at" }, at.toString(16).padStart(3, "0")));
    for (let byte = at; byte < at + 16; byte++) {
      const value = guest.slice(2 * byte, 2 * byte + 2);
      const cell = element("span", { className: `byte of-${of[byte]}`, textContent: value });
      cell.dataset.at = byte;
      if (value !== before.slice(2 * byte, 2 * byte + 2)) cell.classList.add("differs");
      line.append(cell);
    }
    lines.push(line);
  }
  $("bytes").replaceChildren(...lines);
}

// Reads the form: an access, or what is wrong with it.
function access(kind) {
  const offset = number($("offset").value);
  const size = Number($("size").value);
  if (offset === null || offset > 0xffff) throw new Error("the offset is a number such as `0x400`");
  if (kind === "read") return { kind, offset, size };
  const value = number($("value").value);
  if (value === null || value > 0xffffffff) throw new Error("the value is a number such as `0x0003`");
  return { kind, offset, size, value };
}

export function listen(add, change) {
  const attempt = (make) => {
    try {
      tell($("access-error"), "");
      add(make());
    } catch (error) {
      tell($("access-error"), error.message);
    }
  };
  $("access").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(() => access("read"));
  });
  $("write").addEventListener("click", () => attempt(() => access("write")));
  $("value").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    attempt(() => access("write"));
  });
  $("do-reset").addEventListener("click", () => attempt(() => ({ kind: "reset", reset: $("reset").value })));
  $("undo").addEventListener("click", () => change((accesses) => accesses.slice(0, -1)));
  $("clear").addEventListener("click", () => change(() => []));
  $("bytes").addEventListener("click", (event) => {
    const at = event.target.dataset.at;
    if (at === undefined) return;
    $("offset").value = hex(Number(at));
    $("offset").focus();
  });
}
