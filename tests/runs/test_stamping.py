"""Stamping: others vouch for the root: an authority over the network when asked, a second custodian by voice."""

from __future__ import annotations

import socket

import pytest
from tests.evidence.own_authority import authority

from watchkeeper.evidence import note, timestamp, verify
from watchkeeper.fetch import timestamps
from watchkeeper.model.naming import named
from watchkeeper.runs import bundling, stamping
from watchkeeper.runs.adding import add
from watchkeeper.runs.auditing import audit
from watchkeeper.runs.erasing import erase
from watchkeeper.store import captures, keys
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid, NotFound, Refused, Unsound

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
    with pytest.raises(
        Unsound, match="it was cut, put back to an older state, or written anew by someone with its key"
    ):
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


def test_a_checkpoint_is_written_to_a_new_file_alone(case, tmp_path):
    (tmp_path / "kept").write_text("an older one")
    with pytest.raises(Invalid, match="is there already, and no checkpoint is overwritten"):
        stamping.anchor(case, by="a", checkpoint_to=tmp_path / "kept")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Invalid, match="is there already"):
        stamping.anchor(case, by="a", checkpoint_to=tmp_path / "link")
    assert (tmp_path / "kept").read_text() == "an older one"
    stamping.anchor(case, by="a", checkpoint_to=tmp_path / "new")
    handed, own = (
        note.open_note(one, case.log.verifier) for one in ((tmp_path / "new").read_bytes(), case.log.checkpoint())
    )
    assert (handed.size, handed.root, handed.further) == (own.size, own.root, ())  # not the length of the log


def test_a_token_that_does_not_verify_is_said_to_be_refused_and_the_others_are_kept(case, monkeypatch):
    """The one authority is known and its root trusted here, and another's key signed in its name."""
    good, other = authority(), authority()

    def answer(root, urls, **_):
        return timestamps.Answers(
            {url: one.reply(root=root, nonce=1) for url, one in zip(urls, (good, other), strict=True)}, {}
        )

    known = [timestamps.Authority("k", "n", url, "", (timestamps.Root("r", "", ""),)) for url in URLS]
    monkeypatch.setattr(timestamps, "request_all", answer)
    monkeypatch.setattr(timestamps, "authorities", lambda: known)
    monkeypatch.setattr(timestamps, "installed_roots", lambda _: [good.root.pem])
    told = {row["authority"]: row["answer"] for row in stamping.anchor(case, URLS, by="a").answers}
    assert "serial" in told[URLS[0]]
    assert told[URLS[1]].startswith("refused: The token does not verify at its own time")
    stamps = [s for s in case.log.read().statements if s["kind"] == "timestamp"]
    assert [stamp["body"]["authority"] for stamp in stamps] == [URLS[0]]
    assert stamps[0]["id"] == named("timestamp", stamps[0]["body"])


def test_where_no_token_verifies_none_is_kept(case, monkeypatch):
    own, size = authority(), len(case.log)
    monkeypatch.setattr(
        timestamps,
        "request_all",
        lambda root, urls, **_: timestamps.Answers({URLS[0]: own.reply(root=root, nonce=1)}, {}),
    )
    monkeypatch.setattr(
        timestamps,
        "authorities",
        lambda: [timestamps.Authority("k", "n", URLS[0], "", (timestamps.Root("r", "", ""),))],
    )
    monkeypatch.setattr(timestamps, "installed_roots", lambda _: [authority().root.pem])
    before = captures.all_of(case.folder)
    with pytest.raises(Unsound, match="No token is good, and none was kept"):
        stamping.anchor(case, URLS, by="a")
    assert (len(case.log), captures.all_of(case.folder)) == (size, before)


def test_a_root_that_was_read_out_is_found_at_the_size_the_record_had_then(watchkeeper, reported_case, tmp_path):
    printed = watchkeeper("record", "anchor", "--case", reported_case).out
    case = Case(reported_case)
    size = len(case.log)
    case.append([{"kind": "custody", "id": "x", "body": {"act": "copy"}}], at="2026-11-22T12:00:00Z", by="a")
    groups = "\n".join(printed.splitlines()[1:])  # as the second custodian wrote them down
    for text in (printed, printed + "https://one.example/tsr: kept\n", groups, groups.upper().replace("-", " - ")):
        (tmp_path / "heard").write_text(text.replace(" - ", "-"))
        told = audit(case, spoken=tmp_path / "heard")["only_grew_since_spoken"]
        assert (told["then"], told["now"]) == (size, size + 1)
    assert watchkeeper("record", "check", "--case", reported_case, "--spoken", "heard").code == 0


def test_a_root_that_the_record_never_had_or_that_was_misheard_is_refused(case, tmp_path):
    (tmp_path / "heard").write_text(timestamp.spoken(bytes(32)))
    with pytest.raises(Unsound, match=f"has at no size the root {'00' * 32} that was read out: it was cut, put back"):
        audit(case, spoken=tmp_path / "heard")
    for heard in (b"0000", b"\xff" * 99):
        (tmp_path / "heard").write_bytes(heard)
        with pytest.raises(Invalid, match="were heard"):
            audit(case, spoken=tmp_path / "heard")
    with pytest.raises(NotFound, match="name the spoken root that was kept elsewhere"):
        audit(case, spoken=tmp_path / "nowhere")


def test_a_check_says_how_many_records_have_their_key_and_refuses_keys_that_are_not_the_ones_named(case, tmp_path):
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b.txt").write_text("b")
    before = audit(case)
    (one, _) = add(case, [tmp_path / "a.txt", tmp_path / "b.txt"], by="a")
    erase(case, one["capture"], "asked", "law", by="a")
    told = audit(case)
    grown = [told[key] - before[key] for key in ("personal_with_key", "personal_erased", "personal_key_not_here")]
    assert grown == [1, 1, 0]
    held = keys.folder(case.folder) / "personal.keys"
    lines = held.read_text().splitlines()
    held.write_text("\n".join([*lines[:-1], lines[-1].replace(lines[-1][-4], "0" if lines[-1][-4] != "0" else "1", 1)]))
    with pytest.raises(Unsound, match=r"personal\.keys"):
        audit(case)
    held.write_text("[" * 100_000)
    with pytest.raises(Unsound, match=r"personal\.keys is damaged"):
        audit(case)
