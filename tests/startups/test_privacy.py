"""No private field in anything that the public can read, wherever it is shown."""

import io
import re
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecosystem.models import User
from malangkraf.api.throttling import AddressThrottle
from startups import public
from startups.models import (
    ChangeSet,
    ConsentRecord,
    ContactAccess,
    DataRequest,
    Invitation,
    ModerationEvent,
    Startup,
    StartupKbli,
)
from startups.public import public_record, with_public_parts
from startups.services import listing
from startups.views.exports import ExportThrottle
from tests.ecosystem.factories import UserFactory
from tests.route_table import ANONYMOUS, ROUTES
from tests.route_world import walk
from tests.startups.factories import (
    ClaimFactory,
    ContactPointFactory,
    MembershipFactory,
    ModerationItemFactory,
    ProblemReportFactory,
    StartupFactory,
    VerificationFactory,
)

pytestmark = pytest.mark.django_db
OPTIONAL = list(Startup.Optional.values)
POINT = ("-7.91919", "112.69191")


def secret(name):
    """Return a text that stands nowhere else."""
    return f"zqx{name}zqx"


def mail(name):
    return f"{secret(name)}@rahasia.example"


# Every private text and the field it stands in; what the world below writes comes from here.
MARKS = [
    *(
        "legal",
        "street",
        "nib",
        "phone",
        "whatsapp",
        "note",
        "internal",
        "applicant",
        "reason",
        "statement",
        "proposed",
    ),
    *(
        "member",
        "founder",
        "reply",
        "report",
        "invited",
        "request",
        "looked",
        "contact",
        "draft",
        "submitted",
        "gone",
    ),
]
PRIVATE = [secret(mark) for mark in MARKS] + ["9120001234567", "58209", "1987", *POINT]


def person(name):
    return User.objects.filter(email=mail(name)).first() or UserFactory(name=secret(name), email=mail(name))


def make_entry(**traits):
    """Make an entry that shows none of its optional fields, with something private in every corner of it."""
    startup = StartupFactory(
        legal_name=secret("legal"), street=secret("street"), nib="9120001234567", founded=date(1987, 6, 5),
        stage="established", team_band="51+", latitude=Decimal(POINT[0]), longitude=Decimal(POINT[1]),
        point_precision="exact", public_fields=[], lifecycle_note=secret("note"), open_to=["clients"],
        created_by=person("founder"), **traits,
    )  # fmt: skip
    StartupKbli.objects.create(startup=startup, scheme="2020", code="58209")
    for kind, value in (
        ("email", mail("contact")),
        ("phone", secret("phone")),
        ("whatsapp", secret("whatsapp")),
    ):
        ContactPointFactory(startup=startup, kind=kind, value=value)
    member = person("member")
    MembershipFactory(startup=startup, user=member)
    item = ModerationItemFactory(
        startup=startup, kind="report", report=ProblemReportFactory(
            startup=startup, text=secret("report"), reply_to=mail("reply")
        ),
    )  # fmt: skip
    ModerationEvent.objects.create(
        item=item,
        action="asked",
        note=secret("applicant"),
        internal_note=secret("internal"),
        at=timezone.now(),
    )
    ChangeSet.objects.create(
        startup=startup, proposed={"name": secret("proposed")}, base={}, reason=secret("reason")
    )
    ClaimFactory(startup=startup, user=member, statement=secret("statement"))
    ContactAccess.objects.create(startup=startup, by=member, reason=secret("looked"))
    ConsentRecord.objects.create(
        user=member, startup=startup, purpose="directory", text_version="1", language="id"
    )
    DataRequest.objects.get_or_create(
        user=member, kind="access", defaults={"text": secret("request"), "due_at": timezone.now()}
    )
    Invitation.objects.create(
        startup=startup, email=mail("invited"), role="editor", token_hash=startup.slug.ljust(64, "x"),
        expires_at=timezone.now(),
    )  # fmt: skip
    VerificationFactory(startup=startup)
    listing.refresh([startup.pk])
    return startup


@pytest.fixture
def entry():
    """A published entry full of secrets beside a closed one, and others whose very names are secret."""
    startup = make_entry(slug="terbuka-semua", name="Terbuka Semua")
    make_entry(slug="tutup-sudah", name="Tutup Sudah", closed=True)
    StartupFactory(draft=True, name=secret("draft"))
    StartupFactory(submitted=True, name=secret("submitted"))
    StartupFactory(suspended=True, name=secret("gone"))
    return startup


def addresses(entry):
    """Yield every public address of the portal that can show an entry, in both languages."""
    known = {"slug": entry.slug, "size": 192, "year": 2026, "month": 11}
    for found in walk():
        # That every route is declared is the business of tests/test_routes.py.
        if found.key not in ROUTES or ANONYMOUS not in (ROUTES[found.key].get or ()):
            continue
        if found.arguments and not found.full_name.startswith(("startups:", "api:startup")):
            continue
        arguments = {name: known[name] for name in found.arguments if name in known}
        try:
            for language in ("id", "en"):
                with translation.override(language):
                    yield reverse(found.full_name, kwargs=arguments)
        except NoReverseMatch:
            continue


