"""Disk: what returns is durable; what the machine does not do is refused with words, and leaves nothing half done."""

from __future__ import annotations

import errno
import os

import pytest

from watchkeeper.store import disk
from watchkeeper.store.disk import DiskRefused

FULL = OSError(errno.ENOSPC, "No space left on device")


class Machine(disk.Calls):
    """The operating system, with what it was asked written down, and with faults of our choice."""

    def __init__(self):
        self.asked = []

    def __getattribute__(self, name):
        found = object.__getattribute__(self, name)
        if name in ("open", "write", "read", "fsync", "truncate", "seek", "close", "rename", "unlink", "mkdir", "link"):
            self.asked.append(name)
        return found


@pytest.fixture
def machine(monkeypatch):
    """Put a machine of our own in the place of the operating system."""
    made = Machine()
    monkeypatch.setattr(disk, "calls", made)
    return made


def failing(fault):
    def call(*_):
        raise fault

    return call


def interrupted_first(call):
    """Return a call that a signal comes between every other time, as EINTR does."""
    tried = []

    def again(*words):
        tried.append(words)
        if len(tried) % 2:
            raise InterruptedError(errno.EINTR, "Interrupted system call")
        return call(*words)

    return again


def a_byte_at_a_time(handle, data):
    return os.write(handle, data[:1])


def test_a_file_is_written_beside_synced_and_only_then_named(tmp_path, machine):
    disk.put(tmp_path / "a", b"abc")
    assert (tmp_path / "a").read_bytes() == b"abc"
    # A leftover is looked for, the bytes are synced, the file gets its name, and its folder is synced.
    assert machine.asked == ["unlink", "open", "write", "fsync", "close", "rename", "open", "fsync", "close"]


def test_a_file_takes_the_place_of_an_older_one(tmp_path):
    (tmp_path / "a").write_bytes(b"older and longer")
    disk.put(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == disk.read(tmp_path / "a") == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("mode", [0o600, 0o444, 0o644])
def test_a_file_has_its_mode_from_the_first_instant_whatever_a_crash_left(tmp_path, mode):
    (tmp_path / ".new-a").write_bytes(b"half a key")
    (tmp_path / ".new-a").chmod(0o666)
    disk.put(tmp_path / "a", b"key", mode=mode)
    assert (tmp_path / "a").stat().st_mode & 0o777 == mode
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_what_a_crash_left_read_only_does_not_stand_in_the_way(tmp_path, machine):
    (tmp_path / ".new-a").write_bytes(b"ha")
    (tmp_path / ".new-a").chmod(0o444)
    opened = machine.open

    def as_no_administrator(path, flags, mode=0o777):
        if os.path.exists(path) and flags & os.O_WRONLY and not os.stat(path).st_mode & 0o200:  # noqa: PTH110, PTH116
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, flags, mode)

    machine.open = as_no_administrator
    disk.put(tmp_path / "a", b"abc", mode=0o444)
    assert disk.read(tmp_path / "a") == b"abc"


def test_a_machine_that_writes_a_byte_at_a_time_writes_all_of_them(tmp_path, machine):
    machine.write = a_byte_at_a_time
    disk.put(tmp_path / "a", b"abc")
    disk.append(tmp_path / "a", 1, b"xyz")
    assert (tmp_path / "a").read_bytes() == b"axyz"
    disk.write_in_place(tmp_path / "a", b"1234")
    assert (tmp_path / "a").read_bytes() == b"1234"


def test_signals_that_come_between_are_waited_out(tmp_path, machine):
    for name in ("open", "write", "read", "fsync", "truncate", "seek", "rename", "unlink", "mkdir", "link"):
        setattr(
            machine, name, interrupted_first(getattr(os, {"truncate": "ftruncate", "seek": "lseek"}.get(name, name)))
        )
    disk.make_folders(tmp_path / "deep", within=tmp_path)
    disk.put(tmp_path / "deep" / "a", b"abc")
    disk.append(tmp_path / "deep" / "a", 3, b"xyz")
    disk.write_in_place(tmp_path / "deep" / "a", b"abcdef")
    disk.link(tmp_path / "deep" / "a", tmp_path / "deep" / "b")
    disk.move(tmp_path / "deep" / "b", tmp_path / "deep" / "c")
    assert disk.read(tmp_path / "deep" / "c") == b"abcdef"
    disk.write_over(tmp_path / "deep" / "c")
    disk.remove(tmp_path / "deep" / "c")
    assert disk.read(tmp_path / "deep" / "a") == bytes(6)


