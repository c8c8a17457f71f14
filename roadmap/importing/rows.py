"""Understand the rows of an import file: which indicator, period and value, or what is wrong and where."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from malangkraf.numbers import NumberError, Style, parse_number
from roadmap import rules
from roadmap.importing.messages import RowError
from roadmap.models import Indicator
from roadmap.periods import MONTHS_LONG, PeriodError, PeriodKind, PeriodSpan, parse_period, phase_span

V = TypeVar("V")

LONGEST_ADDRESS = 500
LONGEST_NOTE = 2_000
DAYS_PER_MONTH = 28
DIRECTIONS = {
    **dict.fromkeys(("increase", "higher", "naik"), Indicator.Direction.HIGHER),
    **dict.fromkeys(("decrease", "lower", "turun"), Indicator.Direction.LOWER),
    **dict.fromkeys(("range", "rentang"), Indicator.Direction.RANGE),
}
YES = {"yes": True, "ya": True, "true": True, "1": True, "": False, "no": False, "tidak": False, "0": False}
is_web_address = URLValidator(schemes=["http", "https"])


class Kind(StrEnum):
    """What a row gives."""

    ACTUAL = "actual"
    TARGET = "target"


KINDS = {"actual": Kind.ACTUAL, "realisasi": Kind.ACTUAL, "target": Kind.TARGET}


# Compared by identity: there is one per indicator and file, and it is a key a hundred thousand times.
@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """What the importer needs of an indicator; `pk` is None for one that the import would make."""

    pk: int | None
    code: str
    name: str
    slug: str
    unit: str
    units: frozenset[str]
    value_type: str
    direction: str
    method: str
    frequency: str
    is_share: bool
    baseline: Decimal | None
    valid_from: date | None
    valid_to: date | None
    is_automatic: bool

    @classmethod
    def of(cls, indicator: Indicator) -> "Definition":
        return cls(
            pk=indicator.pk,
            code=indicator.code,
            name=indicator.name,
            slug=indicator.slug,
            unit=indicator.unit,
            units=frozenset({fold(indicator.unit), fold(indicator.unit_en)}),
            value_type=indicator.value_type,
            direction=indicator.direction,
            method=indicator.method,
            frequency=indicator.frequency,
            is_share=indicator.is_share,
            baseline=indicator.baseline_value,
            valid_from=indicator.valid_from,
            valid_to=indicator.valid_to,
            is_automatic=bool(indicator.automatic_source),
        )


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of the file that makes sense; `about` is (source address, note, English note, disputed)."""

    number: int
    definition: Definition
    kind: Kind
    period: PeriodSpan
    value: Decimal
    about: tuple[str, str, str, bool]


class Refusal(Exception):
    """Why a cell is refused."""

    def __init__(self, column: str, code: str, params: Mapping[str, object]) -> None:
        super().__init__(code)
        self.column = column
        self.code = code
        self.params = params


def fold(text: str) -> str:
    """Return the text as names are compared: without case, with single spaces."""
    return " ".join(text.split()).casefold()


def refuse(column: str, code: str, **params: object) -> Refusal:
    return Refusal(column, code, params)


