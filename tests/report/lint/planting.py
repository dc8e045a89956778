"""Planting: sentences put into a chapter of many lines, several to a file, wrapped at different widths."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
WIDTHS = (200, 23, 40, 72)
KINDS = ("{}", "- {}", "! {}", ":box The record\n- {}")
FILLER = "The record is read with care, and each row of it names its source."


@dataclass(frozen=True)
class Planted:
    """A planted sentence: the rule expected to refuse it, its text without brackets, and where the marked words are."""

    group: str
    rule: str
    sentence: str
    begin: int
    marked: str


def told(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / name).read_text("utf-8"))


def planted(name: str) -> list[Planted]:
    return [_planted(group, entry["rule"], line) for group, entry in told(name)["groups"].items()
            for line in entry["sentences"].splitlines()]  # fmt: skip


def _planted(group: str, rule: str, line: str) -> Planted:
    found = re.search(r"\[([^\]]+)\]", line)
    assert found is not None, line
    return Planted(group, rule, line[: found.start()] + found[1] + line[found.end() :], found.start(), found[1])


def wrap(sentence: str, width: int) -> list[str]:
    """Return the lines of a sentence; a placeholder stands on one line, as the markup asks."""
    whole = re.sub(r"\{[^}]*\}", lambda m: m[0].replace(" ", "~"), sentence)
    lines = textwrap.wrap(whole, width, break_long_words=False, break_on_hyphens=False)
    return [line.replace("~", " ") for line in lines]


def chapter(sentence: str, width: int, kind: str) -> tuple[str, int]:
    """Return a chapter that holds a sentence, and the line at which its block begins."""
    wrapped = "\n".join(wrap(sentence, width))
    before = f"# Planted\n\n{FILLER}\n{FILLER}\n\n## Here\n\n"
    block = kind.format(wrapped)
    start = before.count("\n") + 1 + block[: block.index(wrapped)].count("\n")
    return f"{before}{block}\n\n{FILLER}\n", start


def place(one: Planted, width: int, kind: str) -> tuple[str, int, int]:
    """Return a chapter and the line and column at which the marked words of a planted sentence begin in it."""
    text, start = chapter(one.sentence, width, kind)
    wrapped = wrap(one.sentence, width)
    lead = len(kind.rsplit("\n", maxsplit=1)[-1].replace("{}", ""))
    at = one.begin
    for line, words in enumerate(wrapped):
        if at <= len(words):
            return text, start + line, at + 1 + (lead if line == 0 else 0)
        at -= len(words) + 1
    raise AssertionError(one)
