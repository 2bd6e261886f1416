// <pc-papers>: search, filters and sorting over a list of papers that is already on the page.
import { make } from "./elements.mjs";

/** Filters: what is chosen is compared with the words of a data attribute. */
const FILTERS = [
  { name: "year", label: "Year", of: (/** @type {HTMLElement} */ item) => [(item.dataset.date ?? "").slice(0, 4)] },
  { name: "venue", label: "Venue", of: (/** @type {HTMLElement} */ item) => [item.dataset.venue ?? ""] },
  { name: "access", label: "Access", of: (/** @type {HTMLElement} */ item) => (item.dataset.access ?? "").split(" ") },
  { name: "badge", label: "Badge", of: (/** @type {HTMLElement} */ item) => (item.dataset.badge ?? "").split(",") },
  { name: "demo", label: "Demo", of: (/** @type {HTMLElement} */ item) => [item.dataset.demo ?? ""] },
];

class Papers extends HTMLElement {
  connectedCallback() {
    const list = this.querySelector("ol");
    if (!list || this.querySelector("form")) return;
    const items = /** @type {HTMLElement[]} */ ([...list.children]);
    const texts = new Map(items.map((item) => [item, (item.textContent ?? "").toLowerCase()]));
    const count = this.querySelector(".pc-count span");
    count?.parentElement?.setAttribute("role", "status");
    const search = make("input", { type: "search", class: "pc-control", placeholder: "Search", "aria-label": "Search" });
    const filters = FILTERS.map((filter) => ({ ...filter, box: chooser(filter, items) }));
    const sort = make(
      "select",
      { class: "pc-control", "aria-label": "Sort" },
      ...["Newest first", "Oldest first", "Title"].map((text, value) => make("option", { value: String(value) }, text)),
    );
    const narrow = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const item of items) {
        const fits =
          words.every((word) => texts.get(item)?.includes(word)) &&
          filters.every(({ box, of }) => !box.value || of(item).includes(box.value));
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

/** @param {typeof FILTERS[number]} filter @param {HTMLElement[]} items */
function chooser(filter, items) {
  const values = [...new Set(items.flatMap((item) => filter.of(item)))].filter(Boolean).sort();
  if (filter.name === "year") values.reverse();
  return make(
    "select",
    { class: "pc-control", name: filter.name, "aria-label": filter.label },
    make("option", { value: "" }, `${filter.label}: all`),
    ...values.map((value) => make("option", { value }, value)),
  );
}

if (!customElements.get("pc-papers")) customElements.define("pc-papers", Papers);
