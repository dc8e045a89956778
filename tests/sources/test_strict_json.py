"""Strict JSON: a number is its own text, and whatever could be read in two ways is refused with its place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.sources import limits, strict_json
from watchkeeper.sources.strict_json import Number, read
from watchkeeper.values.refused import Invalid


def refusal_of(data):
    with pytest.raises(Invalid) as refused:
        read(data if isinstance(data, bytes) else data.encode(), "list.json")
    return str(refused.value)


@pytest.mark.parametrize(
    "text", ["0", "-5", "9000000.10", "1e400", "0.1", "9007199254740993", "9" * 1000, "-0", "1E-7"]
)
def test_a_number_is_its_own_text_and_no_float_is_made_of_it(text):
    value = read(f'{{"amount": {text}}}'.encode(), "list.json")["amount"]
    assert isinstance(value, Number)
    assert value == text


def test_a_text_of_digits_is_told_from_a_number():
    text, number = read(b'["5", 5]', "list.json")
    assert (isinstance(text, Number), isinstance(number, Number)) == (False, True)


@given(st.recursive(st.none() | st.booleans() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)))
def test_what_python_writes_is_read_back(value):
    for escaped in (True, False):
        assert read(json.dumps(value, ensure_ascii=escaped, indent=1).encode("utf-8", "ignore"), "a") == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1,\n "a": 2}', 'list.json:2:2: the key "a" stands twice; one of the two would be lost.'),
        ('{"a": 1, "\\u0061": 2}', "stands twice"),
        ("[NaN]", "list.json:1:2: NaN is no JSON value; NaN and Infinity are none either."),
        ("[-Infinity]", "list.json:1:2: this is no JSON value"),
        ("[Infinity]", "Infinity is no JSON value"),
        ('"\\ud800"', "half a character (a lone surrogate)"),
        ("[" * 65, "list.json:1:65: values lie more than 64 deep in each other."),
        ("9" * 1001, "a number of 1001 characters, more than 1000"),
        ("[1,]", "list.json:1:4: this is no JSON value"),
        ('{"a": 1,}', "a text should begin here"),
        ("{a: 1}", "a text should begin here"),
        ('{"a" 1}', '":" is missing here'),
        ("[1 2]", '"," is missing here; the document may be cut.'),
        ("[1", '"," is missing here'),
        ("01", "something follows the end"),
        ("1.", "something follows the end"),
        ("{} x", "something follows the end"),
        ('"a\nb"', "a text should begin here and end on its line"),
        ('"\\x"', "a text should begin here"),
        ("", "this is no JSON value"),
        ("'a'", "this is no JSON value"),
        ("[true, nul]", "list.json:1:8: nul is no JSON value"),
        ("// no\n1", "this is no JSON value"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_with_its_place(text, words):
    assert words in refusal_of(text)


def test_a_byte_that_is_no_utf_8_is_named_by_its_line_and_place():
    assert refusal_of(b'[\n"caf\xe9"]') == "list.json:2: byte 6 is not UTF-8. Names would be read wrong."
    assert "is not UTF-8" in refusal_of('["a"]'.encode("utf-16"))


def test_sixty_four_levels_and_a_byte_order_mark_are_read():
    assert read(b"\xef\xbb\xbf" + b"[" * 64 + b"]" * 64, "list.json") is not None


def test_a_document_beyond_the_largest_is_refused(monkeypatch):
    monkeypatch.setattr(strict_json, "limit", lambda key: 2 if key == "json_size" else limits.limit(key))
    assert read(b"[]", "list.json") == []
    assert "3 bytes, more than the 2" in refusal_of("[ ]")
