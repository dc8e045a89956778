"""Keys: readable by their owner alone; without the signing key nothing is written, and all can be read."""

from __future__ import annotations

import errno
import os

import pytest

from watchkeeper.store import disk, keys
from watchkeeper.store.case import Case
from watchkeeper.store.keys import KeyMissing
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import Unsound

AT, BY = "2026-11-22T10:00:00Z", "ledger compilers"
K1, K2, K3 = bytes(32), bytes(range(32)), b"k" * 32


@pytest.fixture
def held(tmp_path):
    """Return a folder with a signing key and the keys of three records."""
    keys.make(tmp_path)
    keys.add_personal(tmp_path, {"r1": K1, "r2": K2})
    keys.add_personal(tmp_path, {"r3": K3})
    return tmp_path


class PowerCut(BaseException):
    pass


def cut_before(monkeypatch, function):
    """Let the power go before the first call of a function of `disk`."""

    def cut(*_, **__):
        raise PowerCut

    monkeypatch.setattr(disk, function, cut)


def test_keys_can_be_read_by_their_owner_alone(held):
    assert keys.folder(held).stat().st_mode & 0o777 == 0o700
    modes = {path.name: path.stat().st_mode & 0o777 for path in keys.folder(held).iterdir()}
    assert modes == {"signing.key": 0o600, "personal.keys": 0o600}


def test_keys_can_be_read_by_their_owner_alone_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        keys.make(tmp_path)
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in keys.folder(tmp_path).iterdir()} == {0o600}


def test_every_case_has_a_key_and_a_name_of_its_own(tmp_path):
    made = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        made.append(keys.make(tmp_path / name).verifier)
        assert keys.signer(tmp_path / name).verifier == made[-1]
    assert made[0].key != made[1].key
    # The name is the beginning of the key's fingerprint.
    assert [one.name for one in made] == [f"watchkeeper/case-{one.fingerprint[:16]}" for one in made]


def spoiled(path, data):
    path.unlink() if data is None else path.write_bytes(data)


@pytest.mark.parametrize("data", [None, b"", b"\xff" * 32, b"zz" * 32, b"ab" * 31, b"ab" * 33, b"\x00" * 65])
def test_without_its_signing_key_a_case_is_not_written_to_and_is_read_as_before(case, data):
    before = case.log.path.read_bytes()
    spoiled(keys.folder(case.folder) / "signing.key", data)
    with pytest.raises(KeyMissing, match=r"signing\.key is missing or is no key, so nothing new can be vouched for"):
        case.append([], at=AT, by=BY)
    assert KeyMissing.exit_code == 5
    assert case.log.path.read_bytes() == before
    again = Case(case.folder)
    assert (len(again.log), again.tables["claim"].height) == (4, 2)


def test_the_signing_key_of_another_case_vouches_for_nothing_here(case, tmp_path):
    other = Case.create(tmp_path / "other")
    key = keys.folder(other.folder) / "signing.key"
    (keys.folder(case.folder) / "signing.key").write_bytes(key.read_bytes())
    before = case.log.path.read_bytes(), case.log.checkpoint()
    with pytest.raises(KeyMissing, match=r"The signing key is that of watchkeeper/case-.*; nothing was recorded"):
        case.append([], at=AT, by=BY)
    assert (case.log.path.read_bytes(), case.log.checkpoint()) == before
    assert len(Case(case.folder).log) == 4


def test_keys_of_records_are_added_to_those_that_are_there(held):
    assert keys.personal(held) == {"r1": K1, "r2": K2, "r3": K3}


def test_adding_no_key_writes_nothing(held):
    before = (keys.folder(held) / "personal.keys").stat().st_ino
    keys.add_personal(held, {})
    assert (keys.folder(held) / "personal.keys").stat().st_ino == before


def test_where_no_record_has_personal_fields_there_are_no_keys(tmp_path):
    assert keys.personal(tmp_path) == {}


@pytest.mark.parametrize(
    "data", [b"{", b"5\n", b"[1]\n", b'["r1", "zz"]\n', b'["r1", 5]\n', b'[["r1"], "00"]\n', b"\xff", b"[" * 99_999]
)
def test_keys_that_are_damaged_are_never_taken_for_erased(held, data):
    (keys.folder(held) / "personal.keys").write_bytes(data)
    for use in (
        lambda: keys.personal(held),
        lambda: keys.add_personal(held, {"r4": K1}),
        lambda: keys.erase_personal(held, {"r1"}),
    ):
        with pytest.raises(Unsound, match=r"personal\.keys is damaged, so personal fields cannot be opened"):
            use()
    assert (keys.folder(held) / "personal.keys").read_bytes() == data


