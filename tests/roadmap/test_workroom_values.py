"""Work room: the form for values, what it accepts, what it refuses, and that nothing typed is lost."""

from datetime import date
from decimal import Decimal

import pytest

from roadmap.models import Indicator, IndicatorAssignment, Measurement
from tests.roadmap.factories import EvidenceFactory, IndicatorFactory, MeasurementFactory, PeriodFactory

pytestmark = pytest.mark.django_db
URL = "/ruang-kerja/indikator/uji/nilai/2025/"
State = Measurement.State


@pytest.fixture
def indicator():
    return IndicatorFactory(slug="uji", name="Jumlah studio", growth=True)


@pytest.fixture
def period():
    return PeriodFactory(code="2025")


@pytest.fixture
def client(planner, client_for, indicator, period):
    return client_for(planner)


def typed(value="8,2", *, version=0, button="draft", **values):
    return {"value": value, "version": version, "note": "Dari rapat.", button: "1"} | values


def test_a_draft_is_saved_and_the_message_says_what_comes_next(client, planner):
    response = client.post(URL, typed("1.234,5"), follow=True)
    assert response.redirect_chain == [(URL, 302)]
    page = response.content.decode()
    assert "1.234,5 persen" in page
    assert 'value="1.234,5"' in page
    saved = Measurement.objects.get()
    assert (saved.value, saved.state, saved.entered_by) == (Decimal("1234.5"), State.DRAFT, planner)


def test_in_english_numbers_are_read_and_shown_the_english_way(client):
    response = client.post(f"/en{URL}", typed("1,234.5"), follow=True)
    assert Measurement.objects.get().value == Decimal("1234.5")
    assert 'value="1,234.5"' in response.content.decode()


def test_sending_moves_the_value_to_the_queue(client):
    assert client.post(URL, typed(button="submit")).status_code == 302
    assert Measurement.objects.get().state == State.SUBMITTED
    assert "8,2 persen" in client.get("/ruang-kerja/nilai/antrean/").content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "NaN",
        "inf",
        "-Infinity",
        "9" * 40,
        "8.2.1",
        "1e6",
        "8,2%",
        "1,1234567",
        "8,2\x00",
        "١٢",
        "1" * 10_000,
    ],
)
def test_text_that_is_no_number_is_refused_beside_the_field_and_kept(client, text):
    response = client.post(URL, typed(text, note="Kalimat yang panjang."))
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["value"]
    page = response.content.decode()
    assert 'class="error-summary"' in page
    assert "Kalimat yang panjang." in page
    assert not Measurement.objects.exists()


@pytest.mark.parametrize("field", ["note", "supporting", "missing_reason", "source_url"])
def test_ten_thousand_characters_and_nul_are_refused_with_a_message(client, field):
    for text in ("x" * 10_000, "x\x00y"):
        values = {"note": "Dari rapat.", field: text}
        response = client.post(URL, typed("" if field == "missing_reason" else "8,2", **values))
        assert response.status_code == 200
        assert field in response.context["form"].errors


def test_an_empty_form_may_be_a_draft_but_not_sent(client):
    response = client.post(URL, {"value": "", "version": 0, "submit": "1"})
    assert set(response.context["form"].errors) == {"value", "source_url"}
    assert client.post(URL, {"value": "", "version": 0, "draft": "1"}).status_code == 302


def test_a_missing_version_or_nonsense_in_it_is_no_crash(client):
    for version in ("", "abc", "-1", "9" * 30):
        response = client.post(URL, typed(version=version))
        assert response.status_code == 200
        assert "version" in response.context["form"].errors


def test_impossible_values_of_each_type_are_refused(client, planner):
    share = IndicatorFactory(slug="bagian", growth=True, is_share=True)
    count = IndicatorFactory(slug="cacah")
    for indicator, text in ((share, "100,01"), (share, "-0,5"), (count, "-1"), (count, "1,5")):
        url = f"/ruang-kerja/indikator/{indicator.slug}/nilai/2025/"
        assert "value" in client.post(url, typed(text)).context["form"].errors


