"""Opening: the case a command works on, and a word on standard error if its log has a torn tail."""

from __future__ import annotations

from pathlib import Path

from watchkeeper.cli.output import say
from watchkeeper.runs import opening
from watchkeeper.store.case import Case


def open_case(folder: Path | None, *, demo: bool = False) -> Case:
    """Return the case to work on, as `runs.opening` finds it; say once what of its log is not counted."""
    case = opening.open_case(folder, demo=demo)
    torn = case.log.read().torn_bytes
    if torn:
        say(
            f"{torn} bytes behind the last sealed batch were cut off or never finished; they are not counted. "
            "The next entry replaces them."
        )
    return case
