"""Adding: keep files as captures and say what their bytes were understood to be.

An archive stays one capture; how many members it has is said, or why it was not opened. Nothing is unpacked to disk.
A file of any other form is copied in pieces, so that a large one takes no more memory than a small one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from watchkeeper.fetch import clock
from watchkeeper.model import capture
from watchkeeper.model.tlp import ON_ENTRY, read
from watchkeeper.runs.given import usable
from watchkeeper.runs.receiving import is_new, received
from watchkeeper.sources import archives, markup
from watchkeeper.sources.sniff import CAPTURE, sniff
from watchkeeper.store import captures
from watchkeeper.store.case import Case
from watchkeeper.store.lock import writing
from watchkeeper.values.refused import Invalid

_HEAD = 65_537  # bytes; one more than `sniff` looks at, so that it knows whether they are all
_LOOKED_INTO = (" archive", "XML document")  # as `sniff` words what is looked into when it is added


def add(
    case: Case,
    paths: Sequence[Path],
    *,
    by: str,
    obtained_from: str | None = None,
    obtained_how: str | None = None,
    tlp: str = ON_ENTRY,
) -> list[dict[str, Any]]:
    """Keep each file as a capture; return name, digest, size, what it is, what is in it, and what can be done next.

    Of an archive `members` and `expanded_bytes` are counted; `refused` says why an archive was not opened, or why
    no reader will take an XML document. The bytes are kept all the same.

    Args:
        case: The case.
        paths: The files.
        by: Who adds them.
        obtained_from: Who or where they came from; it is RED whatever the label of the capture.
        obtained_how: How they were obtained; RED as well.
        tlp: The label of the captures.

    Raises:
        NotFound: a path does not exist; nothing is kept of any.
        Invalid: a path is no plain file, or is too large.
    """
    label = read(tlp)
    told = capture.obtained({"obtained_from": obtained_from, "obtained_how": obtained_how})
    for path in paths:
        usable(path, "added")
    return [_keep(case, path, by, told, label) for path in paths]


def _keep(case: Case, path: Path, by: str, told: Mapping[str, str], tlp: str) -> dict[str, Any]:
    with path.open("rb") as file:
        understood = sniff(file.read(_HEAD), path.name)
    with writing(case.folder):
        sha256, _ = captures.keep_file(case.folder, path)
    size = captures.size(case.folder, sha256)
    new = is_new(case, sha256)
    body = capture.body(path.name, size, understood.format, told)
    statements = received(case, sha256, body, how="add", tlp=tlp, obtained=told)
    if statements:
        case.append(statements, at=clock.stamp(), by=by)
    return {
        "name": path.name,
        "capture": sha256,
        "bytes": size,
        "understood_as": understood.format,
        "new": new,
        "next": understood.next and understood.next.replace(CAPTURE, f"--capture {sha256}", 1),
        **_inside(case, sha256, path.name, understood.format),
    }


def _inside(case: Case, sha256: str, name: str, form: str) -> dict[str, Any]:
    """Return what is in an archive, or why it, or an XML document, will not be read."""
    told: dict[str, Any] = {"members": None, "expanded_bytes": None, "refused": None}
    if not any(words in form for words in _LOOKED_INTO):
        return told
    data = captures.read(case.folder, sha256)
    try:
        if " archive" in form:
            found = archives.listing(data, name)
            told |= {"members": len(found.members), "expanded_bytes": found.expanded}
        elif form.startswith("XML document"):
            markup.check(data, name)
    except Invalid as refusal:
        told["refused"] = str(refusal)
    return told
