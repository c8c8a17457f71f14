"""Looking at a foreign website or at a DNS record for somebody who named it: never at anything inside.

Only workers call this. A name is resolved once, every address that comes back must belong to the public internet, and
the connection goes to exactly such an address, so an answer that changes meanwhile changes nothing. Redirects stay on
the host and are checked like the first address. Time, size and ports are limited, and nothing is unpacked.
"""

import http.client
import io
import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import SplitResult, urljoin, urlsplit

import dns.exception
import dns.name
import dns.nameserver
import dns.resolver
from django.conf import settings

SECONDS = 5.0
LARGEST_BODY = 1024 * 1024
MOST_REDIRECTS = 3
# Of the addresses of a name (all of them are checked): how many are tried when one does not answer.
MOST_ADDRESSES = 3
MOST_TEXTS = 50
LONGEST_URL = 2000
PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# All that is given out as global IPv6 addresses so far; what lies outside has its own, local meanings.
_GLOBAL = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class FetchFault(Exception):
    """Something that could not be fetched. `code` says why, `detail` what was found instead (plain text)."""

    # Worth another try a little later: it says more about the moment than about the address.
    PASSING = frozenset({"timeout", "no_connection", "dns_failed"})

    def __init__(self, code: str, detail: str = "") -> None:
        """`code` is one of bad_address, no_such_host, not_public, no_connection, timeout, bad_certificate,
        wrong_redirect, too_many_redirects, too_large, encoded, bad_answer and dns_failed.
        """
        super().__init__(code)
        self.code, self.detail = code, detail

    @property
    def may_pass(self) -> bool:
        """Return whether the same question may have another answer in a minute."""
        return self.code in self.PASSING


@dataclass(frozen=True, slots=True)
class Answer:
    """What a website answered: its last address, the status and the body as text."""

    url: str
    status: int
    text: str


def fetch_text(url: str, *, seconds: float = SECONDS) -> Answer:
    """Return what stands at a web address, within so many seconds in all. Raise FetchFault."""
    deadline = time.monotonic() + seconds
    for _hop in range(MOST_REDIRECTS + 1):
        parts = _checked(url)
        try:
            status, location, body = _ask(parts, deadline)
        except TimeoutError as error:
            raise FetchFault("timeout") from error
        if status not in _REDIRECTS:
            return Answer(url, status, body.decode(errors="replace"))
        url = _next_url(parts, location)
    raise FetchFault("too_many_redirects")


def txt_records(name: str, *, seconds: float = SECONDS) -> list[str]:
    """Return the texts of a name's TXT records, [] when there is none. Raise FetchFault."""
    try:
        answer = _resolver().resolve(f"{name}.", "TXT", lifetime=seconds)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise _dns_fault(error) from error
    return [b"".join(record.strings).decode(errors="replace") for record in list(answer)[:MOST_TEXTS]]


def is_public(text: str) -> bool:
    """Return whether an IP address belongs to the public internet, also by the IPv4 address that it may carry."""
    address: Address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        carried = address.ipv4_mapped or address.sixtofour
        if carried is None and address in _NAT64:
            carried = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if carried is not None:
            return is_public(str(carried))
        if address not in _GLOBAL:
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    )


