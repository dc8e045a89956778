"""Protection: every field of every entry is declared, and what is not is open to nobody but those cleared for all."""

from __future__ import annotations

import pytest

from watchkeeper.model import protection
from watchkeeper.model.capture import body as capture_body
from watchkeeper.model.custody import custody
from watchkeeper.model.entries import TABLES
from watchkeeper.model.tlp import LABELS
from watchkeeper.values.refused import Invalid

CLAIM = {
    "kind": "claim", "id": "c-1", "tlp": "CLEAR", "at": "2026-11-22T12:00:00Z", "by": "a.analyst", "salt": "00" * 16,
    "from": {"capture": "ab" * 32, "line": 2}, "body": {"field": "title", "value": "x", "author": "A"},
}  # fmt: skip
OPEN = {"kind", "id", "tlp", "at", "body/field", "body/value"}
EVERY = [(kind, path, told) for kind, paths in protection.declared().items() for path, told in paths.items()]


@pytest.mark.parametrize("kind", TABLES)
def test_every_cell_that_can_be_entered_is_declared(kind):
    cells = {f"body/{name}" for name in TABLES[kind].columns}
    assert cells <= protection.declared()[kind].keys()


def test_every_field_of_a_capture_and_of_its_custody_is_declared():
    told = {"obtained_from": "x", "obtained_how": "y"}
    for kind, body in (
        ("capture", capture_body("a", 1, "b")),
        ("custody", custody("copy", 1, "x", what="y", **told)["body"]),
    ):
        assert {f"body/{key}" for key in body} <= protection.declared()[kind].keys()


@pytest.mark.parametrize(("kind", "path", "told"), EVERY)
def test_every_declaration_says_a_label_a_basis_and_a_reason(kind, path, told):
    assert told.tlp in ("statement", *LABELS)
    assert isinstance(told.personal, bool)
    assert told.because.endswith(".")
    assert told.lawful_basis
    # Who is named has a day on which the name may go.
    assert (told.retention_years is not None) == told.personal


@pytest.mark.parametrize(("kind", "path", "told"), EVERY)
def test_whoever_worked_and_whoever_handed_something_over_is_never_clear(kind, path, told):
    who = ("by", "from", "body/author", "body/obtained_from", "body/obtained_how")
    if path in who or (kind, path) == ("capture", "body/name"):
        assert protection.label(kind, path, "CLEAR") not in ("CLEAR", "GREEN")
    if path == "body/obtained_from":
        assert (told.tlp, told.personal) == ("RED", True)


@pytest.mark.parametrize(
    ("clearance", "opened"),
    [
        ("CLEAR", OPEN),
        ("GREEN", OPEN),
        ("AMBER", OPEN | {"by", "from", "body/author"}),
        ("RED", OPEN | {"by", "from", "body/author"}),
    ],
)
def test_a_clear_claim_opens_to_everybody_but_for_who_entered_it(clearance, opened):
    assert protection.open_paths(CLAIM, clearance) == opened


@pytest.mark.parametrize(("label", "clearance"), [("AMBER", "GREEN"), ("RED", "AMBER+STRICT"), (None, "AMBER")])
def test_a_statement_above_the_clearance_opens_nothing_at_all(label, clearance):
    assert protection.open_paths({**CLAIM, "tlp": label}, clearance) == set()


def test_a_field_or_a_kind_that_nobody_declared_is_red():
    more = {**CLAIM, "colour": "x", "body": {**CLAIM["body"], "hint": "x"}}
    assert protection.open_paths(more, "AMBER+STRICT") == protection.open_paths(CLAIM, "AMBER+STRICT")
    assert {"colour", "body/hint"} <= protection.open_paths(more, "RED")
    assert protection.open_paths({**CLAIM, "kind": "prophecy"}, "AMBER+STRICT") == set()
    assert protection.field("prophecy", "body/value") == protection.UNDECLARED


def test_the_salt_that_would_open_all_is_shown_at_no_clearance():
    assert all("salt" not in protection.open_paths(CLAIM, clearance) for clearance in LABELS)


def test_a_body_that_is_no_object_is_one_field_that_nobody_declared():
    assert protection.open_paths({**CLAIM, "body": "x"}, "AMBER") & {"body", "body/x"} == set()


def test_an_unknown_clearance_is_refused():
    with pytest.raises(Invalid, match='"WHITE" is not one of'):
        protection.open_paths(CLAIM, "WHITE")


def test_a_field_is_never_laxer_than_its_statement():
    assert protection.label("claim", "body/author", "RED") == "RED"
    assert protection.label("claim", "body/value", "GREEN") == "GREEN"
    assert protection.label("claim", "body/value", None) == "RED"
