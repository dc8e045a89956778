"""The whole set: keys, links between provisions, series, and words for what is not there."""

from __future__ import annotations

from datetime import date

import pytest

from watchkeeper.regime import load
from watchkeeper.regime.load import NotInForce, in_force, measure, measures, provisions, read_all, series
from watchkeeper.regime.series import read_series
from watchkeeper.values.refused import Invalid, NotFound


def ban(key: str, first: str, more: str = "") -> dict[str, str]:
    text = f"""
key: {key}
title: A ban
kind: export-ban
direction: from-dprk
acts_on: goods
resolution: 7
paragraph: "1"
adopted: "2017"
subject: Sand.
values:
  - from: {first}
    says: No sand.
    checked: recalled
{more}
checked: {{substance: recalled, paragraph: recalled}}
sources: []
reviewed_on: 2026-11-22
"""
    return {f"{key}.yml": text.replace("\n\n", "\n")}


ENDED = "    last_day: 2018-01-31\nsuperseded_by: [UN-1/later]"


def faults(texts: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(Invalid) as refusal:
        read_all(texts)
    return refusal.value.faults


def test_a_provision_and_the_one_that_follows_it_fit_day_to_day():
    found = read_all(ban("UN-1/early", "2017-01-01", ENDED) | ban("UN-1/later", "2018-02-01"))
    assert [each.key for each in found] == ["UN-1/early", "UN-1/later"]
    assert found[0].superseded_by == ("UN-1/later",)


def test_a_day_between_a_provision_and_its_successor_is_a_fault():
    assert faults(ban("UN-1/early", "2017-01-01", ENDED) | ban("UN-1/later", "2018-02-02")) == (
        "UN-1/early.yml: no successor begins on the day after its last.",
    )


def test_a_successor_that_does_not_exist_is_a_fault():
    assert faults(ban("UN-1/early", "2017-01-01", "widened_by: [UN-1/gone]")) == (
        "UN-1/early.yml: there is no other measure UN-1/gone to follow it.",
    )
    assert "there is no other measure UN-1/later" in faults(ban("UN-1/early", "2017-01-01", ENDED))[0]


def test_the_folder_is_the_registry_and_only_its_yml_files_count(tmp_path):
    (tmp_path / "UN-1").mkdir()
    (tmp_path / "UN-1" / "sand.yml").write_text("key: UN-1/sand", encoding="utf-8")
    (tmp_path / "UN-1" / "sand.yml.orig").write_text("left by an editor", encoding="utf-8")
    assert dict(load._texts(tmp_path, "")) == {"UN-1/sand.yml": "key: UN-1/sand"}


def test_a_provision_does_not_follow_itself():
    assert faults(ban("UN-1/early", "2017-01-01", "widened_by: [UN-1/early]"))


def test_the_faults_of_all_files_come_at_once():
    texts = {"UN-1/a.yml": "key: [", "UN-1/b.yml": "key: UN-1/b", "UN-1/c.yml": "x" * 70_000}
    found = faults(texts)
    assert {fault.partition(".yml")[0] for fault in found} == {"UN-1/a", "UN-1/b", "UN-1/c"}


def test_the_set_is_read_once_and_kept():
    assert measures() is measures()
    assert measure("UN-1718/crude-oil-cap") in measures()


def test_a_key_that_is_nearly_right_is_answered_with_the_nearest():
    with pytest.raises(NotFound, match="Nearest: UN-1718/crude-oil-cap"):
        measure("UN-1718/crude-oil-caps")


def test_a_key_that_is_like_none_is_answered_with_where_to_look():
    with pytest.raises(NotFound, match="`regime list` shows them all"):
        in_force("zzz", date(2020, 1, 1))


def test_a_series_is_not_one_provision_but_stands_for_several():
    with pytest.raises(NotFound, match=r"is a series, not one provision\. Ask for one of: UN-1718/crude-oil-freeze"):
        measure("UN-1718/crude-oil")
    assert [each.key for each in provisions("UN-1718/crude-oil")] == [
        "UN-1718/crude-oil-freeze",
        "UN-1718/crude-oil-cap",
    ]
    assert [each.key for each in provisions("UN-1718/crude-oil-cap")] == ["UN-1718/crude-oil-cap"]


def test_of_a_series_the_last_provision_that_holds_answers():
    assert in_force("UN-1718/workers", date(2020, 1, 1)).key == "UN-1718/workers-repatriation"


def test_a_silence_points_to_the_series_only_if_the_series_would_answer():
    for day, points in ((date(2017, 12, 31), True), (date(2017, 9, 30), False)):
        with pytest.raises(NotInForce) as silence:
            in_force("UN-1718/refined-petroleum-cap", day)
        assert ("Ask the series" in str(silence.value)) is points


def test_a_silence_names_what_followed():
    with pytest.raises(NotInForce, match="Followed by UN-1718/coal-iron-export-ban"):
        in_force("UN-1718/coal-export-cap", date(2017, 8, 5))


def test_not_in_force_is_a_thing_not_found():
    assert issubclass(NotInForce, NotFound)
    assert load.NotInForce.exit_code == 3


SERIES = """
UN-1/sand:
  title: Sand
  because: One after the other.
  members: [UN-1/early, UN-1/later]
"""
KNOWN = frozenset({"UN-1/early", "UN-1/later"})


def test_a_series_keeps_its_order():
    (sand,) = read_series(SERIES, "series.yml", KNOWN)
    assert (sand.key, sand.members) == ("UN-1/sand", ("UN-1/early", "UN-1/later"))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("UN-1/later]", "UN-1/gone]", "series.yml:5: members: UN-1/gone is no measure."),
        ("UN-1/later]", "UN-1/early]", "members: must be two measures or more, each once."),
        (", UN-1/later]", "]", "members: must be two measures or more, each once."),
        ("UN-1/sand:", "UN-1/early:", "members: belong to a key that is a measure's"),
        ("because:", "why:", "why: is not a key known here"),
    ],
)
def test_a_faulty_series_is_refused(old, new, fault):
    with pytest.raises(Invalid) as refusal:
        read_series(SERIES.replace(old, new), "series.yml", KNOWN)
    assert any(fault in each for each in refusal.value.faults)


def test_a_series_that_is_no_mapping_is_refused():
    with pytest.raises(Invalid, match="UN-1/sand: must be a mapping"):
        read_series("UN-1/sand: [UN-1/early, UN-1/later]", "series.yml", KNOWN)


def test_every_series_begins_with_its_oldest_provision():
    for each in series().values():
        firsts = [measure(member).values[0].from_on for member in each.members]
        assert firsts == sorted(firsts), each.key
