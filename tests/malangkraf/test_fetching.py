"""Looking at foreign websites: nothing inside is ever reached, and nobody can hold the worker up."""

import gzip
import itertools
import subprocess
import time

import pytest
from django.core.exceptions import ImproperlyConfigured

from malangkraf import environment, fetching
from tests.foreign_site import name_server, plain_answer, website

HOST = "studio-uji.test"
FILE = "/.well-known/bukti.txt"


@pytest.fixture(scope="module")
def names():
    with name_server() as server:
        yield server


@pytest.fixture
def site(names, settings):
    """A website at studio-uji.test on loopback, which this test allows explicitly."""
    names.records.clear(), names.later.clear(), names.asked.clear()
    names.records[HOST, "A"] = ["127.0.0.1"]
    names.records[f"www.{HOST}", "A"] = ["127.0.0.1"]
    with website() as running:
        settings.DNS_SERVERS = [("127.0.0.1", names.port)]
        settings.FETCH_TEST_ADDRESSES = {"127.0.0.1": {80: running.port, 443: running.port}}
        yield running


def fault_of(url, **words):
    with pytest.raises(fetching.FetchFault) as caught:
        fetching.fetch_text(url, **words)
    return caught.value.code


def redirect(target, status=302):
    return lambda _head, connection: connection.sendall(plain_answer("", status, f"Location: {target}"))


def test_a_page_is_read_as_text_and_the_portal_says_who_it_is(site):
    site.pages[FILE] = "malangkraf=abc\n"
    answer = fetching.fetch_text(f"http://{HOST}{FILE}")
    assert (answer.status, answer.text) == (200, "malangkraf=abc\n")
    assert f"\r\nHost: {HOST}\r\n" in site.requests[0]
    assert "\r\nUser-Agent: MalangKraf/1.0 (+http" in site.requests[0]
    assert "\r\nAccept-Encoding: identity\r\n" in site.requests[0]


def test_a_missing_page_is_an_answer_and_no_fault(site):
    assert fetching.fetch_text(f"http://{HOST}{FILE}").status == 404


def test_without_the_explicit_allowance_loopback_is_never_reached(site, settings):
    settings.FETCH_TEST_ADDRESSES = {}
    assert fault_of(f"http://{HOST}{FILE}") == "not_public"
    assert site.requests == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
        "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "2002:7f00:1::", "2002:a9fe:a9fe::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
        "::7f00:1", "2001:db8::1", "fec0::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_refused(site, names, settings, address):
    assert not fetching.is_public(address)
    settings.FETCH_TEST_ADDRESSES = {}
    names.records = {(HOST, "AAAA" if ":" in address else "A"): [address]}
    assert fault_of(f"http://{HOST}{FILE}") == "not_public"


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:4700::1111", "64:ff9b::5db8:d70e", "::ffff:9.9.9.9"]
)
def test_public_addresses_are_let_through(address):
    assert fetching.is_public(address)


def test_one_private_address_among_public_ones_refuses_the_name(site, names, settings):
    settings.FETCH_TEST_ADDRESSES = {}
    names.records[HOST, "A"] = ["93.184.215.14", "10.0.0.1"]
    assert fault_of(f"http://{HOST}{FILE}") == "not_public"


def test_a_name_that_changes_its_mind_is_asked_once_and_reached_where_it_was_checked(site, names):
    names.later[HOST, "A"] = ["169.254.169.254"]
    site.pages[FILE] = "ada"
    assert fetching.fetch_text(f"http://{HOST}{FILE}").text == "ada"
    assert names.asked.count((HOST, "A")) == 1


def test_a_redirect_is_resolved_and_checked_again(site, names):
    """The same host, which leads somewhere else by the time of the second request."""
    names.later[HOST, "A"] = ["169.254.169.254"]
    site.pages[FILE] = redirect(f"http://{HOST}/lain")
    assert fault_of(f"http://{HOST}{FILE}") == "not_public"
    assert len(site.requests) == 1


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://lain.test/",
        "//lain.test/", f"http://sub.{HOST}/", f"http://{HOST}.lain.test/", f"http://{HOST}:8080/",
        f"http://{HOST}@127.0.0.1/", f"ftp://{HOST}/", "file:///etc/passwd", "gopher://127.0.0.1/", "",
    ],
)  # fmt: skip
def test_a_redirect_elsewhere_is_not_followed(site, target):
    site.pages[FILE] = redirect(target)
    assert fault_of(f"http://{HOST}{FILE}") == "wrong_redirect"
    assert len(site.requests) == 1


def test_a_redirect_to_www_and_another_path_is_followed(site):
    site.pages[FILE] = redirect(f"http://www.{HOST}/lain", 301)
    site.pages["/lain"] = "di sini"
    answer = fetching.fetch_text(f"http://{HOST}{FILE}")
    assert (answer.text, answer.url) == ("di sini", f"http://www.{HOST}/lain")


