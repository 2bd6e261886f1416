// <paper-hosted>: an interface that somebody else hosts. Nobody is contacted before the reader asks.
import { HostedPanel } from "./hosted-panel.mjs";

const TIMEOUT_MS = 15_000;

class PaperHosted extends HTMLElement {
  /** @type {HostedPanel | null} */
  #panel = null;

  connectedCallback() {
    if (this.#panel) return;
    const { hosted = "{}", timeout = TIMEOUT_MS } = this.dataset;
    this.#panel = new HostedPanel(this, JSON.parse(hosted), Number(timeout));
    this.replaceChildren(...this.#panel.body);
  }

  disconnectedCallback() {
    // Moved within the page, or gone from it? Known once the current task is over.
    queueMicrotask(() => {
      if (!this.isConnected) this.#panel?.end();
    });
  }
}

// Once only: after an instant navigation the module may be asked for again under another page's name for it.
if (!customElements.get("paper-hosted")) customElements.define("paper-hosted", PaperHosted);
