"""Deposits: what an archive keeps under one number, with its files and its DOIs, judged alike wherever it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from paper_companion.evidence.hosts.api import Settled
from paper_companion.evidence.hosts.file_facts import FileFacts
from paper_companion.evidence.judgement import Judgement, broken, ok, warning


@dataclass(frozen=True)
class Deposit:
    """One deposit, as its archive describes it."""

    name: str
    """What it is called in a sentence: `record 8412973`."""
    files: Mapping[str, FileFacts]
    """By the name that links to them have."""
    for_all_versions: bool
    """Whether its number stands for all versions, and leads to another one as soon as there is one."""
    version_doi: str = ""
    concept_doi: str = ""
    restricted: bool = False
    """Whether not everybody may have its files."""

    def judge(self, file: str, wanted: str = "") -> Judgement:
        """Whether it will do; `wanted` is `version` or `concept` where only one of them will.

        Raises Settled when it does not have the file, if one is named.
        """
        if file:
            self.facts(file)
        if wanted == "version" and self.for_all_versions:
            said = "stands for all versions, and leads to another one as soon as there is one"
            return warning(said, self.version_doi)
        if wanted == "concept" and not self.for_all_versions:
            return warning("stands for one version, not for all of them", self.concept_doi)
        return warning("is there, but its files are not open") if self.restricted else ok()

    def facts(self, file: str) -> FileFacts:
        """What is stated about a file. Raises Settled when there is none of this name."""
        if file not in self.files:
            raise Settled(broken(f"the {self.name} has no file {file}"))
        return self.files[file]
