"""Work room: verifying, returning and opening values again."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from roadmap.models import Measurement
from roadmap.periods import wib_date
from tests.roadmap.factories import IndicatorFactory, MeasurementFactory, PeriodFactory

pytestmark = pytest.mark.django_db
URL = "/ruang-kerja/indikator/uji/nilai/2025/"
State = Measurement.State


@pytest.fixture
def value(other_planner):
    return MeasurementFactory(
        indicator=IndicatorFactory(slug="uji"),
        period=PeriodFactory(code="2025"),
        submitted=True,
        entered_by=other_planner,
    )


@pytest.fixture
def client(planner, client_for, value):
    return client_for(planner)


def test_a_value_is_verified_and_the_message_names_it(client, value, planner):
    page = client.get(f"{URL}periksa/").content.decode()
    assert f'action="{URL}verifikasi/"' in page
    response = client.post(f"{URL}verifikasi/", {"version": 1}, follow=True)
    assert "Terverifikasi: Indikator" in response.content.decode()
    value.refresh_from_db()
    assert (value.state, value.verified_by) == (State.VERIFIED, planner)


def test_a_second_click_on_verify_is_no_error(client):
    statuses = [client.post(f"{URL}verifikasi/", {"version": 1}).status_code for _click in range(2)]
    assert statuses == [302, 302]
    assert "Sudah diverifikasi" in client.get("/ruang-kerja/nilai/antrean/").content.decode()


def test_the_person_who_entered_it_sees_no_button_and_is_refused(other_planner, client_for, value):
    client = client_for(other_planner)
    page = client.get(f"{URL}periksa/").content.decode()
    assert f'action="{URL}verifikasi/"' not in page
    assert client.post(f"{URL}verifikasi/", {"version": 1}).status_code == 403
    assert client.post(f"{URL}kembalikan/", {"version": 1, "comment": "Salah."}).status_code == 403


@pytest.mark.parametrize("version", ["", "abc", "0", "9" * 30, "9" * 5_000, "\x00"])
def test_a_stale_or_senseless_version_shows_the_value_again(client, value, version):
    response = client.post(f"{URL}verifikasi/", {"version": version})
    assert response.status_code == 409
    value.refresh_from_db()
    assert value.state == State.SUBMITTED


def test_a_value_is_returned_with_a_comment_that_its_author_reads(client, value, client_for, other_planner):
    empty = client.post(f"{URL}kembalikan/", {"version": 1, "comment": "  "})
    assert empty.status_code == 200
    assert "comment" in empty.context["form"].errors
    assert client.post(f"{URL}kembalikan/", {"version": 1, "comment": "Sumbernya mana?"}).status_code == 302
    page = client_for(other_planner).get(URL).content.decode()
    assert "Sumbernya mana?" in page
    again = client.post(f"{URL}kembalikan/", {"version": 1, "comment": "Sumbernya mana?"})
    assert again.status_code == 302


def test_a_comment_is_kept_when_the_value_changed_meanwhile(client, value):
    Measurement.objects.filter(pk=value.pk).update(version=2)
    response = client.post(f"{URL}kembalikan/", {"version": 1, "comment": "Kalimat yang panjang."})
    assert response.status_code == 409
    assert "Kalimat yang panjang." in response.content.decode()


def test_a_verified_value_opens_again_with_a_reason(client, value):
    client.post(f"{URL}verifikasi/", {"version": 1})
    assert "Formulir ini terkunci" in client.get(URL).content.decode()
    without = client.post(f"{URL}buka/", {"version": 2, "reason": ""})
    assert "reason" in without.context["form"].errors
    for _click in range(2):
        response = client.post(f"{URL}buka/", {"version": 2, "reason": "Salah satuan."})
        assert response.status_code == 302
    page = client.get(URL).content.decode()
    assert "Salah satuan." in page
    assert 'name="submit"' in page
    assert value.reopenings.count() == 1


def test_a_closed_period_opens_for_one_value(client, value):
    period = PeriodFactory(code="2024", closes_at=date(2025, 3, 1))
    url = URL.replace("2025", period.code)
    assert "sudah ditutup" in client.get(url).content.decode()
    assert client.post(f"{url}buka/", {"version": 0, "reason": "Data terlambat."}).status_code == 302
    assert 'name="submit"' in client.get(url).content.decode()


def test_the_day_until_which_it_is_open_is_suggested_checked_and_shown(client, value):
    client.post(f"{URL}verifikasi/", {"version": 1})
    today = wib_date(timezone.now())
    assert str(today + timedelta(days=14)) in client.get(f"{URL}buka/").content.decode()
    asked = {"version": 2, "reason": "Salah satuan."}
    over = client.post(f"{URL}buka/", asked | {"until": str(today - timedelta(days=1))})
    assert "until" in over.context["form"].errors
    client.post(f"{URL}buka/", asked | {"until": str(today)})
    assert value.reopenings.get().until == today
    assert "terbuka sampai" in client.get(URL).content.decode()


def test_what_does_not_exist_is_404(client):
    for page in ("periksa/", "riwayat/"):
        assert client.get(URL.replace("2025", "2019") + page).status_code == 404
    assert client.post(URL.replace("uji", "lain") + "verifikasi/", {"version": 1}).status_code == 404


def test_the_queue_is_empty_with_words_and_cheap_when_full(
    client, value, other_planner, django_assert_max_num_queries
):
    for year in range(2010, 2020):
        MeasurementFactory(submitted=True, entered_by=other_planner, period=PeriodFactory(code=str(year)))
    client.get("/ruang-kerja/nilai/antrean/")
    with django_assert_max_num_queries(7):
        client.get("/ruang-kerja/nilai/antrean/")
    Measurement.objects.update(state=State.DRAFT)
    assert "Tidak ada yang menunggu verifikasi" in client.get("/ruang-kerja/nilai/antrean/").content.decode()
