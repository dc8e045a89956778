"""Tracing: a method is decided, logged with its reason, and only then is anything computed and entered.

What is found is a candidate. A second run under another method is a trace of its own, under another name, and is shown
with those of the same thefts that came before it: nobody can try methods until one pleases and show that one alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from watchkeeper.fetch import clock
from watchkeeper.ledger import traces
from watchkeeper.model.chain_entries import entry
from watchkeeper.model.tlp import strictest
from watchkeeper.runs import manifest, trace_coins, trace_findings, trace_following
from watchkeeper.runs.trace_asking import Asked, Plan, Stated, named, plan, told
from watchkeeper.runs.trace_findings import Found
from watchkeeper.runs.trace_following import COLUMN
from watchkeeper.runs.trace_words import NOTHING, meant
from watchkeeper.store.case import Case
from watchkeeper.values import account
from watchkeeper.values import chain as chains
from watchkeeper.values.digest import Json, canonical
from watchkeeper.values.refused import Invalid

_VERB = "trace run"
_TOLD = 5  # accounts whose completeness is told one by one; `trace show` tells that of all rows
Following = trace_following.History | trace_coins.CoinHistory


def run(case: Case, name: str, asked: Asked, *, by: str) -> dict[str, Any]:
    """Follow money and enter what is found; the decision how stands in the record first.

    Args:
        case: The case.
        name: Name of the trace, new in the case.
        asked: What is followed, from where, to where, by which method and why.
        by: Who decides.

    Returns:
        The trace's name, how many findings it has, what was left out, and notes of the index, a sentence each.

    Raises:
        Invalid, NotFound: what was asked for cannot be followed; nothing is written.
    """
    who = account.read(by)
    planned = plan(case, asked)
    following = _history(planned)
    _check_apart(following)
    body = _decision(named(name, case), asked, planned, following, who)
    label = _label(case, planned)
    case.append([entry("trace", body, tlp=label, id_=name)], at=clock.stamp(), by=by, new=frozenset({name}))
    return _compute(case, name, planned, following, label=label, by=by)


def resume(case: Case, name: str, *, by: str) -> dict[str, Any]:
    """Compute a trace that was decided and whose findings are missing, as after an interruption.

    Raises:
        NotFound: no such trace; Invalid: its findings stand already.
    """
    trace = traces.trace_of(case.tables, name)
    if traces.findings_of(case.tables, name).height:
        raise Invalid(f"{name} has its findings; see `watchkeeper trace show {name}`. {NOTHING}")
    planned = planned_of(case, trace)
    return _compute(case, name, planned, _history(planned), label=trace.tlp, by=by)


def planned_of(case: Case, trace: traces.Trace, readings: Sequence[str] = ()) -> Plan:
    """Return the plan of a trace as it was decided: the same readings, thefts, ends and options.

    Args:
        case: The case.
        trace: The trace.
        readings: Further readings, or names of sets, to follow beside its own.
    """
    from watchkeeper.methods.taint.options import Options
    from watchkeeper.runs.chain_opening import open_chain

    family = chains.parse(trace.chain).family
    prefix = f"{trace.chain}:"
    return Plan(
        index=open_chain(case, [*trace.readings, *readings]),
        chain=trace.chain,
        asset=trace.asset,
        unit=trace.unit,
        method=trace.method,
        options=Options.of(trace.options, family),
        sources=tuple(one.account.removeprefix(prefix) for one in trace.thefts if one.every_outflow),
        stated=tuple(
            Stated(one.account.removeprefix(prefix), one.amount, one.tx)
            for one in trace.thefts
            if not one.every_outflow
        ),
        ends=frozenset(one.removeprefix(prefix) for one in trace.ends if one.startswith(prefix)),
        end_words=tuple(one for one in trace.ends if not one.startswith(prefix)),
    )


def _history(planned: Plan) -> Following:
    if planned.index.family == chains.COINS:
        return trace_coins.history(planned)
    return trace_following.history(planned)


def _check_apart(following: Following) -> None:
    """Refuse thefts that name the same units: they would be counted twice, and nothing would add up."""
    if isinstance(following, trace_coins.CoinHistory):
        twice = trace_coins.twice(following)
    else:
        twice = trace_following.twice(following)
    if twice:
        raise Invalid(
            f"Two of the thefts name the same {traces.readable(twice, following.plan.unit)}: what was taken first had "
            f"come to where the second is stated. Name the first alone, or state less. {NOTHING}"
        )


def _decision(name: str, asked: Asked, planned: Plan, following: Following, who: str) -> dict[str, Json]:
    stolen = [
        {
            "account": one.account,
            "amount": str(one.amount),
            **({"tx": one.tx} if one.tx else {}),
            **({"rule": "every outflow"} if one.every_outflow else {}),
        }
        for one in following.stolen
    ]
    return {
        "trace_id": name,
        "method": planned.method,
        "options": told(planned.options.told()),
        "reason": asked.reason.strip(),
        "chain": planned.chain,
        "asset": planned.asset,
        "readings": list(planned.index.readings),
        "thefts": canonical(stolen).decode(),
        "ends": [*planned.end_words, *sorted(f"{planned.chain}:{one}" for one in planned.ends)],
        "incident_id": asked.incident,
        "author": who,
        "decided_on": clock.today().isoformat(),
    }


def _label(case: Case, planned: Plan) -> str:
    """Return the label of a trace: as strict as the strictest of what it follows and of what its words stand for.

    The addresses of a list or a label are kept with the trace, so they may go no further than those.
    """
    read = case.tables["reading"].filter(
        pl.col("reading_id").is_in(list(planned.index.readings)) | pl.col("name").is_in(list(planned.words))
    )
    held = case.tables["capture"].filter(pl.col("capture").is_in(read["capture"].implode()))
    # A list hides a label of the same name, as it does where words are resolved.
    words = set(planned.words) - set(read["name"])
    said = {one.label_id for word in words for one in meant(case, planned.chain, word)}
    labels = case.tables["label"].filter(pl.col("label_id").is_in(pl.Series(sorted(said), dtype=pl.String).implode()))
    return strictest([*read["tlp"], *held["tlp"], *labels["tlp"]])


def _compute(case: Case, name: str, planned: Plan, following: Following, *, label: str, by: str) -> dict[str, Any]:
    found = _found(case, name, planned, following)
    entries = [entry("finding", body, tlp=label) for body in found.bodies]
    data = manifest.manifest(
        _VERB,
        # Their ids are digests of what they say, so the list of them stands for all.
        {"findings.txt": "".join(f"{one['id']}\n" for one in entries).encode()},
        [manifest.record_material(case), *_materials(case, planned)],
        {"trace": name, "method": planned.method, "options": planned.options.told()},
        {"findings": len(entries), "transfers_not_reached_left_out": found.left_out},
    )
    case.append([*entries, manifest.entry(case, data, verb=_VERB, tlp=label)], at=clock.stamp(), by=by)
    trace = traces.trace_of(case.tables, name)
    return {
        "trace": name,
        "findings": len(entries),
        "identity": {part: traces.written(n, trace.unit) for part, n in traces.identity(case.tables, trace).items()},
        "left_out": found.left_out,
        "left_out_amount": traces.written(found.left_out_amount, planned.unit),
        "notes": [*planned.notes, *trace_following.beyond(following), *planned.index.notes, *_completeness(planned)],
        "before": traces.before(case.tables, trace),
    }


def _completeness(planned: Plan) -> list[str]:
    """Return for the accounts from which is followed what the rows are said to hold of them, a sentence each."""
    if planned.index.family == chains.COINS:
        return []
    accounts = [*planned.sources, *(one.account for one in planned.stated)][:_TOLD]
    return [one.sentence for one in planned.index.completeness(accounts, planned.asset)]


def _found(case: Case, name: str, planned: Plan, following: Following) -> Found:
    shared = trace_findings.common(
        case.tables,
        name,
        chain=planned.chain,
        unit=planned.unit,
        method=planned.method,
        day=clock.today().isoformat(),
    )
    if isinstance(following, trace_coins.CoinHistory):
        return trace_coins.find(following, shared)
    return trace_findings.find(following, {p: following.under(p) for p in COLUMN}, following.under("poison"), shared)


def _materials(case: Case, planned: Plan) -> list[dict[str, Any]]:
    read = case.tables["reading"].filter(pl.col("reading_id").is_in(list(planned.index.readings)))
    return [manifest.capture_material(sha256) for sha256 in sorted(set(read["capture"]))]
