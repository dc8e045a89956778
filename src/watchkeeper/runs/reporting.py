"""Reporting: build a report from a case, for one clearance and one purpose, and list what was built."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from watchkeeper.fetch import clock
from watchkeeper.model import publications
from watchkeeper.model.tlp import STRICTEST
from watchkeeper.report import compose, factcheck, page, pdf, statements, word
from watchkeeper.report.compose import DRAFT, PUBLICATION
from watchkeeper.report.document import Document
from watchkeeper.runs import manifest, own_chapters
from watchkeeper.runs.report_checking import verify
from watchkeeper.runs.report_folders import CHAPTERS, FILES, NAME, bound, checked, folder_of
from watchkeeper.store import disk
from watchkeeper.store.case import Case
from watchkeeper.store.lock import writing
from watchkeeper.values.digest import Json, of_bytes
from watchkeeper.values.refused import Invalid, Refused

__all__ = ["FILES", "OURSELVES", "Built", "build", "build_for", "list_reports", "verify"]
_LOCK = ".building"  # no name that a report can have
OURSELVES = "watchkeeper"  # who builds when nobody is named, as in the demonstration


@dataclass(frozen=True)
class Asked:
    """What a report is built of: its plan, the day, its readers, what it is for, and the user's chapters."""

    plan: str
    as_of: date
    clearance: str
    purpose: str = DRAFT
    chapters: Mapping[str, bytes] = field(default_factory=dict)
    trace: str | None = None


