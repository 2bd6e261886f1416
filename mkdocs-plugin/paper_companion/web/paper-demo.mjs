// <paper-demo>: without script a recorded answer; with it a form that answers, and nothing is downloaded before the
// reader asks.

// The manifest's addresses are paths from the site's root; this module lies in assets/paper-companion/web-…/.
const SITE = new URL("../../../", import.meta.url);

class PaperDemo extends HTMLElement {
  /** @type {import("./panel.mjs").Panel | null} */
  #panel = null;
  #recordedOnly = false;
  // A link to this page that is opened on this page.
  #follow = () => this.#panel?.openLink();

  async connectedCallback() {
    addEventListener("hashchange", this.#follow);
    // The recorded answer is there already: the form does not keep the page from being painted.
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const [{ Panel }, { withAddresses }] = await Promise.all([import("./panel.mjs"), import("./wire.mjs")]);
    if (this.#panel || !this.isConnected) return;
    this.#panel = new Panel(this, withAddresses(JSON.parse(this.dataset.demo ?? "{}"), SITE));
    this.#panel.allowRuns(!this.#recordedOnly);
    await this.#panel.form.settled(this.#panel.linked);
    this.querySelector(".pc-demo-static")?.replaceWith(...this.#panel.body);
  }

  /** Whether it shows what was recorded, and cannot be run. @param {boolean} only */
  set recordedOnly(only) {
    this.#recordedOnly = only;
    this.#panel?.allowRuns(!only);
  }

  disconnectedCallback() {
    // Moved within the page, or gone from it? Known once the current task is over.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#panel?.end();
      removeEventListener("hashchange", this.#follow);
    });
  }
}

// Once only: after an instant navigation the module may be asked for again under another page's name for it.
if (!customElements.get("paper-demo")) customElements.define("paper-demo", PaperDemo);
