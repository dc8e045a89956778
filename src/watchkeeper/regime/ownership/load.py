"""The ownership rules shipped, by key: files of this folder, read with every fault at once.

A part without a page is recalled, and only such a part: what is from memory must be seen to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from types import MappingProxyType

from watchkeeper.regime.entry import Entry
from watchkeeper.regime.ownership.rule import Fact, OwnershipRule, Test
from watchkeeper.regime.strict import parse
from watchkeeper.values import share
from watchkeeper.values.refused import Invalid, NotFound

_WORDS = "vocabulary.yml"
_NO_NUMBER = ("share", "reach")  # null where a regime gives no percentage


@cache
def ownership_rules() -> Mapping[str, OwnershipRule]:
    """Return the rules shipped, by key; raise `Invalid` with the faults of a file."""
    folder = files("watchkeeper.regime.ownership")
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".yml") and item.name != _WORDS)
    rules = (read_rule((folder / name).read_text("utf-8"), name) for name in names)
    return MappingProxyType({rule.key: rule for rule in rules})


def ownership_rule(key: str) -> OwnershipRule:
    """Return one rule, e.g. "US-OFAC"; raise `NotFound` with the keys there are."""
    if key not in ownership_rules():
        raise NotFound(f'There is no ownership rule "{key}". Known: {", ".join(ownership_rules())}.')
    return ownership_rules()[key]


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Return the closed words of each part of a test, each with the sentence that defines it."""
    page = parse((files("watchkeeper.regime.ownership") / _WORDS).read_text("utf-8"), _WORDS)
    groups = {part: group for part, group in page.root.items() if isinstance(group, dict)}
    return MappingProxyType({part: {word: str(said) for word, said in group.items()} for part, group in groups.items()})


def read_rule(text: str, name: str) -> OwnershipRule:
    """Return the rule that a file holds.

    Args:
        text: YAML, e.g. of `regime/ownership/EU.yml`.
        name: The file's name; without ".yml" it is the key.

    Raises:
        Invalid: anything missing, unknown, not of its words, marked as checked without a page, or tests
            that leave a gap or overlap; `faults` names file, line and key of each.
    """
    page = parse(text, name)
    faults: list[str] = []
    entry = Entry(page, faults, page.root)
    found = OwnershipRule(
        key=entry.text("key"),
        title=entry.text("title"),
        authority=entry.text("authority"),
        notes=entry.maybe_text("notes"),
        tests=tuple(_test(each) for each in entry.entries("tests")),
    )
    if found.key != name.removesuffix(".yml"):
        entry.fault("key", f'must be the name of its file, "{name.removesuffix(".yml")}".')
    _check_order(entry, found.tests)
    entry.done()
    if faults:
        raise Invalid(f"{name} is not an ownership rule that can be relied on.", tuple(faults))
    return found


def _test(entry: Entry) -> Test:
    starts = entry.maybe_day("from") if entry.holds("from") else None
    ends = entry.maybe_day("last_day") if entry.holds("last_day") else None
    facts = {part: _fact(entry, part) for part in ("share", *words())}
    entry.done()
    given, reach = facts["share"].value, facts["reach"].value
    if (given is None) != (reach is None):
        entry.fault("reach", "must be null where the share is null, and only there.")
    units = share.parse(f"{given}%") if given is not None else None
    return Test(starts, ends and ends + timedelta(days=1), units.low if units else None, facts)


def _fact(entry: Entry, part: str) -> Fact:
    told = entry.entry(part)
    if told is None:
        entry.fault(part, "is missing; write value, source, because and checked.")
        return Fact(None, None, None, "", "recalled")
    found = Fact(
        value=_value(told, part),
        unit=told.text("unit") if part == "share" else None,
        source=told.maybe_text("source") if told.holds("source") else None,
        because=told.text("because"),
        checked=told.word("checked", "checked"),
    )
    if (found.source is None) != (found.checked == "recalled"):
        told.fault("checked", "must be recalled where no page is named, and only there.")
    if part == "share" and found.unit not in ("", "percent"):
        told.fault("unit", f"{found.unit} is no unit of a share; it is percent.")
    told.done()
    return found


def _value(told: Entry, part: str) -> str | None:
    if not told.holds("value"):
        return None
    if part == "share":
        return _percent(told)
    word = told.maybe_text("value")
    if word is None and part not in _NO_NUMBER:
        told.fault("value", f"is null; it must be one of: {', '.join(words()[part])}.")
    if word is not None and word not in words()[part]:
        told.fault("value", f'"{word}" is not one of: {", ".join(words()[part])}.')
        return None
    return word


def _percent(told: Entry) -> str | None:
    if (number := told.maybe_whole("value")) is None:
        return None
    if not 0 < number < 100:
        told.fault("value", f"{number} percent is no threshold of ownership.")
        return None
    return str(number)


def _check_order(entry: Entry, tests: tuple[Test, ...]) -> None:
    if not tests:
        entry.fault("tests", "is missing or empty; a rule without a test answers nothing.")
    for one, following in pairwise(tests):
        if one.until is None or one.until != following.from_on:
            entry.fault(
                "tests", f"the test from {following.from_on} does not begin on the day after the one before it."
            )
