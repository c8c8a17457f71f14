"""Erasing a person: asked, thought over, done; afterwards no trace of them is left in any table."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ecosystem.models import AgendaEvent, Booking, BookingStep, OutgoingMail, User
from ecosystem.services import mail, mail_texts
from roadmap.models import Measurement
from startups.models import (
    ChangeSet,
    ConsentRecord,
    DataRequest,
    FreshnessAsk,
    ImportBatch,
    ImportedEntry,
    Invitation,
    Membership,
    ModerationEvent,
    Startup,
    Tombstone,
)
from startups.services import data_requests, erasure
from tests.ecosystem.facility_factories import make_occurrence, make_space
from tests.ecosystem.factories import UserFactory
from tests.races import at_once
from tests.roadmap.factories import MeasurementFactory
from tests.route_world import just_confirmed
from tests.startups.factories import (
    ClaimFactory,
    ContactPointFactory,
    ModerationItemFactory,
    ProblemReportFactory,
    StartupFactory,
)

pytestmark = pytest.mark.django_db
URL = "/akun/data-saya/hapus/"
# Stands in everything that the person is, wrote or was sent.
MARKER = "zulkarnaenmarker"
NAME = f"Sri {MARKER}"


def later(hours=25):
    return timezone.now() + timedelta(hours=hours)


@pytest.fixture
def person(make_user):
    return make_user(f"{MARKER}@example.org", name=NAME)


def places_of(marker):
    """Return every column of the database in whose text the marker stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'"
            " AND c.data_type NOT IN ('bytea', 'boolean')"
        )
        columns = cursor.fetchall()
        found = []
        for table, column in columns:
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ILIKE %s', [f"%{marker}%"])
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return found


def live(person):
    """Let the person leave traces wherever the portal keeps any; return (their own entry, another's entry)."""
    EmailAddress.objects.create(user=person, email=f"kedua-{MARKER}@example.org", verified=True)
    own = StartupFactory(name=f"Studio {MARKER}", owner=person, created_by=person)
    own.summary = f"Studio milik {NAME}"
    own.save()
    own.logo.save("logo.webp", ContentFile(b"RIFF"), save=False)
    own.logo_alt = f"Foto {NAME}"
    own.save()
    merged = StartupFactory(name=f"Lama {MARKER}")
    Startup.objects.filter(pk=merged.pk).update(lifecycle="merged", merged_into=own)
    ContactPointFactory(startup=own, value=person.email)
    shared = StartupFactory(name="Studio Bersama", owner=UserFactory())
    Membership.objects.create(startup=shared, user=person, role="owner")
    ContactPointFactory(startup=shared, value=person.email.upper())
    ClaimFactory(startup=StartupFactory(claim="claim_open"), user=person, statement=f"Saya {NAME}")
    ChangeSet.objects.create(
        startup=shared, proposed={"name": "X"}, base={}, reason=f"Kata {NAME}", proposed_by=person
    )
    ConsentRecord.objects.create(
        user=person, startup=own, purpose="directory", text_version="2026-11-22", language="id"
    )
    Invitation.objects.create(
        startup=shared, email=person.email, role="editor", token_hash="a" * 64, expires_at=later()
    )
    batch = ImportBatch.objects.create(
        file="x.csv", file_name="x.csv", rows=[{"line": 1, "values": {"email": person.email}}]
    )
    ImportedEntry.objects.create(batch=batch, startup=StartupFactory(), line=1, email=person.email)
    FreshnessAsk.objects.create(
        startup=shared, cycle=timezone.localdate(), round=0, user=person, email=person.email,
        token_hash="b" * 64, sent_at=timezone.now(), expires_at=later(),
    )  # fmt: skip
    ProblemReportFactory(startup=shared, reply_to=person.email, text=f"Dari {NAME}, {person.email}")
    item = ModerationItemFactory(startup=shared)
    for by, note in ((person, f"Saya {MARKER}"), (UserFactory(), f"Halo {NAME} <{person.email}>")):
        ModerationEvent.objects.create(item=item, action="asked", note=note, by=by, at=timezone.now())
    for address, text in ((person.email, "Isi"), ("lain@example.org", f"{person.email} bertanya")):
        mail.put(address, mail_texts.lay_out(f"Untuk {NAME}", text, language="id"), language="id")
    data_requests.ask(person, "correction", text=f"Nama saya {NAME}")
    book(person)
    return own, shared


