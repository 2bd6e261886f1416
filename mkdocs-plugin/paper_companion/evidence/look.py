"""Looking at one subject: which judge is asked, by what the address is for."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from paper_companion.evidence.hosts.arxiv import ArxivPapers
from paper_companion.evidence.hosts.services import Services
from paper_companion.evidence.judgement import Judgement
from paper_companion.evidence.known import KnownServices
from paper_companion.evidence.net.limits import Limits
from paper_companion.evidence.net.web import Web
from paper_companion.evidence.pages import judge_page
from paper_companion.evidence.subjects import Role, Subject
from paper_companion.paper.reader import PaperFile


@dataclass(frozen=True)
class Setting:
    """What a judgement depends on besides the subject, so that one made elsewhere is not mistaken for one made here."""

    services: Services = field(default_factory=Services)
    allowed: tuple[str, ...] = ()
    ca_file: str = ""


class Looker:
    """Everything that a look needs. Without a web, only what lies on this machine is looked at."""

    def __init__(self, web: Web | None, setting: Setting | None = None, wanted: Iterable[Subject] = ()) -> None:
        """`wanted` are the subjects of the run, for those services that are asked about several at once."""
        self.web = web
        self._setting = setting or Setting()
        if web is not None:
            services = self._setting.services
            base = services.base("arxiv") or ""
            papers = ArxivPapers(base, (subject.address for subject in wanted if subject.role is Role.ARXIV))
            self._known = KnownServices(web, services, papers)

    @property
    def limits(self) -> Limits:
        """The limits of the run."""
        return self.web.limits if self.web is not None else Limits()

    def key(self, paper_file: PaperFile, subject: Subject) -> Hashable:
        """What two subjects share when one look settles both, also from one run to another."""
        archive = subject.name.startswith("code.archive")
        return (repr(self._setting), str(subject.role), archive, subject.target, subject.access)

    def needs_web(self, subject: Subject) -> bool:
        """Whether somebody else has to be asked."""
        return True

    def host_of(self, subject: Subject) -> str:
        """Who is asked, so that hosts take turns."""
        return urlsplit(subject.shown).netloc.lower() or str(subject.role)

    def look(self, paper_file: PaperFile, subject: Subject) -> Judgement | None:
        """The judgement of one subject, None when it cannot be looked at from here."""
        if self.web is None:
            return None
        return self._known.judge(subject) or judge_page(self.web, subject.address)
