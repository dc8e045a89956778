"""Statement: canonical bytes for the log, and a salted digest for each field, so that one can be shown alone."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
import rfc8785
from hypothesis import assume, given
from hypothesis import strategies as st

from watchkeeper.evidence import statement as statements
from watchkeeper.evidence.statement import digests, encode, field_digest, flat, leaf_data, leaf_of, salts

SALT = bytes(range(16))
DATE = {"kind": "claim", "id": "c-1", "body": {"value": "2016-02"}}

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
KEY = st.from_regex(r"[A-Za-z0-9_.-]{1,6}", fullmatch=True)
PLAIN = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
VALUE = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))
STATEMENT = st.builds(
    lambda fields, body: fields if body is None else {**fields, "body": body},
    st.dictionaries(KEY.filter(lambda key: key not in {"salt", "seal", "body"}), VALUE, max_size=5),
    st.none() | st.dictionaries(KEY, VALUE, max_size=5),
)


def test_the_digests_of_a_statement_can_be_computed_by_hand():
    line, leaf = encode(DATE, SALT)
    assert line == (b'{"body":{"value":"2016-02"},"id":"c-1","kind":"claim","salt":"000102030405060708090a0b0c0d0e0f"}')
    # The first 48 bytes of SHAKE-128 over the salt, 16 for each field in the order of their names.
    of_value, of_id, of_kind = salts("000102030405060708090a0b0c0d0e0f", 3)
    by_hand = {
        "body/value": sha256(b'["%b","body/value","2016-02"]' % of_value.encode()).hexdigest(),
        "id": sha256(b'["%b","id","c-1"]' % of_id.encode()).hexdigest(),
        "kind": sha256(b'["%b","kind","claim"]' % of_kind.encode()).hexdigest(),
    }
    assert digests(json.loads(line)) == by_hand
    assert leaf.decode() == "".join(
        (f"{by_hand['body/value']} body/value\n", f"{by_hand['id']} id\n", f"{by_hand['kind']} kind")
    )


def test_the_salts_of_fields_are_shake_128_of_the_statements_own():
    # NIST, SHAKE128 of the empty message, the first 32 bytes.
    assert salts("", 2) == ["7f9c2ba4e88f827d616045507605853e", "d73b8093f6efbc88eb1a6eacfa66ef26"]
    assert salts(SALT.hex(), 5)[:3] == salts(SALT.hex(), 3)
    assert salts(SALT.hex(), 0) == []
    assert len(set(salts(SALT.hex(), 100))) == 100


@given(STATEMENT, st.binary(min_size=16, max_size=16))
def test_the_line_in_the_log_is_the_canonical_json_of_the_statement_with_its_salt(statement, salt):
    line, leaf = encode(statement, salt)
    assert line == rfc8785.dumps({**statement, "salt": salt.hex()})
    assert leaf == leaf_of(json.loads(line))


@given(STATEMENT)
def test_each_field_hashes_to_its_digest_with_the_salt_that_is_shown_for_it(statement):
    line, leaf = encode(statement, SALT)
    fields = flat(statement)
    assume(not any(isinstance(value, dict) and "closed" in value for value in fields.values()))
    shown = dict(zip(fields, salts(SALT.hex(), len(fields)), strict=True))
    again = {name: field_digest(shown[name], name, value) for name, value in fields.items()}
    assert again == digests(json.loads(line))
    assert leaf_data(again) == leaf


def test_a_field_of_the_body_is_not_confused_with_one_beside_it():
    assert flat({"id": "x", "body": {"id": "y", "at": 1}}) == {"body/at": 1, "body/id": "y", "id": "x"}
    assert leaf_of({"id": "x", "body": {"id": "y"}, "salt": SALT.hex()}) != leaf_of(
        {"id": "y", "body": {"id": "x"}, "salt": SALT.hex()}
    )


def test_a_statement_without_a_body_or_without_anything_is_written_too():
    assert encode({"id": "a"}, SALT)[0] == b'{"id":"a","salt":"%b"}' % SALT.hex().encode()
    assert encode({"body": {}}, SALT) == (b'{"body":{},"salt":"%b"}' % SALT.hex().encode(), b"")
    assert encode({}, SALT) == (b'{"salt":"%b"}' % SALT.hex().encode(), b"")
    assert encode({"body": {"salt": 1, "seal": 2}}, SALT)[0].startswith(b'{"body":{"salt":1,"seal":2},')


def test_any_other_value_name_or_salt_gives_another_leaf():
    leaf = encode(DATE, SALT)[1]
    for other in (
        {**DATE, "id": "c-2"},
        {**DATE, "body": {"value": "2016-03"}},
        {**DATE, "body": {"date": "2016-02"}},
        {**DATE, "value": "2016-02", "body": {}},
        {**DATE, "note": None},
    ):
        assert encode(other, SALT)[1] != leaf
    assert encode(DATE, bytes(16))[1] != leaf


def test_the_order_of_keys_changes_nothing():
    assert encode({"body": {"b": 1, "a": 2}, "id": "x"}, SALT) == encode({"id": "x", "body": {"a": 2, "b": 1}}, SALT)


def test_an_encrypted_field_counts_by_the_digest_that_it_states():
    closed = {**DATE, "body": {"value": {"closed": "ab" * 32, "ciphertext": "..."}}}
    line, leaf = encode(closed, SALT)
    assert digests(json.loads(line))["body/value"] == "ab" * 32
    assert f"{'ab' * 32} body/value" in leaf.decode().split("\n")
    other = {**DATE, "body": {"value": {"closed": "ab" * 32, "ciphertext": "erased"}}}
    assert encode(other, SALT)[1] == leaf
    assert encode({**DATE, "body": {"value": {"opened": "ab" * 32}}}, SALT)[1] != leaf


@pytest.mark.parametrize("key", ["salt", "seal"])
def test_a_key_that_the_log_uses_itself_is_refused(key):
    with pytest.raises(TypeError, match="may not have a key salt or seal: the log uses them itself"):
        encode({"id": "a", key: "x"}, SALT)


@pytest.mark.parametrize("key", ["body/value", "a/b", "/", "", "a b", "a\n", "\u00e9t\u00e9", "\u65e5"])
def test_a_key_that_could_be_confused_with_another_is_refused(key):
    for statement in ({key: 1}, {"body": {key: 1}}):
        with pytest.raises(TypeError, match="Keys of a statement are plain words"):
            encode(statement, SALT)


@pytest.mark.parametrize("body", [None, "text", ["list"], 5])
def test_a_body_that_is_no_object_is_refused(body):
    for use in (lambda: encode({"body": body}, SALT), lambda: flat({"body": body})):
        with pytest.raises(TypeError, match="The body of a statement is an object, not "):
            use()


@pytest.mark.parametrize("value", [0.5, [1, 2.0], {"low": 1e3}, float("nan")])
def test_a_float_is_refused_wherever_it_stands(value):
    for statement in ({"low": value}, {"body": {"low": value}}):
        with pytest.raises(TypeError, match="float may not stand in evidence"):
            encode(statement, SALT)


@pytest.mark.parametrize("value", [2**53, -(2**53), {1, 2}, b"bytes"])
def test_what_json_cannot_hold_for_all_readers_alike_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        encode({"low": value}, SALT)


@pytest.mark.parametrize("value", ["\ud800", ["\udfff"]])
def test_a_text_that_is_no_unicode_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        encode({"quote": value}, SALT)


def test_a_salt_of_16_bytes_is_what_every_statement_gets():
    assert statements.SALT_BYTES == 16
    assert len(salts(SALT.hex(), 1)[0]) == 32
