"""Ownership rules: what each regime counts on which day, and that no part stands without its mark."""

from __future__ import annotations

from datetime import date

import pytest

from watchkeeper.model.measure import NotInForce
from watchkeeper.regime.ownership.load import ownership_rule, ownership_rules, read_rule, words
from watchkeeper.values.refused import Invalid, NotFound

HALF = 500_000_000
TODAY = date(2026, 1, 1)


def test_the_rules_shipped_are_these():
    assert list(ownership_rules()) == ["CH", "EU", "UK", "UN-1718", "US-OFAC"]


@pytest.mark.parametrize(
    ("key", "on", "exactly_half_is_enough", "aggregate"),
    [
        ("US-OFAC", date(2014, 8, 12), True, "not-stated"),
        ("US-OFAC", date(2014, 8, 13), True, "added"),
        ("EU", date(2022, 4, 7), False, "not-stated"),
        ("EU", date(2022, 4, 8), False, "added"),
        ("EU", date(2024, 7, 2), False, "added"),
        ("EU", date(2024, 7, 3), True, "added"),
        ("UK", TODAY, False, "apart"),
        ("CH", TODAY, False, "added"),
    ],
)
def test_exactly_half_is_enough_here_and_then_and_not_elsewhere(key, on, exactly_half_is_enough, aggregate):
    test = ownership_rule(key).on(on)
    assert test.reached_by(HALF) == exactly_half_is_enough
    assert (test.reached_by(HALF - 1), test.reached_by(HALF + 1)) == (False, True)
    assert test.word("aggregate") == aggregate


def test_the_resolutions_give_no_percentage_so_that_no_share_is_enough():
    test = ownership_rule("UN-1718").on(TODAY)
    assert (test.share, test.word("reach")) == (None, None)
    assert not test.reached_by(1_000_000_000)


def test_only_the_uk_says_what_a_joint_holding_is():
    assert {key: rule.on(TODAY).word("joint") for key, rule in ownership_rules().items()} == {
        "CH": "not-stated", "EU": "not-stated", "UK": "each", "UN-1718": "not-stated", "US-OFAC": "not-stated",
    }  # fmt: skip


def test_before_its_first_day_a_rule_says_nothing():
    with pytest.raises(NotInForce, match="No test of ownership of UK is held for 2020-12-30; those held begin on 2020"):
        ownership_rule("UK").on(date(2020, 12, 30))


def test_an_unknown_rule_is_refused_with_those_there_are():
    with pytest.raises(NotFound, match="Known: CH, EU, UK, UN-1718, US-OFAC"):
        ownership_rule("OFAC")


@pytest.mark.parametrize("rule", ownership_rules().values(), ids=lambda rule: rule.key)
def test_every_part_says_why_and_a_part_without_a_page_is_recalled_and_seen_to_be(rule):
    for test in rule:
        assert set(test.facts) == {"share", *words()}
        for part, fact in test.facts.items():
            assert fact.because
            assert (fact.source is None) == (fact.checked == "recalled") == (part in test.recalled)


RULE = """
key: XX
title: A test
authority: An office
tests:
  - from: 2020-01-01
    last_day: null
    share: {value: 50, unit: percent, source: https://example.org, because: Read., checked: text}
    reach: {value: at-least, source: https://example.org, because: Read., checked: text}
    aggregate: {value: added, source: https://example.org, because: Read., checked: text}
    indirect: {value: through-met, source: https://example.org, because: Read., checked: text}
    joint: {value: not-stated, source: null, because: Not found., checked: recalled}
    control: {value: none, source: https://example.org, because: Read., checked: text}
"""


def test_a_rule_of_its_own_can_be_read():
    assert read_rule(RULE, "XX.yml").on(TODAY).share == HALF


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("key: XX", "key: YY", 'must be the name of its file, "XX"'),
        ("value: 50", "value: 0", "0 percent is no threshold"),
        ("value: 50", "value: 100", "100 percent is no threshold"),
        ("value: 50", "value: 0.5", "must be a whole number"),
        ("value: 50", "value: null", "must be null where the share is null"),
        ("value: at-least", "value: null", "must be null where the share is null"),
        ("unit: percent", "unit: parts", "parts is no unit of a share"),
        ("value: at-least", "value: about", '"about" is not one of: at-least, more-than'),
        ("value: added", "value: null", "is null; it must be one of: added, apart, not-stated"),
        ("value: added, ", "", "is missing; write it, or null"),
        ("source: null, because: Not found., checked: recalled", "source: null, because: x, checked: text",
         "must be recalled where no page is named"),
        ("last_day: null", "last_day: null\n    last: 3", "last: is not a key known here"),
        ("    reach:", "    reached:", "reach: is missing; write value, source"),
        ("    last_day: null\n", "", "last_day: is missing"),
    ],
)  # fmt: skip
def test_a_faulty_rule_is_refused(old, new, fault):
    assert old in RULE
    with pytest.raises(Invalid) as refusal:
        read_rule(RULE.replace(old, new), "XX.yml")
    assert any(fault in each for each in refusal.value.faults)


def test_a_rule_without_a_test_is_refused():
    with pytest.raises(Invalid, match="a rule without a test answers nothing"):
        read_rule(RULE.partition("tests:")[0], "XX.yml")


@pytest.mark.parametrize("last_day", ["null", "2018-12-31", "2020-01-01"])
def test_tests_that_leave_a_gap_or_overlap_are_refused(last_day):
    earlier = RULE.partition("tests:\n")[2].replace("2020-01-01", "2015-01-01")
    earlier = earlier.replace("last_day: null", f"last_day: {last_day}")
    with pytest.raises(Invalid, match="does not begin on the day after the one before it"):
        read_rule(RULE.replace("tests:\n", f"tests:\n{earlier}"), "XX.yml")
