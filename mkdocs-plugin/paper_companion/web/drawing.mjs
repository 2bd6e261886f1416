// Drawing on a canvas with a pointer or with keys, stroke by stroke.
import { make } from "./elements.mjs";

const PEN_PART = 16;
const MAX_UNDO = 20;

/**
 * A stroke as integers: where it starts, then each step from one point to the next, as x and y in pixels of the canvas.
 *
 * @typedef {number[]} Stroke
 */

export class Drawing {
  /**
   * What has been drawn on white paper; null when there was a picture before.
   *
   * @type {Stroke[] | null}
   */
  strokes = [];
  /** @type {{ picture: ImageData, strokes: Stroke[] | null }[]} */
  #past = [];

  /**
   * @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2D} context
   * @param {import("./inputs.mjs").Translate} say @param {() => void} drawn
   */
  constructor(canvas, context, say, drawn) {
    this.canvas = canvas;
    this.context = context;
    this.say = say;
    this.drawn = drawn;
    this.pen = { x: Math.round(canvas.width / 2), y: Math.round(canvas.height / 2), down: false };
    this.dot = make("span", { class: "pc-pen", "aria-hidden": "true" });
    this.told = make("span", { class: "pc-told", role: "status" });
    this.element = make("div", { class: "pc-paper" }, canvas, this.dot, this.told);
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-label", say("sketchKeys"));
    canvas.addEventListener("pointerdown", (event) => this.#start(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const type of ["pointerup", "pointercancel"]) canvas.addEventListener(type, () => (this.pen.down = false));
    canvas.addEventListener("keydown", (event) => this.#key(event));
    this.#point();
  }

  /** Start from what is on the canvas now. @param {Stroke[] | null} strokes that it consists of */
  begin(strokes) {
    this.strokes = strokes;
    this.pen.down = false;
  }

  remember() {
    const { width, height } = this.canvas;
    const strokes = this.strokes && this.strokes.map((stroke) => [...stroke]);
    this.#past = [...this.#past.slice(1 - MAX_UNDO), { picture: this.context.getImageData(0, 0, width, height), strokes }];
  }

  undo() {
    const before = this.#past.pop();
    if (!before) return;
    this.context.putImageData(before.picture, 0, 0);
    this.begin(before.strokes);
    this.drawn();
  }

  /** Draw on empty paper what was drawn before. @param {Stroke[]} strokes */
  replay(strokes) {
    for (const [x, y, ...steps] of strokes) {
      this.#lower(x, y);
      for (let at = 0; at < steps.length; at += 2) this.#line(this.pen.x + steps[at], this.pen.y + steps[at + 1]);
    }
  }

  /** @param {PointerEvent} event @returns {[number, number]} */
  #place(event) {
    const box = this.canvas.getBoundingClientRect();
    const { clientLeft, clientTop, clientWidth, clientHeight, width, height } = this.canvas;
    // Whole pixels, so that what is replayed from a link comes out the same.
    return [
      Math.round(((event.clientX - box.left - clientLeft) / clientWidth) * width),
      Math.round(((event.clientY - box.top - clientTop) / clientHeight) * height),
    ];
  }

  /** @param {PointerEvent} event */
  #start(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.remember();
    this.pen.down = true;
    this.#lower(...this.#place(event));
    this.drawn();
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.pen.down || !this.canvas.hasPointerCapture(event.pointerId)) return;
    for (const step of event.getCoalescedEvents?.() ?? [event]) this.#line(...this.#place(step));
    this.drawn();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { pen, canvas, say } = this;
    const step = Math.round(canvas.width / 32);
    /** @type {Record<string, [number, number]>} */
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const move = moves[event.key];
    if (!move && event.key !== " ") return;
    event.preventDefault();
    if (!move) {
      pen.down = !pen.down;
      this.told.textContent = say(pen.down ? "penDown" : "penUp");
      if (!pen.down) return this.#point();
      this.remember();
      this.#lower(pen.x, pen.y);
      return this.drawn();
    }
    const x = Math.min(canvas.width, Math.max(0, pen.x + move[0]));
    const y = Math.min(canvas.height, Math.max(0, pen.y + move[1]));
    if (!pen.down) {
      Object.assign(pen, { x, y });
      return this.#point();
    }
    this.#line(x, y);
    this.drawn();
  }

  /** A new stroke. @param {number} x @param {number} y */
  #lower(x, y) {
    Object.assign(this.pen, { x, y });
    this.strokes?.push([x, y]);
    this.#ink(x, y);
  }

  /** The stroke goes on to (x, y). @param {number} x @param {number} y */
  #line(x, y) {
    const { pen } = this;
    if (x === pen.x && y === pen.y) return;
    this.strokes?.at(-1)?.push(x - pen.x, y - pen.y);
    this.#ink(x, y);
  }

  /** A round pen from where it is to (x, y). @param {number} x @param {number} y */
  #ink(x, y) {
    const { context, pen } = this;
    Object.assign(context, { lineCap: "round", lineJoin: "round", strokeStyle: "#000" });
    context.lineWidth = this.canvas.width / PEN_PART;
    context.beginPath();
    context.moveTo(pen.x, pen.y);
    context.lineTo(x, y);
    context.stroke();
    Object.assign(pen, { x, y });
    this.#point();
  }

  /** Shows where the pen is to those who move it with keys. */
  #point() {
    this.dot.style.left = `${(100 * this.pen.x) / this.canvas.width}%`;
    this.dot.style.top = `${(100 * this.pen.y) / this.canvas.height}%`;
    this.dot.toggleAttribute("data-down", this.pen.down);
  }
}
