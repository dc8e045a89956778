"""What is true of every measure; a new file under `regime/measures/` must satisfy this and nothing else."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from watchkeeper.model.measure import NotInForce
from watchkeeper.model.vocabulary import words
from watchkeeper.regime.load import in_force, measures, series
from watchkeeper.regime.strict import parse
from watchkeeper.regime.vocabulary import groups

FOLDER = Path(str(files("watchkeeper.regime"))) / "measures"
SITUATIONS = Path(__file__).parent / "regime" / "situations.yml"
MEASURES = measures()
DATED = [(each, value) for each in MEASURES for value in each.values]


def named(each) -> str:
    return getattr(each, "key", "")


def test_there_is_one_file_for_each_measure_and_nothing_else_in_the_folder():
    found = {str(path.relative_to(FOLDER).with_suffix("").as_posix()) for path in FOLDER.rglob("*") if path.is_file()}
    assert {path.suffix for path in FOLDER.rglob("*") if path.is_file()} == {".yml"}
    assert found == {each.key for each in MEASURES}
    assert len(found) == 50


@pytest.mark.parametrize("measure", MEASURES, ids=named)
def test_its_key_is_its_path_in_plain_lower_case_words(measure):
    regime, _, name = measure.key.partition("/")
    assert regime == "UN-1718"
    assert all(word.isalnum() and word == word.lower() for word in name.split("-"))


@pytest.mark.parametrize("measure", MEASURES, ids=named)
def test_its_words_are_of_the_vocabulary(measure):
    assert measure.kind in groups()["kinds"]
    assert measure.direction in groups()["directions"]
    assert measure.acts_on in groups()["acts_on"]
    assert measure.hs is None or measure.hs.basis in groups()["hs_bases"]


@pytest.mark.parametrize(("measure", "value"), DATED, ids=named)
def test_each_dated_value_has_its_authority_and_a_page_or_is_recalled(measure, value):
    assert value.authority.startswith("S/RES/")
    assert (value.source is None) == (value.checked == "recalled")


@pytest.mark.parametrize("measure", MEASURES, ids=named)
def test_it_has_a_paragraph_or_says_that_none_was_read(measure):
    assert measure.paragraph or "paragraph" in (measure.notes or "")


@pytest.mark.parametrize("measure", MEASURES, ids=named)
def test_its_days_rise_and_end_after_they_begin(measure):
    firsts = [value.from_on for value in measure.values if value.from_on]
    assert firsts == sorted(set(firsts))
    assert all(v.until is None or v.from_on is None or v.from_on < v.until for v in measure.values)


@pytest.mark.parametrize("measure", MEASURES, ids=named)
def test_the_day_before_its_first_raises_and_there_is_no_default(measure):
    first = measure.values[0].from_on
    if first is None or measure.values[0].status != "in-force":
        days = [measure.reviewed_on]
    else:
        assert in_force(measure.key, first) == measure.values[0]
        days = [first.fromordinal(first.toordinal() - 1)]
    for day in days:
        with pytest.raises(NotInForce, match="There is no default"):
            in_force(measure.key, day)


@pytest.mark.parametrize(("measure", "value"), DATED, ids=named)
def test_the_day_after_its_last_does_not_hold(measure, value):
    if value.until:
        assert not value.holds_on(value.until)
        assert value.last_day is not None
        assert value.holds_on(value.last_day) or value.from_on is None


@pytest.mark.parametrize("measure", MEASURES, ids=named)
def test_it_is_never_better_checked_than_its_weakest_part(measure):
    order = words("checked")
    assert order.index(measure.weakest) >= order.index(measure.checked.substance)
    assert all(order.index(measure.weakest) >= order.index(value.checked) for value in measure.values)


@pytest.mark.parametrize("measure", MEASURES, ids=named)
def test_a_situation_that_a_lawyer_can_read_names_it(measure):
    told = parse(SITUATIONS.read_text(encoding="utf-8"), SITUATIONS.name).root["situations"]
    keys = {one["key"] for one in told} | {one["speaks"] for one in told if "speaks" in one}
    assert measure.key in keys, f"Add a sentence about {measure.key} to {SITUATIONS.name}."


def test_every_series_is_named_by_a_situation_too():
    told = parse(SITUATIONS.read_text(encoding="utf-8"), SITUATIONS.name).root["situations"]
    assert series().keys() <= {one["key"] for one in told}


def test_no_text_of_a_file_runs_over_its_line():
    for path in (*FOLDER.rglob("*.yml"), SITUATIONS):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if len(line) > 120 and "http" not in line], path.name
