"""A website and a name server on loopback, as tests and the browser portal find them in place of the internet."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Handler = Callable[[str, socket.socket], None]


@dataclass
class NameServer:
    """Answers over UDP from `records`: {(name, type): texts}; a name of `silent` gets no answer at all."""

    port: int = 0
    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    # How often a name was asked for, and what it answers from the second time on.
    asked: list[tuple[str, str]] = field(default_factory=list)
    later: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def answer(self, wire: bytes) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        response = dns.message.make_response(query)
        if name in self.silent:
            return None
        if name in self.broken:
            response.set_rcode(dns.rcode.SERVFAIL)
            return response.to_wire()
        is_later = (name, kind) in self.asked and (name, kind) in self.later
        self.asked.append((name, kind))
        values = (self.later if is_later else self.records).get((name, kind), [])
        if values:
            response.answer.append(dns.rrset.from_text(question.name, 30, "IN", kind, *values))
        elif name not in {known for known, _kind in self.records}:
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire()


@contextmanager
def name_server(port: int = 0) -> Iterator[NameServer]:
    """Give a running name server, on a free port unless one is named; it ends with the block."""
    server = NameServer()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", port))
        server.port = sock.getsockname()[1]

        def serve() -> None:
            while True:
                wire, sender = sock.recvfrom(4096)
                if wire == b"end":
                    return
                if answer := server.answer(wire):
                    sock.sendto(answer, sender)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bell:
                bell.sendto(b"end", ("127.0.0.1", server.port))
            thread.join(5)


@dataclass
class Site:
    """A web server that speaks by hand: `pages` is {path: handler or body}; `requests` is what reached it."""

    port: int = 0
    pages: dict[str, Handler | str] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def serve(self, connection: socket.socket) -> None:
        """Answer one request; a visitor who goes away in the middle is none of our business."""
        head = b""
        while b"\r\n\r\n" not in head:
            part = connection.recv(4096)
            if not part:
                return
            head += part
        text = head.decode()
        self.requests.append(text)
        page = self.pages.get(text.split(" ")[1])
        if callable(page):
            page(text, connection)
        else:
            connection.sendall(
                plain_answer("tidak ada" if page is None else page, 404 if page is None else 200)
            )


def plain_answer(body: str, status: int = 200, *headers: str) -> bytes:
    """Return a whole HTTP answer with a text body."""
    data = body.encode()
    lines = [f"HTTP/1.1 {status} X", "Content-Type: text/plain", f"Content-Length: {len(data)}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + data


@contextmanager
def website(certificate: Path | None = None, *, port: int = 0) -> Iterator[Site]:
    """Give a running site on loopback, under TLS with a PEM file of key and certificate; it ends with the block."""
    site = Site()
    ends = threading.Event()
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", port)) as listener:
        site.port = listener.getsockname()[1]

        def one(connection: socket.socket) -> None:
            try:
                if context:
                    connection = context.wrap_socket(connection, server_side=True)
                site.serve(connection)
            except OSError:
                return
            finally:
                connection.close()

        def accept() -> None:
            while True:
                connection, _sender = listener.accept()
                if ends.is_set():
                    connection.close()
                    return
                connection.settimeout(20)
                threading.Thread(target=one, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            ends.set()
            socket.create_connection(("127.0.0.1", site.port)).close()
            thread.join(5)