@pytest.mark.parametrize("call", ["open", "write", "fsync", "rename"])
@pytest.mark.parametrize("fault", [FULL, OSError(errno.EIO, "Input/output error"), OSError(errno.EROFS, "Read-only")])
def test_a_write_that_fails_is_refused_with_words_and_leaves_what_was_there(tmp_path, machine, call, fault):
    (tmp_path / "a").write_bytes(b"older")
    setattr(machine, call, failing(fault))
    with pytest.raises(DiskRefused) as refused:
        disk.put(tmp_path / "a", b"newer")
    assert str(refused.value) == (
        f"The machine could not write {tmp_path}/a ({fault.strerror}). Nothing was acknowledged and nothing that was "
        "recorded before is lost; mend that, look with `watchkeeper case status`, and run the command again."
    )
    assert refused.value.exit_code == 4
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"older"}


def test_a_disk_that_takes_a_part_and_then_no_more_is_full(tmp_path, machine):
    machine.write = lambda handle, data: os.write(handle, data[:2]) if len(data) == 3 else 0
    with pytest.raises(DiskRefused, match=r"could not write .*No space left on device"):
        disk.put(tmp_path / "a", b"abc")
    assert list(tmp_path.iterdir()) == []


def test_a_half_written_file_that_cannot_be_removed_hides_no_reason(tmp_path, machine):
    removed = machine.unlink
    machine.write = failing(FULL)
    machine.unlink = lambda path: removed(path) if not path.exists() else failing(OSError(errno.EIO, "I/O error"))()
    with pytest.raises(DiskRefused, match="No space left on device"):
        disk.put(tmp_path / "a", b"abc")


def test_a_close_that_fails_after_the_sync_takes_nothing_back(tmp_path, machine):
    closed = os.close

    def close(handle):
        closed(handle)
        raise OSError(errno.EIO, "Input/output error")

    machine.close = close
    disk.put(tmp_path / "a", b"abc")
    assert (tmp_path / "a").read_bytes() == b"abc"


def test_a_folder_that_cannot_be_synced_is_refused_since_the_name_may_be_lost(tmp_path, machine):
    synced = os.fsync
    folder = tmp_path.stat().st_ino
    machine.fsync = lambda handle: failing(FULL)() if os.fstat(handle).st_ino == folder else synced(handle)
    with pytest.raises(DiskRefused, match=f"could not sync {tmp_path}"):
        disk.put(tmp_path / "a", b"abc")


def test_an_append_cuts_what_stood_behind_its_place_and_is_synced(tmp_path, machine):
    (tmp_path / "log").write_bytes(b"sealed, and a torn tail")
    disk.append(tmp_path / "log", 7, b"more")
    assert (tmp_path / "log").read_bytes() == b"sealed,more"
    assert machine.asked == ["open", "truncate", "seek", "write", "fsync", "close"]


@pytest.mark.parametrize("call", ["open", "truncate", "seek", "write", "fsync"])
def test_an_append_that_fails_is_refused(tmp_path, machine, call):
    (tmp_path / "log").write_bytes(b"sealed")
    setattr(machine, call, failing(FULL))
    with pytest.raises(DiskRefused, match=r"could not write .*/log .No space left on device"):
        disk.append(tmp_path / "log", 6, b"more")
    assert (tmp_path / "log").read_bytes().startswith(b"sealed")


def test_nothing_is_appended_to_a_file_that_is_gone(tmp_path):
    with pytest.raises(FileNotFoundError):
        disk.append(tmp_path / "log", 0, b"more")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_written_in_place_without_being_cut_or_named_anew_and_is_synced(tmp_path, machine):
    (tmp_path / "a").write_bytes(b"older")
    before = (tmp_path / "a").stat().st_ino
    disk.write_in_place(tmp_path / "a", b"newer")
    assert machine.asked == ["open", "write", "fsync", "close"]
    assert ((tmp_path / "a").read_bytes(), (tmp_path / "a").stat().st_ino) == (b"newer", before)


