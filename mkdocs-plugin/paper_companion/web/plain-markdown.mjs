// Markdown without a library, for what a host answers, for which no lock pins one: the part of Markdown that answers are
// written in, as the tokens that markdown.mjs makes elements of.

/** @typedef {import("./markdown.mjs").Token} Token */

const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const HEADING = /^ {0,3}(#{1,6})(?!\S)/;
const UNDERLINE = /^ {0,3}(=+|-+)\s*$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3}(?:[-*+]|(\d{1,9})[.)])\s+)([^]*)$/;
const DASHES = /^ *(?:\| *)?:?-+:? *(?:\| *:?-+:? *)*(?:\| *)?$/;
const STARTS = [FENCE, HEADING, UNDERLINE, RULE, QUOTE, ITEM];
// What one mark spans is bounded, and how deep blocks lie in each other: no answer may hold the page up.
const DEEPEST = 20;
const INLINE = new RegExp(
  [
    "(?<!`)(?<tick>`{1,3})(?!`)(?<code>[^]{0,2000}?[^`])\\k<tick>(?!`)",
    "\\\\(?<escaped>[!-/:-@[-`{-~])",
    "(?<image>!?)\\[(?<label>(?:[^\\[\\]\\\\]|\\\\.)*)\\]\\(\\s*<?(?<href>(?:[^\\s()<>]|\\([^\\s()<>]*\\))+)>?(?:\\s+(?<quote>[\"'])[^]{0,500}?\\k<quote>)?\\s*\\)",
    "<?(?<url>https?://[^\\s<>]*[^\\s<>.,:;!?\"')\\]])>?",
    "\\*{3}(?=\\S)(?<both>[^]{0,2000}?\\S)\\*{3}",
    "(?<strongs>\\*\\*|(?<!\\w)__)(?=\\S)(?<strong>[^]{0,2000}?\\S)\\k<strongs>",
    "(?<ems>\\*|(?<!\\w)_(?!_))(?=\\S)(?<em>[^]{0,2000}?[^\\s*_])\\k<ems>(?!(?<=_)\\w)",
    "~~(?=\\S)(?<del>[^]{0,2000}?\\S)~~",
    "(?<br>(?:(?<! ) {2,}|\\\\)\\n)",
  ].join("|"),
  "g",
);

/** @param {string} text @returns {Token[]} */
export function lexer(text) {
  return blocks(text.replace(/\r\n?/g, "\n").replace(/\t/g, "    ").split("\n"));
}

