// The runtime: Pyodide and the author's files, each checked against its sha256 before it is used. Nothing here knows
// a page or a worker: the same module answers in the reader's browser and under Deno.

/**
 * @typedef {{ name: string, url: string, size: number, sha256: string, anew?: boolean }} LockedFile
 * @typedef {{ lock: string, run: string, runtime: { version: string, url: string, files: LockedFile[] },
 *   index: LockedFile, packages: string[], wheels: LockedFile[], library: LockedFile[], files: LockedFile[],
 *   inputs: any[], outputs: any[] }} Manifest
 * @typedef {{ file: string, loaded: number, total: number }} Progress
 * @typedef {{ type: string, message: string, traceback: string }} PythonError
 * @typedef {{ id: string, agrees: boolean, deviation: number, where: string, difference: string }} Comparison
 * @typedef {{ outputs: Record<string, any>, rtol: number, atol: number }} Expected
 * @typedef {{ outputs?: Record<string, any>, seconds?: number, error?: PythonError, printed: string,
 *   comparisons?: Comparison[] }} Answer
 */

const ROOT = "/home/pyodide/paper";
const LIBRARY = "/home/pyodide/library";
const MAX_PRINTED = 50_000;
const STALL_MS = 30_000;
const START_MS = 120_000;

/** A file of the site that is not what was locked. */
export class FileError extends Error {
  /** @param {string} file @param {string} reason */
  constructor(file, reason) {
    super(`${file}: ${reason}`);
    this.name = "FileError";
    this.file = file;
  }
}

/**
 * Downloads every file of the manifest and starts Python.
 *
 * @param {Manifest} manifest whose URLs are absolute
 * @param {(progress: Progress) => void} onProgress called with decoded bytes, of this file and all before it
 * @param {() => void} onStarting called when the last byte is there
 * @returns {Promise<Runtime>}
 */
export async function startRuntime(manifest, onProgress, onStarting) {
  const downloads = new Downloads(manifest, onProgress);
  downloads.finished.then(onStarting, () => {});
  return await Promise.race([load(manifest, downloads), downloads.failed]);
}

/** @param {Manifest} manifest @param {Downloads} downloads */
async function load(manifest, downloads) {
  await Promise.all(manifest.runtime.files.filter((file) => /\.m?js$/.test(file.name)).map((file) => downloads.bytes(file)));
  const { loadPyodide } = await import(new URL("pyodide.mjs", manifest.runtime.url).href);
  const starting = loadPyodide({
    indexURL: place(manifest.runtime.url),
    lockFileURL: place(manifest.index.url),
    packageBaseUrl: place(manifest.runtime.url),
    packages: manifest.packages,
    env: { MPLBACKEND: "agg" }, // Pyodide's own default draws into a page
    checkIntegrity: false, // every wheel has been checked on its way in
  });
  const pyodide = await Promise.race([starting, downloads.finished.then(() => watch(starting))]);
  downloads.release();
  // What could not be installed is told to the console only.
  const missing = manifest.packages.filter((name) => !(name in pyodide.loadedPackages));
  if (missing.length) throw new Error(`${missing.join(", ")} could not be installed`);
  for (const file of manifest.files) write(pyodide, `${ROOT}/${file.name}`, await downloads.bytes(file));
  for (const file of manifest.library) write(pyodide, `${LIBRARY}/${file.name}`, await downloads.bytes(file));
  return new Runtime(pyodide, manifest);
}

/** Under Deno Pyodide opens files by their path, wheels too: there they lie beside the runtime's. @param {string} url */
function place(url) {
  return url.startsWith("file:") ? decodeURIComponent(new URL(url).pathname).replace(/^\/(?=[A-Z]:)/i, "") : url;
}

/** Pyodide reports some failures to the console only, and then never settles. @param {Promise<any>} starting */
function watch(starting) {
  const { warn, error } = console;
  /** @type {any} */
  let timer;
  const failed = new Promise((_, reject) => {
    /** @param {any[]} words */
    const hear = (...words) => {
      warn.apply(console, words);
      if (words[0] instanceof Error) reject(new Error(`Python could not start: ${words[0].message}`));
    };
    console.warn = hear;
    timer = setTimeout(() => reject(new Error(`Python did not start within ${START_MS / 1000} s`)), START_MS);
  });
  return Promise.race([starting, failed]).finally(() => {
    Object.assign(console, { warn, error });
    clearTimeout(timer);
  });
}

