// Outputs: an answer as elements. What came from Python becomes text, a picture, or a frame without scripts.
import { button, make } from "./elements.mjs";
import { megabytes } from "./strings.mjs";

/**
 * @typedef {{ id: string, type: string, label?: string, help?: string, top?: number, unit?: string,
 *   scripts?: import("./runtime.mjs").LockedFile[] }} Output  `scripts` is the library that draws it
 * @typedef {(key: any, values?: Record<string, string | number>) => string} Translate
 */

const FIRST_ROWS = 100;
const MORE_ROWS = 1000;
const LONG = 1000; // characters

/** @type {Record<string, (value: any, output: Output, say: Translate, asked: boolean) => Node>} */
const SHOWN = {
  text: (value, output) => words(output.unit ? `${value} ${output.unit}` : value),
  markdown: (value, output, say, asked) => {
    const { scripts = [] } = output;
    const drawing = async () => (await import("./markdown.mjs")).markdown(value, scripts);
    const draw = () => drawing().catch(() => words(value));
    return scripts.length ? drawn(scripts, draw, say, asked, words(value)) : filled(draw);
  },
  label: labels,
  json: (value) => make("pre", { class: "pc-json", tabIndex: 0 }, make("code", {}, JSON.stringify(value, null, 2))),
  image: (value, output) => picture(value, name(output)),
  gallery: (value, output) =>
    make("div", { class: "pc-gallery" }, ...value.map((/** @type {any} */ one) => captioned(one, output))),
  audio: (value, output) => make("audio", { controls: true, src: address(value), "aria-label": name(output) }),
  video: (value, output) => make("video", { controls: true, src: address(value), "aria-label": name(output) }),
  file: (value, _, say) => {
    const text = say("download", { file: `${value.name} (${megabytes(value.data.length)})` });
    return make("a", { href: address(value), download: value.name }, text);
  },
  table,
  html: (value, output) => filled(async () => (await import("./inert.mjs")).inert(value, name(output))),
  plot: (value, output, say, asked) => {
    if (!value.vega) return picture(value, name(output));
    const { scripts } = output;
    if (!scripts) return make("p", { class: "pc-problem" }, say("noLibrary"));
    const draw = async (/** @type {HTMLElement} */ place) =>
      (await import("./vega.mjs")).vegaPlot(value.vega, scripts, name(output), place);
    return drawn(scripts, draw, say, asked);
  },
};

/** @param {Output} output */
const name = (output) => output.label ?? output.id;

/**
 * @param {Output[]} outputs
 * @param {Record<string, any>} answer
 * @param {Translate} say
 * @param {boolean} asked whether the reader asked for it: until then, no library is loaded for it
 */
export function showAnswer(outputs, answer, say, asked = true) {
  return outputs.map((output) =>
    make(
      "div",
      { class: `pc-output pc-output-${output.type}` },
      outputs.length > 1 || output.label ? make("p", { class: "pc-output-name" }, name(output)) : null,
      SHOWN[output.type](answer[output.id], output, say, asked),
      output.help ? make("p", { class: "pc-help" }, output.help) : null,
    ),
  );
}

/** @param {{ label: string, confidence: number | null }[]} value @param {Output} output @param {Translate} say */
function labels(value, output, say) {
  const top = output.top ?? 5;
  const rest = value.slice(top);
  return make(
    "div",
    {},
    ranking(value.slice(0, top)),
    rest.length ? make("details", {}, make("summary", {}, say("more", { count: rest.length })), ranking(rest)) : null,
  );
}

/** @param {{ label: string, confidence: number | null }[]} value */
function ranking(value) {
  return make("ol", { class: "pc-label" }, ...value.map(({ label, confidence }) => {
    if (confidence === null) return make("li", {}, make("span", { class: "pc-label-name" }, label));
    const bar = make("span", { class: "pc-label-bar", "aria-hidden": "true" });
    bar.style.setProperty("--pc-value", `${Math.min(100, Math.max(0, 100 * confidence))}%`);
    const percent = make("span", { class: "pc-label-value" }, `${(100 * confidence).toFixed(1)} %`);
    return make("li", {}, make("span", { class: "pc-label-name" }, label), bar, percent);
  }));
}

/** @param {string} text */
function words(text) {
  // What scrolls must be reached by keys.
  return make("p", { class: "pc-text", tabIndex: text.length > LONG ? 0 : undefined }, text);
}

/** An element whose content is on its way. @param {(place: HTMLElement) => Promise<Node>} content */
function filled(content) {
  const element = make("div", { "aria-busy": "true" });
  content(element)
    .catch((error) => make("p", { class: "pc-problem" }, error.message))
    .then((node) => {
      element.replaceChildren(node);
      element.removeAttribute("aria-busy");
    });
  return element;
}

/**
 * What a library draws: at once when the reader asked for the answer, else after a click.
 *
 * @param {import("./runtime.mjs").LockedFile[]} scripts @param {(place: HTMLElement) => Promise<Node>} draw
 * @param {Translate} say @param {boolean} asked @param {Node | null} before what is there until then
 */
function drawn(scripts, draw, say, asked, before = null) {
  if (asked) return filled(draw);
  const size = megabytes(scripts.reduce((sum, { size }) => sum + size, 0));
  const show = button(say("draw", { size }), () => element.replaceChildren(filled(draw)));
  const element = make("div", {}, before, make("div", { class: "pc-tools" }, show));
  return element;
}

/** @param {{ headers: string[], rows: any[][], total?: number }} value @param {Output} output @param {Translate} say */
function table({ headers, rows, total }, output, say) {
  const body = make("tbody");
  const more = button("", () => append(MORE_ROWS));
  const append = (/** @type {number} */ count) => {
    const start = body.childElementCount;
    body.append(...rows.slice(start, start + count).map((row) => make("tr", {}, ...row.map(cell))));
    const left = rows.length - body.childElementCount;
    more.hidden = left <= 0;
    more.textContent = say("moreRows", { count: Math.min(left, MORE_ROWS), left });
  };
  append(FIRST_ROWS);
  const head = headers.length
    ? make("thead", {}, make("tr", {}, ...headers.map((text, column) => make("th", { scope: "col", ...alignment(rows[0]?.[column]) }, text))))
    : null;
  return make(
    "div",
    {},
    make("div", { class: "pc-table", tabIndex: 0, role: "region", "aria-label": name(output) }, make("table", { class: "pc-rows" }, head, body)),
    rows.length > FIRST_ROWS ? make("div", { class: "pc-tools" }, more) : null,
    total ? make("p", { class: "pc-note" }, say("rowsCut", { count: rows.length, total })) : null,
  );
}

/** @param {any} value */
function cell(value) {
  return make("td", alignment(value), String(value ?? ""));
}

/** @param {any} value */
function alignment(value) {
  return typeof value === "number" ? { class: "pc-number" } : {};
}

/** @param {{ mime: string, data: Uint8Array }} value @param {string} alt */
function picture(value, alt) {
  // As an image, an SVG runs no script and loads nothing.
  return make("img", { class: "pc-picture", src: address(value), alt });
}

/** @param {any} one @param {Output} output */
function captioned(one, output) {
  return make("figure", {}, picture(one, one.caption || name(output)), one.caption ? make("figcaption", {}, one.caption) : null);
}

/** @param {{ mime: string, data: Uint8Array }} value */
function address(value) {
  return URL.createObjectURL(new Blob([/** @type {any} */ (value.data)], { type: value.mime }));
}
