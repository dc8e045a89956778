"""Canary: what people decide, ask and publish is closed as far as it says; no byte of it is in what leaves the house.

One case holds every kind of statement that a publication rests on, with canaries in all that an AMBER or RED label, a
field closer kept than its statement, an encryption or a source of which only a hash may be passed on closes. What is
searched is every file that a stranger can be given: bundles of a draft and of a publication, the letter, the exports.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

import pytest
from tests.faults.scale import chance, trials
from tests.ledger.tables import statement
from tests.report.named_parties import claim, fact, party, record, request, reviewed, step
from tests.report.test_clearance import CANARY, found_in
from tests.runs.test_publishing import NOTES, PLAN, TEXT

from watchkeeper.evidence import verify
from watchkeeper.runs import bundling, publishing, reporting
from watchkeeper.runs.exporting import export_ftm, export_stix
from watchkeeper.runs.request_reading import write_letter
from watchkeeper.store.case import Case

DAY, AT = date(2024, 12, 31), "2024-12-31T12:00:00Z"
LATER = "2025-01-31T12:00:00Z"
REPLY, HELD = "ab" * 32, "cd" * 32
SECRET_NUMBER = 987654321
ASKED = "KzanarievraagQx"  # whom a letter goes to and what is asked: in the letter, and nowhere else
HIDDEN = {"source_id": "REPLY", "quote": CANARY, "author": CANARY}  # REPLY is of those that give a hash alone
BASIS = {"lawful_basis": CANARY, "retain_until": "2034-12-31"}


def link(subject, target, **cells):
    row = {"subject": subject, "relation": "controls", "object": target, "source_id": "FILING", "checked": "text",
           "published_on": "2024-01-31", "entered_on": "2024-12-01", "author": CANARY}  # fmt: skip
    return statement("link", {**row, **cells})


def decision(subject, verdict, tlp, other=None, by=f"{CANARY}-1"):
    row = {"subject": subject, "other": other, "verdict": verdict, "reason": CANARY, "author": by,
           "decided_on": "2024-12-01"}  # fmt: skip
    made = statement("decision", {key: value for key, value in row.items() if value})
    return made | {"id": f"d-{subject}-{verdict}-{by[-1]}", "tlp": tlp}


def opened():
    """Return what anybody may see, with canaries in the fields that are closer kept than their statements."""
    translated = {"quote_translation": CANARY, "translator": CANARY, "lang": "ko"}
    by = {"author": CANARY}
    told = [
        claim("A1", "attribution", "A group", stance="attributes", stated_by="A court", confidence="low", **by),
        claim("A1", "loss_reported", low="49", unit="USD", **by),
        claim("A1", "modus", "by mail", **HIDDEN, **translated),
        *party("P-1", "Example Exchange", **HIDDEN),
        *party("P-2", "Another Exchange", **by),
        link("P-1", "P-2", **HIDDEN),
        request(1, "P-1"),
        step(1, "sent", channel=CANARY),
        step(1, "replied", "2024-12-20", capture=REPLY, may_publish="no"),
    ]
    for subject in ("A1", "P-1", "P-2"):
        told += reviewed(subject, (f"{CANARY}-1", f"{CANARY}-2"))
    return [_asking(one) for one in told]


def _asking(one):
    words = {"addressee": ASKED, "questions": [ASKED], "author": CANARY}
    return one | {"body": {**one["body"], **words}} if one["kind"] == "request" else one


def closed(label):
    """Return what readers of CLEAR may not see."""
    said = {"note": CANARY, "locator": CANARY, "author": CANARY, "stated_by": CANARY}
    told = [
        fact("P-1", "alias", CANARY, **said),
        fact("P-1", "phone", CANARY, **said),
        *party("P-9", CANARY, **said),
        link("P-1", "P-9", **said),
        link("P-2", "P-1", **said),
        claim("A1", "victim", CANARY, **{key: cell for key, cell in said.items() if key != "stated_by"}),
        request(2, None, "A1"),
        step(2, "waived", reason=CANARY),
        request(SECRET_NUMBER, "P-2"),  # of a party that the text names
        step(SECRET_NUMBER, "waived", reason=CANARY),
        decision("A1", "contested", label),
    ]
    for name in (REPLY, HELD):
        held = {"name": CANARY, "bytes": 1, "format": "PDF document", "obtained_from": CANARY}
        told.append({"kind": "capture", "id": name, "body": held})
    return [_asking(one) | {"tlp": label} for one in told]


def personal():
    """Return a person whose words are encrypted; the statement itself is AMBER."""
    name = fact("P-3", "name", CANARY, note=CANARY)
    why = {"body/value": BASIS, "body/note": BASIS}
    return [statement("party", {"party_id": "P-3", "kind": "person"}), name | {"tlp": "AMBER", "personal": why}]


@dataclass
class Out:
    """What left the house: files by name, and the words that were said about them."""

    files: dict[str, bytes]
    words: str


@pytest.fixture
def handed_out(monkeypatch, tmp_path, clock):
    """Return a function that makes the case, publishes from it, and hands everything out at a clearance."""
    monkeypatch.setattr("watchkeeper.report.compose.plans", lambda: {"small": PLAN})
    monkeypatch.setattr("watchkeeper.report.compose.chapter_texts", lambda _: {"report/chapters/small.md": TEXT})

    def hand_out(label, clearance):
        clock(DAY)
        notes = tmp_path / "notes.md"
        notes.write_text(f"{NOTES}\nSo did {{party P-2}}.\n")
        case = Case.create(tmp_path / f"{CANARY}-case")
        entries = record(*closed(label), *personal(), *opened()).statements
        case.append([{k: v for k, v in one.items() if k in _LOGGED} for one in entries], at=AT, by=CANARY)
        for name, purpose in (("draft", "draft"), ("out", "publication")):
            reporting.build(case, "small", name=name, purpose=purpose, chapters=[notes], by=CANARY)
        clock(date(2025, 1, 31))
        late = claim("A1", "loss_reported", low="9", unit="USD", author=CANARY, entered_on="2025-01-31")
        case.append([late], at=LATER, by=CANARY)
        publishing.correct(case, "out", "A later source", by=CANARY)
        return _collected(case, tmp_path / "bundles", clearance)

    return hand_out


_LOGGED = ("kind", "id", "body", "tlp", "personal")


def _collected(case, out, clearance):
    files, words = {}, []
    for name in ("draft", "out"):
        (row,) = bundling.make(case, name, out, clearances=[clearance], by=CANARY)
        bundle = verify.load(out / f"{name}-{clearance}.zip")
        outcome = verify.check(bundle)
        assert outcome.sound, (outcome.faults, [v for v in outcome.verdicts if v.verdict == "FAILED"])
        files |= {f"{name}/{file}": data for file, data in bundle.items()}
        words.append(json.dumps({key: value for key, value in row.items() if key != "bundle"}))
    for candidates in (False, True):
        for form, export in (("ftm", export_ftm), ("stix", export_stix)):
            told = export(case, clearance=clearance, candidates=candidates)
            files[f"{form}-{candidates}.json"] = told.data
            words += told.words()
    letter, _ = write_letter(case, "REQ-1", clearance=clearance)
    files["letter.docx"] = letter
    return Out(files, "\n".join([*words, *files]))


@pytest.mark.parametrize("seed", range(trials(10)))
def test_no_byte_of_what_is_closed_is_in_what_is_handed_out(seed, handed_out):
    label = chance(f"label of what is closed {seed}").choice(["GREEN", "AMBER", "AMBER+STRICT", "RED"])
    out = handed_out(label, "CLEAR")
    for name, data in out.files.items():
        for canary in (CANARY, f"REQ-{SECRET_NUMBER}", *([] if name == "letter.docx" else [ASKED])):
            assert found_in(name, data, canary) == [], f"{name} with {label}"
    assert found_in("words", out.words.encode()) == []


def test_the_same_search_finds_it_where_readers_may_see_it(handed_out):
    """Positive control, of each thing that is handed out."""
    out = handed_out("AMBER", "RED")
    for name in ("draft/data/record/statements.jsonl", "ftm-True.json", "stix-True.json", "letter.docx"):
        assert found_in(name, out.files[name]), name
    assert found_in("sheet", out.files["out/data/report/fact-check.csv"], f"REQ-{SECRET_NUMBER}")
    assert found_in("letter.docx", out.files["letter.docx"], ASKED)
