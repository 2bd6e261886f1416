// <pc-papers>: search, filters and sorting over a list of papers that is already on the page.

/** @type {Record<string, (a: HTMLElement, b: HTMLElement) => number>} */
const ORDERS = {
  newest: (a, b) => date(b).localeCompare(date(a)),
  oldest: (a, b) => date(a).localeCompare(date(b)),
  title: (a, b) => title(a).localeCompare(title(b)),
};

/** @param {HTMLElement} item */
const date = (item) => item.dataset.date ?? "";
/** @param {HTMLElement} item */
const title = (item) => item.querySelector("a")?.textContent ?? "";

class Papers extends HTMLElement {
  connectedCallback() {
    const [form, list, count] = [this.querySelector("form"), this.querySelector("ol"), this.querySelector(".pc-count span")];
    if (!form || !list || !count) return;
    count.parentElement?.setAttribute("role", "status");
    const items = /** @type {HTMLElement[]} */ ([...list.children]);
    const texts = new Map(items.map((item) => [item, (item.textContent ?? "").toLowerCase()]));
    const [search, ...boxes] = /** @type {HTMLInputElement[]} */ ([...form.elements]);
    const sort = /** @type {HTMLInputElement} */ (boxes.pop());
    const narrow = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const item of items)
        item.hidden = !(
          words.every((word) => texts.get(item)?.includes(word)) &&
          boxes.every(({ name, value }) => !value || item.dataset[name]?.split("|").includes(value))
        );
      count.textContent = String(items.filter((item) => !item.hidden).length);
    };
    form.onsubmit = (event) => event.preventDefault();
    form.oninput = narrow;
    sort.onchange = () => list.append(...[...items].sort(ORDERS[sort.value]));
  }
}

if (!customElements.get("pc-papers")) customElements.define("pc-papers", Papers);
