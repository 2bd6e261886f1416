// Inputs: a form field for each argument. A field gives what the bridge (bridge/arguments.py) takes.
import { make, uniqueId } from "./elements.mjs";
import { small } from "./wire.mjs";

/**
 * @typedef {{ id: string, type: string, label?: string, help?: string, default?: any, advanced?: boolean,
 *   placeholder?: string, lines?: number, min?: number, max?: number, step?: number, choices?: string[],
 *   multiple?: boolean, sources?: string[], image_mode?: string, width?: number, height?: number,
 *   accept?: string[], headers?: string[] }} Input
 * @typedef {import("./outputs.mjs").Translate} Translate
 * @typedef {{ element: HTMLElement, read: () => Promise<any>, show: (value: any) => Promise<void>,
 *   share?: () => Promise<any>, end?: () => void, ready?: Promise<unknown> }} Made
 * @typedef {Made & { share: () => Promise<any>, tell: (problem: string) => void }} Field  `show` takes a File, what `share` gave, or null to empty it;
 *   `share` gives a small value for JSON, or undefined; `ready` settles when the field has its place on the page
 * @typedef {(input: Input, id: string, say: Translate, changed: () => void) => Made} Maker
 */

/** @type {Record<string, (input: Input, id: string) => Made>} */
const FIELDS = {
  text: (input, id) => simple(input, textBox(input, id), (box) => box.value),
  number: (input, id) => simple(input, numberBox(input, id), (box) => (box.value === "" ? null : box.valueAsNumber)),
  slider,
  checkbox: (input, id) => {
    const box = make("input", { type: "checkbox", id, checked: Boolean(input.default) });
    return { element: box, read: async () => box.checked, show: async (value) => void (box.checked = Boolean(value)) };
  },
  radio,
  dropdown,
};

/** What is too large to be loaded where no field needs it. @type {Record<string, () => Promise<Maker>>} */
const LOADED = {
  image: async () => (await import("./picture.mjs")).pictureField,
  audio: async () => (await import("./sound.mjs")).soundField,
  file: async () => (await import("./file-field.mjs")).fileField,
  table: async () => (await import("./grid.mjs")).gridField,
};

/**
 * A field with its label and help.
 *
 * @param {Input} input
 * @param {Translate} say
 * @param {() => void} changed called when the reader has changed the value
 * @returns {Field}
 */
export function makeField(input, say, changed) {
  const id = uniqueId();
  const label = input.label ?? input.id;
  const field = FIELDS[input.type]?.(input, id) ?? loaded(input, id, say, changed);
  const control = field.element.matches(`#${id}`) ? field.element : field.element.querySelector(`#${id}`);
  const help = input.help ? make("p", { class: "pc-help", id: `${id}-help` }, input.help) : null;
  const name = control
    ? make("label", { class: "pc-field-name", htmlFor: id }, label)
    : make("span", { class: "pc-field-name", id: `${id}-name` }, label);
  // A fieldset is a group, and what is put into it later is disabled with it.
  const element = make(control ? "div" : "fieldset", { class: `pc-field pc-field-${input.type}` }, name, field.element, help);
  if (!control) element.setAttribute("aria-labelledby", `${id}-name`);
  if (help) (control ?? element).setAttribute("aria-describedby", `${id}-help`);
  const problem = make("p", { class: "pc-problem", role: "alert" });
  const entered = () => {
    problem.remove();
    changed();
  };
  element.addEventListener("input", entered);
  return {
    share: async () => small(await field.read()),
    ...field,
    show: async (value) => {
      problem.remove();
      // What an example leaves out has its default.
      await field.show(value === undefined ? input.default : value);
    },
    tell: (text) => {
      problem.textContent = text;
      element.append(problem);
    },
    element,
  };
}

/**
 * A field whose code is still on its way: it can be asked at once, and answers when it is there.
 *
 * @param {Input} input @param {string} id @param {Translate} say @param {() => void} changed
 * @returns {Made}
 */
