"""A snapshot as a document: every sentence and table cell in one language, for the PDF and for HTML alike.

The document is a plain JSON-serialisable dict, so that no format computes or formats anything by itself and
all of them say the same.
"""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from malangkraf.drawing.svg import colour
from malangkraf.numbers import MISSING
from roadmap.reporting import pictures, texts
from roadmap.reporting.sections import Sections
from roadmap.reporting.wording import Part, Snapshot, Wording, decimal_of

LANGUAGES = ("id", "en")


def build_document(snapshot: Snapshot, *, language: str, sha256: str, verify_url: str) -> dict[str, Any]:
    """Return the whole report as text in one language; ValueError for a language that the portal lacks.

    Keys: title, period, version, cut_off, accent, words, summary, completeness, headline and others (rows of
    the indicator table), phases, programmes, more_charts, missing, late, causes, milestones, directory, changes,
    comparisons, method, sources, and what identifies the report. Missing sections are empty lists.
    """
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}")
    with translation.override(language):
        wording = Wording(language)
        sections = Sections(snapshot, wording)
        headline = [item for item in snapshot["indicators"] if item["headline"]]
        others = [item for item in snapshot["indicators"] if not item["headline"]]
        return {
            **_identity(snapshot, wording, sha256=sha256, verify_url=verify_url),
            "words": texts.words(),
            "summary": _summary(snapshot, wording),
            "completeness": _completeness(snapshot, wording),
            "rollup": wording.rollup(snapshot["rollup"]),
            "excluded": sections.excluded(snapshot["rollup"]),
            "headline": [_row(item, wording, sections) for item in headline],
            "others": [_row(item, wording, sections) for item in others],
            "phases": sections.phases(),
            "programmes": sections.programmes(),
            "no_programmes": "" if snapshot["programmes"] else _("No programme belongs to this period."),
            "more_charts": sections.more_charts(),
            "charts_note": _charts_note(snapshot),
            "missing": sections.missing(),
            "late": sections.late(),
            "causes": sections.causes(),
            "milestones": sections.milestones(),
            "directory": sections.directory(),
            "changes": sections.changes(),
            "changes_note": _changes_note(snapshot, wording),
            "comparisons": sections.comparisons(),
            "method": sections.method(),
            "sources": sections.sources,
            "cover_alt": pictures.houses_alternative(snapshot),
            "qr_alt": _("QR code with the address %(address)s") % {"address": verify_url},
            "verify_note": _verify_note(),
            "empty_note": "" if snapshot["indicators"] else _("No indicator was due in this period."),
        }


def _identity(snapshot: Snapshot, wording: Wording, *, sha256: str, verify_url: str) -> dict[str, Any]:
    """Return what names this report and this version of it."""
    report = snapshot["report"]
    phase = report["phase"]
    return {
        "language": wording.language,
        "kind": texts.kind_name(report["kind"]),
        "title": wording.pick(report["title"]),
        "period": wording.pick(report["period"]["label"]),
        "dates": wording.span([report["period"]["start"], report["period"]["end"]]),
        "phase": wording.pick(phase["name"]) if phase else "",
        "accent": colour(phase["colour"] if phase else "saffron"),
        "version": _("Version %(number)s") % {"number": report["number"]},
        "number": report["number"],
        "slug": report["slug"],
        "cut_off": wording.moment(report["cut_off"]),
        "cut_off_iso": report["cut_off"],
        "erratum": wording.pick(report["erratum"]),
        "previous": (report["previous"] or {}).get("sha256", ""),
        "sha256": sha256,
        "short_hash": sha256[:12],
        "verify_url": verify_url,
    }


def _summary(snapshot: Snapshot, wording: Wording) -> list[str]:
    """Return the report in a few sentences, made from the figures by rules."""
    counts = snapshot["completeness"]
    if not snapshot["indicators"]:
        return [
            _("There are no figures for this period: no indicator was due and no value was reported."),
            _("This report is published all the same, so that the gap can be seen."),
        ]
    sentence = _(
        "%(expected)s indicators were due in this period. %(measured)s of them have an actual value, and "
        "%(computable)s can be compared with a target."
    )
    sentences = [sentence % counts, wording.rollup(snapshot["rollup"])]
    told = [
        item for item in snapshot["indicators"] if item["headline"] and item["actual"] and item["message"]
    ]
    sentences += [f"{wording.pick(item['name'])}: {wording.pick(item['message'])}" for item in told[:5]]
    sentences += _extremes(snapshot, wording)
    missing = len(snapshot["missing"])
    if missing:
        sentence = ngettext(
            "%(count)s value is missing; the report says which one and why.",
            "%(count)s values are missing; the report says which ones and why.",
            missing,
        )
        sentences.append(sentence % {"count": missing})
    return sentences


