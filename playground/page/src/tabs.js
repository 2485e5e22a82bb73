// The views, as tabs: arrow keys go from one to the next. On a wide page the text is always there.
import { $ } from "./dom.js";

const NAMES = ["text", "map", "guest", "dump", "tests", "output"];

export class Tabs {
  constructor(opened) {
    this.opened = opened;
    this.wide = matchMedia("(min-width: 60rem)");
    this.wide.addEventListener("change", () => this.show(this.shown));
    for (const name of NAMES) $(`tab-${name}`).addEventListener("click", () => this.show(name));
    document.querySelector('[role="tablist"]').addEventListener("keydown", (event) => {
      const names = this.wide.matches ? NAMES.slice(1) : NAMES;
      const at = names.indexOf(this.shown);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: names.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      this.show(names[(to + names.length) % names.length]);
      $(`tab-${this.shown}`).focus();
    });
    this.show(this.wide.matches ? "map" : "text");
  }

  show(name) {
    this.shown = this.wide.matches && name === "text" ? "map" : name;
    for (const each of NAMES) {
      const is = each === this.shown;
      const tab = $(`tab-${each}`);
      tab.setAttribute("aria-selected", is);
      tab.tabIndex = is ? 0 : -1;
      $(`view-${each}`).hidden = !(is || (each === "text" && this.wide.matches));
    }
    document.body.dataset.shown = this.shown;
    this.opened(this.shown);
  }
}
