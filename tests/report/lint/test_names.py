"""Names: whoever is named is a reference; found in any spelling, and told with the reference to write."""

from __future__ import annotations

import time
import unicodedata
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.report import lint
from watchkeeper.report.lint import korean, ordinary
from watchkeeper.report.markup import parse

CHAPTERS = {file.name: file.read_text("utf-8") for file in files("watchkeeper.report").joinpath("chapters").iterdir()
            if file.name.endswith(".md")}  # fmt: skip
KNOWN = {"Kim Chol-sam": "{party P-1}", "Bithumb": "{party P-7}", "Ocean Star Shipping Co., Ltd.": "{party P-3}"}
PACKAGE = files("watchkeeper.report.lint")


def faults(text: str, known: dict[str, str] | None = None) -> list[str]:
    return [str(fault) for fault in lint.faults({"notes.md": parse(text, "notes.md")}, {} if known is None else known)]


def test_a_fault_says_where_what_why_and_what_to_write():
    text = "Summary\nof the day.\nTokens left Bithumb on that day."
    (fault,) = faults(text, KNOWN)
    assert fault == (
        'notes.md:3:13: name "Bithumb" in "of the day. Tokens left Bithumb on that day.": no party reference; '
        "write {party P-7}"
    )


@pytest.mark.parametrize("name", sorted(CHAPTERS))
def test_every_chapter_that_ships_passes_for_publication(name):
    lint.check_for_publication({name: parse(CHAPTERS[name], name)}, {})


def test_all_chapters_that_ship_are_read_in_a_second():
    parsed = {name: parse(text, name) for name, text in CHAPTERS.items()}
    lint.faults(parsed, KNOWN)
    began = time.process_time()
    lint.faults(parsed, KNOWN)
    assert time.process_time() - began < 1


def test_names_are_asked_for_publication_only():
    parsed = {"x.md": parse("Tokens left Bithumb.", "x.md")}
    lint.check(parsed)
    assert len(lint.faults(parsed, {})) == 1


@pytest.mark.parametrize(
    "written",
    [
        "Kim Chol-sam",
        "KIM Chol Sam",
        "Kim Cholsam",
        "Chol Sam Kim",
        "kim chol sam",
        "Gim Cheol-sam",
        "Kim Chul-sam",
        "Kim, Chol-sam",
    ],
)
def test_a_korean_name_is_one_name_in_any_romanisation_and_order(written):
    (fault,) = faults(f"The lease was signed by {written} in person.", KNOWN)
    assert fault.endswith("write {party P-1}")


def test_hangul_and_its_romanisations_share_a_reading():
    assert set(korean.readings(["김철삼"])) & set(korean.readings(["Kim", "Chol-sam"]))
    assert set(korean.readings(["박정남"])) & set(korean.readings(["Park", "Jung", "Nam"]))
    assert not set(korean.readings(["김철삼"])) & set(korean.readings(["Kim", "Yong-su"]))


def test_a_name_known_in_hangul_only_is_found_in_latin_letters():
    (fault,) = faults("The lease was signed by kim chol sam in person.", {"김철삼": "{party P-1}"})
    assert fault.endswith("write {party P-1}")


@pytest.mark.parametrize(
    "written", ["Bithumb's", "bithumb", "BITHUMB", "Bit-humb", "Bit\u200bhumb", "Bithúmb", "Bithumbs"]
)
def test_a_name_is_found_in_any_spelling(written):
    (fault,) = faults(f"Tokens of {written} were moved.", KNOWN)
    assert fault.startswith("notes.md:1:11: name")
    assert fault.endswith("write {party P-7}")


def test_a_company_is_found_without_its_suffix_and_over_a_line_end():
    (fault,) = faults("The cargo was booked by Ocean\nStar Shipping in spring.", KNOWN)
    assert fault.startswith('notes.md:1:25: name "Ocean Star Shipping"')


def test_a_name_that_is_an_ordinary_word_is_found_in_capitals_only():
    known = {"Record": "{party P-2}"}
    assert faults("The record is long.", known) == []
    assert len(faults("The Record is long.", known)) == 1


def test_a_name_does_not_reach_over_a_placeholder_or_a_full_stop():
    known = {"Ocean Signs": "{party P-3}"}
    assert len(faults("It crossed an ocean signs.", known)) == 1
    assert faults("It crossed an ocean. Signs were of no use.", known) == []
    assert faults("It crossed an ocean {asat} signs.", known) == []


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("North Korea", "write {state KP}"),
        ("the DPRK", "write {state KP}"),
        ("the Republic of Korea", "write {state KR}"),
        ("Korea", "write {state KP} or {state KR}"),
        ("Russian", "write {state RU}"),
        ("St. Kitts and Nevis", "write {state KN}"),
    ],
)
def test_a_state_is_told_with_its_reference(written, instead):
    (fault,) = faults(f"The bank stands in {written} today.")
    assert ": State " in fault
    assert fault.endswith(instead)


