"""What is true of every command: help with an example that runs, the shared options, a light start."""

from __future__ import annotations

import inspect
import json
import shlex
import shutil
import subprocess
import sys
from unittest.mock import patch

import pytest
import typer

from watchkeeper.cli.main import app
from watchkeeper.runs.opening import demo_case as build
from watchkeeper.store.case import Case

ROOT = typer.main.get_command(app)
WRITES = {  # never to the bundled case
    "add", "case add", "claim add", "claim withdraw", "decide", "import ftm", "ledger import", "party add",
    "party fact", "party link", "party merge", "party split", "party withdraw", "record copy", "record erase",
    "report correct", "request add", "request attempt", "request close", "request sent", "request waive",
    "trace notify", "trace resume", "trace run",
}  # fmt: skip
ALSO = {"add": "case add"}  # one command under two names
# Imported only by the commands that need them: help must answer at once, on any machine.
HEAVY = ("polars", "duckdb", "typst", "docx", "jinja2", "pyarrow", "rfc8785", "rich.table", "rich.console", "yaml")


def _commands(group, path=()):
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(_commands(ROOT))


def _example(command):
    return next(line for line in inspect.getdoc(command.callback).splitlines() if line.startswith("Example: "))


def _tables(work):
    (work / "tables").mkdir()
    (work / "tables" / "incidents.csv").write_text("incident_id,kind,parent_id,note\nSYN-1,incident,,SYNTHETIC\n")


def _report(bundled):
    """Lay down a report of the bundled case: built of one figure, since the files' looks are not asked here."""
    from watchkeeper.report.figures import compute
    from watchkeeper.report.present import to_json
    from watchkeeper.values.digest import of_bytes

    told = to_json(compute("cyber.instances", bundled.tables, edition="S/2019/691"))
    figures = json.dumps({"figures": {"cyber.instances@S/2019/691": told}}).encode()
    rest = dict.fromkeys(("report.pdf", "report.html", "report.docx"), b"stand-in")
    files = {name: of_bytes(data) for name, data in {**rest, "figures.json": figures}.items()}
    day = {"as_of": "2026-11-22", "as_of_given": False, "run": "0" * 64}
    manifest = {"report": "cyber-theft-2019", **day, "log_statements": len(bundled.log), "files": files}
    folder = bundled.folder / "reports" / "cyber-theft-2019"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in {**rest, "figures.json": figures}.items():
        (folder / name).write_bytes(data)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def _bundle(work):
    """Lay down a bundle of one figure."""
    from tests.evidence.small_bundle import FIGURES, bundle

    from watchkeeper.evidence.verify import packed

    files = bundle({"cyber.instances@S/2019/691": FIGURES["instances"]})
    name = "cyber-theft-2019-CLEAR"
    (work / f"{name}.zip").write_bytes(packed(files, name))


def _published(work):
    from watchkeeper.model.publications import publication

    case = Case(work.parent)
    _report(case)
    said = {"report": "cyber-theft-2019", "plan": "cyber-theft-2019", "as_of": "2026-11-22", "run": "0" * 64,
            "figures": ["cyber.instances@S/2019/691"], "parties": [], "entered_on": "2026-11-22"}  # fmt: skip
    case.append([publication(said, tlp="CLEAR")], at="2026-11-22T12:00:00Z", by="a.analyst")


def _parties(work):
    from watchkeeper.runs.partying import add_party

    for name in ("SYNTHETIC One", "SYNTHETIC Two"):
        add_party(Case(work.parent), name, "company", {"source_id": "RECALLED"}, by="a")


def _request(work, *, sent=True):
    """Enter REQ-1, a SYNTHETIC question on row UN19-21; and that it was sent, if the example speaks of what follows."""
    from watchkeeper.runs.requesting import add_request, add_step

    case, asked = Case(work.parent), {"addressee": "Mission", "questions": "How much?", "deadline": "2019-07-31"}
    add_request(case, "UN19-21", asked, by="a.analyst")
    if sent:
        add_step(case, "REQ-1", "sent", {"channel": "note verbale", "at": "2019-06-30"}, by="a.analyst")


