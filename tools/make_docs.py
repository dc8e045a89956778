"""Write docs/counting-rules.md from the rules' cards, so that the page cannot differ from what is counted.

Run from the project's root: .venv/bin/python tools/make_docs.py
"""

from __future__ import annotations

from pathlib import Path

from watchkeeper.ledger.rules import rules
from watchkeeper.ledger.view import populations
from watchkeeper.report.figures import cards

PAGE = Path("docs/counting-rules.md")
_HEAD = """# Counting rules

This page is written by `tools/make_docs.py` from the cards in `ledger/rules/`, `ledger/populations.yml` and
`report/figures/`; a test holds it to them. A rule that changes its meaning gets a new version.

"""


def page() -> str:
    """Return the page as text."""
    return _HEAD + "\n".join([*_rules(), *_populations()])


def _rules() -> list[str]:
    lines = []
    for rule in rules().values():
        used = ", ".join(card.id for card in cards().values() if card.rule == rule.id)
        lines += [f"## {rule.id}", "", rule.sentence, "", f"Because: {rule.because}", ""]
        lines += [f"- `{name}`: {means}" for name, means in rule.parameters.items()]
        lines += [""] if rule.parameters else []
        lines += [f"Figures: {used or 'none'}", ""]
    return lines


def _populations() -> list[str]:
    lines = ["## Populations", "", "| name | which incidents |", "|---|---|"]
    return [*lines, *(f"| {name} | {told['sentence']} |" for name, told in populations().items()), ""]


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
