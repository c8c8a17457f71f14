"""The parts of a snapshot that speak of all its indicators: completeness, roll-ups, what is missing, sources."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from roadmap import rules
from roadmap.figures import Figure
from roadmap.models import Indicator, Period, RatingScale
from roadmap.reporting.entries import LANGUAGES, Text, missing_reason, number, pair, percent_text, period_pair
from roadmap.reporting.wording import urls_of


def completeness(figures: Iterable[Figure]) -> dict[str, Any]:
    """Return how many indicators were expected, have a value, and have a percentage."""
    listed = [figure for figure in figures if figure.expected]
    measured = sum(figure.actual is not None for figure in listed)
    computable = sum(figure.achievement.percent is not None for figure in listed)
    share = Decimal(100 * measured) / len(listed) if listed else Decimal(0)
    return {
        "expected": len(listed), "measured": measured, "computable": computable, "percent": format(share, ".2f"),
    }  # fmt: skip


def rollup_entry(rollup: rules.Rollup, indicators: Iterable[Indicator]) -> dict[str, Any]:
    """Return a roll-up with the names of what it leaves out."""
    names = {item.code: pair(item, "name") for item in indicators}
    return {
        "percent": percent_text(rollup.percent),
        "reason": str(rollup.reason) if rollup.reason else None,
        "included": rollup.included,
        "expected": rollup.expected,
        "excluded": [
            {"code": item.code, "name": names[item.code], "reason": str(item.reason)}
            for item in rollup.excluded
        ],
    }


def missing(pairs: Iterable[tuple[Indicator, Figure]], period: Period) -> list[dict[str, Any]]:
    """Return the expected indicators without a value, with the reason given or that none was published."""
    found = []
    for item, figure in pairs:
        if not figure.expected or (figure.actual is not None and not figure.missing):
            continue
        reason = missing_reason(figure) or _both(
            gettext_noop("No value was published or entered for this period.")
        )
        if figure.missing:
            reason = _both(
                gettext_noop("Periods without a value: %(codes)s."), codes=", ".join(figure.missing)
            )
        found.append(
            {"code": item.code, "name": pair(item, "name"), "period": period_pair(period), "reason": reason}
        )
    return found


def _both(message: str, **values: str) -> Text:
    texts = {}
    for language in LANGUAGES:
        with translation.override(language):
            texts[language] = _(message) % values if values else _(message)
    return texts


def method(scale: RatingScale | None) -> dict[str, Any]:
    """Return the scale in force with its regulation."""
    if scale is None:
        return {"scale": None, "notes": []}
    return {
        "scale": {
            "name": pair(scale, "name"),
            "regulation": pair(scale, "regulation"),
            "bands": [
                {"code": band.code, "label": pair(band, "label"), "lower": number(band.lower_bound)}
                for band in scale.bands.all()
            ],
        },
        "notes": [],
    }


def sources(parts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each source once, in order of first use, with the codes of the indicators that stand on it."""
    used: dict[str, list[str]] = {}
    for part in parts:
        for holder in (part["actual"], part["target"], part["baseline"]):
            for url in urls_of(holder):
                if part["code"] not in used.setdefault(url, []):
                    used[url].append(part["code"])
    return [
        {"url": url, "host": urlsplit(url).hostname or "", "used_by": codes} for url, codes in used.items()
    ]
