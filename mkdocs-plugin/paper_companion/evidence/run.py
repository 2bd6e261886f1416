"""A run of `check` put together from what the command line says."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from paper_companion.evidence.cache import LookCache
from paper_companion.evidence.check import Look, check
from paper_companion.evidence.configuration import ConfigurationError
from paper_companion.evidence.fetched_code import fetch_code
from paper_companion.evidence.findings import Report, Shard
from paper_companion.evidence.hosts.services import Services
from paper_companion.evidence.look import Looker, Setting
from paper_companion.evidence.net.address import parse_address
from paper_companion.evidence.net.addresses import AddressGuard, Network
from paper_companion.evidence.net.failure import Failure
from paper_companion.evidence.net.limits import Limits
from paper_companion.evidence.net.redaction import redacted
from paper_companion.evidence.net.web import Web
from paper_companion.evidence.progress import Progress
from paper_companion.evidence.repository_files import Checkout
from paper_companion.evidence.shards import of_shard
from paper_companion.evidence.site_address import site_url
from paper_companion.evidence.site_check import check_site
from paper_companion.evidence.site_links import has_pages
from paper_companion.evidence.site_reading import SiteReading
from paper_companion.evidence.subjects import subjects
from paper_companion.paper.lint import find_paper_files
from paper_companion.paper.reader import PaperError, PaperFile, Problem, project_root, read_paper

_UNITS_S = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True)
class CheckOptions:
    """What a run is told: see the command's help for each."""

    offline: bool = False
    max_age_s: float = 3600.0
    allowed: tuple[Network, ...] = ()
    ca_file: Path | None = None
    services: Services = field(default_factory=Services)
    site_url: str = ""
    download_limit_bytes: int = 100_000_000
    limits: Limits = field(default_factory=Limits)


def run_check(
    paper_files: Iterable[PaperFile],
    options: CheckOptions,
    progress: Progress | None = None,
    checked: bool = True,
    site: SiteReading | None = None,
) -> tuple[Report, tuple[Look, ...]]:
    """Look at what paper files name and a built site links to. Raises ConfigurationError, OSError.

    Paper files that are not to be `checked` only tell from where the site's links come.
    """
    if site is not None and not has_pages(site.folder):
        what = "no HTML page below it" if site.folder.is_dir() else "no such folder"
        raise ConfigurationError(f"--site {site.folder}: there is {what} (build the site first)")
    paper_files = tuple(paper_files)
    services = options.services
    web = None
    if not options.offline:
        web = Web(
            options.limits,
            AddressGuard(options.allowed),
            options.ca_file,
            services.tokens(os.environ),
            services.room(),
        )
    setting = Setting(
        services,
        tuple(map(str, options.allowed)),
        str(options.ca_file or ""),
        options.site_url,
        options.download_limit_bytes,
    )
    wanted = (subject for paper_file in paper_files for subject in subjects(paper_file.paper))
    folder = cache_folder()
    cache = LookCache(folder / "looks.json", options.max_age_s) if options.max_age_s > 0 else None
    try:
        looker = Looker(web, setting, wanted, folder / "downloads", progress)
        report, looks = check(paper_files, looker, cache, progress) if checked else (Report(()), ())
        if site is not None:
            root = paper_files[0].root if paper_files else project_root(site.folder.resolve() / "x")
            address = options.site_url or site_url(root)
            report += check_site(site, root, address, paper_files, looker, cache, progress)
        return report, looks
    finally:
        if web is not None:
            web.close()


def code_fetcher(options: CheckOptions) -> Callable[[str, str], Checkout | Failure] | None:
    """What fetches a commit under the options' rules; None when they forbid the network."""
    if options.offline:
        return None
    guard = AddressGuard(options.allowed)
    return lambda repository, commit: fetch_code(repository, commit, guard, cache_folder() / "code")


def read_papers(
    paths: Iterable[Path], required: bool = True, shard: Shard | None = None
) -> tuple[tuple[PaperFile, ...], tuple[Problem, ...]]:
    """The paper files at these paths and below these folders, and the problems of those that cannot be used.

    Raises ConfigurationError for a `required` path at which there is none.
    """
    papers: list[PaperFile] = []
    problems: list[Problem] = []
    for path in paths:
        found = tuple(find_paper_files(path))
        if required and not path.exists():
            raise ConfigurationError(f"{path}: there is no such file (paper-companion new makes one)")
        if required and not found:
            raise ConfigurationError(f"{path}: there is no paper.yml in this folder (name a file)")
        for paper_path in found if shard is None else of_shard(found, shard):
            try:
                papers.append(read_paper(paper_path))
            except PaperError as error:
                problems.extend(error.problems)
    return tuple(papers), tuple(problems)


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where looks are remembered and downloads wait: in `$PAPER_COMPANION_CACHE`, else in the user's cache folder."""
    return Path(environment.get("PAPER_COMPANION_CACHE") or platformdirs.user_cache_dir("paper-companion"))


def parse_network(text: str) -> Network:
    """An address or a network as `10.0.0.0/8`. Raises ConfigurationError."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise ConfigurationError(f"--allow-address {text}: {error} (write it like 10.0.0.0/8)") from None


def parse_site_url(text: str) -> str:
    """An address at which a site can stand; empty when none is given. Raises ConfigurationError."""
    address = parse_address(text) if text else None
    if isinstance(address, Failure):
        said = f"{address.message} (write it like https://lab.github.io/leaf/)"
        raise ConfigurationError(f"--site-url {redacted(text)}: {said}")
    return text


def parse_size(text: str) -> int:
    """Bytes from a number with a unit, such as 500kB, 100MB or 2GB. Raises ConfigurationError."""
    units = {"gb": 10**9, "mb": 10**6, "kb": 10**3, "b": 1}
    unit = next((unit for unit in units if text.lower().endswith(unit)), "")
    number = text[: len(text) - len(unit)].strip()
    if not number.isascii() or not number.isdigit():
        raise ConfigurationError(f"{text}: not a size (write it like 500kB, 100MB or 2GB)")
    return int(number) * units.get(unit, 1)


def parse_duration(text: str) -> float:
    """Seconds from a number with a unit, such as 90s, 30m, 6h or 1d. Raises ConfigurationError."""
    number, unit = (text[:-1], text[-1:]) if text[-1:] in _UNITS_S else (text, "s")
    try:
        seconds = float(number) * _UNITS_S[unit]
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise ConfigurationError(f"{text}: not a duration (write it like 90s, 30m, 6h or 1d)")
    return seconds
