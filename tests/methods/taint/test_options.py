"""Every choice that a policy leaves open has a name, a default and a reason, and is printed with the result."""

import pytest

from watchkeeper.methods.taint import options as file
from watchkeeper.methods.taint.options import FAMILIES, Options, choices
from watchkeeper.values.refused import Invalid


def test_what_is_not_chosen_is_taken_by_default_and_told():
    told = Options.of({"shortage": "opening"}).told()
    assert told["shortage"] == "opening"
    assert told["second_theft"] == "earlier-wins"
    assert list(told) == list(choices("account"))


def test_each_value_taken_says_what_it_does():
    said = Options.of({}).sentences()
    assert said["rounding"].startswith("Each part is rounded down; the units left over go to the largest remainders")
    assert said.keys() == choices("account").keys()


def test_an_unknown_option_and_an_unknown_value_are_refused_together():
    with pytest.raises(Invalid) as refused:
        Options.of({"speed": "high", "shortage": "guess"})
    first, second = refused.value.faults
    assert first.startswith('There is no option "speed". Known: order, gas,')
    assert second == 'The option "shortage" has no value "guess". Known: when-needed, opening.'


def test_a_family_of_chains_that_is_not_there_is_refused():
    with pytest.raises(Invalid, match=r'no choices for the family "tables"\. Known: account, coins'):
        Options.of({}, "tables")


@pytest.mark.parametrize("family", FAMILIES)
def test_every_choice_ends_its_sentences(family):
    for choice in choices(family).values():
        assert all(said.endswith(".") for said in (choice.says, choice.because, *choice.values.values()))


def test_a_choice_that_is_not_whole_is_refused():
    whole = {"says": "What.", "values": {"a": "It."}, "default": "a", "because": "So."}
    assert file._choice("one", whole).default == "a"
    with pytest.raises(Invalid, match='"one" must have exactly because, default, says, values'):
        file._choice("one", {key: value for key, value in whole.items() if key != "because"})
    with pytest.raises(Invalid, match='the default of "one" is none of its values: a'):
        file._choice("one", whole | {"default": "b"})
