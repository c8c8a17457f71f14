"""Signing up, confirming, resetting: the mails, the language, and that nobody learns who has an account."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests.ecosystem.account_steps import PASSWORD, code_in, link_in

pytestmark = pytest.mark.django_db
NEW = {"email": "baru@example.org", "name": "Orang Baru", "password1": "kopi-arjuno-pagi-77"}


def address(name, language):
    with translation.override(language):
        return reverse(name)


def visible(response):
    """The page without what differs on every answer."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    page = re.sub(r"<code>[0-9a-f]{12}</code>", "", page)
    return re.sub(r"[\w.]+@example\.org", "<address>", page)


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_person_signs_up_confirms_with_the_code_and_lands_on_the_profile(client, mailoutbox, language):
    response = client.post(address("account_signup", language), NEW)
    assert response.url == address("account_email_verification_sent", language)
    user = get_user_model().objects.get(email=NEW["email"])
    assert (user.name, user.language) == (NEW["name"], language)
    assert "_auth_user_id" not in client.session, "nobody is signed in before the address is confirmed"

    response = client.post(response.url, {"code": code_in(mailoutbox[0])})
    assert response.url == address("profile_edit", language)
    assert client.get(response.url).status_code == 200
    assert EmailAddress.objects.get(user=user).verified


def test_the_name_is_optional(client):
    client.post(reverse("account_signup"), {**NEW, "name": ""})
    assert get_user_model().objects.get().name == ""


def test_a_wrong_code_is_refused_with_the_field_marked(client, mailoutbox):
    response = client.post(reverse("account_signup"), NEW)
    answer = client.post(response.url, {"code": "XXX-XXX"})
    assert answer.status_code == 200
    assert "Kode ini salah" in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "subject", "greeting"),
    [
        ("id", "MalangKraf: Kode konfirmasi Anda", "Halo,"),
        ("en", "MalangKraf: Your confirmation code", "Hello,"),
    ],
)
def test_the_mail_is_in_the_language_of_the_page(client, mailoutbox, language, subject, greeting):
    client.post(address("account_signup", language), NEW)
    (mail,) = mailoutbox
    assert mail.subject == subject
    assert mail.body.startswith(greeting)
    assert "example.com" not in mail.body


@pytest.mark.parametrize("language", ["id", "en"])
def test_later_mails_follow_the_person_and_not_the_page(make_user, mailoutbox, language):
    make_user("baru@example.org", language=language)
    other_page = address("account_reset_password", "en" if language == "id" else "id")
    Client().post(other_page, {"email": "baru@example.org"})
    (mail,) = mailoutbox
    assert (
        mail.subject
        == {"id": "MalangKraf: Buat kata sandi baru", "en": "MalangKraf: Choose a new password"}[language]
    )
    assert ("/en/akun/" in mail.body) is (language == "en")


def test_a_forged_host_does_not_get_into_the_reset_link(founder, mailoutbox, settings):
    settings.ALLOWED_HOSTS = ["*"]
    Client().post(
        reverse("account_reset_password"), {"email": founder.email}, headers={"host": "evil.example"}
    )
    (mail,) = mailoutbox
    assert "evil.example" not in mail.body
    assert link_in(mail, "/password/reset/key/").startswith(settings.SITE_URL)


def test_the_reset_link_sets_a_new_password_once(client, founder, mailoutbox, settings):
    client.post(reverse("account_reset_password"), {"email": founder.email})
    link = link_in(mailoutbox[0], "/password/reset/key/").removeprefix(settings.SITE_URL)
    form = client.get(link)
    assert (
        client.post(form.url, dict.fromkeys(("password1", "password2"), "batu-tulis-baru-12")).status_code
        == 302
    )
    founder.refresh_from_db()
    assert founder.check_password("batu-tulis-baru-12")
    assert mailoutbox[1].subject == "MalangKraf: Kata sandi Anda sudah diganti"
    assert "Tautan ini tidak berlaku lagi" in Client().get(link, follow=True).content.decode()


def ask(form, data):
    client = Client()
    client.get(reverse(form))
    first = client.post(reverse(form), data)
    pages = [first] if first.status_code != 302 else [first, client.get(first.url)]
    return pages, sorted(client.cookies)


@pytest.mark.parametrize(
    ("form", "data"),
    [
        ("account_signup", {"name": "", "password1": "kopi-arjuno-pagi-77"}),
        ("account_reset_password", {}),
    ],
)
def test_known_and_unknown_addresses_get_the_same_answer(founder, mailoutbox, form, data):
    known, known_cookies = ask(form, {**data, "email": founder.email})
    unknown, unknown_cookies = ask(form, {**data, "email": "asing@example.org"})
    assert [page.status_code for page in known] == [page.status_code for page in unknown]
    assert [page.headers.get("Location") for page in known] == [
        page.headers.get("Location") for page in unknown
    ]
    assert [visible(page) for page in known] == [visible(page) for page in unknown]
    assert known_cookies == unknown_cookies
    assert [mail.to for mail in mailoutbox] == [[founder.email], ["asing@example.org"]]


def test_a_sign_in_says_the_same_for_a_wrong_address_and_a_wrong_password(founder):
    known, _ = ask("account_login", {"login": founder.email, "password": "salah-sekali-1"})
    unknown, _ = ask("account_login", {"login": "asing@example.org", "password": "salah-sekali-1"})
    assert [page.status_code for page in known] == [page.status_code for page in unknown] == [200]
    assert [visible(page) for page in known] == [visible(page) for page in unknown]


def test_the_owner_of_a_known_address_is_told_and_no_account_is_touched(client, founder, mailoutbox):
    before = founder.password
    client.post(reverse("account_signup"), {**NEW, "email": founder.email})
    (mail,) = mailoutbox
    assert mail.subject == "MalangKraf: Anda sudah punya akun"
    founder.refresh_from_db()
    assert founder.password == before
    assert founder.check_password(PASSWORD)
    assert get_user_model().objects.count() == 1


def test_control_a_portal_that_tells_would_be_noticed(founder, settings):
    settings.ACCOUNT_PREVENT_ENUMERATION = False
    known, _ = ask("account_signup", {"email": founder.email, "password1": NEW["password1"]})
    unknown, _ = ask("account_signup", {"email": "asing@example.org", "password1": NEW["password1"]})
    assert [page.status_code for page in known] != [page.status_code for page in unknown]


def test_an_account_with_the_same_letters_in_another_case_is_the_same(client, founder, mailoutbox):
    client.post(reverse("account_signup"), {**NEW, "email": founder.email.upper()})
    assert get_user_model().objects.count() == 1
