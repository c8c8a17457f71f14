"""Steps that tests of accounts share."""

import re

from django.test import Client
from django.urls import reverse

PASSWORD = "kata-sandi-uji-2024"


def sign_in(user):
    """Return a client that went through the real sign-in form and just gave its password once more."""
    client = Client()
    response = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert response.status_code == 302, response.content.decode()
    response = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert response.status_code == 302, response.content.decode()
    return client


def code_in(mail):
    """Return the code that stands on a line of its own in the mail."""
    found = re.search(r"^\s*([0-9A-Z-]{6,})\s*$", mail.body, re.M)
    assert found is not None, mail.body
    return found[1]


def link_in(mail, part):
    """Return the first address in the mail that holds this text."""
    found = [word for word in mail.body.split() if part in word]
    assert found, mail.body
    return found[0]
