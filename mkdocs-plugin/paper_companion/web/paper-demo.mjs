// <paper-demo>: without script a recorded answer; with it a form that answers, and nothing is downloaded before the
// reader asks.
import { Panel } from "./panel.mjs";
import { withAddresses } from "./wire.mjs";

// The manifest's addresses are paths from the site's root; this module lies in assets/paper-companion/web-…/.
const SITE = new URL("../../../", import.meta.url);

class PaperDemo extends HTMLElement {
  /** @type {Panel | null} */
  #panel = null;

  connectedCallback() {
    if (this.#panel) return;
    this.#panel = new Panel(this, withAddresses(JSON.parse(this.dataset.demo ?? "{}"), SITE));
    this.querySelector(".pc-demo-static")?.replaceWith(...this.#panel.body);
  }

  /** Whether it shows what was recorded, and cannot be run. @param {boolean} only */
  set recordedOnly(only) {
    this.#panel?.allowRuns(!only);
  }

  disconnectedCallback() {
    // Moved within the page, or gone from it? Known once the current task is over.
    queueMicrotask(() => {
      if (!this.isConnected) this.#panel?.end();
    });
  }
}

// Once only: after an instant navigation the module may be asked for again under another page's name for it.
if (!customElements.get("paper-demo")) customElements.define("paper-demo", PaperDemo);
