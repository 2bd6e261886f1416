// The form: fields, Run and Stop, how far it is, and the answer. Whoever owns it computes the answers.
import { button, make, uniqueId } from "./elements.mjs";
import { makeField } from "./inputs.mjs";

/**
 * @typedef {import("./inputs.mjs").Input} Input
 * @typedef {import("./inputs.mjs").Field} Field
 */

const SETTLING_MS = 1_000;
const FILE_MS = 30_000;

export class Form {
  #answered = false;
  /** What is on its way into a field. @type {Map<string, Promise<void>>} */
  #coming = new Map();
  /** Another one whenever the fields hold something else. */
  version = 0;

  /**
   * @param {HTMLElement} element that shows the state
   * @param {Input[]} inputs
   * @param {import("./outputs.mjs").Translate} say
   * @param {{ run: () => void, stop: () => void }} orders what the two buttons do
   */
  constructor(element, inputs, say, { run, stop }) {
    this.element = element;
    this.say = say;
    this.fields = new Map(inputs.map((input) => [input.id, makeField(input, say, () => this.#entered(input.id))]));
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
    this.controls.addEventListener("submit", (event) => {
      event.preventDefault();
      run();
    });
    // Run grows over the place of Stop: the second half of a double click on Stop is no wish to run.
    this.runButton.addEventListener("click", (event) => event.detail > 1 && event.preventDefault());
    // The browser shows what is wrong with a field, where the field can be seen.
    this.controls.addEventListener(
      "invalid",
      ({ target }) => /** @type {Element} */ (target).closest("details")?.setAttribute("open", ""),
      true,
    );
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

  /** @param {number} version of the inputs that it is the answer to @param {string} heading @param {...Node} parts */
  showAnswer(version, heading, ...parts) {
    this.forget(heading);
    this.#answered = true;
    this.answer.append(...parts);
    if (version !== this.version) this.note.textContent = this.say("changed");
  }

  /**
   * Put values into the fields of these ids. Files are fetched first: what is put into a field meanwhile, by whomever,
   * stays there.
   *
   * @param {Record<string, any>} values
   */
  async fill(values) {
    for (const [id, field] of this.fields) {
      if (!(id in values)) continue;
      /** @type {Promise<void>} */
      const done = contents(values[id]).then(
        // What cannot be shown is said by its field.
        (value) => (this.#coming.get(id) === done ? field.show(value).catch(() => {}) : undefined),
        async (error) => {
          if (this.#coming.get(id) !== done) return;
          await field.show(null);
          field.tell(error.message);
        },
      );
      this.#coming.set(id, done);
    }
    this.#changed();
    await this.#filled();
  }

  /** What the fields hold, once what is on its way into them is there, and its version. */
  async values() {
    await this.#filled();
    /** @type {Record<string, any>} */
    const values = {};
    for (const [id, field] of this.fields) values[id] = await field.read();
    return { values, version: this.version };
  }

  async #filled() {
    await Promise.all(this.#coming.values());
  }

  /**
   * Settles when every field has its place, and its value if that takes less than a second: a button that moves is missed.
   *
   * @param {Promise<void>} [filling] what may fill in more
   */
  async settled(filling) {
    const late = new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
    const fields = [...this.fields.values()].map(({ ready }) => ready);
    await Promise.all([...fields, Promise.race([Promise.all([filling, this.#filled()]), late])]);
  }

  /** The reader has entered something: what was to come into that field does not. @param {string} id */
  #entered(id) {
    this.#coming.delete(id);
    this.#changed();
  }

  /** The fields hold something else, to which the answer no longer belongs, when there is one. */
  #changed() {
    this.version += 1;
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

/** A value as a field takes it: a file of the site is fetched. @param {any} value */
export async function contents(value) {
  const isFile = (/** @type {any} */ one) => typeof one?.url === "string";
  if (Array.isArray(value) && value.length && value.every(isFile)) return Promise.all(value.map(fetched));
  return isFile(value) ? fetched(value) : value;
}

/** @param {{ url: string, name: string }} value */
async function fetched({ url, name }) {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(FILE_MS) });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return new File([await answer.blob()], name);
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}
