"""Read and write numbers the way people in Malang do: pure functions, Decimal only, no Django."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Literal

Style = Literal["id", "en", "plain"]

MINUS = "\u2212"
MISSING = "\u2013"
MAXIMUM_INTEGER_DIGITS = 18
MAXIMUM_DECIMALS = 6
# 18 digits, their separators, a sign and six decimals never need more than this.
MAXIMUM_TEXT = 64

# The default context keeps 28 digits and would refuse to quantize a longer stored value.
EXACT = Context(prec=80, rounding=ROUND_HALF_UP)


def gettext_noop(message: str) -> str:
    """Return the message itself: marks it for the catalogue, so that forms can translate it later."""
    return message


MESSAGES = {
    "empty": gettext_noop("Enter a number."),
    "not_a_number": gettext_noop(
        "This is not a number. Write digits only, for example 1234,5; leave the field empty if you have none."
    ),
    "not_finite": gettext_noop("Infinite values and NaN are not accepted. Enter a real number."),
    "exponent": gettext_noop("Write the number in full, without an exponent such as 1e6."),
    "percent_sign": gettext_noop("Leave out the percent sign: write 8,2 and not 8,2%."),
    "ambiguous": gettext_noop(
        "This number can be read in two ways. Write it without thousands separators, for example 1234."
    ),
    "misplaced_separator": gettext_noop(
        "The dots and commas are not where they belong in a number. Write for example 1.234,5 or 1234,5."
    ),
    "too_many_digits": gettext_noop("The number is too long: at most 18 digits before the decimal comma."),
    "too_many_decimals": gettext_noop("Too many decimals: at most 6 digits after the decimal comma."),
}


class NumberError(ValueError):
    """A text that is no acceptable number: `code` for programs, `message` (English id) for people."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.message = MESSAGES[code]
        super().__init__(self.message)


def parse_number(text: str, *, style: Style | None = None, allow_percent: bool = False) -> Decimal:
    """Return the number written in `text`, with the decimals as written ("8,20" gives Decimal("8.20")).

    `style` says who wrote it:
    - "id": a person, Indonesian: "1.234" is 1234, "1.234,5" is 1234.5. A dot that cannot separate
      thousands is taken as the decimal point ("8.20" is 8.2).
    - "en": the mirror image: "1,234" is 1234, "1,234.5" is 1234.5, and "8,20" is 8.2.
    - "plain": a machine (CSV, API): "1.234" is 1.234; no thousands separators, no comma at all.
    - None: unknown. Whatever has one well-formed reading is accepted; "1.234" and "1,234" have two and
      are refused as "ambiguous".

    A trailing percent sign is refused ("percent_sign") unless `allow_percent`; it never divides by 100.
    Raise NumberError with one of the codes of MESSAGES.
    """
    stripped = text.strip()
    if stripped.endswith("%"):
        if not allow_percent:
            raise NumberError("percent_sign")
        stripped = stripped[:-1].rstrip()
    sign, body = _split_sign(stripped)
    _refuse_what_is_no_number(body)
    whole, fraction = _split_decimals(body, style)
    if len(whole.lstrip("0")) > MAXIMUM_INTEGER_DIGITS or len(body) > MAXIMUM_TEXT:
        raise NumberError("too_many_digits")
    if len(fraction) > MAXIMUM_DECIMALS:
        raise NumberError("too_many_decimals")
    value = Decimal(f"{whole}.{fraction}" if fraction else whole)
    return value.copy_negate() if sign == "-" and value else value


def _split_sign(text: str) -> tuple[str, str]:
    """Return ("-" or "", rest): the hyphen, the true minus U+2212 and the plus sign are signs."""
    if text[:1] in ("-", MINUS):
        return "-", text[1:]
    return "", text[1:] if text[:1] == "+" else text