def book(person):
    """Let the person have booked a room for the day after tomorrow, with an event, and a month ago."""
    for days in (2, -30):
        date = make_occurrence(
            make_space(),
            later(24 * days),
            booker=person,
            note=NAME,
            contact_phone=MARKER,
            organization_name=NAME,
        )
        Booking.objects.filter(pk=date.booking_id).update(title=NAME, reason=NAME)
        BookingStep.objects.create(booking=date.booking, what="requested", actor=person, note=NAME)
        event = AgendaEvent(
            facility=date.space.facility, booking=date.booking, occurrence=date, slug=f"a-{days}"
        )
        event.title, event.organizer, event.kind = "Bincang", NAME, "talk"
        event.starts_at, event.ends_at, event.is_published = date.starts_at, date.ends_at, True
        event.save()
        event.summary = NAME
        event.save()


def erase(person, **words):
    request = data_requests.ask_erasure(person, erase_entries=True)
    return request, erasure.execute(request.pk, now=later(**words))


def test_after_an_erasure_no_trace_is_left_in_any_table(person, client_for):
    own, shared = live(person)
    logo = str(own.logo)
    measurement = MeasurementFactory(entered_by=person, submitted=True)
    client_for(person).get("/ruang-kerja/")
    copy = data_requests.ask(person, "access")
    data_requests.make_copy(copy.pk, now=timezone.now())
    copy.refresh_from_db()
    # The negative control: the search does find the person before.
    before = places_of(MARKER)
    assert len(before) > 20
    assert "startups_claimevent.statement" in before
    request, was_erased = erase(person)
    assert was_erased
    assert places_of(MARKER) == []
    assert sorted(Booking.objects.values_list("state", "booker")) == [
        ("cancelled", None),
        ("confirmed", None),
    ]
    # What others need stays, without the person.
    measurement.refresh_from_db()
    assert measurement.entered_by is None
    assert Measurement.objects.count() == 1
    assert Startup.objects.filter(pk=shared.pk).exists()
    assert not Startup.objects.filter(pk=own.pk).exists()
    assert Tombstone.objects.get(uuid=own.uuid).reason == "erased"
    assert not default_storage.exists(logo)
    assert not default_storage.exists(str(copy.file))
    request.refresh_from_db()
    assert (request.state, request.user) == ("done", None)
    assert Startup.objects.filter(claim="claim_open").count() == 0


def test_an_address_inside_a_longer_one_and_other_people_stay(person, make_user):
    neighbour = make_user(f"x{MARKER}@example.org", name="Tetangga")
    StartupFactory(owner=neighbour, summary=f"Tulis ke x{MARKER}@example.org")
    words = mail_texts.lay_out("Anggota baru", f"Bersama {person.email}.", language="id")
    mail.put(neighbour.email, words, language="id")
    mail.put("lain@example.org", words, language="id", reply_to=neighbour.email)
    mail.put("lain@example.org", words, language="id", reply_to=person.email)
    erase(person)
    # Mails to others go out, without the erased person.
    waiting = OutgoingMail.objects.order_by("pk")
    assert [(row.to, row.text.count(MARKER)) for row in waiting] == [
        (neighbour.email, 0),
        ("lain@example.org", 0),
    ]
    assert User.objects.filter(pk=neighbour.pk).exists()
    assert Startup.objects.filter(summary__contains=neighbour.email).exists()


def test_every_picture_of_an_entry_goes_also_one_that_was_replaced(person):
    startup = StartupFactory(owner=person)
    earlier = default_storage.save(f"logos/{startup.uuid.hex}/lama-192.webp", ContentFile(b"RIFF"))
    startup.logo.save("logo.webp", ContentFile(b"RIFF"), save=False)
    startup.logo_alt = "Logo"
    startup.save()
    erase(person)
    assert not default_storage.exists(earlier)
    assert not default_storage.exists(str(startup.logo))


