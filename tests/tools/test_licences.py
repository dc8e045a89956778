"""licences: what users get is permissive, and every exception was looked at by a person."""

from __future__ import annotations

from importlib.metadata import distributions

import pytest

import licences


@pytest.fixture
def judged(tmp_path):
    """Return a function that installs and locks packages, one "name | metadata" a line, and judges them."""

    def judge(run: str, dev: str = "", reviewed: dict[str, tuple[str, str]] | None = None):
        locks = {}
        for lock, table in (("run", run), ("dev", f"{run}\n{dev}")):
            rows = [[cell.strip() for cell in row.split("|")] for row in table.splitlines() if row.strip()]
            for name, metadata in rows:
                folder = tmp_path / f"site/{name}-1.0.dist-info"
                folder.mkdir(parents=True, exist_ok=True)
                (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{metadata}\n")
            text = "".join(f"{name}==1.0 \\\n    --hash=sha256:00\n" for name, _ in rows)
            (tmp_path / f"{lock}.txt").write_text(text)
            locks[lock] = licences.read_lock(tmp_path / f"{lock}.txt")
        installed = {d.name: d for d in distributions(path=[str(tmp_path / "site")])}
        return licences.judge(locks["run"], locks["dev"], installed, reviewed or {})

    return judge


@pytest.mark.parametrize(
    "metadata",
    [
        "License-Expression: MIT",
        "License-Expression: Apache-2.0 OR BSD-2-Clause",
        "License-Expression: GPL-2.0-only OR MIT",  # the user may choose
        "License-Expression: MIT AND (BSD-3-Clause OR GPL-3.0-only)",
        "Classifier: License :: OSI Approved :: Apache Software License",
        "License: BSD 2-Clause License",
    ],
)
def test_a_permissive_licence_passes_however_it_is_stated(judged, metadata):
    assert judged(f"good | {metadata}") == ([], [])


@pytest.mark.parametrize(
    ("metadata", "found"),
    [
        ("License-Expression: GPL-3.0-or-later", "GPL-3.0-or-later"),
        ("License-Expression: AGPL-3.0-only", "AGPL-3.0-only"),
        ("License-Expression: LGPL-2.1-only", "LGPL-2.1-only"),
        ("License-Expression: MIT AND MPL-2.0", "MIT AND MPL-2.0"),
        ("Classifier: License :: OSI Approved :: GNU Affero General Public License v3", "GNU Affero"),
        ("License: You may not use this commercially", "You may not"),
        ("License-Expression: MIT AND", "MIT AND"),  # cut short: it cannot be read
        ("Classifier: License :: OSI Approved", "no licence stated"),
        ("Summary: says nothing", "no licence stated"),
    ],
)
def test_what_users_get_may_carry_no_other_licence(judged, metadata, found):
    [fault], _ = judged(f"fine | License-Expression: MIT\nbad | {metadata}")
    # Two lines a package, so the second one stands in line 3.
    assert fault.split(" ")[:3] == [f"{fault.partition('/')[0]}/run.txt:3:", "bad", "1.0"]
    assert found in fault


def test_a_tool_of_the_checks_may_be_weaker_but_not_gpl(judged):
    run = "good | License-Expression: MIT"
    faults, notes = judged(run, "tool | License-Expression: MPL-2.0\nlib | License-Expression: LGPL-3.0-only")
    assert (faults, len(notes)) == ([], 2)
    [fault], _ = judged(run, "tool | License-Expression: GPL-2.0-only")
    assert "tool 1.0 has licence 'GPL-2.0-only'" in fault


def test_a_review_holds_for_the_licence_that_was_read_and_no_other(judged):
    row = "font | License-Expression: OFL-1.1"
    assert judged(row, reviewed={"font": ("OFL-1.1", "Embedding is allowed.")})[0] == []
    [fault], _ = judged(row, reviewed={"font": ("OFL-1.0", "Embedding is allowed.")})
    assert "'OFL-1.0' was reviewed. Review it again." in fault


def test_a_review_without_its_package_must_go(judged):
    [fault], _ = judged("good | License-Expression: MIT", reviewed={"gone": ("MPL-2.0", "Once needed.")})
    assert "gone is reviewed but no longer locked" in fault


def test_a_locked_package_that_is_missing_fails_unless_its_line_has_a_condition(tmp_path):
    (tmp_path / "run.txt").write_text("winlib==1.0 ; sys_platform == 'win32' \\\nmissing==2.0 \\\n")
    [fault], _ = licences.judge(licences.read_lock(tmp_path / "run.txt"), [], {}, {})
    assert "run.txt:2: missing is locked but not installed" in fault


def test_an_empty_lock_does_not_pass_as_checked(tmp_path):
    (tmp_path / "run.txt").write_text("# nothing\n")
    with pytest.raises(SystemExit, match="make lock"):
        licences.read_lock(tmp_path / "run.txt")


def test_what_is_installed_here_passes(capsys):
    assert licences.main([]) == 0
    assert "pathspec" in capsys.readouterr().out
