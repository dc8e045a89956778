"""Timestamps: what is asked of an authority, what is taken for an answer, and where nothing is ever sent."""

from __future__ import annotations

import hashlib
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives import serialization
from rfc3161_client._rust import parse_timestamp_request
from tests.evidence.own_authority import SHA256, authority, certified

from watchkeeper.evidence.timestamp import verify
from watchkeeper.fetch import timestamps
from watchkeeper.fetch.timestamps import (
    AddressRefused,
    AnswerRefused,
    Unreachable,
    authorities,
    installed_roots,
    request,
    request_all,
)
from watchkeeper.values.refused import Refused, Unsound

ROOT = hashlib.sha256(b"the log's root").digest()
REPLY = {"Content-Type": "application/timestamp-reply"}
PATIENT_S, HASTY_S = 60, 0.3


@pytest.fixture(scope="module")
def own():
    return authority()


class Server(ThreadingHTTPServer):
    """A server on loopback that answers as it is told; `asked` holds what came in."""

    daemon_threads = False

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer, self.asked, self.done = answer, [], threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}/tsr?a=1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, dict(self.headers), body))
        self.server.answer(self, body)

    def send(self, body=b"", status=200, headers=REPLY):
        self.send_response(status)
        for name, value in {"Content-Length": len(body), **headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


@pytest.fixture
def serve():
    """Return a function that starts a server with an answer, a function of its handler and the query."""
    running = []

    def start(answer):
        server = Server(answer)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((server, thread))
        return server

    yield start
    for server, thread in running:
        server.done.set()
        server.shutdown()
        thread.join()
        server.server_close()


def granting(own, **changes):
    """Return an answer that stamps what is asked, unless told to stamp something else."""

    def answer(handler, body):
        asked = parse_timestamp_request(body)
        told = {"root": asked.message_imprint.message, "nonce": asked.nonce, **changes}
        handler.send(own.reply(**told))

    return answer


def sending(*words, **more):
    return lambda handler, _: handler.send(*words, **more)


def ask(server, timeout_s=PATIENT_S):
    return request(ROOT, server.url, timeout_s=timeout_s, allow_loopback=True)


def refused(server, kind=AnswerRefused, timeout_s=PATIENT_S):
    with pytest.raises(kind) as caught:
        ask(server, timeout_s)
    return str(caught.value)


def test_a_token_is_asked_for_and_verifies(serve, own):
    token = ask(serve(granting(own)))
    assert verify(token, ROOT, [own.root.pem]).gen_time == "2026-11-22T10:00:00Z"


def test_the_root_and_a_nonce_are_sent_and_certificates_are_asked_for(serve, own):
    server = serve(granting(own))
    ask(server)
    ask(server)
    (path, headers, first), (_, _, second) = server.asked
    query = parse_timestamp_request(first)
    assert path == "/tsr?a=1"
    assert (query.version, query.cert_req, query.policy) == (1, True, None)
    assert query.message_imprint.message == ROOT
    assert query.message_imprint.hash_algorithm.dotted_string == SHA256
    assert query.nonce != parse_timestamp_request(second).nonce
    assert set(headers) == {"Host", "Content-Type", "Accept", "Content-Length", "Connection"}
    assert headers["Content-Type"] == "application/timestamp-query"


def test_an_address_without_a_path_is_asked_at_its_root(serve, own):
    server = serve(granting(own))
    request(ROOT, f"http://localhost:{server.server_port}", timeout_s=PATIENT_S, allow_loopback=True)
    assert server.asked[0][0] == "/"


def test_a_token_over_another_root_is_refused(serve, own):
    assert "over another root" in refused(serve(granting(own, root=bytes(32))), Unsound)


def test_a_replayed_token_is_refused(serve, own):
    assert "another request" in refused(serve(granting(own, nonce=7)), Unsound)


def test_an_authority_that_declines_is_quoted(serve, own):
    declining = own.but(status=2, words="clock not available")
    assert "clock not available" in refused(serve(granting(declining)), Unsound)


def test_what_is_no_token_is_refused(serve):
    assert "cannot be read" in refused(serve(sending(b"junk")), Unsound)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_named_and_not_followed(serve, own, status):
    other = serve(granting(own))
    told = refused(serve(sending(status=status, headers={**REPLY, "Location": other.url})))
    assert other.url in told
    assert other.asked == []


def test_an_error_of_the_server_is_told(serve):
    assert "HTTP 500" in refused(serve(sending(b"oops", 500)))


@pytest.mark.parametrize("headers", [{"Content-Type": "text/html"}, {}])
def test_another_content_type_is_refused(serve, headers):
    assert "not application/timestamp-reply" in refused(serve(sending(b"<html>", headers=headers)))


def test_a_content_type_may_carry_parameters(serve, own):
    def answer(handler, body):
        asked = parse_timestamp_request(body)
        handler.send(own.reply(ROOT, asked.nonce), headers={"Content-Type": "Application/Timestamp-Reply; charset=x"})

    assert ask(serve(answer))


def test_an_answer_of_64_kib_is_read_and_a_byte_more_is_not(serve):
    assert "cannot be read" in refused(serve(sending(bytes(65_536))), Unsound)
    assert "more than 65536 bytes" in refused(serve(sending(bytes(65_537))))


def test_an_answer_without_end_is_cut_off(serve):
    def answer(handler, _):
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(bytes(65_536))
        except OSError:
            handler.close_connection = True

    assert "more than 65536 bytes" in refused(serve(answer))


def test_an_authority_that_says_nothing_is_given_up(serve):
    server = serve(lambda handler, _: handler.server.done.wait())
    told = refused(server, Unreachable, HASTY_S)
    assert "within 0.3 s (timed out)" in told
    server.done.set()


def test_an_authority_that_sends_a_byte_now_and_then_is_given_up_too(serve):
    # Each byte comes in time; all together they would not end.
    def answer(handler, _):
        try:
            while not handler.server.done.wait(HASTY_S / 10):
                handler.wfile.write(b"x")
        except OSError:
            handler.close_connection = True

    assert "timed out" in refused(serve(answer), Unreachable, HASTY_S)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"SSH-2.0-x\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["nothing", "no HTTP", "no status", "half", "broken chunks"],
)
def test_what_is_no_whole_http_answer_is_refused(serve, data):
    assert "no whole HTTP answer" in refused(serve(lambda handler, _: handler.wfile.write(data)))


