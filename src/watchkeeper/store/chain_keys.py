"""Chain keys: what sorts and numbers the rows of transfers, as whole numbers beside the row store during a build.

Texts are compared by keys of 64 bits, which costs a tenth. A key is never trusted: whoever takes two rows or addresses
for one compares their texts too, and where two texts share a key (`Collision`) all keys are made again with another
salt. Keys differ between versions of polars and are never kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from watchkeeper.store.chain_parts import GROUP, Parts, path_of
from watchkeeper.values.refused import Invalid

FEE, REWARD = 1, 2  # what comes last in a transaction
_BLOCK_BITS, _TX_BITS = 36, 26
_WORD = pl.lit(2**64, dtype=pl.UInt128())


class Collision(Exception):
    """Two texts share a key; the keys are to be made again."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Where the keys of all parts lie, and what is not in them.

    Attributes:
        folder: Of the parts of keys (`spot`: block, place in the block and what comes last, in one number) and of
            addresses.
        salt: What the keys were made with.
        assets: Every asset with the number that stands for it in the keys.
        big: Amounts beyond 128 bits, by the number of their row; the keys say 0 there.
        doubtful: Numbers of parts in which some row leaves something open about itself.
    """

    folder: Path
    salt: int = 0
    assets: dict[str, int] = field(default_factory=dict)
    big: dict[int, int] = field(default_factory=dict)
    doubtful: set[int] = field(default_factory=set)

    def add(self, part: int, first: int, frame: pl.DataFrame) -> None:
        """Write the keys of a part's rows; `first` is the number of the first of them.

        Raises:
            Invalid: an amount is no whole number.
        """
        numbers = self._numbers(frame["asset"])
        if not frame.select(_settled().all()).item():
            self.doubtful.add(part)
        keys = frame.select(
            pl.int_range(first, first + frame.height, dtype=pl.Int64()).alias("row"),
            pl.col("asset").replace_strict(numbers, return_dtype=pl.UInt32()),
            *_columns(self.salt),
            *self._amounts(first, frame["amount"]),
        )
        keys.write_parquet(
            self.folder / f"keys-{part:05d}.parquet", compression="uncompressed", statistics=False, row_group_size=GROUP
        )
        met = pl.concat([frame["origin"], frame["target"]]).unique().drop_nulls().alias("address")
        addresses = met.to_frame().select("address", key=_key("address", self.salt))
        addresses.write_parquet(
            self.folder / f"addresses-{part:05d}.parquet", compression="uncompressed", statistics=False
        )

    def _numbers(self, assets: pl.Series) -> Mapping[str, int]:
        return {asset: self.assets.setdefault(asset, len(self.assets)) for asset in assets.unique().sort()}

    def _amounts(self, first: int, amounts: pl.Series) -> tuple[pl.Series, pl.Series]:
        """Return the two words of amounts, the lower one first."""
        low = amounts.cast(pl.UInt64(), strict=False)
        if not low.null_count():
            return low.alias("low"), pl.zeros(len(low), pl.UInt64(), eager=True).alias("high")
        whole = amounts.to_frame("whole").select(pl.col("whole").cast(pl.UInt128(), strict=False))
        for place in whole["whole"].is_null().arg_true().to_list():
            self.big[first + place] = _whole(amounts[place])
        words = whole.select(low=pl.col("whole") % _WORD, high=pl.col("whole") // _WORD)
        low, high = words.cast(pl.UInt64()).fill_null(0).get_columns()
        return low, high


def again(folder: Path, rows: Path, told: Parts, salt: int) -> Keys:
    """Return keys made anew with another salt from the rows that were put on disk."""
    made = Keys(folder, salt)
    for part, (first, end) in enumerate(zip(told.first["transfers"], told.first["transfers"][1:], strict=False)):
        if first < end:
            made.add(part, first, pl.read_parquet(path_of(rows, "transfers", part)))
    return made


def _whole(amount: str) -> int:
    try:
        return int(amount)
    except ValueError:
        raise Invalid(f"{amount!r} is no amount in whole smallest parts; the reader of its file is at fault.") from None


def _columns(salt: int) -> tuple[pl.Expr, ...]:
    """Return what a row is sorted by, and its keys."""
    leg, by_tx = pl.col("leg"), ("tx", "block", "tx_index")
    late = pl.when(leg == "fee").then(FEE).when(leg == "reward").then(REWARD).otherwise(0).cast(pl.UInt64())
    block, tx_index = (pl.col(one).cast(pl.UInt64(), strict=False) for one in ("block", "tx_index"))
    spot = block * 2 ** (_TX_BITS + 2) + tx_index * 4 + late
    fresh = pl.any_horizontal(pl.col(one).ne_missing(pl.col(one).shift(1)) for one in by_tx)
    return (
        pl.when(_fits()).then(spot).alias("spot"),
        late.cast(pl.UInt8()).alias("late"),
        place().alias("place"),
        _key("tx", salt).alias("tx"),
        _name(salt).alias("name"),
        _key("origin", salt),
        _key("target", salt),
        fresh.alias("fresh"),
    )


def _fits() -> pl.Expr:
    """Say whether block and place in the block fit one number, as on every chain; null if they are not told."""
    fit = pl.col("block").is_between(0, 2**_BLOCK_BITS - 1), pl.col("tx_index").is_between(0, 2**_TX_BITS - 1)
    return fit[0] & fit[1]


def _settled() -> pl.Expr:
    """Say whether a row says all about itself: where it stands, which movement it names, and that it was made."""
    named = ~pl.col("place").str.starts_with("nth/") & ~pl.col("place").str.starts_with("file/")
    known = pl.col("tx").is_not_null() & pl.col("at_s").is_not_null() & pl.col("succeeded").fill_null(True)
    return _fits().fill_null(False) & known & named


def place() -> pl.Expr:
    """Return where a row stands in its transaction; a transaction has one external movement and one fee."""
    return pl.when(pl.col("leg").is_in(["external", "fee"])).then(pl.lit("")).otherwise(pl.col("place"))


def _key(column: str, salt: int) -> pl.Expr:
    """Return the keys of a column's texts; where there is none there is no key."""
    return pl.when(pl.col(column).is_not_null()).then(pl.col(column).hash(salt))


def _name(salt: int) -> pl.Expr:
    """Return the keys of the movements that rows name, each part with a seed of its own."""
    parts = ("tx", "leg", "origin", "target")
    seed = 16 * (salt + 1)
    name = place().hash(seed + 1)
    for number, part in enumerate(parts, 2):
        name = name ^ pl.col(part).hash(seed + number)
    return name
