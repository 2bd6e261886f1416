// Making DOM elements: text is always text, never markup.

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes] properties where the element has them, attributes otherwise
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.className = value;
    else if (name in element && !name.startsWith("aria")) /** @type {any} */ (element)[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** @param {string} text @param {() => void} onclick @param {Record<string, any>} [attributes] */
export function button(text, onclick, attributes = {}) {
  return make("button", { type: "button", class: "pc-button", onclick, ...attributes }, text);
}

let counter = 0;

/** An id that no other element of the page has. */
export function uniqueId() {
  counter += 1;
  return `pc-${counter}`;
}