class Interpreter:
    """Reads row after row and collects the errors of all of them.

    The same texts come again thousands of times in a large file, so each is understood once per file.
    """

    def __init__(
        self,
        places: Mapping[str, int],
        *,
        definitions: Sequence[Definition],
        phases: Mapping[str, tuple[date, date]],
        on: date,
        number_style: Style | None,
    ) -> None:
        self.errors: list[RowError] = []
        self.phases = phases
        self.on = on
        self.number_style = number_style
        self.by_name: dict[str, Definition] = {}
        for definition in definitions:
            for text in (definition.slug, definition.code, definition.name):
                self.by_name[fold(text)] = definition
        self.names = [definition.name for definition in definitions]
        self.last = max(places.values())
        self.places = places
        self.known: dict[tuple[object, ...], object] = {}

    def read(self, number: int, cells: Sequence[str]) -> ImportRow | None:
        """Return what the row says, or None after noting every error in it."""
        if len(cells) <= self.last:
            cells = [*cells, *[""] * (self.last + 1 - len(cells))]
        cell = {name: cells[place] for name, place in self.places.items()}
        definition = self._try(number, self._definition, cell["indicator"])
        kind = self._try(number, self._kind, cell["kind"])
        period = self._try(number, self._period, cell["period"])
        value = self._try(number, self._number, cell["value"])
        texts = tuple(cell.get(name, "") for name in ("source_url", "note", "note_id", "disputed"))
        about = self._try(number, self._about, texts, kind)
        if definition is None:
            return None
        fits = [
            self._try(number, self._same_unit, definition, cell.get("unit", "")),
            self._try(number, self._same_direction, definition, cell.get("direction", "")),
        ]
        if period is not None and kind is not None:
            fits.append(self._try(number, self._period_fits, definition, period, kind))
        if value is not None and kind is not None:
            fits.append(self._try(number, self._value_fits, definition, kind, value))
        if kind is None or period is None or value is None or about is None or not all(fits):
            return None
        return ImportRow(number, definition, kind, period, value, about)

    def _try(self, number: int, understand: Callable[..., V], *texts: object) -> V | None:
        """Return what `understand` makes of the texts, or None after noting why it refused them."""
        key = (understand.__name__, *texts)
        if key not in self.known:
            try:
                self.known[key] = understand(*texts)
            except Refusal as refusal:
                self.known[key] = refusal
        found = self.known[key]
        if isinstance(found, Refusal):
            self.errors.append(RowError(number, found.column, found.code, found.params))
            return None
        return found  # type: ignore[return-value]

    # Each of these returns the meaning of a cell (never None) or raises Refusal.

    def _definition(self, text: str) -> Definition:
        if found := self.by_name.get(fold(text)):
            return found
        shown = " ".join(text.split())[:200]
        lower = {fold(name): name for name in self.names}
        closest = [lower[name] for name in difflib.get_close_matches(fold(text), lower, n=3, cutoff=0.5)]
        if closest:
            raise refuse("indicator", "unknown_indicator_close", value=shown, closest="; ".join(closest))
        raise refuse("indicator", "unknown_indicator", value=shown)

    def _kind(self, text: str) -> Kind:
        if found := KINDS.get(fold(text)):
            return found
        raise refuse("kind", "unknown_kind")

    def _period(self, text: str) -> PeriodSpan:
        if limits := self.phases.get(text.strip()):
            return phase_span(text.strip(), *limits)
        try:
            span = parse_period(text)
        except PeriodError as error:
            raise refuse("period", f"period.{error.code}") from error
        # The database writes a span with "/", as people do.
        return PeriodSpan(span.kind, span.start, span.end, span.code.replace("--", "/"))

    def _number(self, text: str) -> Decimal:
        try:
            return parse_number(text, style=self.number_style)
        except NumberError as error:
            raise refuse("value", f"number.{error.code}") from error

    def _about(self, texts: tuple[str, str, str, str], kind: Kind | None) -> tuple[str, str, str, bool]:
        """Return (source, Indonesian note, English note, disputed); a note without a translation serves for both."""
        address, note, note_id, disputed = (text.strip() for text in texts)
        if not address and kind is Kind.ACTUAL:
            raise refuse("source_url", "missing_source")
        if len(address) > LONGEST_ADDRESS:
            raise refuse("source_url", "too_long", limit=LONGEST_ADDRESS)
        if address:
            try:
                is_web_address(address)
            except ValidationError as error:
                raise refuse("source_url", "bad_source") from error
        for column, text in (("note", note), ("note_id", note_id)):
            if len(text) > LONGEST_NOTE:
                raise refuse(column, "too_long", limit=LONGEST_NOTE)
            if any(ord(character) < 32 and character not in "\t\n\r" for character in text):
                raise refuse(column, "control_character")
        if fold(disputed) not in YES:
            raise refuse("disputed", "not_yes_or_no")
        return address, note_id or note, note if note_id else "", YES[fold(disputed)]

    def _same_unit(self, definition: Definition, text: str) -> bool:
        if fold(text) and fold(text) not in definition.units:
            raise refuse("unit", "unit_differs", expected=definition.unit, value=text.strip()[:80])
        return True

    def _same_direction(self, definition: Definition, text: str) -> bool:
        if not fold(text):
            return True
        direction = DIRECTIONS.get(fold(text))
        if direction is None:
            raise refuse("direction", "unknown_direction")
        if direction != definition.direction:
            expected = str(Indicator.Direction(definition.direction).label)
            raise refuse("direction", "direction_differs", expected=expected, value=text.strip())
        return True

    def _period_fits(self, definition: Definition, period: PeriodSpan, kind: Kind) -> bool:
        too_early = definition.valid_from is not None and period.end < definition.valid_from
        if too_early or (definition.valid_to is not None and period.start > definition.valid_to):
            raise refuse("period", "period_outside_life")
        if is_finer(period, definition.frequency):
            frequency = str(Indicator.Frequency(definition.frequency).label)
            raise refuse("period", "period_too_short", frequency=frequency)
        if kind is Kind.ACTUAL and period.start > self.on:
            raise refuse("period", "period_in_future")
        return True

    def _value_fits(self, definition: Definition, kind: Kind, value: Decimal) -> bool:
        if definition.is_automatic and kind is Kind.ACTUAL:
            raise refuse("indicator", "counted_by_portal")
        if definition.value_type == Indicator.ValueType.RATIO and kind is Kind.ACTUAL:
            raise refuse("value", "ratio_needs_parts")
        problems = rules.validate_value(value, value_type=definition.value_type, is_share=definition.is_share)
        if problems and definition.value_type != Indicator.ValueType.RATIO:
            raise refuse("value", f"value.{problems[0]}")
        if kind is Kind.TARGET:
            reason = rules.target_problem(
                rules.TargetValue(value=value),
                direction=definition.direction,
                method=definition.method,
                baseline=definition.baseline,
                value_type=definition.value_type,
            )
            if reason:
                raise refuse("value", f"target.{reason}")
        return True


def is_finer(period: PeriodSpan, frequency: str) -> bool:
    """Return whether the period is shorter than the indicator is measured; never for an irregular indicator."""
    if frequency == Indicator.Frequency.IRREGULAR:
        return False
    months = MONTHS_LONG.get(period.kind)
    if months is None:
        months = ((period.end - period.start).days + 1) // DAYS_PER_MONTH
    return months < MONTHS_LONG[PeriodKind(frequency)]
