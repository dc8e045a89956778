"""Process: what only a process of its own can show: pipes, a terminal, signals, the environment."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

LONG = ("ledger", "list", "--population", "everything", "--demo", "-f", "json")  # far more than a pipe holds


def test_data_go_to_standard_output_and_words_to_standard_error(process):
    ran = process("figure", "show", "cyber.instances", "--edition", "S/2019/691", "--demo")
    out, err = ran.communicate()
    assert ran.returncode == 0
    assert out.decode().splitlines()[0].startswith("incident id   occurred")
    assert out.count(b"UN19-") == 35
    assert b"35 reported instances" in err
    assert b"35 reported instances" not in out


def test_json_on_standard_output_is_one_document_and_nothing_else(process):
    ran = process("figure", "show", "cyber.instances", "--edition", "S/2019/691", "--demo", "-f", "json")
    out, err = ran.communicate()
    assert (json.loads(out)["value"], err) == (35, b"")


@pytest.mark.parametrize("words", [LONG, ("regime", "list")], ids=["more than a pipe holds", "less"])
def test_a_reader_that_goes_away_ends_a_command_quietly(words, process):
    ran = process(*words)
    ran.stdout.close()  # as `| head` does
    with ran.stderr as said:
        assert said.read() == b""
    assert ran.wait() == 0


def test_closed_standard_input_is_no_matter(process):
    ran = process("figure", "list", "-f", "json", stdin=None, preexec_fn=lambda: os.close(0))
    out, err = ran.communicate()
    assert (ran.returncode, err) == (0, b"")
    assert json.loads(out)


def test_a_full_disk_behind_standard_output_is_said_and_is_not_success(process):
    with Path("/dev/full").open("wb") as full:
        ran = process("figure", "list", stdout=full)
        _, err = ran.communicate()
    assert ran.returncode == 4
    assert err.startswith(b"Standard output: No space left on device.")


def test_an_interrupt_ends_with_130_and_words(process):
    ran = process("case", "query", "--demo", "SELECT sum(a.range) FROM range(4000000000000) a")
    time.sleep(2)  # it is counting by now, and would be for an hour
    ran.send_signal(signal.SIGINT)
    out, err = ran.communicate(timeout=60)
    # Python may pass the signal on to itself at its end; a shell reports 130 either way.
    assert (ran.returncode in (130, -signal.SIGINT), out) == (True, b"")
    assert err.decode() == "Interrupted; nothing half-written was kept. The same command can be run again.\n"


def test_an_interrupt_in_the_middle_of_a_write_leaves_the_record_as_it_was(watchkeeper, demo_case, monkeypatch):
    log = demo_case / "log" / "000001.elog"
    before = log.read_bytes()
    whole = json.loads(watchkeeper("case", "status", "--case", demo_case, "-f", "json").out)

    def half(self, statements, signer):
        with self.path.open("ab") as handle:
            handle.write(b"\x00\x00\x01\x00 half a frame")
        raise KeyboardInterrupt

    said = ("claim", "add", "UN19-21", "loss_reported=9000000USD", "--source", "RECALLED", "--case", demo_case)
    with monkeypatch.context() as patch:
        patch.setattr("watchkeeper.store.log.Log.append", half)
        ran = watchkeeper(*said)
    assert (ran.code, ran.out) == (130, "")
    assert ran.err == "Interrupted; nothing half-written was kept. The same command can be run again.\n"
    status = json.loads(watchkeeper("case", "status", "--case", demo_case, "-f", "json").out)
    assert (status["torn_tail_bytes"], status["claims"]) == (17, whole["claims"])
    assert watchkeeper(*said).code == 0
    assert log.read_bytes().startswith(before)
    assert b"half a frame" not in log.read_bytes()


def test_a_terminal_sees_the_same_words_without_escape_codes(process):
    ours, theirs = pty.openpty()
    words = ("ledger", "list", "--edition", "S/2019/691", "--demo")
    ran = process(*words, stdout=theirs, env={"TERM": "xterm-256color", "COLUMNS": "200"})
    os.close(theirs)
    seen = _all_of(ours)
    _, err = ran.communicate()
    assert (ran.returncode, err) == (0, b"")
    assert b"Bangladesh Bank" in seen
    assert b"\x1b" not in seen


def test_progress_is_shown_on_a_terminal_alone():
    code = "from watchkeeper.cli.report import progress\nwith progress() as said: said('counting')\n"
    piped = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert (piped.stdout, piped.stderr) == (b"", b"")
    ours, theirs = pty.openpty()
    ran = subprocess.Popen([sys.executable, "-c", code], stderr=theirs, stdout=subprocess.PIPE)
    os.close(theirs)
    seen = _all_of(ours)
    out, _ = ran.communicate()
    assert out == b""
    assert b"counting" in seen


def test_an_answer_does_not_depend_on_the_environment(process):
    words = ("ledger", "list", "--edition", "S/2019/691", "--demo", "-f", "csv")
    other = {"LC_ALL": "C", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "COLUMNS": "40", "FORCE_COLOR": "1"}
    assert process(*words).communicate() == process(*words, env=other).communicate()


def test_the_module_answers_to_the_name_of_the_command(process):
    out, _ = process("--help").communicate()
    assert out.startswith(b"Usage: watchkeeper [OPTIONS] COMMAND [ARGS]...")


def _all_of(terminal):
    seen = b""
    try:
        while piece := os.read(terminal, 65_536):
            seen += piece
    except OSError:  # the other end is closed: that is how a terminal ends on Linux
        return seen
    finally:
        os.close(terminal)
    return seen
