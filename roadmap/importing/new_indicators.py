"""Guess the definition of indicators that an import file names and the portal does not know."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.text import slugify

from malangkraf.numbers import NumberError, Style, parse_number
from malangkraf.tables.reader import Table
from roadmap.importing.rows import DIRECTIONS, Definition, fold
from roadmap.models import Indicator
from roadmap.periods import PeriodError, PeriodKind, parse_period

PREFIX = "IMP"
LONGEST = 200


def infer_indicators(
    table: Table, *, known: Iterable[Definition], owner: int, number_style: Style | None
) -> list[Indicator]:
    """Return unsaved indicators for the unknown names in the table.

    They are not public: what unit, direction and periods of a file say is not a definition yet, and a planner
    has to complete it first.
    """
    known = list(known)
    names = {fold(text) for one in known for text in (one.name, one.code, one.slug)}
    slugs = {one.slug for one in known}
    groups: dict[str, list[dict[str, str]]] = {}
    for _number, cells in table.rows:
        row = {name: cells[place] if place < len(cells) else "" for name, place in table.places.items()}
        if fold(row["indicator"]) and fold(row["indicator"]) not in names:
            groups.setdefault(fold(row["indicator"]), []).append(row)
    taken = {one.code for one in known}
    numbers = (number for number in range(1, 10_000) if f"{PREFIX}-{number:03}" not in taken)
    indicators = []
    for rows, number in zip(groups.values(), numbers, strict=False):
        indicator = _infer(rows, code=f"{PREFIX}-{number:03}", owner=owner, number_style=number_style)
        if not indicator.slug or indicator.slug in slugs:
            indicator.slug = f"{indicator.slug}-{indicator.code.lower()}".strip("-")
        slugs.add(indicator.slug)
        indicators.append(indicator)
    return indicators


def _infer(rows: list[dict[str, str]], *, code: str, owner: int, number_style: Style | None) -> Indicator:
    first = rows[0]
    name = " ".join(first["indicator"].split())[:LONGEST]
    unit = first.get("unit", "").strip()[:40]
    values = [value for row in rows if (value := _number(row["value"], number_style)) is not None]
    decimals = max((max(0, -int(value.normalize().as_tuple().exponent)) for value in values), default=0)
    return Indicator(
        code=code,
        slug=slugify(name)[:80],
        name=name,
        name_en=first.get("indicator_en", "").strip()[:LONGEST],
        unit=unit or "unit",
        value_type=_value_type(unit, values),
        direction=DIRECTIONS.get(fold(first.get("direction", "")), Indicator.Direction.HIGHER),
        frequency=_frequency(row["period"] for row in rows),
        decimals=min(decimals, 6),
        owner_organization_id=owner,
        is_public=False,
    )


def _number(text: str, number_style: Style | None) -> Decimal | None:
    try:
        return parse_number(text, style=number_style)
    except NumberError:
        return None


def _value_type(unit: str, values: list[Decimal]) -> str:
    if fold(unit) in {"persen", "percent", "%"}:
        return Indicator.ValueType.DIRECT_PERCENT
    is_whole = all(value == value.to_integral_value() and value >= 0 for value in values)
    if "rupiah" in fold(unit) or not is_whole:
        return Indicator.ValueType.CURRENCY
    return Indicator.ValueType.COUNT


def _frequency(periods: Iterable[str]) -> str:
    """Return the frequency if all rows agree on one, else irregular."""
    kinds = set()
    for text in periods:
        try:
            kinds.add(parse_period(text).kind)
        except PeriodError:
            continue
    kind = kinds.pop() if len(kinds) == 1 else PeriodKind.SPAN
    return kind.value if kind.value in Indicator.Frequency.values else Indicator.Frequency.IRREGULAR
