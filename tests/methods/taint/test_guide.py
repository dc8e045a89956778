"""The guide's worked examples are what the code gives."""

from pathlib import Path

import pytest

from watchkeeper.methods.taint.accounts import GIVES, follow
from watchkeeper.methods.taint.history import MINTED, Theft, Transfers
from watchkeeper.methods.taint.options import Options, choices

_GUIDE = (Path(__file__).parents[3] / "docs/guides/taint-policies.md").read_text("utf-8")
_X, _V, _E = 3, 4, 5


def _rows(heading):
    """Return the rows of the first table under a heading, without its head."""
    lines = _GUIDE.split(f"## {heading}")[1].split("\n## ")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return cells[2:]


_WORKED = {policy: (sent, kept) for policy, sent, kept, _ in _rows("One account under every policy")}


def test_the_worked_example_shows_every_policy():
    assert _WORKED.keys() == GIVES.keys()


@pytest.mark.parametrize("policy", GIVES)
def test_the_worked_example_is_what_each_policy_gives(policy):
    # X holds 20 units of its own, receives 30 stolen ones, and sends 40 to E.
    transfers = Transfers([MINTED, _V, _X], [_X, _X, _E], [20, 30, 40], 6)
    found = follow(transfers, [Theft(1, _V, 30, 0)], policy, Options.of({}), [_E])
    if GIVES[policy] == "amounts":
        said = str(found.moved[2]), str(found.held.get(_X, {}).get(0, 0))
    else:
        said = (GIVES[policy],) * 2
        assert {_X, _E} <= found.reached or policy == "tiho"
    assert said == _WORKED[policy]


def test_every_option_that_the_guide_names_is_there():
    named = [row[2] for row in _rows("The definitions on accounts (Ethereum, TRON and the like)") if row[2]]
    assert {name for cell in named for name in cell.split(", ")} <= choices("account").keys()
