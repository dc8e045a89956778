"""Timestamp: what a token proves, what it does not, and a root that is read out over the telephone."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.own_authority import POLICY, SHA512, STAMPING, Authority, authority, certified, later

from watchkeeper.evidence.timestamp import check_answer, heard, spoken, verify
from watchkeeper.values.refused import Invalid, Unsound

ROOT = hashlib.sha256(b"the log's root").digest()
OTHER = hashlib.sha256(b"another root").digest()


@pytest.fixture(scope="module")
def own():
    return authority()


def refused(token, chain, root=ROOT):
    with pytest.raises(Unsound) as caught:
        verify(token, root, chain)
    return str(caught.value)


def test_a_token_says_when_by_whom_and_under_which_policy(own):
    stamped = verify(own.reply(ROOT), ROOT, [own.root.pem])
    assert stamped.gen_time == "2026-11-22T10:00:00Z"
    assert (stamped.policy, stamped.serial, stamped.tsa) == (POLICY, "1F2E", "CN=Own Stamper")
    assert stamped.anchor == own.root.fingerprint


def test_a_serial_is_written_in_whole_bytes_as_openssl_writes_it(own):
    assert verify(own.but(serial=4).reply(ROOT), ROOT, [own.root.pem]).serial == "04"


def test_a_fraction_of_a_second_is_dropped(own):
    stamped = verify(own.but(gen_time="20261122100000.9Z").reply(ROOT), ROOT, [own.root.pem])
    assert stamped.gen_time == "2026-11-22T10:00:00Z"


def test_a_token_over_another_root_is_refused_with_both_named(own):
    told = refused(own.reply(OTHER), [own.root.pem])
    assert OTHER.hex() in told
    assert ROOT.hex() in told


def test_the_same_bytes_as_another_kind_of_hash_are_not_this_root(own):
    # rfc3161-client compares the bytes alone.
    assert f"hash {SHA512}" in refused(own.but(hash_algorithm=SHA512).reply(ROOT), [own.root.pem])


@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul", "America/New_York"])
@pytest.mark.parametrize(
    ("gen_time", "good"),
    [("20200101085959Z", False), ("20200101090000Z", True), ("20200101095959Z", True), ("20200101100001Z", False)],
)
def test_certificates_are_judged_at_the_tokens_own_time_in_any_zone(monkeypatch, zone, gen_time, good):
    # This stamper was good for one hour of 2020 and has long expired today.
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        short = authority("Short", first="2020-01-01 09:00", last="2020-01-01 10:00").but(gen_time=gen_time)
        if good:
            assert verify(short.reply(ROOT), ROOT, [short.root.pem]).gen_time[:14] == "2020-01-01T09:"
        else:
            assert "its own time" in refused(short.reply(ROOT), [short.root.pem])
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_reason_is_openssls_own_words(own):
    expired = own.but(gen_time=later("20400101000000Z", days=1))
    assert "certificate has expired" in refused(expired.reply(ROOT), [own.root.pem])


def test_an_authority_of_the_same_names_is_another_authority(own):
    assert "does not verify" in refused(authority().reply(ROOT), [own.root.pem])


def test_only_a_root_is_trusted_not_what_stands_below_it(own):
    with pytest.raises(Invalid, match="holds no root"):
        verify(own.reply(ROOT), ROOT, [own.between[0].pem, own.stamper.pem])


def test_the_root_that_vouches_is_found_among_several_and_named(own):
    others = [authority(name).root.pem for name in ("A", "B")]
    assert verify(own.reply(ROOT), ROOT, [b"".join([*others, own.root.pem])]).anchor == own.root.fingerprint


def test_a_certificate_between_may_come_with_the_chain_instead_of_the_token(own):
    bare = Authority(own.root, own.stamper)
    assert "unable to get" in refused(bare.reply(ROOT), [own.root.pem])
    assert verify(bare.reply(ROOT), ROOT, [own.root.pem, own.between[0].pem]).tsa == "CN=Own Stamper"


def test_a_servers_certificate_cannot_make_a_stamper(own):
    server = certified("Server", own.between[0], ca=False)
    forged = Authority(own.root, certified("Forged", server, ca=False, eku=STAMPING), (own.between[0], server))
    assert "invalid CA certificate" in refused(forged.reply(ROOT), [own.root.pem])


@pytest.mark.parametrize(
    "eku",
    [None, (ExtendedKeyUsageOID.TIME_STAMPING, False), (ExtendedKeyUsageOID.SERVER_AUTH, True)],
    ids=["none", "not critical", "for servers"],
)
def test_a_key_that_was_not_certified_for_stamping_does_not_stamp(own, eku):
    wrong = own.but(stamper=certified("Wrong", own.between[0], ca=False, eku=eku))
    assert "does not verify" in refused(wrong.reply(ROOT), [own.root.pem])


def test_no_flipped_byte_gives_another_time_serial_or_name(own):
    token = own.reply(ROOT)
    good, still = verify(token, ROOT, [own.root.pem]), 0
    for at in range(0, len(token), 3):
        changed = bytearray(token)
        changed[at] ^= 1 << at % 8
        try:
            assert verify(bytes(changed), ROOT, [own.root.pem]) == good
        except Unsound:
            continue
        still += 1
    # Some of the unsigned envelope may change, which is why a token's own hash names nothing.
    assert still < len(token) / 3 / 20


@pytest.mark.parametrize("token", [b"", b"junk", b"\x30\x03\x02\x01\x00"])
def test_what_is_no_token_is_refused(own, token):
    assert "cannot be read" in refused(token, [own.root.pem])


def test_bytes_behind_a_token_are_refused(own):
    assert "cannot be read" in refused(own.reply(ROOT) + b"\0", [own.root.pem])


def test_a_refusal_by_the_authority_is_shown_in_its_own_words(own):
    told = refused(own.but(status=2, words="clock not available").reply(ROOT), [own.root.pem])
    assert "status 2 (clock not available)" in told


def test_a_token_granted_with_changes_is_not_what_was_asked_for(own):
    assert "status 1 (no reason given)" in refused(own.but(status=1).reply(ROOT), [own.root.pem])


def test_a_token_without_its_certificates_proves_nothing(own):
    assert "signer certificate not found" in refused(own.but(shows_certificates=False).reply(ROOT), [own.root.pem])


@pytest.mark.parametrize("chain", [[b"no PEM"], [b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]])
def test_an_unreadable_chain_is_refused(own, chain):
    with pytest.raises(Invalid, match="Give PEM certificates"):
        verify(own.reply(ROOT), ROOT, chain)


def test_an_empty_chain_is_refused(own):
    with pytest.raises(Invalid, match="holds no root"):
        verify(own.reply(ROOT), ROOT, [])


def test_a_root_is_32_bytes_or_it_is_our_bug(own):
    with pytest.raises(ValueError, match="32 bytes"):
        verify(own.reply(ROOT), ROOT[:31], [own.root.pem])
    with pytest.raises(ValueError, match="32 bytes"):
        spoken(ROOT + b"\0")


def test_an_answer_must_be_to_this_request(own):
    check_answer(own.reply(ROOT, nonce=5), ROOT, 5)
    with pytest.raises(Unsound, match="another request"):
        check_answer(own.reply(ROOT, nonce=5), ROOT, 6)


def test_an_answer_must_bring_the_certificates_that_were_asked_for(own):
    with pytest.raises(Unsound, match="lacks its certificates"):
        check_answer(own.but(shows_certificates=False).reply(ROOT), ROOT, 7)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on PATH; it is a second verifier only")
@pytest.mark.parametrize(("root", "good"), [(ROOT, True), (OTHER, False)])
def test_openssl_agrees(own, tmp_path, root, good):
    (tmp_path / "token.tsr").write_bytes(own.reply(ROOT))
    (tmp_path / "root.pem").write_bytes(own.root.pem)
    command = ["openssl", "ts", "-verify", "-digest", root.hex(), "-in", "token.tsr", "-CAfile", "root.pem"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env={**os.environ})
    assert (done.returncode == 0) is good, done.stdout + done.stderr


SPOKEN = """
    2d71-9 1642-e b726-x b044-b
    0162-8 7ca9-5 fbac-0 32f5-3
    c853-7 0fb1-2 903c-x c4db-2
    0225-1 8717-5 921a-8 4881-0
    1716
