"""YAML without guessing: what plain YAML bends is a fault here, with its line."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.regime.strict import Page, parse
from watchkeeper.values.refused import Invalid


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(Invalid) as refusal:
        parse(text, "x.yml")
    return refusal.value.faults or (refusal.value.summary,)


def test_each_value_is_read_as_what_it_looks_like():
    text = """
number: 400_870_018
fraction: 0.086
yes_or_no: true
day: 2017-12-22
code: "03"
unknown: null
words: Coal, iron and iron ore.
list: [1, {of: things}]
"""
    assert parse(text, "x.yml").root == {
        "number": 400_870_018,
        "fraction": Decimal("0.086"),
        "yes_or_no": True,
        "day": date(2017, 12, 22),
        "code": "03",
        "unknown": None,
        "words": "Coal, iron and iron ore.",
        "list": [1, {"of": "things"}],
    }


@pytest.mark.parametrize(
    "written",
    ["03", "0x1F", "12:30", "1_00", "-5", "+5", ".nan", ".inf", "1.", "no", "off", "Yes", "2017-12-22 10:00:00", ""],
)
def test_a_value_that_can_be_read_in_two_ways_is_refused(written):
    assert "can be read in two ways" in faults(f"a: {written}")[0]


def test_a_day_that_does_not_exist_is_refused():
    assert faults("a: 2017-02-29") == ("x.yml:1: 2017-02-29 is no day of the calendar.",)


def test_a_key_that_stands_twice_is_refused_and_not_overwritten():
    assert faults("unit: bbl\nunit: t") == ('x.yml:2: the key "unit" stands twice; one of the two would be lost.',)


def test_a_key_that_yaml_takes_for_a_truth_is_refused():
    assert faults("on: 2018-01-01") == ("x.yml:1: a key must be plain text.",)


@pytest.mark.parametrize("text", ["a: &x {b: 1}\nc: *x", "a: &x [1]\nb: *x"])
def test_an_alias_is_refused(text):
    assert "an alias" in faults(text)[0]


def test_a_merge_key_is_refused():
    assert faults("<<: {a: 1}") == ("x.yml:1: a key must be plain text.",)


@pytest.mark.parametrize("text", ["a: !!python/object:os.system {}", "a: !!set {b}", "a: !mine [1]", "a: !mine b"])
def test_a_tag_is_refused(text):
    assert "can be read in two ways" in faults(text)[0]


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: [1\n", "x.yml:2: "), ("a: b: c", "x.yml:1: "), ("a: 1\n---\nb: 2", "x.yml:2: "), ("a: \x07", "x.yml:1: ")],
)
def test_broken_yaml_names_the_line(text, line):
    assert faults(text)[0].startswith(line)


def test_a_lone_surrogate_is_refused():
    assert "a character that YAML does not allow" in faults("a: \ud800")[0]


@pytest.mark.parametrize("text", ["", "# nothing", "- a\n- b", "only words"])
def test_a_file_that_is_no_mapping_is_refused(text):
    assert faults(text)[-1] == "x.yml:1: the file is not a mapping of keys to values."


def test_a_nesting_without_end_is_refused():
    assert "a nesting this deep" in faults("a: " + "[" * 14 + "]" * 14)[0]
    assert faults("a: " + "[" * 30_000)


def test_a_file_too_long_is_refused_before_it_is_parsed():
    assert faults("a: " + "b" * 70_000) == ("x.yml holds 70003 characters; no provision is longer than 65536.",)


def test_all_faults_of_a_file_come_at_once():
    assert [fault.partition(":")[2].partition(":")[0] for fault in faults("a: 03\nb: no\nc: 12:30")] == ["1", "2", "3"]


def test_a_fault_at_a_missing_key_names_the_line_of_what_should_hold_it():
    page = parse("a: 1\nb:\n  c: 2\n", "x.yml")
    assert page.fault(("b", "c"), "is wrong.") == "x.yml:3: is wrong."
    assert page.fault(("b", "missing"), "is missing.") == "x.yml:2: is missing."


@given(st.text())
def test_any_text_is_read_or_refused(text):
    with suppress(Invalid):  # anything else that is raised fails the test
        assert isinstance(parse(text, "x.yml"), Page)
