"""Publishing: what of a published report reads otherwise now, which bundles carry it, and the correction of both."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from watchkeeper.fetch import clock
from watchkeeper.model import publications
from watchkeeper.model.figure import NOT_STATED
from watchkeeper.model.tlp import strictest
from watchkeeper.report.compose import OF_PUBLISHING
from watchkeeper.report.figure_card import day
from watchkeeper.report.named import Standing, label_of, standing_of
from watchkeeper.runs import manifest
from watchkeeper.runs.report_checking import verify
from watchkeeper.runs.report_folders import bound, folder_of
from watchkeeper.store import disk
from watchkeeper.store.case import Case
from watchkeeper.values.refused import NotFound, Unsound

# As `runs/bundling.py` logs what it made.
_BUNDLE = re.compile(r"(?P<report>\S+) for TLP:(?P<label>\S+), SHA-256 (?P<sha256>[0-9a-f]{64})\Z")
_FILE = "correction-{}.md"
_REASONS = {
    "claims_new": "claims new",
    "claims_gone": "claims gone",
    "rows_changed": "rows changed",
    "decisions": "decided",
}


@dataclass(frozen=True)
class _Published:
    """A publication with its place in the log, and the bundles that were made of it since."""

    row: Mapping[str, Any]
    place: int
    bundles: tuple[Mapping[str, str], ...]


def corrections(case: Case, name: str | None = None) -> list[dict[str, Any]]:
    """Return a row for each figure of a published report that reads otherwise now, and for each party it names.

    A party stands there as "party ID" if its review or its reply stand otherwise than when it was printed.

    Args:
        case: The case.
        name: Name of a report; every published one if not given.

    Returns:
        Report, publication, figure, old, new, why (claims and decisions), the bundles that carry the old value, and
        under `corrected` the correction that told of this change, None if there is none yet.

    Raises:
        NotFound: no such publication; Unsound: the files are not those that were published.
    """
    log = case.statements()
    return [row for one in _published(case, log, name) for row in _rows(case, log, one)]


def correct(case: Case, name: str, reason: str, *, by: str) -> dict[str, Any]:
    """Log a correction of a published report, and write the page that lists every figure and bundle it touches.

    A correction may touch no figure: words can be wrong as well.

    Returns:
        The correction's id, the page, the figures and the bundles.

    Raises:
        NotFound: no such publication; Invalid: no reason; Unsound: the files are not those that were published.
    """
    log = case.statements()
    (one,) = _published(case, log, name)
    open_ = [row for row in _rows(case, log, one) if row["corrected"] is None]
    entry = publications.correction(
        one.row["publication_id"],
        reason,
        [row["figure"] for row in open_],
        [bundle["sha256"] for bundle in one.bundles],
        by=by,
        on=clock.today().isoformat(),
        tlp=strictest([one.row["tlp"], *(row["tlp"] for row in open_), *_labels(case, open_)]),
    )
    page = _page(one, entry, open_)
    file = _FILE.format(entry["id"])
    materials = [manifest.record_material(case), {"name": f"report {name}", "digest": {"sha256": one.row["run"]}}]
    data = manifest.manifest("report correct", {file: page}, materials, {"report": name})
    path = folder_of(case, name) / file
    disk.put(path, page)
    run = manifest.entry(case, data, verb="report correct", tlp=str(entry["tlp"]))
    case.append([run, entry], at=clock.stamp(), by=by)
    return {
        "correction": entry["id"],
        "page": str(path),
        "figures": [row["figure"] for row in open_],
        "bundles": list(one.bundles),
    }


def _labels(case: Case, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the labels of the decisions that moved figures: the page prints their reasons."""
    ids = {words.partition(":")[0] for row in rows for words in row["decisions"]}
    decisions = case.tables["decision"]
    return decisions.filter(decisions["decision_id"].is_in(ids))["tlp"].to_list()


def _published(case: Case, log: Sequence[Mapping[str, Any]], name: str | None) -> list[_Published]:
    """Return the newest publication of each report, or of one."""
    rows = {row["report"]: row for row in case.tables["publication"].iter_rows(named=True)}
    if name is not None and name not in rows:
        raise NotFound(
            f"No report {name} was published from this case; published: {', '.join(rows) or 'none'}. "
            "A report is published by `watchkeeper report build PLAN --for publication`."
        )
    chosen = [row for report, row in rows.items() if name in (None, report)]
    return [_one(log, row) for row in chosen]


def _one(log: Sequence[Mapping[str, Any]], row: Mapping[str, Any]) -> _Published:
    place = next(n for n, s in enumerate(log) if s["kind"] == "publication" and s["id"] == row["publication_id"])
    made = [s["body"] for s in log[place:] if s["kind"] == "custody" and s["body"].get("how") == "bundle make"]
    found = [match.groupdict() for body in made if (match := _BUNDLE.match(str(body.get("what"))))]
    return _Published(row, place, tuple(one for one in found if one["report"] == row["report"]))


