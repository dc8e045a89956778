"""A provision is read whole or refused with every fault, file and line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from watchkeeper.model.measure import Amount, Checked, Duty, Exemption, Limit, Source
from watchkeeper.regime.read import read
from watchkeeper.values.refused import Invalid

NAME = "UN-1/oil-cap.yml"
OIL = """\
key: UN-1/oil-cap
title: Oil, a year
kind: import-cap
direction: to-dprk
acts_on: goods
resolution: 7
paragraph: "5"
adopted: 2017-12
subject: Oil of all kinds.
hs:
  scope: "2709"
  prefixes: ["2709"]
  basis: analyst-mapping
  edition: null
  precision: whole
values:
  - from: 2018-01-01
    last_day: 2018-12-31
    says: At most 10.5 barrels a year.
    value:
      form: cap
      limits:
        - {number: 10.5, unit: bbl}
    period: calendar-year
    checked: text
  - from: 2019-01-01
    says: None at all.
    checked: recalled
exceptions:
  - says: Lamps.
    checked: secondary
reporting:
  - says: Monthly.
    every_days: 30
    notices_percent: [75, 90]
    checked: recalled
checked: {substance: text, paragraph: recalled, hs: recalled}
sources:
  - url: https://main.un.org/list
    carries: [substance, value]
  - url: https://example.org/report
    carries: [exceptions]
