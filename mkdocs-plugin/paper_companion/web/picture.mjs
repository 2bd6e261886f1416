// The picture field: upload, drop, paste, the camera, or a drawing with pen, finger or keys. A picture is always drawn on white
// paper, and crosses as rows of 8-bit values.
import { Drawing } from "./drawing.mjs";
import { button, make } from "./elements.mjs";
import { fileOf, small, smallFile } from "./wire.mjs";

/**
 * @typedef {import("./inputs.mjs").Input} Input
 * @typedef {import("./inputs.mjs").Made} Made
 * @typedef {import("./inputs.mjs").Translate} Translate
 */

const MAX_SIDE = 4096;

/** @param {Input} input @param {string} id @param {Translate} say @param {() => void} changed @returns {Made} */
export function pictureField(input, id, say, changed) {
  const sources = input.sources ?? ["upload"];
  const { width = 256, height = 256 } = input;
  const canvas = make("canvas", { class: "pc-canvas", width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  const drawing = sources.includes("sketch") ? new Drawing(canvas, context, say, changed) : null;
  let empty = true;
  let loading = Promise.resolve();

  const clear = () => {
    Object.assign(canvas, { width, height });
    context.fillStyle = "#fff";
    if (drawing) context.fillRect(0, 0, width, height);
    drawing?.begin([]);
    empty = true;
    canvas.toggleAttribute("data-empty", !drawing);
  };
  clear();

  /** @param {ImageBitmap | HTMLVideoElement} picture @param {number} w @param {number} h */
  const put = (picture, w, h) => {
    clear();
    if (drawing) {
      const scale = Math.min(width / w, height / h);
      context.drawImage(picture, (width - w * scale) / 2, (height - h * scale) / 2, w * scale, h * scale);
      drawing.begin(null);
    } else {
      // The picture as it is: what the function gets must not depend on the size of the field.
      const scale = Math.min(1, MAX_SIDE / Math.max(w, h));
      Object.assign(canvas, { width: Math.round(w * scale), height: Math.round(h * scale) });
      context.fillStyle = "#fff";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    }
    empty = false;
    canvas.removeAttribute("data-empty");
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
  /** One picture after the other, so that the last one stays. @param {Blob} file */
  const loadNext = (file) => {
    const done = loading.then(() => load(file));
    loading = done.catch(() => {});
    return done;
  };
  const take = (/** @type {Blob | null | undefined} */ file) => {
    if (!file) return;
    drawing?.remember();
    loadNext(file).then(changed, () => {});
  };

  const tools = make("div", { class: "pc-tools" });
  const element = make("div", { class: "pc-picture-field" }, drawing?.element ?? canvas, tools, problem);
  if (drawing) {
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
    canvas.setAttribute("aria-labelledby", `${id}-name`);
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
    canvas.tabIndex = 0;
    element.append(make("p", { class: "pc-help" }, say(sources.includes("upload") ? "drop" : "paste")));
    element.addEventListener("paste", (event) => take(event.clipboardData?.files[0]));
  }
  const taken = (/** @type {HTMLVideoElement} */ video) => {
    drawing?.remember();
    put(video, video.videoWidth, video.videoHeight);
    changed();
  };
  const camera = sources.includes("webcam")
    ? import("./camera.mjs").then(({ Camera }) => new Camera(tools, say, problem, taken))
    : null;
  const ready = camera?.catch((error) => (problem.textContent = say("noCamera", { reason: error.message })));

  return {
    element,
    ready,
    end: () => void camera?.then((opened) => opened.end(), () => {}),
    read: async () => {
      await loading;
      return empty && !drawing ? null : pixels(context, canvas.width, canvas.height, input.image_mode ?? "RGB");
    },
    show: async (value) => {
      const file = fileOf(value);
      problem.textContent = "";
      if (file) return loadNext(file);
      await loading;
      clear();
      if (Array.isArray(value?.strokes)) drawing?.replay(value.strokes);
    },
    share: async () => {
      if (drawing?.strokes) return small({ strokes: drawing.strokes });
      if (empty) return null;
      const blob = await new Promise((/** @type {BlobCallback} */ resolve) => canvas.toBlob(resolve));
      if (!blob) return undefined;
      return smallFile({ name: "picture.png", data: new Uint8Array(await blob.arrayBuffer()) });
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
