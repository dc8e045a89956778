"""Importing: what was read is kept or rejected, never lost, and a refusal leaves no trace."""

from __future__ import annotations

import csv
import io
import itertools
from datetime import date

import polars as pl
import pytest

from watchkeeper.runs.importing import import_tables, read_paths, write_rejects
from watchkeeper.store import captures
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid, NotFound

SOURCES = (
    "source_id,title,publisher,reference,via,published_on,checked,redistribute,tlp,note\n"
    "SYN-S,Reply (SYNTHETIC),A State,letter of 1 July 2019,,2019-07-01,text,extract,CLEAR,\n"
)
EDITIONS = "edition_id,title,status,source_id,published_on,note\nSYN/1,Table (SYNTHETIC),final,SYN-S,2019-07-01,\n"
INCIDENTS = "incident_id,kind,parent_id,note\nSYN-1,incident,,\nSYN-2,incident,SYN-C,\nSYN-C,campaign,,\n"
CLAIM_HEADER = (
    "incident_id,field,value,low,high,unit,valuation,stance,stated_by,stated_on,confidence,admiralty,source_id,"
    "locator,quote,published_on,checked,author,entered_on,note\n"
)
CLAIMS = CLAIM_HEADER + (
    "SYN-1,title,Bank (SYNTHETIC),,,,,,,,,,SYN-S,,,,text,a,2026-11-22,\n"
    "SYN-1,loss_reported,,9000000,,USD,,,,,,,SYN-S,page 2,,,text,a,2026-11-22,\n"
    "SYN-1,in_edition,SYN/1,,,,,,,,,,SYN-S,,,,text,a,2026-11-22,\n"
)
DECISIONS = "subject,verdict,other,reason,author,decided_on\nSYN-1,contested,,SYNTHETIC,a,2026-11-22\n"
TALLIES = (
    "series,scope,key,value,unit,vintage,source_id,locator,published_on,checked,entered_on,note\n"
    "SYN,total,2019,2,incidents,first,SYN-S,,,text,2026-11-22,\n"
)
ALL = {
    "sources.csv": SOURCES, "editions.csv": EDITIONS, "incidents.csv": INCIDENTS, "claims.csv": CLAIMS,
    "decisions.csv": DECISIONS, "tallies.csv": TALLIES,
}  # fmt: skip


@pytest.fixture
def case(tmp_path, clock):
    return Case.create(tmp_path / "case")


def imported(case, files, **settings):
    return import_tables(case, {name: text.encode() for name, text in files.items()}, by="a.analyst", **settings)


def state(case):
    """Return all that a refusal may not touch: the log's bytes and every file under raw/."""
    return (case.log.path.read_bytes(), captures.all_of(case.folder), sorted((case.folder / "raw").rglob("*")))


def table(path):
    return list(csv.reader(path.read_text("utf-8").splitlines()))


def told(outcome):
    return (outcome.read, outcome.kept, outcome.new, [(name, bad.line, bad.reason) for name, bad in outcome.rejected])


def test_all_kinds_are_read_as_one_batch_with_the_line_each_came_from(case):
    outcome = imported(case, ALL)
    assert told(outcome) == (1 + 1 + 3 + 3 + 1 + 1, 10, 10, [])
    assert {kind: table.height for kind, table in case.tables.items() if table.height} == {
        "source": 1, "edition": 1, "incident": 3, "claim": 3, "decision": 1, "tally": 1, "capture": 6,
    }  # fmt: skip
    loss = next(s for s in case.log.read().statements if s["body"].get("field") == "loss_reported")
    assert (loss["by"], loss["at"], loss["from"]["line"]) == ("a.analyst", "2026-11-22T12:00:00Z", 3)
    assert captures.read(case.folder, loss["from"]["capture"]) == CLAIMS.encode()


