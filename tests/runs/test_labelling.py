"""Labelling: every statement has a label from the moment it is made, and none is laxer than what it rests on."""

from __future__ import annotations

import json

import pytest
from tests.runs.test_importing import ALL, imported

from watchkeeper.runs.adding import add
from watchkeeper.runs.claiming import add_claim, withdraw_claim
from watchkeeper.runs.labelling import Labels
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid

RESTING = ("claim", "tally", "edition")


@pytest.fixture
def case(tmp_path, clock):
    return Case.create(tmp_path / "case")


def sourced(label):
    """Return the tables of test_importing with their source under a label."""
    return {**ALL, "sources.csv": ALL["sources.csv"].replace("CLEAR", label)}


def labels(case):
    """Return the labels in the log by kind of statement."""
    found = {}
    for statement in case.log.read().statements:
        found.setdefault(statement["kind"], set()).add(statement["tlp"])
    return found


@pytest.mark.parametrize("label", ["CLEAR", "GREEN", "RED"])
def test_what_rests_on_a_source_is_as_its_source_and_all_else_is_amber(label, case):
    imported(case, sourced(label))
    assert labels(case) == {
        "source": {label}, **{kind: {label} for kind in RESTING}, "incident": {"AMBER"}, "decision": {"AMBER"},
        "capture": {"AMBER"}, "custody": {"AMBER"}, "run": {"AMBER"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("of_source", "asked", "resting"),
    [("CLEAR", "GREEN", "GREEN"), ("RED", "GREEN", "RED"), ("CLEAR", "CLEAR", "CLEAR")],
)
def test_a_label_that_is_asked_for_makes_stricter_and_never_laxer(of_source, asked, resting, case):
    imported(case, sourced(of_source), tlp=asked)
    told = labels(case)
    assert {told[kind] == {resting} for kind in ("source", *RESTING)} == {True}
    assert {told[kind] == {asked} for kind in ("incident", "decision", "capture")} == {True}


def test_a_decision_is_as_strict_as_what_it_decides_on(case):
    files = {name: text for name, text in ALL.items() if name != "decisions.csv"}
    imported(case, files, tlp="RED")
    imported(case, {"decisions.csv": ALL["decisions.csv"]}, tlp="GREEN")
    assert labels(case)["decision"] == {"RED"}
    (claim, *_) = case.tables["claim"]["claim_id"]
    withdraw_claim(case, claim, "wrong row", by="b")
    assert case.log.read().statements[-1]["tlp"] == "RED"


def test_a_source_of_an_earlier_import_still_binds(case):
    imported(case, {name: sourced("AMBER")[name] for name in ("sources.csv", "incidents.csv", "editions.csv")})
    imported(case, {"claims.csv": ALL["claims.csv"]}, tlp="CLEAR")
    assert labels(case)["claim"] == {"AMBER"}


def test_an_unknown_label_is_refused_before_anything_is_logged(case, tmp_path):
    (tmp_path / "a.txt").write_text("SYNTHETIC")
    for enter in (
        lambda: imported(case, ALL, tlp="WHITE"),
        lambda: add(case, [tmp_path / "a.txt"], by="a", tlp="WHITE"),
    ):
        with pytest.raises(Invalid, match='"WHITE" is not one of CLEAR'):
            enter()
    assert len(case.log) == 0


def test_a_claim_takes_its_sources_label_or_a_stricter_one_and_no_laxer(case):
    imported(case, sourced("AMBER"))
    said = {"source_id": "SYN-S"}
    for value, asked, label in (("x", None, "AMBER"), ("y", "RED", "RED"), ("z", "AMBER", "AMBER")):
        add_claim(case, "SYN-1", f"modus={value}", said, by="a", tlp=asked)
        assert case.log.read().statements[-1]["tlp"] == label
    with pytest.raises(Invalid, match="Source SYN-S is TLP:AMBER, and the claim TLP:CLEAR: what the source says would"):
        add_claim(case, "SYN-1", "modus=w", said, by="a", tlp="CLEAR")


@pytest.mark.parametrize("label", ["AMBER", "RED", "CLEAR"])
def test_the_source_of_a_capture_has_its_label_and_never_the_files_name(label, case, tmp_path):
    imported(case, ALL)
    (tmp_path / "reply.txt").write_text("SYNTHETIC")
    (told,) = add(case, [tmp_path / "reply.txt"], by="a", tlp=label)
    add_claim(case, "SYN-1", "modus=x", {"capture": told["capture"]}, by="a")
    source, claim = case.log.read().statements[-2:]
    assert (source["tlp"], source["body"]["tlp"], claim["tlp"]) == (label, label, label)
    assert source["body"]["title"] == f"capture {told['capture'][:16]}"
    assert b"reply.txt" not in case.log.path.read_bytes()  # a name can be erased, and a title cannot


@pytest.mark.parametrize(
    ("of_source", "of_capture", "of_claim"),
    [("CLEAR", "RED", "RED"), ("CLEAR", "AMBER", "AMBER"), ("RED", "CLEAR", "RED"), ("CLEAR", "CLEAR", "CLEAR")],
)
def test_a_claim_is_as_strict_as_its_source_and_as_the_bytes_it_names(of_source, of_capture, of_claim, case, tmp_path):
    imported(case, sourced(of_source))
    (tmp_path / "reply.txt").write_text("SYNTHETIC")
    (told,) = add(case, [tmp_path / "reply.txt"], by="a", tlp=of_capture)
    add_claim(case, "SYN-1", "modus=x", {"source_id": "SYN-S", "capture": told["capture"]}, by="a")
    assert case.log.read().statements[-1]["tlp"] == of_claim
    labels = Labels(case, None)
    assert labels.of("claim", "c-1", {"source_id": "SYN-S", "capture": told["capture"]}) == of_claim
    assert labels.of("claim", "c-2", {"source_id": "SYN-S"}) == of_source


def test_a_claim_laxer_than_the_bytes_it_names_is_refused(case, tmp_path):
    imported(case, sourced("CLEAR"))
    (tmp_path / "reply.txt").write_text("SYNTHETIC")
    (told,) = add(case, [tmp_path / "reply.txt"], by="a")
    named = f"Capture {told['capture']} is TLP:AMBER, and the claim TLP:CLEAR: what the capture says would be open"
    with pytest.raises(Invalid, match=named):
        add_claim(case, "SYN-1", "modus=x", {"source_id": "SYN-S", "capture": told["capture"]}, by="a", tlp="CLEAR")
    with pytest.raises(Invalid, match="is TLP:AMBER, and the claim TLP:CLEAR"):
        add_claim(case, "SYN-1", "modus=x", {"capture": told["capture"]}, by="a", tlp="CLEAR")


def test_whoever_handed_over_bytes_stands_in_the_log_and_in_no_table(case, tmp_path):
    (tmp_path / "reply.txt").write_text("SYNTHETIC")
    add(case, [tmp_path / "reply.txt"], by="a", obtained_from="a colleague", obtained_how="by hand")
    capture, custody = case.statements()
    assert (capture["body"]["obtained_from"], capture["body"]["obtained_how"]) == ("a colleague", "by hand")
    assert custody["body"] == {
        "act": "import", "bytes": 9, "capture": capture["id"], "clock": "machine clock, not checked", "how": "add",
    }  # fmt: skip
    assert "a colleague" not in str(case.tables["capture"].to_dicts())
    assert b"a colleague" not in case.log.path.read_bytes()  # there it stands encrypted


def test_bytes_that_come_again_from_somebody_are_an_event_and_no_new_capture(case, tmp_path):
    (tmp_path / "reply.txt").write_text("SYNTHETIC")
    for whom in (None, None, "another"):
        add(case, [tmp_path / "reply.txt"], by="a", obtained_from=whom)
    statements = case.statements()
    assert [statement["kind"] for statement in statements] == ["capture", "custody", "custody"]
    assert statements[-1]["body"]["obtained_from"] == "another"


def test_every_statement_of_the_bundled_case_is_clear_but_for_the_records_own(demo_case):
    found = labels(Case(demo_case))
    assert found.pop("custody") == {"AMBER"}
    assert set().union(*found.values()) == {"CLEAR"}


def test_the_command_line_takes_labels_and_refuses_others_as_usage(watchkeeper, demo_case, tmp_path):
    (tmp_path / "reply.txt").write_text("SYNTHETIC")
    words = ("--from", "a colleague", "--how", "by hand", "--tlp", "RED", "--case", demo_case)
    ran = watchkeeper("add", "reply.txt", *words)
    assert ran.code == 0
    assert "a colleague" not in ran.out + ran.err
    capture = Case(demo_case).statements()[-2]
    assert (capture["tlp"], capture["body"]["obtained_from"]) == ("RED", "a colleague")
    ran = watchkeeper("add", "reply.txt", "--tlp", "WHITE", "--case", demo_case)
    assert ran.code == 2
    assert '"WHITE" is not one of CLEAR' in ran.err


def test_a_figure_above_the_clearance_is_said_to_be_withheld_and_that_is_no_error(watchkeeper, demo_case):
    shown = ("figure", "show", "cyber.loss_reported", "--case", demo_case, "--clearance", "CLEAR")
    assert "withheld" not in watchkeeper(*shown).out
    claim = ("claim", "add", "UN19-21", "loss_reported=9USD", "--source", "RECALLED", "--tlp", "AMBER")
    assert watchkeeper(*claim, "--case", demo_case).code == 0
    ran = watchkeeper(*shown)
    assert (ran.code, "withheld (TLP:AMBER)" in ran.out) == (0, True)
    told = json.loads(watchkeeper(*shown, "-f", "json").out)
    assert (told["withheld"], told["tlp"]) == (True, "AMBER")
    assert "values" not in told
    assert "withheld" not in watchkeeper(*shown[:-1], "AMBER").out
