// Every text of the demo. An author replaces any of them by `demo.strings` in the paper file.

export const STRINGS = {
  run: "Run",
  runDownload: "Run · downloads up to {size}",
  stop: "Stop",
  examples: "Examples",
  example: "Example {number}",
  advanced: "More settings",
  recorded: "Recorded answer",
  answered: "Answer, {time}",
  noAnswer: "No answer yet: press Run.",
  idle: "",
  downloading: "Downloading {file}: {loaded} of {total}",
  starting: "Starting Python",
  running: "Running",
  done: "Done",
  stopped: "Stopped",
  failed: "It did not work",
  failedFile: "A file of this demo is not what its author published.",
  traceback: "Traceback",
  printed: "Printed",
  more: "{count} more",
  changed: "The answer is of earlier inputs.",
  noFile: "This page was opened from a file, and browsers start no Python from files: put it on a web server (mkdocs serve).",
  noWorker: "This browser cannot run the demo: {reason}",
  crashed: "The browser ended Python, probably for want of memory.",
  upload: "Choose a picture",
  drop: "or drop or paste one here",
  sketch: "Draw here",
  sketchKeys: "Drawing area. The arrow keys move the pen, space lowers and lifts it.",
  undo: "Undo",
  clear: "Clear",
  camera: "Use the camera",
  takePicture: "Take the picture",
  noCamera: "The camera cannot be used: {reason}",
  chooseSound: "Choose a sound",
  record: "Record",
  stopRecording: "Stop recording",
  noMicrophone: "The microphone cannot be used: {reason}",
  chooseFile: "Choose a file",
  addRow: "Add a row",
  removeRow: "Remove the last row",
  unreadable: "{file} cannot be read here: {reason}",
  download: "Download {file}",
  showValue: "Value of {label}",
};

/**
 * @param {Record<string, string>} overrides
 * @returns {(key: keyof typeof STRINGS, values?: Record<string, string | number>) => string}
 */
export function translator(overrides) {
  return (key, values = {}) =>
    (overrides[key] ?? STRINGS[key]).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** @param {number} bytes */
export function megabytes(bytes) {
  const digits = bytes < 10e6 ? 1 : 0;
  return bytes < 100e3 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(digits)} MB`;
}

/** @param {number} seconds */
export function duration(seconds) {
  return seconds < 1 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : `${seconds.toFixed(1)} s`;
}
