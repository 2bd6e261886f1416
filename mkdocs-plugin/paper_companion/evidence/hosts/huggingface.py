"""Hugging Face: models, data sets and spaces, their revisions and files, told apart when gated, missing or asleep."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit

from paper_companion.evidence.hosts.api import Api, Unanswered, text_at
from paper_companion.evidence.hosts.file_facts import FileFacts
from paper_companion.evidence.judgement import Judgement, broken, ok, unknown, warning
from paper_companion.evidence.model import Rung
from paper_companion.evidence.net.connection import Answer

_KINDS = {"datasets": "data set", "spaces": "space", "models": "model"}
_NO_REPOSITORY = frozenset({"api", "blog", "chat", "collections", "docs", "join", "learn", "login", "new", "papers"})
_AWAKE = frozenset({"RUNNING"})
_SOON = frozenset({"SLEEPING", "BUILDING", "APP_STARTING", "RUNNING_BUILDING", "RUNNING_APP_STARTING"})
_DOWN = frozenset({"PAUSED", "STOPPED", "DELETING", "NO_APP_FILE"})


@dataclass(frozen=True)
class HubLink:
    """A repository of the hub, and what in it is pointed at."""

    kind: str
    """`models`, `datasets` or `spaces`."""
    id: str
    revision: str = ""
    path: str = ""

    @property
    def at(self) -> str:
        """The repository's path on the hub."""
        return quote(self.id if self.kind == "models" else f"{self.kind}/{self.id}")

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        return f"{_KINDS[self.kind]} {self.id}"


def hub_link(url: str) -> HubLink | None:
    """What an address on the hub points at; None when it is no repository."""
    names = [unquote(name) for name in urlsplit(url).path.strip("/").split("/") if name]
    kind = names.pop(0) if names and names[0] in ("datasets", "spaces") else "models"
    if not names or (kind == "models" and names[0] in _NO_REPOSITORY):
        return None
    # Old models have no owner: `bert-base-uncased`, perhaps followed by `resolve`.
    words = {"tree", "blob", "resolve", "raw", "commit", "discussions", "blame"}
    owned = len(names) > 1 and names[1] not in words
    if not owned and kind != "models":
        return None
    owner_and_name, rest = names[: 1 + owned], names[1 + owned :]
    if not owned and len(names) == 1 and kind == "models" and "-" not in names[0] and names[0] != "gpt2":
        return None  # an owner's page
    if len(rest) > 1 and rest[0] in words - {"discussions"}:
        return HubLink(kind, "/".join(owner_and_name), rest[1], "/".join(rest[2:]))
    return HubLink(kind, "/".join(owner_and_name))


def judge_hub(api: Api, base: str, link: HubLink, access: str = "open") -> Judgement:
    """Whether a repository, its revision and file are there; for a space, whether it runs. Raises Unanswered."""
    if link.path:
        facts = hub_file_facts(api, base, link, access)
        if isinstance(facts, Judgement):
            return facts
        return warning(facts.remark, facts.moved_to) if facts.remark else ok(size_bytes=facts.size_bytes)
    revision = f"/revision/{quote(link.revision, safe='')}" if link.revision else ""
    answer = api.ask(f"{base}/api/{link.kind}/{quote(link.id)}{revision}")
    refusal = _refusal(answer, link)
    if refusal is not None:
        return refusal
    data = api.data(answer)
    if data.get("private") is True:
        return broken(f"the {link.name} is private: readers cannot see it")
    if data.get("disabled") is True:
        return broken(f"the {link.name} is disabled by the hub")
    if link.kind == "spaces":
        return judge_stage(api, base, link)
    gated = data.get("gated") not in (False, None)
    if gated and access == "open":
        return warning(f"the {link.name} is gated, though the paper file says open", "say access: gated, with a reason")
    found = text_at(data, "id")
    if found and found.lower() != link.id.lower():
        return warning(
            "has moved", f"https://huggingface.co/{found if link.kind == 'models' else f'{link.kind}/{found}'}"
        )
    exact = bool(link.revision) and text_at(data, "sha").startswith(link.revision) and len(link.revision) >= 7
    return ok(Rung.VERIFIED if exact else Rung.LINKED, gated=gated)


def hub_file_facts(api: Api, base: str, link: HubLink, access: str = "open") -> FileFacts | Judgement:
    """Size and sha256 from the hub's own headers, before it redirects to its storage. Raises Unanswered."""
    url = f"{base}/{link.at}/resolve/{quote(link.revision, safe='')}/{quote(link.path)}"
    moved_to = ""
    answer = api.ask(url, method="HEAD", follow=False)
    for _ in range(3):
        location = urljoin(url, answer.header("location"))
        # A repository that was renamed redirects within the hub; a file that is there redirects out of it.
        if (
            answer.status not in (301, 302, 307, 308)
            or answer.header("x-linked-etag")
            or answer.header("x-linked-size")
        ):
            break
        if urlsplit(location).netloc != urlsplit(base).netloc or "/resolve/" not in location:
            break
        url = moved_to = location
        answer = api.ask(url, method="HEAD", follow=False)
    refusal = _refusal(answer, link)
    if refusal is not None:
        if answer.header("x-error-code") == "GatedRepo":
            remark = "" if access != "open" else "is gated, though the paper file says open"
            return FileFacts("Hugging Face", remark=remark or "is gated: nothing more can be seen from outside")
        return refusal
    etag = (answer.header("x-linked-etag") or answer.header("etag")).removeprefix("W/").strip('"')
    size = answer.header("x-linked-size") or (answer.header("content-length") if answer.status == 200 else "")
    # The etag of a file that is not in large file storage is a git blob's sha1, which says nothing about sha256.
    return FileFacts(
        "Hugging Face",
        int(size) if size.isascii() and size.isdigit() else None,
        etag if len(etag) == 64 else "",
        remark="has moved" if moved_to else "",
        moved_to=moved_to,
        url=url,
    )


def _refusal(answer: Answer, link: HubLink) -> Judgement | None:
    code = answer.header("x-error-code")
    if code == "GatedRepo":
        return warning(f"the {link.name} is gated", gated=True)
    if code == "RevisionNotFound":
        return broken(f"the {link.name} has no revision {link.revision}")
    if code == "EntryNotFound":
        return broken(f"the {link.name} has no file {link.path} at {link.revision}")
    if code == "RepoNotFound" or (answer.status in (401, 404) and not code):
        return broken(f"Hugging Face has no public {link.name}")
    if answer.status in (200, 301, 302, 303, 307, 308):
        return None
    raise Unanswered(unknown(f"Hugging Face answers {answer.status}{f' ({code[:40]})' if code else ''}"))


def judge_stage(api: Api, base: str, link: HubLink) -> Judgement:
    """Whether a space runs. Raises Unanswered."""
    answer = api.ask(f"{base}/api/spaces/{quote(link.id)}/runtime")
    if answer.status != 200:
        raise Unanswered(unknown(f"Hugging Face answers {answer.status} when asked how the space does"))
    stage = text_at(api.data(answer), "stage")
    if stage in _AWAKE:
        return ok(stage=stage)
    if stage in _SOON:
        return warning(f"the {link.name} is {stage.lower().replace('_', ' ')}: it takes a while to wake", stage=stage)
    if stage in _DOWN or stage.endswith("_ERROR"):
        return broken(f"the {link.name} does not run: {stage.lower().replace('_', ' ')}", stage=stage)
    return unknown(f"the {link.name} is in a state that is not known here: {stage[:40] or 'none'}", stage=stage[:40])
