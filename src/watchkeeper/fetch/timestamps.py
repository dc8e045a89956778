"""Timestamps: ask time stamp authorities (RFC 3161) for tokens over a root hash.

This opens connections, so it runs only when the user asks. What leaves the machine is the root,
a nonce and the network address; no name, no case, no User-Agent. No proxy is used, whatever the
environment says. One authority can be wrong or vanish: ask two.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import socket
import ssl
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException, HTTPResponse
from importlib.resources import files
from io import BytesIO
from typing import cast
from urllib.parse import SplitResult, urlsplit

import yaml

from watchkeeper.evidence.timestamp import ROOT_BYTES, check_answer
from watchkeeper.values.refused import Refused

_LARGEST_BODY = 64 * 2**10  # bytes; a token with its certificates has 1 to 8 KiB
_LARGEST_HEAD = 16 * 2**10  # bytes of status line and headers
_PORTS = {"http": 80, "https": 443}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
# TimeStampReq: version 1, MessageImprint (SHA-256), nonce of 8 bytes, certReq true (RFC 3161, 2.4.1).
_BEFORE_ROOT = bytes.fromhex("3043 020101 3031300d060960864801650304020105000420")
_BEFORE_NONCE, _AFTER_NONCE = bytes.fromhex("0208"), bytes.fromhex("0101ff")
_TRY = "Ask again later, or ask another authority."

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(Refused):
    """The address is not one that may be asked; nothing was sent."""


class Unreachable(Refused):
    """No answer came from the authority in time."""


class AnswerRefused(Refused):
    """An answer came that is no token."""


@dataclass(frozen=True, slots=True)
class Root:
    """A root certificate that an authority leads to; `sha256` is over its DER bytes."""

    name: str
    sha256: str
    checked: str


@dataclass(frozen=True, slots=True)
class Authority:
    """A known authority: where it is asked, and which roots vouch for it."""

    key: str
    name: str
    url: str
    checked: str
    roots: tuple[Root, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """Tokens by address, and for the addresses that gave none, why."""

    tokens: dict[str, bytes]
    refused: dict[str, str]


@cache
def authorities() -> tuple[Authority, ...]:
    """Return the authorities of `timestamp_authorities.yml`, in its order."""
    told = yaml.safe_load((files("watchkeeper.fetch") / "timestamp_authorities.yml").read_text("utf-8"))
    return tuple(
        Authority(key, one["name"], one["url"], one["checked"], tuple(_root(root) for root in one["roots"]))
        for key, one in told.items()
    )


def installed_roots(fingerprints: Iterable[str]) -> list[bytes]:
    """Return, in PEM, the certificates this machine trusts that have one of these SHA-256 fingerprints.

    A root that the system's list has dropped is missing from the answer: the reader must then get
    it from the authority and compare its fingerprint.
    """
    wanted = set(fingerprints)
    held = ssl.create_default_context().get_ca_certs(binary_form=True)
    return [ssl.DER_cert_to_PEM_cert(der).encode() for der in held if hashlib.sha256(der).hexdigest() in wanted]


def request(root: bytes, url: str, *, timeout_s: float, allow_loopback: bool = False) -> bytes:
    """Ask one authority for a token over a root; return its answer, the content of a .tsr file.

    The answer is granted, over this root and to this request; its signature is not checked here:
    give it to `evidence.timestamp.verify` with the authority's root certificate, on receipt.

    Args:
        root: 32 bytes of SHA-256.
        url: http or https. Redirects are not followed.
        timeout_s: Seconds for connecting and answering together.
        allow_loopback: Let `localhost`, 127.0.0.1 or [::1], named so in `url`, be asked (tests).

    Raises:
        AddressRefused: a malformed address, or one that leads into a private network.
        Unreachable: no connection, a TLS fault, or no whole answer in time.
        AnswerRefused: a redirect, an HTTP error, another content type, too large.
        Unsound: the authority declined, or the answer is not to this request.
    """
    if len(root) != ROOT_BYTES:
        raise ValueError(f"A root is {ROOT_BYTES} bytes of SHA-256, not {len(root)}.")
    place = _place(url)
    nonce = secrets.randbits(62) | 1 << 62  # always 8 bytes, never negative
    query = _BEFORE_ROOT + root + _BEFORE_NONCE + nonce.to_bytes(8, "big") + _AFTER_NONCE
    deadline = time.monotonic() + timeout_s
    try:
        addresses = _addresses(place, allow_loopback=allow_loopback)
        with _connected(place, addresses, deadline) as connection:
            connection.sendall(_post(place, query))
            answer = _body(url, _received(connection, url, deadline))
    except OSError as error:  # covers a name that does not resolve, TLS and time running out
        raise Unreachable(f"{url} gave no answer within {timeout_s:g} s ({_why(error)}). {_TRY}") from error
    check_answer(answer, root, nonce)
    return answer


def request_all(root: bytes, urls: Sequence[str], *, timeout_s: float, allow_loopback: bool = False) -> Answers:
    """Ask two or more authorities, one after another; a refusal by one does not stop the others.

    Raises:
        Refused: fewer than two different authorities are named.
        Unreachable: none gave a token; the text says why for each.
    """
    if len({_place(url).netloc for url in urls}) < 2:
        raise Refused("Name two different authorities or more: one alone can be wrong, or gone when it matters.")
    tokens, refused = {}, {}
    for url in dict.fromkeys(urls):
        try:
            tokens[url] = request(root, url, timeout_s=timeout_s, allow_loopback=allow_loopback)
        except Refused as refusal:
            refused[url] = str(refusal)
    if not tokens:
        raise Unreachable("\n".join(("No authority gave a token:", *refused.values())))
    return Answers(tokens, refused)


def _root(told: dict[str, str]) -> Root:
    return Root(told["name"], told["sha256"], told["checked"])


def _place(url: str) -> SplitResult:
    """Return the parts of an address that is safe to write into a request."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in _PORTS and parts.hostname and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused(
            f'"{url}" is no address of an authority. Write http:// or https://, a host, and a path if it has one.'
        )
    return parts


