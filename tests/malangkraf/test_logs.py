"""Each log line is JSON with the request id and holds neither secrets nor addresses of people."""

import json
import logging
import sys

import pytest

from malangkraf import logs, wsgi


def line_for(message, *arguments, error=None):
    record = logging.LogRecord("portal", logging.ERROR, __file__, 1, message, arguments, error)
    logs.RequestIdFilter().filter(record)
    return logs.JsonFormatter().format(record)


def test_a_record_is_one_line_of_json_with_time_level_logger_and_message():
    line = json.loads(line_for("Report %s failed", 7))
    assert line["message"] == "Report 7 failed"
    assert (line["level"], line["logger"]) == ("ERROR", "portal")
    assert line["time"].endswith("+00:00")


def test_a_line_inside_a_request_carries_its_id_and_one_outside_carries_none():
    token = logs.current_request_id.set("abc123def456")
    try:
        inside = json.loads(line_for("x"))
    finally:
        logs.current_request_id.reset(token)
    assert inside["request_id"] == "abc123def456"
    assert "request_id" not in json.loads(line_for("x"))


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/pesanan/kalender/Xb3_kanari-9QaZ0LmNopQrStUvWxYz12.ics", "/pesanan/kalender/<secret>.ics"),
        ("/en/startup/undangan/eyJhIjoxfQ:1tKanari:Zz-9_x/", "/en/startup/undangan/<secret>/"),
        ("/akun/password/reset/key/3-kanari/", "/akun/password/reset/key/<secret>/"),
        ("/verifikasi/surat/ABCDEFGHJKMNPQRS/", "/verifikasi/surat/<secret>/"),
        (
            "/agenda/bincang-desain-dan-gim-2026-12-01-abcde/",
            "/agenda/bincang-desain-dan-gim-2026-12-01-abcde/",
        ),
        ("/kpi/MK-01/", "/kpi/MK-01/"),
    ],
)
def test_the_servers_log_of_requests_holds_no_key(path, logged):
    record = logging.LogRecord("granian.access", logging.INFO, "", 1, "%(path)s %(status)d", None, None)
    record.args = {"path": path, "status": 200}
    assert logs.AccessFilter().filter(record)
    assert record.getMessage() == f"{logged} 200"
    # What granian loads puts it there.
    filters = logging.getLogger("granian.access").filters
    assert any(isinstance(one, wsgi.AccessFilter) for one in filters)


def test_a_message_with_line_breaks_stays_one_line():
    forged = line_for('ok\n{"level": "INFO", "message": "forged"}')
    assert "\n" not in forged


@pytest.mark.parametrize(
    "message",
    [
        "Mail to budi.kanari@example.org failed",
        "Key (lower(email))=(budi.kanari+1@mail.example.co.id) already exists.",
        "connection to postgresql://portal:kanari@db.example.org:5432/portal failed",
        "broker redis://:kanari@cache:6379/0 is away",
        "POST data {'password': 'kanari', 'password1': 'kanari'}",
        "login with password=kanari&next=/",
        "SECRET_KEY = kanari",
        "Authorization: Bearer kanari",
        "Cookie: sessionid=kanari; csrftoken=kanari",
        "csrfmiddlewaretoken=kanari",
        'secret_access_key: "kanari"',
        "Internal Server Error: /akun/password/reset/key/3-kanari/",
    ],
)
def test_secrets_and_addresses_of_people_are_left_out(message):
    assert "kanari" not in line_for(message)


def test_an_ordinary_message_is_not_touched():
    text = "Report 2022-Q1 v2 finished in 3.1 s: 8 indicators, /laporan/2022/v2/"
    assert json.loads(line_for(text))["message"] == text


def test_a_traceback_is_cleaned_too():
    try:
        raise ValueError("no account for budi.kanari@example.org")
    except ValueError:
        line = json.loads(line_for("failed", error=sys.exc_info()))
    assert "ValueError" in line["traceback"]
    assert "kanari" not in line["traceback"]
