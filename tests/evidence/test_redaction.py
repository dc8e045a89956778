"""Redaction: whatever is kept back of a statement, all readers compute the same leaf, and nothing closed is shown."""

from __future__ import annotations

import json

import pytest

from watchkeeper.evidence import personal, verify
from watchkeeper.evidence.merkle import leaf_hash
from watchkeeper.evidence.redaction import redacted
from watchkeeper.evidence.statement import encode, leaf_of
from watchkeeper.values.refused import Unsound

KEY, SALT = bytes(range(32)), bytes(range(16))
NAME = "body/obtained_from"
LOGGED = {
    "kind": "capture", "id": "ab" * 32, "key": "k-1",
    "body": {"bytes": 5, "obtained_from": personal.close(NAME, "a colleague", KEY)},
}  # fmt: skip
STATEMENT = json.loads(encode(LOGGED, SALT)[0])
ALL = ("kind", "id", "key", "body/bytes", NAME)


def leaf(told):
    """Return the leaf that a stranger computes of what he is shown."""
    return verify.statement_of(json.dumps(told))[1]


@pytest.mark.parametrize("shown", [(), ("kind", "id"), ALL[:4], ALL])
@pytest.mark.parametrize("key", [None, KEY], ids=["without its key", "with its key"])
def test_whatever_is_shown_the_leaf_is_the_one_in_the_log(shown, key):
    told = redacted(7, STATEMENT, shown, key)
    assert leaf(told) == leaf_hash(leaf_of(STATEMENT))
    assert told["index"] == 7
    assert sorted([*told["opened"], *told["closed"]]) == sorted(ALL)


def test_an_encrypted_field_is_opened_with_the_key_of_its_record():
    told = redacted(0, STATEMENT, ALL, KEY)
    assert told["opened"][NAME] == [personal.salt_of(NAME, KEY), "a colleague"]
    assert told["closed"] == {}


@pytest.mark.parametrize(("shown", "key"), [(ALL, None), (ALL[:4], KEY)], ids=["key erased", "above the clearance"])
def test_an_encrypted_field_without_its_key_or_above_the_clearance_is_its_digest_alone(shown, key):
    told = redacted(0, STATEMENT, shown, key)
    assert told["closed"] == {NAME: STATEMENT["body"]["obtained_from"]["closed"]}
    for hidden in ("a colleague", STATEMENT["body"]["obtained_from"]["ciphertext"], personal.salt_of(NAME, KEY)):
        assert hidden not in json.dumps(told)


def test_the_key_of_another_record_opens_nothing():
    with pytest.raises(Unsound, match="cannot be opened with the key kept for its record"):
        redacted(0, STATEMENT, ALL, bytes(32))
