"""What must hold between the parts of a provision, beyond the shape of its file.

A mark of how far a fact was checked must be earned: `secondary` needs a page that carries
the part, `text` needs that page to be of the United Nations. What nothing carries is
`recalled`. Whoever upgrades a mark without a page is stopped here.
"""

from __future__ import annotations

from collections.abc import Iterator

from watchkeeper.model.measure import DatedValue, Measure, Source, Value

Broken = tuple[str, str]  # the key at which to show it, and what is wrong


def broken(measure: Measure) -> Iterator[Broken]:
    """Yield every rule that a provision breaks, as the key it stands at and words."""
    yield from _days(measure)
    for value in measure.values:
        yield from _value(value)
        yield from _form(value.value)
    yield from _codes(measure)
    yield from _pages(measure)
    yield from _marks(measure)


def _days(measure: Measure) -> Iterator[Broken]:
    if not measure.values:
        yield "values", "is empty; a provision says something from some day on."
    for earlier, later in zip(measure.values, measure.values[1:], strict=False):
        if not (earlier.until and later.from_on and earlier.until <= later.from_on):
            yield "values", "must rise: each ends before the next begins; only a lone value may lack a first day."
    first = next((value.from_on for value in measure.values), None)
    if first and measure.adopted and first < measure.adopted.first:
        yield "values", f"begin on {first}, before the resolution was adopted on {measure.adopted.as_written}."


def _value(value: DatedValue) -> Iterator[Broken]:
    if value.from_on and value.until and value.until <= value.from_on:
        yield "values", f"end on {value.last_day}, before their first day, {value.from_on}."
    if value.value.form in ("cap", "freeze") and not value.period:
        yield "values", "lack a period; a quantity means nothing without the days it is counted over."
    if value.period == "whole" and not (value.from_on and value.until):
        yield "values", "have the period whole, which needs a first and a last day."
    if (value.status != "in-force" or value.from_on is None) and not value.because:
        yield "values", "lack `because`; say why it never applied or its first day is not known."


def _form(value: Value) -> Iterator[Broken]:
    if bool(value.limits) != (value.form in ("cap", "threshold")):
        yield "values", f"do not fit the form {value.form}: caps and thresholds have limits, the others none."
    if bool(value.relative_to) != (value.form == "freeze"):
        yield "values", "have `relative_to` in a freeze, and only there."
    if bool(value.joined) != (len(value.limits) > 1):
        yield "values", "have `joined` where there are several limits, and only there."


def _codes(measure: Measure) -> Iterator[Broken]:
    for prefix in measure.hs.prefixes if measure.hs else ():
        if not (prefix.isascii() and prefix.isdigit() and len(prefix) in (2, 4, 6)):
            yield "hs", f'"{prefix}" is no HS chapter, heading or subheading (2, 4 or 6 digits).'


def _pages(measure: Measure) -> Iterator[Broken]:
    for page in measure.sources:
        if not page.url.startswith(("https://", "http://")):
            yield "sources", f'"{page.url}" is no web address; name the page that was read.'
        if not page.carries:
            yield "sources", f"{page.url} carries nothing; say which parts were read on it."
    known = {page.url for page in measure.sources}
    for value in measure.values:
        if value.source and value.source not in known:
            yield "values", f"name a source that is not among the sources: {value.source}."


def _marks(measure: Measure) -> Iterator[Broken]:
    for part, there in (("paragraph", measure.paragraph), ("hs", measure.hs)):
        if bool(there) != bool(getattr(measure.checked, part)):
            yield "checked", f"must have a mark for {part} if the file has one, and only then."
    for part, mark in _claimed(measure):
        pages = [page for page in measure.sources if part in page.carries]
        if mark in ("text", "secondary") and not pages:
            yield "sources", f"have no page that carries {part}, marked {mark}; without a page it is recalled."
        elif mark == "text" and not any(map(_of_the_un, pages)):
            yield "sources", f"have no page of the United Nations for {part}; its mark can be secondary at best."


def _claimed(measure: Measure) -> Iterator[tuple[str, str | None]]:
    marks = measure.checked
    yield from (("substance", marks.substance), ("paragraph", marks.paragraph), ("hs", marks.hs))
    yield from (("value", value.checked) for value in measure.values)
    yield from (("exceptions", each.checked) for each in measure.exceptions)
    yield from (("reporting", each.checked) for each in measure.reporting)


def _of_the_un(page: Source) -> bool:
    host = page.url.partition("://")[2].partition("/")[0].lower()
    return host == "un.org" or host.endswith(".un.org")