"""


def test_a_root_is_read_out_in_sixteen_groups_and_a_last_check():
    root = hashlib.sha256(b"x").digest()
    assert spoken(root).split() == SPOKEN.split()
    assert heard(SPOKEN) == root


def test_capitals_hyphens_and_line_ends_do_not_matter():
    assert heard(SPOKEN.upper().replace("-", "").replace("\n", " ")) == hashlib.sha256(b"x").digest()


def test_each_wrong_group_is_named():
    with pytest.raises(Invalid) as caught:
        heard(SPOKEN.replace("b726-x", "b762-x").replace("921a-8", "921e-8"))
    assert caught.value.faults == (
        'group 3: "b762x" does not agree with its check',
        'group 15: "921e8" does not agree with its check',
    )


def test_two_groups_said_in_each_others_place_are_both_named():
    with pytest.raises(Invalid) as caught:
        heard(SPOKEN.replace("2d71-9", "-").replace("1642-e", "2d71-9").replace("- 2d", "1642-e 2d"))
    assert [fault[:8] for fault in caught.value.faults] == ["group 1:", "group 2:"]


@pytest.mark.parametrize("text", ["", "1716", SPOKEN.replace("2d71-9", ""), SPOKEN + " 0000"])
def test_too_few_or_too_many_groups_are_refused(text):
    with pytest.raises(Invalid, match=r"groups and a last check were heard, not 16"):
        heard(text)


def test_a_wrong_last_check_is_refused():
    with pytest.raises(Invalid, match='heard as "1717"'):
        heard(SPOKEN.replace("1716", "1717"))


@pytest.mark.parametrize("group", ["2d71", "2d7-9", "2d711-9", "2g71-9", "xd71-9", "2d71-g", "٢d71-9"])
def test_what_is_no_group_is_named_as_wrong(group):
    with pytest.raises(Invalid, match="group 1:"):
        heard(SPOKEN.replace("2d71-9", group))


@given(st.binary(min_size=32, max_size=32))
def test_what_is_spoken_is_heard(root):
    assert heard(spoken(root)) == root


@given(st.binary(min_size=32, max_size=32), st.integers(0, 15), st.integers(0, 3), st.sampled_from("0123456789abcdef"))
def test_every_slip_of_one_digit_is_heard(root, group, digit, slip):
    groups = spoken(root).split()
    slipped = groups[group][:digit] + slip + groups[group][digit + 1 :]
    if slipped != groups[group]:
        with pytest.raises(Invalid, match=f"group {group + 1}:"):
            heard(" ".join([*groups[:group], slipped, *groups[group + 1 :]]))


@given(st.binary(min_size=32, max_size=32), st.integers(0, 15), st.integers(0, 2))
def test_every_swap_of_neighbouring_digits_is_heard(root, group, at):
    groups = spoken(root).split()
    one = groups[group]
    swapped = one[:at] + one[at + 1] + one[at] + one[at + 2 :]
    if swapped != one:
        with pytest.raises(Invalid, match=f"group {group + 1}:"):
            heard(" ".join([*groups[:group], swapped, *groups[group + 1 :]]))
