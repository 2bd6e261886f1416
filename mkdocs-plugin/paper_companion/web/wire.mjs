// The forms in which a demo's values cross: addresses made absolute, bytes as base64 texts in JSON.

/** Every `url` as an absolute address. @param {any} value @param {URL} base @returns {any} */
export function withAddresses(value, base) {
  return mapped(value, (key, item) => [
    key,
    key === "url" && typeof item === "string" ? new URL(item, base).href : withAddresses(item, base),
  ]);
}

/** A value from JSON, its base64 texts as bytes called `data`. @param {any} value @returns {any} */
export function withBytes(value) {
  return mapped(value, (key, item) =>
    key === "base64" && typeof item === "string"
      ? ["data", Uint8Array.from(atob(item), (character) => character.charCodeAt(0))]
      : [key, withBytes(item)],
  );
}

/** A value for JSON, its bytes as base64 texts. @param {any} value @returns {any} */
export function withTexts(value) {
  return mapped(value, (key, item) => (item instanceof Uint8Array ? ["base64", base64(item)] : [key, withTexts(item)]));
}

/** @param {any} value @param {(key: string, item: any) => [string, any]} change @returns {any} */
function mapped(value, change) {
  if (Array.isArray(value)) return value.map((item) => change("", item)[1]);
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => change(key, item)));
}

/** @param {Uint8Array} bytes */
function base64(bytes) {
  let text = "";
  // In pieces: a call takes only so many arguments.
  for (let start = 0; start < bytes.length; start += 8192)
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return btoa(text);
}

const MAX_SMALL = 2048;

/** The value, when its JSON is small enough for a link; else undefined. @param {any} value */
export function small(value) {
  return new TextEncoder().encode(JSON.stringify(value)).length <= MAX_SMALL ? value : undefined;
}

/** A file for JSON, when it is small enough for a link. @param {{ name: string, data: Uint8Array }} file */
export function smallFile(file) {
  return file.data.length <= MAX_SMALL ? small(withTexts(file)) : undefined;
}

/** The file that a value is, or that it was before `smallFile`; else null. @param {any} value */
export function fileOf(value) {
  if (value instanceof Blob) return value instanceof File ? value : new File([value], "file");
  return typeof value?.base64 === "string" ? new File([withBytes(value).data], value.name ?? "file") : null;
}
