"""Work room: weights are judged at what they count for, and a baseline names its period."""

from decimal import Decimal

import pytest

from roadmap.forms.indicators import IndicatorForm
from roadmap.models import Indicator
from tests.roadmap.factories import IndicatorFactory, IndicatorLinkFactory, PhaseFactory, ProgrammeFactory
from tests.roadmap.test_workroom_indicators import ROOM, fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(planner, client_for):
    return client_for(planner)


def test_weights_are_summed_over_all_indicators_of_the_same_parent(client):
    phase, programme = PhaseFactory(), ProgrammeFactory(slug="mcc")
    indicator, other = IndicatorFactory(slug="uji"), IndicatorFactory()
    IndicatorLinkFactory(indicator=indicator, phase=phase, weight=Decimal(40))
    IndicatorLinkFactory(indicator=indicator, programme=programme, weight=Decimal(60))
    warning = "berjumlah"
    assert warning not in client.get(f"{ROOM}uji/").content.decode()
    link = {"parent": f"phase-{phase.pk}", "level": "output", "weight": "30"}
    page = client.post(f"{ROOM}{other.slug}/tautan/", link, follow=True).content.decode()
    assert f"{warning} 70" in page
    hidden = IndicatorFactory(is_public=False)
    IndicatorLinkFactory(indicator=hidden, phase=phase, weight=Decimal(5))
    page = client.get(f"{ROOM}uji/").content.decode()
    assert page.count(warning) == 1
    assert f"{warning} 70" in page


def test_a_baseline_names_its_period_and_a_new_version_takes_it_over(client):
    assert (
        "baseline_period"
        in client.post(f"{ROOM}baru/", fields(baseline_period="2019-13")).context["form"].errors
    )
    assert client.post(f"{ROOM}baru/", fields(baseline_period="2019-Q4")).status_code == 302
    old = Indicator.objects.get()
    assert old.baseline_period.code == "2019-Q4"
    edit = client.get(f"{ROOM}ekspor-gim/ubah/")
    assert 'value="2019-Q4"' in edit.content.decode()
    # Two clicks on the same page are one change.
    seen = edit.context["form"]["seen"].value()
    change = fields(baseline_period="2018", seen=seen)
    assert [client.post(f"{ROOM}ekspor-gim/ubah/", change).status_code for _click in range(2)] == [302, 302]
    old.refresh_from_db()
    assert old.baseline_period.code == "2018"
    assert 'value="2018"' in client.get(f"{ROOM}ekspor-gim/versi-baru/").content.decode()
    new = fields(name="Ekspor baru", code="EK-10", valid_from="2024-01-01", baseline_period="2018")
    assert client.post(f"{ROOM}ekspor-gim/versi-baru/", new).status_code == 302
    assert Indicator.objects.get(supersedes=old).baseline_period == old.baseline_period
    old.refresh_from_db()
    seen = IndicatorForm(instance=old).fingerprint()
    assert client.post(f"{ROOM}ekspor-gim/ubah/", fields(baseline_period="", seen=seen)).status_code == 302
    old.refresh_from_db()
    assert old.baseline_period is None
