// <paper-ways>: the ways of trying one demo: its recorded answers, this browser, a host. The first one that the device
// can take is shown; the reader can take another.
import "./hosted.mjs";
import "./paper-demo.mjs";
import { make, uniqueId } from "./elements.mjs";
import { translator } from "./strings.mjs";

/**
 * @typedef {{ wasm: boolean, memory: number | undefined, saveData: boolean }} Device memory in GB, where the browser tells
 * @typedef {{ id: string, label: string, panel: HTMLElement }} Way
 */

const LITTLE_MEMORY_GB = 2;

export class PaperWays extends HTMLElement {
  /** @type {Way[]} */
  #ways = [];

  connectedCallback() {
    if (this.#ways.length) return;
    const { strings, download, recorded } = JSON.parse(this.dataset.ways ?? "{}");
    const say = translator(strings);
    const group = uniqueId();
    this.#ways = [...this.querySelectorAll(":scope > [data-way]")].flatMap((panel) => {
      if (!(panel instanceof HTMLElement)) return [];
      const { way = "", host = "" } = panel.dataset;
      if (way === "hosted") return [{ id: way, label: say("wayHosted", { host }), panel }];
      const here = { id: way, label: say("wayBrowser", { size: download }), panel };
      return recorded ? [{ id: "recorded", label: say("wayRecorded"), panel }, here] : [here];
    });
    const device = deviceOf(navigator);
    const { id, reason } = firstWay(this.#ways.map((way) => way.id), device);
    const boxes = this.#ways.map((way) => make("input", {
      type: "radio",
      name: group,
      disabled: way.id === "browser" && !device.wasm,
    }));
    const labels = this.#ways.map((way, index) => make("label", {}, boxes[index], ` ${way.label}`));
    this.boxes = boxes;
    boxes.forEach((box, index) => box.addEventListener("change", () => this.#show(index)));
    this.why = make("p", { class: "pc-note", role: "status" }, reason ? say(reason, { memory: device.memory ?? "" }) : "");
    this.prepend(
      make("fieldset", { class: "pc-ways" }, make("legend", { class: "pc-field-name" }, say("ways")), ...labels),
      this.why,
    );
    this.#show(this.#ways.findIndex((way) => way.id === id));
  }

  /** The ways that do without what is inside one element. @param {Element} element */
  others(element) {
    return this.#ways.flatMap(({ label, panel }, index) => {
      const box = this.boxes?.[index];
      if (panel.contains(element) || !box || box.disabled) return [];
      const choose = () => {
        this.#show(index);
        box.focus();
      };
      return [{ label, choose }];
    });
  }

  /** @param {number} index */
  async #show(index) {
    const { id, panel } = this.#ways[index];
    this.dataset.chosen = id;
    /** @type {HTMLInputElement[]} */ (this.boxes)[index].checked = true;
    for (const way of this.#ways) way.panel.hidden = way.panel !== panel;
    await customElements.whenDefined("paper-demo");
    const demo = /** @type {any} */ (this.querySelector("paper-demo"));
    // On another way nothing goes on here: no run, and no camera.
    if (demo) demo.recordedOnly = this.dataset.chosen !== "browser";
  }
}

/** @param {Navigator} navigator @returns {Device} */
function deviceOf(navigator) {
  const { deviceMemory, connection } = /** @type {any} */ (navigator);
  const wasm = typeof WebAssembly === "object" && typeof Worker === "function";
  return { wasm, memory: deviceMemory, saveData: Boolean(connection?.saveData) };
}

/**
 * The way that costs a device nothing that it does not have, and why it is not the first one in the list of this browser's.
 *
 * @param {string[]} ways those that the page has @param {Device} device
 * @returns {{ id: string, reason?: "whyNoWasm" | "whyMemory" | "whySaveData" }}
 */
export function firstWay(ways, { wasm, memory, saveData }) {
  const first = (/** @type {string[]} */ ...wanted) => wanted.find((way) => ways.includes(way)) ?? ways[0];
  if (!ways.includes("browser")) return { id: ways[0] };
  if (!wasm) return { id: first("hosted", "recorded"), reason: "whyNoWasm" };
  if (memory !== undefined && memory <= LITTLE_MEMORY_GB) return { id: first("hosted", "recorded"), reason: "whyMemory" };
  if (saveData) return { id: first("recorded", "hosted"), reason: "whySaveData" };
  return { id: "browser" };
}

// Once only: after an instant navigation the module may be asked for again under another page's name for it.
if (!customElements.get("paper-ways")) customElements.define("paper-ways", PaperWays);
