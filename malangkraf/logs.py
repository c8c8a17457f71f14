"""Structured logs: one JSON object a line, with the request id that the user sees on the error page."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

current_request_id: ContextVar[str] = ContextVar("request_id", default="")


class RequestIdFilter(logging.Filter):
    """Put the current request's id on each record ("" outside a request)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True: no record is dropped."""
        record.request_id = current_request_id.get()
        return True


class JsonFormatter(logging.Formatter):
    """Write a record as one line of JSON: time (UTC), level, logger, message, request id, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without a line break in it."""
        line = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := getattr(record, "request_id", ""):
            line["request_id"] = request_id
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