def _checked(url: str) -> SplitResult:
    """Return the parts of an address that may be asked at all, its host in ASCII. Raise FetchFault."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii").lower()
        port = parts.port
    except (ValueError, UnicodeError) as error:
        raise FetchFault("bad_address") from error
    is_odd = (
        parts.scheme not in PORTS
        or port not in (None, PORTS.get(parts.scheme))
        or parts.username is not None
        or parts.password is not None
        or len(url) > LONGEST_URL
        or not f"{parts.path}{parts.query}".isascii()
        or not url.isprintable()
        or " " in url
    )
    # A name with a letter in its last part: no single word of a local network, no IP address in any notation.
    last = host.rpartition(".")[2]
    if (
        is_odd
        or "." not in host
        or not last[:1].isalpha()
        or host.endswith((".localhost", ".local", ".internal"))
    ):
        raise FetchFault("bad_address")
    return parts._replace(netloc=host, path=parts.path or "/", fragment="")


def _next_url(parts: SplitResult, location: str) -> str:
    """Return where a redirect leads, which must be the same host (with or without www.), never back to http."""
    url = urljoin(parts.geturl(), location)
    try:
        after = _checked(url)
    except FetchFault as fault:
        raise FetchFault("wrong_redirect", location[:200]) from fault
    is_same = after.netloc.removeprefix("www.") == parts.netloc.removeprefix("www.")
    if not location or not is_same or (parts.scheme, after.scheme) == ("https", "http"):
        raise FetchFault("wrong_redirect", location[:200])
    return after.geturl()


def _ask(parts: SplitResult, deadline: float) -> tuple[int, str, bytes]:
    """Return status, redirect target and body of one request to a checked address."""
    host, port = parts.netloc, PORTS[parts.scheme]
    sock = _connect(_addresses(host, deadline), port, deadline)
    try:
        if parts.scheme == "https":
            sock = _secured(sock, host, deadline)
        return _exchange(_Line(sock, deadline), parts)
    except ssl.SSLCertVerificationError as error:
        raise FetchFault("bad_certificate", error.verify_message) from error
    except ssl.SSLError as error:
        raise FetchFault("bad_certificate") from error
    except (http.client.HTTPException, ValueError) as error:
        raise FetchFault("bad_answer") from error
    except TimeoutError:
        raise
    except OSError as error:
        raise FetchFault("no_connection") from error
    finally:
        sock.close()


def _exchange(line: "_Line", parts: SplitResult) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(parts.netloc)
    # The connection exists already, to the address that was checked; http.client only speaks over it.
    connection.sock = cast(socket.socket, line)
    target = parts._replace(scheme="", netloc="").geturl()
    connection.request("GET", target, headers={"User-Agent": user_agent(), "Accept": "text/plain, */*;q=0.1"})
    answer = connection.getresponse()
    if answer.status in _REDIRECTS:
        return answer.status, answer.getheader("Location", ""), b""
    if answer.getheader("Content-Encoding", "identity").lower() != "identity":
        raise FetchFault("encoded")
    body = answer.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        raise FetchFault("too_large")
    return answer.status, "", body


class _Line(io.RawIOBase):
    """A connection of which every single wait ends at the deadline, however slowly the other side sends."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        super().__init__()
        self.sock, self.deadline = sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.sock.settimeout(_left(self.deadline))
        return self.sock.recv_into(buffer)

    def sendall(self, data: bytes) -> None:
        self.sock.settimeout(_left(self.deadline))
        self.sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def close(self) -> None:
        """Do nothing, as http.client closes its side before it reads a body without a length; `_ask` ends the line."""


def _left(deadline: float) -> float:
    """Return the seconds that are left; raise TimeoutError when there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _addresses(host: str, deadline: float) -> list[str]:
    """Return the addresses of a host, IPv4 first. Raise FetchFault unless all of them are public."""
    try:
        answers = _resolver().resolve_name(f"{host}.", lifetime=_left(deadline))
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer) as error:
        raise FetchFault("no_such_host") from error
    except dns.exception.DNSException as error:
        raise _dns_fault(error) from error
    found = sorted(answers.addresses(), key=lambda address: ":" in address)
    if not found:
        raise FetchFault("no_such_host")
    # One private address among public ones is how a name is made to change its mind later.
    if not all(is_public(address) or address in _test_ports() for address in found):
        raise FetchFault("not_public")
    return found


def _connect(addresses: list[str], port: int, deadline: float) -> socket.socket:
    for address in addresses[:MOST_ADDRESSES]:
        real_port = _test_ports().get(address, {}).get(port, port)
        try:
            return socket.create_connection((address, real_port), timeout=_left(deadline))
        except TimeoutError:
            raise
        except OSError:
            continue
    raise FetchFault("no_connection")


def _secured(sock: socket.socket, host: str, deadline: float) -> ssl.SSLSocket:
    """Return the connection under TLS; the certificate must be valid for the host's name."""
    context = ssl.create_default_context()
    sock.settimeout(_left(deadline))
    return context.wrap_socket(sock, server_hostname=host)


def _resolver() -> dns.resolver.Resolver:
    """Return a resolver of settings.DNS_SERVERS ("address:port"), of the operating system's servers without them."""
    resolver = dns.resolver.Resolver(configure=not settings.DNS_SERVERS)
    if settings.DNS_SERVERS:
        resolver.nameservers = [
            dns.nameserver.Do53Nameserver(host, port) for host, port in settings.DNS_SERVERS
        ]
    resolver.timeout = 2.0
    resolver.cache = None
    return resolver


def _dns_fault(error: dns.exception.DNSException) -> FetchFault:
    if isinstance(error, dns.exception.Timeout):
        return FetchFault("timeout")
    is_name = isinstance(error, dns.name.LabelTooLong | dns.name.NameTooLong | dns.name.EmptyLabel)
    return FetchFault("bad_address" if is_name else "dns_failed")


def _test_ports() -> dict[str, dict[int, int]]:
    """Return {address: {port: the port that stands for it}} of what tests allow; empty in every real portal."""
    return settings.FETCH_TEST_ADDRESSES


def user_agent() -> str:
    """Return what the portal calls itself when it looks at a website."""
    return f"MalangKraf/1.0 (+{settings.SITE_URL})"
