"""Signing in and out: where people land, limits by the true address, sessions, and evil targets."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from tests.ecosystem.account_steps import PASSWORD, sign_in

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"
RUBBISH = [
    "",
    "{}",
    "[]",
    "null",
    "7",
    '{"id": "x"}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {}}',
]
EVIL = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "http:evil.example",
    "http:///evil.example",
    "https:\\\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://evil.example/",
    "/\t/evil.example",
    "\t//evil.example",
    "\x08//evil.example",
    " https://evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "https://evil.example\\@testserver",
    "//testserver:80@evil.example",
    "https://[::1]evil.example/",
    "%2f%2fevil.example/",
]


def post_login(client, user, password=PASSWORD, **more):
    headers = more.pop("headers", None)
    return client.post(
        reverse("account_login"), {"login": user.email, "password": password, **more}, headers=headers
    )


def leaves_the_portal(target):
    """Whether a browser that got this Location on http://testserver would go elsewhere."""
    cleaned = target.strip().replace("\\", "/").replace("\t", "")
    return cleaned.startswith("//") or ":" in cleaned.split("/")[0].split("?")[0]


def test_staff_and_founders_land_in_the_work_room(planner, founder):
    for person in (planner, founder):
        assert post_login(Client(), person).url == reverse("ecosystem:workroom_home")


def test_a_page_that_asked_for_the_sign_in_gets_the_person_back(founder):
    client = Client()
    wall = client.get(reverse("account_email"))
    assert wall.url == f"{reverse('account_login')}?next={reverse('account_email')}"
    assert post_login(client, founder, next=reverse("account_email")).url == reverse("account_email")


@pytest.mark.parametrize("target", EVIL)
def test_no_target_leads_off_the_portal(founder, target):
    client = Client()
    client.get(reverse("account_login"), {"next": target})
    response = post_login(client, founder, next=target)
    assert response.status_code == 302
    assert not leaves_the_portal(response.url), response.url
    signed_out = client.post(reverse("account_logout"), {"next": target})
    assert not leaves_the_portal(signed_out.url), signed_out.url
    assert "HX-Redirect" not in response


def test_control_the_check_of_targets_knows_evil_from_good():
    assert all(
        leaves_the_portal(target)
        for target in EVIL
        if target not in {"\x08//evil.example", "%2f%2fevil.example/"}
    )
    assert not leaves_the_portal("/ruang-kerja/?next=http://x")


def guesses(user, *, headers, times=6):
    """Wrong passwords, each from a client of its own; the error of each."""
    return [
        post_login(Client(), user, "salah-sekali-1", headers=headers(number))
        .context["form"]
        .non_field_errors()[0]
        for number in range(times)
    ]


def test_the_sixth_wrong_password_for_an_account_is_not_checked_whoever_asks(founder):
    errors = guesses(founder, headers=lambda number: None)
    assert errors[0] == errors[4]
    assert "lima menit" in errors[5]


def test_guessing_one_password_at_many_accounts_is_limited_by_address(client):
    answers = [
        client.post(
            reverse("account_login"), {"login": f"orang{number}@example.org", "password": "salah-sekali-1"}
        )
        for number in range(12)
    ]
    assert "lima menit" in answers[11].content.decode()


def many(headers, *, times=12):
    """The last answer to wrong passwords at many accounts, each request with these headers."""
    last = None
    for number in range(times):
        data = {"login": f"orang{number}@example.org", "password": "salah-sekali-1"}
        last = Client().post(reverse("account_login"), data, headers=headers(number))
    return last.content.decode()


@pytest.mark.parametrize(
    "header", ["x-forwarded-for", "x-real-ip", "forwarded", "client-ip", "true-client-ip", "cf-connecting-ip"]
)
def test_a_forged_address_gains_nothing_without_a_proxy(header):
    assert "lima menit" in many(lambda number: {header: f"10.9.8.{number}"})


