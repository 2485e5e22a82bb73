// The editor: CodeMirror, with what the compiler finds.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";

const language = new Compartment();

// Where a line and a column are, both counted from 1, columns in characters.
export function offsetOf(doc, line, column) {
  if (line < 1) return 0;
  if (line > doc.lines) return doc.length;
  const { from, text } = doc.line(line);
  let at = 0;
  for (let left = column - 1; left > 0 && at < text.length; left--) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return from + at;
}

export class Editor {
  constructor(parent, { changed }) {
    this.changed = changed;
    this.loading = false;
    this.extensions = [
      lineNumbers(), highlightActiveLineGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(),
      autocompletion(), highlightActiveLine(), EditorView.lineWrapping, highlightSelectionMatches(), lintGutter(), indentUnit.of("    "),
      EditorState.tabSize.of(4), language.of([]),
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
      EditorView.contentAttributes.of({ "aria-label": "Description", autocapitalize: "off", autocorrect: "off" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && !this.loading) this.changed(update.state.doc.toString());
      }),
    ];
    this.view = new EditorView({ parent, state: this.#state("") });
  }

  #state(doc) {
    return EditorState.create({ doc, extensions: this.extensions });
  }

  speak(support) {
    this.support = support;
    this.view.dispatch({ effects: language.reconfigure(support) });
  }

  get text() {
    return this.view.state.doc.toString();
  }

  // Another text, with a history of its own.
  load(text) {
    this.loading = true;
    this.view.setState(this.#state(text));
    if (this.support) this.view.dispatch({ effects: language.reconfigure(this.support) });
    this.loading = false;
  }

  // The same text written anew: only what differs is replaced, so that the cursor stays.
  rewrite(text) {
    const old = this.text;
    if (old === text) return;
    let start = 0;
    while (start < old.length && start < text.length && old[start] === text[start]) start++;
    let end = 0;
    while (end < old.length - start && end < text.length - start && old[old.length - 1 - end] === text[text.length - 1 - end]) end++;
    this.view.dispatch({ changes: { from: start, to: old.length - end, insert: text.slice(start, text.length - end) } });
  }

  show(diagnostics) {
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }

  edit(changes) {
    this.view.dispatch({ changes, userEvent: "input.fix" });
  }

  go(line, column) {
    const at = offsetOf(this.view.state.doc, line, column);
    this.view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
    this.view.focus();
  }
}
