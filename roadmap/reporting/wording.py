"""Turns the values of a snapshot into text of one language: numbers, dates, text pairs, statuses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from malangkraf.numbers import MISSING, format_number, format_percent
from roadmap.messages import decimals_of
from roadmap.reporting.texts import BAND_MARKS, Mark, inside_a_sentence, reason_text, trend_mark

Snapshot = Mapping[str, Any]
Part = Mapping[str, Any]

# Written out here, not taken from the catalogue: a frozen report must read the same years later.
# fmt: off
MONTHS = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}
# fmt: on


def decimal_of(text: str | None) -> Decimal | None:
    """Return the number of a snapshot's text; None for nothing and for what is no finite number."""
    if text is None or text == "":
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def urls_of(holder: Part | None) -> list[str]:
    """Return the addresses of a value's or target's sources; a combined value may have several."""
    urls = [holder.get("source_url"), *holder.get("more_sources", ())] if holder else []
    return [url for url in urls if url]


class Wording:
    """Writes the values of one snapshot in one language ("id" or "en"); the language must be active too."""

    def __init__(self, language: str) -> None:
        self.language = language

    def pick(self, pair: Mapping[str, str] | str | None) -> str:
        """Return the text of this language, else the Indonesian one, else an empty text."""
        if not pair:
            return ""
        if isinstance(pair, str):
            return pair
        return pair.get(self.language) or pair.get("id") or ""

    def number(self, text: str | None, decimals: int | None = None) -> str:
        """Return a number as people write it; a dash when there is none."""
        return format_number(decimal_of(text), self.language, decimals=decimals)

    def value(self, indicator: Part, text: str | None) -> str:
        """Return a value with the indicator's decimals, or more when it has more; yes or no for such indicators."""
        value = decimal_of(text)
        if value is not None and indicator["value_type"] == "yes_no":
            return _("Yes") if value else _("No")
        if value is None:
            return MISSING
        return format_number(value, self.language, decimals=decimals_of(value, indicator["decimals"]))

    def value_with_unit(self, indicator: Part, text: str | None) -> str:
        """Return a value with its unit: "10,01%", "186 unit"; a dash alone when there is none."""
        written = self.value(indicator, text)
        if written == MISSING or indicator["value_type"] == "yes_no":
            return written
        return f"{written}{self.suffix(indicator)}"

    def suffix(self, indicator: Part) -> str:
        """Return what follows a value of the indicator: "%" or a space and the unit."""
        unit = self.pick(indicator["unit"])
        return "%" if unit.lower() in {"persen", "percent", "%"} else f" {unit}"

    def percent(self, text: str | None) -> str:
        """Return an achievement with two decimals, "115,06%"; a dash when there is none."""
        return format_percent(decimal_of(text), self.language)

    def target(self, indicator: Part) -> str:
        """Return the target of the period: a value, a range, or a dash."""
        target = indicator["target"]
        if not target:
            return MISSING
        if target.get("value") is None and target.get("low") is not None:
            return f"{self.value(indicator, target['low'])}–{self.value(indicator, target['high'])}"
        return self.value(indicator, target.get("value"))

    def date(self, text: str | None) -> str:
        """Return a day, "17 Juni 2022"; a dash when there is none."""
        if not text:
            return MISSING
        day = date.fromisoformat(text[:10])
        return f"{day.day} {MONTHS[self.language][day.month - 1]} {day.year}"

    def moment(self, text: str) -> str:
        """Return an instant in Malang's time: "22 November 2026, 10.00 WIB"."""
        moment = datetime.fromisoformat(text)
        clock = f"{moment.hour:02}{'.' if self.language == 'id' else ':'}{moment.minute:02}"
        return f"{self.date(text)}, {clock} WIB"

    def span(self, dates: list[str | None] | None) -> str:
        """Return two days as "27 Mei 2021 – 20 Juli 2022"; an open end is said, nothing is a dash."""
        start, end = (list(dates or []) + [None, None])[:2]
        if start and end:
            return self.date(start) if start == end else f"{self.date(start)} – {self.date(end)}"
        if start:
            return _("since %(day)s") % {"day": self.date(start)}
        if end:
            return _("until %(day)s") % {"day": self.date(end)}
        return MISSING

    def band(self, achievement: Part) -> Mark:
        """Return the band as sign and word, or why there is none."""
        band = achievement.get("band")
        if band:
            sign, tone = BAND_MARKS.get(band["code"], ("•", "neutral"))
            return Mark(sign, self.pick(band["label"]), tone)
        return Mark("?", reason_text(achievement.get("reason")) or _("Cannot be computed"), "neutral")

    def trend(self, indicator: Part) -> Mark:
        """Return the trend as sign and word."""
        return trend_mark(indicator["trend"])

    def rollup(self, rollup: Part) -> str:
        """Return the average achievement in a sentence that always says of how many indicators."""
        counts = {"included": rollup["included"], "expected": rollup["expected"]}
        if not rollup["expected"]:
            return _("No indicator belongs here in this period.")
        if rollup["percent"] is not None:
            sentence = _("Average achievement %(percent)s, from %(included)s of %(expected)s indicators.")
            return sentence % {"percent": self.percent(rollup["percent"]), **counts}
        sentence = _("No average: %(reason)s (%(included)s of %(expected)s indicators).")
        reason = inside_a_sentence(reason_text(rollup["reason"])) or _("no reason was given")
        return sentence % {"reason": reason, **counts}
