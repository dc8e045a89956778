"""Copying: the record in a second place, checked from end to end and without its keys."""

from __future__ import annotations

import io
import tarfile

import pyrage
import pytest

from watchkeeper.runs import copying
from watchkeeper.runs.adding import add
from watchkeeper.runs.auditing import audit
from watchkeeper.runs.copying import copy
from watchkeeper.store.case import Case
from watchkeeper.store.keys import KeyMissing
from watchkeeper.store.lock import Busy, writing
from watchkeeper.store.sealed_exports import open_sealed
from watchkeeper.values.refused import Invalid, Unsound


@pytest.fixture
def case(reported_case, clock):
    return Case(reported_case)


def test_a_copy_shows_the_same_root_and_holds_no_key(case, tmp_path):
    told = copy(case, tmp_path / "second", by="a")
    copied = Case(tmp_path / "second")
    assert audit(copied)["root"] == told["root"]
    assert not (tmp_path / "second" / "keys").exists()
    assert copied.tables["incident"].equals(case.tables["incident"])
    assert case.log.read().statements[-1]["body"]["act"] == "copy"


def test_a_copy_is_read_and_takes_no_entry_until_its_key_is_restored(case, tmp_path):
    copy(case, tmp_path / "second", by="a")
    copied = Case(tmp_path / "second")
    (tmp_path / "a.txt").write_text("a")
    with pytest.raises(KeyMissing, match="nothing new can be vouched for; reading goes on"):
        add(copied, [tmp_path / "a.txt"], by="a")
    (tmp_path / "second" / "keys").mkdir()
    key = (case.folder / "keys" / "signing.key").read_bytes()
    (tmp_path / "second" / "keys" / "signing.key").write_bytes(key)
    assert add(copied, [tmp_path / "a.txt"], by="a")[0]["new"]


def test_an_encrypted_copy_is_one_file_that_unpacks_to_the_same_record(case, tmp_path):
    reader = pyrage.x25519.Identity.generate()
    told = copy(case, tmp_path / "second.tar.age", by="a", to=[str(reader.to_public())])
    data = open_sealed((tmp_path / "second.tar.age").read_bytes(), str(reader))
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        archive.extractall(tmp_path / "second", filter="data")
    assert audit(Case(tmp_path / "second"))["root"] == told["root"]


def test_nothing_is_overwritten_and_a_damaged_record_is_not_copied(case, tmp_path):
    (tmp_path / "second").mkdir()
    with pytest.raises(Invalid, match="is there already, and nothing is overwritten"):
        copy(case, tmp_path / "second", by="a")
    capture = next(path for path in (case.folder / "raw").rglob("*") if path.is_file())
    capture.chmod(0o644)
    capture.write_bytes(b"other")
    with pytest.raises(Unsound, match="was changed on disk"):
        copy(case, tmp_path / "third", by="a")
    assert not (tmp_path / "third").exists()


def test_the_command_copies(watchkeeper, reported_case):
    told = watchkeeper("record", "copy", "second", "--case", reported_case)
    assert (told.code, "back the folder keys/ up apart" in told.err) == (0, True)


def test_a_copy_is_open_to_its_owner_alone_and_says_by_which_command_it_came(case, tmp_path):
    reader = pyrage.x25519.Identity.generate()
    copy(case, tmp_path / "second", by="a")
    copy(case, tmp_path / "second.tar.age", by="a", to=[str(reader.to_public())])
    assert (tmp_path / "second").stat().st_mode & 0o777 == 0o700
    files = [path for path in (tmp_path / "second").rglob("*") if path.is_file() and path.name != "lock"]
    assert {path.stat().st_mode & 0o777 for path in [*files, tmp_path / "second.tar.age"]} == {0o600}
    assert case.log.read().statements[-1]["body"]["how"] == "record copy"


def test_a_copy_into_the_case_itself_or_over_a_link_is_refused(case, tmp_path):
    (tmp_path / "inside").symlink_to(case.folder)
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for target in (case.folder / "second", case.folder / "raw" / "x" / "y", tmp_path / "inside" / "second"):
        with pytest.raises(Invalid, match="lies in the case itself"):
            copy(case, target, by="a")
    with pytest.raises(Invalid, match="is there already"):
        copy(case, tmp_path / "link", by="a")


def test_nothing_is_copied_while_another_is_writing(case, tmp_path):
    with writing(case.folder), pytest.raises(Busy):
        copy(case, tmp_path / "second", by="a")
    assert not (tmp_path / "second").exists()


@pytest.mark.parametrize("sealed", [True, False])
def test_bytes_that_are_not_as_they_were_when_they_are_packed_are_not_handed_on(case, tmp_path, monkeypatch, sealed):
    to = [str(pyrage.x25519.Identity.generate().to_public())] if sealed else []
    really = copying._files

    def spoilt(folder):
        files = really(folder)
        return {**files, "log/000001.elog": files["log/000001.elog"][:-1] + b"x"}

    monkeypatch.setattr(copying, "_files", spoilt)
    size = len(case.log)
    with pytest.raises(Unsound):
        copy(case, tmp_path / "second", by="a", to=to)
    assert len(case.log) == size
    assert (tmp_path / "second").exists() is not sealed
    assert list(case.folder.glob(".new-*")) == []