def test_the_person_is_signed_out_everywhere(person, client_for):
    client = client_for(person)
    erase(person)
    assert "/akun/login/" in client.get("/akun/data-saya/")["Location"]


def test_nothing_happens_before_the_day_is_over_and_a_cancelled_erasure_never(person, client_for):
    request = data_requests.ask_erasure(person, erase_entries=False)
    assert not erasure.execute(request.pk, now=later(hours=23))
    assert data_requests.erasures_due(later(hours=23)) == []
    assert data_requests.erasures_due(later()) == [request.pk]
    page = client_for(person).post(reverse("startups:data_erasure_cancel"), follow=True)
    assert "dibatalkan" in page.content.decode()
    assert not erasure.execute(request.pk, now=later())
    assert User.objects.filter(pk=person.pk).exists()
    assert data_requests.ask_erasure(person, erase_entries=False).pk != request.pk


def test_it_is_done_within_the_72_hours_of_the_law(person):
    request = data_requests.ask_erasure(person, erase_entries=False)
    assert data_requests.executes_at(request) + timedelta(hours=1) < request.due_at


def test_an_erasure_that_is_executed_twice_erases_once(person):
    request, was_erased = erase(person)
    assert was_erased
    assert not erasure.execute(request.pk, now=later())


def test_the_form_explains_and_asks_the_password_again(person, client_for):
    StartupFactory(name="Studio Sendiri", owner=person)
    client = client_for(person)
    assert "/akun/reauthenticate/" in client.get(URL)["Location"]
    just_confirmed(client, person)
    page = client.get(URL).content.decode()
    assert "Studio Sendiri" in page
    refused = client.post(URL, {"understood": "on"})
    assert refused.status_code == 200
    assert "error-summary" in refused.content.decode()
    assert not DataRequest.objects.exists()
    client.post(URL, {"understood": "on", "erase_entries": "on"})
    assert DataRequest.objects.get().erase_entries == [Startup.objects.get().pk]
    assert "Akun Anda akan dihapus" in client.get("/akun/data-saya/").content.decode()


def test_staff_are_told_why_not(coordinator, client_for):
    client = client_for(coordinator)
    just_confirmed(client, coordinator)
    assert "milik sebuah kantor" in client.get(URL).content.decode()
    client.post(URL, {"understood": "on"})
    assert not DataRequest.objects.exists()
    with pytest.raises(data_requests.NotPossible, match="staff"):
        data_requests.ask_erasure(coordinator, erase_entries=True)


def test_the_only_owner_of_a_public_entry_says_so_first(person):
    StartupFactory(owner=person)
    with pytest.raises(data_requests.NotPossible, match="last_owner"):
        data_requests.ask_erasure(person, erase_entries=False)


def test_an_entry_that_came_later_is_not_erased_by_surprise(person, client_for):
    request = data_requests.ask_erasure(person, erase_entries=True)
    StartupFactory(owner=person)
    assert not erasure.execute(request.pk, now=later())
    request.refresh_from_db()
    assert request.state == "refused"
    assert User.objects.filter(pk=person.pk).exists()
    assert Startup.objects.count() == 1
    # Whoever waits for the end of the account reads why it is still there.
    assert "satu-satunya pemilik" in OutgoingMail.objects.order_by("-pk")[0].text
    page = client_for(person).get("/akun/data-saya/").content.decode()
    assert "satu-satunya pemilik" in page
    assert "Ditolak" in page


def test_a_stranger_cancels_nothing(person, client_for, founder):
    request = data_requests.ask_erasure(person, erase_entries=False)
    client_for(founder).post(reverse("startups:data_erasure_cancel"))
    assert "/akun/login/" in Client().post(reverse("startups:data_erasure_cancel"))["Location"]
    request.refresh_from_db()
    assert request.state == "open"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_erase_once(person):
    request = data_requests.ask_erasure(person, erase_entries=False)
    done = at_once(*[lambda: erasure.execute(request.pk, now=later())] * 2)
    assert sorted(done) == [False, True]
