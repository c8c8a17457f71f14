"""The use of a facility as its pages show it: sentences, charts, tables, and the same figures as CSV and XLSX."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import xlsxwriter
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ecosystem.models import Facility, Kecamatan, Purpose, Space, Subsector
from ecosystem.services.utilization import DIMENSIONS, Figures, Use
from malangkraf.disclosure import hide_small
from malangkraf.drawing.counts import CountBar, responsive_counts
from malangkraf.numbers import format_number
from malangkraf.spreadsheets import neutral, without_controls
from malangkraf.translated import translated

# Fewer bookings than this say something about single people.
FEWEST = 5
HEAD = (
    "dimension", "code", "label", "dates", "open_hours", "booked_hours", "used_hours", "used_of_open_percent",
    "no_shows", "people",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One value of a dimension; `use` None is hidden, hours None are not a matter of this dimension."""

    code: str
    label: str
    use: Use | None
    open_hours: Decimal | None = None

    @property
    def booked(self) -> Decimal | None:
        """Return the hours granted."""
        return hours(self.use.booked) if self.use else None

    @property
    def used(self) -> Decimal | None:
        """Return the hours used."""
        return hours(self.use.used) if self.use else None

    @property
    def rate(self) -> Decimal | None:
        """Return the used hours in percent of the open ones, None where nothing was open or it is hidden."""
        return rate(self.used, self.open_hours)


@dataclass(frozen=True)
class Table:
    """A dimension: its message, its chart, its rows."""

    name: str
    title: str
    message: str
    rows: list[Row]
    chart: SafeString

    @property
    def has_open_hours(self) -> bool:
        """Return whether open hours belong to its rows."""
        return self.name in ("month", "space")


@dataclass(frozen=True)
class Page:
    """All that a page of figures shows. `total` None: too few bookings to say anything in public."""

    figures: Figures
    total: Row
    tables: list[Table]

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was granted in this time."""
        return self.figures.total.dates == 0


def hours(value: Fraction) -> Decimal:
    """Return hours to a tenth."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.1"))


def rate(used: Decimal | None, open_hours: Decimal | None) -> Decimal | None:
    """Return a share in percent to a tenth, None where it cannot be computed."""
    if used is None or not open_hours:
        return None
    return (used * 100 / open_hours).quantize(Decimal("0.1"))


def page_of(figures: Figures, facility: Facility, *, is_public: bool) -> Page:
    """Return the figures as a page shows them; small cells are hidden in public. Three queries for the names."""
    labels = _labels(facility)
    is_hidden = is_public and 0 < figures.total.dates < FEWEST
    total = Row("", _("In all"), None if is_hidden else figures.total, hours(figures.open_total))
    tables = [_table(name, figures, labels[name], is_public=is_public) for name in DIMENSIONS]
    return Page(figures, total, tables)


def _labels(facility: Facility) -> dict[str, dict[Any, tuple[str, str]]]:
    """Return code and label of each key, in the dimension's own order."""
    return {
        "month": {},
        "space": {
            row.pk: (row.slug, translated(row, "name"))
            for row in Space.objects.filter(facility=facility).order_by("order", "pk")
        },
        "subsector": {row.pk: (row.code, translated(row, "name")) for row in Subsector.objects.all()}
        | {None: ("", _("Not given"))},
        "purpose": {code: (code, str(label)) for code, label in Purpose.choices},
        "origin": {row.pk: (row.code, row.name) for row in Kecamatan.objects.all()}
        | {None: ("", _("Outside the city, or not given"))},
    }


def _table(name: str, figures: Figures, labels: dict[Any, tuple[str, str]], *, is_public: bool) -> Table:
    cells = figures.by[name]
    if name == "month":
        labels = {
            month: (f"{month:%Y-%m}", date_format(month, "F Y"))
            for month in sorted({*figures.open_by_month, *cells})
        }
    opened: dict[Any, Fraction] = {"month": figures.open_by_month, "space": figures.open_by_space}.get(
        name, {}
    )  # type: ignore[assignment]
    keys = [key for key in labels if key in cells or key in opened]
    shown = {key: cells[key].dates if key in cells else 0 for key in keys}
    visible = hide_small(shown, fewest=FEWEST) if is_public else shown
    rows = [
        Row(
            *labels[key],
            use=None if visible[key] is None else cells.get(key, Use()),
            open_hours=hours(opened[key]) if key in opened else None,
        )
        for key in keys
    ]
    if name not in ("month", "space"):
        rows.sort(key=lambda row: -(row.used or 0))
    message = _message(name, rows)
    return Table(
        name,
        title_of(name),
        message,
        rows,
        _chart(title_of(name), rows, message),
    )