/** @param {string[]} lines @param {number} [depth] @returns {Token[]} */
function blocks(lines, depth = 0) {
  /** @type {Token[]} */
  const tokens = [];
  let next = 0;
  /** The lines from here on for which this holds. @param {(line: string) => boolean} holds */
  const take = (holds) => {
    const start = next;
    while (next < lines.length && holds(lines[next])) next += 1;
    return lines.slice(start, next);
  };
  while (next < lines.length) {
    const line = lines[next];
    const [, mark = ""] = FENCE.exec(line) ?? [];
    const [, hashes] = HEADING.exec(line) ?? [];
    if (!line.trim()) next += 1;
    else if (depth === DEEPEST) {
      const text = take(() => true).join("\n");
      tokens.push({ type: "paragraph", raw: text, tokens: [{ type: "text", raw: text, text }] });
    } else if (mark) {
      next += 1;
      const text = take((one) => !one.trim().startsWith(mark)).join("\n");
      next += 1;
      tokens.push({ type: "code", raw: text, text });
    } else if (hashes) {
      next += 1;
      const title = line.trim().slice(hashes.length).trim().replace(/(?<!\S)#+$/, "");
      tokens.push({ type: "heading", raw: line, depth: hashes.length, tokens: inline(title.trim()) });
    } else if (RULE.test(line)) {
      next += 1;
      tokens.push({ type: "hr", raw: line });
    } else if (QUOTE.test(line)) {
      const quoted = take((one) => QUOTE.test(one)).map((one) => one.replace(QUOTE, ""));
      tokens.push({ type: "blockquote", raw: "", tokens: blocks(quoted, depth + 1) });
    } else if (ITEM.test(line)) {
      tokens.push(list(take, depth + 1));
    } else if (isTable(line, lines[next + 1])) {
      tokens.push(table(take((one) => one.includes("|"))));
    } else {
      const first = next;
      const text = take((one) => one.trim() !== "" && (next === first || !STARTS.some((start) => start.test(one)))).join("\n");
      const [, under] = UNDERLINE.exec(lines[next] ?? "") ?? [];
      if (under) next += 1;
      const kind = under ? { type: "heading", depth: under.startsWith("=") ? 1 : 2 } : { type: "paragraph" };
      tokens.push({ ...kind, raw: text, tokens: inline(text.trim()) });
    }
  }
  return tokens;
}

/** @param {(holds: (line: string) => boolean) => string[]} take @param {number} depth @returns {Token} */
function list(take, depth) {
  const items = [];
  let [line] = take(once());
  const [, , number] = /** @type {string[]} */ (ITEM.exec(line));
  while (line !== undefined) {
    const [, mark, , first] = /** @type {string[]} */ (ITEM.exec(line));
    const indent = " ".repeat(Math.min(mark.length, 4));
    const inside = (/** @type {string} */ one) => one.startsWith(indent) || (/^ {2}/.test(one) && ITEM.test(one.slice(2)));
    let apart = false;
    const rest = take((one) => {
      const goesOn = !one.trim() || inside(one) || (!apart && !STARTS.some((start) => start.test(one)));
      apart = !one.trim();
      return goesOn;
    });
    const tokens = blocks([first, ...rest.map((one) => (one.startsWith(indent) ? one.slice(indent.length) : one.trimStart()))], depth);
    // A short item is a line, not a paragraph.
    if (tokens[0]?.type === "paragraph") tokens[0].type = "text";
    items.push({ type: "list_item", raw: line, tokens });
    const same = once();
    [line] = take((one) => ITEM.test(one) && !RULE.test(one) && Boolean(ITEM.exec(one)?.[2]) === Boolean(number) && same());
  }
  return { type: "list", raw: "", ordered: Boolean(number), start: number ? Number(number) : "", items };
}

/** True the first time. */
function once() {
  let asked = false;
  return () => !asked && (asked = true);
}

/** @param {string} head @param {string} [dashes] */
function isTable(head, dashes = "") {
  const barred = head.includes("|") && dashes.includes("|");
  return barred && DASHES.test(dashes) && cells(head).length === cells(dashes).length;
}

/** @param {string[]} lines @returns {Token} */
function table([head, dashes, ...rows]) {
  const align = cells(dashes).map((one) => (/^-+:$/.test(one) ? "right" : null));
  const row = (/** @type {string} */ line) =>
    cells(line).map((raw, column) => ({ type: "text", raw, tokens: inline(raw), align: align[column] }));
  return { type: "table", raw: "", header: row(head), rows: rows.map(row) };
}

/** @param {string} line */
function cells(line) {
  return line.trim().replace(/^\||(?<!\\)\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, "|"));
}

/** @param {string} text @returns {Token[]} */
function inline(text) {
  /** @type {Token[]} */
  const tokens = [];
  const plain = (/** @type {string} */ raw) => raw && tokens.push({ type: "text", raw, text: raw });
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    const { code, escaped, image, label, href, url, both, strong, em, del, br } = /** @type {Record<string, string>} */ (found.groups);
    plain(text.slice(end, found.index));
    end = found.index + found[0].length;
    const raw = found[0];
    if (code !== undefined) tokens.push({ type: "codespan", raw, text: code.trim() });
    else if (escaped) plain(escaped);
    else if (href) tokens.push({ type: image ? "image" : "link", raw, href, text: label || href, tokens: inline(label || href) });
    else if (url) tokens.push({ type: "link", raw, href: url, tokens: [{ type: "text", raw: url, text: url }] });
    else if (br) tokens.push({ type: "br", raw });
    else for (const [type, inside] of Object.entries({ strong, em: both ? `**${both}**` : em, del })) if (inside) tokens.push({ type, raw, tokens: inline(inside) });
  }
  plain(text.slice(end));
  return tokens;
}
