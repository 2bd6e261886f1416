// A form of ours for a hosted Gradio: its fields and outputs as the host describes them, its answers as they come.
import { make } from "./elements.mjs";
import { Form, exampleButtons } from "./form.mjs";
import { GradioHost, HostError } from "./gradio.mjs";
import { fieldOf, outputOf, received, sent } from "./gradio-values.mjs";
import { showAnswer } from "./outputs.mjs";
import { duration } from "./strings.mjs";

/**
 * @typedef {{ label?: string, inputs: Record<string, any> }} Example
 * @typedef {{ url: string, endpoint?: string, inputs?: import("./inputs.mjs").Input[],
 *   outputs?: import("./outputs.mjs").Output[], examples?: Example[] }} Called
 * @typedef {import("./outputs.mjs").Translate} Translate
 */

// The examples' addresses are paths from the site's root; this module lies in assets/paper-companion/web-…/.
const SITE = new URL("../../../", import.meta.url);

/**
 * Asks the host what its endpoint takes and gives, and makes a form for it. Rejects with HostError.
 *
 * @param {Called} called @param {Translate} say @param {number} timeoutMs for the first byte of an answer
 * @param {AbortSignal} signal
 */
export async function openForm(called, say, timeoutMs, signal) {
  const host = new GradioHost(called.url, timeoutMs);
  const { name, endpoint } = chosen(await host.endpoints(signal), called.endpoint);
  const opened = new GradioForm(called, say, host, name, endpoint);
  await opened.form.settled();
  return opened;
}

export class GradioForm {
  /** @type {AbortController | null} */
  #running = null;

