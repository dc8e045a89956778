"""Fonts: the typefaces that paper is set in, and setting it, whatever letters the words hold.

Latin, Greek and Cyrillic come with typst. Korean, Japanese and Chinese come with the package
justmytype-intl-cjk; where it is not installed a report is still made. No font of the machine is
used, or the same report would differ between two machines. A letter that no font holds is printed
as its code point, "U+16A0", and counted: an empty box would hide what a name says.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst

FAMILIES = ("Libertinus Serif", "Noto Sans KR", "Noto Sans JP", "Noto Sans SC", "Noto Sans TC")

_PACKAGE = "justmytype_intl_cjk"
# typst quotes the letters it cannot show as Rust does.
_MISSING = re.compile(r'the text `"(?P<text>(?:\\.|[^"\\])*)"` could not be displayed')
_ESCAPE = re.compile(r"\\(?:u\{(?P<code>[0-9a-f]+)\}|(?P<plain>.))")
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


@dataclass(frozen=True, slots=True)
class Typeset:
    """What typst made, and how often each letter that no font holds was printed as its code point instead."""

    data: bytes
    missing_glyphs: Mapping[str, int]


def cjk_folder() -> Path | None:
    """Return the folder of the Korean, Japanese and Chinese fonts, or None where their package is not installed."""
    spec = find_spec(_PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec else []
    folder = Path(places[0], "fonts") if places else None
    return folder if folder is not None and folder.is_dir() else None


def typeset(template: str, data: Mapping[str, Any], on: date) -> Typeset:
    """Return a tagged PDF (PDF/UA-1) of a template.

    Args:
        template: File name in `templates/`. It reads "data.json"; it finds there also "families" and
            "missing_glyphs", code points and how often each is printed, and may import the other templates.
        data: What the template is to say, JSON-able.
        on: The day that dates the file.

    Raises:
        typst.TypstError: The template breaks a rule of typst or of PDF/UA-1; that is our bug.
    """
    made, missing = _as_pdf(template, data, on)
    return Typeset(made, _by_code_point(missing))


def picture(template: str, data: Mapping[str, Any], on: date, *, ppi: float) -> bytes:
    """Return the page of a one-page template as PNG, with code points where `typeset` would print them."""
    # Only the check for PDF/UA names the letters that no font holds, so the page is set as PDF first.
    _, missing = _as_pdf(template, data, on)
    return _compile(template, data, missing, on, format="png", ppi=ppi)


def _as_pdf(template: str, data: Mapping[str, Any], on: date) -> tuple[bytes, Counter[str]]:
    missing: Counter[str] = Counter()
    while True:
        try:
            return _compile(template, data, missing, on, pdf_standards="ua-1"), missing
        except typst.TypstError as error:
            found = _not_shown(str(error.diagnostic)) - missing.keys()
            if not found:
                raise
            missing.update({text: _occurrences(data, text) for text in found})


def _compile(template: str, data: Mapping[str, Any], missing: Counter[str], on: date, **form: Any) -> bytes:
    said = {**_replaced(data, missing), "families": FAMILIES, "missing_glyphs": _by_code_point(missing)}
    sources = {**_templates(), "main.typ": f'#include "{template}"'.encode(), "data.json": json.dumps(said).encode()}
    made: bytes = typst.compile(
        sources,
        font_paths=_fonts(cjk_folder()),
        ignore_system_fonts=True,
        timestamp=datetime.combine(on, time(), UTC),
        **form,
    )
    return made


@cache
def _fonts(folder: Path | None) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[folder] if folder else [])


@cache
def _templates() -> dict[str, bytes]:
    folder = files("watchkeeper.report").joinpath("templates")
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name.endswith(".typ")}


def _not_shown(diagnostic: str) -> set[str]:
    return {_ESCAPE.sub(_unescaped, found["text"]) for found in _MISSING.finditer(diagnostic)}


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found["code"], 16)) if found["code"] else _PLAIN.get(found["plain"], found["plain"])


def _replaced(data: Any, missing: Counter[str]) -> Any:
    """Return the data with every run of letters that cannot be shown as code points, "U+16A0 U+16A1"."""
    if not missing:
        return data
    one = "|".join(re.escape(text) for text in sorted(missing, key=len, reverse=True))
    run = re.compile(f"(?:{one})+")
    return _mapped(data, lambda text: run.sub(lambda found: _code_points(found[0]), text))


def _mapped(data: Any, change: Any) -> Any:
    match data:
        case str():
            return change(data)
        case dict():
            return {key: _mapped(value, change) for key, value in data.items()}
        case list() | tuple():
            return [_mapped(value, change) for value in data]
        case _:
            return data


def _occurrences(data: Any, text: str) -> int:
    match data:
        case str():
            return data.count(text)
        case dict():
            return sum(_occurrences(value, text) for value in data.values())
        case list() | tuple():
            return sum(_occurrences(value, text) for value in data)
        case _:
            return 0


def _by_code_point(missing: Counter[str]) -> dict[str, int]:
    return {_code_points(text): missing[text] for text in sorted(missing)}


def _code_points(text: str) -> str:
    return " ".join(f"U+{ord(letter):04X}" for letter in text)
