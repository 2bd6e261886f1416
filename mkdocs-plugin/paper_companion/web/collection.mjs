// <pc-papers>: search, filters and sorting over a list of papers that is already on the page.
import { make } from "./elements.mjs";

/** What can be chosen from: each compares with the words of a data attribute. A year is the beginning of a date. */
const FILTERS = ["year", "venue", "access", "badge", "demo"];

/** @param {HTMLElement} item @param {string} filter */
function chosen({ dataset }, filter) {
  return filter === "year" ? [(dataset.date ?? "").slice(0, 4)] : (dataset[filter] ?? "").split("|");
}

class Papers extends HTMLElement {
  connectedCallback() {
    const list = this.querySelector("ol");
    if (!list || this.querySelector("form")) return;
    const items = /** @type {HTMLElement[]} */ ([...list.children]);
    const texts = new Map(items.map((item) => [item, (item.textContent ?? "").toLowerCase()]));
    const count = this.querySelector(".pc-count span");
    count?.parentElement?.setAttribute("role", "status");
    /** @param {string} name */
    const say = (name) => this.dataset[name] ?? "";
    const placeholder = say("search");
    const search = make("input", { type: "search", class: "pc-control", placeholder, "aria-label": placeholder });
    const filters = FILTERS.map((name) => ({ name, box: chooser(name, items, say) }));
    const sort = make(
      "select",
      { class: "pc-control", "aria-label": say("sort") },
      ...["newest", "oldest", "title"].map((order, value) => make("option", { value: String(value) }, say(order))),
    );
    const narrow = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const item of items) {
        const fits =
          words.every((word) => texts.get(item)?.includes(word)) &&
          filters.every(({ name, box }) => !box.value || chosen(item, name).includes(box.value));
        item.hidden = !fits;
        shown += fits ? 1 : 0;
      }
      if (count) count.textContent = String(shown);
    };
    const order = () => {
      const title = (/** @type {HTMLElement} */ item) => item.querySelector("a")?.textContent ?? "";
      const date = (/** @type {HTMLElement} */ item) => item.dataset.date ?? "";
      const by = [
        (/** @type {HTMLElement} */ a, /** @type {HTMLElement} */ b) => date(b).localeCompare(date(a)),
        (/** @type {HTMLElement} */ a, /** @type {HTMLElement} */ b) => date(a).localeCompare(date(b)),
        (/** @type {HTMLElement} */ a, /** @type {HTMLElement} */ b) => title(a).localeCompare(title(b)),
      ][Number(sort.value)];
      list.append(...[...items].sort(by));
    };
    const boxes = filters.filter(({ box }) => box.options.length > 2).map(({ box }) => box);
    const form = make("form", { class: "pc-filters", role: "search" }, search, ...boxes, sort);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", narrow);
    sort.addEventListener("change", order);
    this.prepend(form);
  }
}

/** @param {string} name @param {HTMLElement[]} items @param {(name: string) => string} say */
function chooser(name, items, say) {
  const values = [...new Set(items.flatMap((item) => chosen(item, name)))].filter(Boolean).sort();
  if (name === "year") values.reverse();
  return make(
    "select",
    { class: "pc-control", name, "aria-label": say(name) },
    make("option", { value: "" }, `${say(name)}: ${say("all")}`),
    ...values.map((value) => make("option", { value }, value)),
  );
}

if (!customElements.get("pc-papers")) customElements.define("pc-papers", Papers);
