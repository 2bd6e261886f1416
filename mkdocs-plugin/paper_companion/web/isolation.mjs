// Isolation: a worker that shares nothing with the site it comes from, where the server allows it.

const HELLO_MS = 10_000;

/**
 * A worker from a data: address has an origin of its own: no cookie, no storage, and the page's content policy holds in
 * it. It needs files that any origin may read, so it is used where the server says so (GitHub Pages does).
 * Otherwise the worker is of the site's own origin.
 *
 * @param {URL} module
 * @returns {Promise<Worker>} one that has said hello
 */
export async function openWorker(module) {
  const answer = await fetch(module).catch(() => null);
  if (answer?.headers.get("access-control-allow-origin") === "*") {
    const source = `import ${JSON.stringify(module.href)};`;
    try {
      return await greeted(new Worker(`data:text/javascript,${encodeURIComponent(source)}`, { type: "module" }));
    } catch {
      // Blocked by the page's policy or by the browser: the other kind may work.
    }
  }
  return await greeted(new Worker(module, { type: "module" }));
}

/** @param {Worker} worker @returns {Promise<Worker>} */
async function greeted(worker) {
  /** @type {any} */
  let timer;
  try {
    await new Promise((resolve, reject) => {
      worker.addEventListener("message", resolve, { once: true });
      worker.addEventListener(
        "error",
        (event) => {
          event.preventDefault();
          reject(new Error(event.message || "its worker could not be loaded"));
        },
        { once: true },
      );
      timer = setTimeout(() => reject(new Error("its worker did not answer")), HELLO_MS);
    });
    return worker;
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