def _readings(work):
    """Add a SYNTHETIC set of transfers, "lifi", with the lists "S" of its source and "T" of where tracing stops."""
    from tests.runs.trace_case import MAPPING, address, transfers

    from watchkeeper.runs.chain_adding import Asked, add_chain

    case = Case(work.parent)
    page = "from | to | usd | label\nS | M | 60 |\nM | E | 50 | eXch\nM | P | 5 | ChangeHero\n"
    files = {"lifi": transfers(page), "S": address("S") + "\n", "T": "".join(f"{address(one)}\n" for one in "EP")}
    for name, text in files.items():
        (work / name).write_text(text)
        reader = ("plain/table", "eth", name, MAPPING) if name == "lifi" else ("plain/addresses", "eth", name)
        add_chain(case, [work / name], Asked(*reader), by="a", tlp="CLEAR")
    return case


def _trace(work):
    from watchkeeper.runs.trace_asking import Asked
    from watchkeeper.runs.tracing import run

    asked = Asked(["lifi"], "eth", "USD", "fifo", "first come, first gone", ["S"], ["T"])
    run(_readings(work), "lifi", asked, by="a")


def _interrupted(work):
    with patch("watchkeeper.runs.tracing._compute"):
        _trace(work)


def _ids(case, name):
    """Return the id that stands in the place of the one in an example: of any claim, or of one with personal fields."""
    if name == "claim withdraw":
        return case.tables["claim"]["claim_id"][0]
    if name == "party withdraw":
        return case.tables["fact"]["fact_id"][0]
    return next(statement["id"] for statement in case.log.read().statements if "key" in statement)


PREPARED = {  # what must be there before the example is typed
    "add": lambda work: (work / "README.md").write_text("# A file to keep\n"),
    "case add": lambda work: (work / "README.md").write_text("# A file to keep\n"),
    "ledger import": _tables,
    "bundle make": lambda work: _report(Case(work.parent)),
    "bundle show": _bundle,
    "bundle verify": _bundle,
    "import ftm": lambda work: (work / "entities.ftm.json").write_text(
        '{"id":"a","schema":"Company","properties":{"name":["SYNTHETIC"]}}\n'
    ),
    "report correct": _published,
    **dict.fromkeys(("party fact", "party link", "party merge", "party ownership"), _parties),
    **dict.fromkeys(("party show", "party split"), _parties),
    **dict.fromkeys(("request attempt", "request close", "request letter", "request show"), _request),
    "trace run": _readings,
    "trace resume": _interrupted,
    **dict.fromkeys(
        ("export gexf", "trace compare", "trace notify", "trace path", "trace show", "trace watch"), _trace
    ),
    **dict.fromkeys(("request sent", "request waive"), lambda work: _request(work, sent=False)),
}
TAKES_AN_ID = ("claim withdraw", "party withdraw", "record erase")


