"""Erasure: the log says which keys are erased for good, whatever turns up among the keys."""

from __future__ import annotations

from watchkeeper.model.erasure import erased, erasure


def entry(one, key):
    return {"kind": "claim", "id": one, "key": key, "at": "2026-11-22T10:00:00Z", "body": {}}


def gone(one, day):
    return {**erasure(one, "asked", "law", "AMBER"), "at": f"{day}T10:00:00Z"}


def test_a_record_is_erased_with_all_its_statements_before_and_at_the_first_time():
    log = [entry("a", "k1"), entry("b", "k2"), entry("a", "k3"), gone("a", "2026-12-01"), gone("a", "2026-12-02")]
    assert erased(log) == {"k1": "2026-12-01T10:00:00Z", "k3": "2026-12-01T10:00:00Z"}


def test_what_is_recorded_of_it_later_has_a_key_of_its_own():
    log = [entry("a", "k1"), gone("a", "2026-12-01"), entry("a", "k2")]
    assert erased(log).keys() == {"k1"}
    assert erased([*log, gone("a", "2026-12-03")]).keys() == {"k1", "k2"}


def test_an_erasure_of_what_is_not_there_erases_nothing():
    assert erased([gone("a", "2026-12-01"), {"kind": "erasure", "id": "x", "at": "", "body": {}}]) == {}


def test_the_name_of_an_erasure_does_not_let_its_reason_be_guessed():
    assert erasure("a", "one", "law", "RED")["id"] == erasure("a", "other", "law", "RED")["id"]
    assert erasure("a", "one", "law", "RED")["id"] != erasure("b", "one", "law", "RED")["id"]
    assert erasure("a", "one", "law", "RED")["id"].startswith("e-")