@pytest.mark.parametrize("order", list(itertools.permutations(ALL))[::97])
def test_the_order_of_files_does_not_matter(order, case, tmp_path):
    imported(case, ALL)
    other = Case.create(tmp_path / "other")
    imported(other, {name: ALL[name] for name in order})
    # Salts and keys are chance; all else is the same, in the same order.
    one, two = (
        [
            {key: cell for key, cell in statement.items() if key not in {"salt", "key"}}
            for statement in made.statements()
        ]
        for made in (case, other)
    )
    assert one == two


def test_a_second_import_of_the_same_files_adds_nothing(case):
    imported(case, ALL)
    before = state(case)
    assert told(imported(case, ALL)) == (10, 10, 0, [])
    assert state(case) == before


def test_a_row_written_twice_in_two_files_is_one_entry(case):
    outcome = imported(case, {**ALL, "claims-again.csv": CLAIMS})
    assert told(outcome) == (13, 13, 10, [])


def test_the_same_rows_in_another_file_add_that_file_and_no_row(case):
    imported(case, ALL)
    lines = CLAIMS.splitlines(keepends=True)
    outcome = imported(case, {"reordered.csv": "".join([lines[0], *reversed(lines[1:])])})
    assert told(outcome) == (3, 3, 0, [])
    assert (case.tables["claim"].height, case.tables["capture"].height) == (3, 7)


def test_a_claim_takes_the_publication_day_of_its_source_if_it_has_none(case):
    own = "SYN-1,modus,a lure,,,,,,,,,,SYN-S,,,2018-01-31,text,a,2026-11-22,\n"
    imported(case, {**ALL, "claims.csv": CLAIMS + own})
    assert [day.isoformat() for day in case.tables["claim"]["published_on"]] == ["2019-07-01"] * 3 + ["2018-01-31"]
    assert [day.isoformat() for day in case.tables["tally"]["published_on"]] == ["2019-07-01"]


def test_claims_of_an_undated_source_stay_undated(case):
    imported(case, {**ALL, "sources.csv": SOURCES.replace("2019-07-01", "")})
    assert case.tables["claim"]["published_on"].null_count() == 3
    assert case.tables["tally"]["published_on"].null_count() == 1


def test_an_incident_may_stand_before_its_parent_in_any_file(case):
    files = {
        "a.csv": "incident_id,kind,parent_id,note\nSYN-3,incident,SYN-2,\n",
        "b.csv": "incident_id,kind,parent_id,note\nSYN-2,campaign,SYN-1,\n",
        "c.csv": "incident_id,kind,parent_id,note\nSYN-1,campaign,,\n",
    }
    assert told(imported(case, files)) == (3, 3, 3, [])


def test_incidents_that_are_each_others_parent_are_rejected_and_so_are_their_children(case):
    header = "incident_id,kind,parent_id,note\n"
    circle = "SYN-3,incident,SYN-1,\nSYN-1,campaign,SYN-2,\nSYN-2,campaign,SYN-1,\nSYN-4,incident,,\n"
    outcome = imported(case, {"incidents.csv": header + circle})
    missing = "which the record does not hold; add it first"
    assert told(outcome) == (
        4, 1, 1,
        [("incidents.csv", line, f"names incident SYN-{n}, {missing}") for line, n in ((2, 1), (3, 2), (4, 1))],
    )  # fmt: skip


MISSING = "which the record does not hold; add it first"


