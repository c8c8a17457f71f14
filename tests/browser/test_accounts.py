"""Sign-up, sign-in, a lost password, the second factor and a passkey, with the mail that the portal writes."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.seats import indonesian_on_a_phone
from tests.browser.test_workroom import fill, send

CODE = r"^\s*([0-9A-Z-]{6,})\s*$"
PASSWORD = "kopi-arjuno-pagi-77"
NEW_PASSWORD = "rujak-cingur-sore-88"


def code_now(secret):
    """Return what an authenticator app shows for the key at this moment."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def sign_up(visitor, portal, recipient):
    """Create the account through form and mailed code."""
    page = visitor.visit("/akun/signup/", "signup")
    fill(page, email=recipient, name="Orang Baru", password1=PASSWORD)
    send(page)
    visitor.look("signup-code")
    fill(page, code=portal.wait_for_letter(recipient, pattern=CODE))
    send(page)
    visitor.look("profile")


def sign_out(visitor):
    send(visitor.visit("/akun/logout/", "logout"), "main form button[type=submit]")


@indonesian_on_a_phone
def test_a_person_signs_up_forgets_the_password_and_adds_a_second_factor(seat, portal, language, width):
    visitor = seat(language, width)
    page = visitor.page
    recipient = f"baru-{language}-{width}@example.org"
    sign_up(visitor, portal, recipient)
    sign_out(visitor)
    reset_password(visitor, portal, recipient)

    visitor.visit("/akun/login/", "login")
    sign_in(page, recipient, "salah-sama-sekali")
    expect(page.locator(".error-summary")).to_be_focused()
    visitor.look("login-refused")
    with page.expect_navigation():
        sign_in(page, recipient, NEW_PASSWORD)
    recovery_code = set_up_totp(visitor)

    sign_out(visitor)
    visitor.visit("/akun/login/")
    with page.expect_navigation():
        sign_in(page, recipient, NEW_PASSWORD)
    visitor.look("second-factor")
    fill(page, code=recovery_code)
    send(page)
    visitor.visit("/akun/2fa/", "security")
    expect(page.locator("main a[href$='/totp/deactivate/']")).to_be_visible()


def reset_password(visitor, portal, recipient):
    page = visitor.visit("/akun/password/reset/", "reset")
    fill(page, email=recipient)
    send(page)
    visitor.look("reset-sent")
    page.goto(portal.wait_for_letter(recipient, pattern=r"(http\S+/password/reset/key/\S+)"))
    visitor.look("reset-new")
    fill(page, password1=NEW_PASSWORD, password2=NEW_PASSWORD)
    send(page)
    visitor.look("reset-done")


def set_up_totp(visitor):
    """Set up the authenticator app; return the first recovery code, for the app's own code works once."""
    page = visitor.visit("/akun/2fa/totp/activate/")
    if page.locator("main [name=password]").count():
        fill(page, password=NEW_PASSWORD)
        send(page)
    visitor.look("totp")
    secret = page.locator("#totp-secret").inner_text().replace(" ", "").strip()
    fill(page, code=code_now(secret))
    send(page)
    if page.url.endswith("/activate/"):
        # The half minute of the code ended on the way; like a person, type the next one.
        fill(page, code=code_now(secret))
        send(page)
    visitor.visit("/akun/2fa/recovery-codes/", "recovery-codes")
    return page.locator("main ol code, main ol li").first.inner_text().strip()


def test_a_passkey_is_added_and_opens_the_door(seat, portal):
    visitor = seat("id", 1280)
    page = visitor.page
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    abilities = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                 "hasUserVerification": True, "isUserVerified": True}  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": abilities})
    recipient = "kunci@example.org"
    sign_up(visitor, portal, recipient)
    visitor.visit("/akun/2fa/webauthn/add/")
    if page.locator("main [name=password]").count():
        fill(page, password=PASSWORD)
        send(page)
    visitor.look("passkey-add")
    fill(page, name="Laptop")
    if page.locator("main [name=passwordless]").count():
        page.locator("main [name=passwordless]").check()
    send(page, "main [data-webauthn-button]")
    visitor.visit("/akun/2fa/webauthn/", "passkeys")
    expect(page.locator("main")).to_contain_text("Laptop")
    sign_out(visitor)
    visitor.visit("/akun/login/")
    send(page, "#passkey_login")
    visitor.visit("/akun/profil/")
    expect(page.locator("main [name=name]")).to_have_value("Orang Baru")
