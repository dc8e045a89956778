"""Selection: which statements of the log stand behind the figures of a bundle, and which captures may go with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from watchkeeper.model.tlp import allowed
from watchkeeper.report.statements import named_ids

Statement = Mapping[str, Any]
_RESTING = ("claim", "fact", "link")  # what a source says, of an incident or of a party; it may rest on held bytes
_OF_TRACES = ("finding", "label", "reading")
_NAMED = ("source_id", "capture", "incident_id", "party_id")
_ENDS = ("subject", "object")  # of a link: the two parties


def behind(figures: Iterable[Mapping[str, Any]], runs: Iterable[str], log: Sequence[Statement]) -> list[int]:
    """Return the places in the log of all statements that figures and runs rest on.

    Args:
        figures: Figures as JSON; withheld ones name nothing.
        runs: Ids of the runs that made the files of the bundle.
        log: The log's statements, in order.
    """
    shown = [figure for figure in figures if not figure.get("withheld")]
    ids = set(runs) | {one for figure in shown for one in (*named_ids(figure), *figure["ids"])}
    ids |= set(_of_traces(ids, log))
    said = [s for s in log if s["kind"] in (*_RESTING, *_OF_TRACES, "tally") and s["id"] in ids]
    for statement in said:
        ids |= {str(statement["body"].get(key)) for key in _NAMED}
        if statement["body"].get("field") == "in_edition":
            ids.add(str(statement["body"]["value"]))
        if statement["kind"] == "link":
            ids |= {str(statement["body"][end]) for end in _ENDS}
    decided: set[str] = set()
    for s in log:  # a decision stands behind what it is about, and one that speaks of it behind both
        if s["kind"] == "decision" and {s["body"]["subject"], s["body"].get("other")} & (ids | decided):
            decided.add(s["id"])
    return [place for place, s in enumerate(log) if s["id"] in ids | decided and s["kind"] != "custody"]


def _of_traces(ids: set[str], log: Sequence[Statement]) -> Iterable[str]:
    """Yield the traces that findings are of, and the readings that these followed: a finding is nothing without."""
    traces = {str(s["body"]["trace_id"]) for s in log if s["kind"] == "finding" and s["id"] in ids} | ids
    for s in log:
        if s["kind"] == "trace" and s["id"] in traces:
            yield str(s["id"])
            yield from map(str, s["body"].get("readings") or ())


def captures_allowed(shown: Iterable[Statement], log: Sequence[Statement], clearance: str) -> list[str]:
    """Return the captures that may go with a bundle, in order.

    Args:
        shown: The statements of the bundle; only what one of its claims, facts or links rests on goes with it.
        log: All statements: a source that is not shown has a say as well on what it was the source of.
        clearance: TLP label of the readers; the capture's own label must allow them too.
    """
    named = {one["body"]["capture"] for one in shown if one["kind"] in _RESTING and "capture" in one["body"]}
    free = {one["id"] for one in log if one["kind"] == "source" and one["body"].get("redistribute") == "yes"}
    bound = {
        one["body"]["capture"]
        for one in log
        if one["kind"] in _RESTING and one["body"].get("capture") in named and one["body"].get("source_id") not in free
    }
    closed = {one["id"] for one in log if one["kind"] == "capture" and not allowed(one.get("tlp"), clearance)}
    return sorted(named - bound - closed)


def quotes_kept(log: Sequence[Statement]) -> set[str]:
    """Return the sources of which nothing but a hash may be passed on, so that no words of theirs are quoted."""
    return {one["id"] for one in log if one["kind"] == "source" and one["body"].get("redistribute") == "hash_only"}
