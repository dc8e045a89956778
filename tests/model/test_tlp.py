"""TLP: five labels in one order; what has none is open to nobody who is not cleared for all."""

from __future__ import annotations

import pytest

from watchkeeper.model import tlp
from watchkeeper.values.refused import Invalid


def test_the_labels_stand_from_the_laxest_to_the_strictest():
    assert tlp.LABELS == ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
    assert (tlp.LAXEST, tlp.STRICTEST, tlp.ON_ENTRY) == ("CLEAR", "RED", "AMBER")


@pytest.mark.parametrize(
    ("labels", "strictest"),
    [
        ([], "CLEAR"),  # nothing has nothing to hide
        (["CLEAR"], "CLEAR"),
        (["GREEN", "CLEAR"], "GREEN"),
        (["AMBER", "AMBER+STRICT"], "AMBER+STRICT"),
        (["CLEAR", None], "RED"),
        (["CLEAR", "WHITE"], "RED"),
        (["RED", "CLEAR"], "RED"),
    ],
)
def test_of_several_the_strictest_holds_and_a_missing_or_unknown_one_is_red(labels, strictest):
    assert tlp.strictest(labels) == strictest
    assert tlp.strictest(reversed(labels)) == strictest


@pytest.mark.parametrize("clearance", tlp.LABELS)
def test_a_reader_sees_what_is_labelled_as_high_as_the_clearance_and_no_higher(clearance):
    seen = [label for label in tlp.LABELS if tlp.allowed(label, clearance)]
    assert seen == list(tlp.LABELS[: tlp.LABELS.index(clearance) + 1])
    for missing in (None, "", "WHITE", "clear"):
        assert tlp.allowed(missing, clearance) == (clearance == "RED")


@pytest.mark.parametrize("clearance", ["WHITE", "", "amber"])
def test_an_unknown_clearance_is_refused_and_never_guessed(clearance):
    with pytest.raises(Invalid, match=r"is not one of CLEAR, GREEN, AMBER, AMBER\+STRICT, RED\."):
        tlp.allowed("CLEAR", clearance)


def test_what_is_withheld_says_its_label():
    assert tlp.withheld("AMBER") == "withheld (TLP:AMBER)"
    assert tlp.withheld(None) == "withheld (TLP:RED)"
