"""Claiming: one claim entered by hand, as precisely as its source, beside what is there."""

from __future__ import annotations

from datetime import date

import pytest

from watchkeeper.runs.adding import add
from watchkeeper.runs.claiming import add_claim, withdraw_claim
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid, NotFound, Unsound

SAID = {"source_id": "RECALLED", "checked": "recalled"}


@pytest.fixture
def case(demo_case, clock):
    return Case(demo_case)


def test_an_amount_may_be_a_range(case):
    told = add_claim(case, "UN19-21", "loss_reported=37000000..40000000USD", SAID, by="a")
    assert (told["claim"]["low"], told["claim"]["high"], told["claim"]["unit"]) == ("37000000", "40000000", "USD")
    row = case.tables["claim"].filter(case.tables["claim"]["claim_id"] == told["claim_id"])
    assert (row["low_usd_cents"][0], row["high_usd_cents"][0]) == (3_700_000_000, 4_000_000_000)


def test_an_amount_of_coins_stands_in_its_own_unit(case):
    told = add_claim(case, "UN19-21", "native=4502.9BTC", SAID, by="a")
    assert (told["claim"]["low"], told["claim"]["unit"]) == ("4502.9", "BTC")
    assert told["beside"] == []
    row = case.tables["claim"].filter(case.tables["claim"]["claim_id"] == told["claim_id"])
    assert (row["low"][0], row["low_usd_cents"][0]) == ("450290000000", None)


def test_a_unit_may_stand_at_both_ends_of_a_range(case):
    assert add_claim(case, "UN19-21", "native=1BTC..2BTC", SAID, by="a")["claim"]["high"] == "2"


def test_text_may_hold_an_equals_sign(case):
    assert add_claim(case, "UN19-21", "modus=a=b", SAID, by="a")["claim"]["value"] == "a=b"


def test_a_combined_loss_names_every_incident_it_covers(case):
    told = add_claim(case, "UN19-21+UN19-22", "combined_loss=14000000USD", SAID, by="a")
    assert (told["claim"]["incident_id"], told["claim"]["covers"]) == ("UN19-21", ["UN19-22"])


def test_a_claim_without_a_day_takes_that_of_its_source_and_stays_undated_if_there_is_none(case):
    dated = add_claim(case, "UN19-21", "modus=x", {"source_id": "S-2019-691"}, by="a")
    assert dated["claim"]["published_on"] == "2019-08-30"
    undated = add_claim(case, "UN19-21", "modus=y", {"source_id": "CHAINALYSIS-SERIES"}, by="a")
    assert "published_on" not in undated["claim"]


def test_the_day_of_entry_is_today_and_the_author_who_entered_it(case, clock):
    clock(date(2027, 1, 2))
    told = add_claim(case, "UN19-21", "modus=x", SAID, by="a.analyst")
    assert (told["claim"]["entered_on"], told["claim"]["author"]) == ("2027-01-02", "a.analyst")
    last = case.log.read().statements[-1]
    assert (last["id"], last["at"], last["by"]) == (told["claim_id"], "2027-01-02T12:00:00Z", "a.analyst")


def test_an_edition_that_is_known_can_be_claimed(case):
    told = add_claim(case, "CR-001", "in_edition=S/2019/691", SAID, by="a")
    assert told["claim"]["value"] == "S/2019/691"


def test_a_cell_we_do_not_know_is_refused_not_dropped(case):
    with pytest.raises(Invalid, match=r"A claim has no cell pages, qoute; known: incident_id, .*, transcription\."):
        add_claim(case, "UN19-21", "modus=x", {**SAID, "qoute": "the loss", "pages": "2"}, by="a")


def test_an_edition_in_a_case_without_any_is_not_found(tmp_path, clock):
    case = Case.create(tmp_path / "empty")
    body = {"source_id": "RECALLED", "title": "t", "publisher": "p", "reference": "r", "checked": "recalled",
            "redistribute": "yes", "tlp": "CLEAR"}  # fmt: skip
    case.append(
        [{"kind": "source", "id": "RECALLED", "body": body},
         {"kind": "incident", "id": "UN19-21", "body": {"incident_id": "UN19-21", "kind": "incident"}}],
        at="2026-11-22T12:00:00Z", by="a",
    )  # fmt: skip
    with pytest.raises(NotFound, match=r"No edition S/2019/691 in this case; known: none\."):
        add_claim(case, "UN19-21", "in_edition=S/2019/691", SAID, by="a")


def test_a_withdrawn_claim_leaves_the_figures_and_stays_in_the_log(case, clock):
    told = add_claim(case, "UN19-21", "modus=x", SAID, by="a")
    withdrawn = withdraw_claim(case, told["claim_id"], "wrong row", by="b")
    assert withdrawn["decision"] == {
        "subject": told["claim_id"], "verdict": "withdrawn", "reason": "wrong row", "author": "b",
        "decided_on": "2026-11-22",
    }  # fmt: skip
    kinds = [statement["kind"] for statement in case.log.read().statements[-2:]]
    assert kinds == ["claim", "decision"]


