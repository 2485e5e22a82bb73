// What the compiler found: in the text and as a list, with what mends it.
import { $, element } from "./dom.js";
import { offsetOf } from "./editor.js";

const count = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;

export function summary({ errors, warnings }) {
  if (errors + warnings === 0) return "no findings";
  return [errors && count(errors, "error"), warnings && count(warnings, "warning")].filter(Boolean).join(", ");
}

// The edits of a fix as changes of a text.
export const changes = (fix, doc, name) =>
  fix.edits.filter((edit) => edit.file === name).map((edit) => ({
    from: offsetOf(doc, edit.line, edit.column), to: offsetOf(doc, edit.end_line, edit.end_column), insert: edit.text,
  }));

// Findings as the editor marks them.
export function marks(found, doc, name, apply) {
  return found.filter((each) => each.file === name).map((each) => ({
    from: offsetOf(doc, each.line, each.column),
    to: offsetOf(doc, each.end_line, each.end_column),
    severity: each.severity,
    source: each.code,
    message: each.help ? `${each.message}\n${each.help}` : each.message,
    actions: each.fixes.filter(canApply).map((fix) => ({ name: fix.title, apply: () => apply(fix) })),
  }));
}

// One that is only shown has a gap for a person to fill.
const canApply = (fix) => fix.applicability !== "display";

export function list(found, answer, name, { go, apply }) {
  const most = 100;
  const items = found.slice(0, most).map((each) => {
    const where = (each.file === name ? "" : `${each.file}:`) + `${each.line}:${each.column}`;
    const place = element("button", { type: "button", className: "place", title: "Go there", onclick: () => go(each) }, where);
    const head = element("p", {}, place, " ", element("span", { className: each.severity }, each.severity), " ", each.message, " ",
      element("code", { className: "dim", title: each.rule }, each.code));
    const item = element("li", { className: each.severity }, head);
    if (each.label) item.append(element("p", { className: "dim" }, each.label));
    for (const other of each.related) item.append(element("p", { className: "dim" }, `${other.file}:${other.line}: ${other.message}`));
    if (each.help) item.append(element("p", {}, each.help));
    const fixes = each.fixes.filter(canApply).map((fix) =>
      element("button", { type: "button", className: "fix", onclick: () => apply(fix) }, fix.title, fix.applicability === "unsafe" ? " (look at it)" : ""));
    if (fixes.length > 0) item.append(element("p", {}, ...fixes));
    return item;
  });
  const more = answer.errors + answer.warnings - items.length;
  if (more > 0) items.push(element("li", { className: "dim" }, `and ${more} more`));
  $("findings").replaceChildren(...items);
  $("count").textContent = summary(answer);
}