def _port(place: SplitResult) -> int:
    return place.port or _PORTS[place.scheme]


def _addresses(place: SplitResult, *, allow_loopback: bool) -> list[str]:
    """Return the host's addresses, resolved once, so that no second answer can lead elsewhere."""
    host = cast("str", place.hostname)
    try:
        found = socket.getaddrinfo(host, _port(place), type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise AddressRefused(f'"{host}" is no host name ({error}). Check the address.') from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if allow_loopback and host in _LOOPBACK and all(ipaddress.ip_address(each).is_loopback for each in addresses):
        return addresses
    for each in addresses:
        if not _is_public(ipaddress.ip_address(each)):
            raise AddressRefused(
                f"{host} leads to {each}, which is not on the public network; asking it could reach a machine "
                "that trusts yours. Check the address, and who answers for the name."
            )
    return addresses


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(address.packed[-4:])
        if inner is not None:
            return _is_public(inner)
    return address.is_global and not address.is_multicast


def _connected(place: SplitResult, addresses: list[str], deadline: float) -> socket.socket:
    fault: OSError = OSError("no address")
    for address in addresses:
        try:
            plain = socket.create_connection((address, _port(place)), timeout=_left(deadline))
            return plain if place.scheme == "http" else _secured(plain, cast("str", place.hostname))
        except OSError as error:
            fault = error
    raise fault


def _secured(plain: socket.socket, host: str) -> socket.socket:
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except OSError:
        plain.close()
        raise


def _post(place: SplitResult, query: bytes) -> bytes:
    target = (place.path or "/") + (f"?{place.query}" if place.query else "")
    head = (
        f"POST {target} HTTP/1.1",
        f"Host: {place.netloc}",
        "Content-Type: application/timestamp-query",
        "Accept: application/timestamp-reply",
        f"Content-Length: {len(query)}",
        "Connection: close",
    )
    return "\r\n".join((*head, "", "")).encode("ascii") + query


def _received(connection: socket.socket, url: str, deadline: float) -> bytes:
    """Return all bytes up to the end of the connection; the deadline is for the whole, not for each part."""
    data = bytearray()
    while True:
        connection.settimeout(_left(deadline))
        part = connection.recv(16_384)
        if not part:
            return bytes(data)
        data += part
        if len(data) > _LARGEST_HEAD + _LARGEST_BODY:
            raise _too_large(url)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


class _Heard:
    """Bytes already received, in the one shape that the standard library's HTTP parser reads from."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> BytesIO:  # noqa: ARG002 - the parser passes it
        return BytesIO(self._data)


def _body(url: str, data: bytes) -> bytes:
    response = HTTPResponse(cast("socket.socket", _Heard(data)), method="POST")
    try:
        response.begin()
        body = response.read()
    except (HTTPException, ValueError) as error:
        raise AnswerRefused(f"{url} sent what is no whole HTTP answer ({error!r}). {_TRY}") from error
    _check_head(url, response)
    if len(body) > _LARGEST_BODY:
        raise _too_large(url)
    return body


def _check_head(url: str, response: HTTPResponse) -> None:
    if 300 <= response.status < 400:
        raise AnswerRefused(
            f"{url} sends on to {response.getheader('Location')!r}; redirects are not followed, since they "
            "can lead anywhere. If you trust that address, ask it by name."
        )
    if response.status != 200:
        raise AnswerRefused(f"{url} answered HTTP {response.status} {response.reason!r}, not 200. {_TRY}")
    kind = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
    if kind != "application/timestamp-reply":
        raise AnswerRefused(
            f'{url} answered with content of type "{kind}", not application/timestamp-reply: '
            "it is no authority, or something on the way answered for it. Check the address."
        )


def _too_large(url: str) -> AnswerRefused:
    return AnswerRefused(f"{url} sends more than {_LARGEST_BODY} bytes, which no token has. Check the address.")


def _why(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__
