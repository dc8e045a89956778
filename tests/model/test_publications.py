"""Publications: what was published and what corrects it, each named by what it says."""

from __future__ import annotations

import pytest

from watchkeeper.model import publications
from watchkeeper.values.refused import Invalid

SAID = {"report": "r1", "plan": "small", "as_of": "2024-12-31", "run": "0" * 64, "figures": [], "parties": [],
        "entered_on": "2024-12-31"}  # fmt: skip


def corrected(reason="a reply", by="a.analyst", figures=("record.instances",)):
    return publications.correction("p-1", reason, figures, ["f" * 64], by=by, on="2025-02-01", tlp="CLEAR")


def test_a_publication_is_named_by_what_it_says():
    told = publications.publication(SAID, tlp="AMBER")
    assert (told["kind"], told["tlp"], told["body"]) == ("publication", "AMBER", SAID)
    assert told["id"] == publications.publication(dict(SAID), tlp="CLEAR")["id"]
    assert str(told["id"]).startswith("p-")
    assert told["id"] != publications.publication(SAID | {"report": "r2"}, tlp="CLEAR")["id"]


def test_a_correction_is_named_apart_from_claims_and_not_by_its_author():
    assert str(corrected()["id"]).startswith("x-")
    assert corrected()["id"] == corrected(by="b.analyst")["id"]
    assert corrected()["id"] != corrected(figures=())["id"]
    assert corrected()["body"]["bundles"] == ["f" * 64]


@pytest.mark.parametrize(("reason", "says"), [("", "needs a reason"), (" \n", "needs a reason"), ("x" * 2001, "2001")])
def test_a_correction_without_a_reason_or_with_a_document_for_one_is_refused(reason, says):
    with pytest.raises(Invalid, match=says):
        corrected(reason)
