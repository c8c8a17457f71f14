"""Members of an entry: invitations, roles, leaving; two owners who leave at once leave one."""

import threading
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone

from ecosystem.models import OutgoingMail
from startups.models import Invitation, Membership, Role, Startup
from startups.services import entries, members
from tests.races import PATIENCE, at_once
from tests.startups.factories import ClaimFactory, MembershipFactory, StartupFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def startup(founder):
    return StartupFactory(name="Studio Kita", owner=founder)


@pytest.fixture
def guest(make_user):
    return make_user("tamu@example.org")


def invite(startup, by, *, email="tamu@example.org", role="editor", **options):
    return members.invite(startup.pk, email, role=role, by=by, **options)


def address(sent):
    return reverse("startups:invitation_answer", args=[sent.token])


def roles(startup):
    return dict(startup.memberships.values_list("user__email", "role"))


# --- invitations --------------------------------------------------------------------------------------------


def test_an_invitation_is_mailed_and_only_its_hash_is_stored(startup, founder, mailoutbox):
    sent = invite(startup, founder)
    assert sent.token in mailoutbox[0].body
    assert sent.invitation.token_hash == members.hash_of(sent.token) != sent.token
    assert sent.invitation.expires_at - timezone.now() > timedelta(days=13, hours=23)
    assert OutgoingMail.objects.get().text == "", "the link works like a key: it is erased once it was sent"


def test_looking_accepts_nothing_and_the_button_accepts_once(startup, founder, guest, client_for):
    sent, client = invite(startup, founder), client_for(guest)
    assert b"Studio Kita" in client.get(address(sent)).content
    assert roles(startup) == {founder.email: "owner"}
    answer = client.post(address(sent))
    assert answer.url == reverse("startups:startup_manage", args=[startup.pk])
    assert roles(startup) == {founder.email: "owner", guest.email: "editor"}
    again = client.post(address(sent))
    assert (again.status_code, Membership.objects.count()) == (200, 2)


def test_a_visitor_is_asked_to_sign_in_first_and_comes_back(startup, founder, client):
    sent = invite(startup, founder)
    page = client.get(address(sent))
    assert page["Referrer-Policy"] == "same-origin"
    assert f"next={address(sent).replace('/', '%2F')}" in page.content.decode()


def test_another_account_may_not_accept_and_is_told_why(startup, founder, make_user, client_for):
    sent, other = invite(startup, founder), make_user("lain@example.org")
    client = client_for(other)
    client.post(address(sent))
    assert other.email not in roles(startup)
    assert "alamat email lain" in client.get(address(sent)).content.decode()


def test_any_account_with_the_mailbox_confirmed_may_accept_whatever_its_case(startup, founder, make_user):
    other = make_user("lain@example.org")
    sent = invite(startup, founder, email="Tamu@Example.org")
    added = EmailAddress.objects.create(user=other, email="tamu@example.org", verified=False)
    with pytest.raises(members.OtherMailbox):
        members.accept(sent.invitation.pk, user=other)
    EmailAddress.objects.filter(pk=added.pk).update(verified=True)
    assert members.accept(sent.invitation.pk, user=other).role == "editor"


@pytest.mark.parametrize("how", ["expired", "revoked", "replaced", "withdrawn"])
def test_a_link_that_is_over_works_no_more(startup, founder, guest, client_for, how):
    sent = invite(startup, founder)
    past = timezone.now() - timedelta(days=15)
    if how == "expired":
        Invitation.objects.update(expires_at=past)
    elif how == "revoked":
        members.revoke(startup.pk, sent.invitation.pk)
    elif how == "withdrawn":
        Startup.objects.update(lifecycle="withdrawn")
    else:
        Invitation.objects.update(created_at=past)
        invite(startup, founder)
    assert client_for(guest).post(address(sent)).status_code == 410
    assert guest.email not in roles(startup)


def test_a_nonsense_link_leads_to_a_plain_page(client):
    assert client.get("/startup/undangan/x" + "y" * 300 + "/").status_code == 404


def test_a_member_is_not_invited_again_and_nobody_is_mailed_twice_in_a_moment(startup, founder, guest):
    with pytest.raises(members.AlreadyMember):
        invite(startup, founder, email=founder.email.upper())
    invite(startup, founder)
    with pytest.raises(members.TooSoon):
        invite(startup, founder)
    assert OutgoingMail.objects.count() == 1


def test_the_eleventh_open_invitation_is_refused(startup, founder):
    for number in range(members.MOST_OPEN):
        invite(startup, founder, email=f"orang{number}@example.org")
    with pytest.raises(members.TooMany):
        invite(startup, founder)


def test_a_mailbox_is_not_mailed_all_day_by_taking_invitations_back(startup, founder, coordinator):
    for number in range(members.MOST_TO_MAILBOX):
        sent = invite(startup, founder, now=timezone.now() - timedelta(minutes=5))
        if number % 2:
            members.revoke(startup.pk, sent.invitation.pk)
        Invitation.objects.update(created_at=timezone.now() - timedelta(hours=1))
    with pytest.raises(members.TooOften):
        invite(startup, founder)
    assert invite(startup, coordinator), "a member list is invited as a whole"
    members.revoke(startup.pk, Invitation.objects.get(answered_at=None).pk)
    with pytest.raises(members.TooSoon):
        invite(startup, founder)