@pytest.mark.parametrize(
    ("name", "row", "reason"),
    [
        ("claims.csv", "SYN-9,title,x,,,,,,,,,,SYN-S,,,,text,a,2026-11-22,", f"names incident SYN-9, {MISSING}"),
        ("claims.csv", "SYN-1,title,x,,,,,,,,,,SYN-T,,,,text,a,2026-11-22,", f"names source SYN-T, {MISSING}"),
        ("claims.csv", "SYN-9,title,x,,,,,,,,,,SYN-T,,,,text,a,2026-11-22,",
         f"names incident SYN-9, source SYN-T, {MISSING}"),
        ("claims.csv", "SYN-1+SYN-9,combined_loss,,1,,USD,,,,,,,SYN-S,,,,text,a,2026-11-22,",
         f"names incident SYN-9, {MISSING}"),
        ("claims.csv", "SYN-1,in_edition,SYN/9,,,,,,,,,,SYN-S,,,,text,a,2026-11-22,",
         f"names edition SYN/9, {MISSING}"),
        ("incidents.csv", "SYN-8,incident,SYN-9,", f"names incident SYN-9, {MISSING}"),
        ("editions.csv", "SYN/2,x,final,SYN-T,,", f"names source SYN-T, {MISSING}"),
        ("tallies.csv", "SYN,total,2018,2,incidents,first,SYN-T,,,text,2026-11-22,", f"names source SYN-T, {MISSING}"),
        ("decisions.csv", "SYN-9,contested,,x,a,2026-11-22", f"names incident SYN-9, {MISSING}"),
        ("decisions.csv", "SYN-1,same-event,SYN-9,x,a,2026-11-22", f"names incident SYN-9, {MISSING}"),
        ("decisions.csv", "c-00000000000000000000,withdrawn,,x,a,2026-11-22",
         f"names claim or fact or link or label or price or reading or trace c-00000000000000000000, {MISSING}"),
    ],
)  # fmt: skip
def test_a_row_that_names_what_the_record_does_not_hold_is_rejected(name, row, reason, case):
    outcome = imported(case, {**ALL, name: f"{ALL[name]}{row}\n"})
    line = ALL[name].count("\n") + 1
    assert told(outcome) == (11, 10, 10, [(name, line, reason)])
    assert outcome.rejected[0][1].cells == tuple(next(csv.reader([row])))


def test_a_claim_on_bytes_that_the_case_does_not_hold_is_rejected(case):
    """No table has a column for captures yet; the rule stands for the day one does."""
    from watchkeeper.runs.importing import _known
    from watchkeeper.sources.ledger_tables.ledger_tables import Entry

    imported(case, ALL)
    body = {"incident_id": "SYN-1", "field": "modus", "value": "x", "source_id": "SYN-S", "capture": "f" * 64}
    assert _known(case, date(2026, 11, 22), settled=False, by="a").fault(Entry("claim", "c-1", body, 2)) == (
        f"names capture {'f' * 64}, which the case does not hold; add the file first"
    )
    held = {**body, "capture": case.tables["capture"]["capture"][0]}
    assert _known(case, date(2026, 11, 22), settled=False, by="a").fault(Entry("claim", "c-1", held, 2)) is None


def test_a_row_that_names_a_rejected_one_is_rejected_with_it(case):
    outcome = imported(case, {**ALL, "sources.csv": SOURCES.replace("CLEAR", "WHITE")})
    assert (outcome.read, outcome.kept) == (10, 4)  # incidents and the decision stand without a source
    assert [name for name, _ in outcome.rejected] == ["claims.csv"] * 3 + ["editions.csv", "sources.csv", "tallies.csv"]


def test_what_the_record_holds_already_may_be_named(case):
    imported(case, {name: ALL[name] for name in ("sources.csv", "incidents.csv")})
    rest = {name: ALL[name] for name in ("editions.csv", "claims.csv", "decisions.csv", "tallies.csv")}
    assert told(imported(case, rest)) == (6, 6, 6, [])


def test_a_claim_in_the_record_can_be_withdrawn_by_a_table(case):
    imported(case, ALL)
    claim = case.tables["claim"]["claim_id"][1]
    decisions = f"subject,verdict,other,reason,author,decided_on\n{claim},withdrawn,,wrong row,a,2026-11-22\n"
    assert told(imported(case, {"decisions.csv": decisions})) == (1, 1, 1, [])


