"""Periods by the calendar of Malang."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.periods import (
    MESSAGES,
    PeriodDates,
    PeriodError,
    PeriodKind,
    PeriodSpan,
    covers,
    default_dates,
    ends_at,
    has_ended,
    next_period,
    parse_period,
    period_containing,
    period_just_ended,
    period_label,
    periods_within,
    phase_span,
    previous_period,
    quarters_of,
    span_of,
    wib_date,
)

CALENDAR = [PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.SEMESTER, PeriodKind.YEAR, PeriodKind.DATE]
DAYS = st.dates(date(1950, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("text", "kind", "start", "end", "code"),
    [
        ("2021", "year", "2021-01-01", "2021-12-31", "2021"),
        (" 2021 ", "year", "2021-01-01", "2021-12-31", "2021"),
        ("2023-Q2", "quarter", "2023-04-01", "2023-06-30", "2023-Q2"),
        ("2023-q1", "quarter", "2023-01-01", "2023-03-31", "2023-Q1"),
        ("2023Q4", "quarter", "2023-10-01", "2023-12-31", "2023-Q4"),
        ("2023-TW2", "quarter", "2023-04-01", "2023-06-30", "2023-Q2"),
        ("2023 TW IV", "quarter", "2023-10-01", "2023-12-31", "2023-Q4"),
        ("2023-tw-iii", "quarter", "2023-07-01", "2023-09-30", "2023-Q3"),
        ("2023-S1", "semester", "2023-01-01", "2023-06-30", "2023-S1"),
        ("2023-S2", "semester", "2023-07-01", "2023-12-31", "2023-S2"),
        ("2023-SII", "semester", "2023-07-01", "2023-12-31", "2023-S2"),
        ("2024-05", "month", "2024-05-01", "2024-05-31", "2024-05"),
        ("2024-02", "month", "2024-02-01", "2024-02-29", "2024-02"),
        ("2023-02", "month", "2023-02-01", "2023-02-28", "2023-02"),
        ("2021-10-01", "date", "2021-10-01", "2021-10-01", "2021-10-01"),
        ("2024-02-29", "date", "2024-02-29", "2024-02-29", "2024-02-29"),
        ("2023-01/2023-08", "span", "2023-01-01", "2023-08-31", "2023-01--2023-08"),
        ("2023-01--2023-08", "span", "2023-01-01", "2023-08-31", "2023-01--2023-08"),
        ("2023-01 / 2023-08", "span", "2023-01-01", "2023-08-31", "2023-01--2023-08"),
        ("2018/2019", "span", "2018-01-01", "2019-12-31", "2018--2019"),
        ("2022-Q4/2023-Q1", "span", "2022-10-01", "2023-03-31", "2022-10--2023-03"),
        ("2023-01-05/2023-02-01", "span", "2023-01-05", "2023-02-01", "2023-01-05--2023-02-01"),
        ("2023-01/2023-03", "quarter", "2023-01-01", "2023-03-31", "2023-Q1"),
        ("2023-Q1/2023-Q4", "year", "2023-01-01", "2023-12-31", "2023"),
        ("2023-07/2023-12", "semester", "2023-07-01", "2023-12-31", "2023-S2"),
        ("2024-02-01/2024-02-29", "month", "2024-02-01", "2024-02-29", "2024-02"),
        ("2023-03-03/2023-03-03", "date", "2023-03-03", "2023-03-03", "2023-03-03"),
    ],
)
def test_reading_a_period(text, kind, start, end, code):
    expected = PeriodSpan(PeriodKind(kind), date.fromisoformat(start), date.fromisoformat(end), code)
    assert parse_period(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("last year", "unknown_format"),
        ("23", "unknown_format"),
        ("20231", "unknown_format"),
        ("2023-5", "unknown_format"),
        ("05-2024", "unknown_format"),
        ("2023-Q", "unknown_format"),
        ("2023-QV", "unknown_format"),
        ("2023-TWIIII", "unknown_format"),
        ("2023/", "unknown_format"),
        ("/", "unknown_format"),
        ("2021/2022/2023", "unknown_format"),
        ("\u0662\u0660\u0662\u0663", "unknown_format"),
        ("2023-01\n", None),
        ("1944", "year_out_of_range"),
        ("0000", "year_out_of_range"),
        ("2101-Q1", "year_out_of_range"),
        ("9999-12-31", "year_out_of_range"),
        ("2023-00", "bad_month"),
        ("2023-13", "bad_month"),
        ("2023-Q0", "bad_quarter"),
        ("2023-Q5", "bad_quarter"),
        ("2023-TW9", "bad_quarter"),
        ("2023-S0", "bad_semester"),
        ("2023-S3", "bad_semester"),
        ("2023-02-29", "bad_date"),
        ("2023-04-31", "bad_date"),
        ("2023-13-01", "bad_date"),
        ("2023-08/2023-01", "end_before_start"),
        ("2023-08-02/2023-08-01", "end_before_start"),
        ("2023-02-30/2023-08", "bad_date"),
    ],
)
def test_refused_periods(text, code):
    if code is None:
        assert parse_period(text).code == text.strip()
        return
    with pytest.raises(PeriodError) as refused:
        parse_period(text)
    assert refused.value.code == code
    assert refused.value.message == MESSAGES[code]


def test_a_period_cannot_end_before_it_begins():
    with pytest.raises(PeriodError):
        PeriodSpan(PeriodKind.PHASE, date(2020, 1, 2), date(2020, 1, 1), "x")
    with pytest.raises(PeriodError):
        span_of(date(2020, 1, 2), date(2020, 1, 1))


@pytest.mark.parametrize(
    ("text", "indonesian", "english"),
    [
        ("2021", "2021", "2021"),
        ("2023-Q1", "Triwulan I 2023", "Q1 2023"),
        ("2023-Q2", "Triwulan II 2023", "Q2 2023"),
        ("2023-Q3", "Triwulan III 2023", "Q3 2023"),
        ("2023-Q4", "Triwulan IV 2023", "Q4 2023"),
        ("2023-S1", "Semester I 2023", "H1 2023"),
        ("2023-S2", "Semester II 2023", "H2 2023"),
        ("2024-05", "Mei 2024", "May 2024"),
        ("2024-08", "Agustus 2024", "August 2024"),
        ("2021-10-01", "1 Okt 2021", "1 Oct 2021"),
        ("2022-12-20", "20 Des 2022", "20 Dec 2022"),
        ("2023-01/2023-08", "Jan–Agu 2023", "Jan–Aug 2023"),
        ("2022-11/2023-02", "Nov 2022–Feb 2023", "Nov 2022–Feb 2023"),
        ("2018/2019", "2018–2019", "2018–2019"),
        ("2023-01-05/2023-05-01", "5 Jan 2023–1 Mei 2023", "5 Jan 2023–1 May 2023"),
    ],
)
def test_labels(text, indonesian, english):
    span = parse_period(text)
    assert period_label(span.kind, span.start, span.end, "id") == indonesian
    assert period_label(span.kind, span.start, span.end, "en") == english
    assert period_label(str(span.kind), span.start, span.end, "en-gb") == english


def test_the_label_of_a_phase_is_its_name():
    limits = date(2018, 1, 1), date(2019, 12, 31)
    assert period_label(PeriodKind.PHASE, *limits, "id", name="Malang Bersinergi") == "Malang Bersinergi"
    assert period_label(PeriodKind.PHASE, *limits, "id") == "2018–2019"
    assert period_label(PeriodKind.PHASE, limits[0], date(2018, 12, 31), "id") == "2018"
    assert period_label("span", date(2018, 5, 1), date(2018, 5, 31), "id") == "Mei 2018"


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        (PeriodKind.MONTH, ["2023-12", "2024-01", "2024-02"]),
        (PeriodKind.QUARTER, ["2023-Q4", "2024-Q1", "2024-Q2"]),
        (PeriodKind.SEMESTER, ["2023-S2", "2024-S1", "2024-S2"]),
        (PeriodKind.YEAR, ["2023", "2024", "2025"]),
        (PeriodKind.DATE, ["2024-01-14", "2024-01-15", "2024-01-16"]),
    ],
)
def test_neighbours(kind, codes):
    middle = period_containing(kind, date(2024, 1, 15))
    assert [previous_period(middle).code, middle.code, next_period(middle).code] == codes


def test_a_phase_and_a_span_have_no_neighbours_and_no_place_in_the_calendar():
    phase = phase_span("malang-berdaya", date(2020, 1, 1), date(2021, 12, 31))
    for span in (phase, parse_period("2023-01/2023-08")):
        assert previous_period(span) is None
        assert next_period(span) is None
        with pytest.raises(ValueError, match="no place in the calendar"):
            period_containing(span.kind, date(2020, 1, 1))


@given(kind=st.sampled_from(CALENDAR), day=DAYS)
def test_calendar_periods_tile_the_days_without_gap_or_overlap(kind, day):
    span = period_containing(kind, day)
    assert span.start <= day <= span.end
    assert next_period(span).start == span.end + timedelta(days=1)
    assert previous_period(span).end == span.start - timedelta(days=1)
    assert previous_period(next_period(span)) == span


@given(kind=st.sampled_from(CALENDAR), day=DAYS)
def test_every_code_reads_back_as_its_period(kind, day):
    span = period_containing(kind, day)
    assert parse_period(span.code) == span


@given(first=DAYS, second=DAYS)
def test_every_pair_of_days_has_one_code_that_is_safe_in_an_address(first, second):
    span = span_of(min(first, second), max(first, second))
    assert parse_period(span.code) == span
    assert "/" not in span.code
    assert len(span.code) <= 40


def test_a_phase_of_two_years_has_eight_quarters():
    quarters = quarters_of(phase_span("malang-bersinergi", date(2018, 1, 1), date(2019, 12, 31)))
    assert [quarter.code for quarter in quarters] == [
        f"{year}-Q{number}" for year in (2018, 2019) for number in (1, 2, 3, 4)
    ]
    assert all(before.end + timedelta(days=1) == after.start for before, after in pairwise(quarters))


def test_cut_periods_are_left_out():
    codes = [span.code for span in periods_within(PeriodKind.MONTH, date(2023, 1, 2), date(2023, 3, 30))]
    assert codes == ["2023-02"]
    assert periods_within(PeriodKind.YEAR, date(2023, 1, 2), date(2023, 12, 31)) == []


def test_covering():
    year, quarter = parse_period("2023"), parse_period("2023-Q4")
    assert covers(year, quarter)
    assert covers(year, year)
    assert not covers(quarter, year)
    assert not covers(year, parse_period("2023-12/2024-01"))


@pytest.mark.parametrize(
    ("code", "last_day"),
    [("2023-01", "2023-01-31"), ("2023-Q1", "2023-03-31"), ("2023", "2023-12-31"), ("2024-02", "2024-02-29")],
)
def test_a_period_ends_at_midnight_in_malang_which_is_17_utc(code, last_day):
    span = parse_period(code)
    end = datetime.fromisoformat(f"{last_day}T17:00:00+00:00")
    assert ends_at(span) == end
    assert ends_at(span).isoformat().endswith("T00:00:00+07:00")
    assert not has_ended(span, end - timedelta(microseconds=1))
    assert has_ended(span, end)


@pytest.mark.parametrize(
    ("kind", "day", "before", "after"),
    [
        (PeriodKind.MONTH, "2023-04-30", "2023-03", "2023-04"),
        (PeriodKind.MONTH, "2024-02-28", "2024-01", "2024-01"),
        (PeriodKind.MONTH, "2024-02-29", "2024-01", "2024-02"),
        (PeriodKind.MONTH, "2023-02-28", "2023-01", "2023-02"),
        (PeriodKind.DATE, "2024-02-28", "2024-02-27", "2024-02-28"),
        (PeriodKind.DATE, "2024-02-29", "2024-02-28", "2024-02-29"),
        (PeriodKind.QUARTER, "2023-03-31", "2022-Q4", "2023-Q1"),
        (PeriodKind.QUARTER, "2023-06-30", "2023-Q1", "2023-Q2"),
        (PeriodKind.QUARTER, "2023-12-31", "2023-Q3", "2023-Q4"),
        (PeriodKind.SEMESTER, "2023-06-30", "2022-S2", "2023-S1"),
        (PeriodKind.SEMESTER, "2023-12-31", "2023-S1", "2023-S2"),
        (PeriodKind.YEAR, "2023-12-31", "2022", "2023"),
        (PeriodKind.YEAR, "2023-06-30", "2022", "2022"),
    ],
)
def test_the_period_just_ended_changes_at_midnight_in_malang(kind, day, before, after):
    def at(clock):
        return datetime.fromisoformat(f"{day}T{clock}:00+00:00")

    assert period_just_ended(kind, at("16:59")).code == before
    assert period_just_ended(kind, at("17:00")).code == after
    assert period_just_ended(kind, at("17:01")).code == after


def test_a_naive_time_is_refused_because_it_names_no_instant():
    with pytest.raises(ValueError, match="aware"):
        wib_date(datetime(2023, 1, 1))  # noqa: DTZ001
    assert wib_date(datetime(2022, 12, 31, 17, 0, tzinfo=UTC)) == date(2023, 1, 1)


@pytest.mark.parametrize(
    ("code", "opens", "due", "closes"),
    [
        ("2023-01", "2023-02-01", "2023-02-10", "2023-02-20"),
        ("2023-Q4", "2024-01-01", "2024-01-15", "2024-01-30"),
        ("2023-S1", "2023-07-01", "2023-07-20", "2023-08-14"),
        ("2023", "2024-01-01", "2024-01-31", "2024-03-30"),
        ("2021-10-01", "2021-10-01", "2021-10-11", "2021-10-21"),
        ("2023-01/2023-08", "2023-09-01", "2023-09-10", "2023-09-20"),
    ],
)
def test_usual_dates(code, opens, due, closes):
    expected = PeriodDates(*(date.fromisoformat(day) for day in (opens, due, closes)))
    assert default_dates(parse_period(code)) == expected


def test_usual_dates_of_a_phase():
    dates = default_dates(phase_span("malang-mendunia", date(2022, 1, 1), date(2023, 12, 31)))
    assert dates == PeriodDates(date(2024, 1, 1), date(2024, 2, 14), date(2024, 4, 29))