/** @param {any} pyodide @param {string} path @param {Uint8Array} bytes */
function write(pyodide, path, bytes) {
  pyodide.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
  pyodide.FS.writeFile(path, bytes);
}

/** @param {Manifest} manifest @returns {LockedFile[]} */
export function lockedFiles({ runtime, index, wheels, library, files }) {
  return [...runtime.files, index, ...wheels, ...library, ...files];
}

/** All files of a demo on their way in. */
class Downloads {
  /** @param {Manifest} manifest @param {(progress: Progress) => void} onProgress */
  constructor(manifest, onProgress) {
    const files = lockedFiles(manifest);
    this.total = files.reduce((sum, file) => sum + file.size, 0);
    this.loaded = 0;
    this.onProgress = onProgress;
    this.fetch = globalThis.fetch;
    this.abort = new AbortController();
    /** @type {Map<string, { response: Promise<Response>, bytes: Promise<Uint8Array> }>} */
    this.open = new Map(files.map((file) => [file.url, this.download(file)]));
    const all = [...this.open.values()].map((download) => download.bytes);
    // Pyodide looks for wheels beside its own files; they lie where papers can share them.
    for (const file of manifest.wheels) this.alias(new URL(file.name, manifest.runtime.url).href, file);
    this.finished = Promise.all(all).then(() => {});
    this.failed = new Promise((_, reject) => this.finished.catch(reject));
    this.failed.catch(() => this.abort.abort());
    // Pyodide fetches by itself: it is given what is on its way, so that nothing is loaded twice or unchecked.
    globalThis.fetch = (input, init) => {
      const url = input instanceof Request ? input.url : new URL(String(input), manifest.runtime.url).href;
      // What fails ends the start, and is told there: Pyodide need not hear of it, and would not catch it everywhere.
      const told = this.open.get(url)?.response.catch(() => new Promise(() => {}));
      return told ?? this.fetch.call(globalThis, input, init);
    };
  }

  /** @param {string} url @param {LockedFile} file */
  alias(url, file) {
    this.open.set(url, /** @type {any} */ (this.open.get(file.url)));
  }

  /** @param {LockedFile} file @returns {Promise<Uint8Array>} */
  bytes(file) {
    return /** @type {any} */ (this.open.get(file.url)).bytes;
  }

  release() {
    globalThis.fetch = this.fetch;
  }

  /** @param {LockedFile} file */
  download(file) {
    /** @type {(bytes: Uint8Array) => void} */
    let resolve = () => {};
    /** @type {(reason: unknown) => void} */
    let reject = () => {};
    const bytes = /** @type {Promise<Uint8Array>} */ (
      new Promise((yes, no) => {
        resolve = yes;
        reject = no;
      })
    );
    const response = this.request(file).then((answer) => {
      const body = /** @type {ReadableStream<Uint8Array>} */ (answer.body).pipeThrough(
        this.checked(file, (all) => resolve(all)),
      );
      const [kept, drained] = file.name.endsWith(".wasm") ? body.tee() : [null, body];
      drain(drained).catch(reject);
      const type = file.name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
      // A body for one reader: WebAssembly compiles it while it comes in. Others get the bytes once they are checked.
      return kept ? new Response(kept, { headers: { "content-type": type } }) : null;
    });
    response.catch(reject);
    return {
      bytes,
      get response() {
        return response.then(async (stream) => stream ?? new Response(/** @type {any} */ (await bytes)));
      },
    };
  }

  /** @param {LockedFile} file */
  async request(file) {
    let answer;
    try {
      answer = await this.fetch.call(globalThis, file.url, {
        signal: this.abort.signal,
        credentials: "omit",
        cache: file.anew ? "reload" : "default",
      });
    } catch (error) {
      throw new FileError(file.name, `cannot be downloaded (${error instanceof Error ? error.message : error})`);
    }
    if (!answer.ok) throw new FileError(file.name, `is missing on this site (HTTP ${answer.status})`);
    return answer;
  }

