"""Bombs: small files made to exhaust whoever reads them, each generated when it is asked for."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import zlib

from tests.faults.samples import INCIDENTS, tarred, zipped

MIB = 2**20
ZEROS = b"\0" * (10 * MIB)


def raw_zip(members, *, count=None, zip64=False):
    """Return a ZIP of (name, method, packed, CRC, declared size), written without asking whether it makes sense."""
    out, lists = io.BytesIO(), []
    for name, method, packed, check, size in members:
        lists.append(_listed(name, method, len(packed), check, size, out.tell()))
        out.write(struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, method, 0, 0, check, len(packed), size, len(name), 0))
        out.write(name + packed)
    return _closed(out.getvalue(), b"".join(lists), len(lists) if count is None else count, zip64=zip64)


def _listed(name, method, packed, check, size, at):
    head = (b"PK\x01\x02", 20, 20, 0, method, 0, 0, check, packed, size, len(name), 0, 0, 0, 0, 0, at)
    return struct.pack("<4s6H3L5H2L", *head) + name


def _closed(body, lists, count, *, zip64=False):
    wide = b""
    if zip64:
        wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(lists), len(body))
        wide += struct.pack("<4sLQL", b"PK\x06\x07", 0, len(body) + len(lists), 1)
    shown = 0xFFFF if zip64 else count & 0xFFFF
    return body + lists + wide + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, shown, shown, len(lists), len(body), 0)


def deflated(data):
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return machine.compress(data) + machine.flush()


def million_members(count=1_000_000, **how):
    body = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    return _closed(body, _listed(b"a", 0, 0, 0, 0, 0) * 1_000_000, count, **how)


def overlapping():
    """Return a ZIP in which every member's bytes hold the heads and bytes of all that follow."""
    kernel, names = b"x" * 1000, [b"%04d" % number for number in range(2000)]
    tail, lists = kernel, []
    for name in reversed(names):
        check = zlib.crc32(tail)
        tail = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, check, len(tail), len(tail), 4, 0) + name + tail
        lists.append((name, check, len(tail) - 34))
    listed = [_listed(name, 0, size, check, size, len(tail) - size - 34) for name, check, size in reversed(lists)]
    return _closed(tail, b"".join(listed), len(listed))


def shared():
    """Return a ZIP whose list names one member's bytes five thousand times."""
    packed = deflated(ZEROS)
    head = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, zlib.crc32(ZEROS), len(packed), len(ZEROS), 1, 0)
    entry = _listed(b"a", 8, len(packed), zlib.crc32(ZEROS), len(ZEROS), 0)
    return _closed(head + b"a" + packed, entry * 5000, 5000)


def within(data, levels, wrap):
    for _ in range(levels):
        data = wrap(data)
    return data


def layered():
    """Return sixteen ZIPs in each of sixteen ZIPs, five deep, as in the best known bomb of all."""
    data = zipped({"0": ZEROS})
    for _ in range(5):
        data = zipped({str(number): data for number in range(16)})
    return data


def greedy_xz():
    """Return an xz stream whose head asks for a dictionary of 4 GiB."""
    data = bytearray(lzma.compress(b"x"))
    size = (data[12] + 1) * 4
    data[16] = 40  # dictionary size by its table: 4 GiB less one
    data[12 + size - 4 : 12 + size] = struct.pack("<L", zlib.crc32(bytes(data[12 : 12 + size - 4])))
    return bytes(data)


def tar_head(name, size_field, kind=b"0"):
    block = bytearray(tarfile.TarInfo(name).tobuf(tarfile.USTAR_FORMAT)[:512])
    block[124:136], block[156:157], block[148:156] = size_field, kind, b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def noise(size):
    return random.Random(20261122).randbytes(size)


def laughs(levels=20):
    names = [f"<!ENTITY l{i} '{f'&l{i - 1};' * 10 if i else 'lol'}'>" for i in range(levels)]
    return f"<!DOCTYPE a [{''.join(names)}]><a>&l{levels - 1};</a>".encode()


