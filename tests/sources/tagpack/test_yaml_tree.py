"""YAML tree: a value stays the text it is, and a file made to bend or to grow is refused with its line."""

from __future__ import annotations

import pytest

from watchkeeper.sources.limits import limit
from watchkeeper.sources.tagpack import yaml_tree
from watchkeeper.values.refused import Invalid


def read(text):
    return yaml_tree.read(text.encode(), "x.yaml")


def refusal(data):
    with pytest.raises(Invalid) as caught:
        yaml_tree.read(data if isinstance(data, bytes) else data.encode(), "x.yaml")
    return str(caught.value)


def test_a_value_is_its_own_text():
    found = read("a: 0x10\nb: no\nc: 2022-08-10\nd: 1_000\ne: 1e3\nf: 012\n")
    assert found == {"a": "0x10", "b": "no", "c": "2022-08-10", "d": "1_000", "e": "1e3", "f": "012"}


def test_nothing_and_null_are_nothing_and_a_quoted_null_is_text():
    assert read("a:\nb: ~\nc: null\nd: 'null'\ne: ''\n") == {"a": None, "b": None, "c": None, "d": "null", "e": ""}


def test_lists_and_mappings_keep_the_line_on_which_they_begin():
    found = read("%YAML 1.1\n---\ntags:\n- address: a\n  words: [x, y]\n- {address: b, in: {deep: er}}\n")
    assert found == {"tags": [{"address": "a", "words": ["x", "y"]}, {"address": "b", "in": {"deep": "er"}}]}
    assert [tag.line for tag in found["tags"]] == [4, 6]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 'x.yaml:3: the key "a" stands twice; one of the two would be lost.'),
        ("a: &x [1]\nb: *x\n", "x.yaml:2: an alias; files grow by them without bound. Write the value out."),
        ("a: !!python/name:os.system x\n", "x.yaml:1: a tag of YAML's own (tag:yaml.org,2002:python/name:os.system)"),
        ("a: !!binary aGk=\n", "x.yaml:1: a tag of YAML's own (tag:yaml.org,2002:binary)"),
        ("? [a, b]\n: c\n", "x.yaml:1: a key must be plain text."),
        ("a: 1\n---\nb: 2\n", "x.yaml:1: not one mapping of keys to values"),
        ("- a\n- b\n", "x.yaml:1: not one mapping of keys to values"),
        ("", "x.yaml:1: not one mapping of keys to values"),
        ("a: [1, 2\n", "x.yaml:2: did not find expected ',' or ']'; the file may be cut."),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(text, words):
    assert words in refusal(text)


def test_bytes_that_are_no_text_are_named():
    assert refusal(b"a: 1\nb: \xff\n") == "x.yaml:2: byte 8 is not UTF-8. Names would be read wrong."


def test_a_file_of_brackets_ends_with_words_and_not_with_the_process():
    deep = limit("json_depth") + 1
    assert f"values lie more than {limit('json_depth')} deep" in refusal("a: " + "[" * deep + "]" * deep)
    assert f"values lie more than {limit('json_depth')} deep" in refusal("a: " + "[" * 9_000)
    just = limit("json_depth") - 1  # the mapping itself is one
    assert read("a: " + "[" * just + "]" * just)


def test_a_short_file_of_many_values_is_given_up_before_it_fills_the_memory(monkeypatch):
    monkeypatch.setattr(yaml_tree, "limit", {"json_size": 100, "json_depth": 9, "table_rows": 5}.__getitem__)
    assert read("a: [1, 2, 3]\n") == {"a": ["1", "2", "3"]}  # the mapping, the list and three texts
    assert "x.yaml:1: more than 5 values" in refusal("a: [1, 2, 3, 4]\n")


def test_a_file_longer_than_the_limit_is_not_read_at_all():
    assert f"more than the {limit('json_size')} a YAML document may have" in refusal(b" " * (limit("json_size") + 1))
