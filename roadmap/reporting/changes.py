"""What changed since the last report: an older version of the same one, or the one of the period before."""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from malangkraf.numbers import MISSING, format_number
from roadmap.models import ReportRun

Part = dict[str, Any]
Change = dict[str, Any]


def earlier_report(run: ReportRun) -> ReportRun | None:
    """Return the published report of the same kind for the latest period before the run's; one query."""
    period = run.report.period
    return (
        ReportRun.objects.filter(
            state=ReportRun.State.PUBLISHED,
            report__period__kind=period.kind,
            report__period__end__lt=period.start,
        )
        .select_related("report__period__phase")
        .order_by("-report__period__end")
        .first()
    )


def version_changes(previous: ReportRun, parts: Iterable[Part]) -> list[Change]:
    """Return the differences of values, targets and definitions to an older version, in order of the indicators."""
    old_parts = {part["code"]: part for part in json.loads(previous.snapshot)["indicators"]}
    changes: list[Change] = []
    for part in parts:
        old = old_parts.get(part["code"])
        if old is None:
            changes.append(_change(part, "definition", gettext_noop("The indicator is new in this report.")))
        else:
            changes += _value_changes(part, old)
    return changes


def series_changes(earlier: ReportRun, parts: Iterable[Part]) -> list[Change]:
    """Return the figures that were added or revised since an earlier period's report.

    An indicator that the earlier report did not speak of has nothing to be compared with.
    """
    old_series = {
        part["code"]: {point["code"]: point for point in part["series"]}
        for part in json.loads(earlier.snapshot)["indicators"]
    }
    return [
        change
        for part in parts
        if part["code"] in old_series
        for point in part["series"]
        for change in _point_changes(part, point, old_series[part["code"]].get(point["code"], {}))
    ]


def _value_changes(part: Part, old: Part) -> Iterator[Change]:
    before, after = _value(old["actual"]), _value(part["actual"])
    if before is None and after is not None:
        yield _change(part, "new_value", gettext_noop("A value was added: %(new)s."), new=after)
    elif before != after:
        message = gettext_noop("The value changed from %(old)s to %(new)s.")
        yield _change(part, "revised_value", message, old=before, new=after)
    aimed, aim = _aim(old["target"]), _aim(part["target"])
    if aimed is None and aim is not None:
        yield _change(part, "new_target", gettext_noop("A target was added: %(new)s."), new=aim)
    elif aimed != aim:
        message = gettext_noop("The target changed from %(old)s to %(new)s.")
        yield _change(part, "revised_target", message, old=aimed, new=aim)


def _point_changes(part: Part, point: Part, old: Part) -> Iterator[Change]:
    before, after = old.get("actual"), point["actual"]
    label = point["label"]
    if before is None and after is not None:
        message = gettext_noop("%(period)s: a value was added, %(new)s.")
        yield _change(part, "new_value", message, period=label, new=after)
    elif before != after:
        message = gettext_noop("%(period)s: the value changed from %(old)s to %(new)s.")
        yield _change(part, "revised_value", message, period=label, old=before, new=after)
    aimed, aim = old.get("target"), point["target"]
    if aimed is not None and aim is not None and aimed != aim:
        message = gettext_noop("%(period)s: the target changed from %(old)s to %(new)s.")
        yield _change(part, "revised_target", message, period=label, old=aimed, new=aim)


def _value(actual: Part | None) -> str | None:
    return actual["value"] if actual else None


def _aim(target: Part | None) -> str | None:
    if target is None:
        return None
    value: str | None = target["value"]
    return value if value is not None else f"{target['low']}–{target['high']}"


def _change(part: Part, kind: str, message: str, **words: dict[str, str] | str | None) -> Change:
    """Return a change with its sentence in both languages; words are text pairs, numbers as text, or None."""
    text = {}
    for language in ("id", "en"):
        with translation.override(language):
            text[language] = _(message) % {name: _written(word, language) for name, word in words.items()}
    return {"code": part["code"], "kind": kind, "text": text}


def _written(word: dict[str, str] | str | None, language: str) -> str:
    if word is None:
        return MISSING
    if isinstance(word, dict):
        return word[language]
    return " – ".join(format_number(Decimal(number), language) for number in word.split("–"))
