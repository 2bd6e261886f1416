"""Looking at one subject: which judge is asked, by what the address is for."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from paper_companion.evidence.browser_rules import SiteOrigin
from paper_companion.evidence.embeds import judge_fetch, judge_frame, with_fetch
from paper_companion.evidence.hosts.arxiv import ArxivPapers
from paper_companion.evidence.hosts.services import Services
from paper_companion.evidence.judgement import Judgement, failed
from paper_companion.evidence.known import KnownServices
from paper_companion.evidence.net.address import parse_address
from paper_companion.evidence.net.failure import Failure
from paper_companion.evidence.net.limits import Limits
from paper_companion.evidence.net.web import Web
from paper_companion.evidence.pages import judge_document, judge_page, names_anchor
from paper_companion.evidence.progress import Progress
from paper_companion.evidence.site_address import site_url
from paper_companion.evidence.subjects import Role, Subject

_HOST = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Setting:
    """What a judgement depends on besides the subject, so that one made elsewhere is not mistaken for one made here."""

    services: Services = field(default_factory=Services)
    allowed: tuple[str, ...] = ()
    ca_file: str = ""
    site_url: str = ""
    """The site's address; that of each project's own configuration when empty."""
    download_limit_bytes: int = 100_000_000


class Looker:
    """Everything that a look needs. Without a web, only what lies on this machine is looked at."""

    def __init__(
        self,
        web: Web | None,
        setting: Setting | None = None,
        wanted: Iterable[Subject] = (),
        folder: Path = Path(),
        progress: Progress | None = None,
    ) -> None:
        """`wanted` are the subjects of the run, for those services that are asked about several at once.

        `folder` is where interrupted downloads wait; `progress` is told of bytes that are read.
        """
        self.web = web
        self._setting = setting or Setting()
        self._setting_text = repr(self._setting)
        self._folder = folder
        self._progress = progress or Progress()
        self._known: KnownServices | None = None
        if web is not None:
            services, wanted = self._setting.services, tuple(wanted)
            papers = (subject.address for subject in wanted if subject.role is Role.ARXIV)
            self._known = KnownServices(web, services, ArxivPapers(services.base("arxiv") or "", papers))
            for subject in wanted:
                self.expect(subject)

    def expect(self, subject: Subject) -> None:
        """Tell that a subject will be looked at, so that those before it do not ask for less than it needs."""
        if self.web is not None and subject.role is Role.PAGE and names_anchor(subject.address):
            self.web.expect_whole(self._setting.services.asked_at(subject.address))

    @property
    def limits(self) -> Limits:
        """The limits of the run."""
        return self.web.limits if self.web is not None else Limits()

    def key(self, root: Path, subject: Subject) -> Hashable:
        """What two subjects share when one look settles both, also from one run to another."""
        archive = subject.name.startswith("code.archive")
        where = str(root) if subject.role in (Role.FILE, Role.FRAME, Role.BROWSER) else ""
        path = subject.file.path if subject.file is not None else None
        weights = repr(subject.weights) if subject.weights is not None else ""
        how = (subject.access, subject.fetched)
        return (self._setting_text, str(subject.role), archive, subject.target, how, where, path, weights)

    def needs_web(self, subject: Subject) -> bool:
        """Whether only somebody else can tell. What lies here is looked at anew every time."""
        return subject.file is None or subject.file.path is None

    def host_of(self, subject: Subject) -> str:
        """Who is asked, so that hosts take turns; local files take their turns at the processor."""
        host = _HOST.match(subject.shown)
        return host[1].lower() if host is not None else f"{subject.role} {subject.address}"

    def look(self, root: Path, subject: Subject) -> Judgement | None:
        """The judgement of one subject of a project, None when it cannot be looked at from here."""
        services = self._setting.services
        if subject.role is Role.FILE:
            from paper_companion.evidence.files import FileJudge

            limit = self._setting.download_limit_bytes
            judgement = FileJudge(root, self._folder, self.web, self._known, limit, self._progress).judge(subject)
            if not subject.fetched or self.web is None or judgement is None or not judgement.good:
                return judgement
            return with_fetch(judgement, self.web, services.asked_at(subject.address), self._site(root))
        if self.web is None or self._known is None:
            return None
        if subject.role in (Role.PAGE, Role.DOCUMENT, Role.FRAME):
            # Built sites have whatever people write: what is no address at all is not taken apart any further.
            address = parse_address(subject.address)
            if isinstance(address, Failure):
                return failed(address)
        if subject.role is Role.FRAME:
            return judge_frame(self.web, subject.address, self._site(root), services.base("huggingface") or "")
        if subject.role is Role.BROWSER:
            return judge_fetch(self.web, subject, self._site(root))
        judge = judge_document if subject.role is Role.DOCUMENT else judge_page
        return self._known.judge(subject) or judge(self.web, services.asked_at(subject.address))

    def _site(self, root: Path) -> SiteOrigin | None:
        return SiteOrigin.of(self._setting.site_url or site_url(root))
