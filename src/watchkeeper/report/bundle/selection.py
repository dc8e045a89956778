"""Selection: which statements of the log stand behind the figures of a bundle, and which captures may go with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from watchkeeper.report.statements import named_ids

Statement = Mapping[str, Any]


def behind(figures: Iterable[Mapping[str, Any]], runs: Iterable[str], log: Sequence[Statement]) -> list[int]:
    """Return the places in the log of all statements that figures and runs rest on.

    Args:
        figures: Figures as JSON; withheld ones name nothing.
        runs: Ids of the runs that made the files of the bundle.
        log: The log's statements, in order.
    """
    shown = [figure for figure in figures if not figure.get("withheld")]
    ids = set(runs) | {one for figure in shown for one in (*named_ids(figure), *figure["ids"])}
    said = [s for s in log if s["kind"] in ("claim", "tally") and s["id"] in ids]
    for statement in said:
        ids |= {str(statement["body"].get(key)) for key in ("source_id", "capture", "incident_id")}
        if statement["body"].get("field") == "in_edition":
            ids.add(str(statement["body"]["value"]))
    decided = {s["id"] for s in log if s["kind"] == "decision" and {s["body"]["subject"], s["body"].get("other")} & ids}
    return [place for place, s in enumerate(log) if s["id"] in ids | decided and s["kind"] != "custody"]


def captures_allowed(chosen: Sequence[Statement]) -> list[str]:
    """Return the captures among the statements whose every source lets them be passed on, in order."""
    allowed = {s["id"]: s["body"].get("redistribute") == "yes" for s in chosen if s["kind"] == "source"}
    resting: dict[str, list[bool]] = {}
    for statement in chosen:
        if statement["kind"] == "claim" and "capture" in statement["body"]:
            may = allowed.get(statement["body"]["source_id"], False)
            resting.setdefault(statement["body"]["capture"], []).append(may)
    return sorted(capture for capture, each in resting.items() if all(each))
