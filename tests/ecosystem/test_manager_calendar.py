"""The managers' calendar: who sees it, what stands where, and in how few queries."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from ecosystem import manager_calendar
from ecosystem.models import Closure, Occurrence
from tests.ecosystem.facility_factories import (
    TUESDAY,
    FacilityFactory,
    PolicyFactory,
    at,
    make_hours,
    make_manager,
    make_occurrence,
    make_space,
)
from tests.ecosystem.factories import UserFactory

pytestmark = pytest.mark.django_db
URL = "/ruang-kerja/fasilitas/mcc/"


@pytest.fixture
def client(manager, client_for):
    return client_for(manager)


def kinds(lane):
    return [(cell.kind, cell.columns) for cell in lane]


# --- who -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page", ["", "permintaan/", "cari/", "lembar-hari/", "pesan/", "penutupan/", "penutupan/baru/"]
)
def test_another_facilitys_manager_and_strangers_find_nothing(facility, client_for, page):
    elsewhere = make_manager(FacilityFactory(slug="lain"))
    without_role = UserFactory()
    facility.managers.create(user=without_role)
    assert client_for(elsewhere).get(URL + page).status_code == 404
    assert client_for(without_role).get(URL + page).status_code == 404
    assert client_for().get(URL + page).status_code == 302


def test_an_administrator_sees_all(facility, client_for, admin_user):
    assert client_for(admin_user).get(URL).status_code == 200


def test_who_gets_a_facility_without_the_role_is_named(facility, client_for, admin_user):
    person = UserFactory(name="Pak Joko")
    values = {"facility": facility.pk, "user": person.pk}
    url = "/pengelola/ecosystem/facilitymanager/add/"
    page = client_for(admin_user).post(url, values, headers={"accept-language": "en"}, follow=True)
    assert facility.managers.filter(user=person).exists()
    assert "Pak Joko" in " ".join(map(str, page.context["messages"]))


# --- the home page ---------------------------------------------------------------------------------------


def test_the_home_page_says_what_needs_somebody_today(facility, client, django_assert_max_num_queries):
    now = timezone.now()
    space = make_space(facility)
    late = make_occurrence(
        space, now + timedelta(days=2), state="pending", answer_by=now - timedelta(hours=1)
    )
    make_occurrence(space, now + timedelta(days=3), state="pending", answer_by=now + timedelta(hours=1))
    make_occurrence(make_space(facility), timezone.localtime().replace(hour=12, minute=0))
    Occurrence.objects.filter(pk=late.pk).update(is_outside_hours=True)
    Closure.objects.create(
        facility=facility,
        starts_at=now + timedelta(days=1),
        ends_at=now + timedelta(days=2),
        reason="Listrik",
    )
    for _ in range(3):
        other = FacilityFactory()
        other.managers.create(user=facility.managers.get().user)
    with django_assert_max_num_queries(12):
        response = client.get("/ruang-kerja/fasilitas/")
    row = next(one for one in response.context["rows"] if one.facility == facility)
    assert (row.to_decide, row.late, row.today, row.outside_hours) == (2, 1, 1, 1)
    assert [closure.reason for closure in row.closures] == ["Listrik"]
    assert len(response.context["rows"]) == 4


def test_the_home_page_is_for_managers(client_for, founder):
    assert client_for(founder).get("/ruang-kerja/fasilitas/").status_code == 403


def test_the_work_room_leads_managers_to_their_facilities(facility, client, client_for, founder):
    assert "/ruang-kerja/fasilitas/" in client.get("/ruang-kerja/").content.decode()
    assert "/ruang-kerja/fasilitas/" not in client_for(founder).get("/ruang-kerja/").content.decode()


# --- a day -----------------------------------------------------------------------------------------------


def test_a_day_is_quarter_hours_from_opening_to_closing(facility):
    space = make_space(facility)
    make_occurrence(space, at(9, 30), hours=1)
    table = manager_calendar.day_table(facility, TUESDAY)
    assert [timezone.localtime(hour).hour for hour in table.hours] == list(range(8, 21))
    (row,) = table.rows
    assert kinds(row.lanes[0]) == [("free", 6), ("booking", 4), ("free", 42)]


def test_requests_that_compete_stand_in_lanes(facility):
    hall = make_space(facility, policy=PolicyFactory(facility=facility, mode="curated"))
    for _ in range(2):
        make_occurrence(hall, at(10), state="cancelled", hours=2)
    Occurrence.objects.update(state="pending")
    (row,) = manager_calendar.day_table(facility, TUESDAY).rows
    assert kinds(row.lanes[1]) == [("gap", 8), ("booking", 8), ("gap", 36)]


def test_a_booked_floor_blocks_its_rooms_in_the_calendar_too(facility):
    floor = make_space(facility, kind="floor", name="Lantai 2")
    room = make_space(parent=floor)
    make_occurrence(floor, at(8), hours=13)
    rows = {row.space.pk: row for row in manager_calendar.day_table(facility, TUESDAY).rows}
    assert kinds(rows[room.pk].lanes[0]) == [("blocked", 52)]
    assert rows[room.pk].lanes[0][0].text.startswith("Lantai 2:")
    assert (rows[floor.pk].depth, rows[room.pk].depth) == (0, 1)


def test_closed_hours_closures_and_odd_minutes_keep_the_columns_whole(facility):
    space = make_space(facility)
    make_hours(facility, space=space, opens="09:10", closes="17:50")
    make_occurrence(space, at(10, 5), hours=1)
    make_occurrence(space, at(11, 5), hours=1)
    Closure.objects.create(facility=facility, space=space, starts_at=at(15), ends_at=at(16), reason="Lampu")
    other = make_space(facility)
    table = manager_calendar.day_table(facility, TUESDAY)
    for row in table.rows:
        assert [sum(cell.columns for cell in lane) for lane in row.lanes] == [table.columns] * len(row.lanes)
    assert [row.space.pk for row in table.rows] == [space.pk, other.pk]


def test_the_page_links_each_booking_and_each_free_time(facility, client):
    space = make_space(facility, slug="siniar")
    day = timezone.localdate() + timedelta(days=3)
    occurrence = make_occurrence(space, at(9, day=day))
    page = client.get(URL, {"tanggal": day.isoformat()}).content.decode()
    assert f"{URL}pesanan/{occurrence.booking.code}/" in page
    assert f"ruang=siniar&amp;tanggal={day.isoformat()}&amp;mulai=10:00" in page
    assert "Latihan" in page


@pytest.mark.parametrize("value", ["", "kemarin", "2026-02-30", "0001-01-01", "9999-12-31", "\x00"])
def test_a_day_that_makes_no_sense_is_today(facility, client, value):
    make_space(facility)
    response = client.get(URL, {"tanggal": value, "tampilan": "apa"})
    assert response.context["day"] == timezone.localdate()


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("view", ["hari", "minggu"])
def test_the_queries_of_the_calendar_do_not_grow(facility, client, prefix, view, django_assert_num_queries):
    day = date(2026, 12, 1)

    def fill():
        for number in range(3):
            make_occurrence(make_space(facility), at(9 + number, day=day))

    def queries():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as found:
            assert client.get(prefix + URL, {"tanggal": "2026-12-01", "tampilan": view}).status_code == 200
        return len(found)

    fill()
    queries()
    before = queries()
    fill()
    assert queries() == before <= 13


def test_a_week_has_what_each_day_has(facility, client):
    space = make_space(facility)
    make_occurrence(space, at(9, day=date(2026, 12, 3)))
    (row,) = manager_calendar.week_rows(facility, date(2026, 11, 30))
    assert [len(day.cells) for day in row.days] == [0, 0, 0, 1, 0, 0, 0]
    assert all(day.is_open for day in row.days)


# --- the day sheet and the search ------------------------------------------------------------------------


def test_the_day_sheet_lists_confirmed_dates_with_codes_and_boxes(
    facility, client, django_assert_max_num_queries
):
    space = make_space(facility, name="Studio siniar")
    kept = make_occurrence(space, at(9))
    make_occurrence(space, at(11), state="cancelled")
    Closure.objects.create(facility=facility, starts_at=at(12), ends_at=at(14), reason="Lampu diganti")
    with django_assert_max_num_queries(10):
        response = client.get(f"{URL}lembar-hari/", {"tanggal": "2026-12-01"})
    page = response.content.decode()
    assert [row.pk for row in response.context["rows"]] == [kept.pk]
    assert kept.booking.code in page
    assert "tick-box" in page
    assert "09.00–10.00" in page and "Lampu diganti" in page
    assert "/hadir/" not in page


def test_the_day_sheet_goes_through_the_building_floor_by_floor(facility, client):
    floors = [make_space(facility, kind="floor", slug=f"lantai-{number}", order=number) for number in (2, 3)]
    # Numbered as they were added: the rooms of the lower floor last.
    rooms = [make_space(parent=floor, order=9 - floor.order) for floor in floors]
    for room in rooms:
        make_occurrence(room, at(9))
    rows = client.get(f"{URL}lembar-hari/", {"tanggal": "2026-12-01"}).context["rows"]
    assert [row.space for row in rows] == rooms


def test_who_comes_is_ticked_on_the_day_sheet(facility, client):
    soon = make_occurrence(make_space(facility), timezone.now() + timedelta(minutes=10))
    day = timezone.localdate(soon.starts_at).isoformat()
    sheet = f"{URL}lembar-hari/"
    url = f"{URL}tanggal/{soon.pk}/hadir/"
    assert url in client.get(sheet, {"tanggal": day}).content.decode()
    assert client.post(url, {"lembar": "1"})["Location"] == f"{sheet}?tanggal={day}"
    assert url not in client.get(sheet, {"tanggal": day}).content.decode()
    soon.refresh_from_db()
    assert soon.checked_in_at


def test_a_code_leads_to_its_booking_and_a_name_to_a_list(facility, client):
    occurrence = make_occurrence(make_space(facility), at(9), organization_name="Komunitas Kopi")
    code = occurrence.booking.code
    response = client.get(f"{URL}cari/", {"q": f" {code[:4].lower()} {code[4:]} "})
    assert response["Location"] == f"{URL}pesanan/{code}/"
    assert code in client.get(f"{URL}cari/", {"q": "kopi"}).content.decode()
    assert client.get(f"{URL}cari/", {"q": "\x00 %"}).status_code == 200
    elsewhere = make_occurrence(make_space(FacilityFactory(slug="lain")), at(9))
    response = client.get(f"{URL}cari/", {"q": elsewhere.booking.code})
    assert response.status_code == 200
    assert not response.context["page_obj"].object_list
