"""Read one provision from its YAML text, with every fault of the file at once.

The shape is checked here, key by key; what must hold between the parts is in `rules.py`.
"""

from __future__ import annotations

from datetime import timedelta

from watchkeeper.model.measure import (
    Amount,
    Checked,
    DatedValue,
    Duty,
    Exemption,
    Hs,
    Limit,
    Measure,
    Source,
    Value,
    cite,
)
from watchkeeper.regime import rules
from watchkeeper.regime.entry import Entry
from watchkeeper.regime.strict import parse
from watchkeeper.values.refused import Invalid

_PLAIN = Value("plain")


def read(text: str, name: str) -> Measure:
    """Return the provision that a file holds.

    Args:
        text: YAML, e.g. of `regime/measures/UN-1718/coal-export-cap.yml`.
        name: Path of the file below `measures/`; without ".yml" it is the key.

    Raises:
        Invalid: anything in the file that is missing, unknown, out of order or marked as
            better checked than its sources allow; `faults` names file, line and key of each.
    """
    page = parse(text, name)
    faults: list[str] = []
    entry = Entry(page, faults, page.root)
    found = _measure(entry)
    if found.key != name.removesuffix(".yml"):
        entry.fault("key", f'must be the path of its file, "{name.removesuffix(".yml")}".')
    for where, words in rules.broken(found):
        entry.fault(where, words)
    entry.done()
    if faults:
        raise Invalid(f"{name} is not a provision that can be relied on.", tuple(faults))
    return found


def _measure(entry: Entry) -> Measure:
    key = entry.text("key")
    resolution = entry.whole("resolution")
    paragraph = entry.maybe_text("paragraph") if entry.holds("paragraph") else None
    adopted = entry.maybe_when("adopted") if entry.holds("adopted") else None
    sources = tuple(_source(each) for each in entry.entries("sources")) if entry.holds("sources") else ()
    authority = cite(resolution, adopted, paragraph)
    told = [_value(each, key, authority, sources) for each in entry.entries("values")]
    return Measure(
        key=key,
        title=entry.text("title"),
        kind=entry.word("kind", "kinds"),
        direction=entry.word("direction", "directions"),
        acts_on=entry.word("acts_on", "acts_on"),
        resolution=resolution,
        paragraph=paragraph,
        adopted=adopted,
        subject=entry.text("subject"),
        hs=_hs(entry),
        values=tuple(told),
        exceptions=tuple(_exemption(each) for each in entry.entries("exceptions")),
        reporting=tuple(_duty(each) for each in entry.entries("reporting")),
        superseded_by=entry.texts("superseded_by"),
        widened_by=entry.texts("widened_by"),
        checked=_checked(entry),
        sources=sources,
        reviewed_on=entry.day("reviewed_on"),
        notes=entry.maybe_text("notes"),
    )


def _source(entry: Entry) -> Source:
    found = Source(entry.text("url"), entry.words("carries", "parts"))
    entry.done()
    return found


def _value(entry: Entry, key: str, authority: str, sources: tuple[Source, ...]) -> DatedValue:
    starts = entry.maybe_day("from") if entry.holds("from") else None
    ends = entry.maybe_day("last_day")
    carrying = (page.url for part in ("value", "substance") for page in sources if part in page.carries)
    checked = entry.word("checked", "checked")
    found = DatedValue(
        key=key,
        from_on=starts,
        until=ends and ends + timedelta(days=1),
        status=entry.maybe_word("status", "statuses") or "in-force",
        says=entry.text("says"),
        value=_form(entry),
        period=entry.maybe_word("period", "periods"),
        due_on=entry.maybe_day("due_on"),
        authority=entry.maybe_text("authority") or authority,
        source=entry.maybe_text("source") or (None if checked == "recalled" else next(carrying, None)),
        checked=checked,
        because=entry.maybe_text("because"),
    )
    entry.done()
    return found


def _form(entry: Entry) -> Value:
    told = entry.entry("value")
    if told is None:
        return _PLAIN
    form = told.word("form", "forms")
    limits = tuple(_limit(each) for each in told.entries("limits"))
    found = Value(form, limits, told.maybe_word("joined", "joined"), told.maybe_text("relative_to"))
    told.done()
    return found


def _limit(entry: Entry) -> Limit:
    found = Limit(Amount(entry.number("number"), entry.word("unit", "units")), entry.maybe_text("goods"))
    entry.done()
    return found


def _hs(entry: Entry) -> Hs | None:
    told = entry.entry("hs")
    if told is None:
        return None
    basis, precision = told.word("basis", "hs_bases"), told.word("precision", "hs_precisions")
    edition = told.maybe_text("edition") if told.holds("edition") else None
    found = Hs(told.text("scope"), told.texts("prefixes"), basis, edition, precision)
    told.done()
    return found


def _exemption(entry: Entry) -> Exemption:
    found = Exemption(entry.text("says"), entry.word("checked", "checked"))
    entry.done()
    return found


def _duty(entry: Entry) -> Duty:
    says, checked = entry.text("says"), entry.word("checked", "checked")
    due_on, notices = entry.maybe_day("due_on"), entry.wholes("notices_percent")
    found = Duty(says, checked, entry.maybe_whole("every_days"), due_on, notices)
    entry.done()
    return found


def _checked(entry: Entry) -> Checked:
    told = entry.entry("checked")
    if told is None:
        entry.fault("checked", "is missing; say how far substance, paragraph and codes were checked.")
        return Checked("recalled", None, None)
    paragraph, hs = told.maybe_word("paragraph", "checked"), told.maybe_word("hs", "checked")
    found = Checked(told.word("substance", "checked"), paragraph, hs)
    told.done()
    return found
