// The form: fields, Run and Stop, how far it is, and the answer. Whoever owns it computes the answers.
import { button, make, uniqueId } from "./elements.mjs";
import { makeField } from "./inputs.mjs";

/**
 * @typedef {import("./inputs.mjs").Input} Input
 * @typedef {import("./inputs.mjs").Field} Field
 */

const SETTLING_MS = 1_000;

export class Form {
  #answered = false;
  #filled = Promise.resolve();

  /**
   * @param {HTMLElement} element that shows the state
   * @param {Input[]} inputs
   * @param {import("./outputs.mjs").Translate} say
   * @param {{ run: () => void, stop: () => void }} orders what the two buttons do
   */
  constructor(element, inputs, say, { run, stop }) {
    this.element = element;
    this.say = say;
    this.fields = new Map(inputs.map((input) => [input.id, makeField(input, say, () => this.changed())]));
    const [simple, advanced] = [false, true].map((folded) =>
      inputs.filter((input) => Boolean(input.advanced) === folded).map(({ id }) => /** @type {Field} */ (this.fields.get(id)).element),
    );
    this.runButton = make("button", { type: "submit", class: "pc-button pc-button-primary" });
    this.stopButton = button(say("stop"), () => {
      stop();
      this.runButton.focus();
    });
    this.status = make("p", { class: "pc-status", role: "status" });
    this.bar = make("progress", { class: "pc-progress", "aria-label": say("progress") });
    this.detail = make("p", { class: "pc-detail" });
    this.controls = make(
      "form",
      { class: "pc-form" },
      ...simple,
      advanced.length ? make("details", { class: "pc-fold" }, make("summary", {}, say("advanced")), ...advanced) : null,
      make("div", { class: "pc-actions" }, this.runButton, this.stopButton),
      this.status,
      this.bar,
      this.detail,
    );
    this.controls.addEventListener("submit", async (event) => {
      event.preventDefault();
      await this.#filled;
      // The reader may have left meanwhile.
      if (element.isConnected) run();
    });
    // The status says that there is an answer. It is not read out: it may be long, and it has a name to be found by.
    const id = uniqueId();
    this.heading = make("p", { class: "pc-answer-heading", id }, say("noAnswer"));
    this.note = make("p", { class: "pc-note" });
    this.answer = make("div", { class: "pc-answer" });
    const result = make("section", { class: "pc-result", "aria-labelledby": id }, this.heading, this.note, this.answer);
    this.body = make("div", { class: "pc-demo-body" }, this.controls, result);
  }

  /**
   * What an owner shows of its work.
   *
   * @param {string} state as in `data-state` @param {string} text @param {boolean} busy
   */
  enter(state, text, busy) {
    this.element.dataset.state = state;
    this.status.textContent = text;
    this.detail.textContent = "";
    this.stopButton.disabled = !busy;
    this.bar.hidden = !busy;
    this.bar.removeAttribute("value");
    this.element.setAttribute("aria-busy", String(busy));
  }

  /** @param {string} heading @param {...Node} parts */
  showAnswer(heading, ...parts) {
    this.forget(heading);
    this.#answered = true;
    this.answer.append(...parts);
  }

  /**
   * Put values into the fields of these ids, after what was put there before; Run waits for it, since files are fetched.
   *
   * @param {Record<string, any>} values
   */
  fill(values) {
    const filled = this.#filled.then(async () => {
      // What cannot be shown is said by its field.
      for (const [id, field] of this.fields) if (id in values) await fill(field, values[id]).catch(() => {});
    });
    this.#filled = filled.catch(() => {});
    return filled;
  }

  /** Settles when every field has its place and its value, but after a second at the latest: a button that moves is missed. */
  settled() {
    const fields = [...this.fields.values()].map(({ ready }) => ready);
    const late = new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
    return Promise.race([Promise.all([...fields, this.#filled]), late]);
  }

  /** The answer no longer belongs to what the fields hold, when there is one. */
  changed() {
    this.note.textContent = this.#answered ? this.say("changed") : "";
  }

  /** Takes the last answer away, and frees what its pictures and sounds hold. @param {string} heading */
  forget(heading = "") {
    for (const element of this.answer.querySelectorAll("[src^='blob:'], [href^='blob:']"))
      URL.revokeObjectURL(element.getAttribute("src") ?? element.getAttribute("href") ?? "");
    this.answer.replaceChildren();
    this.heading.textContent = heading;
    this.note.textContent = "";
    this.#answered = false;
  }

  /** Nothing goes on: cameras and microphones too. */
  end() {
    this.fields.forEach((field) => field.end?.());
  }
}

/**
 * A button for each example.
 *
 * @template {{ label?: string }} T
 * @param {T[]} examples @param {import("./outputs.mjs").Translate} say @param {(example: T) => void} show
 */
export function exampleButtons(examples, say, show) {
  const buttons = examples.map((example, index) =>
    button(example.label ?? say("example", { number: index + 1 }), () => show(example)),
  );
  return make("div", { class: "pc-examples", role: "group", "aria-label": say("examples") }, ...buttons);
}

/** Put a value into a field; a file of the site is fetched first. @param {Field} field @param {any} value */
export async function fill(field, value) {
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