def build(  # noqa: PLR0913 - each is an option of the command
    case: Case,
    plan: str,
    *,
    name: str | None = None,
    as_of: date | None = None,
    out: Path | None = None,
    clearance: str = STRICTEST,
    purpose: str = DRAFT,
    chapters: Sequence[Path] = (),
    trace: str | None = None,
    by: str = OURSELVES,
    said: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Build a report's files and the manifest that binds them.

    Args:
        case: The case.
        plan: Report plan, e.g. "cyber-theft-2019".
        name: What to call this report; the plan's name if not given.
        as_of: The day whose knowledge is told; today if not given, and then `verify` looks from its own day.
        out: Folder to write to; `reports/NAME` in the case if not given.
        clearance: TLP label up to which its readers may be shown anything; RED shows everything.
        purpose: "draft", or "publication", which is logged and can be corrected.
        chapters: The user's own chapters, behind those of the plan.
        trace: The trace that figures of a trace tell of; the only one there is if not given.
        by: Who builds it; stands in the log beside the run.
        said: Told what is being done, for progress.

    Returns:
        Folder, files, the day told, number of figures and of those withheld, and the glyphs no font had.

    Raises:
        Invalid: a fault in a chapter, or what keeps the report from publication; nothing is written then.
    """
    called = name or plan
    _may_be_called(case, called, purpose, out)
    asked = Asked(plan, as_of or clock.today(), clearance, purpose, own_chapters.read(chapters), trace)
    made = _made(case, asked, by, said)
    folder = out or case.folder / "reports" / called
    own = {f"{CHAPTERS}/{file}": data for file, data in asked.chapters.items()}
    files = {**made.files, **own}
    told = {
        "report": plan,
        "name": called,
        "as_of": made.as_at.isoformat(),
        "as_of_given": as_of is not None,
        "clearance": clearance,
        "purpose": purpose,
        "chapters": list(asked.chapters),
        **({"trace": trace} if trace else {}),
        "log_statements": len(case.log),
        "run": made.run,
        "files": {file: of_bytes(data) for file, data in files.items()},
        "missing_glyphs": dict(made.missing_glyphs),
    }
    with _alone(case, called, purpose, out):
        _write(folder, {**files, "manifest.json": _json(told)})
        published = _publish(case, made, plan, called, by) if purpose == PUBLICATION else None
    return {
        "folder": folder,
        "files": sorted(files),
        "as_of": made.as_at,
        "figures": len(made.figures),
        "withheld": sum(bool(figure.get("withheld")) for figure in made.figures.values()),
        "missing_glyphs": dict(made.missing_glyphs),
        "run": made.run,
        "publication": published,
    }


def _may_be_called(case: Case, called: str, purpose: str, out: Path | None) -> None:
    if not NAME.match(called):
        raise Invalid(f'"{called}" is no name for a report; use up to 64 of A-Z a-z 0-9 . _ -.')
    if purpose == PUBLICATION and out is not None:
        raise Invalid(
            "A report for publication is kept in the case, so that it can be corrected later; leave --out away and "
            "copy it from there. Nothing was built."
        )
    if out is None and called in set(case.tables["publication"]["report"]):
        raise Invalid(
            f"{called} was published, and its files say what its readers hold; build under another name with --name, "
            f"or correct it with `watchkeeper report correct {called} --reason ...`. Nothing was built."
        )


@contextmanager
def _alone(case: Case, called: str, purpose: str, out: Path | None) -> Iterator[None]:
    """Keep others from writing reports of the case, once nobody has published one of this name while it was made."""
    if out is not None:
        yield
        return
    folder = case.folder / "reports" / _LOCK
    folder.mkdir(parents=True, exist_ok=True)
    with writing(folder):
        _may_be_called(Case(case.folder), called, purpose, out)
        yield


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    inner = folder / CHAPTERS
    if inner.is_symlink():
        raise Invalid(f"{inner} is a link, and nothing is written through one; take it away.")
    for stale in inner.glob("*.md") if inner.is_dir() else ():
        if f"{CHAPTERS}/{stale.name}" not in files:
            stale.unlink()  # of a build before: nothing binds it any more
    if any(name.startswith(f"{CHAPTERS}/") for name in files):
        inner.mkdir(exist_ok=True)
    for name, data in files.items():
        disk.put(folder / name, data)  # never through a link that somebody laid in its place


def _publish(case: Case, made: Built, plan: str, called: str, by: str) -> str:
    """Log that a report was published; return the id of the statement."""
    said: dict[str, Json] = {
        "report": called,
        "plan": plan,
        "as_of": made.as_at.isoformat(),
        "run": made.run,
        "figures": list(made.figures),
        "parties": list(made.parties),
        "entered_on": clock.today().isoformat(),
    }
    entry = publications.publication(said, tlp=made.tlp)
    case.append([entry], at=clock.stamp(), by=by)
    return str(entry["id"])


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
    tlp: str
    parties: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()


def build_for(case: Case, name: str, clearance: str, *, by: str) -> Built:
    """Return a report of the case made anew for readers of a clearance, for the day and purpose of its build.

    Raises:
        NotFound: no such report; Unsound: a file of it is not the one that was built. Invalid: it was built for
            publication, and something keeps it from that now.
    """
    folder = folder_of(case, name)
    told = checked(folder, name)
    own = {file: (folder / CHAPTERS / file).read_bytes() for file in told["chapters"]}
    asked = Asked(told["report"], told["as_of"], clearance, told["purpose"], own, told.get("trace"))
    return _made(case, asked, by, lambda _: None)


def _made(case: Case, asked: Asked, by: str, said: Callable[[str], None]) -> Built:
    """Make a report's files and log the run that made them; the same run is logged once."""
    said("counting")
    document = _composed(case, asked)
    rendered = _render(document, said, case.tables)
    files = {name: data for name, data in rendered.items() if isinstance(data, bytes)}
    if asked.purpose == PUBLICATION:
        said("writing the fact-check sheet")
        files |= factcheck.sheet(document, _before_publication(case.tables))
    data = manifest.manifest("report build", files, _materials(case, asked), _parameters(asked))
    run = of_bytes(data)
    if not any(s["kind"] == "run" and s["id"] == run for s in case.log.read().statements):
        # The label of what was made: who may read the report may know that it was made.
        case.append([manifest.entry(case, data, verb="report build", tlp=document.tlp)], at=clock.stamp(), by=by)
    made = Built(
        document.title, asked.as_of, document.figures, files, rendered["missing_glyphs"], run, data, document.tlp
    )
    return replace(made, parties=document.parties, entries=document.entries)


def _composed(case: Case, asked: Asked) -> Document:
    plan = compose.plan(asked.plan)
    own = {name: own_chapters.text(name, data) for name, data in asked.chapters.items()}
    texts = {**compose.chapter_texts(plan), **own}
    return compose.compose(
        plan,
        case.tables,
        asked.as_of,
        texts,
        clearance=asked.clearance,
        purpose=asked.purpose,
        trace=asked.trace,
    )


def _before_publication(tables: Mapping[str, pl.DataFrame]) -> Mapping[str, pl.DataFrame]:
    return {**tables, **{kind: tables[kind].clear() for kind in compose.OF_PUBLISHING}}


def _materials(case: Case, asked: Asked) -> list[Mapping[str, Any]]:
    # By number: the manifest goes with a bundle, and a file's name can say what its readers may not see.
    own = [
        {"name": f"chapter {number}", "digest": {"sha256": of_bytes(data)}}
        for number, data in enumerate(asked.chapters.values(), start=1)
    ]
    return [manifest.record_material(case), *own]


def _parameters(asked: Asked) -> dict[str, Any]:
    told = {"report": asked.plan, "as_of": asked.as_of.isoformat(), "clearance": asked.clearance}
    more = {
        "purpose": asked.purpose if asked.purpose != DRAFT else None,
        "chapters": len(asked.chapters),
        "trace": asked.trace,
    }
    return told | {name: given for name, given in more.items() if given}


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


def list_reports(case: Case) -> list[dict[str, Any]]:
    """Return the reports built in a case, and the plans that can be built."""
    built = sorted((case.folder / "reports").glob("*/manifest.json"))
    published = set(case.tables["publication"]["report"])
    rows = [{"name": p.parent.name, **_state(p.parent, published), "title": ""} for p in built]
    return rows + [{"name": p.id, "state": "plan", "as_of": None, "title": p.title} for p in compose.plans().values()]


def _state(folder: Path, published: set[str]) -> dict[str, Any]:
    """Return the state of a report for a list: its files are not looked at."""
    try:
        return {"state": "published" if folder.name in published else "built", "as_of": bound(folder)["as_of"]}
    except (Refused, OSError) as error:
        return {"state": f"faulty: {error}", "as_of": None}


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
