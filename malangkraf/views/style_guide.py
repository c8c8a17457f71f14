"""The living style guide: every component with real labels, in the language of the page."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from malangkraf import numbers
from malangkraf.drawing.charts import ChartPoint, PhaseBand, line_chart, responsive_chart
from malangkraf.drawing.counts import CountBar, responsive_counts
from malangkraf.drawing.houses import PALETTE, House, row_of_houses

# The published growth of the creative economy (the indicator that the portal opens with).
GROWTH = [
    ("2019", None, "8.10"),
    ("2020", "-8.85", "8.20"),
    ("2021", "2.91", "8.44"),
    ("2022", "10.01", "8.70"),
]
# An example, not a published figure: the definition changes after 2021.
BEFORE, AFTER = [("2019", 120), ("2020", 96), ("2021", 131)], [("2022", 74), ("2023", 82), ("2024", 97)]
HEIGHTS = (0.42, 0.5, 0.35, 1.0, 0.46, 0.3, None, 0.4, 0.78, 0.26, 0.33, 0.3, 0.25, 0.38, 0.36, 0.31, 0.2)
COLOURS = ("ink", "deep", "paper-2", "saffron", "brick", "teal", "leaf", "plum")
ICON_TEXTS = [("PDF", "#"), ("XLSX", "#")]


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=gettext_lazy("Name of the indicator"), max_length=200)
    value = forms.CharField(
        label=gettext_lazy("Value"), help_text=gettext_lazy("As the source writes it, for example 10,01.")
    )
    as_of = forms.DateField(
        label=gettext_lazy("Date of the source"), widget=forms.DateInput({"type": "date"})
    )
    phase = forms.ChoiceField(
        label=gettext_lazy("Phase"),
        choices=[("1", "Malang Bersinergi"), ("2", "Malang Berdaya")],
        required=False,
    )
    direction = forms.ChoiceField(
        label=gettext_lazy("What is better"),
        choices=[("higher", gettext_lazy("Higher is better")), ("lower", gettext_lazy("Lower is better"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=500, widget=forms.Textarea({"rows": 3}), required=False
    )
    evidence = forms.FileField(
        label=gettext_lazy("Evidence"),
        help_text=gettext_lazy("PDF, PNG or JPEG, at most 10 MB."),
        required=False,
    )
    is_headline = forms.BooleanField(label=gettext_lazy("Show on the front page"), required=False)


@require_safe
def style_guide(request: HttpRequest) -> HttpResponse:
    """Show every component to the portal's staff."""
    if not (request.user.is_authenticated and request.user.is_portal_staff):
        raise PermissionDenied
    return render(request, "malangkraf/style_guide.html", sample_context())


def sample_context() -> dict[str, Any]:
    """Return what the style guide shows, in the active language; no query."""
    bad_form = SampleForm({"value": "10,01", "as_of": "", "direction": "higher"})
    return {
        "colours": COLOURS,
        "form": SampleForm(initial={"direction": "higher"}),
        "bad_form": bad_form,
        "hero": _houses(width=680, height=330, scenery=True),
        "cover": _houses(width=300, height=190, scenery=True, count=8),
        "row": _houses(width=680, height=190, scenery=False, count=6, href="#rumah"),
        "chart": _chart(compact=False),
        "spark": _chart(compact=True),
        "broken_chart": _broken_chart(),
        "counts": _counts(),
        "files": ICON_TEXTS,
        "page_obj": Paginator(range(480), 25).page(4),
        "tabs": [(_("Chart"), "#", True), (_("Table"), "#", False), (_("History"), "#", False)],
        "chips": [("Malang Mendunia", "#"), (_("Games"), "#")],
        "steps": [(_("Upload"), "done"), (_("Check"), "now"), (_("Save"), "")],
        "growth": [(label, _decimal(actual), Decimal(target)) for label, actual, target in GROWTH],
    }


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _houses(
    *, width: int, height: int, scenery: bool, count: int = len(HEIGHTS), href: str = ""
) -> SafeString:
    """Return a sample row of houses; their heights mean nothing."""
    houses = [
        House(_("Example %(number)d") % {"number": place + 1}, share, PALETTE[place % len(PALETTE)], href)
        for place, share in enumerate(HEIGHTS[-count:] if count < len(HEIGHTS) else HEIGHTS)
    ]
    title = _("A row of example houses")
    drawing = row_of_houses(
        houses, title=title, width=width, height=height, scenery=scenery, missing=_("no data yet")
    )
    return mark_safe(drawing)


def _chart(*, compact: bool) -> SafeString:
    """Return the growth chart, whole or as the small drawing of a card."""
    language = get_language() or "id"

    def write(value: Decimal) -> str:
        return numbers.format_percent(value, language)

    points = [
        ChartPoint(label, date(int(label), 12, 31), _decimal(actual), Decimal(target))
        for label, actual, target in GROWTH
    ]
    title = _("Growth of the creative economy's GDP")
    description = _("Fell in the pandemic year 2020, then recovered and passed the target in 2022.")
    if compact:
        return mark_safe(
            line_chart(points, title=title, description=description, format_value=write, compact=True)
        )
    phases = [
        PhaseBand("Bersinergi", date(2018, 1, 1), date(2019, 12, 31), "teal"),
        PhaseBand("Berdaya", date(2020, 1, 1), date(2021, 12, 31), "brick"),
        PhaseBand("Mendunia", date(2022, 1, 1), date(2023, 12, 31), "saffron"),
    ]
    return mark_safe(
        responsive_chart(
            points,
            title=title,
            description=description,
            format_value=write,
            format_tick=lambda value: numbers.format_percent(value, language, decimals=0),
            phases=phases,
        )
    )


def _broken_chart() -> SafeString:
    """Return a chart in which the definition changes: hollow and dotted before the rule, full after it."""
    language = get_language() or "id"
    before, after = (
        [ChartPoint(label, date(int(label), 12, 31), Decimal(value), None) for label, value in part]
        for part in (BEFORE, AFTER)
    )
    drawing = responsive_chart(
        after,
        title=_("Example of a changed definition"),
        description=_("Figures from before and after cannot be compared directly."),
        format_value=lambda value: numbers.format_number(value, language),
        earlier=[before],
        break_label=_("Definition changed"),
    )
    return mark_safe(drawing)


def _counts() -> SafeString:
    """Return how many there are of each: counted, quoted from others, and not known."""
    bars = [
        CountBar(_("Counted in the directory"), 214, "214"),
        CountBar(_("Nothing counted"), 0, "0"),
        CountBar(_("What others have said"), 160, "160", is_quoted=True),
        CountBar(_("Not known"), None, _("no data yet")),
    ]
    title = _("How many of each")
    return mark_safe(responsive_counts(bars, title=title, description=_("One bar for each count.")))