def test_the_commands_are_these():
    assert list(COMMANDS) == [
        "add", "bundle make", "bundle show", "bundle verify", "case add", "case init", "case query", "case rebuild",
        "case status", "claim add", "claim withdraw", "decide", "demo", "doctor", "export ftm", "export gexf",
        "export stix", "figure list", "figure show", "history", "import ftm", "ledger count", "ledger diff",
        "ledger duplicates", "ledger import", "ledger list", "ledger show", "ledger sources", "party add",
        "party fact", "party link", "party list", "party merge", "party ownership", "party show", "party split",
        "party withdraw", "record anchor", "record check", "record copy", "record erase", "record personal",
        "regime list", "regime show", "report build", "report correct", "report corrections", "report list",
        "report verify", "request add", "request attempt", "request close", "request letter", "request list",
        "request sent", "request show", "request waive", "review queue", "trace compare", "trace list",
        "trace notify", "trace path", "trace resume", "trace run", "trace show", "trace watch",
    ]  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_every_option_of_its(name, watchkeeper):
    ran = watchkeeper(*name.split(), "--help")
    assert (ran.code, ran.err) == (0, "")
    assert f"Usage: watchkeeper {name}" in ran.out
    assert f"Example: watchkeeper {ALSO.get(name, name)} " in " ".join(ran.out.split()) + " "
    unexplained = [p.name for p in COMMANDS[name].params if not getattr(p, "help", None)]
    assert unexplained == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_in_every_help_can_be_typed_as_it_stands(
    name, watchkeeper, demo_case, demo_cache, monkeypatch, tmp_path
):
    words = shlex.split(_example(COMMANDS[name]).removeprefix("Example: watchkeeper "))
    assert " ".join(words).startswith(ALSO.get(name, name))
    work = demo_case / "work"  # the nearest case is found from any folder within it
    work.mkdir()
    monkeypatch.chdir(demo_case if name == "record copy" else work)  # a copy may not lie in the case
    # A cache of its own: examples may write a report into the bundled case.
    shutil.copytree(demo_cache / "watchkeeper", tmp_path / "watchkeeper")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    if name in PREPARED:
        PREPARED[name](work)
    if name == "report verify":
        _report(build(tmp_path / "watchkeeper"))
    if name in TAKES_AN_ID:
        words = [_ids(Case(demo_case), name) if word.startswith(("c-", "f-")) else word for word in words]
    ran = watchkeeper(*words) if name != "demo" else None
    if ran is not None:  # the example of `demo` has a test of its own: it takes seconds
        assert ran.code == 0, ran.err
        assert "Traceback" not in ran.err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_that_reads_a_case_takes_any_case_and_the_bundled_one(name):
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    source = inspect.getsource(COMMANDS[name].callback)
    works_on_a_case = "open_case" in source
    assert ("--case" in options) == (works_on_a_case or "case_if_any" in source)
    assert ("--demo" in options) == (works_on_a_case and name not in WRITES)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_that_answers_with_rows_takes_a_format_and_a_file(name):
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    if name.startswith("export "):  # the name of the command is the format
        assert ("--format" in options, "--output" in options) == (False, True)
        return
    assert ("--format" in options) == ("--output" in options) == ("emit(" in inspect.getsource(COMMANDS[name].callback))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_refuses_an_option_it_does_not_have_as_usage(name, watchkeeper):
    ran = watchkeeper(*name.split(), "--no-such-option")
    assert (ran.code, ran.out) == (2, "")
    assert "No such option: --no-such-option" in ran.err
    assert f"Try 'watchkeeper {name} --help' for help." in ran.err


def test_the_exit_codes_stand_in_the_help(watchkeeper):
    told = " ".join(watchkeeper("--help").out.split())
    assert (
        "Exit codes: 0 done, 1 our bug, 2 usage, 3 not found, 4 invalid input, 5 integrity, 6 findings (where asked), "
        "130 interrupted."
    ) in told


@pytest.mark.parametrize(
    "group", ["", "bundle", "case", "claim", "figure", "ledger", "record", "regime", "report", "trace"]
)
def test_a_noun_without_a_verb_lists_its_verbs_as_usage(group, watchkeeper):
    ran = watchkeeper(*group.split())
    assert ran.code == 2
    assert "Commands:" in ran.out + ran.err


def test_the_version_is_one_line(watchkeeper):
    from watchkeeper import __version__

    ran = watchkeeper("--version")
    assert (ran.code, ran.out, ran.err) == (0, f"watchkeeper {__version__}\n", "")


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["figure", "show", "--help"], ["demo", "--help"]])
def test_help_imports_nothing_heavy(words):
    code = f"""
import sys
sys.argv = ["watchkeeper", *{words!r}]
from watchkeeper.cli.main import main
try:
    main()
except SystemExit as ended:
    print([name for name in {HEAVY!r} if name in sys.modules], ended.code, file=sys.stderr)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stderr.splitlines()[-1] == "[] 0"


def test_the_check_on_heavy_imports_can_fail():
    """Positive control: a command that works on a case does import them."""
    code = "import sys; from watchkeeper.runs.opening import open_case; print('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"True\n"