@pytest.mark.parametrize("where", ["same import", "later import"])
def test_an_own_id_is_never_overwritten(where, case):
    other = {"zz.csv": "incident_id,kind,parent_id,note\nSYN-1,incident,,another note\n"}
    if where == "later import":
        imported(case, ALL)
    outcome = imported(case, {**ALL, **other})
    ((name, bad),) = outcome.rejected
    assert (name, bad.line, bad.cells) == ("zz.csv", 2, ("SYN-1", "incident", "", "another note"))
    assert bad.reason.startswith("incident SYN-1 is in the record")
    assert bad.reason.endswith("use another id")
    assert case.tables["incident"].filter(case.tables["incident"]["incident_id"] == "SYN-1")["note"][0] is None


def test_contradictory_claims_are_both_kept(case):
    other = CLAIMS.replace("9000000", "49000000").replace("page 2", "annex 21")
    assert told(imported(case, {**ALL, "other.csv": other})) == (13, 13, 11, [])
    losses = case.tables["claim"].filter(case.tables["claim"]["field"] == "loss_reported")
    assert losses["low"].to_list() == ["900000000", "4900000000"]


BAD_ROW = "SYN-1,loss_reported,,-5,,USD,,,,,,,SYN-S,,,,text,a,2026-11-22,\n"


def test_a_bad_row_is_set_aside_and_the_rest_is_kept(case):
    outcome = imported(case, {**ALL, "claims.csv": CLAIMS + BAD_ROW})
    assert told(outcome)[:3] == (11, 10, 10)
    ((name, bad),) = outcome.rejected
    assert (name, bad.line) == ("claims.csv", 5)
    assert bad.reason == (
        'low: "-5" is not an amount; write plain digits such as 81000000 or 4502.9, no sign, no separators.'
    )


def test_with_strict_one_bad_row_refuses_everything_and_nothing_is_written(case):
    before = state(case)
    with pytest.raises(Invalid) as refused:
        imported(case, {**ALL, "claims.csv": CLAIMS + BAD_ROW}, strict=True)
    assert refused.value.summary == "1 of 11 rows cannot be kept; with --strict nothing is."
    assert refused.value.faults[0].startswith('claims.csv:5: low: "-5" is not an amount')
    assert state(case) == before


def test_with_strict_good_files_are_kept_as_ever(case):
    assert told(imported(case, ALL, strict=True)) == (10, 10, 10, [])


def test_a_structural_fault_in_one_file_refuses_all_and_nothing_is_written(case):
    before = state(case)
    with pytest.raises(Invalid, match=r"tallies\.csv:1: .* tally.* missing: key"):
        imported(case, {**ALL, "tallies.csv": TALLIES.replace("key,", "")})
    assert state(case) == before


def test_a_failed_write_leaves_a_log_that_reads_as_before_and_the_import_can_be_run_again(case, monkeypatch):
    log = case.log.path.read_bytes()

    def broken(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("watchkeeper.store.log.Log.append", broken)
        with pytest.raises(OSError, match="No space left"):
            imported(case, ALL)
    assert case.log.path.read_bytes() == log
    assert told(imported(case, ALL)) == (10, 10, 10, [])
    assert case.tables["capture"].height == 6


def test_every_row_rejected_still_adds_up(case):
    outcome = imported(case, {"claims.csv": CLAIM_HEADER + BAD_ROW * 1})
    assert told(outcome)[:3] == (1, 0, 0)


def test_folders_and_files_are_read_together(case, tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    for name in ("sources.csv", "incidents.csv", "editions.csv"):
        (folder / name).write_text(ALL[name])
    (folder / "notes.txt").write_text("not a table")
    (tmp_path / "claims.csv").write_text(CLAIMS)
    outcome = read_paths(case, [tmp_path / "claims.csv", folder], by="a.analyst")
    assert told(outcome) == (8, 8, 8, [])


def test_two_files_of_one_name_are_refused(case, tmp_path):
    before = state(case)
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "incidents.csv").write_text(INCIDENTS)
    with pytest.raises(Invalid, match=r"Two files are called incidents\.csv; .* Import them one by one\."):
        read_paths(case, [tmp_path / "a", tmp_path / "b"], by="a.analyst")
    assert state(case) == before


def test_a_path_that_is_not_there_or_an_empty_folder_is_not_found(case, tmp_path):
    before = state(case)
    with pytest.raises(NotFound, match=r"no\.csv does not exist; nothing was imported\."):
        read_paths(case, [tmp_path / "no.csv"], by="a.analyst")
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFound, match=r"empty holds no \.csv file; nothing was imported\."):
        read_paths(case, [tmp_path / "empty"], by="a.analyst")
    assert state(case) == before


