// Outputs: an answer as elements. What came from Python becomes text, a picture, or a frame without scripts.
import { make } from "./elements.mjs";

/**
 * @typedef {{ id: string, type: string, label?: string, help?: string, top?: number, unit?: string }} Output
 * @typedef {(key: any, values?: Record<string, string | number>) => string} Translate
 */

/** @type {Record<string, (value: any, output: Output, say: Translate) => Node>} */
const SHOWN = {
  text: (value, output) => make("p", { class: "pc-text" }, output.unit ? `${value} ${output.unit}` : value),
  label: labels,
  json: (value) => make("pre", { class: "pc-json", tabIndex: 0 }, make("code", {}, JSON.stringify(value, null, 2))),
  image: (value, output) => picture(value, output.label ?? output.id),
  gallery: (value, output) =>
    make("div", { class: "pc-gallery" }, ...value.map((/** @type {any} */ one) => captioned(one, output))),
  audio: (value, output) => make("audio", { controls: true, src: address(value), "aria-label": name(output) }),
  video: (value, output) => make("video", { controls: true, src: address(value), "aria-label": name(output) }),
  file: (value, _, say) =>
    make("a", { href: address(value), download: value.name }, say("download", { file: value.name })),
  table,
  html: (value, output) => inert(value, name(output)),
  plot: (value, output) => picture(value, name(output)),
};

/** @param {Output} output */
const name = (output) => output.label ?? output.id;

/**
 * @param {Output[]} outputs
 * @param {Record<string, any>} answer
 * @param {Translate} say
 */
export function showAnswer(outputs, answer, say) {
  return outputs.map((output) =>
    make(
      "div",
      { class: `pc-output pc-output-${output.type}` },
      outputs.length > 1 || output.label ? make("p", { class: "pc-output-name" }, name(output)) : null,
      SHOWN[output.type](answer[output.id], output, say),
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

/** @param {{ headers: string[], rows: any[][] }} value */
function table({ headers, rows }) {
  return make(
    "div",
    { class: "pc-table", tabIndex: 0, role: "region", "aria-label": headers.join(", ") },
    make(
      "table",
      {},
      headers.length ? make("thead", {}, make("tr", {}, ...headers.map((text) => make("th", { scope: "col" }, text)))) : null,
      make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((cell) => make("td", {}, String(cell ?? "")))))),
    ),
  );
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

/** HTML of the author's: shown, and inert. @param {string} html @param {string} title */
function inert(html, title) {
  const frame = make("iframe", { class: "pc-html", title, sandbox: "allow-same-origin", srcdoc: html });
  frame.addEventListener("load", () => {
    const height = frame.contentDocument?.documentElement.scrollHeight ?? 300;
    frame.style.blockSize = `${Math.min(1200, Math.max(60, height))}px`;
  });
  return frame;
}
