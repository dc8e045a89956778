"""Planted: every sentence that should be refused is, with its file and line; every clean one passes.

The sentences stand in planted.yml, clean.yml and held_out.yml, with words in square brackets where a fault must be
told. A last list shows what is not seen, so that nobody takes the linter for a reader.
"""

from __future__ import annotations

import pytest
from tests.report.lint.planting import FILLER, KINDS, WIDTHS, Planted, chapter, place, planted, told

from watchkeeper.report import lint
from watchkeeper.report.markup import parse
from watchkeeper.values.refused import Invalid

KNOWN = told("planted.yml")["known"]
PLANTED = planted("planted.yml")
HELD_OUT = planted("held_out.yml")
CLEAN = told("clean.yml")["sentences"].splitlines()
HELD_OUT_CLEAN = told("held_out.yml")["clean"].splitlines()
OUTSIDERS_KNOWN = told("outsiders_planted.yml")["known"]
OUTSIDERS = planted("outsiders_planted.yml")
OUTSIDERS_CLEAN = told("outsiders_clean.yml")["sentences"].splitlines()


def test_there_are_as_many_sentences_as_promised():
    assert len({one.sentence for one in PLANTED}) >= 200
    assert len(set(CLEAN)) >= 200
    assert len(HELD_OUT) >= 60
    assert len(HELD_OUT_CLEAN) >= 60
    assert len({one.sentence for one in OUTSIDERS}) >= 300
    assert len(set(OUTSIDERS_CLEAN)) >= 310


@pytest.mark.parametrize("one", [*PLANTED, *HELD_OUT], ids=lambda one: f"{one.group}: {one.sentence}")
def test_a_planted_sentence_is_refused_where_it_stands(one: Planted):
    for width, kind in zip(WIDTHS, KINDS, strict=True):
        text, line, column = place(one, width, kind)
        found = lint.faults({"notes.md": parse(text, "notes.md")}, KNOWN)
        places = [(f.file, f.line, f.column, f.rule) for f in found]
        assert ("notes.md", line, column, one.rule) in places, (text, found)


@pytest.mark.parametrize("one", OUTSIDERS, ids=lambda one: f"{one.group}: {one.sentence}")
def test_a_sentence_that_an_outsider_planted_is_refused_where_it_stands(one: Planted):
    for width, kind in zip(WIDTHS, KINDS, strict=True):
        text, line, column = place(one, width, kind)
        found = lint.faults({"notes.md": parse(text, "notes.md")}, OUTSIDERS_KNOWN)
        assert ("notes.md", line, column, one.rule) in [(f.file, f.line, f.column, f.rule) for f in found], (
            text,
            found,
        )


@pytest.mark.parametrize("one", PLANTED[::7], ids=lambda one: one.sentence)
def test_a_planted_heading_or_box_title_is_refused_too(one: Planted):
    for mark in ("# ", "## ", ":box "):
        (first, *_) = lint.faults({"notes.md": parse(mark + one.sentence, "notes.md")}, KNOWN)
        assert first.line == 1
        assert first.column > len(mark)


@pytest.mark.parametrize("sentence", [*CLEAN, *HELD_OUT_CLEAN])
def test_a_clean_sentence_passes_for_publication(sentence: str):
    for width, kind in zip(WIDTHS, KINDS, strict=True):
        text, _ = chapter(sentence, width, kind)
        lint.check_for_publication({"notes.md": parse(text, "notes.md")}, KNOWN)


@pytest.mark.parametrize("sentence", OUTSIDERS_CLEAN)
def test_a_clean_sentence_of_an_outsider_passes_for_publication(sentence: str):
    for width, kind in zip(WIDTHS, KINDS, strict=True):
        text, _ = chapter(sentence, width, kind)
        lint.check_for_publication({"notes.md": parse(text, "notes.md")}, OUTSIDERS_KNOWN)


def test_several_planted_sentences_of_several_files_are_told_at_once():
    first, second, third = (one.sentence for one in PLANTED[:3])
    chapters = {"b.md": f"{FILLER}\n{first}\n\n- {second}\n", "a.md": f"# Head\n\n{third}\n"}
    parsed = {name: parse(text, name) for name, text in chapters.items()}
    with pytest.raises(Invalid) as refusal:
        lint.check_for_publication(parsed, KNOWN)
    where = [fault.rpartition(': name "')[0].rpartition(":")[0] for fault in refusal.value.faults]
    assert where == ["b.md:2", "b.md:4", "a.md:3"]
    assert refusal.value.summary == "3 faults in the text of the report; nothing was built."


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("Bridge was drained.", "one ordinary word that begins a sentence may be a name"),
        ("The group called lazarus moved the tokens.", "a name in small letters that the case does not know"),
        ("A ministry of the northern half-island denied it.".replace("half-", ""), "a State that is only hinted at"),
        ("Several tokens left, and some came back.", "a vague amount without a number word"),
    ],
)
def test_what_the_linter_does_not_see(sentence: str, why: str):
    assert lint.faults({"x.md": parse(sentence, "x.md")}, {}) == [], why
