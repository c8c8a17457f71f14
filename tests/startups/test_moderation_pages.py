"""The coordinators' pages: queue, item, decision, contacts, pauses; who may, bad input, what is shown."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ecosystem.models import OutgoingMail
from startups.models import ChangeSet, ContactAccess, DataRequest, ModerationItem, PauseNotice, Startup
from startups.rules.decisions import Decision
from startups.services import claims, decisions, moderation
from startups.services.decisions import Choice
from tests.startups.factories import (
    ContactPointFactory,
    ModerationItemFactory,
    ProblemReportFactory,
    StartupFactory,
    StartupLinkFactory,
)

pytestmark = pytest.mark.django_db
QUEUE = "/ruang-kerja/moderasi/"


@pytest.fixture
def item(founder):
    startup = StartupFactory(
        submitted=True,
        name="Studio <b>Baru</b>",
        created_by=founder,
        owner=founder,
        street="Jalan Rahasia 1",
        nib="1234567890123",
    )
    return moderation.open_item(startup, "new", by=founder)


@pytest.fixture
def page(client_for, coordinator):
    return client_for(coordinator)


def address(item, *parts):
    return "/".join([f"{QUEUE}{item.pk}", *parts, ""])


def seen(item):
    item = ModerationItem.objects.select_related("startup").get(pk=item.pk)
    return {"item_version": item.version, "startup_version": item.startup.version}


def text_of(response):
    return response.content.decode()


# --- the queue ---------------------------------------------------------------------------------------------


def test_the_queue_lists_the_most_urgent_first(page, item):
    late = ModerationItemFactory(created_at=timezone.now() - timedelta(days=20), startup__name="Studio Lama")
    text = text_of(page.get(QUEUE))
    assert text.index("Studio Lama") < text.index("Studio &lt;b&gt;Baru")
    assert "terlambat" in text
    assert reverse("startups:moderation_detail", args=[late.pk]) in text


def test_the_queue_costs_the_same_for_many(page, django_assert_max_num_queries, founder):
    for _number in range(12):
        item = ModerationItemFactory(startup__created_by=founder, assigned_to=founder)
        StartupLinkFactory(startup=item.startup)
        moderation.open_item(item.startup, "report", report=ProblemReportFactory(startup=item.startup))
    with django_assert_max_num_queries(14):
        page.get(QUEUE)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"open"}),
        ("?giliran=pemohon", {"asked"}),
        ("?giliran=tunda", {"held"}),
        ("?giliran=selesai", {"settled"}),
        ("?giliran=sesudah", {"after"}),
        ("?jenis=edit", set()),
        ("?petugas=saya", set()),
        ("?q=open", {"open"}),
        ("?q=MLG-9999", set()),
        ("?giliran=omong-kosong&jenis=x&petugas=y&page=x", {"open"}),
        ("?q=%00" + "a" * 10_000, {"open"}),
    ],
)
def test_the_queue_is_filtered(page, query, found):
    for state in ("open", "asked", "held", "settled"):
        ModerationItemFactory(state=state, startup__name=f"Usaha {state}")
    ModerationItemFactory(kind="after_check", startup__name="Usaha after")
    text = text_of(page.get(QUEUE + query))
    assert {
        name for name in ("open", "asked", "held", "settled", "after") if f"Usaha {name}" in text
    } == found


def test_an_empty_queue_says_so(page):
    assert "Tidak ada yang menunggu di sini" in text_of(page.get(QUEUE))


def test_an_own_entry_stands_in_the_queue_without_a_way_in(page, coordinator):
    own = ModerationItemFactory(startup__created_by=coordinator)
    text = text_of(page.get(QUEUE))
    assert own.startup.name in text
    assert address(own) not in text


def test_what_waits_shows_on_the_first_page_of_the_work_room(page, item):
    assert address(item) in text_of(page.get("/ruang-kerja/"))


def test_founders_see_nothing_of_it(client_for, founder, item):
    assert QUEUE not in text_of(client_for(founder).get("/ruang-kerja/"))


# --- one thing ---------------------------------------------------------------------------------------------


def test_an_item_shows_entry_signs_and_history_and_hides_what_is_private(page, item):
    ContactPointFactory(startup=item.startup, kind="phone", value="+62 341 555")
    text = text_of(page.get(address(item)))
    assert "Studio &lt;b&gt;Baru" in text
    assert "<b>Baru" not in text
    assert "Yang perlu dicermati" in text
    for private in ("+62 341 555", "Jalan Rahasia", "1234567890123"):
        assert private not in text


def test_an_item_costs_few_queries(page, item, django_assert_max_num_queries):
    with django_assert_max_num_queries(32):
        page.get(address(item))


def test_a_proposed_name_stands_beside_the_live_one(page, founder):
    startup = StartupFactory(name="Topeng Digital", owner=founder)
    change = ChangeSet.objects.create(
        startup=startup,
        proposed={"name": "Topeng Besar"},
        base={"name": "Topeng Digital"},
        proposed_by=founder,
    )
    item = moderation.open_item(startup, "edit", by=founder, change_set=change)
    text = text_of(page.get(address(item)))
    assert "<del>" in text and "<ins>" in text
    assert "sudah diubah lagi" not in text
    Startup.objects.filter(pk=startup.pk).update(name="Topeng Lain")
    assert "sudah diubah lagi" in text_of(page.get(address(item)))


@pytest.mark.parametrize("path", ["", "refuse/", "publish/"])
def test_an_own_entry_is_refused_with_an_explanation(page, coordinator, path):
    own = ModerationItemFactory(startup__created_by=coordinator)
    answer = page.get(f"{address(own)}{path}")
    assert answer.status_code == 403
    assert "rekan" in text_of(answer)


@pytest.mark.parametrize("person", ["founder", "planner", "facility_manager", "task_force_member"])
def test_other_roles_are_refused(client_for, request, item, person):
    browser = client_for(request.getfixturevalue(person))
    assert browser.get(QUEUE).status_code == 403
    assert browser.get(address(item)).status_code == 403
    assert browser.post(address(item, "publish"), seen(item)).status_code == 403


def test_strangers_are_sent_to_the_sign_in(client, item):
    assert client.get(address(item)).status_code == 302


@pytest.mark.parametrize("path", ["999999/", "1/hapus/", "abc/"])
def test_what_does_not_exist_is_404(page, path):
    assert page.get(QUEUE + path).status_code == 404


# --- deciding ----------------------------------------------------------------------------------------------


def test_publishing_takes_one_click(page, item, founder):
    answer = page.post(address(item, "publish"), seen(item), follow=True)
    assert "Studio &lt;b&gt;Baru" in text_of(answer)
    item.startup.refresh_from_db()
    assert item.startup.lifecycle == "published"
    assert OutgoingMail.objects.get().to == founder.email


def test_a_refusal_is_asked_twice_and_says_what_goes_out(page, item):
    data = {**seen(item), "reason": "not_enough", "note": "Belum ada <situs>."}
    sure = page.post(address(item, "refuse"), data)
    assert "Belum ada &lt;situs&gt;." in text_of(sure)
    item.startup.refresh_from_db()
    assert item.startup.lifecycle == "submitted"
    page.post(address(item, "refuse"), {**data, "sure": "1"})
    item.startup.refresh_from_db()
    assert (item.startup.lifecycle, item.startup.lifecycle_note) == ("refused", "Belum ada <situs>.")


def test_the_text_can_be_changed_after_the_second_question(page, item):
    data = {**seen(item), "reason": "not_enough", "note": "Belum.", "sure": "1", "ubah": "1"}
    assert "Belum." in text_of(page.post(address(item, "refuse"), data))
    item.startup.refresh_from_db()
    assert item.startup.lifecycle == "submitted"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"note": ""}, "error"),
        ({"reason": "bukan-alasan", "note": "x"}, "error"),
        ({"reason": "unclear", "note": "x" * 2001}, "error"),
    ],
)
def test_bad_input_is_explained_beside_the_field_and_kept(page, item, data, message):
    answer = page.post(address(item, "ask"), {**seen(item), "internal_note": "Catatan saya", **data})
    assert answer.status_code == 200
    assert message in text_of(answer)
    assert "Catatan saya" in text_of(answer)


@pytest.mark.parametrize(
    "versions", [{}, {"item_version": "x", "startup_version": "-1"}, {"item_version": "9" * 50}]
)
def test_a_form_without_its_versions_decides_nothing(page, item, versions):
    assert page.post(address(item, "publish"), versions).status_code in {200, 409}
    item.startup.refresh_from_db()
    assert item.startup.lifecycle == "submitted"


@pytest.mark.parametrize(("language", "word"), [("en", "Please"), ("id", "Mohon")])
def test_the_ready_text_is_in_the_applicants_language(page, item, founder, language, word):
    type(founder).objects.filter(pk=founder.pk).update(language=language)
    text = text_of(page.get(address(item, "ask") + "?reason=unclear"))
    assert word in text.partition("<textarea")[2].partition("</textarea>")[0]


def test_another_reason_replaces_a_ready_text_and_keeps_a_typed_one(page, item):
    ready = text_of(page.get(address(item, "ask"), {"reason": "unclear"}))
    ready = ready.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0].strip()
    replaced = text_of(page.get(address(item, "ask"), {"reason": "link_broken", "note": ready}))
    assert ready not in replaced
    kept = text_of(page.get(address(item, "ask"), {"reason": "link_broken", "note": "Halo Rani,"}))
    assert "Halo Rani," in kept


def test_who_comes_second_reads_what_was_decided(page, item, make_user):
    other = make_user("koordinator-dua@example.org", "coordinator", name="Koordinator Dua")
    versions = seen(item)
    decisions.decide(
        item.pk,
        Choice(Decision.ASK, reason="unclear", note="Sudah saya tanya."),
        by=other,
        seen=decisions.seen_of(item),
    )
    answer = page.post(address(item, "hold"), {**versions, "reason": "meeting", "note": "Tulisan saya"})
    assert answer.status_code == 409
    for word in ("Koordinator Dua", "Sudah saya tanya.", "Tulisan saya", "Belum jelas apa yang dikerjakan"):
        assert word in text_of(answer)


def test_the_same_click_twice_is_no_conflict(page, item):
    versions = seen(item)
    for _time in range(2):
        assert page.post(address(item, "publish"), versions).status_code == 302
    assert item.events.filter(action="published").count() == 1


def test_an_administrators_decision_waits_for_a_second_person(client_for, admin_user, page, item):
    client_for(admin_user).post(address(item, "publish"), seen(item))
    item.startup.refresh_from_db()
    assert item.startup.lifecycle == "submitted"
    assert "mengusulkan" in text_of(page.get(address(item)))
    own = client_for(admin_user).post(address(item, "usulan"), seen(item), follow=True)
    assert "orang kedua" in text_of(own)
    page.post(address(item, "usulan"), seen(item))
    item.startup.refresh_from_db()
    assert item.startup.lifecycle == "published"


def test_a_proposal_is_dropped_and_a_confirmation_without_one_is_a_conflict(
    client_for, admin_user, page, item
):
    client_for(admin_user).post(address(item, "publish"), seen(item))
    page.post(address(item, "usulan"), {**seen(item), "batal": "1"})
    assert page.post(address(item, "usulan"), seen(item)).status_code == 409


def test_taking_and_giving_back(page, item, coordinator):
    page.post(address(item, "ambil"))
    item.refresh_from_db()
    assert item.assigned_to == coordinator
    page.post(address(item, "ambil"), {"lepas": "1"})
    item.refresh_from_db()
    assert item.assigned_to is None


def test_freeing_what_a_colleague_has_does_not_say_you_gave_it_back(page, item, make_user):
    moderation.assign(item, to=make_user("koordinator-dua@example.org", "coordinator"))
    text = text_of(page.post(address(item, "ambil"), {"lepas": "1"}, follow=True))
    assert "Sekarang bebas" in text
    assert "mengembalikannya" not in text


# --- claims and reports ------------------------------------------------------------------------------------


@pytest.fixture
def dispute(make_user, founder):
    """A claim of somebody who reads English on an entry that has an owner."""
    startup, claimant = StartupFactory(owner=founder), make_user("penggugat@example.org")
    type(claimant).objects.filter(pk=claimant.pk).update(language="en")
    claim = claims.start(startup.pk, claimant, "in_person", statement="Punya saya.", language="en")
    OutgoingMail.objects.all().delete()
    return ModerationItem.objects.select_related("startup").get(claim=claim)


def test_an_entry_is_taken_from_its_owners_with_a_word_and_asked_twice(page, dispute, founder):
    text = text_of(page.get(address(dispute)))
    assert f'action="{address(dispute, "accept")}"' not in text
    assert f'href="{address(dispute, "accept")}"' in text
    page.post(address(dispute, "accept"), {**seen(dispute), "sure": "1"})
    assert dispute.startup.memberships.get().user == founder
    data = {**seen(dispute), "note": "Your papers show it."}
    assert "kehilangannya seketika" in text_of(page.post(address(dispute, "accept"), data))
    assert dispute.startup.memberships.get().user == founder
    page.post(address(dispute, "accept"), {**data, "sure": "1"})
    assert dispute.startup.memberships.get().user != founder
    assert "Your papers show it." in OutgoingMail.objects.get(to=founder.email).text


def test_who_claims_reads_why_it_takes_longer_in_their_language(page, dispute):
    assert 'lang="en"' in text_of(page.get(address(dispute, "hold"), {"reason": "meeting"}))
    page.post(address(dispute, "hold"), {**seen(dispute), "reason": "meeting", "note": "We meet on Friday."})
    mail = OutgoingMail.objects.get()
    assert mail.to == "penggugat@example.org"
    assert "We meet on Friday." in mail.text and "takes a little longer" in mail.subject


def test_a_report_on_hold_asks_for_no_text_that_nobody_would_get(page):
    report = ProblemReportFactory(reply_to="warga@example.org")
    item = moderation.open_item(report.startup, "report", report=report)
    text = text_of(page.get(address(item, "hold")))
    assert 'name="note"' not in text and 'name="internal_note"' in text
    page.post(address(item, "hold"), {**seen(item), "reason": "meeting"})
    item.refresh_from_db()
    assert item.state == "held"
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(("kind", "is_linked"), [("correction", True), ("stop", True), ("access", False)])
def test_a_request_that_nobody_answers_by_hand_is_no_link(page, founder, kind, is_linked):
    row = DataRequest.objects.create(user=founder, kind=kind, text="Mohon.", due_at=timezone.now())
    text = text_of(page.get(QUEUE))
    assert row.get_kind_display() in text
    link = reverse("startups:data_request_detail", args=[row.pk])
    assert (link in text) == is_linked
    assert page.get(link).status_code == (200 if is_linked else 404)


# --- private contacts --------------------------------------------------------------------------------------


def test_a_look_at_private_contacts_needs_a_reason_and_is_logged(page, item, coordinator):
    ContactPointFactory(startup=item.startup, kind="phone", value="+62 341 555")
    for reason in ("", "  ", "ok", "x" * 201):
        assert "+62 341 555" not in text_of(page.post(address(item, "kontak"), {"reason": reason}))
    assert not ContactAccess.objects.exists()
    answer = page.post(address(item, "kontak"), {"reason": "Menanyakan alamat"})
    assert "+62 341 555" in text_of(answer)
    assert answer["Cache-Control"] == "no-store"
    access = ContactAccess.objects.get()
    assert (access.by, access.startup, access.reason) == (coordinator, item.startup, "Menanyakan alamat")
    assert "+62 341 555" not in text_of(page.get(address(item)))


# --- entries and pauses ------------------------------------------------------------------------------------


def test_any_sent_entry_is_found_and_checked_once(page, django_assert_max_num_queries):
    startup = StartupFactory(name="Topeng Digital")
    StartupFactory(draft=True, name="Topeng Rahasia")
    with django_assert_max_num_queries(8):
        text = text_of(page.get(f"{QUEUE}entri/?q=topeng&keadaan=published"))
    assert "Topeng Digital" in text and "Topeng Rahasia" not in text
    for _time in range(2):
        answer = page.post(f"{QUEUE}entri/{startup.pk}/")
    assert ModerationItem.objects.count() == 1
    assert "Sembunyikan sementara" in text_of(page.get(answer.url))


def test_nobody_begins_a_check_of_an_own_entry(page, coordinator):
    assert page.post(f"{QUEUE}entri/{StartupFactory(owner=coordinator).pk}/").status_code == 403


def test_a_pause_is_set_shown_and_ended(page, client, item):
    due = item.due_at
    today = timezone.localdate()
    data = {
        "start": today,
        "end": today + timedelta(days=20),
        "text": "Kami libur.",
        "text_en": "We are away.",
    }
    page.post(f"{QUEUE}jeda/", data)
    item.refresh_from_db()
    assert item.due_at > due
    assert "Kami libur." in text_of(client.get("/startup/moderasi/"))
    assert "We are away." in text_of(client.get("/en/startup/moderasi/"))
    assert "Stasion takes a break" in text_of(client.get("/en/startup/"))
    page.post(f"{QUEUE}jeda/{PauseNotice.objects.get().pk}/akhiri/")
    item.refresh_from_db()
    assert item.due_at == due
    assert not PauseNotice.objects.exists()


@pytest.mark.parametrize(("first", "last"), [(-1, 3), (5, 3), (0, 93), (0, 2_000_000)])
def test_a_pause_that_makes_no_sense_is_explained(page, first, last):
    today = timezone.localdate()
    data = {
        "start": today + timedelta(days=first),
        "end": today + timedelta(days=last),
        "text": "Kami libur.",
    }
    assert "error" in text_of(page.post(f"{QUEUE}jeda/", data))
    assert not PauseNotice.objects.exists()
