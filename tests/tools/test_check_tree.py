"""check_tree: what would break on another machine is named with file and line."""

from __future__ import annotations

import subprocess

import pytest

import check_tree

# In pieces, or the gate would find this file.
HOST = "files.python" + "hosted.org"
MACHINE = "/home" + "/ann/case"


@pytest.fixture
def checkout(tmp_path):
    """Return a function that writes files into a git checkout and gives the faults found there."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)

    def write(**files: str | bytes) -> list[str]:
        for name, content in files.items():
            path = tmp_path / name.replace("__", ".")
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        subprocess.run(["git", "-C", str(tmp_path), "add", "--all"], check=True)
        return list(check_tree.faults(tmp_path))

    return write


def test_a_tidy_tree_has_no_faults(checkout):
    assert checkout(a__md="See docs/home/ and ../work/ and {case}/tmp/x.\n", b__py="", c__yml="- 1\n- 2\n") == []


def test_a_registry_is_named_with_file_and_line(checkout):
    [fault] = checkout(lock__txt=f"a==1\n    # from https://{HOST}/simple\n")
    assert fault.startswith("lock.txt:2: names the package registry")


def test_a_path_of_one_machine_is_named_with_file_and_line(checkout):
    [fault] = checkout(guide__md=f"First,\nopen {MACHINE} and look.\n")
    assert fault.startswith("guide.md:2: names a path of one machine")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a \nb\n", 1),  # a blank at the end
        ("a\nb\t\n", 2),  # a tab
        ("a\r\nb\n", 1),  # a line end of Windows
        ("a\nb", 2),  # no line end
        ("a\n\n", 2),  # an empty last line
    ],
)
def test_untidy_line_ends_are_named_with_file_and_line(checkout, content, line):
    [fault] = checkout(a__yml=content)
    assert fault.startswith(f"a.yml:{line}: ")


def test_a_file_not_yet_added_is_read_too(checkout, tmp_path):
    checkout(a__md="a\n")
    (tmp_path / "new.md").write_text("a", encoding="utf-8")
    assert [fault.partition(": ")[0] for fault in check_tree.faults(tmp_path)] == ["new.md:1"]


def test_ignored_and_binary_files_are_left_alone(checkout):
    assert checkout(__gitignore=".venv\n", __venv=MACHINE, a__bin=b"\0" + MACHINE.encode()) == []


def test_a_published_file_keeps_its_line_ends_but_may_not_name_a_machine(checkout):
    [fault] = checkout(__gitattributes="list.csv -text\n", list__csv=f"id \r\n{MACHINE}/x")
    assert fault.startswith("list.csv:2: names a path")


def test_an_empty_last_column_is_data(checkout):
    assert checkout(a__tsv="id\tname\t\n") == []


def test_outside_a_checkout_nothing_passes_as_checked(tmp_path):
    with pytest.raises(SystemExit, match="Run this in a git checkout"):
        list(check_tree.faults(tmp_path))


def test_the_exit_code_tells(checkout, tmp_path, capsys):
    checkout(a__md="a\n")
    assert check_tree.main(tmp_path) == 0
    checkout(b__md="b")
    assert check_tree.main(tmp_path) == 1
    assert capsys.readouterr().out == "b.md:1: the last line has no line end; add one\n"
