// The worker: a runtime behind messages, off the page's thread.

// Not a static import: Firefox counts those as workers, which may not be made of the site's files (see isolation.mjs).
const { FileError, startRuntime } = await import("./runtime.mjs");

/** @type {import("./runtime.mjs").Runtime} */
let runtime;

/** @param {unknown} error */
const described = (error) => ({
  type: error instanceof Error ? error.name : "Error",
  message: error instanceof Error ? error.message : String(error),
  traceback: "",
  file: error instanceof FileError ? error.file : undefined,
});

self.onmessage = async ({ data }) => {
  try {
    if (data.type === "start") {
      let told = 0;
      runtime = await startRuntime(
        data.manifest,
        (progress) => {
          // A message for each of hundreds of chunks would only keep the page busy.
          if (progress.loaded < progress.total && performance.now() - told < 50) return;
          told = performance.now();
          self.postMessage({ type: "progress", ...progress });
        },
        () => self.postMessage({ type: "starting" }),
      );
      self.postMessage({ type: "ready" });
    } else {
      self.postMessage({ type: "answer", id: data.id, ...(await runtime.answer(data.values, data.expected)) });
    }
  } catch (error) {
    self.postMessage({ type: "failed", error: described(error) });
  }
};

self.postMessage({ type: "hello" });
