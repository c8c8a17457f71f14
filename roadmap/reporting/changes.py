"""What changed since the last published version of the same report."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from roadmap.models import Indicator, ReportRun

Text = dict[str, str]
Part = dict[str, Any]


def changes_since(
    previous: ReportRun | None, parts: Iterable[Part], indicators: Iterable[Indicator]
) -> list[dict[str, Any]]:
    """Return the differences of values, targets and definitions, in order of the indicators; [] without a previous."""
    if previous is None:
        return []
    old_parts = {part["code"]: part for part in json.loads(previous.snapshot)["indicators"]}
    changes = []
    for part in parts:
        old = old_parts.get(part["code"])
        if old is None:
            changes.append(_change(part, "definition", lambda: _("The indicator is new in this report.")))
            continue
        changes += _value_changes(part, old)
    return changes


def _value_changes(part: Part, old: Part) -> list[dict[str, Any]]:
    found = []
    before, after = _value(old["actual"]), _value(part["actual"])
    if before is None and after is not None:
        found.append(_change(part, "new_value", lambda: _("A value was added: %(new)s.") % {"new": after}))
    elif before != after:
        words = {"old": before, "new": after if after is not None else "–"}
        found.append(
            _change(part, "revised_value", lambda: _("The value changed from %(old)s to %(new)s.") % words)
        )
    aim_before, aim_after = _aim(old["target"]), _aim(part["target"])
    if aim_before is None and aim_after is not None:
        found.append(
            _change(part, "new_target", lambda: _("A target was added: %(new)s.") % {"new": aim_after})
        )
    elif aim_before != aim_after:
        words = {"old": aim_before or "–", "new": aim_after or "–"}
        found.append(
            _change(part, "revised_target", lambda: _("The target changed from %(old)s to %(new)s.") % words)
        )
    return found


def _value(actual: Part | None) -> str | None:
    return actual["value"] if actual else None


def _aim(target: Part | None) -> str | None:
    if target is None:
        return None
    return target["value"] if target["value"] is not None else f"{target['low']}–{target['high']}"


def _change(part: Part, kind: str, write: Callable[[], str]) -> dict[str, Any]:
    text: Text = {}
    for language in ("id", "en"):
        with translation.override(language):
            text[language] = write()
    return {"code": part["code"], "kind": kind, "text": text}