def test_an_owner_who_comes_while_a_claim_is_open_settles_the_claim_axis(startup, founder, guest):
    Membership.objects.all().delete()
    ClaimFactory(startup=startup)
    Startup.objects.update(claim="claim_open")
    members.accept(invite(startup, founder, role="owner").invitation.pk, user=guest)
    startup.refresh_from_db()
    assert startup.claim == "claimed"


def test_an_owner_invites_on_the_page_and_what_is_wrong_stands_beside_the_field(startup, founder, client_for):
    client, url = client_for(founder), reverse("startups:member_list", args=[startup.pk])
    wrong = client.post(url, {"email": "bukan alamat", "role": "editor"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (200, ["email"])
    assert "bukan alamat" in wrong.content.decode()
    assert client.post(url, {"email": "baru@example.org", "role": "owner"}).url == url
    invitation = Invitation.objects.get()
    assert "baru@example.org" in client.get(url).content.decode()
    Invitation.objects.update(created_at=timezone.now() - timedelta(hours=1))
    client.post(reverse("startups:invitation_resend", args=[startup.pk, invitation.pk]))
    renewed = Invitation.objects.get(answered_at=None)
    assert renewed.token_hash != invitation.token_hash
    client.post(reverse("startups:invitation_revoke", args=[startup.pk, renewed.pk]))
    assert not Invitation.objects.filter(answered_at=None).exists()


# --- roles ---------------------------------------------------------------------------------------------------


def test_the_last_owner_can_neither_leave_nor_step_down(startup, founder, guest):
    MembershipFactory(startup=startup, user=guest, role=Role.EDITOR)
    for act in (
        lambda: members.remove(startup.pk, founder.pk, by=founder),
        lambda: members.change_role(startup.pk, founder.pk, role="editor"),
    ):
        with pytest.raises(members.LastOwner):
            act()
    assert roles(startup)[founder.email] == "owner"


def test_handing_over_makes_the_other_owner_and_the_giver_editor(startup, founder, guest, client_for):
    MembershipFactory(startup=startup, user=guest, role=Role.EDITOR)
    url = reverse("startups:member_transfer", args=[startup.pk, guest.pk])
    client = client_for(founder)
    assert client.get(url).status_code == 200
    assert roles(startup)[guest.email] == "editor"
    client.post(url)
    assert roles(startup) == {founder.email: "editor", guest.email: "owner"}


def test_only_an_owner_is_offered_to_hand_over(startup, founder, guest, coordinator, client_for):
    MembershipFactory(startup=startup, user=guest, role=Role.EDITOR)
    link = reverse("startups:member_transfer", args=[startup.pk, guest.pk])
    page = reverse("startups:member_list", args=[startup.pk])
    assert link in client_for(founder).get(page).content.decode()
    assert link not in client_for(coordinator).get(page).content.decode()


def test_an_editor_leaves_by_oneself_and_removes_nobody(startup, founder, guest, client_for):
    MembershipFactory(startup=startup, user=guest, role=Role.EDITOR)
    client = client_for(guest)
    assert client.post(reverse("startups:member_remove", args=[startup.pk, founder.pk])).status_code == 403
    assert client.post(reverse("startups:member_remove", args=[startup.pk, guest.pk])).status_code == 302
    assert roles(startup) == {founder.email: "owner"}


def test_owners_and_who_was_removed_get_a_mail(startup, founder, guest, client_for, mailoutbox):
    sent = invite(startup, founder)
    members.accept(sent.invitation.pk, user=guest)
    members.change_role(startup.pk, guest.pk, role="owner")
    client_for(founder).post(reverse("startups:member_remove", args=[startup.pk, guest.pk]))
    told = [(mail.to[0], mail.subject) for mail in mailoutbox[1:]]
    changed = "Anggota “Studio Kita” berubah"
    assert told[:3] == [(founder.email, changed), (founder.email, changed), (guest.email, changed)]
    assert sorted(told[3:]) == [
        (founder.email, changed),
        (guest.email, "Anda bukan anggota “Studio Kita” lagi"),
    ]


def test_the_last_owner_reads_on_the_page_why_not(startup, founder, client_for):
    url = reverse("startups:member_remove", args=[startup.pk, founder.pk])
    page = client_for(founder).post(url, follow=True)
    assert "harus punya pemilik" in page.content.decode()


# --- at the same time ------------------------------------------------------------------------------------------


def leave_at_once(startup, users):
    """Return what people get who leave at the same moment."""
    outcomes = at_once(*(lambda user=user: members.remove(startup.pk, user.pk, by=user) for user in users))
    return sorted(type(outcome).__name__ for outcome in outcomes)


@pytest.fixture
def two_owners(startup, founder, guest):
    MembershipFactory(startup=startup, user=guest, role=Role.OWNER)
    return [founder, guest]


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_leave_at_once_one_stays(startup, two_owners):
    assert leave_at_once(startup, two_owners) == ["LastOwner", "Membership"]
    assert startup.memberships.filter(role="owner").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_owners_would_be_gone(startup, two_owners, monkeypatch):
    meeting = threading.Barrier(2)
    monkeypatch.setattr(entries, "lock", lambda pk: Startup.objects.get(pk=pk))
    refuse_last = members._refuse_last

    def refuse_after_both_looked(startup, membership):
        refuse_last(startup, membership)
        meeting.wait(PATIENCE)

    monkeypatch.setattr(members, "_refuse_last", refuse_after_both_looked)
    assert leave_at_once(startup, two_owners) == ["Membership", "Membership"]
    assert not startup.memberships.exists()