def _rows(case: Case, log: Sequence[Mapping[str, Any]], one: _Published) -> list[dict[str, Any]]:
    report = one.row["report"]
    if bound(_there(case, report)).get("run") != one.row["run"]:
        raise Unsound(
            f"What lies in reports/{report} is not what was published (run {one.row['run'][:16]}); restore it from a "
            "copy, or nobody can say what it printed."
        )
    told = verify(case, report)
    drifted = [*told["drifted"], *_parties(case, log, one, date.fromisoformat(told["as_of"]))]
    return [
        {
            "report": report,
            "publication": one.row["publication_id"],
            **{key: drift[key] for key in ("figure", "old", "new", "values", "tlp", *_REASONS)},
            "bundles": [bundle["sha256"] for bundle in one.bundles],
            "corrected": _corrected(case, one, drift),
        }
        for drift in drifted
    ]


def _parties(case: Case, log: Sequence[Mapping[str, Any]], one: _Published, on: date) -> Iterator[dict[str, Any]]:
    """Return in the form of a figure each party named of which review or reply stand otherwise than when printed."""
    before = {s["id"] for s in log[: one.place]}
    # That a report names a party, or corrects what it says of it, is no news to that report.
    tables = {kind: table.clear() if kind in OF_PUBLISHING else table for kind, table in case.tables.items()}
    then = {
        kind: table.filter(pl.col(f"{kind}_id").is_in(before)) if f"{kind}_id" in table.columns else table
        for kind, table in tables.items()
    }
    for party in one.row["parties"]:
        old = standing_of(then, party, one.row["as_of"])
        new = standing_of(tables, party, on)
        if _said(old) != _said(new):
            labels = [label_of(request) for request in (old.request, new.request) if request]
            yield {
                "figure": f"party {party}",
                "old": _said(old),
                "new": _said(new),
                "values": {},
                "tlp": strictest([one.row["tlp"], *labels]),
                **{name: [] for name in _REASONS},
            }


def _said(found: Standing) -> str:
    """Return how far a party has come in words; that a deadline has passed since is no change."""
    reply = found.request.state if found.request else "no request"
    return f"{found.status.words}; {'sent' if reply == 'overdue' else reply}"


def _there(case: Case, report: str) -> Path:
    folder = case.folder / "reports" / report
    if not (folder / "manifest.json").is_file():
        raise Unsound(f"{folder} is gone, and {report} was published; restore it from a copy.")
    return folder


def _corrected(case: Case, one: _Published, drift: Mapping[str, Any]) -> str | None:
    """Return the correction that told of this very change: its page holds old, new and causes as they are now.

    What moved a figure need not stand behind the correction in the log: a decision can end, or be reopened.
    """
    own = case.tables["correction"].filter(case.tables["correction"]["publication_id"] == one.row["publication_id"])
    naming = [row["correction_id"] for row in own.iter_rows(named=True) if drift["figure"] in row["figures"]]
    told = "\n".join(["", *_figure(drift), ""]).encode()
    folder = _there(case, one.row["report"])
    pages = {correction: folder / _FILE.format(correction) for correction in naming}
    return next((name for name, page in pages.items() if page.is_file() and told in page.read_bytes()), None)


def _page(one: _Published, entry: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the page of a correction as Markdown; it names no account."""
    body = entry["body"]
    told_of = (
        f"Correction {entry['id']} of publication {body['publication_id']}, which told of {day(one.row['as_of'])}."
    )
    lines = [
        f"# Correction of {one.row['report']}",
        "",
        f"TLP:{entry['tlp']}. {day(clock.today())}. {told_of}",
        "",
        f"Reason: {_escaped(body['reason'])}",
        "",
        "## Figures",
        "",
        *(line for row in rows for line in _figure(row)),
        *([] if body["figures"] else ["No figure reads otherwise.", ""]),
        "## Bundles made of it",
        "",
        *(f"- TLP:{bundle['label']}, SHA-256 {bundle['sha256']}" for bundle in one.bundles),
        *([] if one.bundles else ["None is in the record."]),
    ]
    return ("\n".join(lines).rstrip() + "\n").encode()


def _figure(row: Mapping[str, Any]) -> list[str]:
    why = [f"  - {words}: {_escaped('; '.join(row[key]))}" for key, words in _REASONS.items() if row[key]]
    now = "that stands, and rows of it read otherwise" if row["old"] == row["new"] else f"now {_value(row['new'])}"
    others = {name: pair for name, pair in row["values"].items() if pair != [row["old"], row["new"]]}
    told = [f"  - {name}: printed {_value(old)}; now {_value(new)}" for name, (old, new) in others.items()]
    return [f"- {row['figure']}: printed {_value(row['old'])}; {now}", *told, *why, ""]


def _value(value: Any) -> str:
    if value is None:
        return NOT_STATED
    if isinstance(value, Mapping):
        ends = dict.fromkeys((value["low"], value["high"]))
        return f"{' to '.join(map(str, ends))} {value['unit']}"
    return json.dumps(value)


def _escaped(text: str) -> str:
    """Return words of a person as they stand, on one line, with nothing that Markdown would take for a sign."""
    return re.sub(r"([\\`*_{}\[\]<>#|!])", r"\\\1", " ".join(text.split()))
