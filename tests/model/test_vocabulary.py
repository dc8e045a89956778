"""Vocabulary: closed groups of words, in an order that means something."""

from __future__ import annotations

import pytest

from watchkeeper.model import vocabulary
from watchkeeper.values.refused import Invalid


def test_every_field_is_of_a_kind_that_claims_can_read():
    kinds = {"text", "when", "state", "sector", "method", "amount", "attribution", "edition"}
    assert {field.kind for field in vocabulary.fields().values()} == kinds
    assert vocabulary.fields()["occurred"].kind == "when"


def test_an_incident_has_one_title_and_one_date():
    assert [name for name, field in vocabulary.fields().items() if field.one] == ["title", "occurred"]


def test_every_word_and_field_is_defined():
    for group in ("kinds", "stances", "confidences", "checked", "verdicts", "sectors", "methods", "fields"):
        assert all(vocabulary.meaning(group, word).endswith(".") for word in vocabulary.words(group)), group


def test_a_group_is_asked_for_a_word_or_one_that_is_stronger():
    assert vocabulary.words("confidences") == ("high", "moderate", "low", "single-analyst")
    assert vocabulary.at_least("confidences", "high") == ("high",)
    assert vocabulary.at_least("confidences", "low") == ("high", "moderate", "low")
    assert vocabulary.at_least("checked", "recalled") == ("text", "secondary", "recalled")


@pytest.mark.parametrize("word", ["", "High", "high ", "certain"])
def test_a_word_outside_its_group_is_refused_with_the_group(word):
    for ask in (vocabulary.check, vocabulary.at_least):
        with pytest.raises(Invalid, match="is not one of the confidences: high, moderate, low, single-analyst"):
            ask("confidences", word)


def test_a_word_of_the_group_is_returned_as_it_is():
    assert vocabulary.check("stances", "disputes") == "disputes"