def test_a_circle_of_redirects_ends_after_three(site):
    site.pages[FILE] = redirect(FILE)
    assert fault_of(f"http://{HOST}{FILE}") == "too_many_redirects"
    assert len(site.requests) == fetching.MOST_REDIRECTS + 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://[::1]/",
        "http://localhost/", "http://portal/", "http://db.internal/", "http://mesin.local/", "http://a.localhost/",
        f"http://{HOST}:8080/", f"https://{HOST}:80/", f"http://{HOST}:443/", f"http://{HOST}:notaport/",
        f"http://a:b@{HOST}/", f"http://a@{HOST}/", f"ftp://{HOST}/", "file:///etc/passwd", "javascript:alert(1)",
        "http://", "", "http:///jalan", f"http://{HOST}/a b", f"http://{HOST}/\r\nX: y", f"http://{HOST}/é",
        "http://①②⑦.⓪.⓪.①/", f"http://{'a' * 70}.test/", f"http://{HOST}/{'a' * 2000}", "http://a..test/",
    ],
)  # fmt: skip
def test_odd_addresses_are_refused_before_anything_is_asked(site, names, url):
    assert fault_of(url) == "bad_address"
    assert names.asked == []
    assert site.requests == []


def test_a_name_in_other_letters_is_asked_in_its_ascii_form(site, names):
    names.records["xn--caf-dma.test", "A"] = ["127.0.0.1"]
    site.pages["/"] = "kopi"
    assert fetching.fetch_text("http://CAFÉ.test/").text == "kopi"
    assert "Host: xn--caf-dma.test\r\n" in site.requests[0]


@pytest.mark.parametrize("header", ["", "Connection: close\r\n"])
def test_a_body_without_a_length_comes_whole(site, header):
    # http.client lets go of the connection as soon as it has read the head of such an answer.
    def in_pieces(_head, connection):
        connection.sendall(f"HTTP/1.1 200 OK\r\n{header}\r\n".encode())
        for _ in range(16):
            connection.sendall(b"x" * 16384)

    site.pages[FILE] = in_pieces
    assert len(fetching.fetch_text(f"http://{HOST}{FILE}").text) == 16 * 16384


@pytest.mark.parametrize("header", [True, False])
def test_a_huge_body_is_given_up(site, header):
    def pour(_head, connection):
        length = f"Content-Length: {10**12}\r\n" if header else ""
        connection.sendall(f"HTTP/1.1 200 OK\r\n{length}\r\n".encode())
        for _ in range(64):
            connection.sendall(b"x" * 65536)

    site.pages[FILE] = pour
    assert fault_of(f"http://{HOST}{FILE}") == "too_large"


@pytest.mark.parametrize("part", ["head", "body", "chunks"])
def test_a_slow_drip_ends_at_the_deadline(site, part):
    starts = {
        "head": b"HTTP/1.1 200 OK\r\nX-Slow: ",
        "body": b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
        "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    }

    def drip(_head, connection):
        connection.sendall(starts[part])
        for number in itertools.count():
            connection.sendall(b"1\r\nx\r\n" if part == "chunks" else b"x")
            connection.settimeout(0.02)
            try:
                connection.recv(1)
            except TimeoutError:
                continue
            if number:
                return

    site.pages[FILE] = drip
    began = time.monotonic()
    assert fault_of(f"http://{HOST}{FILE}", seconds=0.6) == "timeout"
    assert time.monotonic() - began < 3


def test_a_compressed_body_is_not_unpacked(site):
    bomb = gzip.compress(b"0" * 10_000_000)
    site.pages[FILE] = lambda _head, connection: connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb
    )
    assert fault_of(f"http://{HOST}{FILE}") == "encoded"


