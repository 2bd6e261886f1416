// A session: one worker at a time, started when the first answer is asked for, ended when it is no longer wanted.
import { openWorker } from "./isolation.mjs";
import { lockedFiles } from "./runtime.mjs";

/**
 * @typedef {import("./runtime.mjs").Manifest} Manifest
 * @typedef {import("./runtime.mjs").LockedFile} LockedFile
 * @typedef {import("./runtime.mjs").Answer} Answer
 * @typedef {import("./runtime.mjs").Progress} Progress
 * @typedef {{ downloading: () => void, progress: (progress: Progress) => void, starting: () => void,
 *   running: () => void }} Listener
 */

/** The answer that was asked for is no longer wanted: the reader pressed Stop, or left. */
export class Stopped extends Error {
  constructor() {
    super("Stopped");
    this.name = "Stopped";
  }
}

export class Session {
  /** @type {import("./isolation.mjs").IsolatedWorker | null} */
  #worker = null;
  /** @type {((reason: Error) => void) | null} */
  #giveUp = null;
  #asked = 0;

  /** @param {Manifest} manifest with absolute addresses @param {Listener} listener @param {string} crashed what to say when the browser ends Python */
  constructor(manifest, listener, crashed) {
    this.manifest = manifest;
    this.listener = listener;
    this.crashed = crashed;
  }

  /** Whether Python has been started: the next answer costs no download. */
  get started() {
    return this.#worker !== null;
  }

  /**
   * The function's answer. Rejects with Stopped, or with what is wrong with the demo's files or with Python itself;
   * what the function raises is in the answer.
   *
   * @param {Record<string, any>} values
   * @param {import("./runtime.mjs").Expected | null} expected what the answer is compared with
   * @returns {Promise<Answer>}
   */
  async answer(values, expected = null) {
    const gone = /** @type {Promise<never>} */ (new Promise((_, reject) => (this.#giveUp = reject)));
    gone.catch(() => {});
    try {
      if (!this.#worker) {
        this.listener.downloading();
        await Promise.race([this.#start(gone), gone]);
      }
      const port = this.#worker?.port;
      if (!port) throw new Stopped();
      this.listener.running();
      const id = (this.#asked += 1);
      const answered = this.#reply(port, "answer", id);
      port.postMessage({ type: "run", id, values, expected });
      return await Promise.race([answered, gone]);
    } catch (error) {
      if (!(error instanceof Stopped)) this.#drop();
      // What was wrong may be kept by the browser by now: the next attempt asks the server.
      const wrong = lockedFiles(this.manifest).find((file) => file.name === /** @type {any} */ (error)?.file);
      if (wrong) wrong.anew = true;
      throw error;
    } finally {
      this.#giveUp = null;
    }
  }

  /** End the worker, whatever it is doing. */
  end() {
    this.#drop();
    this.#giveUp?.(new Stopped());
  }

  #drop() {
    this.#worker?.end();
    this.#worker = null;
  }

  /** @param {Promise<never>} gone */
  async #start(gone) {
    const opening = openWorker(new URL("worker.mjs", import.meta.url));
    // Stopped while it was opening: then it ends as soon as it is there.
    gone.catch(() => opening.then((worker) => worker.end(), () => {}));
    const worker = await Promise.race([opening, gone]);
    this.#worker = worker;
    worker.port.addEventListener("message", ({ data }) => {
      if (this.#worker !== worker) return;
      if (data.type === "progress") this.listener.progress(data);
      else if (data.type === "starting") this.listener.starting();
    });
    const ready = this.#reply(worker.port, "ready");
    worker.port.postMessage({ type: "start", manifest: this.manifest });
    await ready;
  }

  /** The next message of a type. @param {Worker} port @param {string} type @param {number} [id] @returns {Promise<any>} */
  #reply(port, type, id) {
    return new Promise((resolve, reject) => {
      port.addEventListener("message", ({ data }) => {
        if (data.type === type && data.id === id) resolve(data);
        else if (data.type === "failed") reject(data.error);
      });
      port.addEventListener("error", (event) => {
        event.preventDefault();
        reject({ type: "Error", message: event.message || this.crashed, traceback: "" });
      });
    });
  }
}
