"""Refuse a tree that names a package registry or a machine, or whose lines end untidily.

Such a name works for one person and breaks for the next: a lock with an address in it
cannot be used behind a mirror, and a path of somebody's machine exists nowhere else.
It reads every text file that git keeps or would keep, not the ignored ones. A file whose
bytes are its publisher's (`-text` or `binary` in .gitattributes) may end its lines as it likes.

Usage: python tools/check_tree.py [DIRECTORY]
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

# Each is broken by a mark, so that this file does not find itself.
_HOSTS = (
    "pyp~i.org",
    "python~hosted.org",
    "registry.npm~js.org",
    "registry.yarn~pkg.com",
    "deb.deb~ian.org",
    "archive.ubun~tu.com",
    "static.crat~es.io",
    "index.crat~es.io",
    "conda.ana~conda.org",
    "proxy.gol~ang.org",
    "repo.maven.apa~che.org",
)
_FOLDERS = ("work", "farm", "tmp", "root", "home", "Users")

_HOST = re.compile("|".join(re.escape(host.replace("~", "")) for host in _HOSTS), re.IGNORECASE)
# A path that starts at the root: in `docs/home/`, `../home/` and `{case}/home/` it does not.
_MACHINE = re.compile(r"(?<![\w.~})*-])/(?:" + "|".join(_FOLDERS) + r")/")


def faults(root: Path) -> Iterator[str]:
    """Yield one line "file:line: what is wrong, and what to do" for every fault below a checkout."""
    for name, as_published in _listed(root):
        path = root / name
        # Deleted but not yet staged, or a link: the target is judged under its own name.
        if path.is_symlink() or not path.is_file():
            continue
        text = _text(path.read_bytes())
        if text is None:
            continue
        yield from (f"{name}:{line}: {said}" for line, said in _named(text))
        if not as_published:
            # An empty last column of a table is data.
            yield from (f"{name}:{line}: {said}" for line, said in _untidy(text, tabs=not name.endswith(".tsv")))


def _named(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if hit := _HOST.search(line):
            yield number, f'names the package registry "{hit[0]}"; leave the address to each user\'s settings'
        if hit := _MACHINE.search(line):
            yield number, f'names a path of one machine ("{hit[0]}"); say it relative to the checkout'


def _untidy(text: str, *, tabs: bool) -> Iterator[tuple[int, str]]:
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        if line != line.rstrip(" \t\r" if tabs else " \r"):
            yield number, "white space at the end of the line; remove it"
    if lines[-1]:
        yield len(lines), "the last line has no line end; add one"
    elif len(lines) > 1 and not lines[-2]:
        yield len(lines) - 1, "empty line at the end of the file; remove it"


def _listed(root: Path) -> list[tuple[str, bool]]:
    """Return each file that git keeps or would keep, and whether its bytes are its publisher's."""
    names = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    told = _git(root, "check-attr", "-z", "--stdin", "text", given=names).split("\0")
    untouched = {told[i] for i in range(0, len(told) - 2, 3) if told[i + 2] == "unset"}
    return [(name, name in untouched) for name in sorted(set(filter(None, names.split("\0"))))]


def _git(root: Path, *words: str, given: str = "") -> str:
    done = subprocess.run(["git", "-C", str(root), *words], input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{root} cannot be checked: git says {done.stderr.strip()!r}. Run this in a git checkout.")
    return done.stdout


def _text(content: bytes) -> str | None:
    """Return the text of a file, or None if it is not text."""
    if b"\0" in content[:8192]:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def main(root: Path) -> int:
    """Print every fault; return 1 if there was one."""
    found = list(faults(root))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
