"""The wheel: what is in the tree is what users get."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_file_of_the_package_is_in_the_wheel(tmp_path):
    # A copy, because the build leaves its traces beside pyproject.toml; with one file of each kind of data.
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE", ".gitignore"):
        shutil.copy(ROOT / name, tmp_path)
    for kind in ("yml", "csv", "typ", "html", "css", "md", "json"):
        (tmp_path / f"src/watchkeeper/report/planted.{kind}").write_text("\n", encoding="utf-8")
    wanted = {str(p.relative_to(tmp_path / "src")) for p in (tmp_path / "src").rglob("*") if p.is_file()}

    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path / "dist")]
    subprocess.run(build, cwd=tmp_path, check=True, capture_output=True)

    [wheel] = (tmp_path / "dist").glob("watchkeeper-*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    assert wanted <= held
    assert {name.rpartition("/")[2] for name in held if "/licenses/" in name} == {"LICENSE", "NOTICE"}
