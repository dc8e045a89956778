"""What the tests of faults share: a folder in memory, since they write much and no trial may wait for a busy disk."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder made in it has a name that nobody can foretell


@pytest.fixture
def workshop(tmp_path):
    """Return a folder in memory; an ordinary one where there is none such."""
    if not _IN_MEMORY.is_dir():
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(prefix="watchkeeper-", dir=_IN_MEMORY))
    yield folder
    shutil.rmtree(folder)
