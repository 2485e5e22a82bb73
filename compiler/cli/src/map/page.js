"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const detail = document.getElementById("detail");
const hex = (number) => "0x" + number.toString(16).padStart(3, "0");

function regionOf(button) {
  const [sheet, state, index] = button.dataset.r.split(" ").map(Number);
  return data.functions[sheet].states[state].regions[index];
}

function add(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  detail.append(element);
  return element;
}

function dump(region) {
  const lines = [];
  for (let at = 0; at < region.bytes.length / 2; at += 16) {
    const row = region.bytes.slice(2 * at, 2 * at + 32).match(/../g);
    const text = row.map((byte) => { const code = parseInt(byte, 16); return code > 31 && code < 127 ? String.fromCharCode(code) : "."; });
    lines.push(hex(region.start + at) + "  " + row.join(" ").padEnd(48) + " " + text.join(""));
  }
  return lines.join("\n");
}

function show(button) {
  const region = regionOf(button);
  detail.replaceChildren();
  const head = document.createElement("div");
  const name = document.createElement("strong");
  name.textContent = region.name;
  head.append(name, " " + hex(region.start) + ".." + hex(region.end) + ", " + (region.end - region.start) + " bytes");
  detail.append(head);
  for (const [word, owner] of [["the function has", region.live], ["declared", region.declared]]) {
    if (owner === null) continue;
    add("div", word + ": " + owner.name + " " + hex(owner.start) + ".." + hex(owner.end));
    if (owner.note !== null) add("div", owner.note);
    for (const claim of owner.evidence) add("div", "evidence: " + claim);
  }
  if (region.bytes !== "" && region.bytes.length <= 512) add("pre", dump(region));
  for (const other of document.querySelectorAll("button.same")) other.classList.remove("same");
  for (const other of document.querySelectorAll('button[data-r="' + button.dataset.r + '"]')) other.classList.add("same");
}

// The button under a place, or the nearest one.
function below(row, middle) {
  const apart = (button) => { const box = button.getBoundingClientRect(); return Math.max(box.left - middle, middle - box.right, 0); };
  return [...row.querySelectorAll("button")].sort((a, b) => apart(a) - apart(b))[0];
}

function next(button, key) {
  const grid = button.closest(".grid");
  const all = [...grid.querySelectorAll("button")];
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
    case "End": return all[all.length - 1];
    default: return null;
  }
}

for (const grid of document.querySelectorAll(".grid")) {
  grid.addEventListener("mouseover", (event) => { if (event.target.dataset.r) show(event.target); });
  grid.addEventListener("focusin", (event) => {
    if (!event.target.dataset.r) return;
    for (const other of grid.querySelectorAll('button[tabindex="0"]')) other.tabIndex = -1;
    event.target.tabIndex = 0;
    show(event.target);
  });
  grid.addEventListener("keydown", (event) => {
    if (!event.target.dataset.r) return;
    const to = next(event.target, event.key);
    if (to) { event.preventDefault(); to.focus(); }
  });
}
