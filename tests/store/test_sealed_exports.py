"""Sealed exports: who can open one, and what is said to those who cannot."""

from __future__ import annotations

import pytest
from pyrage import encrypt, x25519

from watchkeeper.store.sealed_exports import open_sealed, seal
from watchkeeper.values.refused import Invalid, Refused, Unsound


@pytest.fixture(scope="module")
def anna():
    return x25519.Identity.generate()


@pytest.fixture(scope="module")
def ben():
    return x25519.Identity.generate()


def public(identity):
    return str(identity.to_public())


@pytest.mark.parametrize("data", [b"", b"a report", bytes(200_000)])
def test_every_recipient_opens_it_and_finds_the_same_bytes(anna, ben, data):
    sealed = seal(data, [public(anna), public(ben)])
    assert sealed.startswith(b"age-encryption.org/v1\n")
    assert open_sealed(sealed, str(anna)) == open_sealed(sealed, str(ben)) == data


def test_what_is_sealed_cannot_be_read_in_it(anna):
    assert b"an informant's name" not in seal(b"an informant's name", [public(anna)])


def test_an_export_for_nobody_is_refused():
    with pytest.raises(Refused, match=r"--to age1"):
        seal(b"x", [])


def test_every_malformed_recipient_is_named_and_nothing_is_sealed(anna):
    with pytest.raises(Invalid) as caught:
        seal(b"x", ["age1zz", public(anna), public(anna)[:-1]])
    assert [fault.split('"')[0] for fault in caught.value.faults] == ["recipient 1: ", "recipient 3: "]


def test_a_secret_key_given_as_recipient_is_not_repeated(anna):
    with pytest.raises(Invalid) as caught:
        seal(b"x", [str(anna)])
    assert "SECRET" in str(caught.value)
    assert str(anna) not in str(caught.value)


def test_spaces_around_a_recipient_do_not_matter(anna):
    assert open_sealed(seal(b"x", [f" {public(anna)}\n"]), str(anna)) == b"x"


def test_a_stranger_is_told_that_it_is_sealed_to_others(anna, ben):
    with pytest.raises(Refused, match="sealed to other recipients") as caught:
        open_sealed(seal(b"x", [public(anna)]), str(ben))
    assert caught.value.exit_code == 2
    assert str(ben) not in str(caught.value)


def test_an_identity_file_as_age_keygen_writes_it_opens(anna, ben):
    file = f"# created: 2026-11-22\n# public key: {public(anna)}\n{anna}\n\n{ben}\n"
    assert open_sealed(seal(b"x", [public(ben)]), file) == b"x"


@pytest.mark.parametrize("identity", ["", "# only a comment\n"])
def test_an_empty_identity_is_refused(anna, identity):
    with pytest.raises(Invalid, match="identity is empty"):
        open_sealed(seal(b"x", [public(anna)]), identity)


def test_a_malformed_identity_is_refused_and_not_repeated(anna):
    for wrong in (str(anna)[:-1], public(anna)):
        with pytest.raises(Invalid, match="cannot be read") as caught:
            open_sealed(seal(b"x", [public(anna)]), wrong)
        assert wrong not in str(caught.value)
        assert caught.value.__cause__ is None


def test_an_export_armoured_for_mail_opens(anna):
    assert open_sealed(encrypt(b"x", [anna.to_public()], armored=True), str(anna)) == b"x"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"age-encryption.org/v2\n"])
def test_what_is_no_sealed_export_is_refused(anna, data):
    with pytest.raises(Invalid, match="no sealed export"):
        open_sealed(data, str(anna))


def test_no_changed_byte_and_no_cut_is_opened(anna):
    sealed = seal(b"a report", [public(anna)])
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        for wrong in (bytes(changed), sealed[:at]):
            with pytest.raises(Refused):
                open_sealed(wrong, str(anna))


def test_a_changed_content_is_called_unsound(anna):
    sealed = seal(b"a report", [public(anna)])
    with pytest.raises(Unsound, match="cut or changed"):
        open_sealed(sealed[:-1] + bytes([sealed[-1] ^ 1]), str(anna))
