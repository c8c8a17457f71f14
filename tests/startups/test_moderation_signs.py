"""What stands out about a thing in the queue is about what is proposed, not about what stands."""

import pytest

from startups.models import ModerationItem
from startups.services import changes
from startups.signs import signs_of
from tests.startups.factories import StartupFactory

pytestmark = pytest.mark.django_db


def test_a_proposed_website_is_looked_at_by_its_own_domain(founder):
    startup = StartupFactory(
        name="Studio Topeng", owner=founder, website="https://lama.example", website_domain="lama.example"
    )
    other = StartupFactory(name="Warung Kopi", website="https://baru.example", website_domain="baru.example")
    change = changes.propose_identity(
        startup.pk, user=founder, proposal={"website": "https://www.baru.example/kami"}
    )
    item = ModerationItem.objects.select_related("startup", "change_set").get(change_set=change)
    assert [(sign.tone, sign.startup) for sign in signs_of(item) if sign.startup] == [("bad", other)]
    item.startup.refresh_from_db()
    assert item.startup.website_domain == "lama.example"
