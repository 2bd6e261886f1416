// Plots of Vega-Lite: the library is loaded when an answer needs it, checked against its sha256, and runs no generated code.
import { make } from "./elements.mjs";

/** @typedef {import("./runtime.mjs").LockedFile} LockedFile */

/** @type {Map<string, Promise<void>>} */
const loading = new Map();

/**
 * @param {Record<string, any>} specification @param {LockedFile[]} scripts in the order in which they are needed
 * @param {string} label for those who cannot see it
 * @param {HTMLElement} place on the page, whose width the plot takes
 */
export async function vegaPlot(specification, scripts, label, place) {
  for (const script of scripts) await load(script);
  const drawing = make("div", { class: "pc-vega" });
  const element = make("div", { role: "img", "aria-label": label }, drawing);
  place.append(element);
  const { vegaEmbed, vega } = /** @type {any} */ (globalThis);
  await vegaEmbed(drawing, withWidth(specification), {
    actions: false,
    renderer: "svg",
    ast: true, // expressions are interpreted: a page's policy may forbid to compile them
    loader: noLoader(vega),
    tooltip: { theme: "custom" },
    config: { background: "transparent", ...inks() },
  });
  return element;
}

/** What comes from Python is in the specification; nothing is fetched. @param {any} vega */
function noLoader(vega) {
  const refuse = async (/** @type {string} */ uri) => {
    throw new Error(`${uri} is not loaded: put the data into the specification`);
  };
  return Object.assign(vega.loader(), { load: refuse, sanitize: refuse, http: refuse, file: refuse });
}

/** A plot of one view takes the room that there is. @param {Record<string, any>} specification */
function withWidth(specification) {
  const isSingle = ("mark" in specification || "layer" in specification) && !("width" in specification);
  const channels = specification.encoding ?? {};
  return isSingle && !channels.row && !channels.column && !channels.facet
    ? { ...specification, width: "container" }
    : specification;
}

/** Ink for axes and words that can be read on light and dark pages. */
function inks() {
  const ink = "currentColor";
  const words = { labelColor: ink, titleColor: ink };
  return {
    axis: { ...words, domainColor: ink, tickColor: ink, gridColor: "#8884" },
    legend: words,
    header: words,
    title: { color: ink, subtitleColor: ink },
    view: { stroke: "#8884" },
    style: { "guide-label": { fill: ink }, "guide-title": { fill: ink }, "group-title": { fill: ink } },
  };
}

/** @param {LockedFile} script */
function load({ url, name, sha256 }) {
  const known = loading.get(url);
  if (known) return known;
  const digest = btoa(String.fromCharCode(...(sha256.match(/../g) ?? []).map((pair) => parseInt(pair, 16))));
  const done = /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      const element = make("script", { src: url, integrity: `sha256-${digest}`, crossOrigin: "anonymous" });
      element.addEventListener("load", () => resolve());
      element.addEventListener("error", () => reject(new Error(`${name} is missing on this site, or has changed`)));
      document.head.append(element);
    })
  );
  loading.set(url, done);
  done.catch(() => loading.delete(url));
  return done;
}
