"""Up to: the highest attempt, else the highest reported loss; the label says of what."""

from __future__ import annotations

from tests.ledger.tables import ledger, values, view_of

from watchkeeper.ledger.rules import apply

TEXT = """
    name  | incident | field         | says
    ------+----------+---------------+---------
    tried | A1       | attempted     | 5 USD
    more  | A1       | attempted     | 4..7 USD
    lost  | A1       | loss_reported | 100 USD
    only  | B1       | loss_reported | 3..9 USD
    coins | C1       | attempted     | 8 EUR
    cash  | C1       | loss_reported | 2 USD
    taken | D1       | taken         | 50 USD
"""


def test_an_attempt_stands_for_its_incident_even_where_the_loss_is_higher():
    tables = ledger(TEXT, graded="A1 B1 C1 D1")
    found = apply("up-to/1", view_of(tables), {})
    assert values(found) == {"attempted_or_lost": "18..18", "rows_attempted": 1, "rows_lost": 2}  # 7 + 9 + 2
    assert tables.names(found.claims) == tables.names(found.derivation["attempted_or_lost"]["over"])
    assert tables.names(found.claims) == ["more", "only", "cash"]
    assert found.incidents.to_list() == ["A1", "B1", "C1"]
    assert len(found.notes) == 1  # C1's attempt is in euros, so its loss stands


def test_an_empty_table_reaches_nothing():
    assert values(apply("up-to/1", view_of(ledger()), {}))["attempted_or_lost"] is None
