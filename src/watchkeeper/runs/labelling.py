"""Labelling: the TLP label that each entry of an import gets.

What rests on a source is as strict as the source and as the bytes it names; a decision is at least as strict
as what it decides on; an entry that rests on nothing else gets the label of the import. The import's label
makes an entry that rests on a source stricter only where it was asked for: the default may not close what
was published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from watchkeeper.model.tlp import ON_ENTRY, read, strictest
from watchkeeper.store.case import Case

_DECIDED_ON = ("claim", "incident", "party", "fact", "link", "label", "price", "reading", "trace", "decision")


class Labels:
    """The labels of what the record holds and of the entries given so far, in the order in which they are given."""

    def __init__(self, case: Case, asked: str | None) -> None:
        """Take the labels that stand in the record, and the one asked for, if any was; refuse an unknown one."""
        self._asked = [] if asked is None else [read(asked)]
        self.own = asked or ON_ENTRY
        self._known: dict[tuple[str, str], str] = {}
        for kind in ("source", *_DECIDED_ON):
            table = case.tables[kind].select(f"{kind}_id", "tlp")
            self._known |= {(kind, entry): label for entry, label in table.iter_rows()}
        captures = case.tables["capture"].select("capture", "tlp")
        self._known |= {("capture", sha256): label for sha256, label in captures.iter_rows()}

    def of(self, kind: str, entry_id: str, body: Mapping[str, Any]) -> str:
        """Return the label of an entry; those it names come before it, or it is RED."""
        label = strictest(self._behind(kind, body))
        self._known[kind, entry_id] = label
        return label

    def _behind(self, kind: str, body: Mapping[str, Any]) -> Iterable[str | None]:
        if kind == "source":
            return (body.get("tlp"), *self._asked)
        if "source_id" in body:
            held = [("capture", body[name]) for name in ("capture", "transcription") if name in body]
            rests_on = [("source", body["source_id"]), *held]
            return (*map(self._known.get, rests_on), *self._asked)
        if kind == "decision":
            return (*map(self._decided_on, (body[key] for key in ("subject", "other") if key in body)), self.own)
        return (self.own,)

    def _decided_on(self, entry_id: str) -> str | None:
        found = [self._known[kind, entry_id] for kind in _DECIDED_ON if (kind, entry_id) in self._known]
        return strictest(found) if found else None
