"""What is not needed any more goes by itself, on its day and not before; running twice does it once."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from ecosystem.models import OutgoingMail
from startups.models import (
    ContactAccess,
    DataRequest,
    FreshnessAsk,
    ImportBatch,
    ImportedEntry,
    Invitation,
    ModerationItem,
    ProblemReport,
    Proof,
    Startup,
    Tombstone,
)
from startups.services import retention
from tests.ecosystem.factories import UserFactory
from tests.startups.factories import ModerationItemFactory, ProblemReportFactory, StartupFactory

pytestmark = pytest.mark.django_db


def days(number):
    return timezone.now() + timedelta(days=number)


def untouched_for(startup, number):
    Startup.objects.filter(pk=startup.pk).update(updated_at=days(-number))
    return startup


def drafts():
    return set(Startup.objects.values_list("name", flat=True))


def test_a_draft_is_erased_after_180_days_and_its_people_are_warned_14_days_before(mailoutbox):
    person = UserFactory(language="en", name="Sari")
    untouched_for(StartupFactory(draft=True, name="Lama", owner=person), 166)
    StartupFactory(draft=True, name="Baru", owner=person)
    untouched_for(StartupFactory(name="Terbit", owner=person), 900)
    retention.run(days(-1))
    assert len(mailoutbox) == 0
    for _ in range(3):
        retention.run(days(0.01))
    (mail,) = mailoutbox
    assert mail.subject == "Your draft “Lama” will be erased"
    assert "/en/ruang-kerja/startup/" in mail.body
    retention.run(days(13))
    assert drafts() == {"Lama", "Baru", "Terbit"}
    retention.run(days(14.1))
    retention.run(days(14.1))
    assert drafts() == {"Baru", "Terbit"}
    assert not Startup.pgh_event_model.objects.filter(name="Lama").exists()
    assert not Tombstone.objects.exists()


def test_a_draft_is_never_erased_without_the_warning_even_after_a_standstill():
    untouched_for(StartupFactory(draft=True, name="Lama", owner=UserFactory()), 400)
    retention.run(days(0))
    assert drafts() == {"Lama"}
    retention.run(days(13))
    assert drafts() == {"Lama"}
    retention.run(days(14.1))
    assert drafts() == set()


def test_a_draft_that_was_touched_again_has_a_new_period_and_a_new_warning():
    startup = untouched_for(StartupFactory(draft=True, name="Lama", owner=UserFactory()), 170)
    retention.run(days(0))
    startup.save()
    retention.run(days(15))
    assert drafts() == {"Lama"}
    retention.run(days(167))
    assert OutgoingMail.objects.count() == 2


def test_a_draft_that_nobody_keeps_needs_no_warning():
    untouched_for(StartupFactory(draft=True, name="Yatim"), 181)
    retention.run(days(0))
    assert drafts() == set()


def test_the_address_of_a_report_goes_90_days_after_it_was_settled():
    old, young, waiting = (
        ProblemReportFactory(startup=StartupFactory(), reply_to=f"{name}@example.org")
        for name in ("lama", "muda", "tunggu")
    )
    ProblemReport.objects.update(created_at=days(-200))
    for report, settled in ((old, days(-91)), (young, days(-89)), (waiting, None)):
        item = ModerationItemFactory(startup=report.startup, kind="report", report=report)
        ModerationItem.objects.filter(pk=item.pk).update(settled_at=settled, created_at=days(-200))
    retention.run(days(0))
    found = ProblemReport.objects.exclude(reply_to="").values_list("reply_to", flat=True)
    assert set(found) == {"muda@example.org", "tunggu@example.org"}


def test_expired_invitations_and_proofs_go_after_30_days_and_the_contact_log_after_two_years():
    startup, person = StartupFactory(), UserFactory()
    for number, age in enumerate((31, 29)):
        Invitation.objects.create(
            startup=startup, email=f"{number}@example.org", role="editor", token_hash=str(number),
            expires_at=days(-age),
        )  # fmt: skip
        Proof.objects.create(
            startup=startup, user=person, method="dns", domain="x.id", secret="s", expires_at=days(-age)
        )
        ContactAccess.objects.create(startup=startup, reason="x")
    first = ContactAccess.objects.order_by("pk").first()
    for _ in range(2):
        retention.run(days(0))
        assert Invitation.objects.count() == 1
        assert Proof.objects.count() == 1
        assert ContactAccess.objects.count() == 2
    retention.run(first.at + timedelta(days=731))
    assert not ContactAccess.objects.exists()


def test_the_addresses_of_old_questions_go_and_the_questions_stay_counted():
    startup = StartupFactory()
    for number, age in enumerate((366, 366, 300)):
        FreshnessAsk.objects.create(
            startup=startup, cycle=timezone.localdate(), round=0, email=f"{number}@example.org",
            token_hash=str(number), sent_at=days(-age), expires_at=days(-age),
        )  # fmt: skip
    retention.run(days(0))
    retention.run(days(0))
    assert sorted(FreshnessAsk.objects.values_list("email", flat=True)) == ["", "2@example.org"]


def test_copies_go_after_a_week_with_their_file():
    old, young = (
        DataRequest.objects.create(
            user=UserFactory(), kind="access", state="done", due_at=days(0), done_at=days(-age),
            file=ContentFile(b"PK", "data.zip"),
        )
        for age in (7.1, 6.9)
    )  # fmt: skip
    retention.run(days(0))
    retention.run(days(0))
    assert not default_storage.exists(str(old.file))
    assert default_storage.exists(str(young.file))
    old.refresh_from_db()
    assert not old.file


def test_the_words_of_a_settled_request_go_after_a_year():
    for state, done in (("done", days(-366)), ("done", days(-300)), ("open", None)):
        DataRequest.objects.create(
            user=UserFactory(), kind="stop", state=state, text="Kata", due_at=days(0), done_at=done
        )
    retention.run(days(0))
    assert DataRequest.objects.exclude(text="").count() == 2


def a_list(state, *, age, **values):
    batch = ImportBatch.objects.create(
        state=state, file_name="x.csv", file=ContentFile(b"x", "x.csv"), rows=[{"line": 1}], **values
    )
    ImportBatch.objects.filter(pk=batch.pk).update(created_at=days(-age))
    return batch


def test_a_member_list_that_nobody_applied_goes_after_30_days_and_a_forgotten_file_at_once():
    old, young, applied = a_list("read", age=31), a_list("read", age=29), a_list("applied", age=29)
    names = [str(batch.file) for batch in (old, young, applied)]
    for _ in range(2):
        retention.run(days(0))
    assert not any(default_storage.exists(name) for name in names)
    assert [batch.state for batch in ImportBatch.objects.order_by("pk")] == ["discarded", "read", "applied"]
    old.refresh_from_db()
    assert old.rows == []
    young.refresh_from_db()
    assert young.rows


def test_the_mailbox_of_a_list_goes_when_its_entry_has_an_owner_and_after_a_year():
    long_ago = a_list("applied", age=400, applied_at=days(-366))
    lately = a_list("applied", age=400, applied_at=days(-364))
    for batch, claim in ((long_ago, "unclaimed"), (lately, "unclaimed"), (lately, "claimed")):
        startup = StartupFactory(claim=claim)
        ImportedEntry.objects.create(batch=batch, startup=startup, line=1, email=f"{claim}@example.org")
    for _ in range(2):
        retention.run(days(0))
    mailboxes = ImportedEntry.objects.order_by("pk").values_list("email", flat=True)
    assert list(mailboxes) == ["", "unclaimed@example.org", ""]
