"""The figures of the directory as its statistics pages show them: sentences, charts and rows that lead to the list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from malangkraf.drawing.charts import ChartPoint, responsive_chart
from malangkraf.drawing.counts import CountBar, responsive_counts
from malangkraf.numbers import format_number
from startups.code_lists import CodeLists
from startups.filters import FRESHNESS_LABELS
from startups.models import Startup, StatSnapshot
from startups.published_counts import Quoted, published_counts
from startups.rules.freshness import Freshness
from startups.services.statistics import DIMENSIONS, HIDEABLE, NOT_SHOWN, Counts, last_day

# Dimensions whose values have an order of their own; the others come by their numbers.
ORDERED = ("tahap", "tim", "kesegaran")
# One month makes no line.
FEWEST_MONTHS = 2

Numbers = Mapping[str, Mapping[str, int | None]]


@dataclass(frozen=True, slots=True)
class Row:
    """One value; `number` None is hidden, `url` "" where no list holds exactly these entries."""

    code: str
    label: str
    number: int | None
    samples: int
    url: str


@dataclass(frozen=True, slots=True)
class Table:
    """One dimension: its message in a sentence, its chart, its rows."""

    name: str
    title: str
    message: str
    note: str
    rows: list[Row]
    chart: SafeString
    is_partly_hidden: bool


def tables_of(counts: Counts, lists: CodeLists) -> list[Table]:
    """Return the tables of the directory as it stands now, every number a link into the list."""
    shown = {name: counts.shown(name) for name in DIMENSIONS}
    return [
        _table(name, shown, lists, total=counts.total, samples=counts.sample_cells[name], is_linked=True)
        for name in DIMENSIONS
    ]


def table_of_kinds(counts: Counts, lists: CodeLists) -> Table:
    """Return the one table that stands on the home page."""
    return _table("jenis", counts.cells, lists, total=counts.total)


def tables_of_month(snapshot: StatSnapshot, lists: CodeLists) -> list[Table]:
    """Return the tables of a month; its numbers lead nowhere, for the list is that of today."""
    return [_table(name, snapshot.counts, lists, total=snapshot.total) for name in DIMENSIONS]


def list_url(**parameters: str) -> str:
    """Return the address of the list with these filters."""
    return f"{reverse('startups:startup_list')}?{urlencode(parameters)}"


def _table(
    name: str,
    numbers: Numbers,
    lists: CodeLists,
    *,
    total: int,
    samples: Mapping[str, int] | None = None,
    is_linked: bool = False,
) -> Table:
    own, labels = numbers[name], labels_of(name, lists)
    # Codes that have left their list keep their rows, under the code.
    codes = [*labels, *(code for code in own if code not in labels and code != NOT_SHOWN)]
    if name not in ORDERED:
        codes.sort(key=lambda code: -(own.get(code, 0) or 0))
    if own.get(NOT_SHOWN, 0) != 0:
        codes.append(NOT_SHOWN)
    rows = [
        Row(
            code=code,
            label=labels.get(code, code) if code else _absent(name),
            number=own.get(code, 0),
            samples=(samples or {}).get(code, 0),
            url=list_url(**{name: code}) if is_linked and code and own.get(code) else "",
        )
        for code in codes
    ]
    message = _message(name, rows, total)
    return Table(
        name=name,
        title=title_of(name),
        message=message,
        note=_note(name, rows),
        rows=rows,
        chart=_chart(title_of(name), rows, message) if total else SafeString(""),
        is_partly_hidden=any(row.number is None for row in rows),
    )


def labels_of(name: str, lists: CodeLists) -> dict[str, str]:
    """Return the names of a dimension's codes in the active language, in their own order."""
    fixed = {"jenis": Startup.Kind, "tahap": Startup.Stage, "tim": Startup.TeamBand}
    if name in fixed:
        return {code: str(label) for code, label in fixed[name].choices}
    if name == "kesegaran":
        return {
            level.value: str(label) for level, label in FRESHNESS_LABELS.items() if level != Freshness.DORMANT
        }
    return {code: concept.label for code, concept in lists[name].items()}


def title_of(name: str) -> str:
    """Return what a dimension is called."""
    return {
        "subsektor": _("By subsector"),
        "jenis": _("By kind"),
        "kecamatan": _("By district"),
        "tahap": _("By stage"),
        "tim": _("By team size"),
        "kesegaran": _("By freshness"),
    }[name]


