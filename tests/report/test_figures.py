"""Figures: cards, what they inherit, and the strictest label of what is behind a computed one."""

from __future__ import annotations

from datetime import date

import pytest
from tests.ledger.tables import ledger

from watchkeeper.report import figures
from watchkeeper.report.figures import card, cards, compute
from watchkeeper.values.refused import NotFound

TEXT = """
    incident | field         | says       | source_id
    ---------+---------------+------------+----------
    A1       | in_edition    | S/2019/691 | ANNEX
    A1       | loss_reported | 7 USD      | PRESS
    B1       | in_edition    | S/2019/691 | ANNEX
"""
SOURCES = """
    source_id | tlp
    ----------+------
    PRESS     | AMBER
    SECRET    | RED
"""
TALLIES = """
    series | scope | key  | value | unit | source_id
    -------+-------+------+-------+------+----------
    One    | year  | 2017 | 5     | USD  | SECRET
"""
EDITIONS = """
    edition_id
    ----------
    S/2019/691
"""


def test_a_card_that_is_like_another_takes_its_words_and_its_own_population():
    own, like = card("record.loss_reported"), card("cyber.loss_reported")
    assert own.population == "record"
    assert like.population == "panel-2019"
    assert (own.title, own.rule, own.parameters, own.is_not) == (like.title, like.rule, like.parameters, like.is_not)
    assert own.id == "record.loss_reported"


def test_a_card_like_a_card_that_is_like_another_keeps_no_trace_of_it():
    base = {"title": "T", "question": "Q?", "population": "record", "rule": "basis/1", "kind": "table",
            "shows": "table", "not": "Not."}  # fmt: skip
    found = {"a.base": base, "a.one": {"like": "a.base", "title": "One"}, "a.two": {"like": "a.one", **base}}
    made = figures._card("a.two", found)
    assert (made.id, made.title, made.parameters, made.draws) == ("a.two", "T", {}, None)


def test_an_edition_takes_the_place_of_the_cards_population():
    tables = ledger(TEXT, graded="A1", editions=EDITIONS, sources=SOURCES)
    assert compute("cyber.instances", tables).outcome.values[0].low == 1
    seen = compute("cyber.instances", tables, edition="S/2019/691")
    assert seen.outcome.values[0].low == 2
    assert seen.view.edition == "S/2019/691"
    assert compute("cyber.instances", tables, as_of=date(2024, 1, 30)).outcome.values[0].low == 0


@pytest.mark.parametrize(
    ("figure_id", "label"),
    [
        ("cyber.states", "CLEAR"),  # rests on the annex
        ("cyber.instances", "AMBER"),  # its rows show what the press says under embargo
        ("cyber.loss_reported", "AMBER"),  # and on what the press says under embargo
        ("cyber.basis", "AMBER"),  # rests on both
        ("cyber.yearly_counters", "RED"),
        ("cyber.taken", "CLEAR"),  # nothing is behind it
    ],
)
def test_a_figure_is_as_strict_as_the_strictest_source_behind_it(figure_id, label):
    tables = ledger(TEXT, graded="A1 B1", editions=EDITIONS, sources=SOURCES, tallies=TALLIES)
    assert compute(figure_id, tables).tlp == label


def test_cards_are_read_once_and_in_the_order_of_their_ids():
    assert cards() is cards()
    assert list(cards()) == sorted(cards())
    with pytest.raises(NotFound, match=r"All: watchkeeper figure list\."):
        card("cyber.sum")
