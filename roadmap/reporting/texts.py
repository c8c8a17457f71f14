"""The fixed words of a report, in the language that is active while they are asked for."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from roadmap.rules.terms import REASON_LABELS, Reason


class Mark(NamedTuple):
    """A status as sign, word and tone (good, info, warn, bad, neutral): never by colour alone."""

    sign: str
    word: str
    tone: str


# A round or sharp sign for each band; the word beside it comes from the scale in the snapshot.
BAND_MARKS = {
    "very_high": ("▲", "good"),
    "high": ("▲", "good"),
    "medium": ("•", "warn"),
    "low": ("▼", "bad"),
    "very_low": ("▼", "bad"),
}


WORDS = {
    "portal": gettext_noop("MalangKraf"),
    "owner": gettext_noop("Roadmap of Malang's creative economy"),
    "summary": gettext_noop("In short"),
    "contents": gettext_noop("Contents"),
    "completeness": gettext_noop("How complete this report is"),
    "left_out": gettext_noop("Left out of the average"),
    "headline": gettext_noop("Headline indicators"),
    "others": gettext_noop("Other indicators"),
    "phases": gettext_noop("By phase"),
    "programmes": gettext_noop("By programme"),
    "more_charts": gettext_noop("More charts"),
    "missing": gettext_noop("What is missing or late"),
    "late": gettext_noop("Delayed actions"),
    "missing_values": gettext_noop("Values that are missing"),
    "nothing_missing": gettext_noop("No value is missing."),
    "causes": gettext_noop("Causes and follow-up"),
    "milestones": gettext_noop("Milestones: MCC and coworking spaces"),
    "directory": gettext_noop("Directory of startups and studios"),
    "changes": gettext_noop("What changed since the last report"),
    "comparisons": gettext_noop("Comparisons of the yearly performance report (LKjIP)"),
    "method": gettext_noop("How the figures are made"),
    "sources": gettext_noop("Sources"),
    "signature": gettext_noop("Signature"),
    "verify": gettext_noop("Check this report"),
    "erratum": gettext_noop("Correction"),
    "indicator": gettext_noop("Indicator"),
    "unit": gettext_noop("Unit"),
    "baseline": gettext_noop("Baseline"),
    "target": gettext_noop("Target"),
    "original_target": gettext_noop("Original target"),
    "target_version": gettext_noop("Target version"),
    "actual": gettext_noop("Actual"),
    "percent": gettext_noop("Achievement"),
    "raw_percent": gettext_noop("Achievement, unrounded"),
    "capped_percent": gettext_noop("Achievement, capped at 100"),
    "original_percent": gettext_noop("Achievement against the original target"),
    "band": gettext_noop("Band"),
    "trend": gettext_noop("Trend"),
    "period": gettext_noop("Period"),
    "start": gettext_noop("First day"),
    "end": gettext_noop("Last day"),
    "reason": gettext_noop("Reason"),
    "reason_code": gettext_noop("Reason code"),
    "code": gettext_noop("Code"),
    "programme": gettext_noop("Programme"),
    "action": gettext_noop("Action"),
    "actions": gettext_noop("Actions"),
    "planned": gettext_noop("Planned for"),
    "happened": gettext_noop("What happened"),
    "happened_dates": gettext_noop("Took place"),
    "lead": gettext_noop("Lead"),
    "updates": gettext_noop("Progress"),
    "date": gettext_noop("Date"),
    "milestone": gettext_noop("Milestone"),
    "source": gettext_noop("Source"),
    "remarks": gettext_noop("Remarks"),
    "supporting": gettext_noop("What helped"),
    "obstacles": gettext_noop("What stood in the way"),
    "follow_up": gettext_noop("What comes next"),
    "earlier_year": gettext_noop("Earlier year"),
    "medium_term": gettext_noop("Medium-term target"),
    "standard": gettext_noop("National standard"),
    "scale": gettext_noop("Scale"),
    "figures": gettext_noop("Figures of the chart"),
    "place": gettext_noop("Place"),
    "name": gettext_noop("Name"),
    "nip": gettext_noop("NIP"),
    "version": gettext_noop("Version"),
    "cut_off": gettext_noop("Data as of"),
    "hash": gettext_noop("SHA-256 of the data"),
    "address": gettext_noop("Address"),
    "series": gettext_noop("Series"),
    "used_by": gettext_noop("Used by"),
    "indicators_short": gettext_noop("Indicators"),
    "method_short": gettext_noop("Method"),
    "verify_short": gettext_noop("Verify"),
    "actions_short": gettext_noop("Actions"),
    "summary_short": gettext_noop("Summary"),
    "legend_actual": gettext_noop("Actual (strong line)"),
    "legend_target": gettext_noop("Target (dashed line)"),
    "legend_missing": gettext_noop("No data yet (box with a question mark)"),
    "key": gettext_noop("How to read the charts"),
    "sign_here": gettext_noop("Checked and approved"),
    "page": gettext_noop("Page %(page)s of %(pages)s"),
    "headline_mark": gettext_noop("Headline"),
    "yes": gettext_noop("Yes"),
    "no": gettext_noop("No"),
    "direction": gettext_noop("Direction"),
}


def words() -> dict[str, str]:
    """Return every heading and column name of the report by its key."""
    return {**{key: _(word) for key, word in WORDS.items()}, "state": pgettext("of an action", "State")}


def kind_name(kind: str) -> str:
    """Return what a report of this kind is called."""
    names = {
        "month": _("Monthly digest of KPI progress"),
        "quarter": _("Quarterly report on KPI progress"),
        "year": _("Yearly report on KPI progress"),
        "phase": _("Phase report on KPI progress"),
    }
    return names.get(kind, _("Report on KPI progress"))


def reason_text(code: str | None) -> str:
    """Return why something cannot be computed, as a sentence; an unknown code is shown as it is, none is empty."""
    if not code:
        return ""
    if code not in set(Reason):
        return code.replace("_", " ")
    return _(REASON_LABELS[Reason(code)])


def inside_a_sentence(text: str) -> str:
    """Return a sentence as it reads after a colon."""
    return text[:1].lower() + text[1:]


def state_mark(state: str) -> Mark:
    """Return the state of an action; every sign exists in the report's typeface."""
    marks = {
        "planned": Mark("•", _("Planned"), "neutral"),
        "running": Mark("→", _("Running"), "info"),
        "done": Mark("●", _("Done"), "good"),
        "delayed": Mark("▼", _("Delayed"), "bad"),
        "cancelled": Mark("×", _("Cancelled"), "neutral"),
    }
    return marks.get(state, Mark("•", state, "neutral"))