def _absent(name: str) -> str:
    return _("Not shown") if name in HIDEABLE else _("Not given")


def _message(name: str, rows: Sequence[Row], total: int) -> str:
    """Return what a reader should take away, made from the numbers."""
    counted = [row for row in rows if row.number and row.code]
    if not counted:
        return _("Too few entries to say anything.") if total else _("No entry yet.")
    if name == "kesegaran":
        fresh = next((row.number or 0 for row in rows if row.code == Freshness.FRESH), 0)
        text = _("%(count)s of %(total)s entries were confirmed in the last six months.")
        return text % {"count": written(fresh), "total": written(total)}
    first = max(counted, key=lambda row: row.number or 0)
    if name in HIDEABLE:
        text = _("Most frequent among those who show it: %(label)s, %(count)s of %(total)s entries.")
    else:
        text = _("Most frequent: %(label)s, %(count)s of %(total)s entries.")
    return text % {"label": first.label, "count": written(first.number or 0), "total": written(total)}


def _note(name: str, rows: Sequence[Row]) -> str:
    if name == "subsektor":
        return _(
            "An entry may belong to up to three subsectors, so the rows add up to more than there are entries."
        )
    if name in HIDEABLE:
        note = _("Owners choose whether this is shown; those who do not show it stand in a row of their own.")
        if any(row.number is None for row in rows):
            note += " " + _(
                "“Hidden” means fewer than three entries, or a number from which such a one could be computed."
            )
        return note
    return ""


def _chart(title: str, rows: Sequence[Row], message: str) -> SafeString:
    bars = [
        CountBar(row.label, row.number, _("hidden") if row.number is None else written(row.number))
        for row in rows
    ]
    details = "; ".join(f"{bar.label}: {bar.text}" for bar in bars)
    return mark_safe(responsive_counts(bars, title=title, description=f"{message} {details}."))  # noqa: S308 (escaped)


def written(number: int) -> str:
    """Return a number in the active language."""
    return format_number(Decimal(number), get_language() or "id")


# --- months and quotations -------------------------------------------------------------------------------


def months_chart(months: Sequence[StatSnapshot]) -> SafeString:
    """Return the line of the monthly totals, broken where the way of counting changed; "" for too few months.

    Sample months are drawn only as long as there is no real one.
    """
    drawn = [snapshot for snapshot in months if not snapshot.is_sample] or months
    if len(drawn) < FEWEST_MONTHS:
        return SafeString("")
    parts: dict[int, list[ChartPoint]] = {}
    for snapshot in sorted(drawn, key=lambda one: one.month):
        point = ChartPoint(
            date_format(snapshot.month, "M y"), last_day(snapshot.month), Decimal(snapshot.total)
        )
        parts.setdefault(snapshot.method, []).append(point)
    *earlier, newest = parts.values()
    drawing = responsive_chart(
        newest,
        title=_("Entries at the end of each month"),
        description=_("One point for each month that was kept."),
        format_value=lambda value: format_number(value, get_language() or "id"),
        earlier=earlier,
        break_label=_("Counted in another way"),
    )
    return mark_safe(drawing)  # noqa: S308 (escaped in the drawing)


def quoted_number(quoted: Quoted) -> str:
    """Return the figure as it was said."""
    number = written(quoted.number)
    return _("more than %(number)s") % {"number": number} if quoted.is_more else number


def quoted_chart(counts: Counts) -> SafeString:
    """Return the quoted figures as empty dashed bars, and what the portal counts today as a filled one."""
    bars = [CountBar(one.when, one.number, quoted_number(one), is_quoted=True) for one in published_counts()]
    today = date_format(counts.on, "j M Y")
    bars.append(CountBar(_("%(day)s, this list") % {"day": today}, counts.real, written(counts.real)))
    details = "; ".join(f"{bar.label}: {bar.text}" for bar in bars)
    drawing = responsive_counts(
        bars,
        title=_("Quoted figures and our own"),
        description=_("Dashed bars are quoted, the filled bar is counted from the list: %(details)s.")
        % {"details": details},
    )
    return mark_safe(drawing)  # noqa: S308 (escaped in the drawing)
