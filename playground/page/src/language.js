// Colours and completions. Which words there are, the compiler says.
import { HighlightStyle, LanguageSupport, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { tags } from "@lezer/highlight";

const colours = HighlightStyle.define([
  { tag: tags.lineComment, class: "q-comment" },
  { tag: tags.docComment, class: "q-doc" },
  { tag: tags.string, class: "q-string" },
  { tag: tags.number, class: "q-number" },
  { tag: tags.keyword, class: "q-keyword" },
  { tag: tags.propertyName, class: "q-word" },
  { tag: tags.operator, class: "q-operator" },
]);

function tokens(keywords, words) {
  return {
    name: "quirk",
    startState: () => ({ starts: true }),
    token(stream, state) {
      if (stream.eatSpace()) return null;
      if (stream.match(/^\/\/[/!].*/)) return "docComment";
      if (stream.match(/^\/\/.*/)) return "lineComment";
      if (stream.match(/^"([^"\\]|\\.)*"?/)) return (state.starts = false), "string";
      if (stream.match(/^(0x[0-9a-f_]*|0b[01_]*|[0-9][0-9_]*)/i)) return (state.starts = false), "number";
      const name = stream.match(/^[A-Za-z_]\w*/);
      if (name) {
        const starts = state.starts;
        state.starts = false;
        if (starts && keywords.has(name[0])) return "keyword";
        return words.has(name[0]) || keywords.has(name[0]) ? "propertyName" : null;
      }
      state.starts = /[;{}]/.test(stream.next());
      return state.starts ? null : "operator";
    },
    languageData: { commentTokens: { line: "//" }, closeBrackets: { brackets: ["(", "[", "{", '"'] } },
    tokenTable: { docComment: tags.docComment, lineComment: tags.lineComment, propertyName: tags.propertyName },
  };
}

export function quirk(about) {
  const keywords = new Set(about.statements.map((each) => each.keyword));
  const words = new Set(about.words.map((each) => each.word));
  const language = StreamLanguage.define(tokens(keywords, words));
  const known = [
    ...about.statements.map(({ keyword, syntax, doc }) => ({ label: keyword, type: "keyword", detail: syntax, info: doc, boost: 1 })),
    ...about.words.filter(({ word }) => !keywords.has(word)).map(({ word, doc }) => ({ label: word, type: "property", info: doc })),
  ];
  const complete = (context) => {
    const word = context.matchBefore(/[A-Za-z_]\w*/);
    if (!word && !context.explicit) return null;
    const text = context.state.doc.toString();
    const declared = [...text.matchAll(/\b(?:const|device|layer|source|profile|dvsec_format)\s+([A-Za-z_]\w*)/g)];
    const names = [...new Set(declared.map((found) => found[1]))].map((label) => ({ label, type: "variable" }));
    return { from: word ? word.from : context.pos, options: [...known, ...names], validFor: /^\w*$/ };
  };
  return new LanguageSupport(language, [syntaxHighlighting(colours), language.data.of({ autocomplete: complete })]);
}
