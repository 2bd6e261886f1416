// HTML of the author's, inert: no script runs in it, nothing is loaded, and it looks like the page around it.
import { make } from "./elements.mjs";

const MAX_HEIGHT = 1200;
const POLICY = "default-src 'none'; img-src data:; media-src data:; font-src data:; style-src 'unsafe-inline'";

/** @param {string} html @param {string} title what the frame is called, for those who cannot see it */
export function inert(html, title) {
  // Without allow-scripts; with the page's origin, so that the page can look in.
  const frame = make("iframe", { class: "pc-html", title, sandbox: "allow-same-origin" });
  frame.srcdoc = `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><style></style>${html}`;
  const fit = () => {
    const body = frame.contentDocument?.documentElement;
    if (body) frame.style.blockSize = `${Math.min(MAX_HEIGHT, Math.max(24, body.offsetHeight))}px`;
  };
  const dress = () => {
    const style = frame.contentDocument?.querySelector("style");
    if (!style || !frame.parentElement) return;
    const { color, fontFamily, fontSize, lineHeight, direction, colorScheme } = getComputedStyle(frame.parentElement);
    style.textContent = `
      :root { color: ${color}; background: transparent; font: ${fontSize}/${lineHeight} ${fontFamily}; direction: ${direction};
        color-scheme: ${colorScheme}; overflow-wrap: anywhere; }
      body { margin: 0; display: flow-root; }
      a { color: inherit; }
      img, svg, video { max-width: 100%; height: auto; }
      table { border-collapse: collapse; }
      td, th { padding: .3em .7em; border: 1px solid; }`;
    fit();
  };
  frame.addEventListener("load", () => {
    dress();
    new ResizeObserver(fit).observe(frame);
    // The reader may change between light and dark.
    const observer = new MutationObserver(() => (frame.isConnected ? dress() : observer.disconnect()));
    for (const element of [document.documentElement, document.body]) observer.observe(element, { attributes: true });
  });
  return frame;
}
