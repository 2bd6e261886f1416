// The table field: cells to type in, rows to add and remove, and room for what a spreadsheet puts on the clipboard.
import { button, make } from "./elements.mjs";

/**
 * @typedef {import("./inputs.mjs").Input} Input
 * @typedef {import("./inputs.mjs").Made} Made
 * @typedef {import("./inputs.mjs").Translate} Translate
 */

const MAX_ROWS = 1000;
const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** @param {Input} input @param {string} id @param {Translate} say @param {() => void} changed @returns {Made} */
export function gridField(input, id, say, changed) {
  const start = tableOf(input.default);
  const headers = input.headers ?? start.headers;
  const width = headers.length || Math.max(1, ...start.rows.map((row) => row.length));
  /** @type {HTMLInputElement[][]} */
  let cells = [];
  const body = make("tbody");
  const problem = make("p", { class: "pc-problem", role: "alert" });

  const add = () => {
    if (cells.length >= MAX_ROWS) {
      problem.textContent = say("manyRows", { count: MAX_ROWS });
      return false;
    }
    const row = Array.from({ length: width }, (_, column) => {
      const label = say("cell", { column: headers[column] ?? column + 1, row: cells.length + 1 });
      return make("input", { type: "text", "aria-label": label });
    });
    cells.push(row);
    body.append(make("tr", {}, ...row.map((cell) => make("td", {}, cell))));
    return true;
  };
  const removeLast = () => {
    problem.textContent = "";
    cells.pop();
    body.lastElementChild?.remove();
  };
  /** Texts from a cell on, to the right and down. @param {string[][]} rows @param {number} top @param {number} left */
  const fill = (rows, top, left) => {
    problem.textContent = "";
    rows.every((texts, number) => {
      while (cells.length <= top + number) if (!add()) return false;
      texts.slice(0, width - left).forEach((text, column) => (cells[top + number][left + column].value = text));
      return true;
    });
  };
  /** @param {any} value */
  const show = (value) => {
    cells = [];
    body.replaceChildren();
    fill(tableOf(value).rows.map((row) => row.map((cell) => String(cell ?? ""))), 0, 0);
    if (!cells.length) add();
  };
  show(start);

  /** @param {EventTarget | null} target @returns {[number, number]} */
  const placeOf = (target) => {
    const row = cells.findIndex((row) => row.includes(/** @type {any} */ (target)));
    return [row, cells[row]?.indexOf(/** @type {any} */ (target))];
  };
  body.addEventListener("keydown", (event) => {
    const [row, column] = placeOf(event.target);
    const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (row < 0 || !step || event.isComposing) return;
    event.preventDefault(); // Enter would run the demo
    if (event.key === "Enter" && row === cells.length - 1) add();
    cells[row + step]?.[column].focus();
  });
  body.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const [row, column] = placeOf(event.target);
    if (row < 0 || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    fill(text.replace(/\r?\n$/, "").split(/\r?\n/).map((line) => line.split("\t")), row, column);
    changed();
  });

  const head = headers.length
    ? make("thead", {}, make("tr", {}, ...headers.map((text) => make("th", { scope: "col" }, text))))
    : null;
  const tools = make(
    "div",
    { class: "pc-tools" },
    button(say("addRow"), () => {
      if (!add()) return;
      cells[cells.length - 1][0].focus();
      changed();
    }),
    button(say("removeRow"), () => {
      removeLast();
      changed();
    }),
  );
  const table = make("table", { class: "pc-grid", "aria-labelledby": `${id}-name` }, head, body);
  return {
    element: make("div", {}, make("div", { class: "pc-table" }, table), tools, problem),
    read: async () => {
      const rows = cells.map((row) => row.map((cell) => cellValue(cell.value.trim())));
      return { headers, rows: rows.filter((row) => row.some((value) => value !== null)) };
    },
    show: async (value) => show(value ?? start),
  };
}

/** @param {string} text */
function cellValue(text) {
  if (text === "") return null;
  return NUMBER.test(text) ? Number(text) : text;
}

/** Headers and rows of what an author or a link gives: rows alone, or both. @param {any} value @returns {{ headers: string[], rows: any[][] }} */
function tableOf(value) {
  if (Array.isArray(value)) return { headers: [], rows: value };
  return { headers: value?.headers ?? [], rows: value?.rows ?? [] };
}
