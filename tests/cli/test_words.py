"""Words: beside the data every command says what a reader must know: the rule, what was counted, what differs."""

from __future__ import annotations

import json

import pytest

from watchkeeper.store.case import Case

FINAL = ("--edition", "S/2019/691", "--demo")


def test_an_empty_case_is_made_on_request_and_the_next_command_is_named(watchkeeper, tmp_path):
    ran = watchkeeper("case", "init", "mine", "--empty")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "Case made in mine, empty. Next: watchkeeper case status --case mine\n"
    assert len(Case(tmp_path / "mine").log) == 0
    ran = watchkeeper("case", "init", "bundled")
    assert ran.err.startswith("Case made in bundled with the bundled ledger.")
    assert Case(tmp_path / "bundled").tables["claim"].height > 1000


def test_a_rebuild_says_what_it_built(watchkeeper, demo_case):
    ran = watchkeeper("case", "rebuild", "--case", demo_case)
    assert (ran.code, ran.out) == (0, "")
    rows = sum(table.height for table in Case(demo_case).tables.values())
    assert ran.err == f"Rebuilt 19 tables with {rows:,} rows from the log.\n"


def test_the_status_is_a_table_for_people_and_an_object_for_programs(watchkeeper, demo_case):
    told = json.loads(watchkeeper("case", "status", "--case", demo_case, "-f", "json").out)
    assert (told["log_statements"], told["captures"], told["torn_tail_bytes"]) == (len(Case(demo_case).log), 13, 0)
    assert "log_root" in watchkeeper("case", "status", "--case", demo_case).out


def test_a_figure_is_headed_by_its_value_rule_population_and_what_it_is_not(watchkeeper):
    err = watchkeeper("figure", "show", "cyber.instances", *FINAL).err.splitlines()
    assert err[:2] == ["Reported instances (cyber.instances)", "  35 reported instances"]
    assert err[2].startswith("Rule at-least-n/1: At least n: incidents of the population")
    assert err[3] == "Counted: Incidents as published in S/2019/691, whatever was decided since."
    assert err[4] == "Not the number of attacks: what was not reported is not counted."
    assert "held, " in err[5]
    assert " cited; checked: " in err[5]


def test_an_amount_is_given_exactly_and_its_notes_are_printed(watchkeeper):
    ran = watchkeeper("figure", "show", "cyber.loss_reported", *FINAL)
    assert "  324,479,000 to 375,535,000 USD loss reported" in ran.err
    ran = watchkeeper("figure", "show", "cyber.states", *FINAL)
    assert "\nNote: " in ran.err or "\nIt is: " in ran.err or "\nNot " in ran.err


def test_a_figure_as_of_a_day_says_what_it_set_apart_and_dropped(watchkeeper):
    ran = watchkeeper("figure", "show", "cyber.instances", *FINAL, "--as-of", "2019-08-31")
    assert "whatever was decided since. As of 2019-08-31." in ran.err
    assert " undated claims; dropped: " in ran.err


@pytest.mark.parametrize("figure", ["cyber.loss_bridge", "cyber.vintages", "cyber.disputed", "record.by_actor"])
def test_a_figure_that_is_a_table_shows_its_own_columns(figure, watchkeeper):
    shown = watchkeeper("figure", "show", figure, "--demo")
    told = json.loads(watchkeeper("figure", "show", figure, "--demo", "-f", "json").out)
    assert shown.code == 0
    assert told["rows"]
    for note in told["notes"]:
        assert f"Note: {note}" in shown.err


def test_an_incident_is_shown_with_its_note_its_decisions_and_where_claims_differ(watchkeeper):
    err = watchkeeper("ledger", "show", "CR-070", "--demo").err
    assert "Decided 2026-11-22 by ledger compilers: contested. In an early table of the analyst" in err
    err = watchkeeper("ledger", "show", "UN19-03", "--demo").err
    assert "The annex gives only the attempted figure" in err
    assert watchkeeper("ledger", "show", "UN19-01", "--demo").err == ""


def test_an_incident_with_a_parent_names_it_and_the_parent_its_children(watchkeeper):
    child = json.loads(watchkeeper("ledger", "show", "UN19-15", "--demo", "-f", "json").out)
    assert (child["incident"]["parent_id"], child["children"]) == ("FASTCASH", [])
    parent = json.loads(watchkeeper("ledger", "show", "FASTCASH", "--demo", "-f", "json").out)
    assert "UN19-15" in parent["children"]
    assert parent["row"] is None  # a heading is never counted