@pytest.mark.parametrize("call", ["open", "write", "fsync"])
def test_a_write_in_place_that_fails_is_refused(tmp_path, machine, call):
    (tmp_path / "a").write_bytes(b"older")
    setattr(machine, call, failing(FULL))
    with pytest.raises(DiskRefused, match=r"could not write .*/a .No space left on device"):
        disk.write_in_place(tmp_path / "a", b"newer")
    assert (tmp_path / "a").read_bytes() == (b"newer" if call == "fsync" else b"older")


@pytest.mark.parametrize("use", [lambda path: disk.write_in_place(path, b"x"), disk.write_over])
def test_a_file_that_is_gone_is_not_made_by_writing_in_its_place(tmp_path, use):
    with pytest.raises(FileNotFoundError):
        use(tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


def test_what_is_written_over_is_never_cut_first_so_that_its_own_blocks_are_zeroed(tmp_path, machine):
    (tmp_path / "old").write_bytes(b"secret")
    disk.write_over(tmp_path / "old")
    assert (tmp_path / "old").read_bytes() == bytes(6)
    assert "truncate" not in machine.asked


def test_a_new_file_takes_the_place_of_nothing(tmp_path, machine):
    disk.put_new(tmp_path / "a", b"abc", mode=0o600)
    assert machine.asked == ["open", "write", "fsync", "close", "open", "fsync", "close"]
    assert ((tmp_path / "a").read_bytes(), (tmp_path / "a").stat().st_mode & 0o777) == (b"abc", 0o600)
    (tmp_path / "b").symlink_to(tmp_path / "nowhere")
    for name in ("a", "b"):
        with pytest.raises(FileExistsError):
            disk.put_new(tmp_path / name, b"other")
    assert (tmp_path / "a").read_bytes() == b"abc"
    assert not (tmp_path / "nowhere").exists()


def test_a_new_file_that_cannot_be_written_is_not_left_behind(tmp_path, machine):
    machine.write = failing(FULL)
    with pytest.raises(DiskRefused, match=r"could not write .*/a .No space left on device"):
        disk.put_new(tmp_path / "a", b"abc")
    assert list(tmp_path.iterdir()) == []


def test_a_file_takes_the_place_of_an_older_one_whose_bytes_are_then_zeroed(tmp_path, machine):
    (tmp_path / "a").write_bytes(b"secret")
    held = os.open(tmp_path / "a", os.O_RDONLY)
    disk.put_over(tmp_path / "a", b"new", mode=0o600)
    assert (tmp_path / "a").read_bytes() == b"new"
    assert os.read(held, 10) == bytes(6)
    os.close(held)
    machine.rename = failing(FULL)
    with pytest.raises(DiskRefused, match=r"could not write .*/a .No space left on device"):
        disk.put_over(tmp_path / "a", b"newer")
    assert (tmp_path / "a").read_bytes() == b"new"


@pytest.mark.parametrize("code", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_without_second_names_is_told_apart_from_one_that_fails(tmp_path, machine, code):
    (tmp_path / "a").write_bytes(b"abc")
    assert disk.link(tmp_path / "a", tmp_path / "b") is True
    machine.link = failing(OSError(code, os.strerror(code)))
    assert disk.link(tmp_path / "a", tmp_path / "c") is False
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_folders_are_made_with_a_mode_and_those_that_are_there_keep_theirs(tmp_path):
    (tmp_path / "a").mkdir(mode=0o755)
    disk.make_folders(tmp_path / "a" / "b", within=tmp_path, mode=0o700)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("a", "a/b")] == [0o755, 0o700]


def test_a_file_is_read_whole_though_the_machine_gives_it_in_parts(tmp_path, machine):
    (tmp_path / "a").write_bytes(b"abcdef")
    read = os.read
    machine.read = lambda handle, _: read(handle, 2)
    assert disk.read(tmp_path / "a") == b"abcdef"


def test_a_file_that_cannot_be_read_is_refused_and_one_that_is_not_there_is_not_there(tmp_path, machine):
    with pytest.raises(FileNotFoundError):
        disk.read(tmp_path / "a")
    (tmp_path / "a").write_bytes(b"abc")
    machine.read = failing(OSError(errno.EIO, "Input/output error"))
    with pytest.raises(DiskRefused, match=r"could not read .*/a .Input/output error"):
        disk.read(tmp_path / "a")


def test_every_folder_on_the_way_is_made_and_made_durable(tmp_path, machine):
    disk.make_folders(tmp_path / "a" / "b", within=tmp_path)
    assert (tmp_path / "a" / "b").is_dir()
    assert machine.asked == ["mkdir", "open", "fsync", "close"] * 2


def test_a_folder_that_is_there_is_synced_again_since_a_crash_may_have_left_it_so(tmp_path, machine):
    (tmp_path / "a").mkdir()
    disk.make_folders(tmp_path / "a", within=tmp_path)
    assert machine.asked == ["mkdir", "open", "fsync", "close"]


def test_a_folder_that_cannot_be_made_is_refused(tmp_path, machine):
    machine.mkdir = failing(FULL)
    with pytest.raises(DiskRefused, match=r"could not make .*/a .No space left on device"):
        disk.make_folders(tmp_path / "a", within=tmp_path)


@pytest.mark.parametrize(
    ("call", "use", "says"),
    [
        ("link", lambda folder: disk.link(folder / "a", folder / "b"), "could not link"),
        ("rename", lambda folder: disk.move(folder / "a", folder / "b"), "could not rename"),
        ("unlink", lambda folder: disk.remove(folder / "a"), "could not remove"),
        ("write", lambda folder: disk.write_over(folder / "a"), "could not write over"),
    ],
)
def test_a_name_that_cannot_be_given_or_taken_is_refused(tmp_path, machine, call, use, says):
    (tmp_path / "a").write_bytes(b"abc")
    setattr(machine, call, failing(FULL))
    with pytest.raises(DiskRefused, match=f"{says} .*/a .No space left on device"):
        use(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_what_is_denied_is_told_by_its_own_name(tmp_path, machine):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        disk.make_folders(tmp_path / "file" / "a", within=tmp_path / "file")
    machine.open = failing(PermissionError(errno.EACCES, "Permission denied"))
    with pytest.raises(PermissionError):
        disk.put(tmp_path / "a", b"abc")


def test_a_new_file_is_written_where_nothing_is_and_over_nothing(tmp_path, machine):
    disk.put_new(tmp_path / "a", b"abc", mode=0o600)
    assert machine.asked == ["open", "write", "fsync", "close", "open", "fsync", "close"]
    assert ((tmp_path / "a").read_bytes(), (tmp_path / "a").stat().st_mode & 0o777) == (b"abc", 0o600)
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for there in ("a", "link"):
        with pytest.raises(FileExistsError):
            disk.put_new(tmp_path / there, b"x")
    assert ((tmp_path / "a").read_bytes(), (tmp_path / "nowhere").exists()) == (b"abc", False)
    machine.write = failing(FULL)
    with pytest.raises(DiskRefused, match="could not write"):
        disk.put_new(tmp_path / "b", b"abc")
    assert not (tmp_path / "b").exists()


def test_the_older_file_is_zeroed_through_its_handle_once_the_new_one_is_durable(tmp_path):
    (tmp_path / "a").write_bytes(b"secret")
    os.link(tmp_path / "a", tmp_path / "witness")
    disk.put_over(tmp_path / "a", b"kept", mode=0o600)
    assert ((tmp_path / "a").read_bytes(), (tmp_path / "witness").read_bytes()) == (b"kept", bytes(6))


@pytest.mark.parametrize("error", [errno.EPERM, errno.ENOTSUP])
def test_where_there_are_no_second_names_that_is_said(tmp_path, machine, error):
    (tmp_path / "a").write_bytes(b"x")
    machine.link = failing(OSError(error, os.strerror(error)))
    assert disk.link(tmp_path / "a", tmp_path / "b") is False


def test_folders_that_are_made_get_the_mode_that_is_given(tmp_path):
    disk.make_folders(tmp_path / "a" / "b", within=tmp_path, mode=0o700)
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("a", "a/b")} == {0o700}