def test_a_ratio_asks_for_both_parts(client):
    ratio = IndicatorFactory(
        slug="rasio", value_type=Indicator.ValueType.RATIO, numerator_label="Studio yang mengekspor"
    )
    url = f"/ruang-kerja/indikator/{ratio.slug}/nilai/2025/"
    assert "Studio yang mengekspor" in client.get(url).content.decode()
    parts = {"numerator": "5", "denominator": "", "version": 0, "draft": "1"}
    assert list(client.post(url, parts).context["form"].errors) == ["denominator"]
    assert list(client.post(url, parts | {"denominator": "0"}).context["form"].errors) == ["denominator"]
    assert client.post(url, parts | {"denominator": "20"}).status_code == 302
    assert ratio.measurements.get().value == 25


def test_yes_and_no_are_chosen(client):
    IndicatorFactory(slug="jawab", value_type=Indicator.ValueType.YES_NO)
    url = "/ruang-kerja/indikator/jawab/nilai/2025/"
    assert client.post(url, typed("7")).context["form"].errors
    client.post(url, typed("0"))
    assert Measurement.objects.get().value == 0
    assert '<option value="0" selected>' in client.get(url).content.decode()


def test_a_period_outside_the_life_is_explained_and_nonsense_is_404(client, indicator):
    indicator.valid_from = date(2026, 1, 1)
    indicator.save()
    response = client.post(URL, typed())
    assert response.context["form"].non_field_errors()
    for period in ("2025-13", "abc", "2025-Q9", "99999"):
        assert client.get(f"/ruang-kerja/indikator/uji/nilai/{period}/").status_code == 404


def test_a_stale_save_shows_both_values_and_keeps_what_was_typed(client, client_for, other_planner):
    client.post(URL, typed("5"))
    client_for(other_planner).post(URL, typed("6", version=1))
    response = client.post(URL, typed("7,25", version=1, note="Catatan saya."))
    assert response.status_code == 409
    page = response.content.decode()
    assert "Perencana Dua" in page
    assert 'value="7,25"' in page
    assert "Catatan saya." in page
    assert {("7,25", "6")} < {(pair["typed"], pair["stands"]) for pair in response.context["pairs"]}
    assert Measurement.objects.get().value == 6
    again = client.post(URL, typed("7,25", version=response.context["form"]["version"].value()))
    assert again.status_code == 302
    assert Measurement.objects.get().value == Decimal("7.25")


def test_two_people_with_the_same_new_value_the_second_gets_a_clear_page(client, client_for, other_planner):
    client.post(URL, typed("5"))
    response = client_for(other_planner).post(URL, typed("6"))
    assert response.status_code == 409
    assert "Perencana Satu" in response.content.decode()


def test_pressing_save_twice_is_one_save(client):
    assert [client.post(URL, typed()).status_code for _click in range(2)] == [302, 302]
    assert Measurement.objects.get().version == 1


def test_a_value_verified_in_the_meantime_keeps_the_typed_text(client, indicator, period):
    MeasurementFactory(indicator=indicator, period=period, verified=True)
    response = client.post(URL, typed("7,25", version=0))
    assert response.status_code == 409
    assert "7,25" in response.content.decode()


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ({"opens_at": date(2999, 1, 1)}, "belum dibuka"),
        ({"closes_at": date(2026, 1, 31)}, "sudah ditutup"),
    ],
)
def test_a_locked_form_says_why(client, period, dates, words):
    type(period).objects.filter(pk=period.pk).update(**dates)
    response = client.get(URL)
    assert response.templates[0].name == "roadmap/workroom/value_locked.html"
    assert words in response.content.decode()
    assert client.post(URL, typed()).status_code == 409


def test_not_yours_is_readable_and_refused(task_force_member, client_for, indicator, period):
    client = client_for(task_force_member)
    page = client.get(URL).content.decode()
    assert "bukan tugas Anda" in page
    assert client.post(URL, typed()).status_code == 403
    IndicatorAssignment.objects.create(user=task_force_member, indicator=indicator)
    assert client.post(URL, typed()).status_code == 302