def test_an_erased_key_is_gone_and_the_others_are_kept(held):
    assert keys.erase_personal(held, {"r1", "r3", "unknown"}) == 2
    assert keys.personal(held) == {"r2": K2}
    assert sorted(path.name for path in keys.folder(held).iterdir()) == ["personal.keys", "signing.key"]
    assert keys.erase_personal(held, {"r1"}) == 0
    assert keys.personal(held) == {"r2": K2}


def test_the_bytes_of_an_erased_key_are_written_over_where_they_lay(held, tmp_path_factory):
    # A second name keeps the old file in sight when ours is gone.
    witness = tmp_path_factory.mktemp("witness") / "old"
    os.link(keys.folder(held) / "personal.keys", witness)
    size = witness.stat().st_size
    keys.erase_personal(held, {"r2"})
    assert witness.read_bytes() == bytes(size)


@pytest.mark.parametrize("function", ["link", "put", "write_over", "remove"])
def test_a_power_cut_while_erasing_loses_no_other_key_and_the_next_erasure_ends_it(held, monkeypatch, function):
    with monkeypatch.context() as patch:
        cut_before(patch, function)
        with pytest.raises(PowerCut):
            keys.erase_personal(held, {"r2"})
    kept = keys.personal(held)
    assert kept.items() >= {"r1": K1, "r3": K3}.items()
    assert keys.erase_personal(held, {"unknown"}) == 0  # one that erases nothing itself
    assert keys.personal(held) == kept
    assert not (keys.folder(held) / "erased.keys").exists()
    assert keys.erase_personal(held, {"r2"}) == (1 if "r2" in kept else 0)
    assert keys.personal(held) == {"r1": K1, "r3": K3}


def test_a_key_added_after_a_power_cut_is_not_lost_with_what_the_cut_left(held, monkeypatch):
    with monkeypatch.context() as patch:
        cut_before(patch, "put")  # just behind the link: both names are one file
        with pytest.raises(PowerCut):
            keys.erase_personal(held, {"r2"})
    keys.add_personal(held, {"r4": K1})
    witness = held / "witness"
    os.link(keys.folder(held) / "personal.keys", witness)
    assert keys.erase_personal(held, {"r2"}) == 1
    assert keys.personal(held) == {"r1": K1, "r3": K3, "r4": K1}
    assert set(witness.read_bytes()) == {0}  # the file that last held the erased key, not only the older one


@pytest.mark.parametrize("error", [errno.EPERM, errno.ENOTSUP])
def test_where_files_have_no_second_names_an_erased_key_is_written_over_all_the_same(held, monkeypatch, error):
    """As on exFAT; the old file is held open, since nothing else leads to it once the new one is in its place."""
    calls, over = disk.Calls(), []

    def no_links(*_):
        raise OSError(error, os.strerror(error))

    def write(handle, data):
        over.append((os.fstat(handle).st_ino, bytes(data)))
        return os.write(handle, data)

    old = (keys.folder(held) / "personal.keys").stat()
    calls.link, calls.write = no_links, write
    monkeypatch.setattr(disk, "calls", calls)
    assert keys.erase_personal(held, {"r2"}) == 1
    assert keys.personal(held) == {"r1": K1, "r3": K3}
    assert over[-1] == (old.st_ino, bytes(old.st_size))
    assert sorted(path.name for path in keys.folder(held).iterdir()) == ["personal.keys", "signing.key"]


def test_what_a_kill_left_of_a_key_file_goes_with_the_next_erasure(held):
    left = keys.folder(held) / ".new-personal.keys"
    left.write_bytes((keys.folder(held) / "personal.keys").read_bytes())
    assert keys.erase_personal(held, set()) == 0
    assert not left.exists()


def test_a_key_that_is_not_the_one_its_record_names_is_found(tmp_path):
    keys.make(tmp_path)
    keys.add_personal(tmp_path, {of_bytes(K2): K2})
    assert keys.check_personal(tmp_path) == {of_bytes(K2): K2}
    keys.add_personal(tmp_path, {"r3": K3})
    with pytest.raises(Unsound, match="holds another key than the one named r3"):
        keys.check_personal(tmp_path)
