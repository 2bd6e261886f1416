// <paper-demo>: a form, a Run button and an answer around one worker. Without script it shows a recorded answer; with
// it, nothing is downloaded before the reader asks.
import { button, make } from "./elements.mjs";
import { makeField } from "./inputs.mjs";
import { showAnswer } from "./outputs.mjs";
import { duration, megabytes, translator } from "./strings.mjs";
import { openWorker } from "./isolation.mjs";

/**
 * @typedef {"idle" | "downloading" | "starting" | "running" | "done" | "failed" | "stopped"} State
 * @typedef {{ label?: string, inputs: Record<string, any>, outputs: Record<string, any> | null }} Example
 * @typedef {import("./runtime.mjs").Manifest & { download: number, examples: Example[], strings: Record<string, string> }} Demo
 */

// The manifest's addresses are paths from the site's root; this module lies in assets/paper-companion/web-…/.
const SITE = new URL("../../../", import.meta.url);

/** The worker that was asked for is no longer wanted: the reader pressed Stop, or left. */
class Stopped extends Error {}

class PaperDemo extends HTMLElement {
  /** @type {Worker | null} */
  #worker = null;
  /** @type {((reason: Error) => void) | null} */
  #giveUp = null;
  #runs = 0;
  #built = false;

  connectedCallback() {
    if (this.#built) return;
    this.#built = true;
    this.demo = /** @type {Demo} */ (JSON.parse(this.dataset.demo ?? "{}"));
    this.say = translator(this.demo.strings);
    this.#build();
  }

  disconnectedCallback() {
    // Moved within the page, or gone from it? Known once the current task is over.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#end(new Stopped());
      this.fields?.forEach((field) => field.end?.());
    });
  }

  #build() {
    const { demo, say } = this;
    const changed = () => (this.note.textContent = this.answered ? say("changed") : "");
    this.fields = new Map(demo.inputs.map((/** @type {any} */ input) => [input.id, makeField(input, say, changed)]));
    const shown = (/** @type {boolean} */ advanced) =>
      demo.inputs
        .filter((/** @type {any} */ input) => Boolean(input.advanced) === advanced)
        .map((/** @type {any} */ input) => /** @type {any} */ (this.fields).get(input.id).element);
    const advanced = shown(true);

    this.runButton = make("button", { type: "submit", class: "pc-button pc-button-primary" });
    this.stopButton = button(say("stop"), () => this.stop(), { disabled: true });
    this.status = make("p", { class: "pc-status", role: "status" });
    this.bar = make("progress", { class: "pc-progress", hidden: true });
    this.detail = make("p", { class: "pc-detail" });
    this.note = make("p", { class: "pc-note" });

    const form = make(
      "form",
      { class: "pc-form", noValidate: false },
      ...shown(false),
      advanced.length ? make("details", {}, make("summary", {}, say("advanced")), ...advanced) : null,
      make("div", { class: "pc-actions" }, this.runButton, this.stopButton),
      this.status,
      this.bar,
      this.detail,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });

    this.heading = make("p", { class: "pc-answer-heading" });
    this.answer = make("div", { class: "pc-answer", "aria-live": "polite" });
    const result = make("div", { class: "pc-result" }, this.heading, this.note, this.answer);
    const body = make("div", { class: "pc-demo-body" }, form, result);
    this.querySelector(".pc-demo-static")?.replaceWith(body, this.#examples());
    this.#enter("idle");
    if (location.protocol === "file:") {
      this.#enter("failed", say("noFile"));
      this.runButton.disabled = true;
    }
    if (demo.examples.length) this.#showExample(demo.examples[0]);
    else this.heading.textContent = say("noAnswer");
  }

  #examples() {
    const { demo, say } = this;
    if (demo.examples.length < 2) return "";
    const buttons = demo.examples.map((example, index) =>
      button(example.label ?? say("example", { number: index + 1 }), () => this.#showExample(example)),
    );
    return make("div", { class: "pc-examples", role: "group", "aria-label": say("examples") }, ...buttons);
  }

  /** @param {Example} example */
  async #showExample(example) {
    for (const [id, field] of this.fields ?? []) {
      const value = example.inputs[id];
      try {
        await field.show(value?.url ? await this.#file(value) : value);
      } catch {
        // The field says so itself.
      }
    }
    if (example.outputs) this.#showAnswer(withBytes(example.outputs), this.say("recorded"));
  }

  /** @param {{ url: string, name: string }} value */
  async #file(value) {
    const answer = await fetch(new URL(value.url, SITE));
    if (!answer.ok) throw new Error(`${value.name}: HTTP ${answer.status}`);
    return new File([await answer.blob()], value.name);
  }

  /** Ask the function for an answer to what the form holds. */
  async run() {
    if (this.#giveUp) return;
    const { say } = this;
    const id = (this.#runs += 1);
    const gone = new Promise((_, reject) => (this.#giveUp = reject));
    gone.catch(() => {});
    try {
      /** @type {Record<string, any>} */
      const values = {};
      for (const [name, field] of this.fields ?? []) values[name] = await field.read();
      if (!this.#worker) {
        this.#enter("downloading");
        await Promise.race([this.#start(gone), gone]);
      }
      this.#enter("running");
      const worker = /** @type {Worker} */ (/** @type {unknown} */ (this.#worker));
      const answered = this.#reply(worker, "answer", id);
      worker.postMessage({ type: "run", id, values });
      const answer = await Promise.race([answered, gone]);
      if (answer.error) this.#showError(answer.error, answer.printed);
      else {
        this.#showAnswer(answer.outputs, say("answered", { time: duration(answer.seconds) }), answer.printed);
        this.#enter("done");
      }
    } catch (error) {
      if (error instanceof Stopped) this.#enter("stopped");
      else {
        this.#drop();
        const plain = error instanceof Error ? { type: error.name, message: error.message, traceback: "" } : error;
        this.#showError(/** @type {any} */ (plain), "");
      }
    } finally {
      this.#giveUp = null;
      this.stopButton.disabled = true;
    }
  }

  /** End the worker, whatever it is doing. The next run starts another. */
  stop() {
    this.#end(new Stopped());
    this.runButton.focus();
  }

  /** @param {Promise<any>} gone */
  async #start(gone) {
    const { demo } = this;
    const absolute = (/** @type {any} */ file) => ({ ...file, url: new URL(file.url, SITE).href });
    const manifest = {
      ...demo,
      runtime: { ...absolute(demo.runtime), files: demo.runtime.files.map(absolute) },
      ...Object.fromEntries(["files", "wheels"].map((key) => [key, /** @type {any} */ (demo)[key].map(absolute)])),
      index: absolute(demo.index),
      bridge: absolute(demo.bridge),
    };
    const opening = openWorker(new URL("worker.mjs", import.meta.url));
    // Stopped while it was opening: then it must end as soon as it is there.
    gone.catch(() => opening.then((worker) => worker.terminate(), () => {}));
    const worker = await opening;
    this.#worker = worker;
    worker.addEventListener("message", ({ data }) => {
      if (this.#worker !== worker) return;
      if (data.type === "progress") this.#progress(data);
      else if (data.type === "starting") this.#enter("starting");
    });
    const ready = this.#reply(worker, "ready");
    worker.postMessage({ type: "start", manifest: { ...manifest, examples: [], strings: {} } });
    await ready;
  }

  /** The next message of a type. @param {Worker} worker @param {string} type @param {number} [id] @returns {Promise<any>} */
  #reply(worker, type, id) {
    return new Promise((resolve, reject) => {
      worker.addEventListener("message", ({ data }) => {
        if (data.type === type && data.id === id) resolve(data);
        else if (data.type === "failed") reject(data.error);
      });
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        reject(new Error(event.message || this.say("crashed")));
      });
    });
  }

  /** @param {Error} reason */
  #end(reason) {
    this.#drop();
    this.#giveUp?.(reason);
  }

  #drop() {
    this.#worker?.terminate();
    this.#worker = null;
  }

  /** @param {State} state @param {string} [text] */
  #enter(state, text) {
    const { say, demo } = this;
    const busy = state === "downloading" || state === "starting" || state === "running";
    this.dataset.state = state;
    this.status.textContent = text ?? (state === "downloading" ? "" : say(state));
    this.stopButton.disabled = !busy;
    this.bar.hidden = !busy;
    this.bar.removeAttribute("value");
    this.detail.textContent = "";
    this.runButton.textContent = this.#worker ? say("run") : say("runDownload", { size: megabytes(demo.download) });
    this.setAttribute("aria-busy", String(busy));
  }

  /** @param {import("./runtime.mjs").Progress} progress */
  #progress({ file, loaded, total }) {
    if (this.dataset.state !== "downloading") return;
    this.bar.max = total;
    this.bar.value = loaded;
    const values = { file, loaded: megabytes(loaded), total: megabytes(total) };
    this.detail.textContent = this.say("downloading", values);
  }

  /** @param {Record<string, any>} outputs @param {string} heading @param {string} [printed] */
  #showAnswer(outputs, heading, printed = "") {
    this.#forget();
    this.answered = true;
    this.note.textContent = "";
    this.heading.textContent = heading;
    this.answer.append(...showAnswer(/** @type {any} */ (this.demo.outputs), outputs, this.say), ...this.#printed(printed));
  }

  /** @param {import("./runtime.mjs").PythonError & { file?: string }} error @param {string} printed */
  #showError(error, printed) {
    const { say } = this;
    this.#forget();
    this.answered = false;
    this.heading.textContent = "";
    this.note.textContent = "";
    this.#enter("failed");
    const told = make("p", { class: "pc-problem" }, error.message || error.type);
    this.answer.append(error.file ? make("p", {}, say("failedFile")) : "", told, ...this.#printed(printed));
    if (error.traceback) {
      const trace = make("pre", { class: "pc-traceback", tabIndex: 0 }, make("code", {}, error.traceback));
      this.answer.append(make("details", { open: true }, make("summary", {}, say("traceback")), trace));
    }
  }

  /** @param {string} printed */
  #printed(printed) {
    if (!printed) return [];
    const text = make("pre", { class: "pc-printed", tabIndex: 0 }, make("code", {}, printed));
    return [make("details", {}, make("summary", {}, this.say("printed")), text)];
  }

  /** Takes the last answer away, and frees what its pictures and sounds hold. */
  #forget() {
    for (const element of this.answer.querySelectorAll("[src^='blob:'], [href^='blob:']"))
      URL.revokeObjectURL(element.getAttribute("src") ?? element.getAttribute("href") ?? "");
    this.answer.replaceChildren();
  }
}

/** A recorded answer, its base64 texts as bytes. @param {any} value @returns {any} */
function withBytes(value) {
  if (Array.isArray(value)) return value.map(withBytes);
  if (value === null || typeof value !== "object") return value;
  if (typeof value.base64 === "string") {
    const { base64, ...rest } = value;
    return { ...rest, data: Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)) };
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withBytes(item)]));
}

customElements.define("paper-demo", PaperDemo);
