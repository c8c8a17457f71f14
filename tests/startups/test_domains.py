"""Which web addresses tell one actor from others."""

import pytest

from startups.rules.domains import is_own

SHARED = (
    "studio.itch.io",
    "behance.net",
    "drive.google.com",
    "apps.apple.com",
    "youtu.be",
    "heylink.me",
    "gumroad.com",
)


@pytest.mark.parametrize("domain", [*SHARED, "satu.gumroad.com", "gmail.com", ""])
def test_an_address_that_many_share_is_nobodys_own(domain):
    assert not is_own(domain)


@pytest.mark.parametrize("domain", ["nusa.id", "mybehance.net", "gumroad.com.nusa.id"])
def test_a_domain_of_ones_own(domain):
    assert is_own(domain)
