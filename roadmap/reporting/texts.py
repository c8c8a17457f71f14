"""The fixed words of a report, in the language that is active while they are asked for."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

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


def words() -> dict[str, str]:
    """Return every heading and column name of the report by its key."""
    return {
        "portal": _("MalangKraf"),
        "owner": _("Roadmap of Malang's creative economy"),
        "summary": _("In short"),
        "contents": _("Contents"),
        "completeness": _("How complete this report is"),
        "left_out": _("Left out of the average"),
        "headline": _("Headline indicators"),
        "others": _("Other indicators"),
        "phases": _("By phase"),
        "programmes": _("By programme"),
        "more_charts": _("More charts"),
        "missing": _("What is missing or late"),
        "late": _("Delayed actions"),
        "missing_values": _("Values that are missing"),
        "nothing_missing": _("No value is missing."),
        "causes": _("Causes and follow-up"),
        "milestones": _("Milestones: MCC and coworking spaces"),
        "directory": _("Directory of startups and studios"),
        "changes": _("What changed since the last report"),
        "comparisons": _("Comparisons of the yearly performance report (LKjIP)"),
        "method": _("How the figures are made"),
        "sources": _("Sources"),
        "signature": _("Signature"),
        "verify": _("Check this report"),
        "erratum": _("Correction"),
        "indicator": _("Indicator"),
        "unit": _("Unit"),
        "baseline": _("Baseline"),
        "target": _("Target"),
        "original_target": _("Original target"),
        "target_version": _("Target version"),
        "actual": _("Actual"),
        "percent": _("Achievement"),
        "raw_percent": _("Achievement, unrounded"),
        "capped_percent": _("Achievement, capped at 100"),
        "original_percent": _("Achievement against the original target"),
        "band": _("Band"),
        "trend": _("Trend"),
        "period": _("Period"),
        "start": _("First day"),
        "end": _("Last day"),
        "reason": _("Reason"),
        "reason_code": _("Reason code"),
        "code": _("Code"),
        "programme": _("Programme"),
        "action": _("Action"),
        "actions": _("Actions"),
        "state": pgettext("of an action", "State"),
        "planned": _("Planned for"),
        "happened": _("What happened"),
        "happened_dates": _("Took place"),
        "lead": _("Lead"),
        "updates": _("Progress"),
        "date": _("Date"),
        "milestone": _("Milestone"),
        "source": _("Source"),
        "remarks": _("Remarks"),
        "supporting": _("What helped"),
        "obstacles": _("What stood in the way"),
        "follow_up": _("What comes next"),
        "earlier_year": _("Earlier year"),
        "medium_term": _("Medium-term target"),
        "standard": _("National standard"),
        "scale": _("Scale"),
        "figures": _("Figures of the chart"),
        "place": _("Place"),
        "name": _("Name"),
        "nip": _("NIP"),
        "version": _("Version"),
        "cut_off": _("Data as of"),
        "hash": _("SHA-256 of the data"),
        "address": _("Address"),
        "series": _("Series"),
        "used_by": _("Used by"),
        "indicators_short": _("Indicators"),
        "method_short": _("Method"),
        "verify_short": _("Verify"),
        "actions_short": _("Actions"),
        "summary_short": _("Summary"),
        "legend_actual": _("Actual (strong line)"),
        "legend_target": _("Target (dashed line)"),
        "legend_missing": _("No data yet (box with a question mark)"),
        "key": _("How to read the charts"),
        "sign_here": _("Checked and approved"),
        "page": _("Page %(page)s of %(pages)s"),
        "headline_mark": _("Headline"),
        "yes": _("Yes"),
        "no": _("No"),
        "direction": _("Direction"),
    }


def kind_name(kind: str) -> str:
    """Return what a report of this kind is called."""
    names = {
        "month": _("Monthly digest of KPI progress"),
        "quarter": _("Quarterly report on KPI progress"),
        "year": _("Yearly report on KPI progress"),
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