  /**
   * @param {Called} called @param {Translate} say @param {GradioHost} host
   * @param {string} name of the endpoint @param {import("./gradio.mjs").Endpoint} endpoint
   */
  constructor(called, say, host, name, endpoint) {
    this.called = called;
    this.say = say;
    this.host = host;
    this.name = name;
    this.slots = endpoint.parameters;
    this.outputs = endpoint.returns.map((slot, index) => outputOf(slot, index, called.outputs ?? []));
    this.inputs = this.slots.map((slot, index) => fieldOf(slot, index, called.inputs ?? []));

    this.element = make("div");
    this.form = new Form(this.element, this.inputs, say, { run: () => this.run(), stop: () => this.#running?.abort() });
    this.form.runButton.textContent = say("hostedRun");
    const { examples = [] } = called;
    this.element.append(this.form.body);
    if (examples.length) this.element.append(exampleButtons(examples, say, (one) => this.#showExample(one)));
    this.#enter("idle", "");
  }

  /** The reader has left: nothing goes on. */
  end() {
    this.#running?.abort();
    this.form.end();
    this.form.forget();
    this.element.remove();
  }

  /** @param {Example} example */
  #showExample({ inputs }) {
    this.form.fill(Object.fromEntries(Object.entries(inputs).map(([id, value]) => [id, ofSite(value)])));
  }

  /** Ask the host for an answer to what the form holds. */
  async run() {
    if (this.#running) return;
    const { say, host } = this;
    this.#running = new AbortController();
    const { signal } = this.#running;
    const started = performance.now();
    this.#enter("running", say("hostedSending"));
    try {
      const { values, version } = await this.form.values();
      const data = [];
      for (const [index, input] of this.inputs.entries()) {
        const upload = (/** @type {File} */ file) => {
          this.form.detail.textContent = say("hostedUpload", { file: file.name });
          return host.upload(file, signal);
        };
        data.push(await sent(this.slots[index], input, values[input.id], upload));
      }
      for await (const message of host.call(this.name, data, signal)) await this.#hear(message, version, signal);
      this.form.heading.textContent = say("hostedAnswered", { time: duration((performance.now() - started) / 1000) });
      this.#enter("done", say("done"));
    } catch (error) {
      if (signal.aborted) this.#enter("stopped", say("hostedStopped"));
      else this.#fail(inWords(error, say));
    } finally {
      this.#running = null;
    }
  }

  /** @param {import("./gradio.mjs").Message} message @param {number} version @param {AbortSignal} signal */
  async #hear(message, version, signal) {
    const { say } = this;
    const { msg, output } = message;
    if (msg === "estimation") {
      this.form.status.textContent = message.rank ? say("gradioQueue", { ahead: message.rank }) : say("gradioNext");
    } else if (msg === "process_starts") {
      this.form.status.textContent = say("running");
    } else if (msg === "progress") {
      this.#progress(message.progress_data ?? []);
    } else if (msg === "log") {
      this.form.detail.textContent = message.log ?? "";
    } else if (msg === "unexpected_error" || message.success === false) {
      const detail = message.message ?? output?.error;
      throw new HostError(detail ? "gradioFailed" : "gradioNoReason", { detail: detail ?? "" });
    } else if (output?.data) {
      const download = (/** @type {any} */ file) => this.host.download(file, signal);
      const values = this.outputs.map((one, index) => received(one, output.data[index], download).catch(elseTell));
      this.#showAnswer(version, await Promise.all(values));
    }
  }

  /** @param {{ index?: number | null, length?: number | null, unit?: string | null, progress?: number | null, desc?: string | null }[]} units */
  #progress(units) {
    // Nested loops: the innermost comes last.
    const { index, length, unit, progress, desc } = units.at(-1) ?? {};
    const part = progress ?? (length ? (index ?? 0) / length : null);
    if (part === null) this.form.bar.removeAttribute("value");
    else this.form.bar.value = part;
    const count = length ? `${index ?? 0} / ${length} ${unit ?? ""}`.trim() : "";
    this.form.detail.textContent = [desc, count].filter(Boolean).join(": ");
  }

  /** @param {number} version of the inputs @param {any[]} values */
  #showAnswer(version, values) {
    const { say } = this;
    const told = this.outputs.flatMap((output, index) =>
      values[index] === null ? [] : [values[index] instanceof HostError ? { ...output, type: "text" } : output],
    );
    const texts = values.map((value) => (value instanceof HostError ? inWords(value, say) : value));
    const answer = Object.fromEntries(this.outputs.map((output, index) => [output.id, texts[index]]));
    this.form.showAnswer(version, "", ...showAnswer(told, answer, say));
  }

  /** @param {string} what */
  #fail(what) {
    this.form.forget();
    this.#enter("failed", this.say("failed"));
    this.form.answer.append(make("p", { class: "pc-problem", role: "alert" }, what));
  }

  /** @param {string} state @param {string} text */
  #enter(state, text) {
    this.form.enter(state, text, state === "running");
  }
}

/**
 * The endpoint that the author named; or the only one; or the one that Gradio calls `predict` unless told otherwise.
 *
 * @param {Record<string, import("./gradio.mjs").Endpoint>} endpoints @param {string | undefined} wanted
 */
function chosen(endpoints, wanted) {
  const names = Object.keys(endpoints).map((name) => name.replace(/^\//, ""));
  const name = wanted?.replace(/^\//, "") ?? (names.length === 1 ? names[0] : "predict");
  const endpoint = endpoints[`/${name}`];
  if (!endpoint) throw new HostError("gradioNoEndpoint", { name, names: names.join(", ") });
  return { name, endpoint };
}

/** What cannot be drawn here is told in its place; the other outputs are there. @param {unknown} error */
function elseTell(error) {
  if (error instanceof HostError && error.key === "gradioNoPlot") return error;
  throw error;
}

/** What went wrong, for the reader. @param {unknown} error @param {Translate} say @returns {string} */
export function inWords(error, say) {
  if (error instanceof HostError) return say(error.key, error.values);
  return error instanceof Error ? error.message : String(error);
}

/** An example's value, with its file where this site has it. @param {any} value */
function ofSite(value) {
  return value?.url ? { ...value, url: new URL(value.url, SITE).href } : value;
}
