"""Chain readers: which readers of files of a chain there are; a card that says `reads: chain` is the registry.

A reader is `sources/ROOM/NAME.py` with `read(data, name, settings)`, and its card lies beside it. A reader's code is
loaded when it is first used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

import yaml

from watchkeeper.sources.chain_reading import Reading, Settings
from watchkeeper.values.refused import Invalid, NotFound

_MIB = 2**20
_ROOM = "watchkeeper.sources"
GIVES = ("transfers", "coins", "labels", "addresses", "prices")


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader by its card: what it takes, what it gives (words of `GIVES`), and the largest file in MiB."""

    id: str
    title: str
    gives: tuple[str, ...]
    largest_mib: int | None
    card: Mapping[str, Any]

    @property
    def columns(self) -> tuple[str, ...] | None:
        """Return the columns it takes of a table that a jailed child is to open; None if it opens files itself."""
        return tuple(self._code().COLUMNS) if self.card.get("jailed") == "parquet" else None

    def read(self, data: bytes, name: str, settings: Settings, rows: list[dict[str, Any]] | None = None) -> Reading:
        """Return what a file gave.

        Args:
            data: The file's bytes.
            name: What to call the file in errors.
            settings: What a user says of it.
            rows: Its rows with `columns`, where a jailed child has opened it.

        Raises:
            Invalid: the file as a whole cannot be read, is too large, or the reader's sum is wrong.
        """
        if self.largest_mib is not None and len(data) > self.largest_mib * _MIB:
            raise Invalid(
                f"{name}: {len(data):,} bytes, more than the {self.largest_mib} MiB that {self.id} takes at once; "
                "split the file and add the parts. Overlaps do no harm."
            )
        found: Reading
        if rows is None:
            found = self._code().read(data, name, settings)
        else:
            found = self._code().read_rows(rows, name, settings)
        if found.read != found.kept + len(found.rejected):
            raise AssertionError(f"{self.id}: read {found.read}, kept {found.kept}, rejected {len(found.rejected)}")
        return found

    def _code(self) -> Any:
        return import_module(f"{_ROOM}.{self.id.replace('/', '.')}")


@cache
def readers() -> Mapping[str, Reader]:
    """Return every reader by its id, e.g. "ethereum/etherscan"."""
    found: dict[str, Reader] = {}
    for room in sorted(files(_ROOM).iterdir(), key=lambda one: one.name):
        if not room.is_dir() or room.name.startswith("_"):
            continue
        for path in sorted(room.iterdir(), key=lambda one: one.name):
            if path.name.endswith(".yml"):
                card = yaml.safe_load(path.read_text("utf-8"))
                if isinstance(card, dict) and card.get("reads") == "chain":
                    one = _reader(f"{room.name}/{path.name.removesuffix('.yml')}", card)
                    found[one.id] = one
    return found


def reader(reader_id: str) -> Reader:
    """Return a reader by its id; raise `NotFound` that lists the known ones, the nearest first."""
    known = readers()
    try:
        return known[reader_id.strip()]
    except KeyError:
        near = get_close_matches(reader_id, known, 3, 0.4)
        listed = ", ".join([*near, *(one for one in known if one not in near)])
        raise NotFound(f'No reader "{reader_id[:60]}"; known: {listed}.') from None


def _reader(reader_id: str, card: dict[str, Any]) -> Reader:
    gives = card.get("gives", ())
    words = re.findall("[a-z]+", gives) if isinstance(gives, str) else gives
    largest = card.get("largest_mib")
    return Reader(reader_id, str(card["title"]), tuple(words), largest, card)
