"""The pages on which members keep their entry: who may, both versions of a conflict, private data, query counts."""

import json
import re

import pghistory
import pytest
from django.urls import reverse
from django.utils import timezone

from startups import entry_history
from startups.models import (
    ChangeSet,
    ConsentRecord,
    ContactAccess,
    ModerationEvent,
    ModerationItem,
    Product,
    Role,
    Startup,
)
from startups.services import changes, claims, data_copy, leaving, members, moderation, products, values
from startups.timeline import events_for_members, role_word
from tests.ecosystem.factories import SubsectorFactory
from tests.startups.factories import (
    ClaimFactory,
    MembershipFactory,
    ProblemReportFactory,
    ProductFactory,
    StartupFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def startup(founder):
    return StartupFactory(
        name="Studio Lama", owner=founder, website="https://lama.example/", website_domain="lama.example"
    )


@pytest.fixture
def editor(make_user, startup):
    user = make_user("editor@example.org")
    MembershipFactory(startup=startup, user=user, role=Role.EDITOR)
    return user


def at(startup, name="startup_manage", *more):
    return reverse(f"startups:{name}", args=[startup.pk, *more])


def typed(page):
    """Return what the form of a page would send as it stands."""
    form = page.context["form"]
    data = {}
    for field in form:
        value = field.value()
        if field.name == "public_fields":
            value = [name for name in value if name in dict(field.field.choices)]
        if value not in (None, False, "", []):
            data[field.html_name] = field.field.prepare_value(value)
    return data


def edit(client, startup, part, **values):
    url = at(startup, "startup_edit", part)
    return client.post(url, typed(client.get(url)) | values)


def fresh(startup):
    return Startup.objects.get(pk=startup.pk)


# --- the entry's own page -----------------------------------------------------------------------------------


def test_the_page_says_what_is_missing_and_leads_there(startup, founder, client_for):
    page = client_for(founder).get(at(startup))
    assert [page.context["done"], page.context["count"]] == [2, 9]
    assert at(startup, "logo_edit") in page.content.decode()


def test_one_tap_confirms_and_no_coordinator_can_do_it_for_them(startup, founder, coordinator, client_for):
    Startup.objects.update(last_confirmed_on="2026-01-05")
    assert client_for(coordinator).post(at(startup, "startup_confirm")).status_code == 403
    client_for(founder).post(at(startup, "startup_confirm"))
    assert fresh(startup).last_confirmed_on == timezone.localdate()


@pytest.mark.parametrize(
    "lifecycle", ["draft", "submitted", "changes_requested", "refused", "suspended", "closed", "withdrawn"]
)
def test_the_page_opens_in_every_state(startup, founder, client_for, lifecycle):
    Startup.objects.update(lifecycle=lifecycle, lifecycle_note="Karena begitu.")
    for address in (at(startup), at(startup, "logo_edit"), at(startup, "startup_history")):
        assert client_for(founder).get(address).status_code == 200


def test_the_pages_take_few_queries(startup, founder, client_for, django_assert_max_num_queries):
    for number in range(12):
        ProductFactory(startup=startup, title=f"Gim {number}")
    changes.save_values(
        startup.pk, user=founder, wanted={"name": "Baru"}, seen=changes.marks(startup, ["name"], pending=None)
    )
    client = client_for(founder)
    for address, most in (
        (at(startup), 24),
        (at(startup, "product_list"), 10),
        (at(startup, "member_list"), 10),
        (at(startup, "startup_history"), 22),
    ):
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200


# --- parts --------------------------------------------------------------------------------------------------


def test_a_light_field_is_live_at_once_and_a_name_waits(startup, founder, client_for):
    client = client_for(founder)
    assert edit(client, startup, "kegiatan", summary="Gim untuk semua.").status_code == 302
    assert fresh(startup).summary == "Gim untuk semua."
    edit(client, startup, "nama", name="Studio Baru", alternate_names="SB")
    assert (fresh(startup).name, fresh(startup).alternate_names) == ("Studio Lama", "SB")
    page = client.get(at(startup)).content.decode()
    assert "Studio Baru" in page
    assert at(startup, "proposal_withdraw") in page
    assert client.get(at(startup, "startup_edit", "nama")).context["form"]["name"].value() == "Studio Baru"
    client.post(at(startup, "proposal_withdraw"))
    assert ChangeSet.objects.get().state == "withdrawn"


def test_an_unchanged_form_changes_nothing(startup, founder, client_for):
    Startup.objects.update(created_by=founder)
    client = client_for(founder)
    for part in ("nama", "kegiatan", "tautan", "tempat", "kontak", "nomor"):
        assert edit(client, startup, part).status_code == 302, part
    assert not ModerationItem.objects.exists()
    assert not startup.contacts.exists(), "nobody's address gets in by looking at a page"
    assert fresh(startup).version == startup.version


def test_an_editor_changes_light_fields_only(startup, editor, client_for):
    client = client_for(editor)
    assert set(client.get(at(startup, "startup_edit", "nama")).context["form"].fields) == {
        "alternate_names",
        "seen",
    }
    answer = edit(client, startup, "tautan", website="https://baru.example")
    assert "website" in answer.context["form"].errors
    assert "https://baru.example" in answer.content.decode()
    assert edit(client, startup, "nama", alternate_names="SL", name="Dibajak").status_code == 302
    assert (fresh(startup).name, fresh(startup).alternate_names) == ("Studio Lama", "SL")
    assert not ChangeSet.objects.exists()


def test_a_conflict_shows_both_versions_keeps_what_was_typed_and_then_saves(
    startup, founder, editor, client_for
):
    mine, theirs = client_for(founder), client_for(editor)
    url = at(startup, "startup_edit", "kegiatan")
    opened = typed(mine.get(url))
    edit(theirs, startup, "kegiatan", summary="Dari editor.", description="Juga dari editor.")
    answer = mine.post(url, opened | {"summary": "Dari pemilik."})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Dari editor." in text
    assert "Dari pemilik." in text
    assert fresh(startup).summary == "Dari editor."
    seen = answer.context["form"]["seen"].value()
    assert mine.post(url, opened | {"summary": "Dari pemilik.", "seen": seen}).status_code == 302
    after = fresh(startup)
    assert (after.summary, after.description) == ("Dari pemilik.", "Juga dari editor.")


@pytest.mark.parametrize("seen", ["", "bukan json", "[]", '"x"', json.dumps({"summary": 5})])
def test_broken_marks_are_a_conflict_and_no_error(startup, founder, client_for, seen):
    assert edit(client_for(founder), startup, "kegiatan", summary="Baru.", seen=seen).status_code == 409
    assert fresh(startup).summary == startup.summary


def test_showing_a_contact_needs_a_consent_that_is_kept(startup, founder, client_for):
    client = client_for(founder)
    values = {"phone": "0812 3456 7890", "show_phone": "on"}
    answer = edit(client, startup, "kontak", **values)
    assert "agree" in answer.context["form"].errors
    assert not startup.contacts.exists()
    assert edit(client, startup, "kontak", **values, agree="on").status_code == 302
    assert startup.contacts.get().is_public
    assert ConsentRecord.objects.get().purpose == "contact"


def test_contacts_and_numbers_are_changed_by_owners_alone(startup, editor, coordinator, client_for):
    for person in (editor, coordinator):
        client = client_for(person)
        text = client.get(at(startup)).content.decode()
        for part in ("kontak", "nomor"):
            url = at(startup, "startup_edit", part)
            assert url not in text
            assert (client.get(url).status_code, client.post(url, {}).status_code) == (403, 403)


def test_only_an_owner_takes_an_entry_out_of_the_directory(startup, coordinator, client_for):
    ContactAccess.objects.create(startup=startup, by=coordinator, reason="Diminta lewat telepon.")
    client = client_for(coordinator)
    assert at(startup, "startup_withdraw") not in client.get(at(startup)).content.decode()
    assert client.post(at(startup, "startup_withdraw")).status_code == 403
    assert fresh(startup).lifecycle == "published"


def test_an_owner_who_has_not_agreed_is_asked_and_what_they_say_is_kept_once(
    startup, founder, editor, client_for
):
    client = client_for(founder)
    url = at(startup, "startup_consent")
    assert url in client.get(at(startup)).content.decode()
    for _ in range(2):
        client.post(url)
    assert ConsentRecord.objects.get().purpose == "directory"
    assert url not in client.get(at(startup)).content.decode()
    assert url not in client_for(editor).get(at(startup)).content.decode()
    assert client_for(editor).post(url).status_code == 403


def test_who_agreed_to_an_earlier_text_or_for_a_merged_entry_is_not_asked_again(startup, founder, client_for):
    merged = StartupFactory(lifecycle="merged", merged_into=startup)
    ConsentRecord.objects.create(
        user=founder, startup=merged, purpose="directory", text_version="2020-01-01", language="id"
    )
    assert at(startup, "startup_consent") not in client_for(founder).get(at(startup)).content.decode()


def test_the_nib_has_13_digits_and_stands_nowhere_but_here(startup, founder, client_for, client):
    mine = client_for(founder)
    assert "nib" in edit(mine, startup, "nomor", nib="12345").context["form"].errors
    edit(mine, startup, "nomor", nib="1234 5678 9012 3", kbli_2020="62011, 58200")
    assert fresh(startup).nib == "1234567890123"
    assert [str(row) for row in startup.kbli_codes.all()] == ["KBLI 2020: 58200", "KBLI 2020: 62011"]
    assert "kbli_2020" in edit(mine, startup, "nomor", kbli_2020="6201x").context["form"].errors
    for page in (client.get(f"/startup/{startup.slug}/"), mine.get(at(startup, "startup_history"))):
        assert "1234567890123" not in page.content.decode()


def test_a_coordinator_gives_a_reason_before_private_data_and_members_read_it(
    startup, founder, coordinator, client_for
):
    Startup.objects.update(street="Jalan Rahasia 7")
    client, url = client_for(coordinator), at(startup, "startup_edit", "tempat")
    assert "Jalan Rahasia 7" not in client.get(url).content.decode()
    assert "Jalan Rahasia 7" not in client.post(url, {"street": "Jalan Lain 1"}).content.decode()
    reason = at(startup, "startup_reason")
    assert b"Jalan Rahasia" not in client.post(reason, {"wanted": url, "reason": "a"}).content
    assert client.post(reason, {"wanted": "https://evil.example/", "reason": "x" * 10}).url == at(startup)
    ContactAccess.objects.all().delete()
    given = {"wanted": url, "reason": "Diminta pemilik lewat telepon."}
    assert client.post(reason, given).url == url
    assert "Jalan Rahasia 7" in client.get(url).content.decode()
    assert ContactAccess.objects.get().by == coordinator
    history = client_for(founder).get(at(startup, "startup_history")).content.decode()
    assert "Diminta pemilik lewat telepon." in history
    assert coordinator.name not in history


def test_the_history_names_roles_and_fields_and_no_persons(startup, founder, editor, client_for):
    edit(client_for(editor), startup, "kegiatan", summary="Dari editor.")
    edit(client_for(editor), startup, "tautan", links="https://itch.io/x")
    text = client_for(founder).get(at(startup, "startup_history")).content.decode()
    assert "Dari editor." in text
    assert "Tautan" in text
    assert str(editor) not in text


def test_the_history_says_how_products_changed(startup, founder, editor):
    wanted = {
        "title": "Petualangan",
        "kind": "game",
        "year": 2020,
        "summary": "",
        "summary_en": "",
        "url": "",
    }
    with pghistory.context(user=editor.pk):
        made = products.save_product(startup.pk, None, user=editor, wanted=wanted)
        seen = values.mark_of(values.product_value(made))
        products.save_product(startup.pk, made.pk, user=editor, wanted=wanted | {"year": 2021}, seen=seen)
        products.remove_product(startup.pk, made.pk, user=editor)
    moments = entry_history.moments_of(startup, viewer=editor)
    found = [
        (moment.title.split()[-1], moment.changes) for moment in moments if "Petualangan" in moment.title
    ]
    (change,) = found[1][1]
    assert [title for title, _changes in found] == ["Petualangan"] * 3
    assert (change.before, change.after) == ("2020", "2021")
    assert not [moment for moment in moments if moment.parts]


def test_what_a_coordinator_answers_to_others_stands_in_no_members_history(
    startup, founder, editor, coordinator, make_user, client_for
):
    reporter = make_user("pelapor@example.org")
    report = moderation.open_item(
        startup, "report", by=reporter, report=ProblemReportFactory(startup=startup)
    )
    claim = moderation.open_item(startup, "claim", by=reporter, claim=ClaimFactory(startup=startup))
    moderation.record(report, "answered", by=coordinator, note="Terima kasih, Bu Rahasia.")
    moderation.record(claim, "refused", by=coordinator, note="Akta Anda palsu.")
    other = moderation.open_item(startup, "report", by=reporter)
    moderation.record(other, "suspended", by=coordinator, note="Situsnya berbahaya.")
    members.remove(startup.pk, editor.pk, by=editor)
    texts = [
        client_for(founder).get(at(startup, name)).content.decode()
        for name in ("startup_history", "startup_status")
    ]
    texts.append(str(data_copy.collect(founder)["entries"]))
    for text in texts:
        assert "Bu Rahasia" not in text
        assert "palsu" not in text
        assert "Situsnya berbahaya." in text
    moments = entry_history.moments_of(startup, viewer=founder)
    titles = [moment.title for moment in moments if moment.who == role_word(coordinator.pk, set(), founder)]
    assert titles == [ModerationEvent.Action.SUSPENDED.label]


def test_the_way_of_an_entry_shows_its_own_withdrawal_and_no_other(startup, founder, make_user):
    claim = claims.start(startup.pk, make_user("lain@example.org"), "in_person", statement="x", language="id")
    claims.withdraw(claim.pk)
    sent = moderation.record(moderation.open_item(startup, "new", by=founder), "published", by=None)
    actions = [event.action for event in events_for_members(startup)]
    assert actions == ["sent", "published"]
    leaving.withdraw(startup.pk, user=founder)
    assert [event.action for event in events_for_members(startup)] == [*actions, "withdrawn"]
    assert sent.item.events.count() == 3


def test_strangers_do_not_learn_that_the_pages_exist(startup, make_user, client_for):
    client = client_for(make_user("asing@example.org"))
    names = ("startup_manage", "startup_history", "product_list", "logo_edit", "member_list", "startup_close")
    assert {client.get(at(startup, name)).status_code for name in names} == {404}
    assert client.post(at(startup, "startup_edit", "kegiatan"), {}).status_code == 404


def test_pages_of_private_data_are_kept_nowhere(startup, founder, client_for):
    assert client_for(founder).get(at(startup, "startup_edit", "kontak"))["Cache-Control"] == "no-store"


# --- products -----------------------------------------------------------------------------------------------


def test_a_product_is_added_once_changed_and_removed(startup, founder, client_for):
    client = client_for(founder)
    values = {"title": "Petualangan", "kind": "game", "year": "2024", "url": "itch.io/x"}
    for _click in range(2):
        assert client.post(at(startup, "product_create"), values).status_code == 302
    product = Product.objects.get()
    assert product.url == "https://itch.io/x"
    url = at(startup, "product_edit", product.pk)
    assert client.post(url, typed(client.get(url)) | {"title": "Petualangan 2"}).status_code == 302
    assert Product.objects.get().title == "Petualangan 2"
    remove = at(startup, "product_remove", product.pk)
    assert client.get(remove).status_code == 200
    for _click in range(2):
        assert client.post(remove).status_code == 302
    assert not Product.objects.exists()
    assert not ModerationItem.objects.open().exists(), "changed back within one look"


def test_the_thirty_first_product_is_refused(startup, founder, client_for):
    for number in range(30):
        ProductFactory(startup=startup, title=f"Gim {number}")
    answer = client_for(founder).post(at(startup, "product_create"), {"title": "Lagi", "kind": "game"})
    assert "30" in str(answer.context["form"].non_field_errors())
    assert Product.objects.count() == 30


def test_a_product_changed_by_another_is_shown_in_both_versions(startup, founder, client_for):
    product = ProductFactory(startup=startup, title="Lama")
    client, url = client_for(founder), at(startup, "product_edit", product.pk)
    opened = typed(client.get(url))
    Product.objects.update(title="Dari orang lain")
    answer = client.post(url, opened | {"title": "Dari saya"})
    assert answer.status_code == 409
    assert "Dari orang lain" in answer.content.decode()
    seen = answer.context["form"]["seen"].value()
    client.post(url, opened | {"title": "Dari saya", "seen": seen})
    assert Product.objects.get().title == "Dari saya"


# --- bad input ------------------------------------------------------------------------------------------------

BAD_TEXTS = ["A" * 10_000, "<script>alert(1)</script>", "🏮" * 300, "\u202egnp.exe", "%s {0} {{7*7}}"]


@pytest.mark.parametrize("text", BAD_TEXTS)
@pytest.mark.parametrize("part", ["nama", "kegiatan", "tautan", "tempat", "kontak", "nomor"])
def test_any_text_in_every_field_is_kept_or_refused_in_words(startup, founder, client_for, part, text):
    SubsectorFactory(code="musik")
    client, url = client_for(founder), at(startup, "startup_edit", part)
    opened = typed(client.get(url))
    form = client.get(url).context["form"]
    answer = client.post(url, opened | {name: text for name in form.fields if name != "seen"})
    assert answer.status_code in (200, 302)
    if answer.status_code == 200:
        assert answer.context["form"].errors
        assert "<script>alert(1)" not in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "ftp://x.example", "//", "http://"]
)
def test_only_web_addresses_are_links(startup, founder, client_for, address):
    client = client_for(founder)
    answer = edit(client, startup, "tautan", website=address, links=address)
    assert {"website", "links"} <= set(answer.context["form"].errors)
    product = client.post(at(startup, "product_create"), {"title": "X", "kind": "game", "url": address})
    assert "url" in product.context["form"].errors
    assert not re.search(r'href="(javascript|data):', answer.content.decode())


def test_two_hundred_tags_and_links_are_refused_with_both_numbers(startup, founder, client_for):
    links = "\n".join(f"https://x.example/{number}" for number in range(200))
    answer = edit(client_for(founder), startup, "tautan", links=links)
    assert "200" in str(answer.context["form"].errors["links"])
    work = edit(client_for(founder), startup, "kegiatan", services=[str(number) for number in range(200)])
    assert "200" in str(work.context["form"].errors["services"])
