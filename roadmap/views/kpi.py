"""The public KPI pages: dashboard, indicator, explanation of one number, method, and their CSV."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from malangkraf.page_cache import never_store, public_page, wants_fragment
from roadmap import pictures
from roadmap.automatic import count_behind
from roadmap.explanation import explain, formula_text
from roadmap.exporting import series_csv
from roadmap.filters import IndicatorFilter
from roadmap.lineage import load_lineage
from roadmap.models import (
    Evidence,
    Indicator,
    IndicatorLink,
    Measurement,
    MeasurementReopening,
    MeasurementSignoff,
    Phase,
    RatingScale,
)
from roadmap.permissions import public_period
from roadmap.presentation import Series, load_series
from roadmap.public_history import public_history
from roadmap.rules import REASON_LABELS, Reason

FILTERS = ("q", "phase", "programme", "subsector", "direction", "band", "headline")
# The others stand behind "more filters".
FIRST_FILTERS = 4
PER_PAGE = 12
MOST_HOUSES = 40


def public_indicators() -> QuerySet[Indicator]:
    """Return the public indicators, headline ones first."""
    return Indicator.objects.public().order_by("-is_headline", "order", "name")


def chips(request: HttpRequest, found: IndicatorFilter) -> list[tuple[str, str]]:
    """Return what is filtered by, each with the address without it."""
    chosen = []
    for name, value in found.form.cleaned_data.items():
        if value in (None, ""):
            continue
        field = found.form.fields[name]
        query = request.GET.copy()
        query.pop("page", None)
        query.pop(name, None)
        if name in ("phase", "programme", "subsector"):
            text = field.label_from_instance(value)
        elif name == "headline":
            text = _("Headline indicators") if value else _("Other indicators")
        else:
            text = dict(getattr(field, "choices", ())).get(value, f"“{value}”")
        # The address is whole, so that the last filter can be taken away too.
        chosen.append((str(text), f"{request.path}?{query.urlencode()}" if query else request.path))
    return chosen


@public_page(params=(*FILTERS, "page"))
def indicator_list(request: HttpRequest) -> HttpResponse:
    """Show the dashboard; htmx gets only the results."""
    found = IndicatorFilter(request.GET, queryset=public_indicators())
    is_valid = found.is_valid()
    indicators = list(found.qs)
    page = Paginator(indicators, PER_PAGE).get_page(request.GET.get("page"))
    series = load_series(page.object_list)
    fields = [found.form[name] for name in FILTERS]
    context = {
        "filter": found,
        "first_fields": fields[:FIRST_FILTERS],
        "more_fields": fields[FIRST_FILTERS:],
        "more_in_use": any(request.GET.get(name) for name in FILTERS[FIRST_FILTERS:]),
        "is_valid": is_valid,
        "chips": chips(request, found),
        "page_obj": page,
        "cards": [pictures.kpi_card(series[indicator.pk]) for indicator in page.object_list],
        "houses": pictures.houses_of_indicators(indicators[:MOST_HOUSES]),
        "csv_url": f"{reverse('roadmap:indicator_list_csv')}?{request.GET.urlencode()}",
    }
    template = "_indicator_results.html" if wants_fragment(request) else "indicator_list.html"
    response = render(request, f"roadmap/{template}", context)
    if wants_fragment(request):
        # The address without the empty fields of the form.
        response["HX-Push-Url"] = request.get_full_path()
    is_listed = request.GET.get("page", str(page.number)) == str(page.number)
    if not is_valid or not is_listed or "q" in request.GET:
        never_store(response)
    return response


@public_page(params=FILTERS)
def indicator_list_csv(request: HttpRequest) -> HttpResponse:
    """Send the figures of the dashboard's query string."""
    found = IndicatorFilter(request.GET, queryset=public_indicators())
    response = _csv(list(load_series(found.qs).values()), "malangkraf-kpi")
    return never_store(response) if "q" in request.GET or not found.is_valid() else response