def test_a_claim_that_is_not_there_cannot_be_withdrawn(case):
    with pytest.raises(NotFound, match="No claim c-0 in this case"):
        withdraw_claim(case, "c-0", "wrong row", by="b")


def held(case, folder, data, name="reply.txt"):
    (folder / name).write_bytes(data)
    return add(case, [folder / name], by="a")[0]["capture"]


def test_a_claim_is_marked_as_its_source_is_and_never_stronger(case, tmp_path):
    assert add_claim(case, "UN19-21", "modus=x", {"source_id": "RECALLED"}, by="a")["claim"]["checked"] == "recalled"
    with pytest.raises(Invalid, match="Source RECALLED is marked recalled, and the claim secondary: a reader would"):
        add_claim(case, "UN19-21", "modus=y", {"source_id": "RECALLED", "checked": "secondary"}, by="a")
    capture = held(case, tmp_path, b"SYNTHETIC")
    assert add_claim(case, "UN19-21", "modus=y", {"capture": capture}, by="a")["claim"]["checked"] == "text"
    named = {"capture": capture, "source_id": "RECALLED", "checked": "text"}  # the bytes are held: it was read
    assert add_claim(case, "UN19-21", "modus=z", named, by="a")["claim"]["checked"] == "text"


@pytest.mark.parametrize(
    "data",
    [
        b"SYNTHETIC.\nThe loss  amounted\n\tto 9 million.",
        b"\xef\xbb\xbfa,b\n1,The loss amounted to 9 million\n",
        b'{"said": "The loss amounted to 9 million"}',
        b"<html><p>The loss\namounted to <b>9</b> million</p></html>",
    ],
)
def test_a_quote_from_held_text_must_stand_in_it(data, case, tmp_path):
    capture = held(case, tmp_path, data)
    row = {"capture": capture, "quote": "The loss amounted to 9 million"}
    assert add_claim(case, "UN19-21", "modus=x", row, by="a")["quote_located"] is True
    before = case.log.path.read_bytes()
    with pytest.raises(Invalid, match=f"quote not found in capture {capture}: .*; nothing was written") as refused:
        add_claim(case, "UN19-21", "modus=y", {**row, "quote": "The loss amounted to 8 million"}, by="a")
    assert refused.value.exit_code == 4
    with pytest.raises(Invalid, match=r"is text and has no pages, so nobody could look page 2 up; .*--locator"):
        add_claim(case, "UN19-21", "modus=y", {**row, "page": "2"}, by="a")
    assert case.log.path.read_bytes() == before


def test_a_quote_from_bytes_that_nobody_here_reads_is_kept_and_said_not_to_be_located(watchkeeper, demo_case, tmp_path):
    capture = held(Case(demo_case), tmp_path, b"\xff SYNTHETIC", "reply.bin")
    words = ("--capture", capture, "--page", "2", "--quote", "9 million", "--note", "As sent.", "-f", "csv")
    ran = watchkeeper("claim", "add", "UN19-21", "modus=x", *words, "--case", demo_case)
    assert ran.code == 0
    assert "not located by the program" in ran.err
    last = Case(demo_case).log.read().statements[-1]["body"]
    assert (last["note"], last["locator"]) == ("As sent. Quote not located by the program.", "page 2")


def test_a_capture_that_was_changed_since_lends_no_quote(case, tmp_path):
    capture = held(case, tmp_path, b"SYNTHETIC")
    path = case.folder / "raw" / "sha256" / capture[:2] / capture[2:4] / capture
    path.chmod(0o644)
    path.write_bytes(b"9 million")
    with pytest.raises(Unsound):
        add_claim(case, "UN19-21", "modus=x", {"capture": capture, "quote": "9 million"}, by="a")


def test_nothing_is_published_on_a_day_to_come(case):
    for day in ("2026-11-22", "2026-11-21"):
        assert add_claim(case, "UN19-21", f"modus={day}", {**SAID, "published_on": day}, by="a")
    with pytest.raises(Invalid, match=r"Published_on 2026-11-23 is later than today, 2026-11-22; mend the day"):
        add_claim(case, "UN19-21", "modus=x", {**SAID, "published_on": "2026-11-23"}, by="a")


def test_a_cell_with_characters_that_cannot_be_seen_is_kept_as_it_is_and_flagged(case, watchkeeper, demo_case):
    told = add_claim(case, "UN19-21", "modus=K\u0456m\u200b", SAID, by="a")
    assert told["claim"]["value"] == "K\u0456m\u200b"
    assert told["flagged"] == [
        "value: zero-width character U+200B",
        "value: Latin and Cyrillic letters in one word: K<U+0456>m",
    ]
    assert add_claim(case, "UN19-21", "modus=plain", SAID, by="a")["flagged"] == []
    ran = watchkeeper("claim", "add", "UN19-21", "modus=a\u202eb", "--source", "RECALLED", "--case", demo_case)
    assert "value: bidi control U+202E; kept as it is." in ran.err
