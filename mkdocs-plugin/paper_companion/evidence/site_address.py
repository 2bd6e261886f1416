"""Where a project's site will stand: the `site_url` of its generator's configuration."""

from __future__ import annotations

import tomllib
from pathlib import Path

import yaml


def site_url(root: Path) -> str:
    """The `site_url` in mkdocs.yml or zensical.toml; empty when neither says one. Tags in mkdocs.yml are not run."""
    try:
        tree = yaml.compose((root / "mkdocs.yml").read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        tree = None
    if isinstance(tree, yaml.MappingNode):
        for key, value in tree.value:
            if key.value == "site_url" and isinstance(value, yaml.ScalarNode):
                return str(value.value)
    try:
        project = tomllib.loads((root / "zensical.toml").read_text(encoding="utf-8")).get("project")
    except (OSError, ValueError):
        return ""
    found = project.get("site_url") if isinstance(project, dict) else ""
    return found if isinstance(found, str) else ""