def _refuse_what_is_no_number(body: str) -> None:
    """Raise NumberError unless `body` is made of ASCII digits, dots and commas, with at least one digit."""
    if not body:
        raise NumberError("empty")
    if body.casefold() in {"nan", "snan", "inf", "infinity", "\u221e"}:
        raise NumberError("not_finite")
    if re.fullmatch(r"[0-9][0-9.,]*[eE][+-]?[0-9]+", body):
        raise NumberError("exponent")
    # [0-9] and not \d, which would let Arabic-Indic and full-width digits through.
    if not re.fullmatch(r"[0-9.,]+", body) or not re.search(r"[0-9]", body):
        raise NumberError("not_a_number")


def _split_decimals(body: str, style: Style | None) -> tuple[str, str]:
    """Return (whole digits, decimal digits) of an unsigned number made of digits, dots and commas."""
    if style == "plain":
        return _split_at(body, point=".", group="")
    if style is None:
        return _split_unknown(body)
    point, group = (",", ".") if style == "id" else (".", ",")
    if point not in body and body.count(group) == 1 and not _is_grouped(body, group):
        whole, _, fraction = body.partition(group)
        # "1234.567" may be a decimal point or a forgotten separator: a factor of a thousand apart.
        if len(fraction) == 3 and whole != "0":
            raise NumberError("ambiguous")
        return _split_at(body, point=group, group="")
    return _split_at(body, point=point, group=group)


def _split_unknown(body: str) -> tuple[str, str]:
    """Return (whole, decimals) for the only well-formed reading, or raise "ambiguous" when there are two."""
    dots, commas = body.count("."), body.count(",")
    if dots and commas:
        point = "," if body.rfind(",") > body.rfind(".") else "."
        return _split_at(body, point=point, group="." if point == "," else ",")
    separator = "." if dots else ","
    if dots + commas == 1:
        if _is_grouped(body, separator):
            raise NumberError("ambiguous")
        return _split_at(body, point=separator, group="")
    return _split_at(body, point="", group=separator)


def _split_at(body: str, *, point: str, group: str) -> tuple[str, str]:
    """Return (whole, decimals) of `body` with these separators ("" for none); raise "misplaced_separator"."""
    whole, found, fraction = body.partition(point) if point else (body, "", "")
    if group and group in whole:
        if not _is_grouped(whole, group):
            raise NumberError("misplaced_separator")
        whole = whole.replace(group, "")
    if not whole.isdigit() or (found and not fraction.isdigit()):
        raise NumberError("misplaced_separator")
    return whole, fraction


def _is_grouped(whole: str, group: str) -> bool:
    """Return whether the digits stand in correct thousands: 1.234 and 12.345.678, never 0.123 or 1.23."""
    return re.fullmatch(rf"[1-9][0-9]{{0,2}}(?:{re.escape(group)}[0-9]{{3}})+", whole) is not None


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    """Return the value rounded to so many decimals, halves away from zero (2.345 gives 2.35)."""
    return value.quantize(Decimal(1).scaleb(-decimals), context=EXACT)


def format_number(value: Decimal | None, language: str, *, decimals: int | None = None) -> str:
    """Return "1.234,50" in Indonesian and "1,234.50" in English, with a true minus sign; None gives "–".

    Without `decimals` the value keeps its own, less the trailing zeros a database column adds.
    """
    if value is None or not value.is_finite():
        return MISSING
    if decimals is not None:
        rounded = round_half_up(value, decimals)
    else:
        rounded = value if value == 0 else value.normalize(EXACT)
        rounded = (
            rounded.quantize(Decimal(1), context=EXACT) if rounded == rounded.to_integral_value() else rounded
        )
    grouped = f"{rounded.copy_abs():,f}"  # copy_abs: abs() would round to 28 digits
    if not language.startswith("en"):
        grouped = grouped.translate(str.maketrans(",.", ".,"))
    return f"{MINUS}{grouped}" if rounded < 0 else grouped


def format_percent(value: Decimal | None, language: str, *, decimals: int | None = 2) -> str:
    """Return a percentage given as 0-100 with its sign, "92,26%" or "92.26%"; None gives "–"."""
    formatted = format_number(value, language, decimals=decimals)
    return formatted if formatted == MISSING else f"{formatted}%"
