"""Every account page in both languages: it opens, it is translated, and it has no inline code."""

import re

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse
from django.utils import translation

from tests.ecosystem.account_steps import make_passkey, sign_in

ENTRANCE = {
    "account_login": ("Masuk", "Sign in"),
    "account_signup": ("Buat akun", "Create an account"),
    "account_reset_password": ("Lupa kata sandi?", "Forgot your password?"),
    "account_reset_password_done": ("Periksa kotak surat Anda", "Look in your mailbox"),
    "account_reset_password_from_key_done": ("Kata sandi Anda sudah diganti", "Your password was changed"),
    "account_inactive": ("Akun ini dinonaktifkan", "This account is switched off"),
}
OWN = {
    "profile_edit": ("Profil", "Profile"),
    "account_email": ("Alamat email", "E-mail addresses"),
    "account_change_password": ("Ganti kata sandi", "Change the password"),
    "account_reauthenticate": ("Apakah ini masih Anda?", "Is it still you?"),
    "account_logout": ("Keluar?", "Sign out?"),
    "mfa_index": ("Faktor kedua", "Second factor"),
    "mfa_activate_totp": ("Pasang aplikasi autentikator", "Set up the authenticator app"),
    "mfa_add_webauthn": ("Tambah passkey", "Add a passkey"),
    "mfa_list_webauthn": ("Passkey", "Passkeys"),
}
LANGUAGES = ("id", "en")


def address(name, language, **arguments):
    with translation.override(language):
        return reverse(name, kwargs=arguments or None)


def check_page(response, heading, language):
    assert response.status_code == 200
    page = response.content.decode()
    assert f'<html lang="{language}">' in page
    head = re.search(r"<h1>\s*(.*?)\s*</h1>", page, re.S)
    assert head is not None
    assert head[1] == heading
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", page), "inline script"
    assert not re.search(r"<[^>]+\s(style|on\w+)=", page), "inline style or handler"
    assert re.search(r"<form[^>]*method=\"post\"", page) is None or "csrfmiddlewaretoken" in page


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ENTRANCE)
def test_entrance_pages_open_for_strangers(client, name, language):
    heading = ENTRANCE[name][LANGUAGES.index(language)]
    check_page(client.get(address(name, language)), heading, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", OWN)
def test_own_pages_open_for_people(founder, name, language):
    client = sign_in(founder)
    check_page(client.get(address(name, language)), OWN[name][LANGUAGES.index(language)], language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_a_second_factor_that_is_set_up(founder, language):
    client = sign_in(founder)
    TOTP.activate(founder, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(founder)
    key = make_passkey(founder)
    headings = {
        "mfa_index": ("Faktor kedua", "Second factor"),
        "mfa_deactivate_totp": ("Nonaktifkan aplikasi autentikator?", "Switch off the authenticator app?"),
        "mfa_view_recovery_codes": ("Kode pemulihan", "Recovery codes"),
        "mfa_generate_recovery_codes": ("Buat kode pemulihan baru?", "Make new recovery codes?"),
        "mfa_list_webauthn": ("Passkey", "Passkeys"),
    }
    for name, texts in headings.items():
        check_page(client.get(address(name, language)), texts[LANGUAGES.index(language)], language)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        response = client.get(address(name, language, pk=key.pk))
        assert response.status_code == 200
        assert "Ponsel saya" in response.content.decode()


def test_the_page_of_the_authenticator_app_shows_its_code_as_a_picture(founder):
    client = sign_in(founder)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    assert 'src="data:image/svg+xml' in page
    assert 'id="totp-secret"' in page


def test_recovery_codes_can_be_downloaded_and_are_all_on_the_page(founder):
    client = sign_in(founder)
    TOTP.activate(founder, "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(founder).get_unused_codes()
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    download = client.get(reverse("mfa_download_recovery_codes"))
    assert download["Content-Disposition"].startswith("attachment")
    for code in codes:
        assert code in page
        assert code in download.content.decode()


@pytest.mark.django_db
def test_a_form_error_stands_beside_its_field_and_nothing_typed_is_lost(client):
    response = client.post(
        reverse("account_signup"), {"email": "ibu@@example.org", "name": "Ibu Siti", "password1": "123"}
    )
    page = response.content.decode()
    assert 'id="id_email_error"' in page
    assert 'id="id_password1_error"' in page
    assert 'value="ibu@@example.org"' in page
    assert 'value="Ibu Siti"' in page
    assert "error-summary" in page


def test_people_change_their_own_name_and_language(client_for, founder):
    client = client_for(founder)
    response = client.post(reverse("profile_edit"), {"name": "Nama Baru", "language": "en"})
    assert response.url == reverse("profile_edit")
    founder.refresh_from_db()
    assert (founder.name, founder.language) == ("Nama Baru", "en")


def test_the_profile_form_changes_nothing_else(client_for, founder):
    before = {field.name: getattr(founder, field.attname) for field in founder._meta.concrete_fields}
    forged = {
        "is_staff": "1",
        "is_superuser": "1",
        "is_active": "",
        "email": "x@example.org",
        "organization": "1",
    }
    client_for(founder).post(
        reverse("profile_edit"), {"name": "N", "language": "id", "groups": "1", **forged}
    )
    founder.refresh_from_db()
    after = {field.name: getattr(founder, field.attname) for field in founder._meta.concrete_fields}
    assert {name for name in before if before[name] != after[name]} <= {"name", "last_login"}
    assert not founder.groups.exists()


def test_an_unknown_language_is_refused_with_the_name_kept(client_for, founder):
    response = client_for(founder).post(reverse("profile_edit"), {"name": "Nama Baru", "language": "xx"})
    assert response.status_code == 200
    assert 'value="Nama Baru"' in response.content.decode()