function loaded(input, id, say, changed) {
  const element = make("div", { class: "pc-loaded", "aria-busy": "true" });
  const field = LOADED[input.type]().then((maker) => maker(input, id, say, changed));
  const ready = field
    .then((made) => {
      element.replaceChildren(made.element);
      return made.ready;
    })
    .catch((error) => element.replaceChildren(make("p", { class: "pc-problem" }, say("noField", { reason: error.message }))))
    .finally(() => element.removeAttribute("aria-busy"));
  return {
    element,
    ready,
    read: async () => (await field).read(),
    show: async (value) => (await field).show(value),
    share: async () => {
      const made = await field;
      return made.share ? made.share() : small(await made.read());
    },
    end: () => void field.then((made) => made.end?.(), () => {}),
  };
}

/**
 * @template {HTMLInputElement | HTMLTextAreaElement} Box
 * @param {Input} input @param {Box} box @param {(box: Box) => any} read
 * @returns {Made}
 */
function simple(input, box, read) {
  box.value = input.default ?? "";
  return { element: box, read: async () => read(box), show: async (value) => void (box.value = value ?? "") };
}

/** @param {Input} input @param {string} id */
function textBox(input, id) {
  const { placeholder, lines = 1 } = input;
  return lines > 1
    ? make("textarea", { id, placeholder, rows: lines, class: "pc-control" })
    : make("input", { type: "text", id, placeholder, class: "pc-control" });
}

/** @param {Input} input @param {string} id */
function numberBox(input, id) {
  const { min, max, step = "any", placeholder } = input;
  return make("input", { type: "number", id, min, max, step, placeholder, class: "pc-control", inputMode: "decimal" });
}

/** @param {Input} input @param {string} id @returns {Made} */
function slider(input, id) {
  const { min = 0, max = 100 } = input;
  const step = input.step ?? (max - min) / 100;
  const box = make("input", { type: "range", id, min, max, step });
  const shown = make("output", { class: "pc-slider-value", htmlFor: id });
  const show = (/** @type {any} */ value) => {
    box.value = String(value ?? min);
    shown.value = box.value;
  };
  box.addEventListener("input", () => (shown.value = box.value));
  show(input.default ?? min);
  return {
    element: make("div", { class: "pc-slider" }, box, shown),
    read: async () => box.valueAsNumber,
    show: async (value) => show(value),
  };
}

/** @param {Input} input @param {string} id @returns {Made} */
function radio(input, id) {
  const boxes = (input.choices ?? []).map((value) => make("input", { type: "radio", name: id, value }));
  const show = (/** @type {any} */ value) => boxes.forEach((box) => (box.checked = box.value === String(value ?? "")));
  show(input.default ?? input.choices?.[0]);
  return {
    element: make("div", { class: "pc-radio" }, ...boxes.map((box) => make("label", {}, box, ` ${box.value}`))),
    read: async () => boxes.find((box) => box.checked)?.value ?? null,
    show: async (value) => show(value),
  };
}

/** @param {Input} input @param {string} id @returns {Made} */
function dropdown(input, id) {
  const { choices = [], multiple } = input;
  const options = choices.map((value) => make("option", { value }, value));
  const size = multiple ? Math.min(6, choices.length) : undefined;
  const box = make("select", { id, multiple, size, class: "pc-control" }, ...options);
  const show = (/** @type {any} */ value) => {
    const chosen = [value ?? []].flat().map(String);
    options.forEach((option) => (option.selected = chosen.includes(option.value)));
  };
  show(input.default ?? (multiple ? [] : choices[0]));
  return {
    element: box,
    read: async () => {
      const chosen = options.filter((option) => option.selected).map((option) => option.value);
      return multiple ? chosen : (chosen[0] ?? null);
    },
    show: async (value) => show(value),
  };
}
