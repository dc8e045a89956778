"""Canary: whatever stands in an AMBER or RED statement or field is in no byte of a public bundle.

The ledgers of chance are those of the reports' own test; here each is a case on disk, in a folder and under a login
name that are canaries too, and what is searched is what a stranger gets: every file of the bundle unpacked, the names
of the files, and what the command printed.
"""

from __future__ import annotations

import json

import pytest
from tests.faults.scale import trials
from tests.report.test_clearance import CANARY, DAY, PLAN, found_in, made

from watchkeeper.evidence import verify
from watchkeeper.report import compose
from watchkeeper.store.case import Case

AT = "2024-12-31T12:00:00Z"


@pytest.fixture
def handed_over(watchkeeper, monkeypatch, tmp_path, clock):
    """Return a function that makes a case of a seed, builds its report and bundles it; it gives files and words."""
    clock(DAY)

    def hand_over(seed, clearance):
        told = made(seed)
        monkeypatch.setattr(compose, "plan", lambda _: PLAN)
        monkeypatch.setattr(compose, "chapter_texts", lambda _: {"x.md": told.text})
        case = Case.create(tmp_path / f"{CANARY}-{seed}")
        case.append([_entry(one) for one in (*told.open, *told.closed)], at=AT, by=CANARY)
        built = watchkeeper(
            "report", "build", PLAN.id, "--name", "r", "--as-of", DAY, "--by", CANARY, "--case", case.folder
        )
        assert built.code == 0, built.err
        out = tmp_path / f"out-{seed}"
        said = watchkeeper(
            "bundle", "make", "r", "--clearance", clearance, "--out", out, "--by", CANARY, "--case", case.folder
        )
        assert said.code == 0, said.err
        return verify.load(out / f"r-{clearance}.zip"), said.out + said.err + (out / f"r-{clearance}.zip").name

    return hand_over


def _entry(one):
    return {key: one[key] for key in ("kind", "id", "body", "tlp", "from") if one.get(key) is not None}


@pytest.mark.parametrize("seed", range(trials(200)))
def test_no_byte_of_it_is_in_a_public_bundle(seed, handed_over):
    files, words = handed_over(seed, "CLEAR")
    for name, data in files.items():
        assert found_in(name, data) == [], name
    assert found_in("words", (words + json.dumps(list(files))).encode()) == []
    outcome = verify.check(files)
    assert outcome.sound, (outcome.faults, [v for v in outcome.verdicts if v.verdict == "FAILED"])


def test_the_same_search_finds_it_in_the_bundle_of_a_reader_who_may_see_it(handed_over):
    """Positive control."""
    files, _ = handed_over(0, "RED")
    assert found_in("data/record/statements.jsonl", files["data/record/statements.jsonl"])
    assert verify.check(files).sound