QUERIES = (
    "tampilan=tabel", "tampilan=peta", "urut=nama", "kesegaran=fresh&kesegaran=dormant", "terverifikasi=ya",
    "q=terbuka", "q=terbuak", "terbuka=clients&jenis=game_studio", "kecamatan=35.73.02",
)  # fmt: skip
TAKE_QUERIES = (
    "/startup/",
    "/startup/data.csv",
    "/startup/data.xlsx",
    "/startup/data.geojson",
    "/startup/atom.xml",
)


def everything(entry):
    """Return every address to look at, once."""
    found = [*addresses(entry), *(f"{path}?{query}" for path in TAKE_QUERIES for query in QUERIES)]
    found += [f"/api/v1/startups/?{query}" for query in QUERIES if "tampilan" not in query]
    found += ["/cari/?q=terbuka", f"/api/v1/startups/{entry.uuid}/", "/startup/tutup-sudah/"]
    found += ["/api/v1/startups/?updated_since=2020-01-01T00:00:00Z", "/api/v1/startups/tutup-sudah/"]
    return dict.fromkeys(found)


def text_of(answer):
    """Return all that stands in an answer, headers too; a workbook is unpacked."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        book = zipfile.ZipFile(io.BytesIO(content))
        content = b"".join(book.read(name) for name in book.namelist())
    return f"{dict(answer.items())} {content.decode('utf-8', 'replace')}"


@pytest.fixture
def unlimited(monkeypatch):
    monkeypatch.setattr(AddressThrottle, "THROTTLE_RATES", {"address": "100000/min"})
    monkeypatch.setattr(ExportThrottle, "rate", "100000/min")


def holds(text, mark):
    """Return whether a text holds a mark; a number only as a whole one, for hashes and microseconds hold any digits."""
    if mark.isdigit():
        return re.search(rf"(?<![0-9A-Za-z.]){mark}(?![0-9A-Za-z])", text) is not None
    return mark in text


def leaks(client, looked_at):
    """Return (address, private text) for each private text that is shown, and the addresses that show the entry."""
    found, showing = [], []
    for address in looked_at:
        text = text_of(client.get(address))
        if address.startswith("/startup/?"):
            text += text_of(client.get(address, headers={"HX-Request": "true"}))
        found += [(address, mark) for mark in PRIVATE if holds(text, mark)]
        if "Terbuka Semua" in text:
            showing.append(address)
    return found, showing


def test_no_public_answer_holds_anything_private(client, entry, unlimited):
    found, showing = leaks(client, everything(entry))
    assert found == []
    # The walk has seen the entry itself in all its forms.
    own = ["/en/startup/", "/startup/terbuka-semua/", "/api/v1/startups/", "/api/v1/startups/terbuka-semua/"]
    assert set(TAKE_QUERIES) | set(own) <= set(showing)


def test_a_planted_leak_is_seen(client, entry, unlimited, monkeypatch):
    """The negative control: one field that forgets its owner's choice shows up in the files and the API."""
    monkeypatch.setattr(public, "_if_shown", lambda startup, field: getattr(startup, field))
    looked_at = {
        "/startup/data.csv",
        "/startup/data.xlsx",
        "/api/v1/startups/",
        "/api/v1/startups/terbuka-semua/",
    }
    found, _showing = leaks(client, looked_at)
    assert {address for address, mark in found if mark == secret("legal")} == looked_at


@pytest.mark.parametrize("mark", [*MARKS, "9120001234567", "58209", "established"])
def test_a_private_word_finds_nothing(client, entry, mark):
    word = mark if mark[0].isdigit() or mark == "established" else secret(mark)
    assert client.get("/api/v1/startups/", {"q": word}).json()["count"] == 0


@pytest.fixture
def loaded():
    """One entry with something in every optional field, loaded with its public parts."""
    startup = make_entry()
    return with_public_parts(Startup.objects.filter(pk=startup.pk)).get()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shown=st.sets(st.sampled_from(OPTIONAL)), precision=st.sampled_from(["exact", "kelurahan"]))
def test_an_optional_field_is_public_exactly_when_its_owner_shows_it(loaded, shown, precision):
    loaded.public_fields, loaded.point_precision = sorted(shown), precision
    record = public_record(loaded)
    assert record["legal_name"] == (secret("legal") if "legal_name" in shown else "")
    assert record["street"] == (secret("street") if "street" in shown else "")
    assert record["stage"] == ("established" if "stage" in shown else "")
    assert record["team_band"] == ("51+" if "team_band" in shown else "")
    assert record["founded"] == ("1987" if "founded" in shown else "")
    assert record["kbli"] == ([{"scheme": "2020", "code": "58209"}] if "kbli" in shown else [])
    is_exact = "point" in shown and precision == "exact"
    assert ((record["latitude"], record["longitude"]) == POINT) == is_exact
    assert (record["point_precision"] == "exact") == is_exact
    row = listing.codes_of(loaded)
    assert ("tahap:established" in row) == ("stage" in shown)
    assert ("tim:51+" in row) == ("team_band" in shown)
    always = set(MARKS) - {"legal", "street"}
    assert not any(secret(mark) in str(record) for mark in always)
    assert "9120001234567" not in str(record)
