// Answers in the locked runtime, as a reader's browser does, with the very modules that the site serves.
//
// deno run replay.mjs FOLDER_OF_THE_SITES_MODULES < request.json > answers.jsonl
// The request holds the manifest, its addresses as file: URLs, and a list of values; bytes are {"base64": text}.
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const web = pathToFileURL(`${Deno.args[0]}/`);
const { startRuntime } = await import(new URL("runtime.mjs", web).href);
const { withBytes, withTexts } = await import(new URL("wire.mjs", web).href);
const { manifest, values } = JSON.parse(await new Response(Deno.stdin.readable).text());
const out = new TextEncoder();

/** @param {unknown} answer */
function tell(answer) {
  const bytes = out.encode(`${JSON.stringify(withTexts(answer))}\n`);
  for (let sent = 0; sent < bytes.length; ) sent += Deno.stdout.writeSync(bytes.subarray(sent));
}

// Versions before 314 take a runtime with process.versions.node for Node itself, where scripts find these two.
Object.assign(globalThis, { require: createRequire(import.meta.url), __dirname: fileURLToPath(manifest.runtime.url) });

try {
  const runtime = await startRuntime(manifest, () => {}, () => {});
  for (const one of values) tell(await runtime.answer(withBytes(one)));
} catch (error) {
  tell({ failed: error instanceof Error ? error.message : String(error) });
}
Deno.exit(0); // whatever the author's code has left running
