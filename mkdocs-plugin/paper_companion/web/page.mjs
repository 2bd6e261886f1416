// <pc-badges> turns badges stale on the day on which nobody has looked for too long; <pc-copy> copies its text,
// or that of the element before it.
import { make } from "./elements.mjs";

class Badges extends HTMLElement {
  connectedCallback() {
    // Dates as text compare like dates. UTC, so that everybody sees the same badge.
    const today = new Date().toISOString().slice(0, 10);
    for (const badge of this.querySelectorAll("[data-fresh-until]")) {
      if (!(badge instanceof HTMLElement) || today <= (badge.dataset.freshUntil ?? "")) continue;
      badge.dataset.state = "stale";
      const word = badge.querySelector("b");
      if (word) word.textContent = this.dataset.stale ?? "";
      // A list of papers is filtered for what is shown.
      const states = [...this.querySelectorAll("li")].map(({ dataset }) => dataset.state);
      this.closest("[data-badge]")?.setAttribute("data-badge", states.join("|"));
    }
  }
}

class Copy extends HTMLElement {
  connectedCallback() {
    // Without script there is nothing to press.
    if (this.firstChild || !navigator.clipboard) return;
    const { text, label = "", done = "" } = this.dataset;
    const code = this.previousElementSibling;
    const press = make("button", { type: "button", class: "pc-button" }, label);
    press.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text ?? code?.textContent ?? "");
      press.textContent = done;
      setTimeout(() => (press.textContent = label), 2000);
    });
    // A live region has to be there before its text changes.
    this.append(make("span", { role: "status" }, press));
  }
}

// Once only: after an instant navigation the module may be asked for again under another page's name for it.
if (!customElements.get("pc-badges")) {
  customElements.define("pc-badges", Badges);
  customElements.define("pc-copy", Copy);
}
