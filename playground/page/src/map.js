// The map: regions answer to the mouse and to the arrow keys.
import { $, element, hex } from "./dom.js";

let drawn = null;

function regionOf(button) {
  const [sheet, state, index] = button.dataset.r.split(" ").map(Number);
  return drawn.functions[sheet].states[state].regions[index];
}

function rows(region) {
  const lines = [];
  for (let at = 0; at < region.bytes.length / 2; at += 16) {
    lines.push(hex(region.start + at) + "  " + region.bytes.slice(2 * at, 2 * at + 32).match(/../g).join(" "));
  }
  return lines.join("\n");
}

function show(button) {
  const region = regionOf(button);
  const name = element("strong", { textContent: region.name });
  const size = region.end - region.start;
  const parts = [element("p", {}, name, ` ${hex(region.start)}..${hex(region.end)}, ${size} byte${size === 1 ? "" : "s"}`)];
  for (const [word, owner] of [["the function has", region.live], ["declared", region.declared]]) {
    if (owner === null) continue;
    parts.push(element("p", {}, `${word}: ${owner.name} ${hex(owner.start)}..${hex(owner.end)}`));
    if (owner.note !== null) parts.push(element("p", { className: "dim" }, owner.note));
    for (const claim of owner.evidence) parts.push(element("p", { className: "dim" }, `evidence: ${claim}`));
  }
  if (region.bytes !== "" && region.bytes.length <= 256) parts.push(element("pre", {}, rows(region)));
  $("detail").replaceChildren(...parts);
  for (const other of $("map").querySelectorAll("button.same")) other.classList.remove("same");
  for (const other of $("map").querySelectorAll(`button[data-r="${button.dataset.r}"]`)) other.classList.add("same");
}

function below(row, middle) {
  const apart = (button) => {
    const box = button.getBoundingClientRect();
    return Math.max(box.left - middle, middle - box.right, 0);
  };
  return [...row.querySelectorAll("button")].sort((a, b) => apart(a) - apart(b))[0];
}

function next(button, key) {
  const all = [...button.closest(".grid").querySelectorAll("button")];
  const at = all.indexOf(button);
  const box = button.getBoundingClientRect();
  const middle = (box.left + box.right) / 2;
  const row = button.parentElement;
  switch (key) {
    case "ArrowRight": return all[at + 1];
    case "ArrowLeft": return all[at - 1];
    case "ArrowDown": return row.nextElementSibling && below(row.nextElementSibling, middle);
    case "ArrowUp": return row.previousElementSibling && below(row.previousElementSibling, middle);
    case "Home": return all[0];
    case "End": return all.at(-1);
    default: return null;
  }
}

export function listen() {
  const map = $("map");
  map.addEventListener("mouseover", (event) => { if (event.target.dataset.r) show(event.target); });
  map.addEventListener("focusin", (event) => {
    if (!event.target.dataset.r) return;
    for (const other of event.target.closest(".grid").querySelectorAll('button[tabindex="0"]')) other.tabIndex = -1;
    event.target.tabIndex = 0;
    show(event.target);
  });
  map.addEventListener("keydown", (event) => {
    if (!event.target.dataset.r) return;
    const to = next(event.target, event.key);
    if (to) {
      event.preventDefault();
      to.focus();
    }
  });
}

// Draws what the compiler made: its texts are escaped there.
export function draw({ html, map }) {
  drawn = map;
  $("detail").hidden = false;
  $("map").innerHTML = html;
}

export function nothing(why) {
  drawn = null;
  $("detail").hidden = true;
  $("map").replaceChildren(element("p", { className: "empty" }, why));
}
