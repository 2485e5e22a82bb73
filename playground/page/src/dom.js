// Elements.
export const $ = (id) => document.getElementById(id);

// An element with properties and children; a text is never taken for markup.
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export const hex = (number, digits = 3) => "0x" + number.toString(16).padStart(digits, "0");

export function tell(place, text) {
  place.hidden = !text;
  place.textContent = text ?? "";
}

// A refusal as one sentence, and the way out.
export const sentence = ({ error, help }) => (help ? `${error}: ${help}` : error);

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not every page may: one that was opened as a file, for example.
    return false;
  }
}
