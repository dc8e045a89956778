"""Parquet cells: rows of a Parquet table as texts, so that readers of chains meet no library's own types.

A whole number, an instant and bytes become text. A fraction in binary stays one, and whether its amount can be got back
exactly is for its reader to prove. Parquet of others is opened by a jailed child where the caller can: the child sends
`rows` as JSON lines, which Python reads back as they were, and the reader goes on from those.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from watchkeeper.sources.limits import limit
from watchkeeper.values.refused import Invalid

if TYPE_CHECKING:
    import polars as pl

_MARK = b"PAR1"
_SHORTEST = 12  # bytes: the mark, the length of a footer, the mark

Row = dict[str, Any]  # text, truth, fraction, None, or lists and mappings of these


def frame_of(data: bytes, name: str) -> pl.DataFrame:
    """Return the table of a Parquet file; raise `Invalid` if it is none, cut, too large or broken."""
    import polars as pl

    if not (data.startswith(_MARK) and data.endswith(_MARK) and len(data) >= _SHORTEST):
        raise Invalid(f"{name}: no whole Parquet file (PAR1 must stand at both ends); it may be cut.")
    if len(data) > limit("parquet_size"):
        raise Invalid(f"{name}: {len(data)} bytes, more than the {limit('parquet_size')} a Parquet table may have.")
    try:
        return pl.read_parquet(BytesIO(data), use_statistics=False, glob=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Invalid(f"{name}: the Parquet file is broken ({str(error)[:200]}); fetch it again.") from error


def rows(frame: pl.DataFrame, name: str, wanted: Sequence[str]) -> list[Row]:
    """Return the rows of a table with those of the wanted columns that it has.

    Raises:
        Invalid: too many rows, or a column of a kind that has no place in a table of a chain.
    """
    if frame.height > limit("table_rows"):
        raise Invalid(
            f"{name}: {frame.height:,} rows, more than the {limit('table_rows'):,} a table may have; split it."
        )
    chosen = frame.select([_as_text(frame, column, name) for column in wanted if column in frame.columns])
    return list(chosen.iter_rows(named=True))


def _as_text(frame: pl.DataFrame, column: str, name: str) -> pl.Expr:
    import polars as pl

    kind: Any = frame.schema[column]
    cell = pl.col(column)
    if isinstance(kind, pl.Datetime):
        return cell.dt.epoch("s").cast(pl.String)
    if isinstance(kind, pl.Binary):
        return pl.concat_str(pl.lit("0x"), cell.bin.encode("hex")).alias(column)
    if kind.is_integer() or isinstance(kind, pl.Decimal | pl.Date | pl.Categorical | pl.Enum):
        return cell.cast(pl.String)
    if isinstance(kind, pl.String | pl.Boolean | pl.Float64 | pl.Null | pl.List):
        return cell
    raise Invalid(f"{name}: column {column} is {kind}; a table of a chain holds none of that kind.")
