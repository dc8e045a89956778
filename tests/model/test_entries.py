"""Entries: one good row of each table beside the claims, and each fault it can have."""

from __future__ import annotations

import pytest

from watchkeeper.model import claim
from watchkeeper.model.entries import TABLES
from watchkeeper.values.refused import Invalid

GOOD = {
    "source": {
        "source_id": "S-2019-691", "title": "Midterm report", "publisher": "Panel of Experts",
        "reference": "S/2019/691", "via": "undocs.org", "published_on": "2019-08-30", "checked": "text",
        "redistribute": "yes", "tlp": "CLEAR",
        "note": "n",
    },
    "edition": {
        "edition_id": "S/2019/691", "title": "Table of instances", "status": "final", "source_id": "S-2019-691",
        "published_on": "2019-08-30", "note": "n",
    },
    "incident": {"incident_id": "UN19-11", "kind": "incident", "parent_id": "UN19-campaign", "note": "n"},
    "decision": {
        "subject": "UN19-11", "verdict": "same-event", "other": "UN19-12", "reason": "same day, same sum",
        "author": "ledger compilers", "decided_on": "2026-11-22",
    },
    "tally": {
        "series": "panel", "scope": "year", "key": "2019", "value": "35", "unit": "incidents", "vintage": "2019",
        "source_id": "S-2019-691", "locator": "paragraph 57", "published_on": "2019-08-30", "checked": "text",
        "entered_on": "2026-11-22", "note": "n",
    },
}  # fmt: skip


def faults(kind, cells):
    with pytest.raises(Invalid) as refusal:
        TABLES[kind].read({**GOOD[kind], **cells})
    return list(refusal.value.faults)


def test_there_is_a_table_for_each_kind_of_entry_and_it_says_what_it_is_for():
    assert list(TABLES) == [
        "source", "edition", "incident", "claim", "decision", "party", "fact", "link", "label", "price", "tally",
    ]  # fmt: skip
    assert all(table.kind == kind and table.means for kind, table in TABLES.items())
    assert TABLES["claim"].columns == claim.COLUMNS


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_row_is_kept_as_it_stands(kind):
    assert set(GOOD[kind]) == set(TABLES[kind].columns)
    assert TABLES[kind].read(GOOD[kind]) == GOOD[kind]


@pytest.mark.parametrize(
    ("kind", "unstated"),
    [
        ("source", {"via", "published_on", "note"}),
        ("edition", {"published_on", "note"}),
        ("incident", {"parent_id", "note"}),
        ("decision", {"other"}),
        ("tally", {"locator", "published_on", "note"}),
    ],
)
def test_only_these_cells_may_be_empty_and_an_empty_one_leaves_no_trace(kind, unstated):
    verdict = {"verdict": "contested"} if kind == "decision" else {}
    row = {**GOOD[kind], **verdict, **dict.fromkeys(unstated, "")}
    assert set(TABLES[kind].read(row)) == set(TABLES[kind].columns) - unstated
    for column in set(TABLES[kind].columns) - unstated:
        assert f"{column}: is empty; it may not be." in faults(kind, {column: ""})