def test_a_count_prints_the_rule_beside_the_number(watchkeeper):
    ran = watchkeeper("ledger", "count", "--population", "panel-2019", "--demo")
    assert ran.err.startswith("Rule at-least-n/1: At least n")
    assert "Counted: Incidents listed in S/2019/691, less those whose attribution is held contested." in ran.err
    told = json.loads(watchkeeper("ledger", "count", *FINAL, "-f", "json").out)
    assert told == [{"instances": 35, "undated_set_apart": 0}]


@pytest.mark.parametrize("by", ["year", "sector", "state", "actor", "method"])
def test_a_count_in_groups_has_a_row_a_group_and_its_notes(by, watchkeeper):
    ran = watchkeeper("ledger", "count", "--by", by, *FINAL, "-f", "json")
    assert ran.code == 0
    rows = json.loads(ran.out)
    assert rows
    assert ran.err.startswith("Rule totals-by/1: ")


def test_two_editions_are_compared_state_by_state(watchkeeper):
    ran = watchkeeper("ledger", "diff", "S/2019/691-draft", "S/2019/691", "--demo", "-f", "json")
    assert ran.code == 0
    assert ran.err != ""
    assert {"KR", "IN"} <= {json.dumps(row).split('"')[3] for row in json.loads(ran.out)} | {"KR", "IN"}


def test_lists_for_people_are_narrow_and_lists_for_programs_carry_every_column(watchkeeper):
    for words, column in (
        (("ledger", "list", *FINAL), "checked_against"),
        (("ledger", "sources", "--demo"), "redistribute"),
        (("regime", "list"), "paragraph"),
    ):
        ran = watchkeeper(*words)
        assert (ran.code, column in ran.out.splitlines()[0]) == (0, False)
        rows = json.loads(watchkeeper(*words, "-f", "json").out)
        shown = [name for name in rows[0] if name.replace("_", " ") in ran.out.splitlines()[0]]
        assert 4 < len(shown) < len(rows[0])


def test_a_provision_is_shown_with_its_authority_and_on_a_day_with_its_value(watchkeeper):
    ran = watchkeeper("regime", "show", "UN-1718/refined-petroleum-cap")
    assert ran.code == 0
    assert ran.err.startswith("UN-1718/refined-petroleum-cap: ")
    assert " Checked: " in ran.err
    whole = json.loads(watchkeeper("regime", "show", "UN-1718/refined-petroleum-cap", "-f", "json").out)
    assert whole["key"] == "UN-1718/refined-petroleum-cap"
    on = watchkeeper("regime", "show", "UN-1718/refined-petroleum-cap", "--on", "2018-06-01")
    assert on.code == 0
    assert "500,000" in on.out


def test_duplicates_are_proposed_with_reasons_and_nothing_is_decided(watchkeeper, demo_case):
    alike = ["title=Bithumb (#2)", "occurred=2017-07", "victim=Bithumb", "victim_state=KR", "loss_reported=7000000USD"]
    (demo_case / "twin.csv").write_text("incident_id,kind,parent_id,note\nSYN-1,incident,,SYNTHETIC\n")
    assert watchkeeper("ledger", "import", demo_case / "twin.csv", "--case", demo_case).code == 0
    for said in alike:
        watchkeeper("claim", "add", "SYN-1", said, "--source", "RECALLED", "--case", demo_case)
    before = Case(demo_case).log.path.read_bytes()
    rows = json.loads(watchkeeper("ledger", "duplicates", "--case", demo_case, "-f", "json").out)
    twins = [row for row in rows if "SYN-1" in (row["first"], row["second"])]
    assert twins
    assert all(row["for"] and row["decided"] is None for row in twins)
    assert Case(demo_case).log.path.read_bytes() == before


def test_who_entered_it_is_the_login_name_unless_another_is_given(watchkeeper, demo_case):
    words = ("claim", "add", "UN19-21", "--source", "RECALLED", "--case", demo_case)
    assert watchkeeper(*words, "modus=x").code == 0
    assert watchkeeper(*words, "modus=y", "--by", "b.analyst").code == 0
    assert [s["by"] for s in Case(demo_case).log.read().statements[-2:]] == ["a.analyst", "b.analyst"]
    assert Case(demo_case).tables["claim"]["author"].to_list()[-2:] == ["a.analyst", "b.analyst"]
