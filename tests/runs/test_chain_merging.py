"""One SYNTHETIC transaction through every form of Ethereum: whatever files are added, each movement counts once.

It moves 100 wei from A to B for a fee of 42; B's contract sends 5 wei to C twice and 7 units of a token to C twice; a
delegated call names an amount and moves nothing, and one that failed takes back what the call below it moved.
"""

from __future__ import annotations

import json

import pytest

from watchkeeper.runs.chain_adding import Asked, add_chain
from watchkeeper.runs.chain_opening import open_chain
from watchkeeper.store.case import Case

A, B, C, TOKEN = (f"0x{letter * 40}" for letter in "abcd")
TX, OWN, BEFORE, AT = f"0x{77:064x}", f"0x{5555:064x}", f"0x{5554:064x}", 0x6696615F
TOPIC = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
IN_BLOCK = {"blockHash": OWN, "blockNumber": "0x64", "transactionIndex": "0x2"}
CALLS = [  # path, ends, amount, kind of call, error
    ((), (A, B), 100, "call", ""), ((0,), (B, C), 5, "call", ""), ((0, 0), (C, A), 5, "delegatecall", ""),
    ((1,), (B, C), 5, "call", ""), ((2,), (B, C), 9, "call", "Reverted"), ((2, 0), (C, A), 4, "call", ""),
]  # fmt: skip


def node(*, traced):
    """Return a node's answers: the block, and its receipt or its traces."""
    sent = {**IN_BLOCK, "hash": TX, "from": A, "to": B, "value": "0x64", "gasPrice": "0x2", "nonce": "0x1"}
    block = {"number": "0x64", "hash": OWN, "parentHash": BEFORE, "timestamp": hex(AT), "transactions": [sent]}
    topics = [TOPIC, *(f"0x{'0' * 24}{one[2:]}" for one in (B, C))]
    logs = [{**IN_BLOCK, "transactionHash": TX, "logIndex": hex(n), "address": TOKEN, "topics": topics,
             "data": f"0x{7:064x}", "removed": False} for n in (3, 4)]  # fmt: skip
    receipt = {**IN_BLOCK, "transactionHash": TX, "from": A, "to": B, "gasUsed": "0x15", "effectiveGasPrice": "0x2",
               "status": "0x1", "logs": logs}  # fmt: skip
    calls = [{"action": {"callType": call, "from": ends[0], "to": ends[1], "value": hex(amount)}, "type": "call",
              "blockHash": OWN, "blockNumber": 100, "traceAddress": list(path), "transactionHash": TX,
              "transactionPosition": 2, **({"error": error} if error else {"result": {}})}
             for path, ends, amount, call, error in CALLS]  # fmt: skip
    return json.dumps([block, *(calls if traced else [receipt])])


def explorer(**more):
    """Return an explorer's answer of two like rows from B to C; what differs is a list."""
    row = {"blockNumber": "100", "timeStamp": str(AT), "hash": TX, "from": B, "to": C, "isError": "0"}
    rows = [{**row, **{key: one[n] if isinstance(one, list) else one for key, one in more.items()}} for n in (0, 1)]
    return json.dumps({"status": "1", "message": "OK", "result": rows})


def sent():
    row = {"blockNumber": "100", "timeStamp": str(AT), "hash": TX, "transactionIndex": "2", "from": A, "to": B,
           "value": "100", "gasPrice": "2", "gasUsed": "21", "isError": "0", "txreceipt_status": "1"}  # fmt: skip
    return json.dumps({"status": "1", "message": "OK", "result": [row]})


def extract_of_calls():
    told = "block_number transaction_hash transaction_index from_address to_address value trace_type call_type"
    rows = [",".join([*told.split(), "trace_address", "error"])]
    rows += [f'100,{TX},2,{ends[0]},{ends[1]},{amount},call,{call},"{",".join(map(str, path))}",{error}'
             for path, ends, amount, call, error in CALLS]  # fmt: skip
    return "\n".join([*rows, ""])


INTERNAL = {"value": "5", "type": "call", "contractAddress": "", "errCode": ""}
UNITS = {"value": "7", "contractAddress": TOKEN, "tokenSymbol": "SYN", "tokenDecimal": "6", "gasPrice": "1"}
FORMS = {  # reader, text, and which movements it holds
    "receipt": ("ethereum/json_rpc", node(traced=False), {"external", "fee", "token"}),
    "traces": ("ethereum/json_rpc", node(traced=True), {"external", "internal"}),
    "txlist": ("ethereum/etherscan", sent(), {"external", "fee"}),
    "internal by trace": ("ethereum/etherscan", explorer(**INTERNAL, traceId=["0", "1"]), {"internal"}),
    "internal by order": ("ethereum/etherscan", explorer(**INTERNAL), {"internal"}),
    "tokens by log": ("ethereum/etherscan", explorer(**UNITS, logIndex=["3", "4"]), {"token"}),
    "tokens by order": ("ethereum/etherscan", explorer(**UNITS), {"token"}),
    "calls": ("ethereum/etl_csv", extract_of_calls(), {"external", "internal"}),
}
MOVED = {"external": (1, 100), "fee": (1, 42), "internal": (2, 10), "token": (2, 14)}


@pytest.mark.parametrize(
    "names",
    [
        tuple(FORMS),
        tuple(reversed(FORMS)),
        ("receipt", "tokens by order"),
        ("tokens by order", "tokens by log"),
        ("internal by order", "traces"),
        ("calls", "internal by trace", "txlist"),
        ("internal by order", "internal by trace"),
    ],
)
def test_each_movement_counts_once_whatever_forms_say_it(tmp_path, names):
    case, held = Case.create(tmp_path / "case"), set()
    for name in names:
        reader, text, legs = FORMS[name]
        path = tmp_path / f"{name}.txt"
        path.write_text(text)
        add_chain(case, [path], Asked(reader, "eth", "tx"), by="an analyst")
        held |= legs
    wanted = {}
    for leg in held:
        asset = TOKEN if leg == "token" else "native"
        count, amount = wanted.get(asset, (0, 0))
        wanted[asset] = count + MOVED[leg][0], amount + MOVED[leg][1]
    rows = open_chain(case, ["tx"]).assets().iter_rows()
    assert {asset: (count, int(total)) for asset, count, total in rows} == wanted


def test_a_later_export_of_the_same_account_on_tron_doubles_nothing(tmp_path):
    case = Case.create(tmp_path / "case")
    account, token = "TXLAQ63Xg1NAzckPwKHvzw7CSEmLMEqcdj", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
    rows = [{"transaction_id": f"{number:064x}", "token_info": {"symbol": "USDT", "address": token, "decimals": 6},
             "block_timestamp": 1_700_000_000_000 + 1_000 * number, "from": token, "to": account, "type": "Transfer",
             "value": "5"} for number in (1, 1, 2, 3)]  # fmt: skip
    for name, part in (("june", rows[:3]), ("july", rows)):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps({"data": part, "meta": {}}))
        add_chain(case, [path], Asked("tron/trc20", "tron", "usdt"), by="an analyst")
    assert open_chain(case, ["usdt"]).assets().rows() == [(token, 4, "20")]
