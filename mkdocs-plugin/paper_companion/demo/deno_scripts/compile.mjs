// Byte-compiles the zip of the standard library inside the very Pyodide that will read it: only there is the bytecode
// of the right version, and the same on every machine.
//
// deno run compile.mjs RUNTIME_FOLDER < source.zip > compiled.zip
import { pathToFileURL } from "node:url";

const [folder] = Deno.args;
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
const pyodide = await loadPyodide({ indexURL: `${folder}/`, lockFileURL: `${folder}/pyodide-lock.json` });
const source = new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer());
pyodide.runPython(`
import importlib.util
import io
import marshal
import sys
import zipfile

UNCHECKED_HASH = (1).to_bytes(4, "little")
EPOCH = (1980, 1, 1, 0, 0, 0)


def compiled(data):
    """The same zip with each .py replaced by its bytecode: the layout that zipimport reads without sources."""
    library = next(path for path in sys.path if path.endswith(".zip"))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in sorted(source.namelist()):
            if name.endswith("/"):
                continue
            body = source.read(name)
            if name.endswith(".py"):
                try:
                    code = compile(body, f"{library}/{name}", "exec", dont_inherit=True, optimize=0)
                except SyntaxError:
                    pass  # a template or a test of the compiler itself: it stays as it is
                else:
                    body = importlib.util.MAGIC_NUMBER + UNCHECKED_HASH + importlib.util.source_hash(body)
                    body += marshal.dumps(code)
                    name += "c"
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, body, compresslevel=9)
    return out.getvalue()
`);
const result = pyodide.globals.get("compiled")(pyodide.toPy(source)).toJs();
const stdout = Deno.stdout.writable.getWriter();
await stdout.write(result);
await stdout.close();