@pytest.mark.parametrize(
    "answer",
    [b"", b"SSH-2.0-OpenSSH_9.9\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200],
)
def test_what_is_no_web_server_is_no_answer(site, answer):
    site.pages[FILE] = lambda _head, connection: connection.sendall(answer)
    assert fault_of(f"http://{HOST}{FILE}") == "bad_answer"


def test_bytes_that_are_no_text_are_replaced(site):
    site.pages[FILE] = lambda _head, connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n\xff\xfe\x00ab")
    assert fetching.fetch_text(f"http://{HOST}{FILE}").text == "��\x00ab"


def test_a_closed_port_is_no_connection(site, settings):
    settings.FETCH_TEST_ADDRESSES = {"127.0.0.1": {80: 1}}
    assert fault_of(f"http://{HOST}{FILE}") == "no_connection"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate that nobody vouches for."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
            "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    both = folder / "both.pem"
    both.write_text(key.read_text() + cert.read_text())
    return both


def test_a_certificate_that_nobody_vouches_for_is_refused(site, settings, certificate):
    with website(certificate) as secure:
        settings.FETCH_TEST_ADDRESSES = {"127.0.0.1": {443: secure.port}}
        assert fault_of(f"https://{HOST}{FILE}") == "bad_certificate"
        assert secure.requests == []


def test_a_certificate_must_be_for_the_name_although_the_address_is_asked(
    site, names, settings, certificate, monkeypatch
):
    """The negative control: with the same certificate trusted, its own name is answered and another one is not."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    names.records["lain.test", "A"] = ["127.0.0.1"]
    with website(certificate) as secure:
        secure.pages[FILE] = "aman"
        settings.FETCH_TEST_ADDRESSES = {"127.0.0.1": {443: secure.port}}
        assert fetching.fetch_text(f"https://{HOST}{FILE}").text == "aman"
        assert fault_of(f"https://lain.test{FILE}") == "bad_certificate"


def test_http_may_go_up_to_https_and_never_down_again(site, settings, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with website(certificate) as secure:
        settings.FETCH_TEST_ADDRESSES = {"127.0.0.1": {80: site.port, 443: secure.port}}
        site.pages[FILE] = redirect(f"https://{HOST}{FILE}")
        secure.pages[FILE] = "aman"
        assert fetching.fetch_text(f"http://{HOST}{FILE}").text == "aman"
        secure.pages[FILE] = redirect(f"http://{HOST}{FILE}")
        assert fault_of(f"https://{HOST}{FILE}") == "wrong_redirect"


# --- names -----------------------------------------------------------------------------------------------


def test_txt_records_are_joined_and_given_as_text(site, names):
    names.records[f"_malangkraf.{HOST}", "TXT"] = ['"malang" "kraf=abc"', '"v=spf1 -all"']
    assert sorted(fetching.txt_records(f"_malangkraf.{HOST}")) == ["malangkraf=abc", "v=spf1 -all"]


def test_a_name_without_the_record_has_no_texts(site):
    assert fetching.txt_records(HOST) == []
    assert fetching.txt_records(f"_malangkraf.{HOST}") == []


def test_faults_of_names_are_told_apart(site, names):
    names.silent, names.broken = {"bisu.test"}, {"rusak.test"}
    with pytest.raises(fetching.FetchFault) as silent:
        fetching.txt_records("bisu.test", seconds=0.3)
    with pytest.raises(fetching.FetchFault) as broken:
        fetching.txt_records("rusak.test")
    with pytest.raises(fetching.FetchFault) as long:
        fetching.txt_records(f"{'a' * 70}.test")
    faults = [one.value for one in (silent, broken, long)]
    assert [fault.code for fault in faults] == ["timeout", "dns_failed", "bad_address"]
    assert [fault.may_pass for fault in faults] == [True, True, False]
    assert fault_of("http://bisu.test/", seconds=0.3) == "timeout"
    assert fault_of("http://takada.test/") == "no_such_host"
    names.records["kosong.test", "TXT"] = ['"x"']
    assert fault_of("http://kosong.test/") == "no_such_host"


# --- settings --------------------------------------------------------------------------------------------


def test_only_loopback_can_be_allowed_and_never_in_production(monkeypatch):
    monkeypatch.setenv("FETCH_TEST_ADDRESSES", "127.0.0.1:80=8123,127.0.0.1:443=8124")
    assert environment.test_addresses("FETCH_TEST_ADDRESSES", production=False) == {
        "127.0.0.1": {80: 8123, 443: 8124}
    }
    with pytest.raises(ImproperlyConfigured):
        environment.test_addresses("FETCH_TEST_ADDRESSES", production=True)
    for wrong in ("10.0.0.1:80=8123", "127.0.0.1:22=8123", "127.0.0.1", "localhost:80=8123"):
        monkeypatch.setenv("FETCH_TEST_ADDRESSES", wrong)
        with pytest.raises(ImproperlyConfigured):
            environment.test_addresses("FETCH_TEST_ADDRESSES", production=False)


def test_name_servers_are_addresses_with_or_without_a_port(monkeypatch):
    monkeypatch.setenv("DNS_SERVERS", "9.9.9.9, 127.0.0.1:5353,2620:fe::fe,[2620:fe::9]:53")
    assert environment.servers("DNS_SERVERS", default_port=53) == [
        ("9.9.9.9", 53), ("127.0.0.1", 5353), ("2620:fe::fe", 53), ("2620:fe::9", 53),
    ]  # fmt: skip
    monkeypatch.setenv("DNS_SERVERS", "dns.example")
    with pytest.raises(ImproperlyConfigured):
        environment.servers("DNS_SERVERS", default_port=53)
