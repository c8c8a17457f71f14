"""The directory as files: CSV, XLSX, GeoJSON and Atom, all made from `public_record`, a batch at a time."""

import csv
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import IO, Any

import xlsxwriter
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from malangkraf.feeds import AtomFeed
from malangkraf.spreadsheets import neutral, without_controls
from startups.code_lists import CodeLists
from startups.filters import FRESHNESS_LABELS, StartupFilter
from startups.models import SearchEntry, Startup, Verification
from startups.public import path_of, public_record, with_public_parts
from startups.rules.freshness import Freshness

LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
SOURCE = f"MalangKraf, {LICENCE}"
BATCH = 500
# A workbook is made while somebody waits; the CSV has no limit.
MOST_SHEET_ROWS = 10_000
MOST_FEED_ENTRIES = 50

Record = dict[str, Any]
PRECISIONS = {
    "exact": gettext_lazy("exact place"),
    "kelurahan": gettext_lazy("middle of the kelurahan"),
    "kecamatan": gettext_lazy("middle of the district"),
}


def records(entries: QuerySet[SearchEntry], *, at: datetime) -> Iterator[Record]:
    """Yield the public records of the entries in their order; holds no more than a batch of them."""
    keys = entries.values_list("pk", flat=True).iterator(chunk_size=BATCH)
    while batch := list(islice(keys, BATCH)):
        published = Startup.objects.filter(pk__in=batch, lifecycle=Startup.Lifecycle.PUBLISHED)
        # One that was taken away since the list was made is not among them.
        loaded = {startup.pk: startup for startup in with_public_parts(published)}
        for startup in (loaded.pop(key) for key in batch if key in loaded):
            yield public_record(startup, at=at)
            # It and the rows around it point at each other: cut, they go now and not when the collector comes by.
            vars(startup).clear()


# --- tables ----------------------------------------------------------------------------------------------


class Table:
    """The columns of CSV and XLSX in the language that is active now: a file is still being sent after the request.

    `site` is the portal's address without a slash.
    """

    def __init__(self, lists: CodeLists, *, site: str, on: date) -> None:
        self.lists, self.site, self.on = lists, site, on
        self.language = get_language() or "id"
        self.kinds = _labels(Startup.Kind)
        self.stages = _labels(Startup.Stage)
        self.teams = _labels(Startup.TeamBand)
        self.open_to = _labels(Startup.OpenTo)
        self.levels = _labels(Verification.Level)
        self.columns: dict[str, Callable[[Record], Any]] = {
            _("Number"): lambda row: row["id"],
            _("Name"): lambda row: row["name"],
            _("Sample"): lambda row: _("yes") if row["is_sample"] else _("no"),
            _("Other names"): lambda row: row["alternate_names"],
            _("Legal name"): lambda row: row["legal_name"],
            _("Kind"): lambda row: self.kinds[row["kind"]],
            _("Subsectors"): lambda row: self._names("subsektor", row["subsectors"]),
            _("In one sentence"): lambda row: _text(row, "summary"),
            _("Services"): lambda row: self._names("layanan", row["services"]),
            _("Technologies"): lambda row: self._names("teknologi", row["technologies"]),
            _("Products"): lambda row: "; ".join(product["title"] for product in row["products"]),
            _("Website"): lambda row: row["website"],
            _("Other pages"): lambda row: " ".join(link["url"] for link in row["links"]),
            _("District"): lambda row: row["kecamatan_name"],
            _("Kelurahan"): lambda row: row["kelurahan_name"],
            _("Street"): lambda row: row["street"],
            _("Latitude"): lambda row: _number(row["latitude"]),
            _("Longitude"): lambda row: _number(row["longitude"]),
            _("Precision of the place"): lambda row: str(PRECISIONS.get(row["point_precision"], "")),
            _("Founded"): lambda row: row["founded"],
            _("Stage"): lambda row: self.stages.get(row["stage"], ""),
            _("Team size"): lambda row: self.teams.get(row["team_band"], ""),
            _("Open to"): lambda row: "; ".join(self.open_to[code] for code in row["open_to"]),
            _("Verification"): lambda row: self.levels.get(row["verification"], ""),
            _("Freshness"): lambda row: str(FRESHNESS_LABELS[Freshness(row["freshness"])]),
            _("Confirmed on"): lambda row: row["last_confirmed_on"],
            _("Published on"): lambda row: _day(row["published_at"]),
            _("Page"): lambda row: f"{self.site}{path_of(row['slug'])}",
            _("Source"): lambda _row: SOURCE,
            _("Taken on"): lambda _row: self.on.isoformat(),
        }

    def cells(self, record: Record) -> list[Any]:
        """Return the texts and numbers of one row."""
        with override(self.language):
            return [value(record) for value in self.columns.values()]

    def _names(self, name: str, codes: list[str]) -> str:
        concepts = self.lists[name]
        return "; ".join(concepts[code].label if code in concepts else code for code in codes)


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(found: StartupFilter, *, site: str) -> Iterator[str]:
    """Return the CSV's lines; texts are neutralised, numbers (negative ones too) stay numbers."""
    table = Table(found.lists, site=site, on=found.on)

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo(), lineterminator="\r\n")
        yield writer.writerow(table.columns)
        for record in records(found.qs, at=found.now):
            cells = table.cells(record)
            yield writer.writerow([neutral(cell) if isinstance(cell, str) else cell for cell in cells])

    return lines()


