"""Compose: chapters filled by figures; whatever a chapter names and the record lacks is refused where it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.ledger.tables import bundled_ledger, ledger

from watchkeeper.report import document as doc
from watchkeeper.report.compose import chapter_texts, compose, plan, plans
from watchkeeper.values.refused import Invalid, NotFound

DAY = date(2026, 11, 22)
PLAN = plan("cyber-theft-2019")


def composed(text: str, tables=None, chosen=PLAN, as_of: date = DAY) -> doc.Document:
    return compose(chosen, tables or bundled_ledger(), as_of, {"x.md": text})


def inlines(text: str, **more) -> tuple[doc.Inline, ...]:
    (paragraph,) = composed(text, **more).blocks
    return paragraph.inlines


def test_each_kind_of_block_is_composed_in_its_order():
    made = composed("""
# The money {asat}

First words.

:box Summary at {asat}
- one point
- another point

! A recommendation.

Second words.

:table @.by_year n

:chart @.map
""")
    kinds = [type(block).__name__ for block in made.blocks]
    assert kinds == ["Heading", "Paragraph", "Box", "Recommendation", "Paragraph", "TableBlock", "ChartBlock"]
    heading, first, box, *rest = made.blocks
    assert heading == doc.Heading("The money 22 November 2026", 1)
    assert (first.number, box.title) == (1, "Summary at 22 November 2026")
    assert [words.words for item in box.items for words in item] == ["one point", "another point"]
    assert [block.number for block in rest if isinstance(block, doc.Recommendation)] == [1]
    assert [block.number for block in rest if isinstance(block, doc.Paragraph)] == [2]
    table, chart = rest[-2:]
    assert table.header == ("Instances",)
    assert table.key == "cyber.by_year@S/2019/691"
    assert chart.drawing.title == chart.caption == "Instances by State or territory of the victim"
    assert chart.notes[-1].startswith("Not where the operators are.")


def test_points_join_the_box_or_the_list_before_them_and_words_end_both():
    made = composed(":box Summary\n- a\n\nWords.\n\n- b\n- c\n\n# Head\n\n- d")
    assert [type(block).__name__ for block in made.blocks] == ["Box", "Paragraph", "Bullets", "Heading", "Bullets"]
    assert made.blocks[0].items == ((doc.Text("a"),),)
    assert made.blocks[2].items == ((doc.Text("b"),), (doc.Text("c"),))
    assert composed("- first of all").blocks == (doc.Bullets(((doc.Text("first of all"),),)),)


@pytest.mark.parametrize(
    ("placeholder", "words", "key"),
    [
        ("{fig @.instances}", "35", "cyber.instances@S/2019/691"),
        ("{fig cyber.instances@S/2019/691-draft}", "30", "cyber.instances@S/2019/691-draft"),
        ("{fig @.loss_reported}", "324,479,000 to 375,535,000 USD", "cyber.loss_reported@S/2019/691"),
        ("{fig @.loss_reported loss_reported millions}", "324.479 to 375.535", "cyber.loss_reported@S/2019/691"),
        ("{fig @.loss_reported loss_reported low}", "324.479", "cyber.loss_reported@S/2019/691"),
        ("{fig @.loss_reported loss_reported high}", "375.535", "cyber.loss_reported@S/2019/691"),
        ("{fig @.loss_reported rows}", "22", "cyber.loss_reported@S/2019/691"),
        ("{fig @.loss_reported rows low}", "22", "cyber.loss_reported@S/2019/691"),
        ("{fig record.instances}", "77", "record.instances"),  # another subject has no edition of its own
        ("{fig later.by_grade high_n}", "21", "later.by_grade"),
    ],
)
def test_a_figure_fills_its_placeholder_in_the_form_asked_for(placeholder, words, key):
    made = composed(placeholder)
    assert made.blocks[0].inlines == (doc.Number(words, key),)
    assert list(made.figures) == [key]


def test_a_figure_used_twice_is_computed_once_and_told_with_the_document():
    made = composed("{fig @.instances} and {fig @.instances}\n\n:table @.instances\n")
    assert list(made.figures) == ["cyber.instances@S/2019/691"]
    assert made.figures["cyber.instances@S/2019/691"]["as_of"] == "2026-11-22"


def test_references_quotations_and_measures_carry_a_note_with_their_source():
    said = inlines('{doc S-2019-691} {quote S-2019-691 "up to two billion US dollars"}{cite YONHAP-2019-08-13}')
    reference, note, _, quote, second, third = said
    assert reference == doc.Text("S/2019/691")
    assert quote == doc.Quote("up to two billion US dollars")
    assert note == second
    assert note.words.startswith("Panel of Experts")
    assert ", 2019-08-30: " in note.words
    assert "known to us through: " in note.words
    assert note.words.endswith("Checked: secondary.")
    assert third.words.startswith("Yonhap News Agency")
    assert "known to us" not in third.words
    authority, note = inlines("{measure UN-1718/asset-freeze}")
    assert authority.words.startswith("S/RES/1718")
    assert "Checked: " in note.words


def test_an_undated_source_says_so():
    (note,) = inlines("{cite CHAINALYSIS-SERIES}")
    assert ", undated: " in note.words


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Words\nand {fig cyber.instance} more", 'x.md:2:5: No figure "cyber.instance"; nearest: cyber.instances'),
        ("{fig @.taken losses}", 'x.md:1:1: cyber.taken@S/2019/691 has no value "losses"; known: taken, rows'),
        ("{fig @.taken rows ten}", 'x.md:1:1: "ten" is no form of a value; known: words, millions, low, high.'),
        ("{fig cyber.instances@S/1}", 'x.md:1:1: No edition "S/1" in this case'),
        ("Ok {asat}, but {number cyber.map}", 'x.md:1:16: "number" is no placeholder; known: fig, doc, cite, quote'),
        ("{cite NOBODY}", "x.md:1:1: No source NOBODY in this case."),
        ("- a\n- {doc NOBODY}", "x.md:2:3: No source NOBODY"),
        ('# Head\n\n! R {quote NOBODY "words"}', "x.md:3:5: No source NOBODY"),
        ("{measure UN-1718/nothing}", "x.md:1:1: "),
        ("{fig}", "x.md:1:1: {fig}: missing a required argument: 'named'."),
        ("{quote S-2019-691}", "x.md:1:1: {quote S-2019-691}: missing a required argument: 'words'."),
        ("{asat now}", "x.md:1:1: {asat now}: too many positional arguments."),
        (":table cyber.nothing", 'x.md:1: No figure "cyber.nothing"'),
        ("# A\n\n:table @.by_year grup", "x.md:3: No column grup; known: group"),
        (":chart @.instances", "x.md:1: cyber.instances is not drawn; show it as a table."),
        (":box {cite NOBODY}", "x.md:1:6: No source NOBODY"),
        ("# Head {fig cyber.nothing}", "x.md:1:8: No figure"),
    ],
)  # fmt: skip
def test_whatever_cannot_be_filled_is_refused_with_file_and_line(text, fault):
    with pytest.raises(Invalid) as refusal:
        composed(text)
    assert str(refusal.value).startswith(fault)


def test_the_text_is_linted_before_a_figure_is_computed():
    with pytest.raises(Invalid) as refusal:
        composed("35 and {fig cyber.nothing}", tables={})
    assert refusal.value.faults[0].startswith('x.md:1:1: loose digit "35"')


def test_the_cover_says_what_the_report_is_not_and_as_at_when():
    made = composed("Words.")
    assert made.cover[:2] == ("Not a United Nations document", "As at 22 November 2026")
    assert (made.id, made.title, made.subtitle, made.as_at) == (PLAN.id, PLAN.title, PLAN.subtitle, DAY)
    assert made.tlp == "CLEAR"


def test_the_report_is_as_strict_as_its_strictest_figure():
    tables = ledger("""
        incident | field         | says  | source_id
        ---------+---------------+-------+----------
        A1       | loss_reported | 7 USD | PRESS
    """, graded="A1", sources="""
        source_id | tlp
        ----------+------
        PRESS     | AMBER
    """)  # fmt: skip
    chosen = replace(PLAN, subject="record", edition=None)
    assert composed("{fig @.instances} {fig @.loss_reported}", tables, chosen).tlp == "AMBER"
    assert composed("{fig @.states}", tables, chosen).tlp == "CLEAR"


@pytest.mark.parametrize("name", plans())
def test_every_plan_composes_on_the_bundled_ledger(name):
    chosen = plan(name)
    made = compose(chosen, bundled_ledger(), DAY)
    assert made.id == name
    assert len([block for block in made.blocks if isinstance(block, doc.Heading) and block.level == 1]) == len(
        chosen.chapters
    )
    paragraphs = [block for block in made.blocks if isinstance(block, doc.Paragraph)]
    numbers = [block.number for block in paragraphs if block.number is not None]
    assert numbers == list(range(1, len(numbers) + 1))
    # Without a trace there is nothing to draw and no row, which stands in the place of the chart and of five tables.
    assert len(paragraphs) - len(numbers) == (6 if name == "proceeds" else 0)
    advice = [block.number for block in made.blocks if isinstance(block, doc.Recommendation)]
    assert advice == list(range(1, len(advice) + 1))
    keys = {block.key for block in made.blocks if isinstance(block, doc.TableBlock | doc.ChartBlock)}
    assert keys <= made.figures.keys()


@pytest.mark.parametrize("name", [name for name in plans() if name != "proceeds"])
def test_a_report_on_an_empty_case_is_refused_in_words(name):
    with pytest.raises(Invalid, match=r"^report/chapters/.*\.md:\d+"):
        compose(plan(name), ledger(), DAY)


@pytest.mark.parametrize("name", plans())
def test_a_plan_names_chapters_that_exist_and_each_is_composed_once(name):
    chosen = plan(name)
    assert list(chapter_texts(chosen)) == [f"report/chapters/{chapter}.md" for chapter in chosen.chapters]
    assert len(set(chosen.chapters)) == len(chosen.chapters)
    assert chosen.subject in ("cyber", "record", "proceeds")


def test_an_unknown_report_is_refused_with_the_known_ones():
    with pytest.raises(NotFound, match='No report "cyber"; known: cyber-theft-2019, cyber-theft-today'):
        plan("cyber")
