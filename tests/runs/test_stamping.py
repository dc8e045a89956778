"""Stamping: others vouch for the root: an authority over the network when asked, a second custodian by voice."""

from __future__ import annotations

import socket

import pytest
from tests.evidence.own_authority import authority

from watchkeeper.evidence import timestamp, verify
from watchkeeper.fetch import timestamps
from watchkeeper.runs import bundling, stamping
from watchkeeper.runs.auditing import audit
from watchkeeper.store.case import Case
from watchkeeper.values.refused import NotFound, Refused, Unsound

URLS = ("http://one.example/tsr", "http://two.example/tsr")


@pytest.fixture
def case(reported_case, clock):
    return Case(reported_case)


@pytest.fixture
def stamped(monkeypatch):
    """Answer for two authorities without a network: one stamps, the other declines."""
    own = authority()

    def answer(root, urls, **_):
        assert tuple(urls) == URLS
        return timestamps.Answers({URLS[0]: own.reply(root=root, nonce=1)}, {URLS[1]: "declined"})

    monkeypatch.setattr(timestamps, "request_all", answer)
    return own


def test_without_an_authority_no_connection_is_opened(case, monkeypatch):
    def connect(*_):
        pytest.fail("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", connect)
    size = len(case.log)
    told = stamping.anchor(case, by="a")
    assert (told.size, told.root) == (size, case.log.head().root.hex())
    assert timestamp.heard(told.spoken).hex() == told.root
    assert len(case.log) == size  # and nothing was recorded


def test_one_authority_is_not_enough(case):
    with pytest.raises(Refused, match="Name two different authorities"):
        stamping.anchor(case, [URLS[0]], by="a")


def test_a_token_is_kept_and_goes_with_a_bundle(case, stamped, tmp_path):
    told = stamping.anchor(case, URLS, by="a")
    assert [answer["authority"] for answer in told.answers] == list(URLS)
    assert "not verified here" in told.answers[0]["answer"]  # this machine does not trust our own authority
    assert told.answers[1]["answer"] == "refused: declined"
    bundling.make(case, "r1", tmp_path, clearances=["CLEAR"], by="a")
    files = verify.load(tmp_path / "r1-CLEAR.zip")
    assert (verify.check(files).sound, verify.check(files).stamps) == (True, 1)
    found = timestamp.verify(files["data/timestamps/001.tsr"], bytes.fromhex(told.root), [stamped.root.pem])
    assert found.serial
    assert told.root in files["VERIFY-BY-HAND.txt"].decode()


def test_a_record_that_only_grew_agrees_with_its_older_checkpoint(case, tmp_path):
    (tmp_path / "then").write_bytes(case.log.checkpoint())
    size = len(case.log)
    entry = {"kind": "custody", "id": "x", "body": {"act": "copy"}}
    case.append([entry], at="2026-11-22T12:00:00Z", by="a")
    grown = audit(case, tmp_path / "then")["only_grew_since"]
    assert (grown["then"], grown["now"]) == (size, size + 1)


def test_a_record_that_was_written_anew_with_its_own_key_does_not_agree(case, tmp_path):
    """Whoever holds the key can sign another history; a checkpoint kept elsewhere shows it."""
    from watchkeeper.store import keys
    from watchkeeper.store.log import Log

    case.append([{"kind": "custody", "id": "x", "body": {"act": "copy"}}], at="2026-11-22T12:00:00Z", by="a")
    (tmp_path / "then").write_bytes(case.log.checkpoint())
    signer, before = keys.signer(case.folder), case.log.read().statements
    case.log.path.unlink()
    case.log.path.with_name("checkpoint").unlink()
    anew = Log.create(case.log.path, signer)
    anew.append([{k: v for k, v in s.items() if k != "salt"} for s in before], signer)
    rewritten = Case(case.folder)
    assert audit(rewritten)["statements"] == len(before)  # the control: in itself it is whole
    with pytest.raises(Unsound, match="was cut or written anew since, by someone with its key"):
        audit(rewritten, tmp_path / "then")


def test_a_checkpoint_of_another_case_or_none_is_refused(case, tmp_path):
    other = Case.create(tmp_path / "other")
    (tmp_path / "then").write_bytes(other.log.checkpoint())
    with pytest.raises(Unsound, match="carries no signature of"):
        audit(case, tmp_path / "then")
    with pytest.raises(NotFound, match="is no file; name the checkpoint"):
        audit(case, tmp_path / "nowhere")


def test_the_command_prints_what_is_read_out(watchkeeper, reported_case, tmp_path):
    told = watchkeeper("record", "anchor", "--case", reported_case, "--checkpoint", "kept")
    assert told.code == 0
    assert "No connection was opened" in told.err
    assert watchkeeper("record", "check", "--case", reported_case, "--against", "kept").code == 0
