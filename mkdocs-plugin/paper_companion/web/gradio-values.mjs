// What Gradio's components take and give, in the words of our own fields and outputs.
import { HostError } from "./gradio.mjs";

/**
 * @typedef {import("./gradio.mjs").Slot} Slot
 * @typedef {import("./gradio.mjs").GradioHost} GradioHost
 * @typedef {import("./inputs.mjs").Input} Input
 * @typedef {import("./outputs.mjs").Output} Output
 */

/** @type {Record<string, (slot: Slot) => Partial<Input> & { type: string }>} by component, in lower case */
const FIELDS = {
  textbox: () => ({ type: "text" }),
  code: () => ({ type: "text", lines: 6 }),
  number: () => ({ type: "number" }),
  slider: ({ type }) => {
    // The range is told in a sentence only.
    const range = /between (-?[\d.e+-]+) and (-?[\d.e+-]+)/i.exec(type?.description ?? "");
    return range ? { type: "slider", min: Number(range[1]), max: Number(range[2]) } : { type: "number" };
  },
  checkbox: () => ({ type: "checkbox" }),
  radio: (slot) => ({ type: "radio", choices: choices(slot).map(String) }),
  dropdown: (slot) => ({ type: "dropdown", multiple: slot.type?.type === "array", choices: choices(slot).map(String) }),
  checkboxgroup: (slot) => ({ type: "dropdown", multiple: true, choices: choices(slot).map(String) }),
  image: () => ({ type: "image", sources: ["upload", "paste", "webcam"] }),
  audio: () => ({ type: "audio", sources: ["upload", "microphone"] }),
  file: (slot) => ({ type: "file", multiple: slot.type?.type === "array" }),
  dataframe: (slot) => ({ type: "table", headers: slot.parameter_default?.headers }),
};

/** @type {Record<string, string>} */
const OUTPUTS = {
  textbox: "text",
  number: "text",
  slider: "text",
  markdown: "markdown",
  label: "label",
  image: "image",
  gallery: "gallery",
  audio: "audio",
  video: "video",
  file: "file",
  downloadbutton: "file",
  dataframe: "table",
  html: "html",
  plot: "plot",
};

/** The values among which to choose. @param {Slot} slot @returns {any[]} */
function choices({ type }) {
  return type?.enum ?? type?.items?.enum ?? [];
}

/**
 * The field for a parameter; what the author declared for it comes first. Components that are not known take JSON.
 *
 * @param {Slot} slot @param {number} index @param {Input[]} declared @returns {Input}
 */
export function fieldOf(slot, index, declared) {
  const id = slot.parameter_name ?? `input${index + 1}`;
  const own = declared.find((field) => field.id === id);
  const made = FIELDS[slot.component.toLowerCase()]?.(slot) ?? { type: "text", lines: 3, placeholder: "JSON" };
  const given = slot.parameter_has_default && made.type !== "table" ? { default: slot.parameter_default } : {};
  return { label: slot.label, ...made, ...given, ...own, id };
}

/** The output for a return value. @param {Slot} slot @param {number} index @param {Output[]} declared @returns {Output} */
export function outputOf(slot, index, declared) {
  const type = OUTPUTS[slot.component.toLowerCase()] ?? "json";
  return declared[index] ?? { label: slot.label, type, id: `answer${index + 1}` };
}

/**
 * What a field holds, as the parameter takes it. Files are handed over to the host first.
 *
 * @param {Slot} slot @param {Input} field @param {any} value
 * @param {(file: File) => Promise<any>} upload
 */
export async function sent(slot, field, value, upload) {
  if (value === null || value === undefined) return null;
  const file = (/** @type {{ name: string, data: any, mime?: string }} */ { name, data, mime = "" }) => upload(new File([data], name, { type: mime }));
  if (field.type === "image") return await upload(await pngOf(value));
  if (field.type === "audio") return await file({ mime: "audio/wav", ...value });
  if (field.type === "file") return Array.isArray(value) ? await Promise.all(value.map(file)) : await file(value);
  if (field.type === "table") return { headers: value.headers, data: value.rows, metadata: null };
  if (field.type === "radio" || field.type === "dropdown") {
    const known = choices(slot);
    const original = (/** @type {string} */ text) => known.find((choice) => String(choice) === text) ?? text;
    return Array.isArray(value) ? value.map(original) : original(value);
  }
  if (slot.component.toLowerCase() in FIELDS || typeof value !== "string") return value;
  try {
    return value === "" ? null : JSON.parse(value);
  } catch {
    throw new HostError("gradioNoJson", { label: field.label ?? field.id });
  }
}

/**
 * A return value, as our outputs show it. Files are fetched from the host.
 *
 * @param {Output} output @param {any} value @param {(file: any) => Promise<{ mime: string, name: string, data: Uint8Array }>} download
 */
export async function received(output, value, download) {
  // Functions that change a component as well return an update of it, which may leave its value alone.
  if (value?.__type__ === "update") return received(output, value.value, download);
  if (value === null || value === undefined) return null;
  switch (output.type) {
    case "text":
    case "markdown":
    case "html":
      return typeof value === "string" ? value : JSON.stringify(value);
    case "label":
      return value.confidences ?? [{ label: String(value.label), confidence: null }];
    case "table":
      return { headers: value.headers ?? [], rows: value.data ?? [] };
    case "gallery":
      return await Promise.all(
        value.map(async (/** @type {any} */ { image, video, caption }) => ({
          ...(await download(image ?? video)),
          caption: caption ?? "",
        })),
      );
    case "plot":
      return plot(value);
    case "video":
      return await download(value.video ?? value);
    case "image":
    case "audio":
      return await download(value);
    case "file":
      return await download([value].flat()[0]);
    default:
      return value;
  }
}

/** @param {{ type: string, plot: string }} value */
function plot({ type, plot }) {
  // Other kinds need a library, which no lock pins here.
  if (!plot.startsWith("data:")) throw new HostError("gradioNoPlot", { type });
  const [head, text] = plot.split(",", 2);
  const data = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return { mime: head.slice(5).replace(";base64", ""), name: "plot", data };
}

/** @param {{ width: number, height: number, mode: string, data: Uint8Array }} picture @returns {Promise<File>} */
async function pngOf({ width, height, mode, data }) {
  const pixels = new ImageData(width, height);
  const channels = mode.length;
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    for (let channel = 0; channel < 3; channel += 1)
      pixels.data[4 * pixel + channel] = data[channels * pixel + (channels === 1 ? 0 : channel)];
    pixels.data[4 * pixel + 3] = channels === 4 ? data[4 * pixel + 3] : 255;
  }
  const canvas = new OffscreenCanvas(width, height);
  /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d")).putImageData(pixels, 0, 0);
  return new File([await canvas.convertToBlob({ type: "image/png" })], "image.png", { type: "image/png" });
}
