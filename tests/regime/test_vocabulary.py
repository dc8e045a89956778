"""The closed words: each defined in a sentence, each used or there for a reason."""

from __future__ import annotations

import pytest

from watchkeeper.model.vocabulary import words
from watchkeeper.regime.load import measures
from watchkeeper.regime.vocabulary import _sentences, check, groups
from watchkeeper.values.refused import Invalid


def test_every_word_is_defined_in_a_sentence():
    for group, meanings in groups().items():
        assert meanings, group
        for word, sentence in meanings.items():
            assert sentence.endswith("."), word
            assert " " in sentence, word


def test_the_marks_are_those_of_the_whole_project_strongest_first():
    assert tuple(groups()["checked"]) == words("checked") == ("text", "secondary", "recalled")


def test_every_kind_is_used():
    assert {each.kind for each in measures()} == set(groups()["kinds"])


def test_a_word_outside_its_group_is_refused_with_the_group():
    assert check("units", "bbl") == "bbl"
    with pytest.raises(Invalid, match='"gallon" is not one of the units: bbl, t'):
        check("units", "gallon")


def test_a_group_that_is_a_list_is_our_bug():
    with pytest.raises(TypeError):
        _sentences(["bbl"])
