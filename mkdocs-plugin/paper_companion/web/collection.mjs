// <pc-papers>: search, filters and sorting over a list of papers that is already on the page. The page's address says
// what was chosen, so that it can be shared and the browser's back button takes it back.

import "./page.mjs"; // turns badges stale first

const { compare } = collator(document.documentElement.lang.replaceAll("_", "-") || undefined);

/** @type {Record<string, (a: HTMLElement, b: HTMLElement) => number>} */
const ORDERS = {
  "": (a, b) => compare(date(b), date(a)),
  oldest: (a, b) => compare(date(a), date(b)),
  title: (a, b) => compare(title(a), title(b)),
};

/** @param {HTMLElement} item */
const date = (item) => item.dataset.date ?? "";
/** @param {HTMLElement} item */
const title = (item) => item.querySelector("a")?.textContent ?? "";
/** What is compared in a search: "Jose" finds José. @param {string | null} text */
const plain = (text) => (text ?? "").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** MkDocs' own themes name a language as Python does, pt_BR; what is no name of one is left. @param {string} [lang] */
function collator(lang) {
  try {
    return new Intl.Collator(lang, { numeric: true });
  } catch {
    return new Intl.Collator(undefined, { numeric: true });
  }
}

class Papers extends HTMLElement {
  connectedCallback() {
    const [form, list, count] = [this.querySelector("form"), this.querySelector("ol"), this.querySelector(".pc-count span")];
    if (!form || !list || !count) return;
    const items = /** @type {HTMLElement[]} */ ([...list.children]);
    const texts = new Map(items.map((item) => [item, plain(item.textContent)]));
    const fields = /** @type {(HTMLInputElement | HTMLSelectElement)[]} */ ([...form.elements]);
    const [search, ...boxes] = fields;
    const sort = /** @type {HTMLSelectElement} */ (boxes.pop());
    let order = "";
    const show = () => {
      const words = plain(search.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const item of items) {
        const fits =
          boxes.every(({ name, value }) => !value || `|${item.dataset[name]}|`.includes(`|${value}|`)) &&
          words.every((word) => texts.get(item)?.includes(word));
        if (item.hidden === fits) item.hidden = !fits;
        if (fits) shown += 1;
      }
      count.textContent = String(shown);
      if (order === sort.value) return;
      order = sort.value;
      list.append(...items.sort(ORDERS[order]));
    };
    const read = () => {
      const asked = new URLSearchParams(location.search);
      for (const field of fields) {
        field.value = asked.get(field.name) ?? "";
        // What is no choice of this list leaves none.
        if (field instanceof HTMLSelectElement && field.selectedIndex < 0) field.value = "";
      }
      show();
    };
    this.read = read;
    form.onsubmit = (event) => event.preventDefault();
    form.oninput = show;
    form.onchange = () => note(fields);
    addEventListener("popstate", read);
    this.follow = (/** @type {MouseEvent} */ event) => follow(event, read);
    document.addEventListener("click", this.follow, true);
    // Once the badges inside are as the reader sees them.
    queueMicrotask(() => {
      const badge = form.elements.namedItem("badge");
      const stale = items.find(({ dataset }) => dataset.badge?.split("|").includes("stale"));
      if (stale && badge instanceof HTMLSelectElement && !badge.querySelector("[value=stale]"))
        badge.add(new Option(stale.querySelector("pc-badges")?.getAttribute("data-stale") ?? "", "stale"));
      // What a reader chose before this script was there.
      note(fields.filter(({ value }) => value));
      read();
    });
  }

  disconnectedCallback() {
    if (this.read) removeEventListener("popstate", this.read);
    if (this.follow) document.removeEventListener("click", this.follow, true);
  }
}

/** Writes into the address what was chosen. @param {(HTMLInputElement | HTMLSelectElement)[]} fields */
function note(fields) {
  const url = new URL(location.href);
  for (const { name, value } of fields) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  // Themes keep the place on the page in the state.
  if (url.href !== location.href) history.pushState(history.state, "", url);
}

/**
 * Follows a link to the same page with another choice: to themes that navigate without a reload it leads nowhere.
 *
 * @param {MouseEvent} event @param {() => void} read
 */
function follow(event, read) {
  const link = event.target instanceof Element && event.target.closest("a");
  if (!link || link.target || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const { origin, pathname, search, hash, href } = link;
  if (origin !== location.origin || pathname !== location.pathname || hash || search === location.search) return;
  event.preventDefault();
  event.stopPropagation();
  history.pushState(history.state, "", href);
  read();
}

if (!customElements.get("pc-papers")) customElements.define("pc-papers", Papers);
