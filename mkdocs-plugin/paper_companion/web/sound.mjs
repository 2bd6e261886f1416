// The sound field: a file of any format that the browser decodes, or the microphone. It can be heard before it is sent.
import { button, make } from "./elements.mjs";
import { asWav } from "./wav.mjs";
import { fileOf, smallFile } from "./wire.mjs";

/**
 * @typedef {import("./inputs.mjs").Input} Input
 * @typedef {import("./inputs.mjs").Made} Made
 * @typedef {import("./inputs.mjs").Translate} Translate
 * @typedef {{ name: string, data: Uint8Array }} Sound
 */

const MAX_RECORDING_MS = 5 * 60_000;

/** @param {Input} input @param {string} id @param {Translate} say @param {() => void} changed @returns {Made} */
export function soundField(input, id, say, changed) {
  const sources = input.sources ?? ["upload", "microphone"];
  const player = make("audio", { controls: true, hidden: true, "aria-labelledby": `${id}-name` });
  const problem = make("p", { class: "pc-problem", role: "alert" });
  const tools = make("div", { class: "pc-tools" });
  let sound = /** @type {Sound | null} */ (null);
  let loading = Promise.resolve();

  /** @param {Sound | null} value */
  const put = (value) => {
    URL.revokeObjectURL(player.src);
    sound = value;
    player.hidden = remove.hidden = !value;
    if (value) player.src = URL.createObjectURL(new Blob([/** @type {any} */ (value.data)], { type: "audio/wav" }));
    else player.removeAttribute("src");
  };
  /** @param {File} file */
  const load = async (file) => {
    problem.textContent = "";
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const data = await asWav(bytes);
      put({ name: data === bytes ? file.name : `${file.name.replace(/\.\w*$/, "")}.wav`, data });
    } catch (error) {
      put(null);
      const reason = error instanceof Error ? error.message : String(error);
      problem.textContent = say("unreadable", { file: file.name, reason });
      throw error;
    }
  };
  /** One file after the other, so that the last one stays. @param {File} file */
  const take = (file) => {
    const done = loading.then(() => load(file));
    loading = done.catch(() => {});
    return done;
  };

  const remove = button(say("clear"), () => {
    put(null);
    changed();
    /** @type {HTMLElement | null} */ (tools.querySelector("input, button"))?.focus();
  });
  if (sources.includes("upload")) {
    const chooser = make("input", { type: "file", accept: "audio/*", class: "pc-file", "aria-label": say("chooseSound") });
    chooser.addEventListener("change", () => {
      const file = chooser.files?.[0];
      if (file) take(file).then(changed, () => {});
    });
    tools.append(chooser);
  }
  const microphone = sources.includes("microphone")
    ? new Microphone(tools, say, problem, (file) => void take(file).then(changed, () => {}))
    : null;
  tools.append(remove);
  put(null);

  return {
    element: make("div", { class: "pc-sound" }, tools, player, problem),
    read: async () => {
      await loading;
      return sound;
    },
    show: async (value) => {
      const file = fileOf(value);
      if (file) return take(file);
      await loading;
      put(null);
    },
    share: async () => {
      await loading;
      return sound && smallFile(sound);
    },
    end: () => microphone?.end(),
  };
}

/** The microphone: off until asked, and off again after the recording. */
class Microphone {
  /** @type {MediaRecorder | null} */
  #recorder = null;
  /** @type {symbol | null} */
  #asking = null;

  /** @param {HTMLElement} tools @param {Translate} say @param {HTMLElement} problem @param {(file: File) => void} taken */
  constructor(tools, say, problem, taken) {
    this.say = say;
    this.problem = problem;
    this.taken = taken;
    this.toggle = button(say("record"), () => (this.#recorder ? this.#recorder.stop() : this.#start()));
    tools.append(this.toggle);
  }

  async #start() {
    if (this.#asking) return;
    const asking = (this.#asking = Symbol());
    try {
      this.problem.textContent = "";
      // As it sounds: what a browser does to voices in a call, a model has not been told of.
      const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      const stream = await navigator.mediaDevices.getUserMedia({ audio });
      // The reader has left before it was allowed.
      if (this.#asking !== asking) return stream.getTracks().forEach((track) => track.stop());
      this.#record(stream);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.problem.textContent = this.say("noMicrophone", { reason });
    } finally {
      if (this.#asking === asking) this.#asking = null;
    }
  }

  /** @param {MediaStream} stream */
  #record(stream) {
    const lossless = "audio/webm;codecs=pcm";
    const options = MediaRecorder.isTypeSupported(lossless) ? { mimeType: lossless } : {};
    const recorder = new MediaRecorder(stream, options);
    /** @type {Blob[]} */
    const parts = [];
    const timer = setTimeout(() => recorder.stop(), MAX_RECORDING_MS);
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = () => {
      clearTimeout(timer);
      stream.getTracks().forEach((track) => track.stop());
      this.toggle.textContent = this.say("record");
      if (this.#recorder === recorder) this.taken(new File(parts, "recording.wav"));
      this.#recorder = null;
    };
    recorder.start();
    this.#recorder = recorder;
    this.toggle.textContent = this.say("stopRecording");
  }

  end() {
    const recorder = this.#recorder;
    this.#recorder = this.#asking = null;
    recorder?.stop();
  }
}
