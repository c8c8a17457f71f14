"""Structured logs: one JSON object a line, with the request id that the user sees on the error page."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime

current_request_id: ContextVar[str] = ContextVar("request_id", default="")

# What must not stand in a log, whoever wrote the message: addresses of people, passwords in addresses of services,
# values that open something, and the secret part of a reset link.
_REDACTIONS = [
    # Before the addresses of people: "user:password@host.example" would pass for one.
    (re.compile(r"(\w+://[^\s:/@]*):[^\s@/]+@"), r"\1:<secret>@"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "<e-mail>"),
    (
        re.compile(
            r"(?i)\b(passw(?:or)?d\w*|secret\w*|\w*token|api_?key|authorization|cookie|sessionid|csrftoken|otp)"
            r"(['\"]?\s*[:=]\s*)(?:bearer\s+|basic\s+)?('[^']*'|\"[^\"]*\"|[^\s,;&}]+)"
        ),
        r"\1\2<secret>",
    ),
    (re.compile(r"(/password/reset/key/)[^/\s]+"), r"\1<secret>"),
]

# A part of a path that works like a key (a calendar, an invitation, a question, a door, a letter) is long and has
# capital letters; the portal's readable addresses have none.
_KEY_IN_PATH = re.compile(r"(?<=/)(?=[a-z\d_:=-]*[A-Z])[\w:=-]{16,}(?=[./]|$)", re.ASCII)


def without_secrets(text: str) -> str:
    """Return the text with e-mail addresses, passwords, tokens and reset keys replaced by a placeholder."""
    for pattern, replacement in _REDACTIONS:
        text = pattern.sub(replacement, text)
    return text


class RequestIdFilter(logging.Filter):
    """Put the current request's id on each record ("" outside a request)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True: no record is dropped."""
        record.request_id = current_request_id.get()
        return True


class AccessFilter(logging.Filter):
    """Take the keys out of the paths that the web server logs; nobody who reads the log may use them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True: every request is logged."""
        if isinstance(record.args, dict) and isinstance(path := record.args.get("path"), str):
            record.args = record.args | {"path": _KEY_IN_PATH.sub("<secret>", without_secrets(path))}
        return True


class JsonFormatter(logging.Formatter):
    """Write a record as one line of JSON: time (UTC), level, logger, message, request id, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without a line break in it."""
        line = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        if request_id := getattr(record, "request_id", ""):
            line["request_id"] = request_id
        if record.exc_info:
            line["traceback"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
