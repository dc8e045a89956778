"""Changing one claim changes exactly the figures that count it, and drift names the claim; rows may read otherwise."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from tests.ledger.tables import Ledger, bundled_ledger, statement

from watchkeeper.ledger.view import View
from watchkeeper.model.claim import claim_id
from watchkeeper.model.vocabulary import fields
from watchkeeper.report import present
from watchkeeper.report.figures import cards, compute
from watchkeeper.runs.drift import drift_of, reads_otherwise

# A part of the bundled ledger in which every field has a claim; figures over it are quick to compute.
INCIDENTS = {
    "UN19-03", "UN19-04", "UN19-08", "UN19-15", "UN19-17", "UN19-20", "UN19-21", "UN19-22", "UN19-23", "UN19-24",
    "UN19-25", "UN19-28", "UN19-33", "UN19-34", "CR-005", "CR-008", "CR-045", "CR-055", "CR-056", "CR-070", "CR-072",
    "IT-01",
}  # fmt: skip
FINAL = "S/2019/691"
KEYS = [*((name, None) for name in cards()), ("cyber.instances", FINAL), ("cyber.loss_reported", FINAL)]
# What a row of instances shows of a claim; a figure that opens to such rows says something else when it changes.
SHOWN = {"net",
    "title", "occurred", "victim", "victim_state", "affected_state", "named_state", "worldwide", "sector",
    "attempted", "executed", "taken", "recovered", "loss_reported",
}  # fmt: skip
# Tables with a row for each incident that carry its title too, though they count no titles.
TITLED = {"bridge/1", "disputed/1", "it-work/1"}
DATED = {"it-work/1"}  # and its date
OTHER_WORDS = {
    "title": "Another title", "occurred": "2014-11", "victim": "Another victim", "victim_state": "FR",
    "affected_state": "FR", "named_state": "FR", "worldwide": "everywhere", "sector": "unknown", "method": "malware",
    "modus": "in other words", "actor": "Another group", "in_edition": "ANOTHER-EDITION", "transaction": "0x01",
    "asset": "EOS", "attribution": "somebody else", "proceeding": "Charged",
}  # fmt: skip


@cache
def record() -> tuple[dict[str, Any], ...]:
    kept = []
    for one in bundled_ledger().statements:
        body = one["body"]
        incidents = {body.get("incident_id"), body.get("subject"), *body.get("covers", ())} - {None}
        if one["kind"] not in ("incident", "claim", "decision") or incidents <= INCIDENTS:
            kept.append(one)
    usual = {"source_id": "TAY-2026", "checked": "text", "author": "A", "entered_on": "2026-11-22"}
    # No claim of the bundled ledger speaks of these three; so that every field is tried, these do.
    kept += [
        statement("claim", {"incident_id": "UN19-21", "field": "net", "low": "1", "unit": "USD", **usual}),
        statement("claim", {"incident_id": "UN19-21", "field": "transaction", "value": "0xab", **usual}),
        statement("claim", {"incident_id": "UN19-21", "field": "asset", "value": "BTC", **usual}),
        statement("claim", {"incident_id": "UN19-21", "field": "actor", "value": "Group A", **usual}),
    ]
    return tuple(kept)


def said(statements: tuple[dict[str, Any], ...]) -> dict[str, tuple[dict[str, Any], View]]:
    tables = Ledger(statements)
    seen = {}
    for name, edition in KEYS:
        figure = compute(name, tables, edition=edition)
        seen[f"{name}@{edition}" if edition else name] = present.to_json(figure), figure.view
    return seen


@cache
def before() -> dict[str, tuple[dict[str, Any], View]]:
    return said(record())


def drifted(statements: tuple[dict[str, Any], ...]) -> dict[str, dict[str, Any]]:
    found = {}
    for key, (new, view) in said(statements).items():
        drift = drift_of(key, before()[key][0], new, view)
        if drift is not None:
            found[key] = drift
    return found


def otherwise(statements: tuple[dict[str, Any], ...]) -> set[str]:
    """Return the figures of which a reader sees anything else, counted or only shown."""
    return {key for key, (new, _) in said(statements).items() if reads_otherwise(before()[key][0], new)}


def claim_of(field: str, incident: str | None = None) -> dict[str, Any]:
    return next(
        one for one in record()
        if one["kind"] == "claim" and one["body"]["field"] == field and incident in (None, one["body"]["incident_id"])
    )  # fmt: skip


def changed(old: dict[str, Any]) -> dict[str, Any]:
    """Return the claim saying something else: another word, or an amount one dollar higher."""
    body = old["body"]
    if fields()[body["field"]].kind == "amount":
        other = body | {end: str(int(body[end]) + 100) for end in ("low", "high")}
    else:
        other = body | {"value": OTHER_WORDS[body["field"]]}
    return {"kind": "claim", "id": claim_id(other), "tlp": "CLEAR", "body": other}


def counting(old: dict[str, Any]) -> set[str]:
    return {key for key, (told, _) in before().items() if old["id"] in told["claims"]}


def showing(old: dict[str, Any]) -> set[str]:
    """Return the figures whose rows show what the claim says."""
    body, keys = old["body"], set()
    for key, (told, _) in before().items():
        card = cards()[told["figure"]]
        rows = body["incident_id"] in told["ids"]
        shown = rows and card.shows == "instances" and body["field"] in SHOWN
        titled = rows and card.rule in TITLED and body["field"] == "title"
        dated = rows and card.rule in DATED and body["field"] == "occurred"
        if shown or titled or dated:
            keys.add(key)
    return keys


def sampled() -> dict[str, dict[str, Any]]:
    """Return the last claim of each field on a row of the table, and on one of the later record."""
    found = {}
    for one in record():
        if one["kind"] == "claim":
            found[f"{one['body']['field']} of {one['body']['incident_id'].partition('-')[0]}"] = one
    return found


def test_every_field_of_the_ledger_is_tried():
    assert {name.partition(" ")[0] for name in sampled()} == set(fields())


# What an attribution or a listing moves is more than the figures that count it: it moves who is counted. See below.
@pytest.mark.parametrize("sample", [name for name in sampled() if not name.startswith(("attribution", "in_edition"))])
def test_changing_one_claim_changes_exactly_the_figures_that_count_it(sample):
    old = sampled()[sample]
    new = changed(old)
    record_then = tuple(new if one is old else one for one in record())
    after = drifted(record_then)
    assert after.keys() == counting(old)
    assert otherwise(record_then) == counting(old) | showing(old)
    for key, drift in after.items():
        assert drift["claims_gone"] == [old["id"]], key
        assert drift["claims_new"] in ([new["id"]], []), key  # of two claims a count may now choose the other


def test_a_states_reply_moves_exactly_the_figures_that_sum_or_list_that_loss():
    reply = statement("claim", {
        "incident_id": "UN19-21", "field": "loss_reported", "low": "9000000", "unit": "USD", "source_id": "S-2019-691",
        "published_on": "2019-07-31", "checked": "text", "author": "A", "entered_on": "2026-11-22",
    })  # fmt: skip
    after = drifted((*record(), reply))
    lists_the_row = {
        "cyber.instances", "cyber.timeline", "record.instances", "record.timeline", "cyber.instances@S/2019/691",
    }  # fmt: skip
    sums = {f"{subject}.{name}" for subject in ("cyber", "record") for name in (
        "loss_reported", "loss_bridge", "basis", "by_actor", "by_method", "by_sector", "by_state", "by_year",
    )}  # fmt: skip
    # Up-to takes the highest loss, which is still the annex's 49 million; its rows show the reply's 9 million.
    assert after.keys() == sums | {"cyber.loss_reported@S/2019/691"}
    assert otherwise((*record(), reply)) - after.keys() == {
        *lists_the_row, "cyber.attempted_or_lost", "record.attempted_or_lost", "cyber.net", "record.net",
    }  # fmt: skip
    assert after["cyber.loss_reported"]["claims_new"] == [reply["id"]]
    assert after["cyber.loss_reported"]["claims_gone"] == []
    low, high = (after["cyber.loss_reported"][end]["low"] for end in ("old", "new"))
    assert int(low) - int(high) == 49_000_000 - 9_000_000
    assert not any(name.startswith("later.") for name in after)  # the row stands in the table, not in the later record


def test_a_decision_moves_the_figures_of_the_population_and_none_of_the_edition():
    contested = statement("decision", {
        "subject": "UN19-34", "verdict": "contested", "reason": "an inside job", "author": "A",
        "decided_on": "2026-11-23",
    })  # fmt: skip
    after = drifted((*record(), contested))
    assert "cyber.instances" in after
    # An edition counts what was published; its row now shows the standing "contested".
    assert "cyber.instances@S/2019/691" in otherwise((*record(), contested)) - after.keys()
    # What others count and the later record do not count it.
    assert not after.keys() & {"cyber.yearly_counters", "cyber.vintages", "cyber.published_totals", "later.by_grade"}
    assert "later.disputed" in after
    for key in ("cyber.instances", "record.loss_reported", "cyber.disputed"):
        assert after[key]["ids_gone"] == ["UN19-34"]
        assert "an inside job" in after[key]["decisions"][0]


def test_an_attribution_that_weakens_takes_its_incident_out_and_names_the_claim():
    old = claim_of("attribution", "CR-005")
    new = {**old, "body": old["body"] | {"confidence": "single-analyst"}, "id": "c-weaker"}
    after = drifted(tuple(new if one is old else one for one in record()))
    assert after["record.instances"]["ids_gone"] == ["CR-005"]
    assert after["later.by_grade"]["claims_new"] == ["c-weaker"]
    high = before()["later.by_grade"][0]["values"]["high_n"]
    assert after["later.by_grade"]["values"]["high_n"] == [high, high - 1]
    assert not any(name.startswith("cyber.") for name in after)


def test_a_listing_that_moves_to_another_edition_takes_the_row_out_of_the_table():
    old = claim_of("in_edition", "UN19-21")
    after = drifted(tuple(changed(old) if one is old else one for one in record()))
    assert after["cyber.instances"]["ids_gone"] == after["cyber.instances@S/2019/691"]["ids_gone"] == ["UN19-21"]
    assert old["id"] in after["cyber.states_difference"]["claims_gone"]
    assert after["later.by_grade"]["ids_new"] == ["UN19-21"]
    assert "record.loss_reported" not in after  # which counts it wherever it is listed


def test_a_claim_that_changes_nothing_but_its_note_is_still_another_claim():
    old = claim_of("loss_reported", "UN19-21")
    new = statement("claim", {
        "incident_id": "UN19-21", "field": "loss_reported", "low": "49000000", "unit": "USD", "note": "As printed.",
        **{key: old["body"][key] for key in ("source_id", "checked", "author", "entered_on")},
    })  # fmt: skip
    after = drifted(tuple(new if one is old else one for one in record()))
    assert after["cyber.loss_reported"]["claims_gone"] == [old["id"]]
    assert after["cyber.loss_reported"]["values"] == {}
    assert "cyber.amount_attempted" not in after
