"""Limits: how much a reader takes from a file before it stops; each with its unit, source and reason.

They stand in `limits.yml`. A file beyond a limit is refused to be read, never cut: a part would pass for the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: its value in its unit, where it comes from and why it is what it is."""

    value: int
    unit: str
    source: str
    because: str


@cache
def limits() -> Mapping[str, Limit]:
    """Return every limit by key."""
    text = files("watchkeeper.sources").joinpath("limits.yml").read_text("utf-8")
    return MappingProxyType({key: Limit(**told) for key, told in yaml.safe_load(text).items()})


def limit(key: str) -> int:
    """Return the value of a limit in its own unit, e.g. `limit("archive_depth")`."""
    return limits()[key].value
