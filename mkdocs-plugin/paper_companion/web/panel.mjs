// The panel: a form whose answers one session computes, and what can be done with it beside running it.
import { button, make } from "./elements.mjs";
import { Form, contents, exampleButtons } from "./form.mjs";
import { makeField } from "./inputs.mjs";
import { showAnswer } from "./outputs.mjs";
import { duration, megabytes, translator } from "./strings.mjs";
import { withBytes } from "./wire.mjs";

/**
 * @typedef {"idle" | "downloading" | "starting" | "running" | "done" | "failed" | "stopped"} State
 * @typedef {{ label?: string, inputs: Record<string, any>, outputs: Record<string, any> | null, rtol: number,
 *   atol: number }} Example
 * @typedef {import("./session.mjs").Session} Session
 * @typedef {(values: Record<string, any>, expected?: import("./runtime.mjs").Expected | null) =>
 *   Promise<import("./runtime.mjs").Answer>} Ask
 * @typedef {import("./runtime.mjs").Manifest & { download: number, title: string, repo: string | null,
 *   examples: Example[], recorded: string, strings: Record<string, string>, inputs: import("./inputs.mjs").Input[],
 *   outputs: import("./outputs.mjs").Output[] }} Demo
 */

export class Panel {
  /** @type {Session | null} */
  #session = null;
  /** What goes on. @type {AbortController | null} */
  #task = null;

