"""JSON rows: goes through a file of JSON, keeps a false row as rejected, and refuses a file of none but those."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from watchkeeper.sources import strict_json
from watchkeeper.sources.bitcoin.coin_rows import CoinRows
from watchkeeper.sources.chain_reading import Reading, Rejected
from watchkeeper.sources.limits import limit
from watchkeeper.sources.strict_json import Read
from watchkeeper.values.chain import COINS, Chain
from watchkeeper.values.refused import Invalid


def documents(data: bytes, name: str) -> Iterator[tuple[str, Read]]:
    """Yield the place and value of each JSON value of a file: one, those of a list, or one a line.

    The place is that of a JSON Pointer (RFC 6901), "" or "/0", or "line 1". An answer of a node in its envelope
    (`{"result": ...}`) is taken out of it.

    Raises:
        Invalid: no JSON in any of these forms, or too long.
    """
    first, _, rest = data.lstrip().partition(b"\n")
    if rest.strip() and first.rstrip().endswith((b"}", b"]")):
        try:
            strict_json.read(first, name)
        except Invalid:
            pass
        else:
            yield from ((f"{at}{where}", one) for at, value in lines(data, name) for where, one in _unwrapped(value))
            return
    yield from _unwrapped(strict_json.read(data, name))


def _unwrapped(value: Read) -> Iterator[tuple[str, Read]]:
    if isinstance(value, dict) and "result" in value:
        error = value.get("error")
        if error is not None:
            raise Invalid(f"the node answered with an error and no data: {str(error)[:200]}")
        yield from ((f"/result{where}", one) for where, one in _unwrapped(value["result"]))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from ((f"/{at}{where}", one) for where, one in _unwrapped(item))
    else:
        yield "", value


def lines(data: bytes, name: str) -> Iterator[tuple[str, Read]]:
    """Yield the place and value of each line that is not blank; the place is "line 1" and so on.

    Raises:
        Invalid: the file or a line of it is too long, or a line is no JSON.
    """
    if len(data) > limit("chain_lines"):
        raise Invalid(f"{name}: {len(data)} bytes, more than the {limit('chain_lines')} a file of lines may have.")
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            yield f"line {number}", _line(line, name, number)


def _line(line: bytes, name: str, number: int) -> Read:
    if len(line) > limit("table_line"):
        raise Invalid(f"{name}:{number}: {len(line)} bytes, more than the {limit('table_line')} a line may have.")
    try:
        return strict_json.read(line, name)
    except Invalid as error:
        raise Invalid(f"{error} This is line {number} of a file that has one JSON value a line.") from None


class JsonRows:
    """The rows of one file of JSON."""

    def __init__(self, chain: Chain, name: str) -> None:
        """Begin a file; raise `Invalid` for a chain of accounts, whose files have other forms."""
        if chain.family != COINS:
            raise Invalid(f"{name}: {chain.name} has no transactions of this form; say the chain the file is of.")
        self.rows = CoinRows(chain.id)
        self.chain, self._name = chain, name
        self._rejected: list[Rejected] = []

    @contextmanager
    def row(self, locator: str) -> Iterator[None]:
        """Reject a row that raises `Invalid` within, with that reason."""
        try:
            yield
        except Invalid as error:
            self._rejected.append(Rejected(locator, str(error)))

    def reject(self, locator: str, reason: str) -> None:
        """Reject a row."""
        self._rejected.append(Rejected(locator, reason))

    def reading(self, notes: Sequence[str], mend: str, *, short: bool = False) -> Reading:
        """Return the reading.

        Args:
            notes: What a user must know.
            mend: What to do where inputs state no amount, in words that go on after "To know them, ".
            short: The file itself says that a block of it has more transactions than it holds.

        Raises:
            Invalid: not one transaction can be kept; every reason is given.
        """
        made = self.rows.reading(self._rejected, notes, mend, short=short)
        if not made.kept:
            faults = tuple(f"{one.locator}: {one.reason}" for one in self._rejected)
            what = f"not one of {len(faults):,} rows can be kept" if faults else "there is no transaction in it"
            raise Invalid(f"{self._name}: {what}; it was read as a file of {self.chain.name}.", faults)
        return made
