"""Compiled kernels are kept per user, version and source, and where nothing can be written they work all the same."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import watchkeeper
from watchkeeper.methods.taint import compiled


def _answer(folder: Path, **settings: str) -> tuple[str, list[str]]:
    """Run a kernel in a process of its own, and return what it printed and the folders it made."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA_")}
    environment |= {"XDG_CACHE_HOME": str(folder), **settings}
    code = (
        "import numpy as np\n"
        "from watchkeeper.methods.taint import compiled, fifo64\n"
        "from watchkeeper.methods.taint.compiled_accounts import fit, follow_compiled\n"
        "from watchkeeper.methods.taint.history import Theft, Transfers\n"
        "from watchkeeper.methods.taint.options import Options\n"
        "transfers, thefts = Transfers([4, 5], [5, 3], [3, 3], 6), [Theft(0, 4, 3, 0)]\n"
        "columns = fit(transfers, thefts, 'fifo')\n"
        "found = follow_compiled(transfers, columns, thefts, 'fifo', Options.of({}), frozenset({0, 1, 2, 3}))\n"
        "print(compiled.PLAIN, found[0].arrived)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    kept = folder / "watchkeeper" if folder.is_dir() else folder
    return done.stdout.strip(), sorted(path.name for path in kept.iterdir()) if kept.is_dir() else []


def test_kernels_are_kept_in_a_folder_of_the_user_named_by_version_and_source(tmp_path):
    said, folders = _answer(tmp_path)
    assert said == "False {3: {0: 3}}"
    assert len(folders) == 1
    assert folders[0].startswith(f"kernels-{watchkeeper.__version__}-")
    assert list((tmp_path / "watchkeeper" / folders[0]).rglob("*.nbi"))


def test_where_nothing_can_be_kept_kernels_are_compiled_anew(tmp_path):
    # A file where the folder should be stops even an administrator.
    (tmp_path / "taken").write_text("not a folder")
    assert _answer(tmp_path / "taken") == ("False {3: {0: 3}}", [])


def test_without_a_compiler_the_same_files_run_in_plain_python(tmp_path):
    assert _answer(tmp_path, NUMBA_DISABLE_JIT="1")[0] == "True {3: {0: 3}}"


def test_in_a_folder_named_by_the_user_versions_and_sources_stay_apart(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "mine"))
    folder = compiled.cache_folder()
    assert folder.parent == tmp_path / "mine"
    assert folder.name.startswith(f"kernels-{watchkeeper.__version__}-")
    # A process that this one starts takes the same folder, not one within it.
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(folder))
    assert compiled.cache_folder() == folder
    (tmp_path / "taken").write_text("not a folder")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "taken"))
    assert compiled.cache_folder() is None


def test_a_change_of_any_file_of_the_room_takes_another_folder(tmp_path, monkeypatch):
    # numba watches the file of a kernel alone: a helper changed in another file would go on as it was.
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    room = tmp_path / "taint"
    shutil.copytree(Path(compiled.__file__).parent, room, ignore=shutil.ignore_patterns("__pycache__"))
    before = compiled.cache_folder(room)
    assert before == compiled.cache_folder()
    helper = room / "shares64.py"
    helper.write_text(helper.read_text() + "# changed\n")
    changed = compiled.cache_folder(room)
    helper.rename(room / "shares63.py")
    assert len({before, changed, compiled.cache_folder(room)}) == 3


def _upper(a, b):
    return compiled.high_product(a, b)


@pytest.mark.parametrize("product", [compiled.high_product, compiled._plain_high_product])
def test_the_upper_word_of_a_product(product):
    square = product if compiled.PLAIN or product is compiled._plain_high_product else compiled.kernel(_upper)
    top = np.uint64(2**64 - 1)
    assert int(square(top, top)) == 2**64 - 2
    assert int(square(np.uint64(2**32), np.uint64(2**32 - 1))) == 0
