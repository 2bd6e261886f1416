// Every text of the demo. An author replaces any of them by `demo.strings` in the paper file.

export const STRINGS = {
  run: "Run",
  runDownload: "Run · downloads up to {size}",
  stop: "Stop",
  examples: "Examples",
  example: "Example {number}",
  advanced: "More settings",
  recorded: "Recorded answer ({by})",
  answered: "Answer, {time}",
  noAnswer: "No answer yet: press Run.",
  idle: "",
  downloading: "Downloading",
  progress: "Progress",
  progressOf: "{file}, {loaded} of {total}",
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
  check: "Check on my device",
  checking: "Checking {number} of {count}",
  checkAgrees: "{agreeing} of {count} recorded answers came out the same on this device.",
  checkDiffers: "{agreeing} of {count} recorded answers came out the same on this device.",
  checkExample: "Example",
  checkVerdict: "Verdict",
  checkDeviation: "Largest deviation",
  checkTime: "Time",
  agrees: "agrees",
  differs: "differs",
  copyReport: "Copy the verdict",
  copied: "Copied",
  copyLink: "Copy link",
  linkCopied: "The link is copied. It holds what you entered.",
  linkWithout: "The link is copied, without {names}: too large for a link.",
  linkOpened: "Filled in from a link: press Run.",
  linkOutdated: "Filled in from a link. The demo has changed since the link was made: its answer may be another.",
  report: "Report a problem",
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

  ways: "Ways to try it",
  wayRecorded: "Recorded answers",
  wayBrowser: "In this browser · downloads up to {size}",
  wayHosted: "On {host}",
  whyNoWasm: "This browser has no WebAssembly, which Python needs to run in it.",
  whyMemory: "This device has little memory ({memory} GB), so the demo may not run in this browser.",
  whySaveData: "This browser is told to save data, so the recorded answers come first.",

  hostedBy: "This interface is served by {host}, not by this site. What you enter there is sent to {host}.",
  calledBy: "This model runs on {host}, not on your device. What you enter is sent to {host} when you press Run.",
  hostedLearns: "{host} is not contacted before you press the button. Then it learns your network address, and that you come from {site}.",
  hostedOpen: "Load it from {host}",
  hostedForm: "Load the form from {host}",
  hostedTab: "Open {host} in a new tab",
  hostedAgain: "Load again",
  hostedClose: "Close",
  hostedWaiting: "Waiting for {host}",
  hostedReady: "{host} has answered.",
  hostedSilent: "No answer from {host} within {time} s.",
  hostedFailed: "{host} cannot be used now.",
  hostedForbidden: "This page's own security policy does not allow frames from {host}.",
  hostedOwnOrigin: "This interface is not shown here: its address is on this site, where a frame cannot be kept apart from the page.",
  hostedInsecure: "This interface is not shown here: its address is not secure (https).",
  silentPlain: "If you see an interface below, use it: it is only of a kind that does not report.",
  silentRefused: "If the frame is empty, {host} may not allow other pages to show it; a tab of its own may work.",
  silentSlow: "It may be asleep or busy: it appears below as soon as it answers.",
  silentDown: "It may be down, moved or gone.",
  formReady: "The form is ready.",
  hostedRun: "Run on {host}",
  hostedSending: "Sending",
  hostedUpload: "Sending {file}",
  hostedAnswered: "Answer of {host}, {time}",
  hostedStopped: "Stopped. {host} may go on computing for a while.",
  gradioQueue: "Waiting in the queue, {ahead} ahead",
  gradioNext: "Next in the queue",
  gradioFailed: "{host} says: {detail}",
  gradioNoReason: "{host} says that it failed, and not why.",
  gradioSays: "{host} says: {detail} (HTTP {status})",
  gradioStatus: "{host} answers with an error (HTTP {status}).",
  gradioLate: "{host} has not answered within {time} s.",
  gradioUnreachable: "{host} cannot be reached, or does not let other sites ask it.",
  gradioCut: "{host} stopped answering before its answer was complete.",
  gradioNot: "{host} answers, but not as Gradio does.",
  gradioNoEndpoint: "{host} has no endpoint {name}. It has: {names}.",
  gradioNoJson: "{label}: this is not JSON.",
  gradioNoPlot: "A plot made with {type} can only be seen on {host}.",
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
