"""Which figures a report compares and draws: like with like, figures of shorter periods put together."""

import io
import re
import zipfile
from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.translation import gettext as _

from roadmap.models import Indicator, Measurement, ReportRun
from roadmap.reporting.document import build_document
from roadmap.reporting.pictures import bars_of, chart_of, chart_parts, charted_codes
from roadmap.reporting.snapshot import build_snapshot
from roadmap.reporting.wording import Wording
from roadmap.reporting.xlsx import render_xlsx
from roadmap.rules.terms import REASON_LABELS
from roadmap.services import achievements
from roadmap.services.reports import canonical
from roadmap.services.rollups import rollup_for
from tests.ecosystem.factories import OrganizationFactory
from tests.roadmap.factories import (
    ActionFactory,
    IndicatorFactory,
    IndicatorLinkFactory,
    MeasurementFactory,
    PeriodFactory,
    PhaseFactory,
    ProgrammeFactory,
    ReportRunFactory,
    TargetFactory,
    TargetRevisionFactory,
)
from tests.roadmap.test_report_runs import NOW

pytestmark = pytest.mark.django_db
QUARTERS = ("Q1", "Q2", "Q3", "Q4")


@pytest.fixture
def phase():
    return PhaseFactory()


def indicator_in(phase, **fields):
    indicator = IndicatorFactory(**fields)
    IndicatorLinkFactory(indicator=indicator, phase=phase)
    return indicator


def give(indicator, values, **fields):
    """Give the indicator verified values by the code of their period."""
    for code, value in values.items():
        MeasurementFactory(
            indicator=indicator,
            period=PeriodFactory(code=code),
            value=Decimal(value),
            verified=True,
            **fields,
        )


def snapshot_of(code):
    return snapshot_for(PeriodFactory(code=code))


def snapshot_for(period):
    achievements.recompute(Indicator.objects.all(), on=NOW.date())
    return build_snapshot(ReportRunFactory(report__period=period), cut_off=NOW)


def only_entry(code):
    (entry,) = snapshot_of(code)["indicators"]
    return entry


def by_quarter(year, *values):
    return {f"{year}-{quarter}": value for quarter, value in zip(QUARTERS, values, strict=False)}


def document_of(snapshot, language="en"):
    return build_document(snapshot, language=language, sha256="0" * 64, verify_url="http://localhost/")


EVENTS = {"2022-01/2022-08": 2000, "2023-07": 700, "2023-08": 770}
EVENT = {"frequency": "irregular", "entry_meaning": "increment", "aggregation": "sum"}


def test_months_are_not_compared_with_eight_months(phase):
    """2,000 events in eight months and 770 in one are no fall, and no line joins them."""
    give(indicator_in(phase, **EVENT), EVENTS)
    entry = only_entry("2023")
    assert entry["trend"] == "up"
    assert (entry["comparison"]["previous"]["actual"], entry["series"][0]["actual"]) == ("700", "2000")
    assert [point["drawn"] for point in entry["series"]] == [False, True, True]
    drawn = [point.label for part in chart_parts(entry, Wording("en")) for point in part]
    assert drawn == ["July 2023", "August 2023"]


def test_a_single_month_after_eight_months_has_no_trend_and_no_chart(phase):
    give(indicator_in(phase, **EVENT), {"2022-01/2022-08": 2000, "2023-08": 770})
    snapshot = snapshot_of("2023")
    (entry,) = snapshot["indicators"]
    assert (entry["trend"], entry["comparison"]["previous"]) == ("none", None)
    assert charted_codes(snapshot) == []


def test_a_state_on_a_day_may_be_compared_with_a_state_of_any_period(phase):
    give(indicator_in(phase, entry_meaning="snapshot", aggregation="last"), {"2021": 50, "2022-06-17": 92})
    entry = only_entry("2022")
    assert (entry["trend"], entry["comparison"]["previous"]["actual"]) == ("up", "50")
    assert all(point["drawn"] for point in entry["series"])


def test_a_chart_of_a_snapshot_from_before_that_rule_is_as_it_was(phase):
    give(indicator_in(phase, **EVENT), EVENTS)
    entry = only_entry("2023")
    for point in entry["series"]:
        del point["drawn"]
    assert [len(part) for part in chart_parts(entry, Wording("en"))] == [3]


def test_the_workbook_draws_what_the_page_draws(phase):
    give(indicator_in(phase, is_headline=True, **EVENT), EVENTS)
    words = {"language": "en", "sha256": "0" * 64, "verify_url": "http://localhost/"}
    with zipfile.ZipFile(io.BytesIO(render_xlsx(snapshot_of("2023"), **words))) as book:
        drawing = book.read("xl/charts/chart1.xml").decode()
    # The first row is the heading, the second the eight months.
    assert set(re.findall(r"\$[A-Z]\$(\d+):\$[A-Z]\$(\d+)", drawing)) == {("3", "4")}