def trend_mark(trend: str) -> Mark:
    """Return the direction a figure took; whether that is good depends on the indicator."""
    marks = {
        "up": Mark("↑", _("up"), "neutral"),
        "down": Mark("↓", _("down"), "neutral"),
        "flat": Mark("→", pgettext("trend", "unchanged"), "neutral"),
    }
    return marks.get(trend, Mark("–", pgettext("trend", "none yet"), "neutral"))


def direction_name(direction: str) -> str:
    """Return which way an indicator is meant to go."""
    names = {
        "higher": _("Higher is better"),
        "lower": _("Lower is better"),
        "range": _("Best within a range"),
    }
    return names.get(direction, direction)


def change_name(kind: str) -> str:
    """Return what kind of change happened since the last report."""
    names = {
        "new_value": _("New value"),
        "revised_value": _("Revised value"),
        "new_target": _("New target"),
        "revised_target": _("Revised target"),
        "definition": _("Changed definition"),
    }
    return names.get(kind, kind)


def no_standard() -> str:
    """Return what stands in place of a national standard that nobody has published."""
    return _("none published")


def method_notes() -> list[str]:
    """Return the notes that every report carries, whatever its snapshot says."""
    return [
        _(
            "Where more is better, the achievement is actual ÷ target × 100. Where less is better, it is "
            "(2 × target − actual) ÷ target × 100."
        ),
        _(
            "The achievement is rounded half up to two decimals, once, and only then put into a band. Averages use "
            "achievements capped at 100."
        ),
        _(
            'What cannot be computed is never shown as 0%. The report then says "cannot be computed", and why.'
        ),
        _(
            "The bands are attributed to Permendagri 86/2017 at second hand: the text of its annex was not seen by "
            "the makers of this portal."
        ),
    ]
