"""Demonstrating: a case from the bundled ledger, its reports, and the lines that lead a reader into them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from watchkeeper.report.figures import compute
from watchkeeper.runs import demo_traces, reporting
from watchkeeper.runs.opening import BUNDLED_BY, fill_with_demonstration
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid

_EDITION = "S/2019/691"
_HEADLINES: tuple[tuple[str, str | None, str, str], ...] = (
    ("cyber.instances", _EDITION, "instances", "reported instances, at least"),
    ("cyber.states", f"{_EDITION}-draft", "victim", "States in the draft that the press reported (value: victim)"),
    ("cyber.states", _EDITION, "victim", "States and territories in which victims are located (value: victim)"),
    ("cyber.states", _EDITION, "named", "States and territories named in all (value: named)"),
    ("cyber.amount_attempted", _EDITION, "attempted", "attempted"),
    ("cyber.loss_reported", _EDITION, "loss_reported", "reported as lost"),
    (
        "cyber.attempted_or_lost",
        _EDITION,
        "attempted_or_lost",
        "attempted, else reported lost: an upper end, no income",
    ),
    ("record.instances", None, "instances", "instances in the record graded low or better, contested out"),
    ("record.loss_reported", None, "loss_reported", "reported as lost in these"),
)


def demonstrate(
    folder: Path,
    *,
    as_of: date | None = None,
    program: str = "watchkeeper",
    said: Callable[[str], None] = lambda _: None,
) -> list[str]:
    """Make the demonstration case and its reports in a folder; return the lines to print.

    Args:
        folder: Where the case goes, as `case`; an earlier demonstration there is replaced.
        as_of: The day of the reports; today if not given.
        program: What a reader types for this program.
        said: Told what is being done.

    Raises:
        Invalid: the folder holds something that is not an earlier demonstration.
    """
    case = _case(folder / "case", said)
    reports = [
        reporting.build(case, plan, as_of=as_of, said=said) for plan in ("cyber-theft-2019", "cyber-theft-today")
    ]
    day = reports[0]["as_of"]  # as the report has it: past midnight the clock would say another
    followed = demo_traces.known_on(case, day)
    reports += [reporting.build(case, "proceeds", name=f"proceeds-{one}", as_of=as_of, trace=one, said=said)
                for one in followed]  # fmt: skip
    return [
        *_headlines(case, f"{program} figure show", folder, day),
        *_basis(case, day),
        *(_followed(case, f"{program} trace show", folder) if followed else ()),
        "",
        "Reports:",
        *(f"  {report['folder'] / file}" for report in reports for file in report["files"]),
        "",
        "To hand one to a stranger, who checks it with Python alone:",
        f"  {program} bundle make cyber-theft-2019 --public --case {folder}/case",
    ]


def _case(folder: Path, said: Callable[[str], None]) -> Case:
    if folder.exists():
        if not (folder / "case.json").exists():
            raise Invalid(f"{folder} exists and is no case; it is left alone. Name another folder.")
        # A report that was built or handed over is no work that would be lost.
        entered = [one for one in _opened(folder).statements() if one["kind"] not in ("run", "custody")]
        if {statement["by"] for statement in entered} - {BUNDLED_BY}:
            raise Invalid(
                f"{folder} holds entries made by people; it is left alone. Name another folder, or remove it."
            )
        shutil.rmtree(folder)
    said("reading the bundled ledger")
    case = Case.create(folder)
    fill_with_demonstration(case)
    return case


def _opened(folder: Path) -> Case:
    try:
        return Case(folder)
    except Invalid as refusal:
        raise Invalid(
            f"{refusal} It may be the demonstration of another version: remove {folder}, or name another folder with "
            "`watchkeeper demo FOLDER`."
        ) from None


def _headlines(case: Case, command: str, folder: Path, day: date) -> Iterator[str]:
    yield "What the record says, and the command that opens it to its rows:"
    for figure_id, edition, name, words in _HEADLINES:
        figure = compute(figure_id, case.tables, edition=edition, as_of=day)
        value = next(v for v in figure.outcome.values if v.name == name)
        shown = f"{value.millions()} million USD" if value.is_amount else value.words()
        asked = f" --edition {edition}" if edition else ""
        yield f"  {shown:>35}  {words}"
        yield f"  {'':>35}  {command} {figure_id}{asked} --as-of {day} --case {folder}/case"


def _basis(case: Case, day: date) -> Iterator[str]:
    values = {v.name: v.low for v in compute("record.basis", case.tables, as_of=day).outcome.values}
    everything = case.tables["claim"]
    held = everything.filter(everything["basis"] == "held").height
    yield ""
    yield (
        f"{everything.height:,} claims in the ledger: {held} held, {everything.height - held:,} cited. "
        f"In the record's headlines: {values['claims']:,} claims, {values['recalled']} of them from memory."
    )


def _followed(case: Case, command: str, folder: Path) -> Iterator[str]:
    yield ""
    yield "Two thefts followed for one hop, as lists of others give it, and the command that opens each:"
    for name, amount, words in demo_traces.told(case):
        yield f"  {amount:>35}  {words}"
        yield f"  {'':>35}  {command} {name} --case {folder}/case"