def test_a_port_where_nobody_listens_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unreachable, match="refused"):
        request(ROOT, f"http://127.0.0.1:{port}", timeout_s=PATIENT_S, allow_loopback=True)


def test_a_name_that_does_not_resolve_is_unreachable(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Unreachable, match="not known"):
        request(ROOT, "http://tsa.example", timeout_s=PATIENT_S)


def test_https_wants_a_certificate_that_the_machine_trusts(serve, own, tmp_path):
    server = serve(granting(own))
    key = certified("localhost")
    secret = key.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "both.pem").write_bytes(key.pem + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    server.handle_error = lambda *_: None
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with pytest.raises(Unreachable, match="certificate verify failed"):
        request(ROOT, f"https://localhost:{server.server_port}", timeout_s=PATIENT_S, allow_loopback=True)
    assert server.asked == []


@pytest.fixture
def no_network(monkeypatch):
    """Let any try to connect fail the test."""

    def connect(*words):
        pytest.fail(f"a connection was opened: {words}")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "create_connection", connect)


def resolving_to(monkeypatch, *addresses):
    entries = [(socket.AF_INET6 if ":" in each else socket.AF_INET, 1, 6, "", (each, 80)) for each in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: entries)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",  # noqa: S104
     "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1",
     "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "2001:db8::1"],
)  # fmt: skip
def test_a_name_that_leads_into_a_private_network_is_refused(monkeypatch, no_network, address):
    resolving_to(monkeypatch, "93.184.215.14", address)
    with pytest.raises(AddressRefused, match="not on the public network"):
        request(ROOT, "http://tsa.example", timeout_s=PATIENT_S)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1"])
def test_loopback_is_refused_in_any_spelling_unless_it_is_allowed(no_network, host):
    with pytest.raises((AddressRefused, Unreachable)):
        request(ROOT, f"http://{host}/", timeout_s=PATIENT_S)


@pytest.mark.parametrize("host", ["2130706433", "127.0.0.2", "tsa.example"])
def test_allowing_loopback_allows_only_its_plain_names(monkeypatch, no_network, host):
    resolving_to(monkeypatch, "127.0.0.1")
    with pytest.raises(AddressRefused):
        request(ROOT, f"http://{host}/", timeout_s=PATIENT_S, allow_loopback=True)