def test_a_forged_address_before_the_trusted_proxy_gains_nothing(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert "lima menit" in many(lambda number: {"x-forwarded-for": f"10.9.8.{number}, 203.0.113.7"})


def test_people_behind_the_trusted_proxy_are_counted_apart(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert "lima menit" not in many(lambda number: {"x-forwarded-for": f"203.0.113.{number}"})


def test_a_request_that_came_past_the_proxies_is_counted_by_its_own_address(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 3
    assert "lima menit" in many(lambda number: {"x-forwarded-for": f"10.9.8.{number}"})


def test_too_many_requests_answer_429_with_a_page_of_ours_and_a_time_to_wait(client):
    answers = [
        client.post(reverse("account_reset_password"), {"email": "orang@example.org"}) for _ in range(6)
    ]
    assert answers[4].status_code == 302
    assert answers[5].status_code == 429
    assert int(answers[5]["Retry-After"]) > 0
    assert "Terlalu banyak percobaan" in answers[5].content.decode()


def test_the_session_of_before_the_sign_in_is_worth_nothing(founder):
    client = Client()
    client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    before = client.cookies["sessionid"].value
    post_login(client, founder)
    assert client.cookies["sessionid"].value != before


def replay(cookie):
    client = Client()
    client.cookies["sessionid"] = cookie
    return client.get(reverse("profile_edit")).status_code


def test_a_session_ends_with_sign_out_new_password_and_switched_off_account(
    founder, planner, task_force_member
):
    out, changed, off = sign_in(founder), sign_in(planner), sign_in(task_force_member)
    cookies = [client.cookies["sessionid"].value for client in (out, changed, off)]
    assert [replay(cookie) for cookie in cookies] == [200, 200, 200]
    out.post(reverse("account_logout"))
    planner.set_password("batu-tulis-baru-12")
    planner.save()
    task_force_member.is_active = False
    task_force_member.save()
    assert [replay(cookie) for cookie in cookies] == [302, 302, 302]


def test_a_switched_off_account_cannot_sign_in(founder):
    founder.is_active = False
    founder.save()
    client = Client()
    post_login(client, founder)
    assert "_auth_user_id" not in client.session


def test_rights_that_are_taken_away_are_gone_at_the_next_request(client_for, founder, settings):
    group, _ = Group.objects.get_or_create(name="planner")
    founder.groups.add(group)
    client = client_for(founder)
    assert client.get(reverse("style_guide")).status_code == 200
    founder.groups.remove(group)
    assert client.get(reverse("style_guide")).status_code in {403, 404}


def code_now():
    return format_hotp_value(hotp_value(SECRET, next(yield_hotp_counters_from_time())))


def test_a_second_factor_is_asked_for_and_its_code_works_once(founder):
    TOTP.activate(founder, SECRET)
    client, code = Client(), code_now()
    response = post_login(client, founder)
    assert response.url == reverse("mfa_authenticate")
    assert client.get(reverse("profile_edit")).status_code == 302, "half signed in is not signed in"
    assert client.post(response.url, {"code": "000000"}).status_code == 200
    assert client.post(response.url, {"code": code}).status_code == 302
    assert client.get(reverse("profile_edit")).status_code == 200
    again = Client()
    post_login(again, founder)
    assert again.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200, "the code was used"


def test_a_recovery_code_opens_the_account_once(founder):
    TOTP.activate(founder, SECRET)
    code = RecoveryCodes.activate(founder).get_unused_codes()[0]
    for expected in (302, 200):
        client = Client()
        post_login(client, founder)
        assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == expected


def test_codes_cannot_be_guessed(founder):
    TOTP.activate(founder, SECRET)
    client = Client()
    post_login(client, founder)
    for number in range(5):
        client.post(reverse("mfa_authenticate"), {"code": f"00000{number}"})
    right = client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert right.status_code in {200, 429}, "the right code was still taken after five wrong ones"


@pytest.mark.django_db(transaction=True)
def test_the_authenticator_app_is_set_up_with_the_key_of_the_page(founder, mailoutbox):
    client = sign_in(founder)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    assert client.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    assert "aktif" in client.get(reverse("mfa_index")).content.decode()
    assert mailoutbox[-1].subject == "MalangKraf: Aplikasi autentikator dipasang"


def test_a_passkey_sign_in_starts_with_a_challenge_and_refuses_rubbish(client):
    options = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["challenge"]
    for rubbish in RUBBISH:
        assert client.post(reverse("mfa_login_webauthn"), {"credential": rubbish}).status_code < 500
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("page", ["mfa_add_webauthn", "mfa_reauthenticate_webauthn"])
def test_the_other_passkey_forms_refuse_rubbish_too(founder, page):
    client = sign_in(founder)
    for rubbish in RUBBISH:
        assert client.post(reverse(page), {"credential": rubbish, "name": "Ponsel"}).status_code < 500
