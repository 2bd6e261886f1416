// Sharing: a link that holds the inputs, and a problem report that the reader sends.

const KEY = "pc-demo";
const MAX_LINK = 8_000;
const MAX_REPORT = 5_000;

/**
 * @typedef {import("./panel.mjs").Panel} Panel
 * @typedef {{ lock: string, values: Record<string, any> }} Shared
 */

/**
 * A link to this page that fills in the form as it is now, and the names of inputs too large for it.
 *
 * @param {Panel} panel
 * @returns {Promise<{ link: string, left: string[] }>}
 */
export async function makeLink(panel) {
  /** @type {Record<string, any>} */
  const values = {};
  const labels = new Map(panel.demo.inputs.map(({ id, label }) => [id, label ?? id]));
  const left = [];
  for (const [id, field] of panel.form.fields) {
    const value = await field.share();
    if (value === undefined) left.push(labels.get(id) ?? id);
    else values[id] = value;
  }
  const packed = encode({ lock: panel.demo.lock, values });
  const page = location.href.split("#")[0];
  return packed.length > MAX_LINK ? { link: page, left: [...labels.values()] } : { link: `${page}#${KEY}=${packed}`, left };
}

/**
 * What the address of this page holds for a demo, if it came from such a link.
 *
 * @param {Panel} panel
 * @returns {Shared | null}
 */
export function readLink({ element, demo }) {
  const found = location.hash.match(new RegExp(`^#${KEY}=([\\w-]+)$`));
  if (!found) return null;
  try {
    const shared = decode(found[1]);
    if (typeof shared?.lock !== "string" || typeof shared.values !== "object" || !shared.values) return null;
    // Of several demos on a page it is for the one with its lock; for each of them when that has changed since.
    const isOfAnother = (/** @type {HTMLElement} */ one) =>
      one !== element && JSON.parse(one.dataset.demo ?? "{}").lock === shared.lock;
    const others = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("paper-demo"));
    return shared.lock !== demo.lock && [...others].some(isOfAnother) ? null : shared;
  } catch {
    return null;
  }
}

/**
 * The address of a new issue in the paper's repository, filled in. Nothing is sent before the reader does it there.
 *
 * @param {Panel} panel
 * @param {string} answer what is on screen
 */
export async function makeReport(panel, answer) {
  const { demo } = panel;
  const { link } = await makeLink(panel);
  const short = [
    "What went wrong, and what did you expect?",
    "",
    "---",
    `Runtime: Pyodide ${demo.runtime.version}, lock ${demo.lock.slice(0, 12)}`,
    `Browser: ${navigator.userAgent}`,
    "Answer:",
    "```",
    answer.slice(0, MAX_REPORT / 4),
    "```",
  ].join("\n");
  // Half a link leads nowhere: it is there whole or not at all.
  const fits = short.length + link.length < MAX_REPORT;
  const body = `${short}\n${fits ? `Inputs: ${link}` : "The inputs are too large for a link: please describe them."}`;
  const repo = new URL(demo.repo ?? "");
  const gitlab = repo.hostname.split(".").includes("gitlab");
  const names = gitlab ? ["issue[title]", "issue[description]"] : ["title", "body"];
  const address = new URL(`${repo.href.replace(/(\.git)?\/?$/, "")}${gitlab ? "/-" : ""}/issues/new`);
  address.searchParams.set(names[0], `Demo: ${demo.title}`.slice(0, 120));
  address.searchParams.set(names[1], body);
  return address.href;
}

/** @param {Shared} shared */
function encode(shared) {
  const bytes = new TextEncoder().encode(JSON.stringify(shared));
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** @param {string} text */
function decode(text) {
  const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}