@pytest.mark.parametrize(
    ("kind", "cells", "fault"),
    [
        ("source", {"source_id": "S/2019/691"}, 'source_id: "S/2019/691" is no incident id'),
        ("source", {"published_on": "August 2019"}, 'published_on: "August 2019" is not a day'),
        ("source", {"published_on": "2019-02-30"}, 'published_on: "2019-02-30" names a day that does not exist'),
        ("source", {"checked": "twice"}, 'checked: "twice" is not one of the checked: text, secondary, recalled.'),
        ("source", {"redistribute": "no"}, 'redistribute: "no" is not one of yes, extract, hash_only.'),
        ("source", {"tlp": "WHITE"}, 'tlp: "WHITE" is not one of CLEAR, GREEN, AMBER, AMBER+STRICT, RED.'),
        ("source", {"title": "a\x07b"}, "title: holds the control or unassigned character U+0007."),
        ("source", {"reference": "x" * 20_001}, "reference: holds 20001 characters"),
        ("edition", {"status": "Final"}, 'status: "Final" is not one of draft, final.'),
        ("edition", {"published_on": "2019"}, 'published_on: "2019" is not a day'),
        ("incident", {"incident_id": "UN 19"}, 'incident_id: "UN 19" is no incident id'),
        ("incident", {"kind": "event"}, 'kind: "event" is not one of the kinds: incident, campaign, it-work.'),
        ("incident", {"parent_id": "?"}, 'parent_id: "?" is no incident id'),
        ("incident", {"parent_id": "UN19-11"}, "parent_id: names the incident itself."),
        ("decision", {"verdict": "maybe"}, 'verdict: "maybe" is not one of the verdicts'),
        ("decision", {"other": ""}, "other: is empty; same-event speaks of two incidents."),
        ("decision", {"other": "?"}, 'other: "?" is no incident id'),
        ("decision", {"other": "UN19-11"}, "other: names the subject itself"),
        ("decision", {"verdict": "contested"}, "other: must be empty: contested speaks of one subject."),
        ("decision", {"decided_on": "today"}, 'decided_on: "today" is not a day'),
        ("tally", {"scope": "month"}, 'scope: "month" is not one of year, state, total.'),
        ("tally", {"key": "2O19"}, 'key: "2O19" is not a date'),
        ("tally", {"key": "2019-01"}, 'key: "2019-01" is not a year; write YYYY.'),
        ("tally", {"scope": "state", "key": "Korea"}, 'key: "Korea" names more than one'),
        ("tally", {"scope": "state", "key": "Atlantis"}, 'key: "Atlantis" is no State or territory we know.'),
        ("tally", {"scope": "total", "key": "2023..2017"}, 'key: "2023..2017" ends before it starts.'),
        ("tally", {"unit": "cases"}, 'unit: Unknown unit "cases"'),
        ("tally", {"value": "-1"}, 'value: "-1" is not a whole number of incidents.'),
        ("tally", {"value": "35.0"}, 'value: "35.0" is not a whole number of incidents.'),
        ("tally", {"value": "\uff13\uff15"}, 'value: "\uff13\uff15" is not a whole number of incidents.'),
        ("tally", {"value": "\u00b2"}, 'value: "\u00b2" is not a whole number of incidents.'),
        ("tally", {"value": "9" * 5000}, f'value: "{"9" * 40}" is not a whole number of incidents.'),
        ("tally", {"unit": "USD", "value": "1,000"}, 'value: "1,000" is not an amount'),
        ("tally", {"unit": "USD", "value": "1e9"}, 'value: "1e9" is not an amount'),
        ("tally", {"checked": "no"}, 'checked: "no" is not one of the checked'),
        ("tally", {"entered_on": "2026-11-31"}, 'entered_on: "2026-11-31" names a day that does not exist'),
    ],
)
def test_each_fault_is_named_alone(kind, cells, fault):
    found = faults(kind, cells)
    assert len(found) == 1
    assert found[0].startswith(fault)


@pytest.mark.parametrize("verdict", ["contested", "uncontested", "withdrawn"])
def test_a_decision_on_one_subject_names_no_other(verdict):
    body = TABLES["decision"].read({**GOOD["decision"], "verdict": verdict, "other": ""})
    assert "other" not in body


@pytest.mark.parametrize(
    ("cells", "key", "value"),
    [
        ({"scope": "state", "key": "South Korea"}, "KR", "35"),
        ({"scope": "total", "key": "2017..2024-04"}, "2017..2024-04", "35"),
        ({"value": "0035"}, "2019", "35"),
        ({"unit": "USD", "value": "2000000000"}, "2019", "200000000000"),  # 2,000,000,000 USD x 100 cents
        ({"unit": "KRW", "value": "7"}, "2019", "7"),
    ],
)
def test_a_tally_is_kept_in_codes_and_smallest_parts(cells, key, value):
    body = TABLES["tally"].read({**GOOD["tally"], **cells})
    assert (body["key"], body["value"]) == (key, value)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("source", "S-2019-691"), ("edition", "S/2019/691"), ("incident", "UN19-11")],
)
def test_sources_editions_and_incidents_bear_the_name_they_were_given(kind, name):
    assert TABLES[kind].name(TABLES[kind].read(GOOD[kind])) == name


@pytest.mark.parametrize(("kind", "letter"), [("decision", "d-"), ("tally", "t-")])
def test_decisions_and_tallies_are_named_by_their_content(kind, letter):
    table = TABLES[kind]
    name = table.name(table.read(GOOD[kind]))
    assert (name[:2], len(name)) == (letter, 22)
    assert name == table.name(table.read(dict(reversed(GOOD[kind].items()))))
    changed = {"reason": "same day"} if kind == "decision" else {"value": "36"}
    assert name != table.name(table.read({**GOOD[kind], **changed}))
