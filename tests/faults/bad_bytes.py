"""Bad bytes: what a careless program, a cut line or a hostile hand makes of a good file."""

from __future__ import annotations

from collections.abc import Callable

PAYLOADS = (
    b"\x00", b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\x1b[2J", b"\r", b"\n\n", b'"', b'""', b",", b",,,,", b"'",
    b"=1+1", b"-5", b"NaN", b"Infinity", b"1e999", b"9" * 400, b"[" * 200, b"{" * 200, b"<a>" * 120, b"</a>",
    b"<!DOCTYPE a>", b"&lol;", b"]]>", b"PK\x05\x06", b"PK\x01\x02", b"\xe2\x80\xae", b"\xe2\x80\x8b",
    b"\xd0\x9a\xd0\x86\xd0\x9c", b"../../x", b"a" * 5000, b'{"a":1,"a":2}', b"\\ud800", b"\xef\xbb\xbf", b"true",
)  # fmt: skip


def _flip(data, chance):
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def _cut(data, chance):
    return data[: chance.randrange(len(data))]


def _drop(data, chance):
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randrange(1, 40) :]


def _double(data, chance):
    at = chance.randrange(len(data))
    return data[:at] + data[at : at + chance.randrange(1, 200)] + data[at:]


def _insert(data, chance):
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(PAYLOADS) + data[at:]


def _overwrite(data, chance):
    at = chance.randrange(len(data))
    payload = chance.choice(PAYLOADS)
    return data[:at] + payload + data[at + len(payload) :]


def _noise(data, chance):
    return chance.randbytes(chance.randrange(300))


WAYS: tuple[Callable, ...] = (_flip, _cut, _drop, _double, _insert, _insert, _overwrite, _noise)


def spoilt(data: bytes, chance) -> bytes:
    """Return good bytes after one to three accidents."""
    for _ in range(chance.randrange(1, 4)):
        if not data:
            return data
        data = chance.choice(WAYS)(data, chance)
    return data