def title_of(name: str) -> str:
    """Return what a dimension is called."""
    return {
        "month": _("By month"),
        "space": _("By space"),
        "subsector": _("By subsector"),
        "purpose": _("By purpose"),
        "origin": _("By district of origin"),
    }[name]


def _message(name: str, rows: Sequence[Row]) -> str:
    """Return what a reader should take away, made from the numbers."""
    counted = [row for row in rows if row.used]
    if not counted:
        return _("Too few bookings to say anything.") if rows else _("Nothing was open or used in this time.")
    first = max(counted, key=lambda row: row.used or 0)
    text = {
        "month": _("The most hours were used in %(label)s: %(hours)s."),
        "space": _("Used most: %(label)s, %(hours)s hours."),
        "subsector": _("Most hours by subsector: %(label)s, %(hours)s."),
        "purpose": _("Most hours by purpose: %(label)s, %(hours)s."),
        "origin": _("Most hours by where people come from: %(label)s, %(hours)s."),
    }[name]
    return text % {"label": first.label, "hours": written(first.used)}


def _chart(title: str, rows: Sequence[Row], message: str) -> SafeString:
    bars = [
        CountBar(
            row.label,
            None if row.used is None else int(row.used * 10),
            _("hidden") if row.used is None else _("%(hours)s h") % {"hours": written(row.used)},
        )
        for row in rows
    ]
    if not any(bar.number for bar in bars):
        return SafeString("")
    details = "; ".join(f"{bar.label}: {bar.text}" for bar in bars)
    return mark_safe(responsive_counts(bars, title=title, description=f"{message} {details}."))  # noqa: S308 (escaped)


def written(value: Decimal | None) -> str:
    """Return a number in the active language."""
    return format_number(value, get_language() or "id")


# --- files -----------------------------------------------------------------------------------------------


def lines(page: Page) -> Iterator[tuple[Any, ...]]:
    """Yield the figures as rows; what is hidden is empty."""
    yield _line("total", page.total)
    for table in page.tables:
        yield from (_line(table.name, row) for row in table.rows)


def _line(dimension: str, row: Row) -> tuple[Any, ...]:
    use = row.use
    return (
        dimension,
        row.code,
        row.label,
        use.dates if use else None,
        row.open_hours,
        row.booked,
        row.used,
        row.rate,
        use.no_shows if use else None,
        use.people if use else None,
    )


def as_csv(rows: Iterable[tuple[Any, ...]]) -> str:
    """Return rows with their head; texts are neutralised."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEAD)
    for row in rows:
        writer.writerow(
            ["" if cell is None else neutral(cell) if isinstance(cell, str) else cell for cell in row]
        )
    return text.getvalue()


def as_xlsx(page: Page, *, title: str, remarks: Sequence[str]) -> bytes:
    """Return a workbook: the figures, and a sheet that says what they are; no cell is a formula or a link."""
    file = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": title, "author": "MalangKraf"})
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(_("Use"))
        sheet.freeze_panes(1, 3)
        sheet.set_column(0, len(HEAD) - 1, 18)
        for column, name in enumerate(HEAD):
            sheet.write_string(0, column, name, bold)
        for place, row in enumerate(lines(page), 1):
            for column, cell in enumerate(row):
                if isinstance(cell, Decimal | int):
                    sheet.write_number(place, column, cell)
                elif cell:
                    sheet.write_string(place, column, without_controls(cell))
        about = book.add_worksheet(_("About"))
        for place, text in enumerate((title, *remarks)):
            about.write_string(place, 0, without_controls(text))
    return file.getvalue()
