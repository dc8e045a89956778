"""The rules against a plain Python twin, on random ledgers; and no order of claims changes an outcome."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ledger.tables import Ledger, bundled_ledger, statement, view_of

from watchkeeper.ledger.rules import apply, rules
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Outcome
from watchkeeper.model.vocabulary import words
from watchkeeper.report.figures import cards

INCIDENTS = ("A1", "B1", "C1", "D1")
DAYS = ("2020-01-01", "2020-06-15", "2020-06-16", "2021-01-01")
GRADES = words("confidences")
EDITION = "S/2019/691"
USUAL = {"source_id": "ANNEX", "checked": "text", "author": "A"}

amounts = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted).map(lambda span: [str(one) for one in span])
claims = st.builds(
    lambda incident, told, published, entered: {
        "incident_id": incident, **told, "published_on": published, "entered_on": entered, **USUAL,
    },
    st.sampled_from(INCIDENTS),
    st.one_of(
        st.builds(
            lambda name, span, unit: {"field": name, "low": span[0], "high": span[1], "unit": unit},
            st.sampled_from(("attempted", "taken", "loss_reported")), amounts, st.sampled_from(("USD", "USD", "EUR")),
        ),
        st.builds(
            lambda grade, stance: {
                "field": "attribution", "value": "actors", "confidence": grade, "stance": stance, "stated_by": "Panel",
            },
            st.sampled_from((*GRADES, None)), st.sampled_from(("attributes", "attributes", "disputes")),
        ),
        st.builds(lambda code: {"field": "victim_state", "value": code}, st.sampled_from(("KR", "JP", "VN"))),
        st.builds(lambda code: {"field": "named_state", "value": code}, st.sampled_from(("KR", "SG"))),
        st.builds(lambda who: {"field": "actor", "value": who}, st.sampled_from(("Group A", "Group B"))),
        st.builds(lambda how: {"field": "method", "value": how}, st.sampled_from(("phishing", "ransomware"))),
        st.just({"field": "in_edition", "value": EDITION}),
        st.just({"field": "worldwide", "value": "worldwide"}),
    ),
    st.sampled_from((*DAYS, None)),
    st.sampled_from(DAYS),
)  # fmt: skip
# Of date and sector the first one entered stands; so that order can have no say, an incident gets one of each.
singles = st.fixed_dictionaries(
    {},
    optional={
        (incident, name): st.sampled_from(values)
        for incident in INCIDENTS
        for name, values in (
            ("occurred", ("2017", "2017-12..2018-01", "2018-03-02")), ("sector", ("bank", "exchange")),
        )
    },
)  # fmt: skip
verdicts = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("contested", "uncontested")), st.sampled_from(INCIDENTS), st.none()),
        st.tuples(
            st.sampled_from(("same-event", "not-same-event")), st.sampled_from(INCIDENTS), st.sampled_from(INCIDENTS),
        ).filter(lambda told: told[1] != told[2]),
    ),
    max_size=4,
)  # fmt: skip


@st.composite
def records(draw) -> list[dict[str, Any]]:
    """Draw the statements of a random ledger: incidents, claims, then decisions, some of them withdrawing a claim."""
    told = draw(st.lists(claims, max_size=20))
    told += [
        {"incident_id": incident, "field": name, "value": value, "published_on": None, "entered_on": DAYS[0], **USUAL}
        for (incident, name), value in draw(singles).items()
    ]
    spoken = list({one["id"]: one for one in (statement("claim", row) for row in told)}.values())
    decided = [(verdict, subject, other) for verdict, subject, other in draw(verdicts)]
    withdrawn = draw(st.lists(st.sampled_from(spoken), max_size=2)) if spoken else []
    decided += [("withdrawn", one["id"], None) for one in withdrawn]
    known = [statement("incident", {"incident_id": one, "kind": "incident"}) for one in INCIDENTS]
    edition = statement("edition", {"edition_id": EDITION, "title": "T", "status": "final", "source_id": "ANNEX"})
    days = draw(st.lists(st.sampled_from(DAYS), min_size=len(decided), max_size=len(decided)).map(sorted))
    decisions = [
        statement("decision", {"subject": subject, "verdict": verdict, "other": other, "reason": "as said",
                               "author": "A", "decided_on": day})
        for (verdict, subject, other), day in zip(decided, days, strict=True)
    ]  # fmt: skip
    return [*known, edition, *spoken, *decisions]


class Twin:
    """What the record says, in plain Python: slow, obvious, and written from the cards."""

    def __init__(self, record: list[dict[str, Any]], as_of: str | None) -> None:
        seen: dict[str, Any] = {}
        for one in record:
            seen.setdefault(one["id"], one)
        told = list(seen.values())
        decisions = [one["body"] for one in told if one["kind"] == "decision"]
        self.decisions = [one for one in decisions if as_of is None or one["decided_on"] <= as_of]
        gone = {one["subject"] for one in self.decisions if one["verdict"] == "withdrawn"}
        standing = [one for one in told if one["kind"] == "claim" and one["id"] not in gone]
        self.claims = [
            one["body"] | {"id": one["id"]}
            for one in standing
            if as_of is None or one["body"].get("published_on", one["body"]["entered_on"]) <= as_of
        ]

    def said(self, incident: str, *names: str) -> list[dict[str, Any]]:
        return [one for one in self.claims if one["incident_id"] == incident and one["field"] in names]

    def verdict(self, incident: str) -> bool:
        spoken = [d["verdict"] for d in self.decisions if d["subject"] == incident and "contested" in d["verdict"]]
        return bool(spoken) and spoken[-1] == "contested"

    def duplicate(self, incident: str) -> bool:
        newest: dict[frozenset[str], tuple[str, str, str]] = {}
        for one in self.decisions:
            if "other" in one:
                newest[frozenset((one["subject"], one["other"]))] = (one["verdict"], one["subject"], one["other"])
        events = [[one] for one in INCIDENTS]  # one event each; the first of a list is the one that stays
        for verdict, subject, other in newest.values():
            [kept] = [event for event in events if subject in event]
            [gone] = [event for event in events if other in event]
            if verdict == "same-event" and kept is not gone:
                kept += gone
                events.remove(gone)
        return all(event[0] != incident for event in events)

    def grade(self, incident: str) -> str | None:
        spoken = [c for c in self.said(incident, "attribution") if c["stance"] == "attributes" and "confidence" in c]
        return min((c["confidence"] for c in spoken), key=GRADES.index, default=None)

    def members(self, population: str, edition: str | None) -> set[str]:
        known = {one["incident_id"] for one in self.claims}
        listed = {one["incident_id"] for one in self.claims if one["field"] == "in_edition"}
        if edition:
            return listed
        if population == "everything":
            return known
        counted = {
            one for one in known
            if self.grade(one) in ("high", "moderate", "low") and not self.verdict(one) and not self.duplicate(one)
        }  # fmt: skip
        return {"record": counted, "panel-2019": counted & listed, "later": counted - listed}[population]

    def span(self, incident: str, name: str) -> tuple[int, int] | None:
        stated = [(int(c["low"]), int(c["high"])) for c in self.said(incident, name) if c["unit"] == "USD"]
        return (min(low for low, _ in stated), max(high for _, high in stated)) if stated else None

    def groups(self, incident: str, by: str) -> set[str]:
        if by == "year":
            when = [c["value"] for c in self.said(incident, "occurred")]
            return {"spans two years" if ".." in when[0] else when[0][:4]} if when else {"not stated"}
        field = {"state": "victim_state"}.get(by, by)
        return {c["value"] for c in self.said(incident, field)} or {"not stated"}


SEEN = st.one_of(
    st.sampled_from(("record", "everything", "panel-2019", "later")).map(lambda name: {"population": name}),
    st.just({"edition": EDITION}),
)
AS_OF = st.sampled_from((None, *DAYS, "2020-12-31"))


def both(record: list[dict[str, Any]], seen: dict[str, str], as_of: str | None) -> tuple[View, Twin, set[str]]:
    twin = Twin(record, as_of)
    view = view_of(Ledger(record), **seen, as_of=date.fromisoformat(as_of) if as_of else None)
    return view, twin, twin.members(seen.get("population", ""), seen.get("edition"))


@given(records(), SEEN, AS_OF)
def test_the_incidents_counted_are_those_of_the_twin(record, seen, as_of):
    view, _, members = both(record, seen, as_of)
    assert set(view.member_ids) == members
    found = apply("at-least-n/1", view, {})
    assert found.values[0].low == len(members)
    assert set(found.incidents) == members


@given(records(), SEEN, AS_OF, st.sampled_from(("attempted", "taken", "loss_reported")))
def test_a_sum_is_that_of_the_twin(record, seen, as_of, name):
    view, twin, members = both(record, seen, as_of)
    spans = [span for one in members if (span := twin.span(one, name))]
    found = {v.name: (v.low, v.high) for v in apply("sum-of-field/1", view, {"field": name}).values}
    rows, above = len(spans), sum(high > 0 for _, high in spans)
    assert (found.pop("from_memory"), found.pop("rows_from_memory")) == ((None, None), (0, 0))  # all is read in text
    assert found == {
        name: (sum(low for low, _ in spans), sum(high for _, high in spans)) if spans else (None, None),
        "rows": (rows, rows), "rows_above_zero": (above, above), "rows_without": (len(members) - rows,) * 2,
    }  # fmt: skip


@given(records(), SEEN, AS_OF, st.sampled_from(("year", "sector", "state", "actor", "method")))
def test_totals_by_group_are_those_of_the_twin(record, seen, as_of, by):
    view, twin, members = both(record, seen, as_of)
    groups: dict[str, list[str]] = defaultdict(list)
    for one in members:
        for group in twin.groups(one, by):
            groups[group].append(one)
    found = apply("totals-by/1", view, {"by": by})
    assert {
        group: row[1:] for group, row in zip(found.extra["groups"], found.rows, strict=True)
    } == {group: (len(ids), *ends(twin, ids, "attempted"), *ends(twin, ids, "loss_reported"))
          for group, ids in groups.items()}  # fmt: skip


def ends(twin: Twin, ids: list[str], name: str) -> tuple[int | None, int | None]:
    spans = [span for one in ids if (span := twin.span(one, name))]
    return (sum(low for low, _ in spans), sum(high for _, high in spans)) if spans else (None, None)


@given(records(), AS_OF)
def test_states_are_those_of_the_twin(record, as_of):
    view, twin, members = both(record, {"population": "everything"}, as_of)
    victims = {c["value"] for one in members for c in twin.said(one, "victim_state")}
    named = victims | {c["value"] for one in members for c in twin.said(one, "named_state")}
    found = {v.name: v.low for v in apply("states-named/1", view, {}).values}
    assert found == {
        "victim": len(victims), "affected": len(victims), "named": len(named), "victim_from_memory": 0,
    }  # fmt: skip


@given(records(), AS_OF)
def test_grades_are_those_of_the_twin(record, as_of):
    view, twin, members = both(record, {"population": "everything"}, as_of)
    groups: dict[str, list[str]] = defaultdict(list)
    for one in members:
        if not twin.duplicate(one) and not twin.said(one, "in_edition"):
            groups["contested" if twin.verdict(one) else twin.grade(one) or "not graded"].append(one)
    found = {row[0]: row[1:] for row in apply("by-grade/1", view, {"outside": EDITION}).rows}
    found.pop("all grades")
    assert {grade: (n, *rest) for grade, (n, _, *rest) in found.items()} == {
        grade: (len(ids), *ends(twin, ids, "loss_reported")) for grade, ids in groups.items()
    }


ASKED = sorted({(card.rule, tuple(sorted(card.parameters.items()))) for card in cards().values()})


def told(rule: str, outcome: Outcome, amounts: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """Return what an outcome says, in an order of its own; of two claims that state one end alike, only the amount."""
    claims = [amounts[one][1] for one in outcome.claims] if rule == "up-to/1" else outcome.claims
    return {
        "values": outcome.values, "rows": [tuple(map(cell, row)) for row in outcome.rows], "notes": outcome.notes,
        "incidents": outcome.incidents.to_list(), "claims": sorted(claims), "undated": outcome.undated,
        "derivation": over(dict(outcome.derivation), amounts),
    }  # fmt: skip


def cell(value: Any) -> Any:
    return sorted(value.split("; ")) if isinstance(value, str) else value


def over(step: Any, amounts: dict[str, tuple[str, str]]) -> Any:
    if isinstance(step, list):
        return [over(inner, amounts) for inner in step]
    if not isinstance(step, dict):
        return step
    ids = step.get("over")
    if not isinstance(ids, list):
        return {key: over(inner, amounts) for key, inner in step.items()}
    end = {"low": 0, "high": 1}.get(str(step.get("of")))
    return step | {"over": sorted(ids if end is None else [amounts[one][end] for one in ids])}


def ends_stated(record: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    return {one["id"]: (one["body"].get("low"), one["body"].get("high")) for one in record}


@settings(max_examples=40)
@given(records(), SEEN, AS_OF, st.randoms(use_true_random=False))
def test_no_order_of_claims_changes_an_outcome(record, seen, as_of, shuffled):
    other = list(record)
    places = [place for place, one in enumerate(record) if one["kind"] == "claim"]
    for place, moved in zip(places, shuffled.sample(places, len(places)), strict=True):
        other[place] = record[moved]
    day = date.fromisoformat(as_of) if as_of else None
    views = [view_of(Ledger(one), **seen, as_of=day) for one in (record, other)]
    for rule, asked in ASKED:
        parameters = {name: value.removesuffix("-draft") for name, value in asked}
        one, two = (told(rule, apply(rule, view, parameters), ends_stated(record)) for view in views)
        assert one == two, rule


@pytest.mark.parametrize("rule", rules())
def test_no_order_of_the_bundled_rows_changes_an_outcome(rule):
    parameters = next(dict(asked) for name, asked in ASKED if name == rule)
    record = bundled_ledger().statements
    first: dict[tuple[str, str], int] = {}
    for place, one in enumerate(record):  # the first claim of a date stands for the incident, so those stay first
        if one["kind"] == "claim":
            first.setdefault((one["body"]["incident_id"], one["body"]["field"]), place)
    fixed = set(first.values())
    loose = [place for place, one in enumerate(record) if one["kind"] == "claim" and place not in fixed]
    other = [one for place, one in enumerate(record) if place not in loose]
    other += sorted((record[place] for place in loose), key=lambda one: one["id"])  # digests: as good as shuffled
    one, two = (
        told(rule, apply(rule, view_of(Ledger(told_so), "everything"), parameters), ends_stated(record))
        for told_so in (record, other)
    )
    assert one == two