def _csv(series: Sequence[Series], name: str) -> HttpResponse:
    response = HttpResponse(series_csv(series), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _indicator(slug: str) -> Indicator:
    indicators = Indicator.objects.public().select_related(
        "owner_organization", "baseline_period__phase", "superseded_by"
    )
    return get_object_or_404(indicators, slug=slug)


@public_page
def indicator_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one indicator: its message, chart, figures, definition, evidence and history."""
    indicator = _indicator(slug)
    lineage, today = load_lineage(indicator), timezone.localdate()
    series = lineage.own
    latest = series.latest_percent
    parts = lineage.chart_parts(today)
    links = IndicatorLink.objects.filter(indicator=indicator).select_related(
        "phase", "programme", "action__programme"
    )
    context = {
        "indicator": indicator,
        "series": series,
        "lineage": lineage,
        "break_sentence": lineage.sentence(today),
        "chart": pictures.indicator_chart(lineage, Phase.objects.published(), on=today),
        "has_target": any(point.target is not None for part in parts for point in part),
        "has_missing": any(point.actual is None for part in parts for point in part),
        "has_older": len(parts) > 1,
        "explanation": explain(indicator, latest) if latest else None,
        "links": [link for link in links if _is_public(link)],
        "subsectors": indicator.subsectors.all(),
        "evidence": _evidence(indicator),
        "reviews": _reviews(series),
        "history": public_history(series),
    }
    return render(request, "roadmap/indicator_detail.html", context)


def _is_public(link: IndicatorLink) -> bool:
    if link.action:
        return link.action.is_published and link.action.programme.is_published
    parent = link.phase or link.programme
    return bool(parent and parent.is_published)


def _evidence(indicator: Indicator) -> QuerySet[Evidence]:
    return Evidence.objects.filter(
        public_period("measurement__"),
        is_public=True,
        measurement__indicator=indicator,
        measurement__state=Measurement.State.VERIFIED,
    ).select_related("measurement__period__phase")


def _reviews(series: Series) -> list[MeasurementReopening]:
    """Return why values are being checked again, the last reason of each; no query when none is."""
    reviewed = [row.reviewed.pk for row in series.rows if row.reviewed]
    if not reviewed:
        return []
    reopenings = MeasurementReopening.objects.filter(measurement__in=reviewed).select_related(
        "measurement__period__phase"
    )
    return list({reopening.measurement_id: reopening for reopening in reopenings.order_by("at")}.values())


@public_page
def indicator_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the figures of one indicator."""
    indicator = _indicator(slug)
    return _csv(list(load_series([indicator]).values()), f"malangkraf-{indicator.slug}")


@public_page(params=("dasar",))
def achievement_explain(request: HttpRequest, slug: str, period: str) -> HttpResponse:
    """Explain one number: the sum with its inputs, the target, the scale, the evidence and who agreed."""
    indicator = _indicator(slug)
    series = load_series([indicator])[indicator.pk]
    row = next((row for row in series.rows if row.period.address == period), None)
    if row is None:
        raise Http404
    original = request.GET.get("dasar") == "awal" and row.original is not None
    signoffs, reopenings = _judgements(row.measurement or row.reviewed)
    context: dict[str, Any] = {
        "indicator": indicator,
        "series": series,
        "row": row,
        "original": original,
        "explanation": explain(indicator, row, original=original),
        "other": explain(indicator, row, original=not original) if row.original else None,
        "formula": formula_text(indicator.direction, indicator.method),
        "scale": _scale(row.period.end),
        "evidence": _evidence(indicator).filter(measurement=row.measurement) if row.measurement else (),
        "count": count_behind(row.measurement),
        "signoffs": signoffs,
        "reopenings": reopenings,
        "history": public_history(series, [row.period]),
    }
    return render(request, "roadmap/achievement_explain.html", context)


def _judgements(
    measurement: Measurement | None,
) -> tuple[list[MeasurementSignoff], list[MeasurementReopening]]:
    """Return what the groups of the Task Force said of this version, and why the public value was opened again."""
    if measurement is None:
        return [], []
    signoffs = measurement.signoffs.filter(measurement_version=measurement.version)
    reopenings = measurement.reopenings.filter(previous_value__isnull=False)
    return list(signoffs.select_related("helix_actor")), list(reopenings)


def _scale(day: Any) -> RatingScale | None:
    return RatingScale.objects.in_force(day).prefetch_related("bands").first()


@public_page
def method_detail(request: HttpRequest) -> HttpResponse:
    """Explain how achievements, bands and roll-ups are computed."""
    shown = [
        Reason.NO_TARGET,
        Reason.NO_ACTUAL,
        Reason.TARGET_ZERO,
        Reason.NEGATIVE_TARGET,
        Reason.UNDER_REVIEW,
    ]
    context = {
        "scales": RatingScale.objects.prefetch_related("bands"),
        "reasons": [_(REASON_LABELS[reason]) for reason in shown],
    }
    return render(request, "roadmap/method_detail.html", context)
