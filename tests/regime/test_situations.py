"""The regime's answers, sentence by sentence; the sentences stand in `situations.yml`."""

from __future__ import annotations

from pathlib import Path

import pytest

from watchkeeper.model.measure import Amount, NotInForce
from watchkeeper.regime.caps import exceeds, period_of
from watchkeeper.regime.load import in_force, measure
from watchkeeper.regime.strict import parse
from watchkeeper.values.refused import Refused

FILE = Path(__file__).with_name("situations.yml")
SITUATIONS = parse(FILE.read_text(encoding="utf-8"), FILE.name).root["situations"]


@pytest.mark.parametrize("told", SITUATIONS, ids=lambda told: told["says"])
def test_the_regime_answers_as_the_sentence_says(told):
    told = dict(told)
    told.pop("says")
    ANSWERS[told.pop("ask")](**told)


def test_forty_sentences_and_more_each_said_once():
    sentences = [told["says"] for told in SITUATIONS]
    assert len(sentences) == len(set(sentences)) >= 40


def _law(key, day, words, speaks=None):
    value = in_force(key, day)
    assert value.key == (speaks or key)
    assert words in f"{value.says} {value.value}"


def _silent(key, day, words):
    with pytest.raises(NotInForce) as silence:
        in_force(key, day)
    assert words in str(silence.value)
    assert "There is no default." in str(silence.value)


def _exceeds(key, day, supplied, answer):
    assert exceeds(key, day, *_amounts(supplied)) is answer


def _refused(key, day, supplied, words):
    with pytest.raises(Refused) as refusal:
        exceeds(key, day, *_amounts(supplied))
    assert words in str(refusal.value)


def _period(key, day, until, **first):
    assert period_of(key, day) == (first["from"], until)


def _no_period(key, day, words):
    with pytest.raises(Refused, match=words):
        period_of(key, day)


def _covers(key, code, answer):
    assert measure(key).hs.covers(code) is answer


def _no_codes(key, code, words):
    with pytest.raises(Refused, match=words):
        measure(key).hs.covers(code)


def _mark(key, substance, paragraph, hs=None):
    marks = measure(key).checked
    assert (marks.substance, marks.paragraph, marks.hs) == (substance, paragraph, hs)


def _due(key, day, due_on):
    assert in_force(key, day).due_on == due_on


def _amounts(supplied):
    return [Amount(one["number"], one["unit"]) for one in supplied]


ANSWERS = {
    "law": _law,
    "silent": _silent,
    "exceeds": _exceeds,
    "refused": _refused,
    "period": _period,
    "no period": _no_period,
    "covers": _covers,
    "no codes": _no_codes,
    "mark": _mark,
    "due": _due,
}
