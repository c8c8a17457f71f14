"""Steps that tests of accounts share."""

import re

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

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


def make_passkey(user, name="Ponsel saya"):
    """Store a passkey as a browser would have registered it."""
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    credential = AttestedCredentialData.create(Aaguid.NONE, b"a-credential", key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    data = AuthenticatorData.create(b"\0" * 32, flags, 1, credential)
    client_data = CollectedClientData.create(
        CollectedClientData.TYPE.CREATE, b"challenge", "http://localhost"
    )
    response = {
        "clientDataJSON": websafe_encode(client_data),
        "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
    }
    identity = websafe_encode(b"a-credential")
    registration = {"id": identity, "rawId": identity, "type": "public-key", "response": response}
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": name, "credential": registration}
    )
