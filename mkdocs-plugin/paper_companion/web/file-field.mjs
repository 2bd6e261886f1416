// The file field: one file or several, of any kind.
import { make } from "./elements.mjs";
import { fileOf, small, smallFile } from "./wire.mjs";

/**
 * @typedef {import("./inputs.mjs").Input} Input
 * @typedef {import("./inputs.mjs").Made} Made
 */

/** @param {Input} input @param {string} id @returns {Made} */
export function fileField(input, id) {
  const { multiple = false, accept = [] } = input;
  const box = make("input", {
    type: "file",
    class: "pc-file",
    multiple,
    accept: accept.join(","),
    "aria-labelledby": `${id}-name`,
  });
  const read = async () => {
    const files = await Promise.all(Array.from(box.files ?? [], contents));
    return multiple ? files : (files[0] ?? null);
  };
  return {
    element: box,
    read,
    show: async (value) => {
      const chosen = new DataTransfer();
      for (const file of [value ?? []].flat().map(fileOf)) if (file) chosen.items.add(file);
      box.files = chosen.files;
    },
    share: async () => {
      const files = [await read()].flat().map((file) => (file ? smallFile(file) : null));
      if (files.includes(undefined)) return undefined;
      return multiple ? small(files) : files[0];
    },
  };
}

/** @param {File} file */
async function contents(file) {
  return { name: file.name, data: new Uint8Array(await file.arrayBuffer()) };
}
