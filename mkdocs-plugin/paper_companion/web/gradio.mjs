// A hosted Gradio, asked without its client: what its endpoints take and give, files to it and from it, and a call whose
// messages come as server-sent events. Written against Gradio 5 and 6.

/**
 * @typedef {{ label: string, component: string, type: any, parameter_name?: string, parameter_has_default?: boolean,
 *   parameter_default?: any }} Slot one parameter or one return value, in Gradio's own words
 * @typedef {{ parameters: Slot[], returns: Slot[] }} Endpoint
 * @typedef {{ path: string, url?: string | null, orig_name?: string | null, mime_type?: string | null }} FileData
 * @typedef {{ msg: string, rank?: number, queue_size?: number, progress_data?: any[], log?: string, output?: any,
 *   success?: boolean, message?: string }} Message
 */

const API = "gradio_api";
// Gradio sends a heartbeat every 15 s.
const SILENCE_MS = 60_000;

/** The host answered with an error, or not at all. */
export class HostError extends Error {
  /** @param {string} key of the text that says so @param {Record<string, string | number>} [values] */
  constructor(key, values = {}) {
    super(key);
    this.name = "HostError";
    this.key = key;
    this.values = values;
  }
}

export class GradioHost {
  /** @param {string} url of the interface @param {number} timeoutMs for the first byte of an answer */
  constructor(url, timeoutMs) {
    const { origin, pathname } = new URL(url);
    this.origin = origin;
    this.root = `${origin}${pathname.replace(/\/$/, "")}/${API}`;
    this.timeoutMs = timeoutMs;
  }

  /** The endpoints that have a name. @param {AbortSignal} signal @returns {Promise<Record<string, Endpoint>>} */
  async endpoints(signal) {
    const answer = await this.#ask("info", { signal });
    const info = await answer.json().catch(() => null);
    if (typeof info?.named_endpoints !== "object") throw new HostError("gradioNot");
    return info.named_endpoints;
  }

  /** Hands a file over. @param {File} file @param {AbortSignal} signal @returns {Promise<FileData & Record<string, any>>} */
  async upload(file, signal) {
    const body = new FormData();
    body.append("files", file);
    const answer = await this.#ask("upload", { method: "POST", body, signal }, Infinity);
    const [path] = await answer.json();
    const described = { orig_name: file.name, size: file.size, mime_type: file.type || null };
    return { path, ...described, meta: { _type: "gradio.FileData" } };
  }

  /** Fetches a file of an answer. @param {FileData} file @param {AbortSignal} signal */
  async download(file, signal) {
    // What the host calls the file's address is not followed to other hosts.
    const named = file.url && URL.canParse(file.url) && new URL(file.url).origin === this.origin ? file.url : null;
    const answer = await this.#ask(named ?? `file=${file.path}`, { signal });
    const mime = file.mime_type ?? answer.headers.get("content-type") ?? "application/octet-stream";
    const name = file.orig_name ?? file.path.slice(file.path.lastIndexOf("/") + 1);
    return { mime, name, data: new Uint8Array(await answer.arrayBuffer()) };
  }

  /**
   * Calls an endpoint and gives its messages as they come, until the last one.
   *
   * @param {string} endpoint its name, without a slash @param {any[]} data @param {AbortSignal} signal
   * @returns {AsyncGenerator<Message>}
   */
  async *call(endpoint, data, signal) {
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify({ data }), signal };
    const joined = await this.#ask(`call/${encodeURIComponent(endpoint)}`, init);
    const { event_id: event } = await joined.json();
    // An event without a session is one of its own. This stream tells the place in the queue and the progress, which
    // call/NAME/EVENT leaves out.
    const stream = await this.#ask(`queue/data?session_hash=${encodeURIComponent(event)}`, { signal });
    for await (const text of serverSentEvents(stream)) {
      const message = JSON.parse(text);
      yield message;
      if (message.msg === "process_completed" || message.msg === "unexpected_error") return;
    }
    throw new HostError("gradioCut");
  }

  /** @param {string} path @param {RequestInit & { signal: AbortSignal }} init @param {number} [timeoutMs] */
  async #ask(path, { signal, ...init }, timeoutMs = this.timeoutMs) {
    const late = new AbortController();
    const timer = timeoutMs === Infinity ? undefined : setTimeout(() => late.abort(), timeoutMs);
    let answer;
    try {
      const url = URL.canParse(path) ? path : `${this.root}/${path}`;
      answer = await fetch(url, { ...init, credentials: "omit", signal: AbortSignal.any([signal, late.signal]) });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new HostError(late.signal.aborted ? "gradioLate" : "gradioUnreachable");
    } finally {
      clearTimeout(timer);
    }
    if (answer.ok) return answer;
    const body = await answer.json().catch(() => null);
    const detail = typeof body?.detail === "string" ? body.detail : "";
    throw new HostError(detail ? "gradioSays" : "gradioStatus", { status: answer.status, detail });
  }
}

/** The data of each event. @param {Response} response @returns {AsyncGenerator<string>} */
async function* serverSentEvents(response) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body)
    .pipeThrough(/** @type {any} */ (new TextDecoderStream()))
    .getReader();
  let rest = "";
  try {
    while (true) {
      const { done, value } = await orSilence(reader.read());
      if (done) return;
      const events = (rest + value).split(/\r?\n\r?\n/);
      rest = events.pop() ?? "";
      for (const event of events) {
        const lines = event.split(/\r?\n/).filter((line) => line.startsWith("data:"));
        if (lines.length) yield lines.map((line) => line.slice(5).trimStart()).join("\n");
      }
    }
  } finally {
    // Ends the connection too: the host takes this for the reader's leaving.
    reader.cancel().catch(() => {});
  }
}

/** @template T @param {Promise<T>} read @returns {Promise<T>} */
async function orSilence(read) {
  /** @type {any} */
  let timer;
  const silence = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new HostError("gradioCut")), SILENCE_MS);
  });
  return await Promise.race([read, /** @type {Promise<never>} */ (silence)]).finally(() => clearTimeout(timer));
}
