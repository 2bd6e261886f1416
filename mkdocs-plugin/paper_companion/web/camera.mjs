// The camera of a picture field.
import { button, make } from "./elements.mjs";

/** @typedef {import("./inputs.mjs").Translate} Translate */

/** Off until asked, and off again after the picture. */
export class Camera {
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {symbol | null} */
  #asking = null;

  /** @param {HTMLElement} tools @param {Translate} say @param {HTMLElement} problem @param {(video: HTMLVideoElement) => void} taken */
  constructor(tools, say, problem, taken) {
    this.say = say;
    this.problem = problem;
    this.video = make("video", { class: "pc-camera", muted: true, playsInline: true, hidden: true });
    this.toggle = button(say("camera"), () => {
      if (this.#asking) return;
      if (!this.#stream) return this.#start();
      taken(this.video);
      this.end();
    });
    tools.append(this.toggle, this.video);
  }

  async #start() {
    const asking = (this.#asking = Symbol());
    try {
      this.problem.textContent = "";
      const stream = await navigator.mediaDevices.getUserMedia({ video: true });
      // The reader has left before it was allowed.
      if (this.#asking !== asking) return stream.getTracks().forEach((track) => track.stop());
      this.#stream = stream;
      this.video.srcObject = stream;
      this.video.hidden = false;
      await this.video.play();
      if (this.#asking === asking) this.toggle.textContent = this.say("takePicture");
    } catch (error) {
      if (this.#asking !== asking) return;
      this.end();
      this.problem.textContent = this.say("noCamera", { reason: error instanceof Error ? error.message : String(error) });
    } finally {
      if (this.#asking === asking) this.#asking = null;
    }
  }

  end() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = this.#asking = null;
    this.video.hidden = true;
    this.toggle.textContent = this.say("camera");
  }
}
