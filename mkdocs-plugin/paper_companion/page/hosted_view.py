"""Hosted interfaces on the page: what their script is given, and what the reader can choose from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from paper_companion.demo.form import declared
from paper_companion.page.companion import Companion
from paper_companion.page.demo_view import DemoView, example_views
from paper_companion.paper.model import Demo, HostedDemo
from paper_companion.paper.reader import PaperError


class HostedView(NamedTuple):
    """One hosted interface: `data` is the element's JSON."""

    data: str
    url: str
    host: str
    kind: str


def hosted_views(companion: Companion) -> tuple[HostedView, ...]:
    """The interfaces that somebody hosts, best first; none where the demo is withheld or withdrawn."""
    return tuple(_view(companion, hosted) for hosted, _ in _hosted(companion))


def ways_data(demo: DemoView | None, hosted: tuple[HostedView, ...], companion: Companion) -> str | None:
    """The JSON of the chooser, or None where there is nothing to choose."""
    if (demo is not None) + len(hosted) < 2:
        return None
    declared_demo = companion.file.paper.demo
    assert declared_demo is not None
    here = {"download": demo.download, "recorded": bool(demo.outputs)} if demo is not None else {}
    return json.dumps({**here, "strings": dict(declared_demo.strings)}, ensure_ascii=False, sort_keys=True)


def check_hosts(companion: Companion, site_url: str | None) -> None:
    """Raises PaperError where an interface is on the site's own origin: its frame could take off its own sandbox."""
    problems = [
        companion.file.problem("is on this site itself, where a frame cannot be kept apart from the page", *keys)
        for hosted, keys in _hosted(companion)
        if site_url and _origin(hosted.url) == _origin(site_url)
    ]
    if problems:
        raise PaperError(problems)


def _hosted(companion: Companion) -> Iterator[tuple[Demo | HostedDemo, tuple[str, ...]]]:
    """Each hosted interface, with the keys of its address in the paper file."""
    demo = companion.file.paper.demo
    if demo is None or not demo.is_shared:
        return
    if demo.kind != "pyodide":
        yield demo, ("demo", "url")
    if demo.fallback is not None:
        yield demo.fallback, ("demo", "fallback", "url")


def _view(companion: Companion, hosted: Demo | HostedDemo) -> HostedView:
    demo = companion.file.paper.demo
    assert demo is not None and hosted.url is not None
    data = {
        "kind": hosted.kind,
        "url": hosted.url,
        "title": hosted.title or demo.title or companion.file.paper.paper.title,
        "strings": dict(demo.strings),
    }
    if hosted.kind == "iframe":
        data |= {"allow": list(hosted.allow)} | ({"height": hosted.height} if hosted.height else {})
    else:
        fields = [declared(field) for field in demo.inputs]
        examples = [{"label": one["label"], "inputs": one["inputs"]} for one in example_views(companion, fields)]
        data |= {
            "endpoint": hosted.endpoint,
            "inputs": fields,
            "outputs": [declared(output) for output in demo.outputs],
            "examples": examples,
        }
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    return HostedView(text, hosted.url, urlsplit(hosted.url).netloc, hosted.kind)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
