// The frame of a hosted interface: sandboxed, in the page's light or dark scheme, and as high as it asks to be. Gradio and
// Streamlit carry the child of iframe-resizer 4. Its messages are the only sign of life that crosses origins: a frame
// fires `load` for a refused, a missing and a broken page alike.
import { make, uniqueId } from "./elements.mjs";

/**
 * @typedef {{ url: string, title: string, height?: number, allow?: string[] }} Hosted
 * @typedef {{ alive: () => void, loaded: () => void, forbidden: () => void }} Heard
 */

const SANDBOX =
  "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads allow-modals";
const HEIGHT = 600;
const MIN_HEIGHT = 120;
const MAX_HEIGHT = 3000;
const CHILD_READY = "[iFrameResizerChild]Ready";
const CHILD = "[iFrameSizer]";

export class HostedFrame {
  /** @param {Hosted} hosted @param {boolean} dark @param {Heard} heard */
  constructor({ url, title, height = HEIGHT, allow = [] }, dark, heard) {
    this.id = uniqueId();
    this.origin = new URL(url).origin;
    this.heard = heard;
    this.element = make("iframe", {
      class: "pc-frame",
      id: this.id,
      title,
      sandbox: SANDBOX,
      allow: ["fullscreen", "clipboard-write", ...allow].join("; "),
      referrerPolicy: "strict-origin-when-cross-origin",
      src: themed(url, dark),
    });
    this.element.style.blockSize = `${height}px`;
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.element.addEventListener("load", () => this.loaded(), { signal });
    addEventListener("message", (event) => this.message(event), { signal });
    document.addEventListener("securitypolicyviolation", (event) => this.violation(event), { signal });
  }

  end() {
    this.ending.abort();
    this.element.remove();
  }

  loaded() {
    // The child may have been ready before it could say so: it says so once, and only when it is late enough.
    this.greet();
    this.heard.loaded();
  }

  greet() {
    const parts = `8:false:false:32:true:true:null:bodyOffset:null:null:0:false:parent:scroll:true`;
    // Addressed to the origin, so that nobody to whom the frame was led on learns of it.
    this.element.contentWindow?.postMessage(`${CHILD}${this.id}:${parts}`, this.origin);
  }

  /** @param {MessageEvent} event */
  message({ source, origin, data }) {
    if (source !== this.element.contentWindow || origin !== this.origin) return;
    if (typeof data === "string") {
      if (data === CHILD_READY) this.greet();
      else if (data.startsWith(`${CHILD}${this.id}:`)) this.resize(data.split(":"));
      else return;
      this.heard.alive();
    } else if (data?.type === "GUEST_READY" || data?.type === "SET_SCROLLING") {
      // Streamlit, and the first words of a Gradio page.
      this.heard.alive();
    }
  }

  /** @param {string[]} parts [id, height, width, what for] */
  resize([, height, , what]) {
    const pixels = Number(height);
    if (what === "close" || !(pixels >= MIN_HEIGHT)) return;
    this.element.style.blockSize = `${Math.min(MAX_HEIGHT, Math.ceil(pixels))}px`;
  }

  /** @param {SecurityPolicyViolationEvent} event */
  violation({ effectiveDirective, blockedURI }) {
    if (effectiveDirective === "frame-src" && blockedURI.startsWith(this.origin)) this.heard.forbidden();
  }
}

/**
 * The address with the page's scheme, in the words of Gradio (`__theme`) and of Streamlit (`embed`, `embed_options`). What
 * the author wrote into it stays.
 *
 * @param {string} address @param {boolean} dark
 */
export function themed(address, dark) {
  const url = new URL(address);
  const asked = url.searchParams;
  const scheme = dark ? "dark" : "light";
  const added = [];
  if (!asked.has("__theme")) added.push(`__theme=${scheme}`);
  if (!asked.has("embed")) added.push("embed=true");
  if (!asked.getAll("embed_options").some((option) => option.endsWith("_theme")))
    added.push(`embed_options=${scheme}_theme`);
  // Not through `asked`, which would spell the author's part anew.
  url.search = [url.search, ...added].filter(Boolean).join("&");
  return url.href;
}

/** Whether the text around an element is light: then its page is dark, whatever the theme calls that. @param {Element} element */
export function isDark(element) {
  const { color } = getComputedStyle(element);
  const [red, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? ["0"]).map(Number);
  if (color.startsWith("rgb")) return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 127;
  if (color.startsWith("color(")) return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5;
  // lab, lch, oklab, oklch: the lightness comes first.
  return red > (color.startsWith("ok") ? 0.5 : 50);
}