  /**
   * @param {HTMLElement} element that shows the state
   * @param {Demo} demo with absolute addresses
   */
  constructor(element, demo) {
    const say = translator(demo.strings);
    this.element = element;
    this.demo = demo;
    this.say = say;

    this.form = new Form(element, demo.inputs, say, { run: () => this.run(), stop: () => this.#stop() });
    this.check = make("div", { class: "pc-check" });
    const examples = demo.examples.length < 2 ? [] : [exampleButtons(demo.examples, say, (one) => this.#chooseExample(one))];
    this.body = [this.form.body, ...examples, this.#tools(), this.check];

    this.#enter("idle");
    if (demo.examples.length) this.#showExample(demo.examples[0]);
    this.linked = this.openLink();
  }

  /** @param {boolean} allowed whether the reader can run it, or only look at what was recorded */
  allowRuns(allowed) {
    if (!allowed) this.end();
    for (const control of this.form.controls.elements) /** @type {HTMLInputElement} */ (control).disabled = !allowed;
    this.form.stopButton.disabled = !this.#task;
    this.element.toggleAttribute("data-recorded-only", !allowed);
  }

  /** The reader has left: nothing goes on. */
  end() {
    this.#stop();
    this.form.end();
  }

  #stop() {
    this.#task?.abort();
    this.#session?.end();
  }

  /** Ask the function for an answer to what the form holds. */
  run() {
    return this.#while(async (ask) => {
      const { values, version } = await this.form.values();
      const answer = await ask(values);
      if (answer.error) return this.#showError(answer.error, answer.printed);
      const time = duration(answer.seconds ?? 0);
      this.#showAnswer(version, answer.outputs ?? {}, this.say("answered", { time }), answer.printed);
      this.#enter("done");
    });
  }

  /**
   * The function's answer. Rejects as Session.answer does, and when nobody waits for it any more.
   *
   * @param {AbortSignal} signal
   * @param {Record<string, any>} values
   * @param {import("./runtime.mjs").Expected | null} [expected]
   */
  async #ask(signal, values, expected = null) {
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
    signal.throwIfAborted();
    const answer = await this.#session.answer(values, expected);
    signal.throwIfAborted();
    return answer;
  }

  /** Do something with the session, one thing at a time, until it is stopped, and show how it fails. @param {(ask: Ask) => Promise<void>} task */
  async #while(task) {
    if (this.#task) return;
    const { signal } = (this.#task = new AbortController());
    const stopped = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    this.#enter(this.#session?.started ? "running" : "downloading");
    try {
      await Promise.race([task((values, expected) => this.#ask(signal, values, expected)), stopped]);
    } catch (error) {
      if (signal.aborted) this.#enter("stopped");
      else if (!(error instanceof Error)) this.#showError(/** @type {any} */ (error));
      else this.#showError({ type: error.name, message: error.message, traceback: "" });
    } finally {
      this.#task = null;
    }
  }

  /** What an example gives the function, read through fields of its own. @param {Example} example */
  async valuesOf(example) {
    /** @type {Record<string, any>} */
    const values = {};
    for (const input of this.demo.inputs) {
      const field = makeField(input, this.say, () => {});
      await field.show(await contents(example.inputs[input.id]));
      values[input.id] = await field.read();
    }
    return values;
  }

  /** What can be done with the demo beside running it; the code for it is loaded when it is asked for. */
  #tools() {
    const { demo, say } = this;
    const told = make("span", { role: "status" });
    const check = button(say("check"), () =>
      this.#while(async (ask) => {
        const { checkOnDevice } = await import("./device-check.mjs");
        await checkOnDevice(this, this.check, ask);
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
      window.open(await makeReport(this, this.form.answer.innerText), "_blank", "noopener");
    });
    const recorded = demo.examples.some((example) => example.outputs);
    return make("div", { class: "pc-tools" }, ...(recorded ? [check] : []), link, ...(demo.repo ? [report] : []), told);
  }

  /** Fill in what a link to this page holds. */
  async openLink() {
    if (!location.hash.startsWith("#pc-demo=")) return;
    const { version } = this.form;
    const { state } = this.element.dataset;
    // Without its code there is no link, but a form.
    const shared = await import("./share.mjs").then(({ readLink }) => readLink(this), () => null);
    // Who has begun with something else is not disturbed.
    if (!shared || this.#task || version !== this.form.version || state !== this.element.dataset.state) return;
    const filled = this.form.fill(shared.values);
    this.form.forget(this.say(shared.lock === this.demo.lock ? "linkOpened" : "linkOutdated"));
    this.element.scrollIntoView();
    await filled;
  }

  /** @param {Example} example */
  #showExample(example) {
    this.form.fill(Object.fromEntries(this.demo.inputs.map(({ id }) => [id, example.inputs[id]])));
    const recorded = this.say("recorded", { by: this.demo.recorded });
    if (example.outputs) this.#showAnswer(this.form.version, withBytes(example.outputs), recorded);
  }

  /** Show an example, and say so: the answer is not read out. @param {Example} example */
  #chooseExample(example) {
    this.#showExample(example);
    if (example.outputs && !this.#task) this.#enter("idle", this.form.heading.textContent ?? "");
  }

  /** @param {State} state @param {string} [text] */
  #enter(state, text) {
    const { say, demo } = this;
    const busy = state === "downloading" || state === "starting" || state === "running";
    this.form.enter(state, text ?? say(state), busy);
    // Not while something goes on: Stop would move under the pointer.
    if (!busy)
      this.form.runButton.textContent = this.#session?.started
        ? say("run")
        : say("runDownload", { size: megabytes(demo.download) });
  }

  /** @param {import("./runtime.mjs").Progress} progress */
  #progress({ file, loaded, total }) {
    if (this.element.dataset.state !== "downloading") return;
    const { bar, detail } = this.form;
    bar.max = total;
    bar.value = loaded;
    // Not in the live region: nobody wants to hear every megabyte.
    detail.textContent = this.say("progressOf", { file, loaded: megabytes(loaded), total: megabytes(total) });
  }

  /** @param {number} version @param {Record<string, any>} outputs @param {string} heading @param {string} [printed] */
  #showAnswer(version, outputs, heading, printed = "") {
    const parts = showAnswer(this.demo.outputs, outputs, this.say, this.#session !== null);
    this.form.showAnswer(version, heading, ...parts, ...this.#printed(printed));
  }

  /** @param {import("./runtime.mjs").PythonError & { file?: string }} error @param {string} [printed] */
  #showError(error, printed = "") {
    const { say } = this;
    const { answer } = this.form;
    this.form.forget();
    this.#enter("failed");
    if (error.file) answer.append(make("p", {}, say("failedFile")));
    answer.append(make("p", { class: "pc-problem", role: "alert" }, error.message || error.type), ...this.#printed(printed));
    if (error.traceback) {
      const trace = make("pre", { class: "pc-traceback", tabIndex: 0 }, make("code", {}, error.traceback));
      answer.append(make("details", { class: "pc-fold", open: true }, make("summary", {}, say("traceback")), trace));
    }
  }

  /** @param {string} printed */
  #printed(printed) {
    if (!printed) return [];
    const text = make("pre", { class: "pc-printed", tabIndex: 0 }, make("code", {}, printed));
    return [make("details", { class: "pc-fold" }, make("summary", {}, this.say("printed")), text)];
  }
}
