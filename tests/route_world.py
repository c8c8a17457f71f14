"""One sample of everything that an address can name, and the walk over the URL table."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from types import SimpleNamespace

from allauth.account.internal.flows import login
from allauth.account.internal.userkit import user_id_to_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from ecosystem.models import OutgoingMail
from roadmap.models import FacilityLink, IndicatorAssignment, ReportFile, TaskForceMembership
from tests.ecosystem import factories as ecosystem
from tests.ecosystem.account_steps import PASSWORD, make_passkey
from tests.ecosystem.facility_world import add_facilities
from tests.roadmap import factories as roadmap
from tests.route_table import ADMIN, ANONYMOUS, EDITOR, FOUNDER, OWNER, ROLES, Route
from tests.startups.world import add_directory


@dataclass(frozen=True)
class Found:
    """A route of the URL table; the pattern keeps the view, so a test may put another one in."""

    key: str
    full_name: str
    address: str
    arguments: tuple[str, ...]
    pattern: URLPattern = field(compare=False)


def walk(patterns=None, *, namespace="", prefix="", inherited=()) -> Iterator[Found]:
    """Give every route of the table, with the path it has in Indonesian."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + str(entry.pattern)
        arguments = (*inherited, *entry.pattern.converters, *getattr(entry.pattern.regex, "groupindex", ()))
        arguments = tuple(sorted(set(arguments)))
        if isinstance(entry, URLPattern):
            name = namespace + (entry.name or address)
            yield Found(f"{name}({','.join(arguments)})", name, address, arguments, entry)
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from walk(entry.url_patterns, namespace=inner, prefix=address, inherited=arguments)


def build_world() -> SimpleNamespace:
    """Make the people and one row of everything."""
    people = {role: make_person(role) for role in ROLES if role != ANONYMOUS}
    world = SimpleNamespace(people=people, founder=people[FOUNDER], group=Group.objects.get(name="planner"))
    world.helix_actor, world.subsector = ecosystem.HelixActorFactory(), ecosystem.SubsectorFactory()
    world.kelurahan = ecosystem.KelurahanFactory()
    world.kecamatan = world.kelurahan.kecamatan
    world.organization = ecosystem.OrganizationFactory()
    world.seat = TaskForceMembership.objects.create(
        user=people["task_force"], helix_actor=world.helix_actor, valid_from="2022-01-01"
    )
    add_second_factors(world)
    add_roadmap(world)
    add_values(world)
    add_reports(world)
    add_directory(world)
    add_facilities(world)
    world.facility_link = FacilityLink.objects.create(facility=world.facility, action=world.action)
    world.parked_mail = OutgoingMail.objects.create(
        to="orang@example.org", subject="Parkir", text="Teks", due_at=timezone.now(), parked_at=timezone.now()
    )
    world.content_type = ContentType.objects.get_for_model(type(world.organization))
    world.app_label, world.url, world.event_id = "ecosystem", "tidak-ada/", "roadmap.PhaseEvent:1"
    world.key, world.uidb36, world.wanted = "abc-0123456789abcdef", "zz", "pdf-id"
    return world


def make_person(role):
    """Make the role's account."""
    admin = {"is_staff": True, "is_superuser": True} if role == ADMIN else {}
    user = get_user_model().objects.create_user(f"{role}@example.org", PASSWORD, **admin)
    if role not in {FOUNDER, OWNER, EDITOR, ADMIN}:
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    return user


