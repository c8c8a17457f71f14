"""Codes and tokens that the portal makes up: short ones to read aloud, long ones that work like a key."""

import secrets

# Without 0 and O, 1, I and L: they are mistaken for each other on paper and on the phone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def booking_code() -> str:
    """Return a code of eight signs for a booking; about 850 thousand million of them, so it is no secret to guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(8))


def letter_code() -> str:
    """Return the code under which a confirmation letter is checked, 16 signs."""
    return "".join(secrets.choice(ALPHABET) for _ in range(16))


def token() -> str:
    """Return 24 random bytes as 32 signs for an address that works like a key."""
    return secrets.token_urlsafe(24)
