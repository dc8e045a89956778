"""Texts: what cannot be seen is flagged and shown, and the text itself stays as it is."""

from __future__ import annotations

import unicodedata

import pytest

from watchkeeper.values.texts import flagged, flags, visible


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("invoice\u202efdp.exe", "bidi control U+202E"),
        ("\u2066a\u2069", "bidi control U+2066"),
        ("Ban\u200bk", "zero-width character U+200B"),
        ("Bank\ufeff", "zero-width character U+FEFF"),
        ("Ban\u00adk", "zero-width character U+00AD"),
        ("Bank\u3164", "blank letter U+3164"),
        ("Bank\u2800", "blank letter U+2800"),
        ("a\x1b[2J", "control character U+001B"),
        ("a\x9b2J", "control character U+009B"),
        ("a\U000e0041", "format character U+E0041"),
        ("a\ud800", "half a character U+D800"),
        ("К\u0456m", "Latin and Cyrillic letters in one word: <U+041A><U+0456>m"),
        ("Bαnk", "Latin and Greek letters in one word: B<U+03B1>nk"),
        ("Bank of Ꭺfrica", "Latin and Cherokee letters in one word: <U+13AA>frica"),
        ("КІМ Jong", "Cyrillic letters that are drawn like Latin ones: <U+041A><U+0406><U+041C>"),
        ("ΒΑΝΚ of X", "Greek letters that are drawn like Latin ones: <U+0392><U+0391><U+039D><U+039A>"),
    ],
)
def test_what_a_reader_cannot_see_or_takes_for_other_letters_is_flagged(text, flag):
    assert flag in flags(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "Bangladesh Bank", "라자루스 Lazarus", "Ким Чен Ын (Kim Jong Un)", "金正恩 Kim", "Ünïcödé",
        "Ελλάδα and Greece",
        "α-particle", "5 µm", "двигатель RD-250", "a\nb\tc\r\n", "Сеть и банк, in full", "Zürich", "о bank",
    ],
)  # fmt: skip
def test_plain_text_of_any_script_is_not(text):
    assert flags(text) == ()


@pytest.mark.parametrize("text", ["К\u0456m", "a\u202eb", "a\u200bb"])
def test_normalising_would_have_caught_none_of_it(text):
    assert unicodedata.normalize("NFKC", text) == text
    assert flags(text)


def test_a_text_full_of_them_is_flagged_in_a_few_words():
    assert flags("".join(map(chr, range(0x202A, 0x202F))) + "\u2066\u2067") == (
        "bidi control U+202A", "bidi control U+202B", "bidi control U+202C", "bidi control U+202D",
        "3 more characters that cannot be seen",
    )  # fmt: skip
    words = " ".join(f"{letter}ж" for letter in "abcdef")
    assert flags(words)[-1] == "2 more words of letters that are drawn alike"


def test_a_row_of_cells_is_flagged_by_the_names_of_the_cells():
    assert flagged({"title": "K\u0456m", "note": "plain", "quote": None}) == (
        "title: Latin and Cyrillic letters in one word: K<U+0456>m",
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07", "<U+001B>]0;title<U+0007>"),
        ("a\u202eb\u200b\u3164", "a<U+202E>b<U+200B><U+3164>"),
        ("a\nb\tc", "a\nb\tc"),
        ("라자루스 Кім", "라자루스 Кім"),
    ],
)
def test_what_cannot_be_seen_is_shown_as_its_code_point(text, shown):
    assert visible(text) == shown


def test_in_a_label_of_one_line_a_line_break_is_shown_too():
    assert visible("a\nb\tc", lines=False) == "a<U+000A>b<U+0009>c"
