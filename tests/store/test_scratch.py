"""Scratch: a folder to build in goes at the end, also that of a builder who was killed, and no other's."""

from __future__ import annotations

import pytest

from watchkeeper.store.scratch import scratch, sweep


def left(folder):
    return sorted(path.name for path in folder.iterdir())


def test_it_is_gone_when_the_building_is_done_or_fails(tmp_path):
    with scratch(tmp_path, ".new-") as folder:
        (folder / "a").write_text("a")
        assert left(tmp_path) == [folder.name]
    assert left(tmp_path) == []
    with pytest.raises(KeyboardInterrupt), scratch(tmp_path, ".new-"):
        raise KeyboardInterrupt
    assert left(tmp_path) == []


def test_what_a_killed_builder_left_goes_when_another_begins_and_nothing_else(tmp_path):
    (tmp_path / ".new-killed").mkdir()
    (tmp_path / ".new-killed" / "claim.parquet").write_text("words")
    (tmp_path / ".new-file").write_text("words")
    (tmp_path / "new-mine").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".new-link").symlink_to(tmp_path / "elsewhere")
    with scratch(tmp_path, ".new-"):
        pass
    assert left(tmp_path) == ["elsewhere", "new-mine"]


def test_what_a_builder_is_at_work_in_is_not_removed(tmp_path):
    with scratch(tmp_path, ".new-") as one:
        sweep(tmp_path, ".new-")
        with scratch(tmp_path, ".new-") as other:
            assert left(tmp_path) == sorted([one.name, other.name])


def test_where_there_is_no_folder_nothing_is_left(tmp_path):
    sweep(tmp_path / "nowhere", ".new-")
    assert left(tmp_path) == []
