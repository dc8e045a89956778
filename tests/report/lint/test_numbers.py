"""Numbers: a number typed by hand is refused with file, line and column, whatever it is written in."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.report import lint
from watchkeeper.report.markup import parse
from watchkeeper.values.refused import Invalid

CHAPTERS = {file.name: file.read_text("utf-8") for file in files("watchkeeper.report").joinpath("chapters").iterdir()
            if file.name.endswith(".md")}  # fmt: skip


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(Invalid) as refusal:
        lint.check({"x.md": parse(text, "x.md")})
    return refusal.value.faults


@pytest.mark.parametrize("name", sorted(CHAPTERS))
def test_every_chapter_that_ships_is_clean(name):
    lint.check({name: parse(CHAPTERS[name], name)})


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("35", "35"),
        ("7", "7"),
        ("٣٥", "٣٥"),  # Arabic-Indic
        ("३५", "३५"),  # Devanagari
        ("３５", "３５"),  # full width
        ("Ⅳ", "Ⅳ"),  # the Roman numeral as one character
        ("m²", "²"),
        ("½", "½"),
        ("①", "①"),
        ("S/2019/691", "2019/691"),
    ],
)
def test_a_digit_of_any_script_is_a_loose_number(written, shown):
    found = faults(f"The table lists {written} instances.")
    column = 17 + written.index(shown)
    assert found[0].startswith(f'x.md:1:{column}: loose digit "{shown}" in "The table lists {written} instances.": ')
    assert found[0].endswith("write {fig ...}, {quote ...} or {doc ...}, or leave the number out")


def test_a_number_in_digits_is_one_fault_through_its_separators():
    assert len(faults("2016")) == 1
    assert len(faults("1,955.3")) == 1


NUMBER_WORDS = """
    two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands dozen dozens
    twice thrice half twofold tenfold Two TWELVE
"""


@pytest.mark.parametrize("word", NUMBER_WORDS.split())
def test_a_number_in_words_is_a_loose_number(word):
    text = f"Victims in {word} States"
    (fault,) = faults(text)
    assert fault.startswith(f'x.md:1:12: number in words "{word}" in "{text}": ')


def test_the_words_of_one_number_are_one_fault_and_faults_come_in_their_order():
    found = [fault.partition(" in ")[0] for fault in faults("thirty-five, or 36")]
    assert found == ["x.md:1:1: number", 'x.md:1:17: loose digit "36"']


def test_an_address_is_one_fault_and_not_one_for_each_of_its_digits():
    assert len(faults("It went to 0x1a2b3c4d5e on that day.")) == 1


def test_million_is_a_unit_only_behind_a_figure_printed_in_millions():
    lint.check({"x.md": parse("Of {fig cyber.taken taken millions} million USD.", "x.md")})
    assert len(faults("Of {fig cyber.taken rows} million USD.")) == 1
    assert len(faults("Of {fig cyber.taken taken millions} billion USD.")) == 1
    assert len(faults("Of some million USD.")) == 1


def test_per_cent_needs_its_figure_right_before_it():
    lint.check({"x.md": parse("A share of {fig cyber.share} per cent.", "x.md")})
    assert len(faults("A share of some per cent.")) == 1


@pytest.mark.parametrize(
    "written",
    [
        "trente-cinq",
        "treinta y cinco",
        "тридцать пять",
        "خمسة",
        "三十五",
        "서른다섯",
        "삼십오",
        "열일곱",
        "수십",
        "백만",
        "XVII",
        "xiv",
    ],
)
def test_a_number_of_another_language_or_script_is_one_fault(written):
    (fault,) = faults(f"The table lists {written} rows.")
    assert fault.startswith(f'x.md:1:17: number in words "{written}"')


@pytest.mark.parametrize(
    "words",
    [
        "No one of them is one.",  # a pronoun is no number
        "The second attempt and the first, by a third party.",
        "Double counting is excluded, and Chapter VII is named.",
        "I kept a CV.",
        "It often attends the weightiest tenor, and sixes.",  # words that hold a number's letters
        "Instances, first and last.",
        "",
    ],
)
def test_words_that_only_look_like_numbers_pass(words):
    lint.check({"x.md": parse(words, "x.md")})


@pytest.mark.parametrize(
    "words",
    [
        "At least {fig cyber.states@S/2019/691-draft victim} States",
        '{quote S-2019-691 "up to two billion US dollars"}',
        "Listed in {doc S-2019-691} and {cite YONHAP-2019-08-13} under {measure UN-1718/asset-freeze}",
        ":table cyber.loss_bridge low 2",
    ],
)
def test_numbers_inside_placeholders_and_directives_pass(words):
    lint.check({"x.md": parse(words, "x.md")})


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("# Head of 7", "x.md:1:11"),
        ("##   Part 7", "x.md:1:11"),
        ("- point 7", "x.md:1:9"),
        ("- point\n- second\n  goes on 7", "x.md:3:11"),
        ("! Recommend 7", "x.md:1:13"),
        ("! Recommend\nthat 7", "x.md:2:6"),
        ("Words\n  and more 7", "x.md:2:12"),
        ("\n\n{asat} and {asat} 7", "x.md:3:19"),
        (":box Top 7", "x.md:1:10"),
        (":chart cyber.map\nand 7", "x.md:2:5"),
    ],
)
def test_the_fault_is_where_the_number_stands_in_every_kind_of_block(text, where):
    assert [fault.partition(": ")[0] for fault in faults(text)] == [where]


def test_all_faults_of_all_chapters_come_at_once():
    with pytest.raises(Invalid) as refusal:
        lint.check({"a.md": parse("7 and 8", "a.md"), "b.md": parse("ten", "b.md"), "c.md": []})
    assert refusal.value.summary.startswith("3 faults in the text of the report")
    assert [fault[:6] for fault in refusal.value.faults] == ["a.md:1", "a.md:1", "b.md:1"]


@pytest.mark.parametrize("name", sorted(CHAPTERS))
@given(data=st.data())
def test_a_digit_planted_anywhere_in_the_words_of_a_chapter_is_found(name, data):
    pieces = [piece for block in parse(CHAPTERS[name], name) for piece in block.pieces
              if piece.verb is None and len(piece.words.strip()) > 1]  # fmt: skip
    piece = data.draw(st.sampled_from(pieces))
    at = data.draw(st.integers(1, len(piece.words) - 1))
    digit = data.draw(st.sampled_from("7٣Ⅳ²"))
    lines = CHAPTERS[name].split("\n")
    line, column = lines[piece.line - 1], piece.column + at - 1
    lines[piece.line - 1] = line[:column] + digit + line[column:]
    with pytest.raises(Invalid) as refusal:
        lint.check({name: parse("\n".join(lines), name)})
    assert refusal.value.faults[0].startswith(f'{name}:{piece.line}:{column + 1}: loose digit "{digit}"')