def write_xlsx(found: StartupFilter, file: IO[bytes], *, site: str) -> None:
    """Write the workbook, one row at a time; no cell of it is a formula or a link."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    table = Table(found.lists, site=site, on=found.on)
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": _("Directory of Malang"), "author": "MalangKraf", "comments": SOURCE})
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(_("Directory"))
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, len(table.columns) - 1, 22)
        _write_row(sheet, 0, list(table.columns), bold)
        last = 0
        for last, record in enumerate(records(found.qs[:MOST_SHEET_ROWS], at=found.now), 1):
            _write_row(sheet, last, table.cells(record))
        if last == MOST_SHEET_ROWS:
            sheet.write_string(last + 1, 0, _("There are more entries. The CSV file has them all."), bold)
        about = book.add_worksheet(_("About"))
        for place, text in enumerate(
            (SOURCE, LICENCE_URL, f"{site}{reverse('startups:startup_list')}", found.on.isoformat())
        ):
            about.write_string(place, 0, text)


def _write_row(sheet: Any, place: int, cells: list[Any], style: Any = None) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, float):
            sheet.write_number(place, column, cell, style)
        elif cell:
            sheet.write_string(place, column, without_controls(str(cell)), style)


# --- map and feed ----------------------------------------------------------------------------------------


def geojson_parts(found: StartupFilter, *, site: str) -> Iterator[str]:
    """Return the parts of a feature collection (RFC 7946); what has no known place has no geometry."""
    language = get_language() or "id"
    head = {
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "source": "MalangKraf",
        "date": found.on.isoformat(),
    }

    def parts() -> Iterator[str]:
        yield f'{{"type": "FeatureCollection", {json.dumps(head)[1:-1]}, "features": ['
        for place, record in enumerate(records(found.qs, at=found.now)):
            with override(language):
                text = json.dumps(feature(record, site=site), ensure_ascii=False)
            yield f",\n{text}" if place else f"\n{text}"
        yield "\n]}\n"

    return parts()


def feature(record: Record, *, site: str) -> dict[str, Any]:
    """Return one entry as a feature; "precision" says whether the point is the place or the middle of its area."""
    kept = ("name", "kind", "subsectors", "kecamatan", "kelurahan", "verification", "freshness", "is_sample")
    point = None
    if record["longitude"] is not None:
        point = {"type": "Point", "coordinates": [float(record["longitude"]), float(record["latitude"])]}
    return {
        "type": "Feature",
        "id": record["id"],
        "geometry": point,
        "properties": {
            **{name: record[name] for name in kept},
            "summary": _text(record, "summary"),
            "precision": record["point_precision"],
            "url": f"{site}{path_of(record['slug'])}",
        },
    }


def atom(found: StartupFilter, *, site: str, address: str) -> str:
    """Return the newest of the filter's entries as an Atom feed; `address` is the feed's own."""
    feed = AtomFeed(
        title=_("New in the directory of Malang"),
        link=f"{site}{reverse('startups:startup_list')}",
        description="",
        language=get_language(),
        author_name="MalangKraf",
        feed_url=f"{site}{address}",
        feed_copyright=f"{LICENCE} {LICENCE_URL}",
    )
    newest = found.qs.order_by("-published_at", "pk")[:MOST_FEED_ENTRIES]
    for record in records(newest, at=found.now):
        sample = f" ({_('sample')})" if record["is_sample"] else ""
        feed.add_item(
            title=without_controls(record["name"]) + sample,
            link=f"{site}{path_of(record['slug'])}",
            # Readers take it for HTML.
            description=escape(without_controls(_text(record, "summary"))),
            unique_id=f"urn:uuid:{record['id']}",
            pubdate=datetime.fromisoformat(record["published_at"]),
            updateddate=datetime.fromisoformat(record["updated_at"]),
            categories=record["subsectors"],
        )
    return feed.writeString("utf-8")


def _labels(choices: Any) -> dict[str, str]:
    return {code: str(label) for code, label in choices.choices}


def _text(record: Record, field: str) -> str:
    """Return a text in the active language as far as there is one."""
    if (get_language() or "id").startswith("en"):
        return record[f"{field}_en"] or record[field]  # type: ignore[no-any-return]
    return record[field]  # type: ignore[no-any-return]


def _number(text: str | None) -> float | str:
    return float(text) if text is not None else ""


def _day(moment: str | None) -> str:
    return timezone.localdate(datetime.fromisoformat(moment)).isoformat() if moment else ""
