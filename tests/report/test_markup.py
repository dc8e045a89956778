"""Markup: chapters into blocks, with every piece of text at the line and column where it stands in the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.report.markup import Piece, RawBlock, parse
from watchkeeper.values.refused import Invalid


def block(text: str) -> RawBlock:
    (only,) = parse(text, "x.md")
    return only


def words(found: RawBlock) -> str:
    return "".join(piece.words for piece in found.pieces)


@pytest.mark.parametrize(
    ("text", "kind", "arguments", "said"),
    [
        ("# The money", "heading", ("1",), "The money"),
        ("## Where  ", "heading", ("2",), "Where"),
        ("Words of a\nparagraph.", "paragraph", (), "Words of a paragraph."),
        ("- a point", "item", (), "a point"),
        ("! Member States could\nstate it.", "recommendation", (), "Member States could state it."),
        (":table cyber.by_year", "table", ("cyber.by_year",), ""),
        (":table cyber.by_year group n", "table", ("cyber.by_year", "group", "n"), ""),
        (":chart cyber.map", "chart", ("cyber.map",), ""),
        (":box Summary of it", "box", (), "Summary of it"),
    ],
)
def test_each_kind_of_block(text, kind, arguments, said):
    found = block(text)
    assert (found.kind, found.arguments, words(found), found.line) == (kind, arguments, said, 1)


def test_blocks_end_at_a_blank_line_and_keep_their_first_line():
    found = parse("\n# Head\nwords at once\n\n\n  \nmore\nwords\n\n:chart cyber.map\n:table cyber.map\nafter", "x.md")
    assert [(one.kind, one.line) for one in found] == [
        ("heading", 2), ("paragraph", 3), ("paragraph", 7), ("chart", 10), ("table", 11), ("paragraph", 12),
    ]  # fmt: skip


def test_points_of_a_list_run_on_over_their_lines():
    found = parse(":box Summary\n- first\n  goes on\n- second\n- \n- last", "x.md")
    assert [(one.kind, words(one), one.line) for one in found] == [
        ("box", "Summary", 1),
        ("item", "first goes on", 2), ("item", "second", 4), ("item", "", 5), ("item", "last", 6),
    ]  # fmt: skip


def test_a_placeholder_has_its_verb_its_arguments_and_its_place():
    found = block(
        'At least {fig @.instances}, {fig @.loss_reported rows  millions}; {quote SRC "up to two\'s {} \\"} end'
    )
    assert found.pieces == (
        Piece("At least ", None, (), 1, 1),
        Piece("{fig @.instances}", "fig", ("@.instances",), 1, 10),
        Piece(", ", None, (), 1, 27),
        Piece("{fig @.loss_reported rows  millions}", "fig", ("@.loss_reported", "rows", "millions"), 1, 29),
        Piece("; ", None, (), 1, 65),
        Piece('{quote SRC "up to two\'s {} \\"}', "quote", ("SRC", "up to two's {} \\"), 1, 67),
        Piece(" end", None, (), 1, 97),
    )


def test_a_placeholder_may_have_no_arguments_or_an_empty_one():
    assert [piece.arguments for piece in block('{asat}{quote SRC ""}').pieces] == [(), ("SRC", "")]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a { brace", "x.md:1:3"),
        ("fine {asat} and } here", "x.md:1:17"),
        ("# Head {", "x.md:1:8"),
        ("words\n   and {fig", "x.md:2:8"),
        ("- point\n- second {", "x.md:2:10"),
        ("- point\n  {", "x.md:2:3"),
        ("! do\nthis }", "x.md:2:6"),
        (":box Sum {", "x.md:1:10"),
        ("{FIG cyber.map}", "x.md:1:1"),  # a verb is in small letters
        ('{quote SRC "not closed}', "x.md:1:1"),
        ('{quote SRC "over\nlines"}', "x.md:1:1"),
    ],
)
def test_a_brace_that_is_no_placeholder_is_refused_where_it_stands(text, where):
    with pytest.raises(Invalid, match=f"^{where}: this brace belongs to no placeholder"):
        parse(text, "x.md")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("words\n\n:figure cyber.map", 'x.md:3: ":figure" is no directive; use :table, :chart or :box.'),
        (":", 'x.md:1: ":" is no directive'),
        (":table", "x.md:1: :table names 0 figures; write :table and one figure id."),
        (":chart", "x.md:1: :chart names 0 figures"),
        (":chart cyber.map cyber.timeline", "x.md:1: :chart names 2 figures; write :chart and one figure id."),
    ],
)
def test_a_directive_that_cannot_be_followed_is_refused_with_its_line(text, fault):
    with pytest.raises(Invalid) as refusal:
        parse(text, "x.md")
    assert str(refusal.value).startswith(fault)


def test_an_empty_chapter_has_no_blocks():
    assert parse("", "x.md") == parse("\n \n", "x.md") == []


plain = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="{}"), max_size=6)
lines = st.builds("".join, st.tuples(st.sampled_from(("", "  ", "- ", "! ", "# ", "## ", ":box ")), plain,
                                     st.sampled_from(("", " ", " {asat} ")), plain))  # fmt: skip


@given(st.lists(lines, max_size=8).map("\n".join))
def test_every_piece_stands_in_the_file_where_it_says(text):
    try:
        found = parse(text, "x.md")
    except Invalid:
        return  # a line that began with a colon by chance
    written = text.splitlines()
    for one in found:
        for piece in one.pieces:
            said = piece.words.lstrip(" ")
            start = piece.column - 1 + len(piece.words) - len(said)
            assert written[piece.line - 1][start : start + len(said)] == said


def test_headings_and_directives_in_a_row_are_lines_of_their_own_and_words_may_follow():
    found = parse("# A\n## B\n:chart x\nWords\nmore", "x.md")
    assert [(block.kind, block.line) for block in found] == [
        ("heading", 1), ("heading", 2), ("chart", 3), ("paragraph", 4),
    ]  # fmt: skip
    assert len(parse("# A\n" * 5000, "x.md")) == 5000


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Words\n\n### Deep", "x.md:3: a heading has one or two #, and this one has 3."),
        ("# A\n#  ", "x.md:2: this heading says nothing; write its words behind the #."),
    ],
)
def test_a_heading_too_deep_or_without_words_is_refused(text, fault):
    with pytest.raises(Invalid) as refusal:
        parse(text, "x.md")
    assert str(refusal.value) == fault