def test_the_reject_file_names_file_line_and_reason_before_the_cells_as_they_were_read(case, tmp_path):
    stranger = 'SYN-9,loss_reported,,9000000,,USD,,,,,,,SYN-S,,"He said ""nine"", 라자루스",,text,a,2026-11-22,\n'
    outcome = imported(case, {**ALL, "claims.csv": CLAIMS + BAD_ROW + stranger + "cut,short\n"})
    write_rejects(outcome, tmp_path / "rejected.csv")
    rows = table(tmp_path / "rejected.csv")
    assert rows[0] == ["file", "line", "reason", "cells"]
    assert [row[:2] for row in rows[1:]] == [["claims.csv", "5"], ["claims.csv", "6"], ["claims.csv", "7"]]
    assert [row[2][:30] for row in rows[1:]] == [
        'low: "-5" is not an amount; wr', "names incident SYN-9, which th", "2 cells where the header has 2",
    ]  # fmt: skip
    assert rows[1][3:] == next(csv.reader([BAD_ROW]))
    assert rows[2][3:] == next(csv.reader([stranger]))  # 9000000 as written, not 900000000 cents
    assert rows[3][3:] == ["cut", "short"]


def test_rejected_rows_can_be_mended_and_imported_again(case, tmp_path):
    outcome = imported(case, {**ALL, "claims.csv": CLAIMS + BAD_ROW})
    write_rejects(outcome, tmp_path / "rejected.csv")
    rejected = table(tmp_path / "rejected.csv")
    mended = ["5" if cell == "-5" else cell for cell in rejected[1][3:]]
    assert told(imported(case, {"mended.csv": CLAIM_HEADER + ",".join(mended) + "\n"})) == (1, 1, 1, [])


def test_a_file_beyond_all_measure_is_refused_before_it_is_read(case, tmp_path, monkeypatch):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "claims.csv").write_text(CLAIMS)
    with (tmp_path / "tables" / "large.csv").open("wb") as large:
        large.truncate(3 * 2**30)  # sparse: it takes no room on the disk
    before = state(case)
    with pytest.raises(Invalid, match=r"large\.csv is larger than 2147483648 bytes; nothing was imported\."):
        read_paths(case, [tmp_path / "tables"], by="a")
    assert state(case) == before


@pytest.mark.parametrize(
    ("file", "old", "new", "names"),
    [
        ("sources.csv", "2019-07-01,text", "2026-11-23,text", "published_on 2026-11-23"),
        ("claims.csv", "page 2,,,text,a,2026-11-22", "page 2,,,text,a,2026-11-23", "entered_on 2026-11-23"),
        ("decisions.csv", "a,2026-11-22", "a,2027-01-01", "decided_on 2027-01-01"),
    ],
)
def test_a_day_to_come_is_rejected_and_today_is_not(file, old, new, names, case):
    outcome = imported(case, {**ALL, file: ALL[file].replace(old, new)})
    reasons = [bad.reason for name, bad in outcome.rejected if name == file]
    assert reasons == [f"{names} is later than today, 2026-11-22; mend the day, or this machine's clock"]


def parquet(text, **types):
    """Return a CSV as a Parquet file, some columns in types of their own."""
    out = io.BytesIO()
    pl.read_csv(text.encode(), infer_schema=False).with_columns(
        pl.col(name).str.to_date() if kind is pl.Date else pl.col(name).cast(kind) for name, kind in types.items()
    ).write_parquet(out)
    return out.getvalue()