def _extremes(snapshot: Snapshot, wording: Wording) -> list[str]:
    """Return one sentence about the best and the weakest achievement, when there are two different ones."""
    known = [
        (percent, item)
        for item in snapshot["indicators"]
        if (percent := decimal_of(item["achievement"]["percent"])) is not None
    ]
    if len({percent for percent, _item in known}) < 2:
        return []
    best = max(known, key=lambda pair: pair[0])[1]
    weakest = min(known, key=lambda pair: pair[0])[1]
    sentence = _("The highest achievement is %(best)s (%(high)s), the lowest %(weakest)s (%(low)s).")
    return [
        sentence
        % {
            "best": wording.pick(best["name"]),
            "high": wording.percent(best["achievement"]["percent"]),
            "weakest": wording.pick(weakest["name"]),
            "low": wording.percent(weakest["achievement"]["percent"]),
        }
    ]


def _completeness(snapshot: Snapshot, wording: Wording) -> list[dict[str, str]]:
    """Return how many indicators were expected, measured and comparable, as label and value."""
    counts = snapshot["completeness"]
    return [
        {"label": _("Indicators due"), "value": wording.number(str(counts["expected"]))},
        {"label": _("With an actual value"), "value": wording.number(str(counts["measured"]))},
        {"label": _("Comparable with a target"), "value": wording.number(str(counts["computable"]))},
        # A share of nothing is no zero.
        {
            "label": _("Measured share"),
            "value": wording.percent(counts["percent"]) if counts["expected"] else MISSING,
        },
    ]


def _row(indicator: Part, wording: Wording, sections: Sections) -> dict[str, Any]:
    """Return an indicator as a row of the main table."""
    achievement = indicator["achievement"]
    baseline, target, actual = indicator["baseline"], indicator["target"], indicator["actual"]
    return {
        "code": indicator["code"],
        "name": wording.pick(indicator["name"]),
        "unit": wording.pick(indicator["unit"]),
        "baseline": wording.value(indicator, baseline["value"]) if baseline else MISSING,
        "baseline_label": wording.pick(baseline["label"]) if baseline else "",
        "target": wording.target(indicator),
        "target_label": wording.pick(target["label"]) if target else "",
        "actual": wording.value(indicator, actual["value"]) if actual else MISSING,
        "actual_label": wording.pick(actual["label"]) if actual else "",
        "percent": wording.percent(achievement["percent"]),
        # Filled in by a page of the portal; a file is read where the portal is not.
        "explain_url": "",
        "band": wording.band(achievement)._asdict(),
        "trend": wording.trend(indicator)._asdict(),
        "remarks": _remarks(indicator, wording),
        "sources": sections.numbers_of(indicator),
    }


def _remarks(indicator: Part, wording: Wording) -> list[str]:
    """Return what a reader must know beside the figure: notes, disputes, carried or provisional values."""
    remarks = []
    actual, target = indicator["actual"], indicator["target"]
    if actual is None:
        reason = wording.pick(indicator["missing_reason"])
        if reason:
            remarks.append(_("No value: %(reason)s") % {"reason": reason})
    else:
        flags = {
            "counted": _("Counted by the portal from its own data when the period was over."),
            "provisional": _("Provisional value."),
            "carried": _("Value carried over from an earlier period."),
            "disputed": _("Published sources disagree."),
        }
        remarks += [text for key, text in flags.items() if actual.get(key)]
        note = wording.pick(actual["note"])
        if note:
            remarks.append(note)
    if target and target.get("full") is not None:
        sentence = _(
            "Some periods have no value, so the target is that of the others. The target of the whole period is "
            "%(target)s."
        )
        remarks.append(sentence % {"target": wording.value(indicator, target["full"])})
    original = indicator["achievement"].get("original_percent")
    if target and original is not None and original != indicator["achievement"]["percent"]:
        sentence = _("Against the original target %(target)s the achievement is %(percent)s.")
        written = wording.value(indicator, target["original"])
        remarks.append(sentence % {"target": written, "percent": wording.percent(original)})
    return remarks


def _charts_note(snapshot: Snapshot) -> str:
    """Return the sentence that says when not every indicator has a chart."""
    shown, total = len(pictures.charted_codes(snapshot)), len(snapshot["indicators"])
    if total <= pictures.MOST_CHARTS:
        return ""
    sentence = _(
        "With %(total)s indicators, only %(shown)s have a chart, the headline ones first. All figures stand in the "
        "tables, and the whole series in the XLSX file."
    )
    return sentence % {"total": total, "shown": shown}


def _changes_note(snapshot: Snapshot, wording: Wording) -> str:
    """Return what the changes are measured against, or that there is nothing to compare with."""
    earlier = snapshot["report"].get("earlier")
    if earlier:
        words = {"title": wording.pick(earlier["title"]), "number": earlier["number"]}
        if snapshot["changes"]:
            return _("Compared with the report before it: %(title)s, version %(number)s.") % words
        return _("No figure changed since the report before it: %(title)s, version %(number)s.") % words
    if snapshot["changes"]:
        return ""
    if snapshot["report"]["previous"] is None:
        return _("This is the first version of this report, so there is nothing to compare it with.")
    return _("No change against the last report is recorded.")


def _verify_note() -> str:
    """Return how a reader checks that a report is genuine."""
    return _(
        "This report was made from frozen data. The fingerprint below belongs to exactly these data; the page at "
        "the address below says whether the portal published a report with it, and whether a newer version exists."
    )
