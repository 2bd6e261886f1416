// Byte-compiles a zip of Python sources inside the very Pyodide that will read it: only there is the bytecode of the
// right version, and the same on every machine. The zip is that of the standard library, or a wheel.
//
// deno run compile.mjs RUNTIME_FOLDER library|wheel < source.zip > compiled.zip
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, kind] = Deno.args;
// Versions before 314 take a runtime with process.versions.node for Node itself, where scripts find these two.
Object.assign(globalThis, { require: createRequire(import.meta.url), __dirname: folder });
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
const pyodide = await loadPyodide({ indexURL: `${folder}/`, lockFileURL: `${folder}/pyodide-lock.json` });
const source = new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer());
pyodide.runPython(`
import base64
import hashlib
import importlib.util
import io
import marshal
import sys
import sysconfig
import zipfile

UNCHECKED_HASH = (1).to_bytes(4, "little")
EPOCH = (1980, 1, 1, 0, 0, 0)


def compiled_library(data):
    """The same zip with each .py replaced by its bytecode: the layout that zipimport reads without sources."""
    library = next(path for path in sys.path if path.endswith(".zip"))
    return zipped(files(data, library, lambda name: True))


def compiled_wheel(data):
    """The same wheel with each module replaced by its bytecode, which is imported without a source; RECORD says so."""
    site = sysconfig.get_path("purelib")
    entries = files(data, site, lambda name: ".data/" not in name.partition("/")[0] + "/")
    record = next(name for name in entries if name.endswith(".dist-info/RECORD"))
    lines = [f"{name},sha256={digest(body)},{len(body)}" for name, body in entries.items() if name != record]
    entries[record] = "\\n".join([*lines, f"{record},,", ""]).encode()
    return zipped(entries)


def files(data, folder, is_code):
    """The files of a zip by name, those that are code compiled as if they lay in a folder."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        for name in sorted(source.namelist()):
            if name.endswith("/"):
                continue
            body = source.read(name)
            if name.endswith(".py") and is_code(name):
                try:
                    code = compile(body, f"{folder}/{name}", "exec", dont_inherit=True, optimize=0)
                except (SyntaxError, ValueError):
                    pass  # a template or a test of the compiler itself: it stays as it is
                else:
                    body = importlib.util.MAGIC_NUMBER + UNCHECKED_HASH + importlib.util.source_hash(body)
                    body += marshal.dumps(code)
                    name += "c"
            found[name] = body
    return found


def zipped(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, body in entries.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, body, compresslevel=9)
    return out.getvalue()


def digest(body):
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()
`);
const result = pyodide.globals.get(`compiled_${kind}`)(pyodide.toPy(source)).toJs();
const stdout = Deno.stdout.writable.getWriter();
await stdout.write(result);
await stdout.close();
