"""Mapping: what a person says of a plain table, so that no column is guessed.

Every key is known or refused; what a mapping can hold is written out in the card, `table.yml`.
"""

from __future__ import annotations

from collections.abc import Mapping as Told
from dataclasses import dataclass

from watchkeeper.model import vocabulary
from watchkeeper.values import amount as amounts
from watchkeeper.values import asset as assets
from watchkeeper.values import chain_address
from watchkeeper.values.refused import Invalid

ROLES = (
    "tx", "block", "block_hash", "tx_index", "log_index", "trace", "time", "from", "to", "amount", "asset", "leg",
    "decimals", "failed", "from_label", "to_label",
)  # fmt: skip
TIME_FORMS = ("iso", "epoch-s", "epoch-ms", "day")
_KEYS = (
    "columns",
    "from",
    "to",
    "asset",
    "assets",
    "leg",
    "decimals",
    "base_units",
    "time_form",
    "failed_when",
    "delimiter",
)
_NEEDED = ("from", "to", "amount")
_DELIMITERS = {"tab": "\t", ",": ",", ";": ";", "|": "|"}
_MOST_DECIMALS = 77  # more digits than a 256-bit amount has


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping that was read.

    Attributes:
        columns: Column of the file by role; see `ROLES`.
        ends: The address that pays ("from") or receives ("to") in every row, where no column says it.
        asset: The asset of every row, by key; None where a column says it.
        assets: Asset by the word that the column of assets writes for it.
        leg: The leg of every row; None where a column says it or the asset does.
        decimals: Digits behind the point of every amount; None where a column or the asset says it, 0 for base units.
        time_form: How instants are written; see `TIME_FORMS`.
        failed_when: Cells of the column `failed`, in lower case, that say that a transaction failed.
        delimiter: What stands between cells.
    """

    columns: dict[str, str]
    ends: dict[str, str]
    asset: str | None
    assets: dict[str, str]
    leg: str | None
    decimals: int | None
    time_form: str
    failed_when: frozenset[str]
    delimiter: str


def read(told: Told[str, object], chain: str, name: str) -> Mapping:
    """Return a mapping.

    Args:
        told: The mapping as read from YAML.
        chain: Id of the chain, for contracts.
        name: What to call the file in errors.

    Raises:
        Invalid: every fault of the mapping at once.
    """
    faults = [f'"{key}" is no key of a mapping; keys: {", ".join(_KEYS)}.' for key in told if key not in _KEYS]
    columns = _columns(told.get("columns"), faults)
    _rest(told, columns, faults)
    ends = {role: _end(chain, told[role], faults) for role in ("from", "to") if role in told}
    asset = _asset(chain, told.get("asset"), faults)
    words = told.get("assets", {})
    if not isinstance(words, dict) or (words and "asset" not in columns):
        faults.append("assets: words of the column that is named for asset, each with its contract.")
        words = {}
    found = {str(word): _asset(chain, key, faults) or "" for word, key in words.items()}
    if faults:
        raise Invalid(f"{name}: the mapping cannot be used, so nothing was read.", tuple(faults))
    decimals = told.get("decimals")
    return Mapping(
        columns,
        ends,
        asset,
        found,
        None if told.get("leg") is None else str(told["leg"]),
        0 if told.get("base_units") else decimals if isinstance(decimals, int) else None,
        str(told.get("time_form", "iso")),
        frozenset(_words(told.get("failed_when", ["1", "true"]))),
        _DELIMITERS[str(told.get("delimiter", ","))],
    )


def asset_key(chain: str, text: str) -> str:
    """Return the key of an asset: "native", a unit of money, or a contract in normal form.

    Raises:
        Invalid: a symbol, which any contract may give itself, or no address of the chain.
    """
    unit = amounts.units().get(text)
    if text == assets.NATIVE or (unit is not None and unit.kind == "money"):
        return text
    try:
        return chain_address.parse(chain, text).text
    except Invalid as refusal:
        raise Invalid(
            f'"{text[:60]}" is no asset: "native", a contract or a unit of money (USD) is. A symbol is none, since any '
            f'contract may give itself any; name its contract under "assets". {refusal}'
        ) from refusal


def _columns(told: object, faults: list[str]) -> dict[str, str]:
    if not isinstance(told, dict):
        faults.append('"columns" is missing; it names the file\'s column for each of from, to and amount at least.')
        return {}
    found = {str(role): str(column) for role, column in told.items()}
    faults += [f'columns: "{role}" is no role; roles: {", ".join(ROLES)}.' for role in found if role not in ROLES]
    if "block" not in found and "time" not in found:
        faults.append("columns: neither block nor time is named; without either nothing says what came first.")
    twice = sorted({column for column in found.values() if list(found.values()).count(column) > 1})
    faults += [f'columns: "{column}" stands for two roles.' for column in twice]
    return found


def _rest(told: Told[str, object], columns: dict[str, str], faults: list[str]) -> None:
    for key, known in (("time_form", TIME_FORMS), ("delimiter", tuple(_DELIMITERS)), ("leg", vocabulary.words("legs"))):
        if key in told and told[key] not in known:
            faults.append(f'{key}: "{told[key]}" is not known; known: {" ".join(known)}.')
    faults += [
        f"{key}: said for all rows and by a column as well; say it once."
        for key in ("asset", "leg", "from", "to")
        if key in told and key in columns
    ]
    faults += [f"{role}: no column is named for it." for role in _NEEDED if role not in columns and role not in told]
    if "asset" not in told and "asset" not in columns:
        faults.append(
            'asset: neither a column nor a constant says what moved; "USD" for rows that state a worth alone.'
        )
    if sum(("decimals" in told, "decimals" in columns, bool(told.get("base_units")))) > 1:
        faults.append("decimals: said twice; a number, a column or base_units: true, one of them.")
    decimals = told.get("decimals", 0)
    if not isinstance(decimals, int) or isinstance(decimals, bool) or not 0 <= decimals <= _MOST_DECIMALS:
        faults.append(f"decimals: {decimals!r} is no number from 0 to {_MOST_DECIMALS}.")
    if not isinstance(told.get("base_units", True), bool):
        faults.append("base_units: true or false.")
    if "failed_when" in told and ("failed" not in columns or not _words(told["failed_when"])):
        faults.append("failed_when: a list of cells of the column that is named for failed.")


def _end(chain: str, told: object, faults: list[str]) -> str:
    try:
        return chain_address.parse(chain, _unquoted(told)).text
    except Invalid as refusal:
        faults.append(str(refusal))
        return ""


def _unquoted(told: object) -> str:
    # YAML reads 0x and hex digits without quotation marks as a number.
    return f"0x{told:040x}" if isinstance(told, int) and told > 0 else str(told)


def _asset(chain: str, told: object, faults: list[str]) -> str | None:
    try:
        return None if told is None else asset_key(chain, _unquoted(told))
    except Invalid as refusal:
        faults.append(str(refusal))
        return None


def _words(told: object) -> list[str]:
    return [str(word).strip().lower() for word in told] if isinstance(told, list) else []
