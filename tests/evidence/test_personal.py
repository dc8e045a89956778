"""Personal: a field that can be erased by its key, while its digest stands in the log for good."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.evidence import personal
from watchkeeper.evidence.statement import digests, encode, field_digest, leaf_of
from watchkeeper.values.refused import Unsound

KEY, OTHER = bytes(range(32)), bytes(32)
NAME = "body/seafarer"


@pytest.mark.parametrize("value", ["Hong Gildong", "", {"name": "Hong Gildong", "born": 1970}, ["a", None], 5, None])
def test_a_field_is_opened_with_the_key_of_its_record(value):
    closed = personal.close(NAME, value, KEY)
    assert personal.is_closed(closed)
    assert personal.open_(NAME, closed, KEY) == value


@given(st.text(st.characters(exclude_categories=["Cs"])), st.binary(min_size=32, max_size=32))
def test_any_text_under_any_key_is_opened_again(value, key):
    assert personal.open_(NAME, personal.close(NAME, value, key), key) == value


def test_nothing_of_the_value_stands_in_the_field():
    closed = personal.close(NAME, "Hong Gildong", KEY)
    assert closed.keys() == {"closed", "ciphertext"}
    assert b"Gildong" not in json.dumps(closed).encode() + base64.b64decode(closed["ciphertext"])


def test_the_digest_is_that_of_the_value_with_a_salt_that_only_the_key_gives():
    closed = personal.close(NAME, "Hong Gildong", KEY)
    assert closed["closed"] == field_digest(personal.salt_of(NAME, KEY), NAME, "Hong Gildong")
    assert len(personal.salt_of(NAME, KEY)) == 32  # 16 bytes in hex digits
    assert personal.salt_of(NAME, KEY) not in {personal.salt_of(NAME, OTHER), personal.salt_of("body/other", KEY)}


def test_the_same_value_under_two_keys_or_two_names_looks_like_two_values():
    same = [personal.close(NAME, "Hong Gildong", key) for key in (KEY, OTHER)]
    same.append(personal.close("body/other", "Hong Gildong", KEY))
    assert len({closed["closed"] for closed in same}) == 3
    assert len({closed["ciphertext"] for closed in same}) == 3


def test_when_the_key_is_erased_the_statement_still_verifies():
    statement = {"id": "r-1", "body": {"seafarer": personal.close(NAME, "Hong Gildong", KEY), "vessel": "A"}}
    line, leaf = encode(statement, bytes(16))
    logged = json.loads(line)
    assert leaf_of(logged) == leaf  # no key was asked for
    assert digests(logged)[NAME] == field_digest(personal.salt_of(NAME, KEY), NAME, "Hong Gildong")


@pytest.mark.parametrize(("name", "key"), [(NAME, OTHER), ("body/other", KEY), (NAME, b""), (NAME, KEY[:-1])])
def test_another_key_or_name_opens_nothing(name, key):
    closed = personal.close(NAME, "Hong Gildong", KEY)
    with pytest.raises(Unsound, match=f"The encrypted field {name} cannot be opened with the key kept for its record"):
        personal.open_(name, closed, key)


def test_a_changed_ciphertext_is_refused_at_every_byte():
    closed = personal.close(NAME, "Hong Gildong", KEY)
    sealed = base64.b64decode(closed["ciphertext"])
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 0x01
        with pytest.raises(Unsound, match="cannot be opened with the key kept for its record"):
            personal.open_(NAME, {**closed, "ciphertext": base64.b64encode(changed).decode()}, KEY)


@pytest.mark.parametrize("ciphertext", ["", "AAAA", "A", "\u00e9"])
def test_a_ciphertext_that_is_none_is_refused(ciphertext):
    closed = personal.close(NAME, "Hong Gildong", KEY)
    with pytest.raises(Unsound, match="cannot be opened"):
        personal.open_(NAME, {**closed, "ciphertext": ciphertext}, KEY)
    with pytest.raises(Unsound, match="cannot be opened"):
        personal.open_(NAME, {"closed": closed["closed"]}, KEY)


def test_a_digest_that_is_not_that_of_the_value_is_refused():
    closed = personal.close(NAME, "Hong Gildong", KEY)
    with pytest.raises(Unsound, match=f"The encrypted field {NAME} does not have the digest that stands beside it"):
        personal.open_(NAME, {**closed, "closed": "ab" * 32}, KEY)


@pytest.mark.parametrize("value", ["text", None, 5, ["closed"], {"opened": "x"}, "closed"])
def test_a_field_that_is_not_encrypted_is_none(value):
    assert not personal.is_closed(value)