SMALL = gzip.compress(b"\0" * MIB)
MEMBER = (8, deflated(ZEROS), zlib.crc32(ZEROS), len(ZEROS))
BOMBS = {
    "archive": {
        "gzip of zeros": lambda: gzip.compress(ZEROS) * 60,
        "one gzip stream of zeros": lambda: gzip.compress(b"\0" * (200 * MIB), 1),
        "bzip2 of zeros": lambda: bz2.compress(ZEROS) * 200,
        "xz of zeros": lambda: lzma.compress(ZEROS) * 60,
        "a million empty gzip streams": lambda: gzip.compress(b"") * 1_000_000,
        "a million empty bzip2 streams": lambda: bz2.compress(b"x") + bz2.compress(b"") * 1_000_000,
        "a million empty xz streams": lambda: lzma.compress(b"") * 1_000_000,
        "an xz that asks for 4 GiB": greedy_xz,
        "gzip in gzip in gzip": lambda: within(ZEROS * 10, 3, gzip.compress),
        "forty gzips in each other": lambda: within(b"SYNTHETIC", 40, gzip.compress),
        "gzip in ZIP": lambda: zipped({"a.gz": gzip.compress(ZEROS * 10)}),
        "zeros in a ZIP": lambda: raw_zip([(b"a", *MEMBER)]),
        "ten thousand members of zeros": lambda: raw_zip((b"%d" % number, *MEMBER) for number in range(5_000)),
        "a member that is larger than it says": lambda: raw_zip([(b"a", 8, MEMBER[1], MEMBER[2], 10)]),
        "members said to be 4 GiB": lambda: raw_zip([(b"a", 0, b"x", 0, 0xFFFFFFFE)]),
        "zeros behind five megabytes of noise": lambda: raw_zip(
            [(b"noise", 0, noise(5 * MIB), zlib.crc32(noise(5 * MIB)), 5 * MIB), (b"a", 12, bz2.compress(ZEROS * 10),
             zlib.crc32(ZEROS * 10), len(ZEROS) * 10)]
        ),
        "stored gzips of zeros": lambda: raw_zip(
            (b"%d" % number, 0, SMALL, zlib.crc32(SMALL), len(SMALL)) for number in range(500)
        ),
        "ZIPs in ZIPs": layered,
        "a ZIP nested fifty times": lambda: within(b"SYNTHETIC", 50, lambda data: zipped({"a": data})),
        "members in each other": overlapping,
        "members that share their bytes": shared,
        "a million members": million_members,
        "a million members said to be five": lambda: million_members(5),
        "a million members in the wide form": lambda: million_members(zip64=True),
        "a tar member said to be 8 GiB": lambda: tar_head("a", b"77777777777\0") + b"x" * 512,
        "a tar member of 2^80 bytes": lambda: tar_head("a", b"\x80" + b"\xff" * 11),
        "a tar of nothing but properties": lambda: gzip.compress(
            (tar_head("a", b"00000000512\0", b"x") + (b"6 a=b\n" * 86)[:512].ljust(512)) * 30_000
        ),
        "a tar of twenty thousand members": lambda: gzip.compress(tarred({str(n): b"" for n in range(20_000)})),
    },
    "xml": {
        "a billion laughs": laughs,
        "one long entity used often": lambda: (
            b"<!DOCTYPE a [<!ENTITY b '" + b"x" * 100_000 + b"'>]><a>" + b"&b;" * 100_000 + b"</a>"
        ),
        "an entity that is a file": lambda: b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]><a>&b;</a>",
        "a DOCTYPE elsewhere": lambda: b"<!DOCTYPE a SYSTEM 'http://192.0.2.1/a.dtd'><a/>",
        "parameter entities": lambda: b"<!DOCTYPE a [<!ENTITY % b 'c'><!ENTITY % d '%b;%b;'>%d;]><a/>",
        "a million levels": lambda: b"<a>" * 1_000_000,
        "one attribute without end": lambda: b"<a b='" + b"x" * (50 * MIB) + b"'/>",
        "a hundred thousand attributes": lambda: b"<a " + b" ".join(b"a%d='b'" % n for n in range(100_000)) + b"/>",
        "a comment without end": lambda: b"<a><!-- " + b"x" * (50 * MIB),
    },
    "json": {
        "a million brackets": lambda: b"[" * 1_000_000,
        "a million braces": lambda: b'{"a":' * 1_000_000,
        "ten million digits": lambda: b"[" + b"9" * 10_000_000 + b"]",
        "a text without end": lambda: b'"' + b"\\" * 10_000_001,
    },
    "csv": {
        "a million columns": lambda: b"a," * 1_000_000 + b"\n",
        "a million cells in a row": lambda: INCIDENTS + b"," * 1_000_000 + b"\n",
        "a hundred megabytes of commas": lambda: INCIDENTS + b"," * (100 * MIB) + b"\n",
        "a quotation mark that nobody closes": lambda: INCIDENTS + b'"' + b"x,\n" * 5_000_000,
        "ten million empty rows": lambda: INCIDENTS + b"\n" * 10_000_000 + b'"',
    },
}  # fmt: skip
