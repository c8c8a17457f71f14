"""A founder who fills in the steps of a registration through the test client."""

import re

from django.urls import reverse

from startups.models import Startup
from startups.registration_pages import SLUGS
from tests.ecosystem.factories import KelurahanFactory, SubsectorFactory

NAME = {"name": "Kopi Lumba", "kind": "app_studio", "alternate_names": "", "legal_name": ""}
WORK = {
    "summary": "Aplikasi kasir untuk warung kopi.",
    "summary_en": "",
    "description": "",
    "description_en": "",
    "website": "",
    "links": "",
    "founded_year": "",
    "founded_month": "",
    "founded_day": "",
    "stage": "",
    "team_band": "",
}


def address(draft, slug):
    """Return the address of a step."""
    if slug == "periksa":
        return reverse("startups:registration_send", args=[draft.pk])
    return reverse("startups:registration_step", args=[draft.pk, slug])


def stamp_of(client, *, language=""):
    """Return the stamp that the first step's page carries."""
    page = client.get(f"{language}{reverse('startups:registration_new')}").content.decode()
    found = re.search(r'name="stamp" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def begin(client, monkeypatch, **values):
    """Send the first step of a new entry, as late as a person would; return the answer."""
    monkeypatch.setattr("startups.forms.registration.FASTEST", -1)
    return client.post(
        reverse("startups:registration_new"), {**NAME, "stamp": stamp_of(client), "fax": "", **values}
    )


def the_draft(name=NAME["name"]):
    """Return the only entry of a name."""
    return Startup.objects.get(name=name)


def values_of(slug):
    """Return good values of a step."""
    area = KelurahanFactory(code="35.73.02.1001")
    return {
        "nama": NAME,
        "tempat": {"area": area.code, "street": "", "point": "", "point_precision": ""},
        "kegiatan": {**WORK, "subsector": SubsectorFactory(code="aplikasi").pk},
        "kontak": {"email": "halo@kopilumba.id", "phone": "", "whatsapp": "", "takes_messages": "on"},
        "periksa": {"agree_directory": "on"},
    }[slug]


def send_step(client, draft, slug, query="", **values):
    """Send a step with good values but for those given; return the answer."""
    draft.refresh_from_db()
    return client.post(address(draft, slug) + query, {"version": draft.version, **values_of(slug), **values})


def walk(client, draft, *, until="periksa"):
    """Send the steps up to and with this one."""
    for slug in SLUGS[1 : SLUGS.index(until) + 1]:
        response = send_step(client, draft, slug)
        assert response.status_code == 302, response.content.decode()
    draft.refresh_from_db()
    return draft
