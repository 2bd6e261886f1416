// The panel: a form, a Run button and an answer, around one session.
import { button, make } from "./elements.mjs";
import { makeField } from "./inputs.mjs";
import { showAnswer } from "./outputs.mjs";
import { duration, megabytes, translator } from "./strings.mjs";
import { withBytes } from "./wire.mjs";

/**
 * @typedef {"idle" | "downloading" | "starting" | "running" | "done" | "failed" | "stopped"} State
 * @typedef {{ label?: string, inputs: Record<string, any>, outputs: Record<string, any> | null, rtol: number,
 *   atol: number }} Example
 * @typedef {import("./session.mjs").Session} Session
 * @typedef {import("./runtime.mjs").Manifest & { download: number, title: string, repo: string | null,
 *   examples: Example[], recorded: string, strings: Record<string, string>, inputs: import("./inputs.mjs").Input[],
 *   outputs: import("./outputs.mjs").Output[] }} Demo
 */

export class Panel {
  #answered = false;
  /** @type {Session | null} */
  #session = null;
  #busy = false;

  /**
   * @param {HTMLElement} element that shows the state
   * @param {Demo} demo with absolute addresses
   */
  constructor(element, demo) {
    const say = translator(demo.strings);
    this.element = element;
    this.demo = demo;
    this.say = say;

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
    this.check = make("div", { class: "pc-check" });
    this.body = [
      make("div", { class: "pc-demo-body" }, this.form, result),
      ...this.#exampleButtons(),
      this.#tools(),
      this.check,
    ];

    this.#enter("idle");
    if (demo.examples.length) this.#showExample(demo.examples[0]).then(() => this.#openLink());
    else {
      this.heading.textContent = say("noAnswer");
      this.#openLink();
    }
  }

  /** @param {boolean} allowed whether the reader can run it, or only look at what was recorded */
  allowRuns(allowed) {
    if (!allowed) this.#session?.end();
    for (const control of this.form.elements) /** @type {HTMLInputElement} */ (control).disabled = !allowed;
    this.stopButton.disabled = !this.#session?.busy;
    this.element.toggleAttribute("data-recorded-only", !allowed);
  }

  /** The reader has left: nothing goes on. */
  end() {
    this.#session?.end();
    this.fields.forEach((field) => field.end?.());
  }

  /** Ask the function for an answer to what the form holds. */
  run() {
    return this.#while(async () => {
      const answer = await this.ask(await this.#values());
      if (answer.error) return this.#showError(answer.error, answer.printed);
      const time = duration(answer.seconds ?? 0);
      this.#showAnswer(answer.outputs ?? {}, this.say("answered", { time }), answer.printed);
      this.#enter("done");
    });
  }

  /**
   * The function's answer. Rejects as Session.answer does.
   *
   * @param {Record<string, any>} values
   * @param {import("./runtime.mjs").Expected | null} expected
   */
  async ask(values, expected = null) {
    if (!this.#session) {
      // Here and not above: who only reads does not download it.
      const { Session } = await import("./session.mjs");
      this.#session ??= new Session(
        this.demo,
        {
          downloading: () => this.#enter("downloading"),
          progress: (progress) => this.#progress(progress),
          starting: () => this.#enter("starting"),
          running: () => this.#enter("running"),
        },
        this.say("crashed"),
      );
    }
    return await this.#session.answer(values, expected);
  }

  /** Do something with the session, one thing at a time, and show how it fails. @param {() => Promise<void>} task */
  async #while(task) {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await task();
    } catch (error) {
      if (error instanceof Error && error.name === "Stopped") this.#enter("stopped");
      else if (!(error instanceof Error)) this.#showError(/** @type {any} */ (error));
      else this.#showError({ type: error.name, message: error.message, traceback: "" });
    } finally {
      this.#busy = false;
    }
  }

  #stop() {
    this.#session?.end();
    this.runButton.focus();
  }

  async #values() {
    /** @type {Record<string, any>} */
    const values = {};
    for (const [id, field] of this.fields) values[id] = await field.read();
    return values;
  }

  /** What an example gives the function, read through fields of its own. @param {Example} example */
  async valuesOf(example) {
    /** @type {Record<string, any>} */
    const values = {};
    for (const input of this.demo.inputs) {
      const field = makeField(input, this.say, () => {});
      await fill(field, example.inputs[input.id]);
      values[input.id] = await field.read();
    }
    return values;
  }

  /** What can be done with the demo beside running it; the code for it is loaded when it is asked for. */
  #tools() {
    const { demo, say } = this;
    const told = make("span", { role: "status" });
    const check = button(say("check"), () =>
      this.#while(async () => {
        const { checkOnDevice } = await import("./device-check.mjs");
        await checkOnDevice(this, this.check);
        this.#enter("done");
      }),
      { class: "pc-button pc-runs" },
    );
    const link = button(say("copyLink"), async () => {
      const { makeLink } = await import("./share.mjs");
      const { link, left } = await makeLink(this);
      await navigator.clipboard.writeText(link);
      told.textContent = left.length ? say("linkWithout", { names: left.join(", ") }) : say("linkCopied");
    });
    const report = button(say("report"), async () => {
      const { makeReport } = await import("./share.mjs");
      window.open(await makeReport(this, this.answer.innerText), "_blank", "noopener");
    });
    const recorded = demo.examples.some((example) => example.outputs);
    return make("div", { class: "pc-tools" }, ...(recorded ? [check] : []), link, ...(demo.repo ? [report] : []), told);
  }

  /** Fill in what a link to this page holds. */
  async #openLink() {
    if (!location.hash.startsWith("#pc-demo=")) return;
    const { readLink } = await import("./share.mjs");
    const shared = readLink();
    if (!shared) return;
    for (const [id, field] of this.fields) if (id in shared.values) await fill(field, shared.values[id]).catch(() => {});
    this.#forget();
    this.heading.textContent = this.say(shared.lock === this.demo.lock ? "linkOpened" : "linkOutdated");
    this.element.scrollIntoView();
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
    // What cannot be shown is said by its field.
    for (const [id, field] of this.fields) await fill(field, example.inputs[id]).catch(() => {});
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
    this.runButton.textContent = this.#session?.started
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
    this.answer.append(...showAnswer(this.demo.outputs, outputs, this.say, this.#session !== null), ...this.#printed(printed));
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

/** Put a value into a field; a file of the site is fetched first. @param {import("./inputs.mjs").Field} field @param {any} value */
async function fill(field, value) {
  const isFile = (/** @type {any} */ one) => typeof one?.url === "string";
  if (Array.isArray(value) && value.length && value.every(isFile)) return field.show(await Promise.all(value.map(fetched)));
  return field.show(isFile(value) ? await fetched(value) : value);
}

/** @param {{ url: string, name: string }} value */
async function fetched({ url, name }) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${name}: HTTP ${answer.status}`);
  return new File([await answer.blob()], name);
}
