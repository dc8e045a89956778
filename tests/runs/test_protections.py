"""Protections: what `doctor` says of the disk, the folder, the keys, the clock and the swap."""

from __future__ import annotations

import pytest

from watchkeeper.runs import protections as here
from watchkeeper.runs.protections import protections


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Return a machine whose /proc and /sys are folders of the test; nothing is mounted and no swap is on."""
    made = Machine(tmp_path / "machine")
    monkeypatch.setattr(here, "_MOUNTS", made.folder / "mountinfo")
    monkeypatch.setattr(here, "_SWAPS", made.folder / "swaps")
    monkeypatch.setattr(here, "_DEVICES", made.folder / "dev")
    monkeypatch.setattr(here, "_BLOCKS", made.folder / "block")
    monkeypatch.setattr(here, "_SYNCHRONISED", made.folder / "synchronized")
    made.swaps()
    return made


class Machine:
    def __init__(self, folder):
        self.folder = folder
        for name in ("devices", "dev", "block"):
            (folder / name).mkdir(parents=True)

    def device(self, name, number, *, on=(), uuid=None, loop=False, part_of=None):
        device = self.folder / "devices" / (f"{part_of}/{name}" if part_of else name)
        (device / "slaves").mkdir(parents=True)
        for below in on:
            (device / "slaves" / below).symlink_to(self.folder / "block" / below)
        if uuid:
            (device / "dm").mkdir()
            (device / "dm/uuid").write_text(f"{uuid}\n")
        if loop:
            (device / "loop").mkdir()
        if part_of:
            (device / "partition").write_text("1\n")
        (self.folder / "dev" / number).symlink_to(device)
        (self.folder / "block" / name).symlink_to(device)

    def mounts(self, *lines):
        (self.folder / "mountinfo").write_text("".join(f"{line}\n" for line in lines))

    def swaps(self, *names):
        rows = "".join(f"{name}\tpartition\t1048572\t0\t-2\n" for name in names)
        (self.folder / "swaps").write_text(f"Filename\t\tType\t\tSize\t\tUsed\t\tPriority\n{rows}")


def row(what, *words):
    return next(each for each in protections(*words) if each["what"].startswith(what))


def state(what, *words):
    return row(what, *words)["state"]


def test_each_row_says_what_it_found_and_what_follows(tmp_path):
    rows = protections(tmp_path)
    assert [sorted(each) for each in rows] == [["means", "state", "what"]] * 5
    assert {each["state"] for each in rows} <= {"ok", "off", "unknown"}
    assert all(each["means"] for each in rows)


def test_without_a_case_the_folder_is_unknown():
    assert (state("disk", None), state("case folder", None)) == ("unknown", "unknown")


def test_a_case_on_a_crypt_volume_is_encrypted(machine, tmp_path):
    machine.device("sda2", "8:2")
    machine.device("dm-0", "253:0", on=["sda2"], uuid="CRYPT-LUKS2-abc")
    machine.mounts("22 1 253:0 / / rw,relatime shared:1 - ext4 /dev/mapper/root rw")
    assert state("disk", tmp_path) == "ok"


def test_a_logical_volume_on_a_crypt_volume_is_encrypted(machine, tmp_path):
    machine.device("sda2", "8:2")
    machine.device("dm-0", "253:0", on=["sda2"], uuid="CRYPT-LUKS2-abc")
    machine.device("dm-1", "253:1", on=["dm-0"], uuid="LVM-xyz")
    machine.mounts("22 1 253:1 / / rw - ext4 /dev/mapper/vg-root rw")
    assert state("disk", tmp_path) == "ok"


def test_a_logical_volume_with_one_bare_disk_is_not(machine, tmp_path):
    machine.device("sda2", "8:2")
    machine.device("sdb1", "8:17")
    machine.device("dm-0", "253:0", on=["sda2"], uuid="CRYPT-LUKS2-abc")
    machine.device("dm-1", "253:1", on=["dm-0", "sdb1"], uuid="LVM-xyz")
    machine.mounts("22 1 253:1 / / rw - ext4 /dev/mapper/vg-root rw")
    assert state("disk", tmp_path) == "off"


def test_a_bare_partition_is_off_and_the_limit_of_the_check_is_said(machine, tmp_path):
    machine.device("vda1", "254:1")
    machine.mounts("22 1 254:1 / / rw - ext4 /dev/root rw")
    told = row("disk", tmp_path)
    assert told["state"] == "off"
    assert "cannot be seen from here" in told["means"]


def test_a_partition_of_an_array_of_crypt_volumes_is_encrypted(machine, tmp_path):
    machine.device("dm-0", "253:0", uuid="CRYPT-LUKS2-abc")
    machine.device("md0", "9:0", on=["dm-0"])
    machine.device("md0p1", "259:0", part_of="md0")
    machine.mounts("22 1 259:0 / / rw - ext4 /dev/md0p1 rw")
    assert state("disk", tmp_path) == "ok"


def test_a_volume_with_a_number_of_its_own_is_found_by_name(machine, tmp_path):
    # btrfs shows device 0:31.
    machine.device("dm-7", "253:7", uuid="CRYPT-LUKS2-abc")
    machine.mounts("22 1 0:31 /@ / rw - btrfs /dev/dm-7 rw,subvol=/@")
    assert state("disk", tmp_path) == "ok"


@pytest.mark.parametrize(
    ("source", "expected"),
    [("tmpfs tmpfs", "unknown"), ("zfs tank/cases", "unknown"), ("fuse.gocryptfs /" + "home/a/locked", "ok")],
)
def test_a_file_system_on_no_block_device(machine, tmp_path, source, expected):
    machine.mounts(f"22 1 0:40 / / rw - {source} rw")
    assert state("disk", tmp_path) == expected


def test_a_file_used_as_a_disk_cannot_be_told(machine, tmp_path):
    machine.device("loop0", "7:0", loop=True)
    machine.mounts("22 1 7:0 / / rw - ext4 /dev/loop0 rw")
    assert state("disk", tmp_path) == "unknown"


def test_without_the_kernels_list_of_mounts_nothing_is_claimed(machine, tmp_path):
    assert state("disk", tmp_path) == "unknown"


def test_the_deepest_mount_counts_and_of_two_on_one_point_the_later(machine, tmp_path):
    (tmp_path / "my case").mkdir()
    machine.device("vda1", "254:1")
    machine.device("dm-0", "253:0", uuid="CRYPT-LUKS2-abc")
    spaced = f"{tmp_path}/my\\040case"
    bare, locked = "254:1 / {} rw - ext4 /dev/vda1 rw", "253:0 / {} rw - ext4 /dev/dm-0 rw"
    machine.mounts(f"22 1 {bare.format('/')}", f"23 1 {bare.format(spaced)}", f"24 1 {locked.format(spaced)}", "short")
    assert state("disk", tmp_path / "my case") == "ok"
    assert state("disk", tmp_path) == "off"


def test_a_folder_that_every_user_can_enter_is_named_with_what_to_type(tmp_path, monkeypatch):
    monkeypatch.setattr(here, "_mode", lambda path: 0o40755)
    told = row("case folder", tmp_path)
    assert told["state"] == "off"
    assert f"chmod 700 {tmp_path}" in told["means"]


@pytest.mark.parametrize("mode", [0o700, 0o750, 0o770])
def test_a_folder_shut_to_others_is_closed(tmp_path, mode):
    (tmp_path / "case").mkdir()
    (tmp_path / "case").chmod(mode)
    assert state("case folder", tmp_path / "case") == "ok"


def test_a_folder_in_one_that_is_shut_to_others_is_closed(tmp_path):
    (tmp_path / "home/case").mkdir(parents=True)
    (tmp_path / "home").chmod(0o700)
    (tmp_path / "home/case").chmod(0o755)
    assert state("case folder", tmp_path / "home/case") == "ok"


def test_a_folder_that_is_not_there_is_unknown(tmp_path):
    assert state("case folder", tmp_path / "none") == "unknown"


def test_keys_for_their_owner_alone_are_ok(tmp_path):
    key = tmp_path / "signing.key"
    key.touch(mode=0o600)
    assert state("secret keys", None, [key]) == "ok"
    assert state("secret keys", None, [tmp_path]) == "ok"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_key_that_others_may_touch_is_named(tmp_path, mode):
    (tmp_path / "a.key").touch(mode=0o600)
    for name in ("b.key", "c.key"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    told = row("secret keys", None, [tmp_path])
    assert told["state"] == "off"
    assert f"{tmp_path}/b.key and 1 more" in told["means"]


def test_keys_that_are_not_named_or_not_there_are_unknown(tmp_path):
    assert state("secret keys", None) == "unknown"
    assert state("secret keys", None, [tmp_path]) == "unknown"
    told = row("secret keys", None, [tmp_path / "gone.key"])
    assert (told["state"], "gone.key" in told["means"]) == ("unknown", True)


@pytest.mark.parametrize(("kernel", "expected"), [(True, "ok"), (False, "off"), (None, "unknown")])
def test_the_kernel_says_whether_its_clock_is_synchronised(machine, monkeypatch, kernel, expected):
    monkeypatch.setattr(here, "_kernel_clock", lambda: kernel)
    assert state("clock", None) == expected


def test_the_word_of_the_time_service_is_enough(machine, monkeypatch):
    monkeypatch.setattr(here, "_kernel_clock", lambda: False)
    (machine.folder / "synchronized").touch()
    assert state("clock", None) == "ok"


class Library:
    """A C library whose adjtimex answers as told."""

    def __init__(self, answer):
        self.adjtimex = lambda _: answer


@pytest.mark.parametrize(("answer", "expected"), [(0, True), (5, False), (-1, None)])
def test_the_kernels_answer_is_read(monkeypatch, answer, expected):
    monkeypatch.setattr(here.ctypes, "CDLL", lambda _: Library(answer))
    assert here._kernel_clock() is expected


def test_a_system_without_that_question_is_unknown(monkeypatch):
    monkeypatch.setattr(here.ctypes, "CDLL", lambda _: object())
    assert here._kernel_clock() is None


def test_the_real_kernel_can_be_asked():
    assert here._kernel_clock() in {True, False, None}


def test_no_swap_and_swap_in_memory_are_ok(machine):
    assert state("swap", None) == "ok"
    machine.swaps("/dev/zram0")
    assert state("swap", None) == "ok"


def test_swap_on_a_bare_partition_is_off(machine):
    machine.device("vda2", "254:2")
    machine.device("dm-3", "253:3", uuid="CRYPT-PLAIN-swap")
    machine.swaps("/dev/dm-3", "/dev/vda2")
    told = row("swap", None)
    assert told["state"] == "off"
    assert "can be left on /dev/vda2:" in told["means"]


def test_swap_on_a_crypt_volume_is_ok(machine):
    machine.device("dm-3", "253:3", uuid="CRYPT-PLAIN-swap")
    machine.swaps("/dev/dm-3")
    assert state("swap", None) == "ok"


def test_a_swap_file_is_as_safe_as_its_volume(machine, tmp_path):
    machine.device("vda1", "254:1")
    machine.mounts("22 1 254:1 / / rw - ext4 /dev/vda1 rw")
    machine.swaps(tmp_path / "swapfile")
    assert state("swap", None) == "off"


def test_swap_that_cannot_be_traced_or_listed_is_unknown(machine):
    machine.swaps("/dev/vdz9")
    assert state("swap", None) == "unknown"
    (machine.folder / "swaps").unlink()
    assert state("swap", None) == "unknown"