reviewed_on: 2026-11-22
notes: A note.
"""


def changed(*changes: tuple[str, str]) -> str:
    text = OIL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def faults(*changes: tuple[str, str], name: str = NAME) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        read(changed(*changes), name)
    return list(refusal.value.faults)


def test_every_part_of_a_file_arrives():
    oil = read(OIL, NAME)
    assert (oil.key, oil.authority, oil.weakest) == ("UN-1/oil-cap", "S/RES/7 (2017), paragraph 5", "recalled")
    assert oil.values[0].value.limits == (Limit(Amount(Decimal("10.5"), "bbl")),)
    assert [(v.from_on, v.until, v.checked) for v in oil.values] == [
        (date(2018, 1, 1), date(2019, 1, 1), "text"),
        (date(2019, 1, 1), None, "recalled"),
    ]
    assert oil.exceptions == (Exemption("Lamps.", "secondary"),)
    assert oil.reporting == (Duty("Monthly.", "recalled", 30, None, (75, 90)),)
    assert oil.checked == Checked("text", "recalled", "recalled")
    assert oil.sources[1] == Source("https://example.org/report", ("exceptions",))
    assert oil.notes == "A note."


def test_a_value_takes_its_page_from_the_sources_and_a_recalled_one_has_none():
    first, second = read(OIL, NAME).values
    assert (first.source, second.source) == ("https://main.un.org/list", None)


def test_a_value_may_cite_another_paragraph_and_page():
    elsewhere = "authority: S/RES/8 (2018), paragraph 1\n    source: https://example.org/report"
    text = changed(
        ("None at all.\n    checked: recalled", f"None at all.\n    checked: secondary\n    {elsewhere}"),
        ("carries: [exceptions]", "carries: [exceptions, value]"),
    )
    later = read(text, NAME).values[1]
    assert (later.authority, later.source) == ("S/RES/8 (2018), paragraph 1", "https://example.org/report")


def test_a_file_says_least_with_neither_codes_nor_exceptions():
    text = changed((OIL[OIL.index("hs:") : OIL.index("values:")], ""), (", hs: recalled", ""))
    assert read(text, NAME).hs is None


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("key: UN-1/oil-cap", "key: UN-1/oil", f'{NAME}:1: key: must be the path of its file, "UN-1/oil-cap".'),
        ("title: Oil, a year\n", "", f"{NAME}:1: title: is missing or null; it must be text."),
        ("title: Oil, a year", 'title: ""', f"{NAME}:2: title: must be text, not ''."),
        ("kind: import-cap", "kind: cap", 'kind: "cap" is not one of the kinds: arms-embargo'),
        ("direction: to-dprk", "direction: north", '"north" is not one of the directions'),
        ("unit: bbl", "unit: barrels", '"barrels" is not one of the units'),
        ("period: calendar-year", "period: year", '"year" is not one of the periods'),
        ("basis: analyst-mapping", "basis: hearsay", '"hearsay" is not one of the hs_bases'),
        ("checked: text", "checked: verified", '"verified" is not one of the checked: text, secondary, recalled'),
        ("carries: [exceptions]", "carries: [exceptions, all]", '"all" is not one of the parts'),
        ("resolution: 7", 'resolution: "7"', "resolution: must be a whole number, not '7'."),
        ("resolution: 7", "resolution: true", "resolution: must be a whole number, not True."),
        ('paragraph: "5"\n', "", "paragraph: is missing; write it, or null if it is not known."),
        ('paragraph: "5"', "paragraph: 5", "paragraph: must be text, not 5."),
        ("adopted: 2017-12", "adopted: late 2017", 'adopted: "late 2017" is not a date'),
        ("reviewed_on: 2026-11-22", "reviewed_on: 2026-11", "reviewed_on: must be a day YYYY-MM-DD"),
        ("notes: A note.", "note: A note.", f"{NAME}:44: note: is not a key known here; known: acts_on, adopted"),
        ('prefixes: ["2709"]', "prefixes: [2709]", "must be a list of texts; put digits in quotes, not of 2709."),
        ('prefixes: ["2709"]', 'prefixes: ["270"]', '"270" is no HS chapter, heading or subheading'),
        ('prefixes: ["2709"]', 'prefixes: "2709"', "must be a list of texts; put digits in quotes, not '2709'."),
        ("notices_percent: [75, 90]", "notices_percent: [75, 0.9]", "must be a list of whole numbers"),
        ("number: 10.5", "number: 0", "number: is zero; a ban has no number."),
        ("number: 10.5", "number: ten", "number: must be a number, not 'ten'."),
        ("  - says: Lamps.", "  - Lamps", "x"),
        ("last_day: 2018-12-31", "last_day: 2017-12-31", "end on 2017-12-31, before their first day, 2018-01-01."),
        ("last_day: 2018-12-31", "last_day: 2019-01-01", "must rise: each ends before the next begins"),
        ("last_day: 2018-12-31", "last_day: null", "must rise: each ends before the next begins"),
        ("from: 2018-01-01", "from: 2017-11-30", "begin on 2017-11-30, before the resolution was adopted on 2017-12."),
        ("from: 2018-01-01", "from: null", "lack `because`"),
        ("  - from: 2018-01-01\n", "  - \n", "x"),
        ("    period: calendar-year\n", "", "lack a period"),
        ("period: calendar-year", "period: whole\n    status: never-applied", "lack `because`"),
        ("form: cap", "form: plain", "do not fit the form plain"),
        ("form: cap", "form: freeze", "do not fit the form freeze"),
        ("form: cap", "form: freeze", "have `relative_to` in a freeze, and only there."),
        ("form: cap", "form: cap\n      joined: lower", "have `joined` where there are several limits"),
        ("{number: 10.5, unit: bbl}", "{number: 10.5, unit: bbl}\n        - {number: 1, unit: t}", "have `joined`"),
        ("url: https://main.un.org/list", "url: un.org", '"un.org" is no web address'),
        ("carries: [exceptions]", "carries: []", "https://example.org/report carries nothing"),
        ("    says: None at all.", "    says: None at all.\n    source: https://a.org", "not among the sources"),
        (", paragraph: recalled", "", "checked: must have a mark for paragraph if the file has one, and only then."),
        (", hs: recalled", "", "checked: must have a mark for hs"),
        ("checked: {substance: text, paragraph: recalled, hs: recalled}\n", "", "checked: is missing; say how far"),
        ("sources:\n", "pages:\n", "sources: is missing"),
    ],
)  # fmt: skip
def test_a_fault_names_file_line_and_key(old, new, fault):
    found = faults((old, new))
    assert any(fault in each for each in found) if fault != "x" else found
    assert all(each.startswith(f"{NAME}:") for each in found)


def test_a_provision_without_values_is_refused():
    text = OIL[: OIL.index("values:")] + "values: []\n" + OIL[OIL.index("exceptions:") :]
    with pytest.raises(Invalid, match="is empty; a provision says something from some day on"):
        read(text, NAME)


def test_a_whole_period_needs_both_its_ends():
    assert "have the period whole, which needs a first and a last day." in "".join(
        faults(("    says: None at all.", "    says: None at all.\n    period: whole"))
    )


def test_all_faults_of_a_file_come_at_once():
    found = faults(("title: Oil, a year\n", ""), ("unit: bbl", "unit: barrels"), ("notes:", "note:"))
    assert len(found) == 3


def test_text_needs_a_page_of_the_united_nations():
    found = faults(("https://main.un.org/list", "https://unsanctionsapp.com/list"))
    assert found == [
        f"{NAME}:38: sources: have no page of the United Nations for {part}; its mark can be secondary at best."
        for part in ("substance", "value")
    ]


@pytest.mark.parametrize("url", ["https://un.org/a", "https://press.un.org/en/2006", "http://www.UN.org/x"])
def test_pages_below_un_org_are_of_the_united_nations(url):
    assert read(changed(("https://main.un.org/list", url)), NAME).checked.substance == "text"


@pytest.mark.parametrize("url", ["https://un.org.example.com/a", "https://example.com/un.org", "https://not-un.org/a"])
def test_a_host_that_only_looks_like_it_is_not(url):
    assert faults(("https://main.un.org/list", url))


def test_secondary_needs_a_page_that_carries_the_part():
    assert faults(("carries: [exceptions]", "carries: [hs]")) == [
        f"{NAME}:38: sources: have no page that carries exceptions, marked secondary; without a page it is recalled."
    ]


def test_a_code_must_be_digits():
    oil = read(OIL, NAME)
    assert oil.hs.covers("270900")
    for code in ("27.09", "2", "27090012345678", "２７０９"):
        with pytest.raises(Invalid, match="is not an HS code"):
            oil.hs.covers(code)