@pytest.fixture
def quarterly(phase):
    """A sum of quarters with quarterly and yearly targets, the yearly one revised."""
    indicator = indicator_in(phase, quarterly=True, aggregation="sum", entry_meaning="increment")
    for code in by_quarter(2023, 1, 1, 1, 1):
        TargetFactory(indicator=indicator, period=PeriodFactory(code=code), revision__value=Decimal(10))
    year = TargetFactory(indicator=indicator, period=PeriodFactory(code="2023"), revision__value=Decimal(60))
    TargetRevisionFactory(target=year, number=2, value=Decimal(40))
    return indicator


def test_quarters_put_together_are_compared_with_the_year_before(quarterly):
    give(quarterly, by_quarter(2022, 5, 6, 7, 8), source_url="https://example.org/2022")
    give(quarterly, by_quarter(2023, 9, 10, 11, 12))
    Measurement.objects.filter(period__code="2023-Q1").update(source_url="https://example.org/a")
    Measurement.objects.filter(period__code__in=["2023-Q2", "2023-Q3"]).update(
        source_url="https://example.org/b"
    )
    snapshot = snapshot_of("2023")
    (entry,) = snapshot["indicators"]
    assert (entry["actual"]["value"], entry["trend"]) == ("42", "up")
    assert entry["comparison"]["previous"] == {
        "label": {"id": "2022", "en": "2022"},
        "actual": "26",
        "percent": None,
    }
    assert (entry["target"]["value"], entry["target"]["original"], entry["target"]["version"]) == (
        "40",
        "60",
        2,
    )
    assert (entry["achievement"]["percent"], entry["achievement"]["original_percent"]) == ("105.00", "70.00")
    assert [source["url"] for source in snapshot["sources"]] == [
        "https://example.org/a",
        "https://example.org/b",
        "https://example.org/target",
    ]
    document = document_of(snapshot)
    assert document["others"][0]["sources"] == [1, 2, 3]
    assert document["comparisons"][0]["previous"] == "26 (2022)"


def test_a_partial_year_before_is_no_comparison(quarterly):
    give(quarterly, by_quarter(2022, 5, 6, 7))
    give(quarterly, by_quarter(2023, 9, 10, 11, 12))
    entry = only_entry("2023")
    assert (entry["trend"], entry["comparison"]["previous"]) == ("none", None)


def test_the_sum_of_some_quarters_is_compared_with_their_targets(quarterly):
    """27 of 30 in three quarters is 90 %; against the 40 of the year it would look like a failure."""
    give(quarterly, by_quarter(2023, 8, 9, 10))
    snapshot = snapshot_of("2023")
    (entry,) = snapshot["indicators"]
    assert (entry["actual"]["value"], entry["target"]["value"], entry["target"]["full"]) == ("27", "30", "40")
    assert entry["achievement"]["percent"] == "90.00"
    assert (entry["target"]["version"], entry["target"]["label"]) == (None, None)
    assert any("whole period is 40" in remark for remark in document_of(snapshot)["others"][0]["remarks"])


def test_the_sum_of_some_quarters_has_no_percentage_when_only_the_year_has_a_target(phase):
    indicator = indicator_in(phase, quarterly=True, aggregation="sum", entry_meaning="increment")
    TargetFactory(indicator=indicator, period=PeriodFactory(code="2023"), revision__value=Decimal(40))
    give(indicator, by_quarter(2023, 8, 9, 10))
    achievement = only_entry("2023")["achievement"]
    assert (achievement["percent"], achievement["reason"]) == (None, "incomplete_period")


def test_a_value_keeps_its_published_decimals_and_a_quotient_the_indicators(phase):
    indicator = indicator_in(phase, decimals=0)
    give(indicator, {"2023": "7801.45"})
    row = document_of(snapshot_of("2023"))["others"][0]
    assert row["actual"] == "7,801.45"
    third = {"unit": {"id": "unit"}, "decimals": 1, "value_type": "ratio"}
    assert Wording("en").value(third, str(Decimal(100) / 3)) == "33.3"


def test_the_lead_is_named_in_both_languages_and_an_old_snapshot_by_one_name(phase):
    lead = OrganizationFactory(name="Dinas Ekonomi", name_en="Economy Office")
    programme = ProgrammeFactory(phases=[phase], lead_organization=lead)
    ActionFactory(programme=programme, phase=phase)
    give(indicator_in(phase), {"2023": 5})
    snapshot = snapshot_of("2023")
    for language, name in (("id", "Dinas Ekonomi"), ("en", "Economy Office")):
        (found,) = document_of(snapshot, language)["programmes"]
        assert (found["lead"], found["actions"][0]["lead"]) == (name, name)
    snapshot["programmes"][0]["lead"] = "Diskopindag"
    assert document_of(snapshot)["programmes"][0]["lead"] == "Diskopindag"


@pytest.mark.parametrize(("provenance", "told"), [("automatic", True), ("entered", False)])
def test_a_counted_value_says_that_the_portal_counted_it(phase, provenance, told):
    give(indicator_in(phase), {"2023": 5}, provenance=provenance)
    remarks = document_of(snapshot_of("2023"))["others"][0]["remarks"]
    assert ("Counted by the portal from its own data when the period was over." in remarks) == told


