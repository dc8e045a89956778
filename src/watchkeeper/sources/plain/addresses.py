"""Addresses: a list of addresses, one a line, such as the sources or the ends of a case.

Quotation marks, commas and semicolons around an address are dirt of exports and are taken away; a line that starts
with "#" is a remark. Each address is listed once, at its first line.
"""

from __future__ import annotations

from watchkeeper.sources.chain_reading import Listed, Reading, Rejected, Settings
from watchkeeper.sources.plain import table_rows
from watchkeeper.values import chain_address
from watchkeeper.values.refused import Invalid

_DIRT = " \t\r\"',;[]"
_HEADERS = ("address", "addresses")


def read(data: bytes, name: str, settings: Settings) -> Reading:
    """Return the addresses of a list; a line that is none of the chain's is rejected with its reason.

    Raises:
        Invalid: no text in UTF-8, a mapping (a list needs none), or no line that is an address of the chain.
    """
    if settings.mapping:
        raise Invalid(f"{name}: a list of addresses takes no mapping; a table does (plain/table).")
    found: dict[str, Listed] = {}
    rejected: list[Rejected] = []
    read_lines, doubles = 0, 0
    for number, line in enumerate(table_rows.text_of(data, name).split("\n"), start=1):
        text = line.strip(_DIRT)
        if not text or text.startswith("#") or (not read_lines and text.casefold() in _HEADERS):
            continue
        read_lines += 1
        try:
            address = chain_address.parse(settings.chain, text).caip10
        except Invalid as refusal:
            rejected.append(Rejected(f"line {number}", str(refusal)))
            continue
        doubles += address in found
        found.setdefault(address, Listed(address, f"line {number}"))
    if not found:
        faults = tuple(f"{name}, {one.locator}: {one.reason}" for one in rejected)
        raise Invalid(f"{name}: no line of it is an address of the chain, so nothing was kept.", faults)
    notes = (f"{doubles:,} lines repeat an address of an earlier line; each address is listed once.",)
    return Reading(
        read=read_lines,
        kept=read_lines - len(rejected),
        rejected=tuple(rejected),
        addresses=tuple(found.values()),
        notes=notes if doubles else (),
    )
