"""The public moderation ledger, as a page and as CSV."""

import csv
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ecosystem.working_days import DAYS_TO_ANSWER
from malangkraf.drawing.charts import ChartPoint, responsive_chart
from malangkraf.numbers import format_number
from malangkraf.page_cache import public_page
from startups import reasons
from startups.ledger import DECISIONS, Ledger, make_ledger
from startups.models import ModerationEvent

# One point makes no line.
FEWEST_POINTS = 2
Action = ModerationEvent.Action


@public_page
def moderation_ledger(request: HttpRequest) -> HttpResponse:
    """Show how fast and how Stasion decides; at most five queries."""
    now = timezone.now()
    ledger = make_ledger(now)
    used = [action for action in DECISIONS if any(month.decisions[action] for month in ledger.months)]
    context = {
        "ledger": ledger,
        "actions": [Action(action).label for action in used],
        "rows": [
            {"month": month, "counts": [(Action(action).label, month.decisions[action]) for action in used]}
            for month in reversed(ledger.months)
        ],
        "reasons": _reason_rows(ledger),
        "chart": _chart(ledger),
        "promise": DAYS_TO_ANSWER,
        "now": now,
    }
    return render(request, "startups/moderation_ledger.html", context)


def _reason_rows(ledger: Ledger) -> list[dict[str, Any]]:
    """Return each reason with its decision and number, the most frequent first within a decision."""
    rows = sorted(
        ledger.reasons.items(), key=lambda row: (DECISIONS.index(Action(row[0][0])), -row[1], row[0][1])
    )
    return [
        {"action": Action(action).label, "reason": reasons.label_of(code), "count": count}
        for (action, code), count in rows
    ]


def _chart(ledger: Ledger) -> SafeString:
    """Return the median days of each month beside the promise, "" when too few months have an answer."""
    if sum(month.median_days is not None for month in ledger.months) < FEWEST_POINTS:
        return SafeString("")

    def write(value: Decimal) -> str:
        return format_number(value, get_language() or "id")

    drawing = responsive_chart(
        [
            ChartPoint(
                date_format(month.first_day, "M y"),
                month.first_day,
                month.median_days,
                Decimal(DAYS_TO_ANSWER),
            )
            for month in ledger.months
        ],
        title=_("Working days to the first answer, median of each month"),
        description=_("The dashed line is the promise of three working days."),
        format_value=write,
    )
    return mark_safe(drawing)


@public_page
def moderation_ledger_csv(request: HttpRequest) -> HttpResponse:
    """Return the figures as CSV: month, figure, number; reasons for the twelve months together."""
    ledger = make_ledger(timezone.now())
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="malangkraf-moderation-ledger.csv"'
    writer = csv.writer(response, lineterminator="\r\n")
    writer.writerow(("month", "figure", "reason", "number"))
    for month in ledger.months:
        name = f"{month.first_day:%Y-%m}"
        writer.writerow((name, "median_working_days_to_first_answer", "", _plain(month.median_days)))
        writer.writerow((name, "first_answers", "", len(month.days)))
        writer.writerow((name, "paused_working_days", "", month.paused_days))
        writer.writerows((name, action.value, "", month.decisions[action]) for action in DECISIONS)
    period = f"{ledger.months[0].first_day:%Y-%m}/{ledger.months[-1].first_day:%Y-%m}"
    writer.writerows(
        (period, action, code, count) for (action, code), count in sorted(ledger.reasons.items())
    )
    return response


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"
