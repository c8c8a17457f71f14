"""A person's own data: the page, the copy, consents, requests and their clock."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from ecosystem.models import User
from startups import tasks
from startups.models import (
    ConsentRecord,
    ContactAccess,
    DataRequest,
    ImportBatch,
    Invitation,
    Membership,
    Tombstone,
)
from startups.services import data_copy, data_requests, merging
from tests.ecosystem.factories import UserFactory
from tests.startups.factories import ClaimFactory, ContactPointFactory, ModerationItemFactory, StartupFactory

pytestmark = pytest.mark.django_db
OVERVIEW = "/akun/data-saya/"
VERSION = "2026-11-22"


@pytest.fixture
def startup(founder):
    return StartupFactory(name="Gim Brantas", owner=founder, nib="1234567890123", street="Jalan Rahasia 7")


def consent(user, startup, purpose="directory"):
    return ConsentRecord.objects.create(
        user=user, startup=startup, purpose=purpose, text_version=VERSION, language="id"
    )


def contents(request):
    with request.file.open("rb") as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_page_says_what_is_held_in_few_queries(
    founder, startup, client_for, coordinator, prefix, django_assert_max_num_queries
):
    consent(founder, startup)
    for number in range(20):
        ContactAccess.objects.create(startup=startup, by=coordinator, reason=f"alasan {number}")
        StartupFactory(owner=founder)
    client = client_for(founder)
    with django_assert_max_num_queries(14):
        page = client.get(prefix + OVERVIEW)
    text = page.content.decode()
    assert founder.email in text
    assert "Gim Brantas" in text
    assert "alasan 19" in text
    # Who of the staff looked is the staff's own data.
    assert coordinator.name not in text
    assert coordinator.email not in text


def test_a_visitor_is_sent_to_the_sign_in(client_for):
    for name in ("data_overview", "data_request_create", "data_erasure", "data_copy_progress"):
        assert "/akun/login/" in client_for().get(reverse(f"startups:{name}"))["Location"]


def test_another_persons_copy_and_consent_do_not_exist(founder, startup, client_for, make_user):
    row = consent(founder, startup)
    request = data_requests.ask(founder, "access")
    data_requests.make_copy(request.pk, now=timezone.now())
    stranger = client_for(make_user("lain@example.org"))
    assert stranger.get(reverse("startups:data_copy_download", args=[request.pk])).status_code == 404
    assert stranger.get(reverse("startups:data_consent_withdraw", args=[row.pk])).status_code == 404
    assert stranger.post(reverse("startups:data_consent_withdraw", args=[row.pk])).status_code == 404
    row.refresh_from_db()
    assert row.withdrawn_at is None


# --- the copy --------------------------------------------------------------------------------------------


def test_the_copy_holds_everything_and_no_secret(founder, startup, make_user, coordinator):
    startup.logo.save("logo.webp", ContentFile(b"RIFFxxxxWEBP"), save=False)
    startup.logo_alt = "Logo"
    startup.save()
    ContactPointFactory(startup=startup, kind="whatsapp", value="0812999")
    other = make_user("orang-lain@example.org")
    Invitation.objects.create(
        startup=StartupFactory(), email=founder.email, role="editor", token_hash="rahasia-undangan",
        invited_by=other, expires_at=timezone.now(),
    )  # fmt: skip
    ClaimFactory(user=founder, statement="Saya pendirinya.")
    consent(founder, startup)
    request = data_requests.ask(founder, "access")
    assert data_requests.make_copy(request.pk, now=timezone.now())
    request.refresh_from_db()
    found = contents(request)
    data = json.loads(found["data.json"])
    assert data["account"]["email"] == founder.email
    (entry,) = data["entries"]
    assert (entry["nib"], entry["street"]) == ("1234567890123", "Jalan Rahasia 7")
    assert entry["contacts"][0]["value"] == "0812999"
    assert data["consents"][0]["text_version"] == VERSION
    assert "Saya pendirinya." in found["data.json"].decode()
    assert found[f"files/{startup.slug}-logo.webp"] == b"RIFFxxxxWEBP"
    assert any(name.endswith(".txt") for name in found)
    text = found["data.json"].decode()
    for secret in ("rahasia-undangan", founder.password, other.email):
        assert secret not in text


def test_the_copy_of_somebody_who_serves_others_does_not_hold_their_data(founder, startup, coordinator):
    stranger = UserFactory(email="orang-lain@example.org")
    later = timezone.now() + timedelta(days=9)
    Invitation.objects.create(
        startup=startup,
        email=stranger.email,
        role="editor",
        token_hash="x",
        invited_by=founder,
        expires_at=later,
    )
    ClaimFactory(user=stranger, statement="Kata orang-lain.", decided_by=founder, decided_at=later)
    ImportBatch.objects.create(
        file_name="x", created_by=founder, rows=[{"values": {"email": stranger.email}}]
    )
    ModerationItemFactory(startup=startup, assigned_to=founder, change={"street": "Rumah orang-lain"})
    LogEntry.objects.create(
        user=founder, content_type=ContentType.objects.get_for_model(User), object_id=str(stranger.pk),
        object_repr=stranger.email, action_flag=2,
    )  # fmt: skip
    data = data_copy.collect(founder)
    assert "orang-lain" not in json.dumps(data, default=str)
    # Which rows they are, and when, is the person's own.
    (batch,) = data["what_else_names_you"]["startups.ImportBatch.created_by"]
    assert batch["id"] == ImportBatch.objects.get().pk
    assert batch["created_at"]
    assert "startups.Invitation.invited_by" in data["what_else_names_you"]


def test_every_table_that_points_at_a_person_is_in_the_copy():
    """A new foreign key to the account is told without anybody remembering to."""
    names = {f"{field.model._meta.label}.{field.name}" for field in data_copy.fields_to(User)}
    # The first and the last have no way back from the account.
    assert {
        "startups.Invitation.invited_by",
        "roadmap.Measurement.entered_by",
        "startups.Claim.user",
        "admin.LogEntry.user",
        "startups.ModerationEvent.by",
    } < names
    tables = {name.rpartition(".")[0] for name in names}
    assert not tables & data_copy.TOLD_ELSEWHERE
    assert not any(table.endswith("Event") and table != "startups.ModerationEvent" for table in tables)


def test_asking_twice_makes_one_copy_and_the_mail_holds_no_key(founder, client_for, mailoutbox):
    client = client_for(founder)
    for _ in range(3):
        client.post(reverse("startups:data_copy_request"))
    request = DataRequest.objects.get()
    assert request.due_at - request.received_at > timedelta(hours=71, minutes=59)
    assert "hx-get" in client.get(OVERVIEW).content.decode()
    for _ in range(3):
        tasks.make_data_copy(request.pk)
    (mail,) = mailoutbox
    assert mail.to == [founder.email]
    assert f"http://localhost:8000{OVERVIEW}" in mail.body
    page = client.get(reverse("startups:data_copy_progress")).content.decode()
    assert "hx-get" not in page
    answer = client.get(reverse("startups:data_copy_download", args=[request.pk]))
    assert answer["Content-Type"] == "application/zip"
    assert "attachment" in answer["Content-Disposition"]
    assert b"".join(answer.streaming_content).startswith(b"PK")
    answer.close()


def test_a_copy_expires_after_a_week(founder, client_for):
    request = data_requests.ask(founder, "access")
    data_requests.make_copy(request.pk, now=timezone.now() - timedelta(days=8))
    answer = client_for(founder).get(reverse("startups:data_copy_download", args=[request.pk]), follow=True)
    assert answer["Content-Type"].startswith("text/html")
    assert "kedaluwarsa" in answer.content.decode()


def test_a_copy_that_fails_is_tried_three_times_and_then_said_so(founder, client_for, monkeypatch):
    request = data_requests.ask(founder, "access")

    def broken(_user):
        raise OSError("disk full")

    monkeypatch.setattr(data_copy, "as_zip", broken)
    for _ in range(3):
        assert request.pk in data_requests.copies_to_make()
        with pytest.raises(OSError, match="disk full"):
            data_requests.make_copy(request.pk, now=timezone.now())
    assert data_requests.copies_to_make() == []
    assert not data_requests.make_copy(request.pk, now=timezone.now())
    client = client_for(founder)
    assert "tidak dapat dibuat" in client.get(OVERVIEW).content.decode()
    # The person presses the button again; the clock of the law goes on.
    monkeypatch.undo()
    client.post(reverse("startups:data_copy_request"))
    assert data_requests.copies_to_make() == [request.pk]
    assert data_requests.make_copy(request.pk, now=timezone.now())
    assert DataRequest.objects.get().due_at == request.due_at


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_the_request_stands_and_the_sweep_finds_it(founder, client_for, monkeypatch):
    def nobody(*_args):
        raise OperationalError

    monkeypatch.setattr(tasks.make_data_copy, "delay", nobody)
    assert client_for(founder).post(reverse("startups:data_copy_request")).status_code == 302
    assert data_requests.copies_to_make() == [DataRequest.objects.get().pk]


# --- consents --------------------------------------------------------------------------------------------


def test_taking_back_the_consent_to_publish_takes_the_entry_down(founder, startup, client_for):
    row = consent(founder, startup)
    client = client_for(founder)
    url = reverse("startups:data_consent_withdraw", args=[row.pk])
    assert "Gim Brantas" in client.get(url).content.decode()
    startup.refresh_from_db()
    assert startup.lifecycle == "published"
    client.post(url)
    startup.refresh_from_db()
    assert startup.lifecycle == "withdrawn"
    assert Tombstone.objects.get(uuid=startup.uuid).reason == "withdrawn"
    assert client.post(url).status_code == 404
    assert "ditarik" in client.get(OVERVIEW).content.decode()


def test_another_owners_consent_keeps_the_entry(founder, startup):
    other = UserFactory()
    Membership.objects.create(startup=startup, user=other, role="owner")
    consent(other, startup)
    data_requests.withdraw_consent(consent(founder, startup), now=timezone.now())
    startup.refresh_from_db()
    assert startup.lifecycle == "published"


def test_taking_back_the_consent_to_contacts_hides_them(founder, startup):
    ContactPointFactory(startup=startup, is_public=True)
    data_requests.withdraw_consent(consent(founder, startup, "contact"), now=timezone.now())
    assert not startup.contacts.filter(is_public=True).exists()
    startup.refresh_from_db()
    assert startup.lifecycle == "published"


def test_who_keeps_the_entry_no_more_takes_nothing_down(founder, startup):
    row = consent(founder, startup)
    Membership.objects.filter(user=founder).update(user=UserFactory())
    data_requests.withdraw_consent(row, now=timezone.now())
    startup.refresh_from_db()
    assert startup.lifecycle == "published"


def test_contacts_that_a_merge_took_along_are_hidden_with_their_consent(founder, startup, make_user):
    target = StartupFactory()
    ContactPointFactory(startup=startup, is_public=True)
    row = consent(founder, startup, "contact")
    merging.merge(startup.pk, target.pk)
    assert target.contacts.get().is_public
    data_requests.withdraw_consent(row, now=timezone.now())
    assert not target.contacts.get().is_public


# --- requests to correct and to stop ---------------------------------------------------------------------


def test_a_request_is_answered_by_a_coordinator_within_its_clock(
    founder, coordinator, client_for, mailoutbox
):
    client_for(founder).post(
        reverse("startups:data_request_create"), {"kind": "correction", "text": "Nama saya salah."}
    )
    request = DataRequest.objects.get()
    staff = client_for(coordinator)
    assert "Perbaiki data saya" in staff.get("/ruang-kerja/").content.decode()
    url = reverse("startups:data_request_detail", args=[request.pk])
    assert "Nama saya salah." in staff.get(url).content.decode()
    staff.post(url, {"state": "done", "text": "Sudah kami perbaiki."})
    staff.post(url, {"state": "refused", "text": "Ditolak."})
    request.refresh_from_db()
    assert (request.state, request.answer) == ("done", "Sudah kami perbaiki.")
    (mail,) = mailoutbox
    assert "Sudah kami perbaiki." in mail.body
    assert "Sudah kami perbaiki." in client_for(founder).get(OVERVIEW).content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"kind": "erasure", "text": "x"},
        {"kind": "stop", "text": ""},
        {"kind": "stop", "text": "x" * 2001},
    ],
)
def test_a_bad_request_is_explained_and_keeps_what_was_typed(founder, client_for, data):
    page = client_for(founder).post(reverse("startups:data_request_create"), data)
    assert page.status_code == 200
    assert "error-summary" in page.content.decode()
    assert data.get("text", "") in page.content.decode()
    assert not DataRequest.objects.exists()


def test_the_queue_shows_the_clock_with_the_same_queries_for_many(
    founder, coordinator, client_for, django_assert_max_num_queries
):
    late = data_requests.ask(founder, "stop", text="x", now=timezone.now() - timedelta(hours=73))
    for number in range(30):
        data_requests.ask(UserFactory(), "access", text=str(number))
    client = client_for(coordinator)
    with django_assert_max_num_queries(9):
        page = client.get(reverse("startups:data_request_list")).content.decode()
    assert page.index(reverse("startups:data_request_detail", args=[late.pk])) < page.index("Orang ")
    assert "terlambat" in page


@pytest.mark.parametrize("who", ["founder", "planner"])
def test_only_coordinators_answer(who, request, client_for):
    client = client_for(request.getfixturevalue(who))
    row = data_requests.ask(request.getfixturevalue(who), "stop", text="x")
    assert client.get(reverse("startups:data_request_list")).status_code == 403
    assert client.get(reverse("startups:data_request_detail", args=[row.pk])).status_code == 403