def test_the_pronoun_us_is_no_state_and_a_language_is_none_either():
    assert faults("They told us so, in Korean and in English.") == []


def test_references_and_terms_pass():
    assert faults('{party P-7} in {state KR} told the {term "Cosmos Bank"} of {asat}.') == []


@pytest.mark.parametrize(
    ("file", "list_key"),
    [("terms.yml", None), *(("numbers.yml", part) for part in ("words", "patterns", "exceptions", "units"))],
)
def test_every_group_of_the_lists_says_why(file, list_key):
    told = yaml.safe_load(PACKAGE.joinpath(file).read_text("utf-8"))
    for entry in told if list_key is None else told[list_key]:
        assert len(entry["because"].split()) >= 3, entry


@pytest.mark.parametrize(
    "word", ["Transfers", "Stopped", "Recovery", "Exchanges", "Whoever", "Carefully", "Studies", "Today's"]
)
def test_an_ordinary_word_is_ordinary_in_every_inflection(word):
    assert ordinary.is_ordinary(word)


@pytest.mark.parametrize(
    "word", ["Bithumb", "Lazarus", "Kimsuky", "Upbit", "Nomad", "Harmony", "Ronin", "Euler", "Poly"]
)
def test_names_of_parties_are_no_ordinary_words(word):
    assert not ordinary.is_ordinary(word)


LETTERS = st.characters(min_codepoint=32, max_codepoint=0x3FF, exclude_categories=("Cs", "Cc"), exclude_characters="{}")


@given(st.lists(st.text(LETTERS, min_size=1, max_size=60), min_size=1, max_size=4))
def test_a_faults_line_and_column_point_at_its_words(lines):
    text = "\n".join(lines)
    for fault in lint.faults({"x.md": parse(text, "x.md")}, KNOWN) if not text.lstrip().startswith(":") else ():
        line = text.splitlines()[fault.line - 1]
        first = fault.words.split()[0] if fault.words.split() else fault.words
        assert line[fault.column - 1 :].startswith(first), (fault, line)


@given(st.sampled_from(sorted(CHAPTERS)), st.data())
def test_a_name_planted_anywhere_in_a_chapter_is_found_where_it_stands(name, data):
    pieces = [piece for block in parse(CHAPTERS[name], name) for piece in block.pieces
              if piece.verb is None and " " in piece.words.strip()]  # fmt: skip
    piece = data.draw(st.sampled_from(pieces))
    gaps = [at for at, letter in enumerate(piece.words) if letter == " " and at and piece.column + at > 0]
    at = data.draw(st.sampled_from(gaps or [0]))
    written = data.draw(
        st.sampled_from(["Qiraxo", "북극성", "Østfjord", "QIRAXO", unicodedata.normalize("NFD", "Zóltari")])
    )
    lines = CHAPTERS[name].split("\n")
    line, column = lines[piece.line - 1], piece.column + at
    lines[piece.line - 1] = f"{line[: column - 1]} {written} {line[column:]}"
    found = lint.faults({name: parse("\n".join(lines), name)}, {})
    assert [(f.line, f.words) for f in found if written.split()[0] in f.words], (lines[piece.line - 1], found)
    assert any(f.line == piece.line and f.column <= column + 1 for f in found)


def test_marks_that_turn_the_direction_of_letters_are_refused() -> None:
    (first, *_) = lint.faults({"x.md": parse("The \u202enelots\u202c tokens.", "x.md")}, {})
    assert (first.rule, first.column, first.instead) == ("script", 5, "take it out")


def test_an_unusual_word_of_one_known_name_is_that_name_in_small_letters_too() -> None:
    known = {"Moonquay Shipping": "{party P-3}", "Taerim Seoul": "{party P-4}", "Taerim Trading": "{party P-5}"}
    found = lint.faults({"x.md": parse("The fleet of moonquay and that of taerim were sold.", "x.md")}, known)
    assert [(fault.words, fault.instead) for fault in found] == [("moonquay", "write {party P-3}")]


def test_a_month_is_no_name_though_a_known_name_holds_one():
    chapters = {"notes.md": parse("# A\n\nThe table has a further row, August of that year.\n", "notes.md")}
    assert lint.faults(chapters, {"August Individual": "{party P-1}"}) == []
