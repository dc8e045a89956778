"""The Python interface: the same use cases as the command line, and equal answers.

import watchkeeper as wk
case = wk.open("case/")
case.figure("cyber.instances", edition="S/2019/691")["value"]   # 35
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from watchkeeper.evidence import verify
from watchkeeper.ledger.trace_groups import PER_MILLE
from watchkeeper.model.tlp import LAXEST, ON_ENTRY, STRICTEST
from watchkeeper.runs import (
    adding,
    auditing,
    bundling,
    claiming,
    deciding,
    exporting,
    figures,
    ledger_reading,
    party_ownership,
    party_reading,
    publishing,
    reporting,
    request_reading,
    reviewing,
    trace_comparing,
    trace_drawing,
    trace_folding,
    trace_paths,
    trace_reading,
    trace_watching,
    tracing,
)
from watchkeeper.runs.opening import open_case
from watchkeeper.runs.trace_asking import Asked
from watchkeeper.store.case import Case


class OpenCase:
    """A case opened for reading and writing; every method is one use case."""

    def __init__(self, case: Case) -> None:
        """Wrap an open case folder."""
        self._case = case

    def figure(
        self,
        figure_id: str,
        *,
        edition: str | None = None,
        as_of: date | None = None,
        clearance: str = STRICTEST,
        trace: str | None = None,
    ) -> dict[str, Any]:
        """Return a figure as JSON: value, values, rows, ids, rule, derivation; above the clearance, that it is.

        `trace` names the trace that a figure of followed money tells of, where the case holds several.
        """
        _, told = figures.show_figure(
            self._case, figure_id, edition=edition, as_of=as_of, clearance=clearance, trace=trace
        )
        return told

    def incidents(
        self, *, population: str = "record", edition: str | None = None, as_of: date | None = None
    ) -> list[dict[str, Any]]:
        """Return one readable row an incident."""
        return ledger_reading.list_incidents(self._case, population=population, edition=edition, as_of=as_of)

    def incident(self, incident_id: str) -> dict[str, Any]:
        """Return all that the record says of one incident."""
        return ledger_reading.show(self._case, incident_id)

    def add(
        self,
        *paths: str | Path,
        by: str,
        obtained_from: str | None = None,
        obtained_how: str | None = None,
        tlp: str = ON_ENTRY,
    ) -> list[dict[str, Any]]:
        """Keep files as captures; return what each was understood to be."""
        files = [Path(path) for path in paths]
        told = {"obtained_from": obtained_from, "obtained_how": obtained_how}
        return adding.add(self._case, files, by=by, tlp=tlp, **told)

    def add_claim(
        self, incident: str, said: str, *, by: str, tlp: str | None = None, **cells: str | None
    ) -> dict[str, Any]:
        """Enter one claim, e.g. `add_claim("UN19-21", "loss_reported=9000000USD", source_id=..., by=...)`."""
        return claiming.add_claim(self._case, incident, said, cells, by=by, tlp=tlp)

    def decide(
        self,
        subject: str,
        verdict: str,
        *,
        reason: str,
        by: str,
        other: str | None = None,
        until: date | None = None,
    ) -> dict[str, Any]:
        """Enter one verdict on `subject`; most wait until a second account gives the same."""
        return deciding.decide(self._case, subject, verdict, reason=reason, by=by, other=other, until=until)

    def review_queue(self, *, candidates: bool = False) -> list[dict[str, Any]]:
        """Return one row a question that waits for a person."""
        return reviewing.queue(self._case, candidates=candidates)

    def history(self, subject: str) -> list[dict[str, Any]]:
        """Return every statement on a subject in the order of the record."""
        return reviewing.history(self._case, subject)

    def party(self, party: str, *, on: date | None = None) -> dict[str, Any]:
        """Return all that the record says of a party, contradictions side by side."""
        return party_reading.show(self._case, party, on=on)

    def ownership(self, party: str, regime: str, on: date) -> dict[str, Any]:
        """Return what is held in a party by listed ones on a day, at least and at most, under a regime's rule."""
        return party_ownership.ownership(self._case, party, regime, on)

    def requests(self) -> list[dict[str, Any]]:
        """Return one row a request: to whom, what became of it."""
        return request_reading.list_requests(self._case)

    def corrections(self, report: str | None = None) -> list[dict[str, Any]]:
        """Return one row a figure of a published report that reads otherwise now, with the bundles that carry it."""
        return publishing.corrections(self._case, report)

    def export(self, form: str, *, candidates: bool = False, clearance: str = LAXEST) -> bytes:
        """Return the reviewed parties and incidents as "ftm" (FollowTheMoney lines) or "stix" (a STIX 2.1 bundle)."""
        write = {"ftm": exporting.export_ftm, "stix": exporting.export_stix}[form]
        return write(self._case, candidates=candidates, clearance=clearance).data

    def trace(self, name: str, *, by: str, **asked: Any) -> dict[str, Any]:
        """Decide how money is followed, log it, then follow it; `asked` are the words of `runs.trace_asking.Asked`.

        case.trace("lifi", names=["lifi"], chain="eth", asset="USD", method="fifo", reason=..., sources=["sources"],
        ends=["terminals"], by=...)
        """
        return tracing.run(self._case, name, Asked(**asked), by=by)

    def traces(self) -> list[dict[str, Any]]:
        """Return one row a trace."""
        return trace_reading.list_traces(self._case)

    def trace_resumed(self, name: str, *, by: str) -> dict[str, Any]:
        """Compute a trace that was decided and whose run was interrupted."""
        return tracing.resume(self._case, name, by=by)

    def trace_table(
        self,
        name: str,
        *,
        by: str = "label",
        sink: str | None = None,
        outcome: str | None = None,
        value: str | None = None,
    ) -> dict[str, Any]:
        """Return how a trace was decided, what it misses, how it adds up, and under "rows" a row a sink."""
        return trace_reading.show(self._case, name, by=by, sink=sink, outcome=outcome, value=value)

    def trace_paths(self, name: str, sink: str) -> list[dict[str, Any]]:
        """Return one row a hop of the ways by which money came to a sink."""
        return trace_paths.paths(self._case, name, sink)

    def trace_compared(self, name: str, *, options: bool = False) -> list[dict[str, Any]]:
        """Return what every method says of each sink; with `options` what each choice left open would move."""
        return (trace_comparing.sensitivity if options else trace_comparing.compare)(self._case, name)

    def trace_folded(self, name: str, *, outcome: str | None = None, per_mille: int = PER_MILLE) -> dict[str, Any]:
        """Return the addresses of a trace folded by level and nearly equal amounts."""
        return trace_folding.folded(self._case, name, outcome=outcome, per_mille=per_mille)

    def trace_watched(self, name: str) -> dict[str, Any]:
        """Return what has left the addresses that held, by readings added since."""
        return trace_watching.watch(self._case, name)

    def trace_graph(self, name: str) -> bytes:
        """Return the transfers of a trace as GEXF."""
        return trace_drawing.gexf(self._case, name)

    def build_report(
        self, plan: str, *, name: str | None = None, as_of: date | None = None, clearance: str = STRICTEST
    ) -> dict[str, Any]:
        """Build a report's files in the case, for readers of a clearance."""
        return reporting.build(self._case, plan, name=name, as_of=as_of, clearance=clearance)

    def make_bundle(
        self, report: str, out: str | Path, *, by: str, clearances: Sequence[str] = ("CLEAR",), to: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """Bundle a built report for readers of each clearance; return one row a bundle."""
        return bundling.make(self._case, report, Path(out), clearances=clearances, by=by, to=to)

    def check_record(self, against: str | Path | None = None) -> dict[str, Any]:
        """Check the whole record, and that it only grew since a checkpoint that was kept elsewhere."""
        return auditing.audit(self._case, Path(against) if against is not None else None)

    def verify_report(self, name: str) -> dict[str, Any]:
        """Return which figures of a report have drifted, and why."""
        return reporting.verify(self._case, name)


def verify_bundle(path: str | Path) -> dict[str, Any]:
    """Return what verification finds in a bundle: whether it is sound, its key, and a verdict a figure."""
    return verify.to_json(bundling.check(Path(path)))


def open(folder: str | Path | None = None, *, demo: bool = False) -> OpenCase:  # noqa: A001 - `wk.open` reads as one says it
    """Open a case folder (default: the nearest one), or the bundled case with `demo=True`."""
    return OpenCase(open_case(Path(folder) if folder is not None else None, demo=demo))
