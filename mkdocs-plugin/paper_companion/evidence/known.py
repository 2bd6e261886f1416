"""Which service knows about a subject, and what it says. A service's module is imported when it is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from paper_companion.evidence.hosts.api import Api, Settled
from paper_companion.evidence.hosts.file_facts import FileFacts
from paper_companion.evidence.hosts.repository import RepositoryLink
from paper_companion.evidence.hosts.services import Services
from paper_companion.evidence.install import Package
from paper_companion.evidence.judgement import Judgement
from paper_companion.evidence.net.web import Web
from paper_companion.evidence.subjects import Role, Subject
from paper_companion.paper.artifacts import Code

if TYPE_CHECKING:
    from paper_companion.evidence.hosts.arxiv import ArxivPapers


class KnownServices:
    """Asks the service that a subject's address belongs to."""

    def __init__(self, web: Web, services: Services, arxiv: ArxivPapers) -> None:
        self._web = web
        self._services = services
        self._arxiv = arxiv

    def judge(self, subject: Subject) -> Judgement | None:
        """What a service says; None when no service knows more than that the address is a page."""
        asking = self._question(subject)
        return None if asking is None else self._answered(asking)

    def asked_at(self, url: str) -> str:
        """Where a page or file is asked for: elsewhere when the run was told so of its service."""
        return self._services.asked_at(url)

    def file_facts(self, api: Api, url: str, access: str) -> FileFacts | Judgement | None:
        """What a host states about a file; None when no host states anything."""
        asking = self._file_question(url, access)
        try:
            return None if asking is None else asking(api)
        except Settled as settled:
            return settled.judgement

    def _answered(self, asking: Callable[[Api], Judgement | None]) -> Judgement | None:
        api = Api(self._web)
        try:
            judgement = asking(api)
        except Settled as settled:
            judgement = settled.judgement
        return None if judgement is None else api.paid(judgement)

    def _question(self, subject: Subject) -> Callable[[Api], Judgement | None] | None:
        address, services = subject.address, self._services
        match subject.role:
            case Role.DOI | Role.CONCEPT_DOI:
                return lambda api: self._doi(api, subject)
            case Role.ARXIV:
                return lambda api: self._arxiv.judge(api, address)
            case Role.SWHID:
                from paper_companion.evidence.hosts.heritage import judge_swhid

                commit = subject.code.commit if subject.code is not None else None
                return lambda api: judge_swhid(api, self._base("softwareheritage"), address, commit)
            case Role.IMAGE:
                from paper_companion.evidence.hosts.containers import judge_image

                return lambda api: judge_image(api, services.base("containers"), address)
            case Role.PACKAGE:
                from paper_companion.evidence.hosts.packages import judge_package

                package = Package.parse(address)
                return lambda api: judge_package(api, services.base(package.index), package)
            case Role.REPOSITORY | Role.PAGE:
                return self._page_question(subject)
        return None

    def _page_question(self, subject: Subject) -> Callable[[Api], Judgement | None] | None:
        url, code = subject.address, subject.code
        match self._services.of(url):
            case "github":
                from paper_companion.evidence.hosts.github import github_link, judge_github

                found = _in_repository(github_link(url), code)
                return found and (lambda api: judge_github(api, self._base("github"), found, code))
            case "gitlab":
                from paper_companion.evidence.hosts.gitlab import gitlab_link, judge_gitlab

                found = _in_repository(gitlab_link(url), code)
                return found and (lambda api: judge_gitlab(api, self._base("gitlab"), found, code))
            case "huggingface":
                from paper_companion.evidence.hosts.huggingface import hub_link, judge_hub

                hub = hub_link(url)
                return hub and (lambda api: judge_hub(api, self._base("huggingface"), hub, subject.access))
            case "zenodo":
                from paper_companion.evidence.hosts.zenodo import zenodo_deposit, zenodo_link

                record = zenodo_link(url)
                return record and (lambda api: zenodo_deposit(api, self._base("zenodo"), record).judge(record.file))
            case "figshare":
                from paper_companion.evidence.hosts.figshare import figshare_deposit, figshare_link

                article = figshare_link(url)
                base = self._base("figshare")
                return article and (lambda api: figshare_deposit(api, base, article).judge(article.file))
            case "arxiv":
                from paper_companion.evidence.hosts.arxiv import arxiv_of

                paper = arxiv_of(url)
                return (lambda api: self._arxiv.judge(api, paper)) if paper else None
            case "doi":
                from paper_companion.evidence.hosts.doi import doi_of, judge_doi

                doi = doi_of(url)
                return (lambda api: judge_doi(api, self._base("doi"), doi)) if doi else None
            case "softwareheritage":
                from paper_companion.evidence.hosts.heritage import judge_swhid, swhid_of

                swhid = swhid_of(url)
                return (lambda api: judge_swhid(api, self._base("softwareheritage"), swhid, None)) if swhid else None
            case "pypi" | "npm":
                from paper_companion.evidence.hosts.packages import judge_package, package_of

                package = package_of(url)
                return package and (lambda api: judge_package(api, self._services.base(package.index), package))
        if subject.role is Role.REPOSITORY:
            from paper_companion.evidence.hosts.git import judge_git

            return lambda api: judge_git(api, url, code)
        return None

    def _file_question(self, url: str, access: str) -> Callable[[Api], FileFacts | Judgement] | None:
        match self._services.of(url):
            case "github":
                from paper_companion.evidence.hosts.github import github_file_facts, github_link

                link = github_link(url)
                if link is not None and link.asset:
                    return lambda api: github_file_facts(api, self._base("github"), link)
            case "huggingface":
                from paper_companion.evidence.hosts.huggingface import hub_file_facts, hub_link

                hub = hub_link(url)
                if hub is not None and hub.path:
                    return lambda api: hub_file_facts(api, self._base("huggingface"), hub, access)
            case "zenodo":
                from paper_companion.evidence.hosts.zenodo import zenodo_deposit, zenodo_link

                record = zenodo_link(url)
                if record is not None and record.file:
                    return lambda api: zenodo_deposit(api, self._base("zenodo"), record).facts(record.file)
            case "figshare":
                from paper_companion.evidence.hosts.figshare import figshare_deposit, figshare_link

                article = figshare_link(url)
                if article is not None and article.file:
                    return lambda api: figshare_deposit(api, self._base("figshare"), article).facts(article.file)
        return None

    def _doi(self, api: Api, subject: Subject) -> Judgement:
        from paper_companion.evidence.hosts.doi import judge_doi

        judgement = judge_doi(api, self._base("doi"), subject.address)
        if not judgement.good or not subject.name.startswith("code.archive"):
            return judgement
        from paper_companion.evidence.hosts.figshare import figshare_article_of_doi, figshare_deposit
        from paper_companion.evidence.hosts.zenodo import zenodo_deposit, zenodo_record_of_doi

        # For an archive it matters which of its DOIs this is, and the repository that gave it knows.
        wanted = "concept" if subject.role is Role.CONCEPT_DOI else "version"
        record = zenodo_record_of_doi(subject.address)
        if record is not None:
            return zenodo_deposit(api, self._base("zenodo"), record).judge("", wanted)
        article = figshare_article_of_doi(subject.address)
        if article is not None:
            return figshare_deposit(api, self._base("figshare"), article).judge("", wanted)
        return judgement

    def _base(self, name: str) -> str:
        base = self._services.base(name)
        assert base is not None, f"{name} has a default"
        return base


def _in_repository(link: RepositoryLink | None, code: Code | None) -> RepositoryLink | None:
    """The link itself, or for a paper's code the commit and folder that it describes; None for what is only a page."""
    if link is None or link.other:
        return None
    if code is not None and not (link.ref or link.tag):
        return RepositoryLink.of_code(link.project, code)
    return link
