"""What nobody sends by accident, and the names under which the portal's pages take something.

Whoever reads a new parameter that no field of a page shows adds its name here.
"""

import re
from collections.abc import Iterable

from django.http.response import HttpResponseBase
from django.urls import URLPattern

MANY_DIGITS = "9" * 5_000
LONG = "panjang " * 1_250
# Each is sent under every name a page knows. Percent-encoded where a request carries bytes that are no text.
VALUES = (
    "%00",
    "%ED%A0%80",  # half of a character outside the basic plane
    "%FF%FE",
    MANY_DIGITS,
    "-1",
    "-" + MANY_DIGITS,
    "NaN",
    "Infinity",
    "1e999999",
    "1.2.3,4",
    "%C2%B2",  # a digit to str.isdigit() and none to int()
    "%D9%A3%D9%A3%D9%A3%D9%A3%D9%A3%D9%A3",  # Arabic digits
    "%E2%80%AE123",  # right to left from here on
    "%F0%9F%98%80",
    "%0D%0AX-Planted:%201",
    "0000-00-00",
    "9999-12-31",
    "0001-01-01",
    "99999-Q1",
    "../../etc/passwd",
    "[" * 3_000,  # deeper than any JSON that a browser sends
    "%27%20OR%201=1--",
    "{{7*7}}%25s%25(name)s{0}",
    "//example.org/",
    "javascript:alert(1)",
    LONG,
    "",
)
# Names that pages read without showing a field for them.
QUERY_NAMES = (
    "q", "page", "page_size", "ordering", "format", "next", "tahun", "jenis", "dasar", "programme", "phase",
    "period", "lang", "version", "cursor", "ke", "draf", "name", "dari", "di", "lebar",
)  # fmt: skip
FORM_NAMES = (
    "version", "number", "publish", "reason", "comment", "submit", "draft", "next", "action", "email", "code",
    "credential", "login", "password", "dilihat", "nanti",
)  # fmt: skip
FIELD = re.compile(r'<(?:input|select|textarea|button)\b[^>]*?\bname="([^"]+)"')


def field_names(response: HttpResponseBase) -> set[str]:
    """Return the names of the fields that a page shows, without the token of its forms."""
    if getattr(response, "streaming", False) or "html" not in response.headers.get("Content-Type", ""):
        return set()
    return set(FIELD.findall(response.content.decode())) - {"csrfmiddlewaretoken"}


def filter_names(pattern: URLPattern) -> set[str]:
    """Return the names that an address of the API filters by."""
    view = getattr(pattern.callback, "cls", None)
    filterset = getattr(view, "filterset_class", None)
    return set(filterset.base_filters) if filterset else set()


def encoded(names: Iterable[str], *, first: int) -> str:
    """Return all names as a query or form, each with another value: name n has value first + n; every fifth twice."""
    pairs = []
    for place, name in enumerate(sorted(names)):
        pairs.append(f"{name}={VALUES[(first + place) % len(VALUES)]}")
        if place % 5 == 4:
            pairs.append(f"{name}={VALUES[(first + place + 7) % len(VALUES)]}")
    return "&".join(pairs)


HEADERS = (
    {"Accept-Language": "xx-" + "y" * 500 + ";q=x, *;q=-1, \xff", "Accept": "a/b;q=nonsense, /"},
    {
        "If-Modified-Since": "yesterday",
        "If-None-Match": 'W/"',
        "Range": "bytes=99-1,-,x",
        "Accept-Encoding": ";;q=",
    },
    {"HX-Request": "true", "HX-Current-URL": "http://[", "Referer": "http://[::1", "Origin": "null"},
    {"X-Forwarded-For": "\x7f, 999.1.1.1, " + "1," * 200, "X-Request-Id": "<b>"},
)
COOKIES = "; csrftoken=%00; messages=[[" + "]" * 50 + "; django_language=\xff; x=" + "x" * 6_000
BODIES = (
    ("application/json", "[" * 20_000),
    ("application/json", '{"credential": "\\ud800", "code": [1], "version": {"a": null}}'),
    ("multipart/form-data", "no boundary"),
    ("multipart/form-data; boundary=x", '--x\r\nContent-Disposition: form-data; name="\r\n\r\n--x'),
    ("text/plain; charset=utf-16", "x"),
    ("application/x-www-form-urlencoded", "&".join(f"f{number}=1" for number in range(1_200))),
    ("application/x-www-form-urlencoded", "=&&%&%=%&a[b]=c&version=%"),
    ("nonsense", "\x00"),
)
