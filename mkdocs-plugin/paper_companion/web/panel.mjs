// The panel: a form, a Run button and an answer, around one session.
import { button, make } from "./elements.mjs";
import { makeField } from "./inputs.mjs";
import { showAnswer } from "./outputs.mjs";
import { Session, Stopped } from "./session.mjs";
import { duration, megabytes, translator } from "./strings.mjs";
import { withBytes } from "./wire.mjs";

/**
 * @typedef {"idle" | "downloading" | "starting" | "running" | "done" | "failed" | "stopped"} State
 * @typedef {{ label?: string, inputs: Record<string, any>, outputs: Record<string, any> | null }} Example
 * @typedef {import("./runtime.mjs").Manifest & { download: number, examples: Example[], recorded: string,
 *   strings: Record<string, string>, inputs: import("./inputs.mjs").Input[],
 *   outputs: import("./outputs.mjs").Output[] }} Demo
 */

export class Panel {
  #answered = false;

  /**
   * @param {HTMLElement} element that shows the state
   * @param {Demo} demo with absolute addresses
   */
  constructor(element, demo) {
    const say = translator(demo.strings);
    this.element = element;
    this.demo = demo;
    this.say = say;
    this.session = new Session(
      demo,
      {
        downloading: () => this.#enter("downloading"),
        progress: (progress) => this.#progress(progress),
        starting: () => this.#enter("starting"),
        running: () => this.#enter("running"),
      },
      say("crashed"),
    );

    const changed = () => (this.note.textContent = this.#answered ? say("changed") : "");
    this.fields = new Map(demo.inputs.map((input) => [input.id, makeField(input, say, changed)]));
    const [simple, advanced] = [false, true].map((folded) =>
      demo.inputs
        .filter((input) => Boolean(input.advanced) === folded)
        .map((input) => /** @type {import("./inputs.mjs").Field} */ (this.fields.get(input.id)).element),
    );
    this.runButton = make("button", { type: "submit", class: "pc-button pc-button-primary" });
    this.stopButton = button(say("stop"), () => this.#stop());
    this.status = make("p", { class: "pc-status", role: "status" });
    this.bar = make("progress", { class: "pc-progress", "aria-label": say("progress") });
    this.detail = make("p", { class: "pc-detail" });
    this.form = make(
      "form",
      { class: "pc-form" },
      ...simple,
      advanced.length ? make("details", { class: "pc-fold" }, make("summary", {}, say("advanced")), ...advanced) : null,
      make("div", { class: "pc-actions" }, this.runButton, this.stopButton),
      this.status,
      this.bar,
      this.detail,
    );
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
    this.heading = make("p", { class: "pc-answer-heading" });
    this.note = make("p", { class: "pc-note" });
    this.answer = make("div", { class: "pc-answer", "aria-live": "polite" });
    const result = make("div", { class: "pc-result" }, this.heading, this.note, this.answer);
    this.body = [make("div", { class: "pc-demo-body" }, this.form, result), ...this.#exampleButtons()];

    this.#enter("idle");
    if (location.protocol === "file:") {
      this.#enter("failed", say("noFile"));
      this.runButton.disabled = true;
    }
    if (demo.examples.length) this.#showExample(demo.examples[0]);
    else this.heading.textContent = say("noAnswer");
  }

  /** @param {boolean} allowed whether the reader can run it, or only look at what was recorded */
  allowRuns(allowed) {
    if (!allowed) this.session.end();
    for (const control of this.form.elements) /** @type {HTMLInputElement} */ (control).disabled = !allowed;
    this.stopButton.disabled = !this.session.busy;
    this.form.toggleAttribute("data-recorded-only", !allowed);
  }

  /** The reader has left: nothing goes on. */
  end() {
    this.session.end();
    this.fields.forEach((field) => field.end?.());
  }

  /** Ask the function for an answer to what the form holds. */
  async run() {
    if (this.session.busy) return;
    try {
      const answer = await this.session.answer(await this.#values());
      if (answer.error) this.#showError(answer.error, answer.printed);
      else {
        const time = duration(answer.seconds ?? 0);
        this.#showAnswer(answer.outputs ?? {}, this.say("answered", { time }), answer.printed);
        this.#enter("done");
      }
    } catch (error) {
      if (error instanceof Stopped) this.#enter("stopped");
      else this.#showError(error instanceof Error ? { type: error.name, message: error.message, traceback: "" } : /** @type {any} */ (error));
    }
  }

  #stop() {
    this.session.end();
    this.runButton.focus();
  }

  async #values() {
    /** @type {Record<string, any>} */
    const values = {};
    for (const [id, field] of this.fields) values[id] = await field.read();
    return values;
  }

  #exampleButtons() {
    const { demo, say } = this;
    if (demo.examples.length < 2) return [];
    const buttons = demo.examples.map((example, index) =>
      button(example.label ?? say("example", { number: index + 1 }), () => this.#showExample(example)),
    );
    return [make("div", { class: "pc-examples", role: "group", "aria-label": say("examples") }, ...buttons)];
  }

  /** @param {Example} example */
  async #showExample(example) {
    for (const [id, field] of this.fields) {
      const value = example.inputs[id];
      try {
        await field.show(value?.url ? await fetched(value) : value);
      } catch {
        // The field says so itself.
      }
    }
    if (example.outputs) this.#showAnswer(withBytes(example.outputs), this.say("recorded", { by: this.demo.recorded }));
  }

  /** @param {State} state @param {string} [text] */
  #enter(state, text) {
    const { say, demo } = this;
    const busy = state === "downloading" || state === "starting" || state === "running";
    this.element.dataset.state = state;
    this.status.textContent = text ?? say(state);
    this.stopButton.disabled = !busy;
    this.bar.hidden = !busy;
    this.bar.removeAttribute("value");
    this.detail.textContent = "";
    this.runButton.textContent = this.session.started
      ? say("run")
      : say("runDownload", { size: megabytes(demo.download) });
    this.element.setAttribute("aria-busy", String(busy));
  }

