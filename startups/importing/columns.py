"""The columns of a member list, and what a cell of each means."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils import translation

from ecosystem.models import Kecamatan, Kelurahan, Subsector
from malangkraf.folding import fold
from malangkraf.tables.messages import MESSAGES, gettext_noop
from malangkraf.tables.reader import Columns
from startups.models import Startup

COLUMNS = Columns(
    required=("name", "kind"),
    optional=(
        "summary", "description", "legal_name", "subsector", "kecamatan", "kelurahan", "website", "email", "founded",
    ),
    aliases={
        "nama": "name",
        "jenis": "kind",
        "ringkasan": "summary",
        "deskripsi": "description",
        "nama legal": "legal_name",
        "badan usaha": "legal_name",
        "subsektor": "subsector",
        "situs": "website",
        "surel": "email",
        "e-mail": "email",
        "berdiri": "founded",
        "tahun berdiri": "founded",
    },
)  # fmt: skip
LENGTHS = {"name": 120, "summary": 200, "description": 4000, "legal_name": 160, "website": 300, "email": 254}

MESSAGES.update(
    {
        "member.no_name": gettext_noop("The name is missing."),
        "member.unknown_kind": gettext_noop("“%(value)s” is no kind of entry. Known are: %(known)s."),
        "member.unknown_subsector": gettext_noop("No subsector is called “%(value)s”."),
        "member.unknown_place": gettext_noop("No kecamatan or kelurahan of Malang is called “%(value)s”."),
        "member.places_differ": gettext_noop("The kelurahan %(kelurahan)s does not lie in %(kecamatan)s."),
        "member.bad_website": gettext_noop(
            "“%(value)s” is no web address that begins with http:// or https://."
        ),
        "member.bad_email": gettext_noop("“%(value)s” is no e-mail address."),
        "member.bad_year": gettext_noop("“%(value)s” is no year between 1945 and this year."),
        "member.too_long": gettext_noop("The text is longer than %(limit)s characters."),
        "member.twice": gettext_noop("Line %(line)s of this file has the same name."),
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell; `code` is a key of the tables' messages without its prefix."""

    column: str
    code: str
    params: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"column": self.column, "code": f"member.{self.code}", "params": self.params}


class _Refused(ValueError):
    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(code)


class RowReader:
    """Reads cells into values; the code lists are loaded once, with three queries."""

    def __init__(self, *, this_year: int) -> None:
        self.this_year = this_year

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Return the kind for each way of writing it: code, Indonesian and English label."""
        found = {fold(code): code for code in Startup.Kind.values}
        for language in ("id", "en"):
            with translation.override(language):
                found |= {fold(str(label)): code for code, label in Startup.Kind.choices}
        return found

    @cached_property
    def subsectors(self) -> dict[str, str]:
        """Return the code for each name of a subsector."""
        rows = Subsector.objects.all()
        return {fold(text): row.code for row in rows for text in (row.code, row.name, row.name_en) if text}

    @cached_property
    def kecamatan(self) -> dict[str, Kecamatan]:
        """Return the kecamatan by name."""
        return {fold(row.name): row for row in Kecamatan.objects.all()}

    @cached_property
    def kelurahan(self) -> dict[str, Kelurahan]:
        """Return the kelurahan by name, spaces and signs apart."""
        return {_key(row.name): row for row in Kelurahan.objects.select_related("kecamatan")}

    def read(self, cells: dict[str, str]) -> tuple[dict[str, str], list[Problem]]:
        """Return the row's values by column (plain texts, codes for what is listed) and what is wrong with it."""
        values: dict[str, str] = {}
        problems: list[Problem] = []
        for column in (*COLUMNS.required, *COLUMNS.optional):
            text = " ".join(cells.get(column, "").replace("\x00", "").split())
            try:
                values[column] = self._value(column, text)
            except _Refused as refused:
                values[column] = text
                problems.append(Problem(column, refused.code, refused.params))
        problems += self._place_problem(values)
        return values, problems

    def _value(self, column: str, text: str) -> str:
        if column == "name" and not any(sign.isalnum() for sign in text):
            raise _Refused("no_name")
        if len(text) > LENGTHS.get(column, 200):
            raise _Refused("too_long", limit=LENGTHS.get(column, 200))
        reader: Callable[[str], str] | None = getattr(self, f"_read_{column}", None)
        return reader(text) if reader and (text or column == "kind") else text

    def _read_kind(self, text: str) -> str:
        if fold(text) not in self.kinds:
            raise _Refused("unknown_kind", value=text)
        return self.kinds[fold(text)]

    def _read_subsector(self, text: str) -> str:
        if fold(text) not in self.subsectors:
            raise _Refused("unknown_subsector", value=text)
        return self.subsectors[fold(text)]

    def _read_kecamatan(self, text: str) -> str:
        found = self.kecamatan.get(fold(text).removeprefix("kecamatan ").strip())
        if found is None:
            raise _Refused("unknown_place", value=text)
        return found.code

    def _read_kelurahan(self, text: str) -> str:
        found = self.kelurahan.get(_key(fold(text).removeprefix("kelurahan ")))
        if found is None:
            raise _Refused("unknown_place", value=text)
        return found.code

    def _read_website(self, text: str) -> str:
        address = text if "://" in text else f"https://{text}"
        try:
            URLValidator(schemes=["http", "https"])(address)
        except ValidationError as error:
            raise _Refused("bad_website", value=text) from error
        return address

    def _read_email(self, text: str) -> str:
        try:
            validate_email(text)
        except ValidationError as error:
            raise _Refused("bad_email", value=text) from error
        return text

    def _read_founded(self, text: str) -> str:
        year = text[:4]
        if not (year.isascii() and year.isdecimal() and 1945 <= int(year) <= self.this_year):
            raise _Refused("bad_year", value=text)
        return date(int(year), 1, 1).isoformat()

    def _place_problem(self, values: dict[str, str]) -> list[Problem]:
        """Return what is wrong when both places are known and do not fit together."""
        kelurahan = next((row for row in self.kelurahan.values() if row.code == values["kelurahan"]), None)
        known = {row.code: row.name for row in self.kecamatan.values()}
        if kelurahan is None or values["kecamatan"] not in known:
            return []
        if kelurahan.kecamatan.code == values["kecamatan"]:
            return []
        names = {"kelurahan": kelurahan.name, "kecamatan": known[values["kecamatan"]]}
        return [Problem("kelurahan", "places_differ", names)]


def _key(name: str) -> str:
    return "".join(sign for sign in fold(name) if sign.isalnum())
