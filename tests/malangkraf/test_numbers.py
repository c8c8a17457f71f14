"""Numbers as people in Malang write and read them."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from malangkraf.numbers import (
    MESSAGES,
    MINUS,
    NumberError,
    format_number,
    format_percent,
    parse_number,
    round_half_up,
)

STYLES = ["id", "en", "plain", None]
STORED = st.decimals(min_value=-(10**18) + 1, max_value=10**18 - 1, places=6)


@pytest.mark.parametrize(
    ("text", "indonesian", "english", "plain", "unknown"),
    [
        ("0", "0", "0", "0", "0"),
        ("92", "92", "92", "92", "92"),
        ("8.20", "8.20", "8.20", "8.20", "8.20"),
        ("8,20", "8.20", "8.20", "misplaced_separator", "8.20"),
        ("1234.5", "1234.5", "1234.5", "1234.5", "1234.5"),
        ("1234,5", "1234.5", "1234.5", "misplaced_separator", "1234.5"),
        ("1.234", "1234", "1.234", "1.234", "ambiguous"),
        ("1,234", "1.234", "1234", "misplaced_separator", "ambiguous"),
        ("12.345", "12345", "12.345", "12.345", "ambiguous"),
        ("0.123", "0.123", "0.123", "0.123", "0.123"),
        ("0,123", "0.123", "0.123", "misplaced_separator", "0.123"),
        ("01.234", "ambiguous", "01.234", "01.234", "01.234"),
        ("1234.567", "ambiguous", "1234.567", "1234.567", "1234.567"),
        ("1234,567", "1234.567", "ambiguous", "misplaced_separator", "1234.567"),
        ("1.234,5", "1234.5", "misplaced_separator", "misplaced_separator", "1234.5"),
        ("1,234.5", "misplaced_separator", "1234.5", "misplaced_separator", "1234.5"),
        ("1.234.567", "1234567", "misplaced_separator", "misplaced_separator", "1234567"),
        ("1,234,567", "misplaced_separator", "1234567", "misplaced_separator", "1234567"),
        ("1.234.567,89", "1234567.89", "misplaced_separator", "misplaced_separator", "1234567.89"),
        ("97.197.856.626", "97197856626", "misplaced_separator", "misplaced_separator", "97197856626"),
        (
            "1.23.456",
            "misplaced_separator",
            "misplaced_separator",
            "misplaced_separator",
            "misplaced_separator",
        ),
        (
            "1.234,567,8",
            "misplaced_separator",
            "misplaced_separator",
            "misplaced_separator",
            "misplaced_separator",
        ),
        ("1,2.3", "misplaced_separator", "misplaced_separator", "misplaced_separator", "misplaced_separator"),
        ("1,2,3", "misplaced_separator", "misplaced_separator", "misplaced_separator", "misplaced_separator"),
    ],
)
def test_reading_by_style(text, indonesian, english, plain, unknown):
    for style, expected in zip(STYLES, (indonesian, english, plain, unknown), strict=True):
        try:
            found = parse_number(text, style=style)
        except NumberError as error:
            found = error.code
        assert str(found) == str(D(expected) if expected[0].isdigit() else expected), style


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("-", "empty"),
        ("N/A", "not_a_number"),
        ("yes", "not_a_number"),
        ("ya", "not_a_number"),
        ("see description", "not_a_number"),
        ("12 orang", "not_a_number"),
        ("Rp1000", "not_a_number"),
        ("1 234", "not_a_number"),
        ("1_000", "not_a_number"),
        ("0x10", "not_a_number"),
        ("--5", "not_a_number"),
        ("5-", "not_a_number"),
        ("(8)", "not_a_number"),
        (".", "not_a_number"),
        (",.", "not_a_number"),
        ("=1+1", "not_a_number"),
        ("\u0661\u0662", "not_a_number"),
        ("\uff11\uff12", "not_a_number"),
        ("\u00bd", "not_a_number"),
        ("\u00b2", "not_a_number"),
        ("1\n2", "not_a_number"),
        ("1\x00", "not_a_number"),
        ("NaN", "not_finite"),
        ("-nan", "not_finite"),
        ("inf", "not_finite"),
        ("-Infinity", "not_finite"),
        ("\u221e", "not_finite"),
        ("1e6", "exponent"),
        ("1.5E-7", "exponent"),
        ("-1e400", "exponent"),
        ("8.2%", "percent_sign"),
        ("8.2 %", "percent_sign"),
        ("%", "percent_sign"),
        ("1" * 19, "too_many_digits"),
        ("1" * 40, "too_many_digits"),
        ("0" * 100, "too_many_digits"),
        ("9" * 5000, "too_many_digits"),
        ("1.1234567", "too_many_decimals"),
        (".5", "misplaced_separator"),
        ("5.", "misplaced_separator"),
        ("1..2", "misplaced_separator"),
    ],
)
def test_refused_texts(text, code, style):
    with pytest.raises(NumberError) as refused:
        parse_number(text, style=style)
    assert refused.value.code == code
    assert refused.value.message == MESSAGES[code] == str(refused.value)


@pytest.mark.parametrize("sign", ["-", MINUS])
def test_both_minus_signs_are_understood(sign):
    assert parse_number(f"{sign}8,85", style="id") == D("-8.85")
    assert parse_number(f"{sign}8.85", style="plain") == D("-8.85")


def test_a_plus_sign_and_outer_spaces_are_understood():
    assert parse_number("\u00a0 +3,47 \t", style="id") == D("3.47")


def test_minus_zero_is_zero():
    assert str(parse_number("-0,00", style="id")) == "0.00"


def test_the_longest_number_is_taken_whole():
    assert str(parse_number("-123456789012345678,123456", style="id")) == "-123456789012345678.123456"
    assert parse_number("123.456.789.012.345.678", style="id") == D("123456789012345678")
    assert parse_number("000000000000000000000007", style="plain") == D(7)


def test_a_percent_sign_is_dropped_where_it_is_allowed():
    assert parse_number("8,2 %", style="id", allow_percent=True) == D("8.2")
    with pytest.raises(NumberError) as refused:
        parse_number("%", allow_percent=True)
    assert refused.value.code == "empty"


@pytest.mark.parametrize(
    ("value", "decimals", "indonesian", "english"),
    [
        (None, None, "–", "–"),
        (None, 2, "–", "–"),
        ("NaN", 2, "–", "–"),
        ("0", None, "0", "0"),
        ("-0", None, "0", "0"),
        ("0", 2, "0,00", "0.00"),
        ("1234.5", 2, "1.234,50", "1,234.50"),
        ("-8.85", None, "−8,85", "−8.85"),
        ("8.200000", None, "8,2", "8.2"),
        ("1E+3", None, "1.000", "1,000"),
        ("100", None, "100", "100"),
        ("97197856626", None, "97.197.856.626", "97,197,856,626"),
        ("2.345", 2, "2,35", "2.35"),
        ("-2.345", 2, "−2,35", "−2.35"),
        ("2.5", 0, "3", "3"),
        ("-0.004", 2, "0,00", "0.00"),
        ("0.000001", None, "0,000001", "0.000001"),
        ("123456789012345678901234567890.12", 1, "123.456.789.012.345.678.901.234.567.890,1", None),
    ],
)
def test_writing(value, decimals, indonesian, english):
    number = None if value is None else D(value)
    assert format_number(number, "id", decimals=decimals) == indonesian
    if english:
        assert format_number(number, "en", decimals=decimals) == english
        assert format_number(number, "en-gb", decimals=decimals) == english


def test_percentages_are_written_without_a_space():
    assert format_percent(D("92.26"), "id") == "92,26%"
    assert format_percent(D("-107.926"), "en") == "−107.93%"
    assert format_percent(D("8.5"), "id", decimals=None) == "8,5%"
    assert format_percent(None, "id") == "–"


def test_rounding_goes_half_up_and_away_from_zero():
    assert [str(round_half_up(D(text), 2)) for text in ("0.005", "-0.005", "0.0049", "1E+30")] == [
        "0.01",
        "-0.01",
        "0.00",
        "1000000000000000000000000000000.00",
    ]


@given(value=STORED, style=st.sampled_from(["id", "en"]))
def test_what_is_written_is_read_back_as_the_same_number(value, style):
    assert parse_number(format_number(value, style, decimals=6), style=style) == value
    assert parse_number(format_number(value, style), style=style) == value


@given(value=STORED)
def test_machine_text_is_read_back_as_the_same_number(value):
    assert parse_number(f"{value:f}", style="plain") == value


@given(text=st.text(alphabet="0123456789.,-%eE \u2212", max_size=30), style=st.sampled_from(STYLES))
def test_any_text_gives_a_finite_number_or_a_known_code(text, style):
    try:
        assert parse_number(text, style=style).is_finite()
    except NumberError as error:
        assert error.code in MESSAGES


@given(text=st.from_regex(r"[1-9][0-9]{0,3}([.,][0-9]{1,4}){0,2}", fullmatch=True))
def test_an_unknown_style_never_contradicts_both_languages(text):
    """Whatever is accepted without a hint is what an Indonesian or an English writer meant."""

    def read(style):
        try:
            return parse_number(text, style=style)
        except NumberError as error:
            return error.code

    found = read(None)
    if isinstance(found, D):
        assert found in (read("id"), read("en"))