def add_second_factors(world):
    planner = world.people["planner"]
    TOTP.activate(planner, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(planner)
    world.passkey = make_passkey(planner)


def add_roadmap(world):
    world.phase = roadmap.PhaseFactory(is_published=True)
    world.programme = roadmap.ProgrammeFactory(is_published=True, phases=[world.phase])
    world.action = roadmap.ActionFactory(is_published=True, programme=world.programme, phase=world.phase)
    world.update = roadmap.ProgressUpdateFactory(action=world.action, is_published=True)
    world.indicator = roadmap.IndicatorFactory(is_public=True)
    world.slug = world.indicator.slug
    world.link = roadmap.IndicatorLinkFactory(indicator=world.indicator, phase=world.phase)
    world.assignment = IndicatorAssignment.objects.create(
        user=world.people["task_force"], indicator=world.indicator
    )
    world.scale = roadmap.RatingScaleFactory()


def add_values(world):
    """A submitted value of 2022, a draft of 2023 and a verified one of 2021, each with what belongs to it."""
    submitted = roadmap.MeasurementFactory(indicator=world.indicator, submitted=True)
    world.period = submitted.period.address
    world.target = roadmap.TargetFactory(indicator=world.indicator, period=submitted.period)
    world.draft = roadmap.MeasurementFactory(
        indicator=world.indicator,
        period=roadmap.PeriodFactory(code="2023"),
        entered_by=world.people["task_force"],
    )
    world.draft_evidence = roadmap.EvidenceFactory(measurement=world.draft)
    world.verified = roadmap.MeasurementFactory(
        indicator=world.indicator, period=roadmap.PeriodFactory(code="2021"), verified=True
    )
    world.public_indicator = roadmap.IndicatorFactory(is_public=True)
    public = roadmap.MeasurementFactory(indicator=world.public_indicator, historical=True)
    world.public_evidence = roadmap.EvidenceFactory(
        measurement=public, url="", file=ContentFile(b"%PDF-1.7", "bukti.pdf"), sha256="0" * 64,
        content_type="application/pdf",
    )  # fmt: skip
    target = roadmap.TargetFactory(indicator=world.public_indicator, period=public.period, revision=None)
    world.public_document = roadmap.TargetRevisionFactory(
        target=target, document=ContentFile(b"%PDF-1.7", "target.pdf")
    )


def add_reports(world):
    world.published_run = roadmap.ReportRunFactory(published=True)
    ReportFile.objects.create(
        run=world.published_run, format="pdf", language="id", state=ReportFile.State.DONE,
        file=ContentFile(b"%PDF-1.7", "laporan.pdf"),
    )  # fmt: skip
    report = roadmap.ReportFactory(period=roadmap.PeriodFactory(code="2023"))
    world.draft_run = roadmap.ReportRunFactory(report=report, draft=True)


def address_of(found: Found, route: Route, world: SimpleNamespace) -> str:
    """Return the route's address with the world's samples; an argument without a sample is an error of the table."""
    samples = {name: attrgetter(route.arguments.get(name, name))(world) for name in found.arguments}
    if found.pattern.name:
        return reverse(found.full_name, kwargs=samples)
    # Django's admin leaves two kinds of routes without a name.
    address = found.address.replace("(?P<url>.*)$", "<path:url>")
    for name, value in samples.items():
        address = address.replace(f"<path:{name}>", str(value))
    return f"/{address}"


def outcome(response) -> str:
    """Return what the answer means: in, login, 403, 404, 405 or 500 and up."""
    code = response.status_code
    if code == 302 and response.url.partition("?")[0] in {reverse("account_login"), reverse("admin:login")}:
        return "login"
    # A form that was refused for its values has let the person in.
    return str(code) if code in {401, 403, 404, 405} or code >= 500 else "in"


def ask(found, route, world, *, role, method, **client):
    """Send one request as the role and undo what it did; return the answer."""
    browser = signed_in(world, role, **client)
    cookies = browser.cookies.copy()
    with transaction.atomic():
        response = browser.generic(method, address_of(found, route, world))
        response.getvalue()  # reads a download to its end, which closes the file
        transaction.set_rollback(True)
    # The session is as it was; a page that signs out has taken its cookie.
    browser.cookies = cookies
    return response


def signed_in(world, role, **client):
    """Return the role's browser: signed in once, for each request of a role the same."""
    known = world.__dict__.setdefault("browsers", {})
    key = (role, *sorted(client.items()))
    if key not in known:
        known[key] = browser = Client(raise_request_exception=False, **client)
        if role != ANONYMOUS:
            browser.force_login(world.people[role], backend="django.contrib.auth.backends.ModelBackend")
            just_confirmed(browser, world.people[role])
    return known[key]


def just_confirmed(browser, user):
    """Spare the person the question "is it still you?": it stands before the right that is looked for here."""
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password", "at": 9e9, "reauthenticated": True}]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(user)
    session.save()


def expected(route: Route, *, role, method) -> set[str]:
    """Return the outcomes that the table allows."""
    allowed = route.get if method == "GET" else route.post
    if allowed is not None:
        if role in allowed:
            return {"in"}
        if role == ANONYMOUS:
            return {"login"}
        return {"403", "404", "405"} if role == ADMIN else {route.refusal, "404"}
    others = route.post if method == "GET" else route.get
    # Whether the right or the method is looked at first is the view's own business.
    return {"405"} if role in (others or ()) else {"405", "login", "403", "404"}
