// Markdown as elements: a library reads it, or a few lines of our own, and what it finds becomes elements one by one.
// Markup in it stays text.
import { make } from "./elements.mjs";

/**
 * @typedef {{ type: string, text?: string, raw: string, tokens?: Token[], items?: Token[], depth?: number,
 *   ordered?: boolean, start?: number | "", task?: boolean, checked?: boolean, href?: string,
 *   header?: Token[], rows?: Token[][], align?: string | null }} Token
 */

/**
 * @param {string} text @param {import("./runtime.mjs").LockedFile[]} scripts the library's one module, if there is one
 * @returns {Promise<HTMLElement>}
 */
export async function markdown(text, [script]) {
  const { lexer } = await (script ? import(script.url) : import("./plain-markdown.mjs"));
  return make("div", { class: "pc-markdown" }, ...nodes(lexer(text)));
}

/** @param {Token[]} [tokens] @returns {(Node | string)[]} */
function nodes(tokens = []) {
  return tokens.flatMap((token) => MADE[token.type]?.(token) ?? inline(token));
}

/** What a token says, with the elements inside it. @param {Token} token @returns {(Node | string)[]} */
function inline(token) {
  return token.tokens ? nodes(token.tokens) : [plain(token.text ?? token.raw)];
}

/** @type {Record<string, (token: Token) => Node | string | (Node | string)[]>} */
const MADE = {
  space: () => [],
  def: () => [],
  // Below the headings of the page.
  heading: (token) => make(/** @type {"h3"} */ (`h${Math.min(6, (token.depth ?? 1) + 2)}`), {}, ...inline(token)),
  paragraph: (token) => make("p", {}, ...inline(token)),
  blockquote: (token) => make("blockquote", {}, ...inline(token)),
  hr: () => make("hr"),
  br: () => make("br"),
  code: (token) => make("pre", { tabIndex: 0 }, make("code", {}, token.text ?? "")),
  codespan: (token) => make("code", {}, token.text ?? ""),
  strong: (token) => make("strong", {}, ...inline(token)),
  em: (token) => make("em", {}, ...inline(token)),
  del: (token) => make("del", {}, ...inline(token)),
  html: (token) => token.raw,
  list: (token) =>
    make(token.ordered ? "ol" : "ul", token.ordered && token.start ? { start: token.start } : {}, ...nodes(token.items)),
  list_item: (token) => make("li", {}, ...(token.task ? [token.checked ? "☑ " : "☐ "] : []), ...inline(token)),
  checkbox: () => [],
  link: (token) => link(token),
  image: (token) => link({ ...token, tokens: undefined }), // from elsewhere: loaded only when the reader follows it
  table: ({ header = [], rows = [] }) =>
    make(
      "div",
      { class: "pc-table", tabIndex: 0 },
      make(
        "table",
        { class: "pc-rows" },
        make("thead", {}, make("tr", {}, ...header.map((cell) => make("th", { scope: "col" }, ...inline(cell))))),
        make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((cell) => aligned(cell))))),
      ),
    ),
};

/** @param {Token} cell */
function aligned(cell) {
  return make("td", { class: cell.align === "right" ? "pc-number" : "" }, ...inline(cell));
}

/** @param {Token} token */
function link(token) {
  const content = inline(token);
  if (!/^(https?:|mailto:)/i.test(token.href ?? "")) return content;
  return make("a", { href: token.href, target: "_blank", rel: "noopener noreferrer" }, ...content);
}

/** Text without the entities that Markdown allows in it. @param {string} text */
function plain(text) {
  if (!text.includes("&")) return text;
  const box = make("textarea");
  box.innerHTML = text.replace(/</g, "&lt;"); // a textarea holds text alone
  return box.value;
}
