// The layers of the description: a switch for each, and fields for its parameters.
import { $, element } from "./dom.js";

let shown = [];

// The switches of a page, with one of them changed. One that is as the description says is none.
export function switched(all, name, change) {
  const layer = shown.find((each) => each.name === name);
  const before = all.find((each) => each.name === name) ?? { name, on: layer.on, params: {} };
  const after = { ...before, ...change, params: { ...before.params, ...change.params } };
  const isPlain = after.on === layer["default-on"] && Object.values(after.params).every((value) => value === "");
  return [...all.filter((each) => each.name !== name), ...(isPlain ? [] : [after])];
}

function state(layer, isThere) {
  if (layer.applied) return element("span", { className: "good" }, "applied");
  if (layer.on && layer.why !== null) return element("span", { className: "wrong" }, layer.why);
  if (layer.on && !isThere) return element("span", { className: "dim" }, "applied once a function is there, and its host has PASID");
  if (layer.matches === false) return element("span", { className: "dim" }, "not for this function");
  return null;
}

function row(layer, isThere) {
  const box = element("input", { type: "checkbox", checked: layer.on });
  box.dataset.layer = layer.name;
  const item = element("li", {}, element("label", {}, box, " ", element("code", {}, layer.name)));
  for (const param of layer.params) {
    const field = element("input", { value: param.value, size: 12, spellcheck: false, placeholder: param.kind });
    field.dataset.layer = layer.name;
    field.dataset.param = param.name;
    item.append(" ", element("label", {}, `${param.name} `, field));
    if (param.wrong !== null) item.append(" ", element("span", { className: "wrong" }, param.wrong));
  }
  const told = state(layer, isThere);
  if (told) item.append(" ", told);
  return item;
}

const at = ({ layer, param }) => `[data-layer="${CSS.escape(layer)}"]` + (param === undefined ? ":not([data-param])" : `[data-param="${CSS.escape(param)}"]`);

export function show(layers, isThere) {
  shown = layers;
  $("layers").hidden = layers.length === 0;
  $("layers-told").textContent = `${layers.filter((each) => each.on).length} of ${layers.length} on`;
  // The one that was changed keeps the focus, though it is made anew.
  const focused = document.activeElement?.dataset.layer === undefined ? null : at(document.activeElement.dataset);
  $("layer-list").replaceChildren(...layers.map((layer) => row(layer, isThere)));
  if (focused) $("layer-list").querySelector(focused)?.focus();
}

export function nothing() {
  $("layers").hidden = true;
}

export function listen(change) {
  $("layer-list").addEventListener("change", ({ target }) => {
    const { layer, param } = target.dataset;
    if (param === undefined) change(layer, { on: target.checked });
    else change(layer, { params: { [param]: target.value } });
  });
}