@pytest.fixture
def redefined(phase):
    """An indicator of 2021-2022 and the one that replaced it, which has values for 2022 and 2023."""
    old = indicator_in(phase, growth=True, code="LAMA")
    give(old, {"2021": "2.91", "2022": "10.01"})
    new = indicator_in(phase, growth=True, code="BARU", supersedes=old)
    give(new, {"2022": "4.2", "2023": "4.5"})


@pytest.mark.parametrize("code", ["LAMA", "BARU"])
def test_both_charts_of_a_changed_definition_show_the_break(redefined, phase, code):
    snapshot = snapshot_of("2023")
    entry = next(item for item in snapshot["indicators"] if item["code"] == "BARU")
    assert [part["code"] for part in entry["earlier"]] == ["LAMA"]
    old = next((item for item in snapshot["indicators"] if item["code"] == "LAMA"), None)
    assert old is not None
    assert [part["code"] for part in old["later"]] == ["BARU"]
    charts = document_of(snapshot)["more_charts"]
    assert {chart["code"] for chart in charts} == {"LAMA", "BARU"}
    for chart in charts:
        assert "The definition changed between 2021 and 2022." in chart["message"]
        assert "The definition changed between 2021 and 2022." in chart["alt"]
    shown = next(chart for chart in charts if chart["code"] == code)
    names = {"LAMA": "2023 (newer definition)", "BARU": "2021 (older definition)"}
    assert names[code] in [row["label"] for row in shown["figures"]]
    item = entry if code == "BARU" else old
    with translation.override("en"):
        drawing = chart_of(item, snapshot, Wording("en"))
    assert drawing.count('class="chart__break"') == 1
    assert "Definition changed" in drawing


def test_a_snapshot_from_before_breaks_is_drawn_without_them(redefined):
    snapshot = snapshot_of("2023")
    for item in snapshot["indicators"]:
        del item["earlier"], item["later"]
    assert all("definition" not in chart["message"] for chart in document_of(snapshot)["more_charts"])


def test_the_page_links_each_percentage_that_the_portal_explains(quarterly, phase, client):
    give(quarterly, by_quarter(2023, 9, 10, 11, 12))
    yearly = indicator_in(phase)
    TargetFactory(indicator=yearly, period=PeriodFactory(code="2023"), revision__value=Decimal(10))
    give(yearly, {"2023": 9})
    hidden = indicator_in(phase)
    TargetFactory(indicator=hidden, period=PeriodFactory(code="2023"), revision__value=Decimal(10))
    give(hidden, {"2023": 8})
    snapshot = canonical(snapshot_of("2023"))
    ReportRun.objects.update(
        state="published", snapshot=snapshot, sha256="1" * 64, cut_off=NOW, published_at=NOW
    )
    Indicator.objects.filter(pk=hidden.pk).update(is_public=False)
    page = client.get("/en/laporan/2023/").content.decode()
    address = f"/en/kpi/{yearly.slug}/2023/"
    assert f'<a href="{address}">90.00%</a>' in page
    assert client.get(address).status_code == 200
    assert "80.00%" in page
    assert f"/kpi/{hidden.slug}/2023/" not in page
    # A percentage put together from quarters has no page of its own.
    assert "105.00%" in page
    assert f"/kpi/{quarterly.slug}/2023/" not in page


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("width", [720, 340])
@pytest.mark.parametrize("reason", list(REASON_LABELS))
def test_a_bar_says_in_full_why_there_is_no_percentage(language, width, reason):
    row = {
        "name": {"id": "Indikator", "en": "Indicator"},
        "headline": True,
        "achievement": {"percent": None, "band": None, "reason": str(reason)},
    }
    with translation.override(language):
        drawing = bars_of([row], Wording(language), title="Capaian", width=width)
        told = re.findall(r'class="chart__bar-value"[^>]*y="([\d.]+)"[^>]*>([^<]+)<', drawing)
        assert " ".join(text for _y, text in told) == f"? {_(REASON_LABELS[reason])}"
    height = float(re.search(r'viewBox="0 0 \d+ ([\d.]+)"', drawing)[1])
    assert all(0 < float(y) < height for y, _text in told)


def test_the_page_of_a_phase_and_its_report_roll_up_the_same_figures(quarterly, phase):
    """Quarters are put together, a figure of the whole phase goes first, what comes now and then is not expected."""
    give(quarterly, by_quarter(2022, 5, 6, 7, 8))
    give(quarterly, by_quarter(2023, 9, 10, 11, 12))
    yearly = indicator_in(phase)
    whole = PeriodFactory(phase=phase)
    for period, value in ((PeriodFactory(code="2023"), 90), (whole, 40)):
        TargetFactory(indicator=yearly, period=period, revision__value=Decimal(100))
        MeasurementFactory(indicator=yearly, period=period, value=Decimal(value), verified=True)
    indicator_in(phase, frequency="irregular")
    rollup = snapshot_for(whole)["rollup"]
    shown = rollup_for(phase, on=NOW.date())
    assert (shown.included, shown.expected) == (rollup["included"], rollup["expected"]) == (1, 2)
    assert (str(shown.percent), rollup["percent"]) == ("40.00", "40.00")
    assert [one.reason for one in shown.excluded] == [one["reason"] for one in rollup["excluded"]]
