// The panel of a hosted interface: first a facade that contacts nobody, then a frame, or a form of ours that calls the host.
import { button, make } from "./elements.mjs";
import { HostedFrame, isDark } from "./frame.mjs";
import { inWords, openForm } from "./gradio-form.mjs";
import { translator } from "./strings.mjs";

/**
 * @typedef {"idle" | "refused" | "loading" | "ready" | "silent" | "failed"} State
 * @typedef {import("./frame.mjs").Hosted & import("./gradio-form.mjs").Called
 *   & { kind: "iframe" | "gradio-api", strings: Record<string, string> }} Declared
 */

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

export class HostedPanel {
  /** @type {{ end: () => void } | null} */
  #open = null;

  /**
   * @param {HTMLElement} element that shows the state
   * @param {Declared} hosted
   * @param {number} timeoutMs after which a host that has not answered is taken for silent
   */
  constructor(element, hosted, timeoutMs) {
    const url = new URL(hosted.url);
    const translate = translator(hosted.strings);
    const values = { host: url.host, site: location.host, time: timeoutMs / 1000 };
    /** @type {import("./outputs.mjs").Translate} */
    const say = (key, more) => translate(key, { ...values, ...more });
    this.element = element;
    this.hosted = hosted;
    this.timeoutMs = timeoutMs;
    this.say = say;
    const isFrame = hosted.kind === "iframe";
    this.openButton = button(say(isFrame ? "hostedOpen" : "hostedForm"), () => this.open(), {
      class: "pc-button pc-button-primary",
    });
    this.facade = make(
      "div",
      { class: "pc-facade" },
      make("p", {}, say(isFrame ? "hostedBy" : "calledBy")),
      make("p", { class: "pc-note" }, say("hostedLearns")),
      make("div", { class: "pc-actions" }, this.openButton, this.#link()),
    );
    this.status = make("p", { class: "pc-status", role: "status" });
    this.notice = make("div", { class: "pc-notice" });
    this.live = make("div", { class: "pc-live", role: "region", "aria-label": hosted.title, tabIndex: -1, hidden: true });
    const reason = refusal(url);
    if (reason) {
      this.openButton.remove();
      this.#enter("refused", say(reason));
    } else this.#enter("idle", "");
  }

  get body() {
    return [this.facade, this.status, this.notice, this.live];
  }

  #link() {
    const tab = { class: "pc-button", href: this.hosted.url, target: "_blank", rel: "noopener" };
    return make("a", tab, this.say("hostedTab"));
  }

  /** Contact the host. */
  open() {
    const { say, hosted } = this;
    this.end();
    this.facade.hidden = true;
    this.live.hidden = false;
    this.#enter("loading", say("hostedWaiting"));
    this.live.append(make("div", { class: "pc-tools" }, ...this.#again()));
    if (hosted.kind === "iframe") this.#openFrame();
    else this.#openForm();
    // The button that was pressed is gone: what it opened comes next.
    this.live.focus({ preventScroll: true });
  }

  /** What can be done with what was opened. */
  #again() {
    const { say } = this;
    return [
      button(say("hostedAgain"), () => this.open()),
      button(say("hostedClose"), () => this.close()),
      this.#link(),
    ];
  }

  #openFrame() {
    const { say } = this;
    let hasLoaded = false;
    const tellSilence = () => {
      const reasons = hasLoaded ? ["silentPlain", "silentRefused", "silentDown"] : ["silentSlow", "silentDown"];
      const list = make("ul", {}, ...reasons.map((reason) => make("li", {}, say(reason))));
      this.#enter("silent", say("hostedSilent"), list, this.#waysOut());
    };
    const frame = new HostedFrame(this.hosted, isDark(this.element), {
      alive: () => {
        clearTimeout(timer);
        if (this.element.dataset.state !== "ready") this.#enter("ready", say("hostedReady"));
      },
      loaded: () => {
        hasLoaded = true;
        if (this.element.dataset.state === "silent") tellSilence();
      },
      forbidden: () => {
        clearTimeout(timer);
        this.#enter("failed", say("hostedForbidden"), this.#waysOut());
      },
    });
    const timer = setTimeout(tellSilence, this.timeoutMs);
    this.live.prepend(frame.element);
    this.#open = {
      end: () => {
        clearTimeout(timer);
        frame.end();
      },
    };
  }

  async #openForm() {
    const { say } = this;
    const ending = new AbortController();
    this.#open = { end: () => ending.abort() };
    try {
      const form = await openForm(this.hosted, say, this.timeoutMs, ending.signal);
      if (ending.signal.aborted) return;
      this.#open = form;
      this.live.prepend(form.element);
      this.#enter("ready", say("formReady"));
    } catch (error) {
      if (ending.signal.aborted) return;
      const reason = make("p", { class: "pc-problem", role: "alert" }, inWords(error, say));
      const focused = this.live.contains(document.activeElement);
      this.live.replaceChildren();
      this.live.hidden = true;
      this.#enter("failed", say("hostedFailed"), reason, this.#waysOut(this.#again()));
      if (focused) this.notice.querySelector("button")?.focus();
    }
  }

  /** Leave the host, and show the facade again. */
  close() {
    this.end();
    this.facade.hidden = false;
    this.live.hidden = true;
    this.#enter("idle", "");
    this.openButton.focus();
  }

  /** The reader has left: nothing goes on. */
  end() {
    this.#open?.end();
    this.#open = null;
    this.live.replaceChildren();
  }

  /**
   * What a reader can do where the host does not answer: other ways of trying the same thing come first.
   *
   * @param {HTMLElement[]} tools
   */
  #waysOut(tools = [this.#link()]) {
    const ways = /** @type {import("./ways.mjs").PaperWays | null} */ (this.element.closest("paper-ways"));
    const others = ways?.others(this.element).map(({ label, choose }) => button(label, choose)) ?? [];
    return make("div", { class: "pc-tools" }, ...others, ...tools);
  }

  /** @param {State} state @param {string} text @param {...HTMLElement} notice */
  #enter(state, text, ...notice) {
    this.element.dataset.state = state;
    this.element.setAttribute("aria-busy", String(state === "loading"));
    this.status.textContent = text;
    this.notice.replaceChildren(...notice);
  }
}

/** Why an address is not shown here, as the key of a text. @param {URL} url */
function refusal(url) {
  // A frame of our own origin could take its sandbox off, and a form would send to ourselves.
  if (url.origin === location.origin) return "hostedOwnOrigin";
  if (url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname))) return null;
  return "hostedInsecure";
}
