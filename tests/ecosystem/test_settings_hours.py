"""A manager sets opening hours: preview first, bookings are marked and never deleted, two managers at once."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ecosystem.models import Occurrence, OpeningHours
from ecosystem.public_holidays import holidays_between
from tests.ecosystem.facility_factories import (
    FacilityFactory,
    make_hours,
    make_manager,
    make_occurrence,
    make_space,
    noon_in,
)

pytestmark = pytest.mark.django_db
ALL_DAYS = {f"day_{number}": "=" for number in range(1, 7)}


@pytest.fixture
def facility():
    return FacilityFactory(slug="gedung-uji")


@pytest.fixture
def client(manager, client_for):
    return client_for(manager)


def address(facility, name, *rest):
    return reverse(f"ecosystem:{name}", args=[facility.slug, *rest])


def today():
    return timezone.localdate()


def weekly(**fields):
    values = {
        "name": "Jam Ramadan",
        "cause": "ramadan",
        "valid_from": today().isoformat(),
        "valid_to": (today() + timedelta(days=30)).isoformat(),
        "day_0": "08.00-11.00",
    }
    return values | ALL_DAYS | fields


def hidden(response):
    form = response.context["form"]
    return {"previewed": form["previewed"].value(), "state": form["state"].value()}


def previewed(client, url, values):
    """Send for the preview, then save what it showed."""
    response = client.post(url, values | {"preview": "1"})
    assert response.status_code == 200, response.context["form"].errors
    assert response.context["preview"]
    return values | hidden(response) | {"save": "1"}


def test_the_list_shows_what_counts_and_why(client, facility):
    make_hours(facility)
    day = today() + timedelta(days=2)
    make_hours(
        facility, kind="special", cause="holiday", name="Hari Uji", weekdays=[], valid_from=day, valid_to=day
    )
    page = client.get(address(facility, "hours_list"))
    days = {one.day: one for one in page.context["days"]}
    assert len(days) == 56
    assert days[day].times == () and days[day].reason.name == "Hari Uji"
    assert "08.00–21.00" in page.content.decode()


def test_nothing_is_saved_before_it_was_seen(client, facility):
    make_hours(facility)
    response = client.post(address(facility, "hours_create"), weekly() | {"save": "1"})
    assert response.status_code == 200
    assert response.context["preview"].changed_days == 31
    assert OpeningHours.objects.count() == 1


def test_a_changed_form_is_previewed_again(client, facility):
    url = address(facility, "hours_create")
    values = previewed(client, url, weekly())
    response = client.post(url, values | {"day_0": "09.00-10.00"})
    assert response.status_code == 200 and OpeningHours.objects.count() == 0


def test_ramadan_hours_mark_the_bookings_they_leave_outside(client, facility):
    make_hours(facility)
    room = make_space(facility)
    inside = make_occurrence(room, noon_in(3).replace(hour=9))
    outside = make_occurrence(room, noon_in(3))
    url = address(facility, "hours_create")
    response = client.post(url, weekly(counts_for_all_spaces="on"))
    assert [one.pk for one in response.context["preview"].outside] == [outside.pk]
    assert outside.booking.code in response.content.decode()
    saved = client.post(url, weekly(counts_for_all_spaces="on") | hidden(response) | {"save": "1"})
    assert saved.status_code == 302
    flags = dict(Occurrence.objects.values_list("pk", "is_outside_hours"))
    assert flags == {inside.pk: False, outside.pk: True}
    assert set(Occurrence.objects.values_list("state", flat=True)) == {"confirmed"}


def test_hours_for_all_spaces_reach_rooms_with_their_own(client, facility):
    make_hours(facility)
    room = make_space(facility)
    make_hours(facility, space=room, opens="10:00", closes="22:00")
    url = address(facility, "hours_create")
    alone = client.post(url, weekly()).context["preview"].spaces
    all_of_them = client.post(url, weekly(counts_for_all_spaces="on")).context["preview"].spaces
    assert alone == [(room, 0)] and all_of_them == [(room, 31)]


def test_sample_hours_become_real_when_a_manager_says_so(client, facility):
    row = make_hours(facility, is_sample=True)
    url = address(facility, "hours_edit", row.pk)
    page = client.get(url)
    values = {name: page.context["form"][name].value() for name in ("name", "cause", "day_0")}
    values = weekly(valid_from=str(row.valid_from), valid_to="") | values
    for is_real in ({}, {"is_real": "on"}):
        response = client.post(url, previewed(client, url, values | is_real))
        assert response.status_code == 302
        assert OpeningHours.objects.get().is_sample is not bool(is_real)
    assert "is_real" not in client.get(url).context["form"].fields


def test_the_save_button_pressed_twice_saves_once(client, facility):
    url = address(facility, "hours_create")
    values = previewed(client, url, weekly())
    assert [client.post(url, values).status_code for _ in range(2)] == [302, 302]
    assert OpeningHours.objects.count() == 1


def test_two_managers_at_once_see_what_the_other_saved(client, facility):
    hours = make_hours(facility)
    url = address(facility, "hours_edit", hours.pk)
    values = weekly(name="Jam saya", cause="regular", valid_to="")
    mine = previewed(client, url, values)
    other = previewed(client, url, values | {"name": "Jam lain"})
    assert client.post(url, other).status_code == 302
    stale = client.post(url, mine)
    assert stale.status_code == 409
    assert {"label": "Nama", "typed": "Jam saya", "stands": "Jam lain"} in stale.context["conflict"]
    hours.refresh_from_db()
    assert hours.name == "Jam lain"
    # The preview was made anew; saving again is a decision.
    assert client.post(url, mine | hidden(stale)).status_code == 302
    hours.refresh_from_db()
    assert hours.name == "Jam saya"


def test_hours_removed_meanwhile_are_not_saved(client, facility):
    hours = make_hours(facility)
    url = address(facility, "hours_edit", hours.pk)
    values = previewed(client, url, weekly())
    hours.delete()
    assert client.post(url, values).status_code == 302
    assert OpeningHours.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"day_0": "pagi sampai sore"}, "day_0"),
        ({"day_1": "25.00-26.00"}, "day_1"),
        ({"day_2": "08.00-08.00"}, "day_2"),
        ({"day_3": "08.00-12.00, 11.00-13.00"}, "day_3"),
        ({"day_4": ",".join(f"{hour:02}.00-{hour:02}.30" for hour in range(8))}, "day_4"),
        ({"day_0": "="}, "day_0"),
        ({"day_0": "8" * 300}, "day_0"),
        ({"name": ""}, "name"),
        ({"valid_from": "bukan tanggal"}, "valid_from"),
        ({"valid_from": "0001-01-01"}, "valid_from"),
        ({"valid_to": "2020-01-01"}, "valid_to"),
        ({"cause": "apa"}, "cause"),
        ({"space": "999999"}, "space"),
    ],
)
def test_bad_input_is_explained_beside_the_field_and_kept(client, facility, fields, name):
    response = client.post(address(facility, "hours_create"), weekly(**fields))
    form = response.context["form"]
    assert response.status_code == 200 and name in form.errors
    assert form["cause"].value() == fields.get("cause", "ramadan")
    assert form[name].value() == fields[name]
    assert OpeningHours.objects.count() == 0


def test_several_spans_and_past_midnight_are_stored_as_typed(client, facility):
    url = address(facility, "hours_create")
    values = weekly(day_4="18.00-02.00", day_5="08-12, 13.30 - 24.00", day_6="")
    client.post(url, previewed(client, url, values))
    spans = list(
        OpeningHours.objects.get().spans.values_list(
            "weekday", "opens__hour", "closes__hour", "closes_next_day"
        )
    )
    assert spans == [(0, 8, 11, False), (1, 8, 11, False), (2, 8, 11, False), (3, 8, 11, False), (4, 18, 2, True),
                     (5, 8, 12, False), (5, 13, 0, True)]  # fmt: skip
    page = client.get(address(facility, "hours_edit", OpeningHours.objects.get().pk))
    assert page.context["form"]["day_5"].value() == "08.00–12.00, 13.30–24.00"


def test_special_days_close_or_open_otherwise(client, facility):
    make_hours(facility)
    url = address(facility, "hours_create") + "?jenis=hari-khusus"
    day = (today() + timedelta(days=5)).isoformat()
    values = {
        "name": "Pameran",
        "cause": "event",
        "valid_from": day,
        "valid_to": "",
        "is_closed": "0",
        "times": "09-23",
    }
    assert client.post(url, values | {"is_closed": "1"}).context["form"].errors.keys() == {"times"}
    assert client.post(url, values | {"times": ""}).context["form"].errors.keys() == {"times"}
    client.post(url, previewed(client, url, values))
    row = OpeningHours.objects.get(kind="special")
    assert row.valid_from == row.valid_to and row.spans.count() == 7
    assert (
        client.get(address(facility, "hours_edit", row.pk)).context["form"]["times"].value() == "09.00–23.00"
    )


def test_a_copy_begins_as_last_year(client, facility):
    last = make_hours(facility, name="Ramadan 2026", cause="ramadan", opens="08:00", closes="15:00",
                      counts_for_all_spaces=True, valid_to=date(2026, 3, 1))  # fmt: skip
    form = client.get(address(facility, "hours_create") + f"?dari={last.pk}").context["form"]
    assert form["name"].value() == "Ramadan 2026" and form["day_6"].value() == "08.00–15.00"
    assert form["counts_for_all_spaces"].value() is True and not form["valid_from"].value()
    # The copy of a sample is no more real than the sample.
    OpeningHours.objects.update(is_sample=True)
    url = address(facility, "hours_create") + f"?dari={last.pk}"
    client.post(url, previewed(client, url, weekly()))
    assert OpeningHours.objects.latest("pk").is_sample


def test_removing_shows_what_happens_and_happens_once(client, facility):
    make_hours(facility)
    short = make_hours(
        facility, opens="08:00", closes="10:00", valid_from=today(), valid_to=today() + timedelta(days=6)
    )
    url = address(facility, "hours_remove", short.pk)
    page = client.get(url)
    assert page.context["preview"].changed_days == 7
    values = {"state": page.context["state"]}
    assert client.post(url, {"state": "alt"}).status_code == 409
    assert [client.post(url, values).status_code for _ in range(2)] == [302, 302]
    assert not OpeningHours.objects.filter(pk=short.pk).exists()


def test_holidays_are_proposed_and_only_the_ticked_ones_close(client, facility):
    make_hours(facility)
    url = address(facility, "holiday_apply")
    proposed = client.get(url).context["form"].holidays
    assert len(proposed) > 15 and OpeningHours.objects.count() == 1
    chosen = sorted(proposed)[:2]
    response = client.post(url, {"days": chosen})
    assert OpeningHours.objects.count() == 1
    values = {"days": chosen, "save": "1"} | hidden(response)
    assert [client.post(url, values).status_code for _ in range(2)] == [302, 302]
    closed = OpeningHours.objects.filter(kind="special")
    assert sorted(str(one.valid_from) for one in closed) == chosen
    assert all(not one.spans.exists() and one.name for one in closed)
    assert set(client.get(url).context["form"].holidays).isdisjoint(chosen)


@pytest.mark.parametrize("days", [[], ["2020-01-01"], ["apa"]])
def test_no_holiday_or_an_unknown_one_is_refused(client, facility, days):
    response = client.post(address(facility, "holiday_apply"), {"days": days})
    assert response.status_code == 200 and "days" in response.context["form"].errors


def test_holidays_have_names_in_both_languages():
    found = holidays_between(date(2027, 1, 1), date(2027, 12, 31))
    assert all(one.name and one.name_en and "(" not in one.name for one in found)
    assert {one.is_collective_leave for one in found} == {True, False}
    eid = next(one for one in found if one.day == date(2027, 3, 10))
    assert (eid.name, eid.is_estimate) == ("Hari Raya Idul Fitri", True)


PAGES = ["hours_list", "hours_create", "holiday_apply"]


@pytest.mark.parametrize("name", PAGES)
def test_another_facilitys_manager_does_not_learn_of_the_page(client, facility, name):
    client.force_login(make_manager(FacilityFactory()))
    assert client.get(address(facility, name)).status_code == 404


@pytest.mark.parametrize("name", ["hours_edit", "hours_remove"])
def test_hours_of_another_facility_are_not_found(client, facility, name):
    other = make_hours(FacilityFactory())
    assert client.get(address(facility, name, other.pk)).status_code == 404


def test_the_number_of_queries_does_not_grow(client, facility, django_assert_num_queries):
    for _ in range(3):
        make_hours(facility)
    client.get(address(facility, "hours_list"))
    with django_assert_num_queries(11):
        client.get(address(facility, "hours_list"))
    for _ in range(5):
        make_hours(facility)
    with django_assert_num_queries(11):
        client.get(address(facility, "hours_list"))
