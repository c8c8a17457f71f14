"""What is wrong with a typed value: one list for the form and for the service."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from malangkraf.numbers import format_number, round_half_up
from roadmap.models import Indicator, Measurement, Period, Phase
from roadmap.rules import PROBLEM_MESSAGES, Problem, ratio_value, running_total_fell, validate_value
from roadmap.services.periods import is_in_life, takes_values

Problems = dict[str, "str | Promise"]

FIELD_OF_PROBLEM = {
    Problem.NUMERATOR_MISSING: "numerator",
    Problem.DENOMINATOR_MISSING: "denominator",
    Problem.DENOMINATOR_ZERO: "denominator",
    Problem.NEGATIVE_PART: "numerator",
    Problem.NUMERATOR_ABOVE_DENOMINATOR: "numerator",
}
RUNNING_TOTALS = (Indicator.EntryMeaning.RUNNING_TOTAL_YEAR, Indicator.EntryMeaning.RUNNING_TOTAL_PHASE)


def find_problems(
    measurement: Measurement, values: Mapping[str, Any], *, submit: bool, on: date, has_evidence: bool
) -> Problems:
    """Return a message for each field that stops the typed values, empty when they may be saved.

    `measurement` names indicator and period and may be unsaved; a draft may be incomplete but never wrong.
    """
    indicator, period = measurement.indicator, measurement.period
    problems = _problems_of_period(indicator, period)
    problems |= _problems_of_number(indicator, values, submit=submit)
    problems |= _problems_of_sources(period, values, submit=submit, on=on, has_evidence=has_evidence)
    if "value" not in problems and "note" not in problems:
        problems |= _problems_of_running_total(measurement, values)
    return problems


def final_value(indicator: Indicator, values: Mapping[str, Any]) -> Decimal | None:
    """Return the value to store: a ratio's is computed from its parts, to six decimals."""
    if indicator.value_type != Indicator.ValueType.RATIO:
        value: Decimal | None = values.get("value")
        return value
    figure = ratio_value(values.get("numerator"), values.get("denominator"))
    return None if figure.value is None else round_half_up(figure.value, 6)


def _problems_of_period(indicator: Indicator, period: Period) -> Problems:
    if not is_in_life(period, indicator):
        return {"__all__": _("The indicator is not measured in this period.")}
    if not takes_values(period, indicator):
        return {"__all__": _("This indicator is measured in periods of another kind.")}
    return {}


def _problems_of_number(indicator: Indicator, values: Mapping[str, Any], *, submit: bool) -> Problems:
    found = validate_value(
        values.get("value"),
        value_type=indicator.value_type,
        is_share=indicator.is_share,
        numerator=values.get("numerator"),
        denominator=values.get("denominator"),
    )
    main = "numerator" if indicator.value_type == Indicator.ValueType.RATIO else "value"
    if Problem.MISSING in found:
        if submit and not values.get("missing_reason"):
            return {main: gettext(PROBLEM_MESSAGES[Problem.MISSING])}
        if values.get("is_provisional"):
            return {
                "is_provisional": _("Only a value can be provisional. Leave this open when there is none.")
            }
        return {}
    if found:
        return {FIELD_OF_PROBLEM.get(problem, main): gettext(PROBLEM_MESSAGES[problem]) for problem in found}
    if values.get("missing_reason"):
        return {"missing_reason": _("Enter a value or the reason why there is none, not both.")}
    value = final_value(indicator, values)
    if value is not None and abs(value) >= Decimal(10) ** 18:
        return {main: _("The number is too long: at most 18 digits before the decimal comma.")}
    return {}


def _problems_of_sources(
    period: Period, values: Mapping[str, Any], *, submit: bool, on: date, has_evidence: bool
) -> Problems:
    problems: Problems = {}
    as_of = values.get("as_of")
    if as_of and as_of > on:
        problems["as_of"] = _("This day has not come yet. Give the day on which the figure was true.")
    elif as_of and as_of < period.start:
        problems["as_of"] = _("This day lies before the period begins.")
    elif values.get("is_provisional") and not values.get("missing_reason") and not as_of:
        problems["as_of"] = _("A provisional value needs the day on which it was true.")
    if period.is_historical and not values.get("source_url"):
        problems["source_url"] = _(
            "The period ended before the portal existed: give the address of the source."
        )
    elif submit and not (values.get("source_url") or values.get("note") or has_evidence):
        problems["source_url"] = _(
            "Give the address of a source or add evidence; if there is neither, say why in the note."
        )
    return problems


def _problems_of_running_total(measurement: Measurement, values: Mapping[str, Any]) -> Problems:
    """Ask for a word when a running total goes down within its year or phase; one query."""
    indicator, value = measurement.indicator, final_value(measurement.indicator, values)
    if indicator.entry_meaning not in RUNNING_TOTALS or value is None or values.get("note"):
        return {}
    before = previous_value(measurement)
    if before is None or not running_total_fell(before.value, value):
        return {}
    language = get_language() or "id"
    text = gettext(
        "A running total does not go down by itself: it was %(before)s before. Say why in the note."
    )
    return {"note": text % {"before": format_number(before.value, language)}}


def previous_value(measurement: Measurement) -> Measurement | None:
    """Return the latest earlier value that the running total of the year or phase goes on from; one query."""
    period = measurement.period
    earlier = Measurement.objects.filter(
        indicator=measurement.indicator, period__end__lt=period.end, value__isnull=False
    )
    if measurement.indicator.entry_meaning == Indicator.EntryMeaning.RUNNING_TOTAL_YEAR:
        earlier = earlier.filter(period__start__year=period.end.year)
    else:
        phase = _phase_start(period)
        if phase is None:
            return None
        earlier = earlier.filter(period__start__gte=phase)
    return earlier.select_related("period").order_by("-period__end").first()


def _phase_start(period: Period) -> date | None:
    return Phase.objects.containing(period.end).values_list("start", flat=True).first()
