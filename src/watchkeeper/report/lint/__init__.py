"""Lint: what may not be printed is refused before a report is built, each fault with file, line and column.

`check` is asked of every build: loose numbers, and words that are never said in our own voice.
`check_for_publication` asks for names as well: whoever is named in print must be a party with a
reviewed finding, its sources and its reply, and only a reference ({party ...}) carries those.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from watchkeeper.report.lint import names, numbers, text, words
from watchkeeper.report.lint.fault import Fault
from watchkeeper.report.markup import RawBlock
from watchkeeper.values.refused import Invalid

__all__ = ["Fault", "check", "check_for_publication", "faults"]


def check(chapters: Mapping[str, Iterable[RawBlock]]) -> None:
    """Raise `Invalid` naming every loose number and forbidden word of every chapter; return if there is none."""
    _refuse(faults(chapters))


def check_for_publication(chapters: Mapping[str, Iterable[RawBlock]], known: Mapping[str, str]) -> None:
    """Raise `Invalid` as `check` does, and for every name that is no reference.

    Args:
        chapters: The blocks of each chapter by file name.
        known: Every name and alias that the case knows, in any script, to what is written in its
            place, e.g. "{party P-1}".
    """
    _refuse(faults(chapters, known))


def faults(chapters: Mapping[str, Iterable[RawBlock]], known: Mapping[str, str] | None = None) -> list[Fault]:
    """Return every fault in the order of the chapters; names are asked only if `known` is given, be it empty."""
    texts = text.read(chapters)
    found = [*numbers.faults(texts), *words.faults(texts)]
    if known is not None:
        found += names.faults(texts, known)
    order = {name: place for place, name in enumerate(chapters)}
    return sorted(found, key=lambda fault: (order[fault.file], fault.line, fault.column, fault.rule))


def _refuse(found: list[Fault]) -> None:
    if found:
        what = "fault" if len(found) == 1 else "faults"
        raise Invalid(f"{len(found)} {what} in the text of the report; nothing was built.", tuple(map(str, found)))