def test_a_parquet_table_is_read_as_the_csv_of_its_rows(case, tmp_path):
    files = {name: text.encode() for name, text in ALL.items()}
    typed = parquet(CLAIMS, low=pl.Int64, published_on=pl.Date, entered_on=pl.Date)
    outcome = import_tables(case, {**files, "claims.csv": typed}, by="a.analyst")
    assert (outcome.read, outcome.kept, outcome.new, outcome.rejected) == (10, 10, 10, [])
    other = Case.create(tmp_path / "other")
    import_tables(other, files, by="a.analyst")
    assert case.tables["claim"]["claim_id"].to_list() == other.tables["claim"]["claim_id"].to_list()


def test_a_bad_row_of_a_parquet_table_is_set_aside_by_its_number(case):
    imported(case, ALL)
    bad = CLAIMS.splitlines(keepends=True)[2].replace("9000000", "1e6")
    outcome = import_tables(case, {"more.parquet": parquet(CLAIM_HEADER + bad + bad.replace("1e6", "7"))}, by="a")
    assert (outcome.read, outcome.kept, outcome.new) == (2, 1, 1)
    assert [(name, rejected.line) for name, rejected in outcome.rejected] == [("more.parquet", 1)]
    assert '"1e6" is not an amount' in outcome.rejected[0][1].reason


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (parquet("a,b\n1,2\n"), r"bad\.parquet:1: no ledger table has this header \(a, b\)"),
        (parquet(INCIDENTS.splitlines()[0] + "\n"), r"bad\.parquet: the table has a header and no row"),
        (parquet(CLAIMS, low=pl.Float64), r"bad\.parquet: low is Float64, not cell"),
        (parquet(CLAIMS)[:-9] + b"damaged" + b"PAR1", r"bad\.parquet: the reader broke on it"),
        (b"ARROW1\x00\x00" + b"\x00" * 100, r"bad\.parquet: an Arrow or Feather file"),
    ],
    ids=["header", "empty", "fraction", "damaged", "Arrow"],
)
def test_a_parquet_table_that_cannot_be_trusted_is_refused_and_nothing_is_written(data, words, case):
    before = state(case)
    with pytest.raises(Invalid, match=words):
        import_tables(case, {"bad.parquet": data}, by="a")
    assert state(case) == before


def test_cells_with_characters_that_cannot_be_seen_are_kept_as_they_are_and_flagged(case):
    claim = "SYN-1,title,Kіm\u202eBank,,,,,,,,,,SYN-S,,,,text,a,2026-11-22,\n"
    outcome = imported(case, {**ALL, "claims.csv": CLAIMS + claim})
    assert (outcome.read, outcome.kept, outcome.rejected) == (11, 11, [])
    assert outcome.flagged == [
        ("claims.csv", 5, "value: Latin and Cyrillic letters in one word: K<U+0456>m"),
        ("claims.csv", 5, "value: bidi control U+202E"),
    ]
    assert "Kіm\u202eBank" in case.tables["claim"]["value"].to_list()


def test_no_cell_of_the_reject_file_starts_a_formula_and_a_negative_number_stays_one(case, tmp_path):
    row = "SYN-9,loss_reported,,-5,,USD,,,,,,,SYN-S,=1+1,,,text,@a,2026-11-22,\n"
    outcome = imported(case, {**ALL, "claims.csv": CLAIMS + row})
    write_rejects(outcome, tmp_path / "rejected.csv")
    cells = table(tmp_path / "rejected.csv")[1][3:]
    assert (cells[3], cells[13], cells[17]) == ("-5", "'=1+1", "'@a")


def test_the_command_says_which_cells_it_kept_with_such_characters(watchkeeper, demo_case, tmp_path):
    (tmp_path / "incidents.csv").write_text("incident_id,kind,parent_id,note\nSYN-1,incident,,a\u200bb\n")
    ran = watchkeeper("ledger", "import", "incidents.csv", "--case", demo_case)
    assert ran.code == 0
    assert "incidents.csv:2: note: zero-width character U+200B; kept as it is." in ran.err