def test_localhost_that_leads_elsewhere_is_refused(monkeypatch, no_network):
    resolving_to(monkeypatch, "10.0.0.1")
    with pytest.raises(AddressRefused):
        request(ROOT, "http://localhost/", timeout_s=PATIENT_S, allow_loopback=True)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_a_public_address_is_connected_to_as_it_was_checked(monkeypatch, address):
    # The name is resolved once: a second answer could lead elsewhere.
    resolving_to(monkeypatch, address)
    tried = []

    def connect(place, timeout):
        tried.append(place)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Unreachable):
        request(ROOT, "http://tsa.example:318", timeout_s=PATIENT_S)
    assert tried == [(address, 318)]


@pytest.mark.parametrize(
    "url",
    ["", "tsa.example", "ftp://tsa.example", "file:///etc/passwd", "http://", "http://a:b@tsa.example", "http://[::1",
     "http://tsa.example:99999", "http://tsa.example:0", "http://tsa.example/a b", "http://tsa.example/\r\nX: y",
     "http://tsä.example"],
)  # fmt: skip
def test_a_malformed_address_is_refused(no_network, url):
    with pytest.raises(AddressRefused, match="no address of an authority"):
        request(ROOT, url, timeout_s=PATIENT_S)


def test_a_host_that_is_no_name_is_refused(no_network):
    with pytest.raises(AddressRefused, match="no host name"):
        request(ROOT, f"http://{'a' * 64}.example", timeout_s=PATIENT_S)


def test_a_root_is_32_bytes_or_it_is_our_bug(no_network):
    with pytest.raises(ValueError, match="32 bytes"):
        request(ROOT[:20], "http://tsa.example", timeout_s=PATIENT_S)


def ask_all(*servers):
    return request_all(ROOT, [server.url for server in servers], timeout_s=PATIENT_S, allow_loopback=True)


def test_two_authorities_give_two_tokens(serve, own):
    other = authority("Other").but(gen_time="20261122100003Z")
    first, second = serve(granting(own)), serve(granting(other))
    answers = ask_all(first, second)
    assert answers.refused == {}
    assert verify(answers.tokens[first.url], ROOT, [own.root.pem]).tsa == "CN=Own Stamper"
    assert verify(answers.tokens[second.url], ROOT, [other.root.pem]).gen_time == "2026-11-22T10:00:03Z"


def test_one_that_fails_does_not_stop_the_other(serve, own):
    broken, sound = serve(sending(b"", 500)), serve(granting(own))
    answers = ask_all(broken, sound)
    assert list(answers.tokens) == [sound.url]
    assert "HTTP 500" in answers.refused[broken.url]


def test_if_all_fail_each_is_told(serve):
    with pytest.raises(Unreachable) as caught:
        ask_all(serve(sending(b"", 500)), serve(sending(b"", 404)))
    assert [word in str(caught.value) for word in ("HTTP 500", "HTTP 404")] == [True, True]


def test_one_authority_alone_is_not_asked(serve, own):
    server = serve(granting(own))
    for urls in ([server.url], [server.url, f"{server.url}&b=2"]):
        with pytest.raises(Refused, match="two different authorities"):
            request_all(ROOT, urls, timeout_s=PATIENT_S, allow_loopback=True)
    assert server.asked == []


def test_nothing_is_asked_unless_request_is_called(no_network, own):
    assert len(authorities()) >= 2
    assert installed_roots([]) == []
    assert verify(own.reply(ROOT), ROOT, [own.root.pem])


def test_every_known_authority_says_where_it_was_found_and_how_far_that_was_checked():
    told = timestamps.yaml.safe_load((timestamps.files("watchkeeper.fetch") / "timestamp_authorities.yml").read_text())
    for one in told.values():
        assert {"name", "url", "source", "because", "checked", "roots"} == set(one)
        for root in one["roots"]:
            assert len(bytes.fromhex(root["sha256"])) == 32
            assert root["because"]
            assert {root["checked"], root["sha256_checked"]} <= {"text", "secondary", "recalled"}
            assert root["source"] or root["checked"] == "recalled"
    assert len({timestamps.urlsplit(one.url).hostname for one in authorities()}) == len(told)


def test_a_root_that_the_machine_trusts_is_found_by_its_fingerprint(monkeypatch, own):
    class Context:
        def get_ca_certs(self, *, binary_form):
            return [own.stamper.der, own.root.der]

    monkeypatch.setattr(ssl, "create_default_context", Context)
    assert installed_roots([own.root.fingerprint, "00" * 32]) == [own.root.pem]
