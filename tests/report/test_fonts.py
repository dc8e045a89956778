from __future__ import annotations

import io
from datetime import date

import pytest
from pypdf import PdfReader
from tests.report.sample_document import KOREAN, RUNE

from watchkeeper.report import fonts
from watchkeeper.report.drawing import Drawing, Text, to_typst_data

ON = date(2026, 11, 22)


def _set(words: str) -> fonts.Typeset:
    return fonts.typeset("picture.typ", _data(words), ON)


def _data(words: str) -> dict[str, object]:
    return {"drawing": to_typst_data(Drawing(300, 40, (Text(4, 20, words, 9),), "Words", "Words on a line."))}


def _words(made: fonts.Typeset) -> str:
    return PdfReader(io.BytesIO(made.data)).pages[0].extract_text()


def test_korean_japanese_and_chinese_are_set_in_their_letters() -> None:
    made = _set(f"{KOREAN} 偵察総局 侦察总局 偵察總局 разведка")
    assert not made.missing_glyphs
    assert KOREAN in _words(made)


def test_a_letter_that_no_font_holds_is_printed_as_its_code_point_and_counted() -> None:
    made = _set(f"a {RUNE} b {RUNE} c")
    assert made.missing_glyphs == {"U+16A0": 2}
    assert "a U+16A0 b U+16A0 c" in _words(made)


def test_neighbouring_code_points_are_kept_apart() -> None:
    assert "U+16A0 U+16A1" in _words(_set("\u16a0\u16a1"))


def test_letters_that_typst_escapes_in_its_message_are_found_too() -> None:
    # U+10FFFF has no name and no glyph; typst writes it as \u{10ffff}.
    assert _set("a\U0010fffdb").missing_glyphs == {"U+10FFFD": 1}


def test_without_the_package_of_fonts_korean_is_printed_as_code_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "cjk_folder", lambda: None)
    made = _set("정 and words")
    assert made.missing_glyphs == {"U+C815": 1}
    assert "U+C815 and words" in _words(made)


def test_the_folder_is_none_where_the_package_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_PACKAGE", "no_such_package_of_fonts")
    assert fonts.cjk_folder() is None


def test_a_picture_is_a_png_with_code_points_where_the_pdf_has_them() -> None:
    rune = fonts.picture("picture.typ", _data(f"a {RUNE}"), ON, ppi=72)
    code = fonts.picture("picture.typ", _data("a U+16A0"), ON, ppi=72)
    assert rune.startswith(b"\x89PNG")
    assert rune == code
