"""Report folders: where a built report lies, and whether the files in it are those that were built."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from watchkeeper.report import factcheck
from watchkeeper.report.compose import DRAFT, PUBLICATION, PURPOSES
from watchkeeper.runs.own_chapters import NAME as CHAPTER
from watchkeeper.store.case import Case
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import NotFound, Unsound

FILES = ("report.pdf", "report.html", "report.docx", "figures.json")
CHAPTERS = "chapters"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_BOUND = {"report", "as_of", "as_of_given", "log_statements", "files"}  # what `verify` asks of a manifest


def files_of(purpose: str, chapters: list[str]) -> set[str]:
    """Return the names of all files of a report that its manifest binds."""
    sheet = factcheck.FILES if purpose == PUBLICATION else ()
    return {*FILES, *sheet, *(f"{CHAPTERS}/{name}" for name in chapters)}


def folder_of(case: Case, name: str) -> Path:
    """Return the folder of a report: the case's own of that name, else one built elsewhere with `out`."""
    own = case.folder / "reports" / name
    if NAME.match(name) and (own / "manifest.json").exists():
        return own
    return Path(name) if (Path(name) / "manifest.json").is_file() else own


def checked(folder: Path, name: str) -> Mapping[str, Any]:
    """Return the manifest of a report whose files are those that were built; its day is a date.

    Raises:
        NotFound: no such report; Unsound: a file is not the one that was built, or the manifest is not whole.
    """
    try:
        manifest = bound(folder)
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


def bound(folder: Path) -> Mapping[str, Any]:
    """Return the manifest of a report; raise `Unsound` if it is none."""
    manifest = read_json(folder / "manifest.json")
    if not isinstance(manifest, dict) or not manifest.keys() >= _BOUND:
        raise Unsound(f"{folder}/manifest.json is not whole; build the report anew and compare.")
    # A report of before there were purposes is a draft without chapters of its user's.
    told = {"purpose": DRAFT, "chapters": [], **manifest}
    if not _whole(told):
        raise Unsound(f"{folder}/manifest.json is not whole; build the report anew and compare.")
    return told


def read_json(path: Path) -> Any:
    """Return what a JSON file of a report holds; raise `Unsound` if it cannot be read."""
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
    statements, files, chapters = manifest["log_statements"], manifest["files"], manifest["chapters"]
    named = isinstance(chapters, list) and all(isinstance(one, str) and CHAPTER.match(one) for one in chapters)
    # A manifest that leaves a file out would vouch for whatever lies in its place.
    return (
        isinstance(manifest["report"], str)
        and isinstance(manifest["as_of_given"], bool)
        and isinstance(statements, int)
        and statements >= 0
        and named
        and manifest["purpose"] in PURPOSES
        and isinstance(files, dict)
        and set(files) == files_of(manifest["purpose"], chapters)
    )