  /**
   * Lets bytes through as they come, and ends with an error when they were not the locked ones.
   * @param {LockedFile} file
   * @param {(bytes: Uint8Array) => void} resolve
   */
  checked(file, resolve) {
    const bytes = new Uint8Array(file.size);
    let size = 0;
    /** @type {any} */
    let timer;
    const stalled = () => this.abort.abort(new FileError(file.name, `no data for ${STALL_MS / 1000} s`));
    return new TransformStream({
      start: () => {
        timer = setTimeout(stalled, STALL_MS);
      },
      transform: (chunk, controller) => {
        clearTimeout(timer);
        if (size + chunk.length > file.size) throw new FileError(file.name, "has changed: it is longer than the locked file");
        bytes.set(chunk, size);
        size += chunk.length;
        this.loaded += chunk.length;
        this.onProgress({ file: file.name, loaded: this.loaded, total: this.total });
        controller.enqueue(chunk);
        timer = setTimeout(stalled, STALL_MS);
      },
      flush: async () => {
        clearTimeout(timer);
        if (size < file.size) throw new FileError(file.name, `is cut short: ${size} of ${file.size} bytes`);
        if ((await sha256(bytes)) !== file.sha256) throw new FileError(file.name, "has changed: its sha256 is not the locked one");
        resolve(bytes);
      },
    });
  }
}

/** @param {ReadableStream<Uint8Array>} stream */
async function drain(stream) {
  const reader = stream.getReader();
  while (!(await reader.read()).done);
}

/** @param {Uint8Array} bytes @returns {Promise<string>} */
export async function sha256(bytes) {
  if (!globalThis.crypto?.subtle) throw new Error("files cannot be checked here: this page must be served over https");
  const digest = await crypto.subtle.digest("SHA-256", /** @type {any} */ (bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Python with the author's function, ready to answer. */
export class Runtime {
  /** @param {any} pyodide @param {Manifest} manifest */
  constructor(pyodide, manifest) {
    this.pyodide = pyodide;
    this.printed = "";
    const decoder = new TextDecoder();
    /** @param {Uint8Array} bytes */
    const print = (bytes) => {
      if (this.printed.length < MAX_PRINTED) this.printed += decoder.decode(bytes, { stream: true });
      return bytes.length;
    };
    pyodide.setStdout({ write: print });
    pyodide.setStderr({ write: print });
    pyodide.runPython(`import sys; sys.path.insert(0, "${LIBRARY}")`);
    this.bridge = pyodide.pyimport("paper_companion_bridge");
    const { run, inputs, outputs } = manifest;
    this.demo = this.bridge.open_or_error(run, ROOT, pyodide.toPy(withNone(inputs)), pyodide.toPy(withNone(outputs)));
    this.broken = this.demo.type === "dict" ? plain(this.demo) : null;
  }

  /**
   * @param {Record<string, any>} values what the form holds, by input
   * @param {Expected | null} expected what the answer is compared with
   * @returns {Promise<Answer>}
   */
  async answer(values, expected = null) {
    if (this.broken) return { ...this.broken, printed: this.printed };
    this.printed = "";
    const { toPy } = this.pyodide;
    const answer = await this.bridge.answer_or_error(this.demo, toPy(withNone(values)));
    const compared = expected && answer.has("outputs") ? this.#compared(answer.get("outputs"), expected) : undefined;
    const cut = this.printed.length >= MAX_PRINTED;
    const printed = cut ? `${this.printed.slice(0, MAX_PRINTED)}\n…` : this.printed;
    return { ...plain(answer), comparisons: compared, printed };
  }

  /** @param {any} outputs @param {Expected} expected @returns {Comparison[]} */
  #compared(outputs, { outputs: recorded, rtol, atol }) {
    const { toPy, pyimport } = this.pyodide;
    const { compared } = pyimport("paper_companion_bridge.comparison");
    return plain(compared(this.demo.outputs, outputs, toPy(withNone(recorded)), rtol, atol));
  }
}

/** A Python value as JavaScript's own. @param {any} proxy */
function plain(proxy) {
  const object = proxy.toJs({ dict_converter: Object.fromEntries });
  proxy.destroy();
  return replaced(object, undefined, null);
}

/** What Python takes for None: newer versions of Pyodide have a type of its own for null. @param {any} value */
function withNone(value) {
  return replaced(value, null, undefined);
}

/** @param {any} value @param {null | undefined} from @param {null | undefined} to @returns {any} */
function replaced(value, from, to) {
  if (value === from) return to;
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map((item) => replaced(item, from, to));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, from, to)]));
}
