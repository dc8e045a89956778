"""Exit codes: a script can tell done, our bug, usage, not found, invalid, integrity and interrupted apart."""

from __future__ import annotations

import errno
import hashlib
import json

import pytest

from watchkeeper.store.case import Case


def test_0_is_done(watchkeeper):
    ran = watchkeeper("figure", "show", "cyber.instances", "--edition", "S/2019/691", "--demo", "-f", "json")
    assert ran.code == 0


def test_1_is_our_bug_and_shows_where_it_is(process, tmp_path):
    """A bug is planted: a counting rule that divides by nothing."""
    planted = tmp_path / "sitecustomize.py"
    planted.write_text("import watchkeeper.runs.figures as figures\nfigures.list_figures = lambda: 1 / 0\n")
    ran = process("figure", "list", env={"PYTHONPATH": f"{tmp_path}:{_src()}"})
    out, err = ran.communicate()
    assert (ran.returncode, out) == (1, b"")
    assert b"Traceback" in err
    assert err.splitlines()[-1] == b"ZeroDivisionError: division by zero"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["figure", "show"], "Missing argument 'figure'"),
        (["figures"], "No such command 'figures'"),
        (["ledger", "list", "--as-of", "2019"], '"2019" is not a day; write YYYY-MM-DD.'),
        (["ledger", "list", "--as-of", "2019-02-30"], '"2019-02-30" names a day that does not exist'),
        (["regime", "show", "UN-1718/refined-petroleum-cap", "--on", "1 June 2018"], '"1 June 2018" is not a day'),
        (
            ["claim", "add", "UN19-21", "title=x", "--page", "0"],
            "Invalid value for '--page': 0 is not in the range x>=1",
        ),
        (["case", "status", "--demo", "--case", "case"], "--case and --demo name two cases; give one of them."),
        (["case", "status", "--case"], "Option '--case' requires an argument"),
    ],
)
def test_2_is_a_call_that_cannot_be_understood(words, says, watchkeeper):
    ran = watchkeeper(*words)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["figure", "show", "cyber.instance", "--demo"], 'No figure "cyber.instance"; nearest: cyber.instances'),
        (["figure", "show", "cyber.instances", "--edition", "S/2019/69", "--demo"], "known: S/2019/691, S/2019/691-dr"),
        (["ledger", "list", "--population", "all", "--demo"], 'No population "all"; known: panel-2019, later, record'),
        (["ledger", "show", "UN19-3", "--demo"], "No incident UN19-3 in this case; nearest: UN19-3"),
        (["ledger", "show", "?", "--demo"], "nearest: none. All: watchkeeper ledger list."),
        (["ledger", "diff", "S/2019/691", "S/2020/1", "--demo"], 'No edition "S/2020/1"'),
        (["regime", "show", "UN-1718/coals"], 'There is no measure "UN-1718/coals". Nearest: UN-1718/coal'),
        (["regime", "show", "UN-1718/refined-petroleum-cap", "--on", "2001-01-01"], "There is no default."),
        (["report", "build", "cyber", "--demo"], 'No report "cyber"; known: cyber-theft-2019, cyber-theft-today,'),
        (["report", "verify", "r9", "--demo"], "No report r9 in this case; see `watchkeeper report list`."),
        (["add", "reply.pdf"], "No case folder at or above"),
        (["case", "status", "--case", "nowhere"], "nowhere is no case folder. Make one with"),
    ],
)
def test_3_is_a_thing_that_is_not_there_with_the_nearest_that_is(words, says, watchkeeper):
    ran = watchkeeper(*words)
    assert (ran.code, ran.out) == (3, "")
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_4_is_a_file_with_rows_that_cannot_be_kept(watchkeeper, demo_case, tmp_path):
    bad = tmp_path / "incidents.csv"
    bad.write_text("incident_id,kind,parent_id,note\nSYN-1,incident,,\nSYN-2,accident,,\n")
    ran = watchkeeper("ledger", "import", bad, "--case", demo_case)
    assert (ran.code, ran.out) == (4, "")
    assert "read 2 = kept 1 (1 new) + rejected 1" in ran.err
    assert (tmp_path / "rejected.csv").exists()


def test_5_is_a_record_that_was_changed(watchkeeper, demo_case):
    log = demo_case / "log" / "000001.elog"
    data = bytearray(log.read_bytes())
    data[data.index(b'"81') + 1] = ord("9")  # some amount, 10 % higher
    log.write_bytes(data)
    for words in (["case", "status"], ["figure", "show", "cyber.instances"], ["case", "rebuild"], ["ledger", "list"]):
        ran = watchkeeper(*words, "--case", demo_case)
        assert (ran.code, ran.out) == (5, "")
        assert "is not as it was acknowledged" in ran.err
        assert "Restore the case from a copy and compare" in ran.err


def test_5_is_a_log_that_is_gone_or_another_file(watchkeeper, demo_case):
    log = demo_case / "log" / "000001.elog"
    log.write_bytes(b"SQLite format 3\x00")
    ran = watchkeeper("ledger", "list", "--case", demo_case)
    assert ran.code == 5
    assert "does not begin as a Watchkeeper log" in ran.err
    log.unlink()
    ran = watchkeeper("ledger", "list", "--case", demo_case)
    assert ran.code == 5
    assert "is missing: the record of this case is gone. Restore it from a copy." in ran.err


