"""Refuse a locked package whose licence would bind the people who use Watchkeeper.

Two lists, two rules:

- What a run needs (`requirements/run.txt`) is what users get. Each package must carry a licence
  of `PERMISSIVE`, or stand in `REVIEWED` with the licence that was found and a reason.
- Tools of `make test` and `make check` (the rest of `requirements/dev.txt`) are programs we start
  and never ship or import into the product. Any licence will do but GPL and AGPL, which need the
  same review; what is not permissive is listed so that nobody is surprised.

A licence is what the package says itself: its SPDX expression, else its classifiers, else its
short licence field. No statement, or one that cannot be read, counts as not permissive. A review
whose package has left the locks, or has changed its licence, fails too: it must be done again.

Usage: python tools/licences.py [--locks DIRECTORY] [--installed DIRECTORY]
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageMetadata, distributions
from pathlib import Path

PERMISSIVE = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "ISC", "MIT", "MIT-0", "PSF-2.0",
     "Python-2.0", "Unlicense", "Zlib"}
)  # fmt: skip

# Statements older than SPDX, as packages write them. "BSD License" does not say which of the
# two- and three-clause texts it is; both are permissive.
SPOKEN = {
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
}

# package: (licence found, why it may stay)
REVIEWED: Mapping[str, tuple[str, str]] = {
    "pyrage": (
        "no licence stated",
        "Its metadata name none; the LICENSE file in its wheel is the MIT licence, read at version 1.4.0.",
    ),
    "llvmlite": (
        "BSD-2-Clause AND Apache-2.0 WITH LLVM-exception",
        "Compiles the kernels. The exception only takes duties away: what LLVM compiles need not name it.",
    ),
    "pymerkle": (
        "GNU General Public License v3 or later (GPLv3+)",
        "Asked by one test whether its trees equal ours; never shipped, and no code of the product imports it.",
    ),
    "pathspec": (
        "MPL-2.0",
        "Part of the build backend; a run never imports it. The MPL binds changed copies of its files; we change none.",
    ),
}

_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)( ;)?")
_STRONG = re.compile(r"(?<!L)A?GPL|Affero|(?<!Lesser )General Public License", re.IGNORECASE)
_WORD = re.compile(r"\(|\)|[^\s()]+")


@dataclass(frozen=True, slots=True)
class Locked:
    """One line of a lock: a package, its version and where it stands."""

    name: str
    version: str
    elsewhere: bool  # the line has a condition, so the package may rightly be missing here
    where: str


def read_lock(path: Path) -> list[Locked]:
    """Return the packages of a lock as `uv pip compile` writes it; exit if there are none."""
    found = [
        Locked(_normal(hit[1]), hit[2], hit[3] is not None, f"{path.parent.name}/{path.name}:{number}")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if (hit := _LOCKED.match(line))
    ]
    if not found:
        sys.exit(f"{path}: no locked package found; an empty list would pass as checked. Remake it with `make lock`.")
    return found


def stated(distribution: Distribution) -> str:
    """Return what a package says of its licence, in SPDX words where they can be told, else as written."""
    said = distribution.metadata
    if expression := _field(said, "License-Expression"):
        return expression
    classes = [c.split(" :: ")[-1] for c in said.get_all("Classifier") or () if c.startswith("License :: ")]
    # "OSI Approved" alone says nothing.
    if told := [SPOKEN.get(c.lower(), c) for c in classes if c != "OSI Approved"]:
        return " AND ".join(told)
    lines = _field(said, "License").strip().splitlines()
    return SPOKEN.get(lines[0].strip().lower(), lines[0].strip()) if lines else "no licence stated"


def _field(said: PackageMetadata, name: str) -> str:
    return str(next(iter(said.get_all(name) or ()), ""))


def permissive(expression: str) -> bool:
    """Return whether every licence that binds is permissive; of "A OR B" one may be chosen."""
    words = _WORD.findall(expression)
    if not words or "WITH" in words:
        return False
    value, rest = _either(words)
    return value and not rest


def _either(words: list[str]) -> tuple[bool, list[str]]:
    value, words = _both(words)
    while words and words[0].upper() == "OR":
        other, words = _both(words[1:])
        value = value or other
    return value, words


def _both(words: list[str]) -> tuple[bool, list[str]]:
    value, words = _one(words)
    while words and words[0].upper() == "AND":
        other, words = _one(words[1:])
        value = value and other
    return value, words


def _one(words: list[str]) -> tuple[bool, list[str]]:
    if not words:
        return False, []
    if words[0] == "(":
        value, rest = _either(words[1:])
        return (value, rest[1:]) if rest[:1] == [")"] else (False, rest)
    return words[0] in PERMISSIVE, words[1:]


def judge(
    run: list[Locked],
    dev: list[Locked],
    installed: Mapping[str, Distribution],
    reviewed: Mapping[str, tuple[str, str]],
) -> tuple[list[str], list[str]]:
    """Return the faults, and the notes on tools whose licence is not permissive."""
    faults, notes = [], []
    shipped = {package.name for package in run}
    for package in [*run, *(p for p in dev if p.name not in shipped)]:
        here = installed.get(package.name)
        if here is None:
            if not package.elsewhere:
                faults.append(f"{package.where}: {package.name} is locked but not installed; nothing to check.")
            continue
        licence = stated(here)
        if permissive(licence):
            continue
        known, because = reviewed.get(package.name, ("", ""))
        told = f"{package.where}: {package.name} {here.version} has licence {licence!r}"
        if known and known != licence:
            faults.append(f"{told}, but {known!r} was reviewed. Review it again.")
        elif not known and (package.name in shipped or _STRONG.search(licence)):
            faults.append(f"{told}. Take another package, or add it to REVIEWED in tools/licences.py with a reason.")
        else:
            notes.append(f"{told}. {because or 'A tool of the checks: not shipped.'}")
    locked = {package.name for package in (*run, *dev)}
    gone = sorted(reviewed.keys() - locked)
    faults += [f"tools/licences.py: {name} is reviewed but no longer locked; remove it." for name in gone]
    return faults, notes


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main(arguments: list[str] | None = None) -> int:
    """Print notes and faults; return 1 if there was a fault."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--locks", type=Path, default=Path(__file__).parents[1] / "requirements")
    parser.add_argument("--installed", type=Path, help="site-packages to look into; default: this environment's")
    options = parser.parse_args(arguments)
    found = distributions(path=[str(options.installed)]) if options.installed else distributions()
    installed = {_normal(distribution.name): distribution for distribution in found}
    run, dev = (read_lock(options.locks / name) for name in ("run.txt", "dev.txt"))
    faults, notes = judge(run, dev, installed, REVIEWED)
    for line in (*notes, *faults):
        print(line)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
