"""The layout is held by machines: each test breaks a rule in a copy of the tree and sees it refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def tree(tmp_path):
    """Return a copy of the sources with the rules that hold for them."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def plant(tree: Path, file: str, line: str) -> int:
    """Append a line to a file below src/watchkeeper, made if it is new; return its number."""
    path = tree / "src/watchkeeper" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{before}{line}\n", encoding="utf-8")
    return before.count("\n") + 1


def lint_imports(tree: Path) -> tuple[int, str]:
    # The copy must win over the installed project.
    environment = os.environ | {"PYTHONPATH": str(tree / "src"), "COLUMNS": "200", "NO_COLOR": "1"}
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return _run([sys.executable, "-c", program, "--no-cache", "--no-logo"], tree, environment)


def ruff(tree: Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select=TID251", "--output-format=concise", "src"]
    return _run(command, tree, dict(os.environ))


def _run(command: list[str], tree: Path, environment: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_tree_as_it_is_keeps_every_rule(tree):
    code, words = lint_imports(tree)
    assert code == 0, words
    assert "0 broken" in words
    assert ruff(tree)[0] == 0


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        # A database in a core room.
        ("ledger/__init__.py", "import duckdb", "watchkeeper.ledger -> duckdb (l.{})"),
        # A connection, in a module of a core room and not in its face.
        ("sources/planted.py", "import urllib.request", "watchkeeper.sources.planted -> urllib (l.{})"),
        # Upwards by one: what is held may not know what is shown.
        ("ledger/planted.py", "import watchkeeper.report", "watchkeeper.ledger.planted -> watchkeeper.report (l.{})"),
        # Upwards from the bottom, inside a function.
        (
            "values/planted.py",
            "def f(): import watchkeeper.cli",
            "watchkeeper.values.planted -> watchkeeper.cli (l.{})",
        ),
        # Sideways: two rooms of one layer.
        ("fetch/planted.py", "import watchkeeper.store", "watchkeeper.fetch.planted -> watchkeeper.store (l.{})"),
    ],
)
def test_an_import_against_the_layout_is_named_with_its_line(tree, file, line, said):
    number = plant(tree, file, line)
    code, words = lint_imports(tree)
    assert code == 1
    assert said.format(number) in words


def test_a_room_without_a_place_in_the_layout_is_refused(tree):
    plant(tree, "attic/__init__.py", '"""A new room."""')
    code, words = lint_imports(tree)
    assert code == 1
    assert "watchkeeper.attic" in words


@pytest.mark.parametrize(
    "line",
    [
        "from datetime import UTC, datetime\nNOW = datetime.now(UTC)",
        "import datetime as dt\nTODAY = dt.date.today()",
        "import time\nNOW = time.time()",
        "import uuid\nID = uuid.uuid4()",
        "import random",
        "from random import Random",
    ],
    ids=["now", "today", "time", "uuid4", "random", "Random"],
)
def test_clock_and_chance_are_refused_in_a_core_room_with_file_and_line(tree, line):
    first = plant(tree, "ledger/planted.py", line)
    code, words = ruff(tree)
    assert code == 1
    assert f"src/watchkeeper/ledger/planted.py:{first + line.count(chr(10))}:" in words
    assert "TID251" in words


def test_the_clock_may_be_read_in_fetch(tree):
    plant(tree, "fetch/planted.py", "from datetime import UTC, datetime\nNOW = datetime.now(UTC)")
    assert ruff(tree)[0] == 0
