// The picture field: upload, drop, paste, the camera, or a drawing with pen, finger or keys. A picture is always drawn on white
// paper, and crosses as rows of 8-bit values.
import { button, make } from "./elements.mjs";

/**
 * @typedef {import("./inputs.mjs").Input} Input
 * @typedef {import("./inputs.mjs").Field} Field
 * @typedef {import("./inputs.mjs").Translate} Translate
 */

const MAX_SIDE = 4096;
const PEN_PART = 16;

/** @param {Input} input @param {string} id @param {Translate} say @param {() => void} changed @returns {Field} */
export function pictureField(input, id, say, changed) {
  const sources = input.sources ?? ["upload"];
  const canDraw = sources.includes("sketch");
  const { width = 256, height = 256 } = input;
  const canvas = make("canvas", { class: "pc-canvas", width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  let empty = true;

  const clear = () => {
    if (!canDraw) Object.assign(canvas, { width, height });
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    empty = true;
  };
  clear();

  /** @param {ImageBitmap | HTMLVideoElement} picture @param {number} w @param {number} h */
  const put = (picture, w, h) => {
    clear();
    if (canDraw) {
      const scale = Math.min(width / w, height / h);
      context.drawImage(picture, (width - w * scale) / 2, (height - h * scale) / 2, w * scale, h * scale);
    } else {
      // The picture as it is: what the function gets must not depend on the size of the field.
      const scale = Math.min(1, MAX_SIDE / Math.max(w, h));
      Object.assign(canvas, { width: Math.round(w * scale), height: Math.round(h * scale) });
      context.fillStyle = "#fff";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    }
    empty = false;
  };

  const problem = make("p", { class: "pc-problem", role: "alert" });

  /** @param {Blob} file */
  const load = async (file) => {
    problem.textContent = "";
    try {
      const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
      put(bitmap, bitmap.width, bitmap.height);
      bitmap.close();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      problem.textContent = say("unreadable", { file: file instanceof File ? file.name : "", reason });
      throw error;
    }
  };
  const take = (/** @type {Blob | null | undefined} */ file) => {
    if (file) load(file).then(changed, () => {});
  };

  const tools = make("div", { class: "pc-tools" });
  const element = make("div", { class: "pc-picture-field" }, canvas, tools, problem);
  if (canDraw) {
    canvas.id = id;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-label", say("sketchKeys"));
    const drawing = new Drawing(canvas, context, () => {
      empty = false;
      changed();
    });
    tools.append(
      button(say("undo"), () => drawing.undo()),
      button(say("clear"), () => {
        drawing.remember();
        clear();
        changed();
      }),
    );
  } else {
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", input.label ?? input.id);
  }
  if (sources.includes("upload")) {
    const chooser = make("input", { type: "file", accept: "image/*", class: "pc-file", "aria-label": say("upload") });
    chooser.addEventListener("change", () => take(chooser.files?.[0]));
    tools.append(chooser);
    element.addEventListener("dragover", (event) => event.preventDefault());
    element.addEventListener("drop", (event) => {
      event.preventDefault();
      take(event.dataTransfer?.files[0]);
    });
  }
  if (sources.includes("upload") || sources.includes("paste")) {
    if (!canDraw) canvas.tabIndex = 0;
    element.addEventListener("paste", (event) => take(event.clipboardData?.files[0]));
  }
  const camera = sources.includes("webcam") ? new Camera(tools, say, problem, (video) => {
    put(video, video.videoWidth, video.videoHeight);
    changed();
  }) : null;

  return {
    element,
    end: () => camera?.end(),
    read: async () => (empty && !canDraw ? null : pixels(context, canvas.width, canvas.height, input.image_mode ?? "RGB")),
    show: async (value) => {
      if (value instanceof Blob) await load(value);
      else clear();
    },
  };
}

/** @param {CanvasRenderingContext2D} context @param {number} width @param {number} height @param {string} mode */
function pixels(context, width, height, mode) {
  const { data: rgba } = context.getImageData(0, 0, width, height);
  if (mode === "RGBA") return { width, height, mode, data: new Uint8Array(rgba.buffer) };
  const data = new Uint8Array(width * height * mode.length);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    if (mode === "RGB") {
      data[to++] = rgba[from];
      data[to++] = rgba[from + 1];
      data[to++] = rgba[from + 2];
    } else {
      // ITU-R 601 in the integers that Pillow uses, so that answers recorded with Pillow come out the same.
      data[to++] = (rgba[from] * 19595 + rgba[from + 1] * 38470 + rgba[from + 2] * 7471 + 0x8000) >> 16;
    }
  }
  return { width, height, mode, data };
}

/** Drawing on a canvas with a pointer or with keys, stroke by stroke. */
class Drawing {
  /** @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2D} context @param {() => void} drawn */
  constructor(canvas, context, drawn) {
    this.canvas = canvas;
    this.context = context;
    this.drawn = drawn;
    /** @type {ImageData[]} */
    this.past = [];
    this.pen = { x: canvas.width / 2, y: canvas.height / 2, down: false };
    canvas.addEventListener("pointerdown", (event) => this.start(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const type of ["pointerup", "pointercancel"]) canvas.addEventListener(type, () => this.lift());
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  remember() {
    const { width, height } = this.canvas;
    this.past = [...this.past.slice(-19), this.context.getImageData(0, 0, width, height)];
  }

  undo() {
    const picture = this.past.pop();
    if (!picture) return;
    this.context.putImageData(picture, 0, 0);
    this.drawn();
  }

  /** @param {PointerEvent} event */
  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const { clientLeft, clientTop, clientWidth, clientHeight, width, height } = this.canvas;
    return {
      x: ((event.clientX - box.left - clientLeft) / clientWidth) * width,
      y: ((event.clientY - box.top - clientTop) / clientHeight) * height,
    };
  }

  /** @param {PointerEvent} event */
  start(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.remember();
    Object.assign(this.pen, this.place(event), { down: true });
    this.line(this.pen.x, this.pen.y);
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (!this.pen.down || !this.canvas.hasPointerCapture(event.pointerId)) return;
    for (const step of event.getCoalescedEvents?.() ?? [event]) {
      const { x, y } = this.place(step);
      this.line(x, y);
    }
  }

  lift() {
    this.pen.down = false;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = this.canvas.width / 32;
    /** @type {Record<string, [number, number]>} */
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const move = moves[event.key];
    if (!move && event.key !== " ") return;
    event.preventDefault();
    if (!move) {
      this.pen.down = !this.pen.down;
      if (this.pen.down) this.remember();
    }
    const [dx, dy] = move ?? [0, 0];
    const x = Math.min(this.canvas.width, Math.max(0, this.pen.x + dx));
    const y = Math.min(this.canvas.height, Math.max(0, this.pen.y + dy));
    if (this.pen.down) this.line(x, y);
    else Object.assign(this.pen, { x, y });
  }

  /** A round pen from where it is to (x, y). @param {number} x @param {number} y */
  line(x, y) {
    const { context, pen } = this;
    Object.assign(context, { lineCap: "round", lineJoin: "round", strokeStyle: "#000" });
    context.lineWidth = this.canvas.width / PEN_PART;
    context.beginPath();
    context.moveTo(pen.x, pen.y);
    context.lineTo(x, y);
    context.stroke();
    Object.assign(pen, { x, y });
    this.drawn();
  }
}

/** The camera: off until asked, and off again after the picture. */
class Camera {
  /** @param {HTMLElement} tools @param {Translate} say @param {HTMLElement} problem @param {(video: HTMLVideoElement) => void} taken */
  constructor(tools, say, problem, taken) {
    /** @type {MediaStream | null} */
    this.stream = null;
    this.video = make("video", { class: "pc-camera", muted: true, playsInline: true, hidden: true });
    const toggle = button(say("camera"), async () => {
      if (this.stream) {
        taken(this.video);
        this.end();
        toggle.textContent = say("camera");
        return;
      }
      try {
        problem.textContent = "";
        this.stream = await navigator.mediaDevices.getUserMedia({ video: true });
        this.video.srcObject = this.stream;
        this.video.hidden = false;
        await this.video.play();
        toggle.textContent = say("takePicture");
      } catch (error) {
        this.end();
        problem.textContent = say("noCamera", { reason: error instanceof Error ? error.message : String(error) });
      }
    });
    tools.append(toggle, this.video);
  }

  end() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.hidden = true;
  }
}
