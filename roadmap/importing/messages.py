"""What a row of an import file can have wrong, in words for the person who made the file."""

from malangkraf.numbers import MESSAGES as NUMBER_MESSAGES
from malangkraf.tables.messages import MESSAGES, FileError, Note, RowError, gettext_noop
from roadmap.periods import MESSAGES as PERIOD_MESSAGES
from roadmap.rules import PROBLEM_MESSAGES, REASON_LABELS

__all__ = ["FileError", "Note", "RowError"]

ROW_MESSAGES = {
    "unknown_indicator": gettext_noop("No indicator has this name or code: “%(value)s”."),
    "unknown_indicator_close": gettext_noop(
        "No indicator has this name or code: “%(value)s”. Did you mean: %(closest)s?"
    ),
    "unit_differs": gettext_noop("The indicator is measured in “%(expected)s”, the row says “%(value)s”."),
    "unknown_direction": gettext_noop("The direction is increase, decrease or range."),
    "direction_differs": gettext_noop(
        "The indicator has the direction “%(expected)s”, the row says “%(value)s”."
    ),
    "unknown_kind": gettext_noop("The kind is “actual” or “target”."),
    "period_outside_life": gettext_noop("The indicator is not measured in this period."),
    "period_too_short": gettext_noop("The period is shorter than the indicator's frequency (%(frequency)s)."),
    "period_in_future": gettext_noop("This period has not begun yet, so it cannot have a value."),
    "missing_source": gettext_noop("A published value needs the address of its source."),
    "bad_source": gettext_noop("This is not a web address that begins with http:// or https://."),
    "too_long": gettext_noop("The text is too long: at most %(limit)s characters."),
    "control_character": gettext_noop("The text holds a control character. Write it anew."),
    "not_yes_or_no": gettext_noop("Write yes or leave it empty."),
    "ratio_needs_parts": gettext_noop(
        "This indicator needs a numerator and a denominator. Enter its values in the work room."
    ),
    "counted_by_portal": gettext_noop(
        "The portal counts this indicator itself. A file may give its targets, not its values."
    ),
    "duplicate_row": gettext_noop("Row %(first)s already gives this %(kind)s for the same period."),
    "conflict": gettext_noop(
        "A verified value stands here: %(old)s. To replace it by %(new)s, give a reason for opening it again."
    ),
    "conflict_note": gettext_noop(
        "A verified value stands here: %(old)s. To change its source or its note, give a reason for opening it again."
    ),
    "conflict_person": gettext_noop(
        "%(person)s entered %(old)s here. To replace it by %(new)s, give a reason."
    ),
    "conflict_target": gettext_noop(
        "The target here is %(old)s. To change it to %(new)s, give the reason that the public shall read."
    ),
}

MESSAGES.update(
    {
        **{f"number.{code}": text for code, text in NUMBER_MESSAGES.items()},
        **{f"period.{code}": text for code, text in PERIOD_MESSAGES.items()},
        **{f"value.{code}": text for code, text in PROBLEM_MESSAGES.items()},
        **{f"target.{code}": text for code, text in REASON_LABELS.items()},
        **ROW_MESSAGES,
    }
)