def test_a_deleted_account_is_named_as_such(client, indicator, period, make_user):
    gone = make_user("pergi@example.org", "planner", name="Orang yang pergi")
    MeasurementFactory(indicator=indicator, period=period, submitted=True, entered_by=gone)
    gone.delete()
    assert "akun yang sudah dihapus" in client.get("/ruang-kerja/nilai/antrean/").content.decode()
    assert client.get(URL).status_code == 200
    history = client.get(f"{URL}riwayat/").content.decode()
    assert "akun" in history


def test_the_history_says_who_changed_what(client, client_for, other_planner):
    client.post(URL, typed("5"))
    client_for(other_planner).post(URL, typed("6", version=1))
    page = client.get(f"{URL}riwayat/").content.decode()
    assert "Perencana Satu" in page
    assert "Perencana Dua" in page
    assert "<del>5</del> → <ins>6</ins>" in page


def test_evidence_is_added_and_removed_while_the_value_is_open(client, indicator, period):
    value = MeasurementFactory(indicator=indicator, period=period)
    fields = {"title": "Berita acara", "url": "https://example.org/ba", "is_public": "on"}
    for _click in range(2):
        assert client.post(f"{URL}bukti/", fields).status_code == 302
    evidence = value.evidence.get()
    assert "Berita acara" in client.get(URL).content.decode()
    both_missing = client.post(f"{URL}bukti/", {"title": "Kosong"})
    assert "url" in both_missing.context["form"].errors
    assert client.post(f"/ruang-kerja/bukti/{evidence.pk}/hapus/").status_code == 302
    assert not value.evidence.exists()
    assert client.post(f"/ruang-kerja/bukti/{evidence.pk}/hapus/").status_code == 404


def test_evidence_of_other_peoples_values_is_hidden(task_force_member, client_for):
    evidence = EvidenceFactory()
    assert client_for(task_force_member).get(f"/ruang-kerja/bukti/{evidence.pk}/hapus/").status_code == 404


def test_the_grid_shows_the_periods_of_a_year(client, indicator, period):
    MeasurementFactory(indicator=indicator, period=period, value=Decimal("8.2"))
    quarterly = IndicatorFactory(quarterly=True)
    response = client.get("/ruang-kerja/nilai/?tahun=2025")
    cells = {row.indicator.pk: [cell.label for cell in row.cells] for row in response.context["rows"]}
    assert cells[indicator.pk] == ["2025"]
    assert len(cells[quarterly.pk]) == 4
    assert "8,2" in response.content.decode()
    for nonsense in ("abc", "0", "999999999999", "%00", "-1", "02025" + "1" * 5_000):
        assert client.get(f"/ruang-kerja/nilai/?tahun={nonsense}&page={nonsense}").status_code == 200


def test_the_grid_asks_the_same_number_of_queries_for_any_number_of_indicators(
    client, django_assert_max_num_queries
):
    url = "/ruang-kerja/nilai/?tahun=2025"
    client.get(url)
    for _number in range(12):
        MeasurementFactory(period=PeriodFactory(code="2025"))
    with django_assert_max_num_queries(9):
        client.get(url)


def test_a_value_without_a_calendar_begins_with_its_period(client, indicator):
    url = "/ruang-kerja/indikator/uji/nilai/"
    assert client.post(url, {"period": "2025"})["Location"] == URL
    for text in ("2025-Q1", "abc", "", "20\x0025"):
        assert "period" in client.post(url, {"period": text}).context["form"].errors
    indicator.frequency = Indicator.Frequency.IRREGULAR
    indicator.save()
    assert client.post(url, {"period": "2025-01/2025-08"})["Location"] == f"{url}2025-01--2025-08/"
    assert client.post(f"{url}2025-01--2025-08/", typed(source_url="https://example.org/")).status_code == 302
    assert indicator.measurements.get().period.code == "2025-01/2025-08"