  /** @param {import("./runtime.mjs").Progress} progress */
  #progress({ file, loaded, total }) {
    if (this.element.dataset.state !== "downloading") return;
    this.bar.max = total;
    this.bar.value = loaded;
    // Not in the live region: nobody wants to hear every megabyte.
    this.detail.textContent = this.say("progressOf", { file, loaded: megabytes(loaded), total: megabytes(total) });
  }

  /** @param {Record<string, any>} outputs @param {string} heading @param {string} [printed] */
  #showAnswer(outputs, heading, printed = "") {
    this.#forget();
    this.#answered = true;
    this.heading.textContent = heading;
    this.answer.append(...showAnswer(this.demo.outputs, outputs, this.say), ...this.#printed(printed));
  }

  /** @param {import("./runtime.mjs").PythonError & { file?: string }} error @param {string} [printed] */
  #showError(error, printed = "") {
    const { say } = this;
    this.#forget();
    this.#enter("failed");
    if (error.file) this.answer.append(make("p", {}, say("failedFile")));
    this.answer.append(make("p", { class: "pc-problem" }, error.message || error.type), ...this.#printed(printed));
    if (error.traceback) {
      const trace = make("pre", { class: "pc-traceback", tabIndex: 0 }, make("code", {}, error.traceback));
      this.answer.append(make("details", { class: "pc-fold", open: true }, make("summary", {}, say("traceback")), trace));
    }
  }

  /** @param {string} printed */
  #printed(printed) {
    if (!printed) return [];
    const text = make("pre", { class: "pc-printed", tabIndex: 0 }, make("code", {}, printed));
    return [make("details", { class: "pc-fold" }, make("summary", {}, this.say("printed")), text)];
  }

  /** Takes the last answer away, and frees what its pictures and sounds hold. */
  #forget() {
    for (const element of this.answer.querySelectorAll("[src^='blob:'], [href^='blob:']"))
      URL.revokeObjectURL(element.getAttribute("src") ?? element.getAttribute("href") ?? "");
    this.answer.replaceChildren();
    this.heading.textContent = "";
    this.note.textContent = "";
    this.#answered = false;
  }
}

/** @param {{ url: string, name: string }} value */
async function fetched({ url, name }) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${name}: HTTP ${answer.status}`);
  return new File([await answer.blob()], name);
}
