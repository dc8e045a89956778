"""Traces: the reports of a case in which words stand that are to be erased.

A report is looked into as JSON, HTML and DOCX write a text. A PDF is not: it says what the page beside it
says. Words that a report broke up or shortened are not found.
"""

from __future__ import annotations

import html
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from watchkeeper.store.case import Case


def reports_with(case: Case, words: Iterable[str]) -> list[Path]:
    """Return the folders of the reports built in the case that hold one of some texts; no link is followed."""
    forms = {form.encode() for word in words for form in _written(word)}
    folders = (one for one in (case.folder / "reports").glob("*") if one.is_dir() and not one.is_symlink())
    return sorted(folder for folder in folders if any(form in data for data in _contents(folder) for form in forms))


def _written(word: str) -> Iterator[str]:
    yield word
    yield json.dumps(word, ensure_ascii=False)[1:-1]
    yield html.escape(word)
    yield html.escape(word, quote=False)


def _contents(folder: Path) -> Iterator[bytes]:
    """Yield each file's bytes, and the unpacked parts of one that is packed, as a DOCX is."""
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        data = path.read_bytes()
        yield data
        with suppress(zipfile.BadZipFile, zlib.error, RuntimeError), zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                yield packed.read(name)
