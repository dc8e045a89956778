"""Digest: one canonical form of a JSON value, and what may not stand in it."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.values import digest

WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def test_the_digest_of_bytes_is_their_sha_256():
    # FIPS 180-2, appendix B.1
    assert digest.of_bytes(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_digest_of_a_value_is_that_of_its_canonical_bytes():
    assert digest.of_json({"b": 1, "a": None}) == hashlib.sha256(b'{"a":null,"b":1}').hexdigest()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": [True, None, "\u00e9"]}, '{"a":[true,null,"\u00e9"],"b":1}'),
        ({"a": (1, 2)}, '{"a":[1,2]}'),
        ({}, "{}"),
        ('\n\x01\u20ac"\\/', '"\\n\\u0001\u20ac\\"\\\\/"'),
        # RFC 8785, 3.2.3: keys sort by UTF-16 code units, so U+1F600 (D83D DE00) stands before U+E000.
        ({"\ue000": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\ue000":1}'),
        (2**53 - 1, "9007199254740991"),
    ],
)  # fmt: skip
def test_a_value_has_one_canonical_form(value, written):
    assert digest.canonical(value) == written.encode()


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (1.0, r"\$"),
        ({"low": 1.5}, r"\$\.low"),
        ({"a": [1, {"b": float("nan")}]}, r"\$\.a\[1\]\.b"),
        ([("x", -0.0)], r"\$\[0\]\[1\]"),
    ],
)
def test_a_float_is_refused_with_the_place_it_stands_at(value, path):
    with pytest.raises(TypeError, match=rf"A float may not stand in evidence \(at {path}\)"):
        digest.canonical(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), b"bytes", Decimal(1), {1: "x"}, {"a": {1}}, "\ud800"])
def test_what_json_cannot_carry_exactly_is_refused(value):
    with pytest.raises(ValueError, match=r".+"):
        digest.canonical(value)


@given(JSON)
def test_the_canonical_form_reads_back_and_is_its_own_canonical_form(value):
    written = digest.canonical(value)
    assert json.loads(written) == value
    assert digest.canonical(json.loads(written)) == written


@given(st.dictionaries(TEXT, JSON, min_size=1))
def test_the_order_in_which_keys_were_entered_does_not_count(value):
    assert digest.of_json(dict(reversed(value.items()))) == digest.of_json(value)


@given(JSON, JSON)
def test_two_values_share_a_digest_only_if_they_are_one(one, other):
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (digest.of_json(one) == digest.of_json(other)) == same
