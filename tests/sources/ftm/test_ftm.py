"""FtM in: a line is kept or rejected with its reason, a file that cannot be trusted is refused whole."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.sources import limits
from watchkeeper.sources.ftm import ftm
from watchkeeper.values.refused import Invalid

COMPANY = '{"id":"a","schema":"Company","properties":{"name":["SYNTHETIC A"]}}'


def read(*lines, end="\n"):
    return ftm.read(("\n".join(lines) + end).encode(), "x.ftm.json")


def refusal(data):
    with pytest.raises(Invalid) as caught:
        ftm.read(data, "x.ftm.json")
    return str(caught.value)


def test_an_entity_keeps_every_value_with_its_line_and_place():
    (found,) = read("", '{"id":"a","schema":"Company","properties":{"name":["A","B","A"]},"referents":["b"]}').kept
    assert (found.id, found.schema, found.referents, found.lines) == ("a", "Company", ("b",), (2,))
    assert [(one.prop, one.text, one.line, one.place) for one in found.values] == [
        ("name", "A", 2, 1),
        ("name", "B", 2, 2),
    ]


def test_lines_of_one_id_and_schema_are_one_entity():
    more = '{"id":"a","schema":"Company","properties":{"name":["SYNTHETIC A"],"country":["kp"]}}'
    reading = read(COMPANY, more)
    (found,) = reading.kept
    assert found.lines == (1, 2)
    assert [(one.text, one.line) for one in found.values] == [("SYNTHETIC A", 1), ("kp", 2)]


def test_one_id_with_two_schemata_is_a_contradiction():
    reading = read(COMPANY, COMPANY.replace("Company", "Vessel"))
    assert [(bad.line, "which one it is cannot be known" in bad.reason) for bad in reading.rejected] == [(2, True)]
    assert [one.schema for one in reading.kept] == ["Company"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("[]", "no JSON object"),
        ('{"id":"a","schema":"Company"}', "no properties"),
        ('{"id":"","schema":"Company","properties":{}}', "neither may be empty"),
        ('{"id":1,"schema":"Company","properties":{}}', "are texts"),
        ('{"id":"a","schema":"Company","properties":[]}', "no object of lists"),
        ('{"id":"a","schema":"Company","properties":{"name":"A"}}', "no list of texts"),
        ('{"id":"a","schema":"Company","properties":{"name":[1]}}', "other than texts"),
        ('{"id":"a","schema":"Company","properties":{"owner":[{"id":"b"}]}}', "written flat, not nested"),
        ('{"id":"a","id":"b","schema":"Company","properties":{}}', "stands twice"),
        ('{"id":"a","schema":"Company","properties":{"name":["\\ud800"]}}', "half a character"),
        ('{"id":"a","schema":"Company","properties":{"name":[' + "[" * 100 + "]}}", "deep in each other"),
        ('{"id":"a","schema":"Company","properties":{"name":["A"]}', "may be cut"),
    ],
)
def test_a_line_that_is_no_entity_is_rejected_and_the_rest_is_kept(line, why):
    reading = read(line, COMPANY.replace('"a"', '"z"'))
    assert [bad.line for bad in reading.rejected] == [1]
    assert why in reading.rejected[0].reason
    assert [one.id for one in reading.kept] == ["z"]
    assert reading.read == 2


def test_a_cut_file_is_refused_whole_and_one_without_a_last_line_end_is_not():
    assert "may be cut" in refusal(f"{COMPANY}\n{COMPANY[:-5]}".encode())
    assert len(read(COMPANY, end="").kept) == 1


def test_other_than_utf_8_is_refused_with_its_line():
    assert refusal(COMPANY.encode() + b"\n\xff\n").startswith("x.ftm.json:2: byte")
    assert "is not UTF-8" in refusal(COMPANY.encode("utf-16"))


def test_an_empty_file_is_refused():
    assert "is empty" in refusal(b"\n \n")


@pytest.mark.parametrize(("key", "size", "words"), [("table_size", 10, "split it"), ("table_rows", 0, "split it")])
def test_a_file_beyond_a_limit_is_refused(monkeypatch, key, size, words):
    monkeypatch.setattr(ftm, "limit", lambda asked: size if asked == key else limits.limit(asked))
    assert words in refusal(f"{COMPANY}\n".encode())


def test_a_line_beyond_a_limit_is_rejected(monkeypatch):
    monkeypatch.setattr(ftm, "limit", lambda asked: 70 if asked == "table_line" else limits.limit(asked))
    reading = read(COMPANY.replace("SYNTHETIC A", "SYNTHETIC A of a long name"), COMPANY)
    assert [(bad.line, "more than 70" in bad.reason) for bad in reading.rejected] == [(1, True)]


def test_the_card_and_the_limits_name_one_size():
    card = yaml.safe_load(files("watchkeeper.sources.ftm").joinpath("ftm.yml").read_text("utf-8"))
    assert card["largest_mib"] * 2**20 == limits.limit("table_size")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LINES = st.one_of(
    st.fixed_dictionaries(
        {"id": st.sampled_from("abc"), "schema": st.sampled_from(["Company", "Vessel"]),
         "properties": st.dictionaries(st.sampled_from(["name", "country"]), st.lists(TEXTS, max_size=3))}
    ).map(json.dumps),
    TEXTS.filter(lambda text: not set(text) & set("\r\n\x85\u2028\u2029\x0b\x0c\x1c\x1d\x1e")),
)  # fmt: skip


@given(st.lists(LINES, min_size=1, max_size=6))
def test_no_line_is_lost(lines):
    data = ("\n".join([*lines, COMPANY]) + "\n").encode()
    reading = ftm.read(data, "x")
    kept = [line for one in reading.kept for line in one.lines]
    told = sorted([*kept, *(bad.line for bad in reading.rejected)])
    assert reading.read == len(told)
    assert told == [number for number, line in enumerate(data.split(b"\n"), start=1) if line.strip()]