def test_a_changed_table_is_no_fault_of_the_record_it_is_rebuilt(watchkeeper, demo_case):
    before = watchkeeper("ledger", "list", "--case", demo_case, "-f", "json")
    (demo_case / "tables" / "claim.parquet").write_bytes(b"PAR1 of something else")
    assert watchkeeper("ledger", "list", "--case", demo_case, "-f", "json") == before


def test_a_folder_or_disk_that_denies_us_is_named_and_is_no_bug_of_ours(watchkeeper, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    ran = watchkeeper("case", "init", "file/case")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == "file/case cannot be made (Not a directory); name another folder.\n"

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("sys.stdout.write", full)
    ran = watchkeeper("figure", "list")
    assert (ran.code, ran.err[:40]) == (4, "Standard output: No space left on device")


@pytest.mark.parametrize(
    "words",
    [
        ["case", "init", "/proc/x"],
        ["figure", "list", "-o", "/proc/x.json"],
        ["report", "build", "cyber-theft-2019", "--demo", "--out", "/proc/x"],
        ["report", "build", "cyber-theft-2019", "--demo", "--out=/proc/x"],
        ["demo", "/proc/x"],
    ],
)
def test_a_path_that_cannot_be_written_is_the_users_to_mend(words, watchkeeper, monkeypatch):
    files = ("report.pdf", "report.html", "report.docx", "figures.json")
    monkeypatch.setattr(
        "watchkeeper.runs.reporting._render", lambda *_: {**dict.fromkeys(files, b"x"), "missing_glyphs": {}}
    )
    ran = watchkeeper(*words)
    assert (ran.code, ran.out) == (4, "")
    assert "/proc/x" in ran.err
    assert "No such file or directory" in ran.err


def test_a_disk_that_fails_in_the_middle_of_a_write_leaves_the_record_as_it_was(watchkeeper, demo_case, monkeypatch):
    log = demo_case / "log" / "000001.elog"
    before, whole = watchkeeper("case", "status", "--case", demo_case), log.read_bytes()

    def broken(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("watchkeeper.store.disk.calls.fsync", broken)
        ran = watchkeeper("claim", "add", "UN19-21", "title=x", "--source", "RECALLED", "--case", demo_case)
    assert (ran.code, ran.out) == (4, "")
    assert (log.read_bytes(), watchkeeper("case", "status", "--case", demo_case)) == (whole, before)


def test_a_fault_of_the_disk_that_names_no_denial_is_not_hidden(monkeypatch, watchkeeper):
    def missing(case):
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", "measures/coal.yml")

    monkeypatch.setattr("watchkeeper.runs.checking.checks", missing)
    with pytest.raises(FileNotFoundError):
        watchkeeper("doctor")


def test_bytes_that_are_no_text_are_refused_before_anything_is_done(process, demo_case):
    before = hashlib.sha256((demo_case / "log" / "000001.elog").read_bytes()).digest()
    ran = process("claim", "add", "UN19-21", b"title=Caf\xe9".decode("utf-8", "surrogateescape"), "--case", demo_case)
    out, err = ran.communicate()
    assert (ran.returncode, out) == (2, b"")
    assert "is not UTF-8 text, so it could not be recorded; rename the file or mend it." in err.decode()
    assert hashlib.sha256((demo_case / "log" / "000001.elog").read_bytes()).digest() == before


def test_5_is_a_capture_that_was_changed_or_is_gone(watchkeeper, demo_case):
    case = Case(demo_case)
    sha = min(case.tables["capture"]["capture"])
    path = demo_case / "raw" / "sha256" / sha[:2] / sha[2:4] / sha
    assert json.loads(watchkeeper("case", "status", "--case", demo_case, "-f", "json").out)["captures_sound"] is True
    path.chmod(0o644)
    path.write_bytes(b"other bytes")
    ran = watchkeeper("case", "rebuild", "--case", demo_case)
    assert (ran.code, ran.err[:90]) == (5, f"Capture {sha} was changed on disk"[:90])
    assert json.loads(watchkeeper("case", "status", "--case", demo_case, "-f", "json").out)["captures_sound"] is False
    path.unlink()
    ran = watchkeeper("case", "rebuild", "--case", demo_case)
    assert (ran.code, ran.err) == (
        5, f"Capture {sha} is in the log and its bytes are gone. Restore it from a copy.\n"
    )  # fmt: skip


def test_a_torn_tail_is_said_once_and_not_counted(watchkeeper, demo_case):
    before = watchkeeper("ledger", "count", "--case", demo_case, "-f", "json")
    with (demo_case / "log" / "000001.elog").open("ab") as log:
        log.write(b"\x00" * 7)
    after = watchkeeper("ledger", "count", "--case", demo_case, "-f", "json")
    assert (after.code, after.out) == (0, before.out)
    assert after.err.count("7 bytes behind the last sealed batch were cut off or never finished") == 1
    assert "they are not counted" in after.err
    assert "sealed batch" not in before.err


def test_a_second_writer_is_refused_with_the_name_of_the_first(watchkeeper, demo_case):
    from watchkeeper.store.lock import writing

    with writing(demo_case):
        ran = watchkeeper("claim", "add", "UN19-21", "title=x", "--source", "RECALLED", "--case", demo_case)
        assert (ran.code, ran.out) == (2, "")
        assert "is being written by process" in ran.err
        assert watchkeeper("ledger", "count", "--case", demo_case).code == 0  # a reader does not wait
    assert len(Case(demo_case).log) > 0


def _src():
    from pathlib import Path

    import watchkeeper

    return Path(watchkeeper.__file__).parents[1]
