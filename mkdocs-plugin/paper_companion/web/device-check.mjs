// Check on my device: the recorded examples, answered once more right here, compared by the rule that CI goes by.
import { button, make } from "./elements.mjs";
import { duration } from "./strings.mjs";
import { withBytes } from "./wire.mjs";

/**
 * @typedef {import("./panel.mjs").Panel} Panel
 * @typedef {import("./panel.mjs").Example} Example
 * @typedef {{ label: string, agrees: boolean, deviation: number, reason: string, seconds: number }} Verdict
 */

/**
 * Answers every recorded example and shows what came out. Rejects as `ask` does.
 *
 * @param {Panel} panel
 * @param {HTMLElement} place where it is shown
 * @param {import("./panel.mjs").Ask} ask
 */
export async function checkOnDevice(panel, place, ask) {
  const { demo, say } = panel;
  /** @type {Verdict[]} */
  const verdicts = [];
  const rows = make("tbody");
  const summary = make("p", { class: "pc-check-summary", role: "status" });
  const headers = ["checkExample", "checkVerdict", "checkDeviation", "checkTime"];
  const table = make(
    "table",
    {},
    make("thead", {}, make("tr", {}, ...headers.map((key) => make("th", { scope: "col" }, say(/** @type {any} */ (key)))))),
    rows,
  );
  place.replaceChildren(summary, make("div", { class: "pc-table" }, table));
  for (const [index, example] of demo.examples.entries()) {
    if (!example.outputs) continue;
    summary.textContent = say("checking", { number: index + 1, count: demo.examples.length });
    const label = example.label ?? say("example", { number: index + 1 });
    const verdict = await judged(panel, example, label, ask).catch((error) => {
      place.replaceChildren();
      throw error;
    });
    verdicts.push(verdict);
    rows.append(row(verdict, say));
  }
  const agreeing = verdicts.filter((verdict) => verdict.agrees).length;
  summary.textContent = say(agreeing === verdicts.length ? "checkAgrees" : "checkDiffers", {
    agreeing,
    count: verdicts.length,
  });
  summary.classList.toggle("pc-problem", agreeing < verdicts.length);
  const report = text(panel, verdicts, summary.textContent);
  const copy = button(say("copyReport"), async () => {
    await navigator.clipboard.writeText(report);
    copy.textContent = say("copied");
  });
  const details = make("p", { class: "pc-check-by" }, `${runtime(panel)} · ${browser()}`);
  place.append(details, make("div", { class: "pc-tools" }, copy));
}

/**
 * @param {Panel} panel @param {Example} example @param {string} label @param {import("./panel.mjs").Ask} ask
 * @returns {Promise<Verdict>}
 */
async function judged(panel, example, label, ask) {
  const values = await panel.valuesOf(example);
  const expected = { outputs: withBytes(example.outputs), rtol: example.rtol, atol: example.atol };
  const { error, comparisons = [], seconds = 0 } = await ask(values, expected);
  const wrong = comparisons.find((comparison) => !comparison.agrees);
  const where = wrong?.where ? ` (${wrong.where})` : "";
  return {
    label,
    seconds,
    agrees: !error && !wrong,
    deviation: Math.max(0, ...comparisons.map((comparison) => comparison.deviation)),
    reason: error ? `${error.type}: ${error.message}` : wrong ? `${wrong.id}: ${wrong.difference || wrong.deviation.toPrecision(3)}${where}` : "",
  };
}

/** @param {Verdict} verdict @param {Panel["say"]} say */
function row({ label, agrees, deviation, reason, seconds }, say) {
  const verdict = agrees ? `✓ ${say("agrees")}` : `✕ ${say("differs")}: ${reason}`;
  const cells = [verdict, number(deviation), duration(seconds)].map((cell) => make("td", {}, cell));
  return make("tr", { "data-agrees": String(agrees) }, make("th", { scope: "row" }, label), ...cells);
}

/** @param {number} deviation */
const number = (deviation) => (deviation ? deviation.toExponential(1) : "0");

/** @param {Panel} panel */
function runtime({ demo }) {
  return `Pyodide ${demo.runtime.version}, lock ${demo.lock.slice(0, 12)}`;
}

function browser() {
  /** @type {any} */
  const data = /** @type {any} */ (navigator).userAgentData;
  const known = data?.brands.find((/** @type {any} */ brand) => !/not.?a.?brand/i.test(brand.brand));
  const engine = known ? `${known.brand} ${known.version}` : navigator.userAgent;
  return data ? `${engine}, ${data.platform}` : engine;
}

/** What is copied. @param {Panel} panel @param {Verdict[]} verdicts @param {string} summary */
function text(panel, verdicts, summary) {
  const lines = verdicts.map(
    ({ label, agrees, deviation, reason }) =>
      `${agrees ? "agrees " : "DIFFERS"}  ${number(deviation).padEnd(8)} ${label}${reason ? `: ${reason}` : ""}`,
  );
  const page = location.href.split("#")[0];
  const when = new Date().toISOString().slice(0, 10);
  return [panel.demo.title, summary, ...lines, runtime(panel), `${browser()}, ${when}`, page].join("\n");
}
