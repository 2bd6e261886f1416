// Isolation: a worker that shares nothing with the page and can reach no other site.

const HELLO_MS = 10_000;
// This module lies in assets/paper-companion/web-…/; nothing outside of assets/paper-companion/ is needed.
const FILES = new URL("../", import.meta.url);

/** @typedef {{ port: Worker, end: () => void }} IsolatedWorker */

/**
 * Starts a module in a worker that has said hello.
 *
 * The worker belongs to an empty frame whose content policy it inherits: it can load what this demo is served from, and
 * nothing else, whatever code runs in it. Where the server lets any origin read (GitHub Pages does) its address is a
 * data: one, so it also has an origin of its own, without the site's cookies and storage; elsewhere a blob: one.
 *
 * @param {URL} module
 * @returns {Promise<IsolatedWorker>}
 */
export async function openWorker(module) {
  const answer = await fetch(module).catch(() => null);
  // A dynamic import counts as a script. A static one would count as a worker, and a policy that lets workers be made of
  // the site's files would let code in here start one that has no policy at all.
  const source = `import(${JSON.stringify(module.href)}).catch((error) => setTimeout(() => { throw error; }));`;
  if (answer?.headers.get("access-control-allow-origin") === "*") {
    try {
      return await opened(`data:text/javascript,${encodeURIComponent(source)}`);
    } catch {
      // Blocked by the page's own policy or by the browser: the other kind may work.
    }
  }
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    return await opened(address);
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** @param {string} address @returns {Promise<IsolatedWorker>} */
async function opened(address) {
  const frame = document.createElement("iframe");
  frame.hidden = true;
  const policy = `default-src 'none'; script-src ${FILES} 'wasm-unsafe-eval'; connect-src ${FILES}; worker-src data: blob:`;
  frame.srcdoc = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}">`;
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  document.body.append(frame);
  await loaded;
  const inside = /** @type {(Window & typeof globalThis) | null} */ (frame.contentWindow);
  if (!inside) throw new Error("the page was left");
  const port = new inside.Worker(address, { type: "module" });
  const worker = {
    port,
    end() {
      port.terminate();
      frame.remove();
    },
  };
  try {
    await hello(port);
    return worker;
  } catch (error) {
    worker.end();
    throw error;
  }
}

/** @param {Worker} port */
async function hello(port) {
  /** @type {any} */
  let timer;
  try {
    await new Promise((resolve, reject) => {
      port.addEventListener("message", resolve, { once: true });
      port.addEventListener(
        "error",
        (event) => {
          event.preventDefault();
          reject(new Error(event.message || "its worker could not be loaded"));
        },
        { once: true },
      );
      timer = setTimeout(() => reject(new Error("its worker did not answer")), HELLO_MS);
    });
  } finally {
    clearTimeout(timer);
  }
}
