// The camera of a picture field.
import { button, make } from "./elements.mjs";

/** @typedef {import("./inputs.mjs").Translate} Translate */

/** Off until asked, and off again after the picture. */
export class Camera {
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
