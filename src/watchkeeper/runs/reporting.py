"""Reporting: build a report from a case, and verify later what in it has drifted and why."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from watchkeeper.fetch import clock
from watchkeeper.model.tlp import STRICTEST
from watchkeeper.report import compose, page, pdf, statements, word
from watchkeeper.report.document import Document
from watchkeeper.report.figures import compute
from watchkeeper.report.present import to_json
from watchkeeper.runs import manifest
from watchkeeper.runs.drift import Since, drift_of, reads_otherwise
from watchkeeper.store import disk
from watchkeeper.store.case import Case
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import Invalid, NotFound, Refused, Unsound

OURSELVES = "watchkeeper"  # who builds when nobody is named, as in the demonstration
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_BOUND = {"report", "as_of", "as_of_given", "log_statements", "files"}  # what `verify` asks of a manifest
FILES = ("report.pdf", "report.html", "report.docx", "figures.json")


def build(
    case: Case,
    plan: str,
    *,
    name: str | None = None,
    as_of: date | None = None,
    out: Path | None = None,
    clearance: str = STRICTEST,
    by: str = OURSELVES,
    said: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Build a report's four files and the manifest that binds them.

    Args:
        case: The case.
        plan: Report plan, e.g. "cyber-theft-2019".
        name: What to call this report; the plan's name if not given.
        as_of: The day whose knowledge is told; today if not given, and then `verify` looks from its own day.
        out: Folder to write to; `reports/NAME` in the case if not given.
        clearance: TLP label up to which its readers may be shown anything; RED shows everything.
        by: Who builds it; stands in the log beside the run.
        said: Told what is being done, for progress.

    Returns:
        Folder, files, the day told, number of figures and of those withheld, and the glyphs no font had.
    """
    called = name or plan
    if not _NAME.match(called):
        raise Invalid(f'"{called}" is no name for a report; use up to 64 of A-Z a-z 0-9 . _ -.')
    made = _made(case, plan, as_of or clock.today(), clearance, by, said)
    folder = out or case.folder / "reports" / called
    told = {
        "report": plan,
        "name": called,
        "as_of": made.as_at.isoformat(),
        "as_of_given": as_of is not None,
        "clearance": clearance,
        "log_statements": len(case.log),
        "run": made.run,
        "files": {name: of_bytes(data) for name, data in made.files.items()},
        "missing_glyphs": dict(made.missing_glyphs),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name_, data in {**made.files, "manifest.json": _json(told)}.items():
        disk.put(folder / name_, data)  # never through a link that somebody laid in its place
    return {
        "folder": folder,
        "files": sorted(made.files),
        "as_of": made.as_at,
        "figures": len(made.figures),
        "withheld": sum(bool(figure.get("withheld")) for figure in made.figures.values()),
        "missing_glyphs": dict(made.missing_glyphs),
        "run": made.run,
    }


@dataclass(frozen=True)
class Built:
    """A report as it was made for one clearance, and the manifest of the run that made it, which the log names."""

    title: str
    as_at: date
    figures: Mapping[str, Mapping[str, Any]]
    files: Mapping[str, bytes]
    missing_glyphs: Mapping[str, int]
    run: str
    manifest: bytes


def build_for(case: Case, name: str, clearance: str, *, by: str) -> Built:
    """Return a report of the case made anew for readers of a clearance, for the day for which it was built.

    Raises:
        NotFound: no such report; Unsound: a file of it is not the one that was built.
    """
    told = _manifest(_folder(case, name), name)
    return _made(case, told["report"], told["as_of"], clearance, by, lambda _: None)


def _made(case: Case, plan: str, as_of: date, clearance: str, by: str, said: Callable[[str], None]) -> Built:
    """Make a report's files and log the run that made them; the same run is logged once."""
    said("counting")
    document = compose.compose(compose.plan(plan), case.tables, as_of, clearance=clearance)
    rendered = _render(document, said, case.tables)
    files = {name: data for name, data in rendered.items() if isinstance(data, bytes)}
    asked = {"report": plan, "as_of": as_of.isoformat(), "clearance": clearance}
    data = manifest.manifest("report build", files, [manifest.record_material(case)], asked)
    run = of_bytes(data)
    if not any(s["kind"] == "run" and s["id"] == run for s in case.log.read().statements):
        # The label of what was made: who may read the report may know that it was made.
        case.append([manifest.entry(case, data, verb="report build", tlp=document.tlp)], at=clock.stamp(), by=by)
    return Built(document.title, as_of, document.figures, files, rendered["missing_glyphs"], run, data)


def _render(document: Document, said: Callable[[str], None], tables: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    said("setting the PDF")
    set_pdf = pdf.render(document)
    said("writing the page")
    html = page.render(document)
    said("writing the DOCX")
    docx = word.render(document)
    figures = _json(
        {
            "report": document.id,
            "as_of": document.as_at.isoformat(),
            "clearance": document.clearance,
            "figures": dict(document.figures),
            **statements.behind(document.figures.values(), tables, document.clearance),
        }
    )
    return {
        "report.pdf": set_pdf.data,
        "report.html": html,
        "report.docx": docx,
        "figures.json": figures,
        "missing_glyphs": dict(set_pdf.missing_glyphs),
    }


def verify(case: Case, name: str) -> dict[str, Any]:
    """Check a report's files against its manifest, and every figure against the record of today.

    A report built for a stated day is looked at from that day; one built without, from today.

    Args:
        case: The case.
        name: Name of a report in the case, or the folder that one was built to with `out`.

    Returns:
        Number of figures checked, and for each that drifted: old, new, and the claims or decisions behind it;
        apart from these the keys of figures that say the same and whose rows read otherwise, and of those that the
        report withholds: what it does not say cannot drift.

    Raises:
        NotFound: no such report; Unsound: a file is not the one that was built.
    """
    folder = _folder(case, name)
    manifest = _manifest(folder, name)
    told = _read_json(folder / "figures.json")
    as_of = manifest["as_of"] if manifest["as_of_given"] else max(clock.today(), manifest["as_of"])
    since = _since(case, manifest["log_statements"])
    drifted, otherwise = [], []
    withheld = [key for key, old in told["figures"].items() if old.get("withheld")]
    for key, old in told["figures"].items():
        if key in withheld:
            continue
        figure = compute(old["figure"], case.tables, edition=old["edition"], as_of=as_of)
        new = to_json(figure)
        found = drift_of(key, old, new, figure.view, since)
        if found:
            drifted.append(found)
        elif reads_otherwise(old, new):
            otherwise.append(key)
    return {
        "report": name,
        "as_of": as_of.isoformat(),
        "checked": len(told["figures"]) - len(withheld),
        "drifted": drifted,
        "reads_otherwise": otherwise,
        "withheld": withheld,
    }


def _folder(case: Case, name: str) -> Path:
    """Return the folder of a report: the case's own of that name, else one built elsewhere with `out`."""
    own = case.folder / "reports" / name
    if _NAME.match(name) and (own / "manifest.json").exists():
        return own
    return Path(name) if (Path(name) / "manifest.json").is_file() else own


def _since(case: Case, statements: int) -> Since:
    """Return the claims entered or withdrawn, and the decisions, that stand behind this statement of the log."""
    later = case.statements()[statements:]
    moved = {s["id"] for s in later} | {s["body"].get("subject") for s in later}
    claims = case.tables["claim"].select("claim_id", "incident_id")
    return Since(
        {claim: incident for claim, incident in claims.iter_rows() if claim in moved},
        frozenset(s["id"] for s in later if s["kind"] == "decision"),
    )


def list_reports(case: Case) -> list[dict[str, Any]]:
    """Return the reports built in a case, and the plans that can be built."""
    built = sorted((case.folder / "reports").glob("*/manifest.json"))
    rows = [{"name": p.parent.name, **_state(p.parent), "title": ""} for p in built]
    return rows + [{"name": p.id, "state": "plan", "as_of": None, "title": p.title} for p in compose.plans().values()]


def _state(folder: Path) -> dict[str, Any]:
    """Return the state of a report for a list: its files are not looked at."""
    try:
        return {"state": "built", "as_of": _bound(folder)["as_of"]}
    except (Refused, OSError) as error:
        return {"state": f"faulty: {error}", "as_of": None}


def _manifest(folder: Path, name: str) -> Mapping[str, Any]:
    try:
        manifest = _bound(folder)
    except FileNotFoundError:
        raise NotFound(f"No report {name} in this case; see `watchkeeper report list`.") from None
    for file, digest in manifest["files"].items():
        path = folder / file
        if not path.exists():
            raise Unsound(f"{path} is missing; the report is not whole.")
        if of_bytes(path.read_bytes()) != digest:
            raise Unsound(
                f"{path} is not the file that was built: its bytes have changed since. "
                "Build the report anew and compare."
            )
    return {**manifest, "as_of": date.fromisoformat(manifest["as_of"])}


def _bound(folder: Path) -> Mapping[str, Any]:
    """Return the manifest of a report; raise `Unsound` if it is none."""
    manifest = _read_json(folder / "manifest.json")
    if not isinstance(manifest, dict) or not manifest.keys() >= _BOUND or not _whole(manifest):
        raise Unsound(f"{folder}/manifest.json is not whole; build the report anew and compare.")
    return manifest


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise Unsound(f"{path} cannot be read ({error}); build the report anew and compare.") from error


def _whole(manifest: Mapping[str, Any]) -> bool:
    """Return whether a manifest binds all files of a report, to a day and to a place in the log."""
    try:
        date.fromisoformat(manifest["as_of"])
    except (TypeError, ValueError):
        return False
    statements, bound = manifest["log_statements"], manifest["files"]
    # A manifest that leaves a file out would vouch for whatever lies in its place.
    return (
        isinstance(manifest["report"], str)
        and isinstance(manifest["as_of_given"], bool)
        and isinstance(statements, int)
        and statements >= 0
        and isinstance(bound, dict)
        and set(bound) == set(FILES)
    )


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
