"""Refused: what each refusal tells the shell, and that all faults of a file are shown."""

from __future__ import annotations

import pytest

from watchkeeper.values.refused import Invalid, NotFound, Refused, Unsound


@pytest.mark.parametrize(("refusal", "exit_code"), [(Refused, 2), (NotFound, 3), (Invalid, 4), (Unsound, 5)])
def test_each_refusal_has_its_own_exit_code_and_is_caught_as_one(refusal, exit_code):
    assert refusal.exit_code == exit_code
    with pytest.raises(Refused, match="why it matters"):
        raise refusal("why it matters")


def test_an_invalid_input_shows_its_summary_and_every_fault():
    refusal = Invalid("claims.csv cannot be read.", ("claims.csv:2: unknown field", "claims.csv:7: no such day"))
    assert str(refusal) == "claims.csv cannot be read.\nclaims.csv:2: unknown field\nclaims.csv:7: no such day"
    assert refusal.summary == "claims.csv cannot be read."
    assert refusal.faults == ("claims.csv:2: unknown field", "claims.csv:7: no such day")


def test_an_invalid_input_with_one_fault_needs_no_list():
    assert (str(Invalid("The file is empty.")), Invalid("The file is empty.").faults) == ("The file is empty.", ())
