"""What the pages of a registration show: the steps, who may, the summary to check, the similar entries."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ecosystem.models import User
from malangkraf.drawing.houses import PALETTE, House, row_of_houses
from malangkraf.translated import translated
from startups import permissions
from startups.forms.registration import NameForm, PlaceForm, StepForm
from startups.forms.registration_work import ContactForm, WorkForm
from startups.models import ContactPoint, Role, Startup
from startups.optional_fields import optional_text
from startups.owner_access import manage_url
from startups.services.duplicates import Similar, similar_entries
from startups.services.registration import EDITABLE, Lifecycle

CHECK = "periksa"
STEP_NAMES: dict[str, str | Promise] = {
    "nama": gettext_lazy("Name and kind"),
    "tempat": gettext_lazy("Place"),
    "kegiatan": gettext_lazy("What you do"),
    "kontak": gettext_lazy("Contact"),
    CHECK: gettext_lazy("Check and send"),
}
SLUGS = tuple(STEP_NAMES)
# About how many minutes each step takes.
MINUTES = (1, 1, 4, 1, 1)
FORMS: dict[str, type[StepForm]] = {
    "nama": NameForm,
    "tempat": PlaceForm,
    "kegiatan": WorkForm,
    "kontak": ContactForm,
}
SIMILAR_REASONS: dict[str, str | Promise] = {
    "name": gettext_lazy("similar name"),
    "alias": gettext_lazy("known by this name too"),
    "domain": gettext_lazy("same website"),
    "kelurahan": gettext_lazy("same kelurahan"),
}


def find_own(user: User, pk: int) -> Startup:
    """Return an entry that the person owns; 404 hides those of others, 403 tells an editor that only owners may."""
    startup = (
        Startup.objects.of(user.pk)
        .filter(pk=pk)
        .select_related("kelurahan__kecamatan", "kecamatan", "created_by")
        .first()
    )
    if startup is None:
        raise Http404
    if permissions.role_in(user, startup) != Role.OWNER:
        raise PermissionDenied
    return startup


def step_url(startup: Startup, slug: str) -> str:
    """Return the address of a step of a draft."""
    if slug == CHECK:
        return reverse("startups:registration_send", args=[startup.pk])
    return reverse("startups:registration_step", args=[startup.pk, slug])


def next_slug(startup: Startup) -> str:
    """Return the step to go on with."""
    return SLUGS[min(startup.step, len(SLUGS) - 1)]


def steps_shown(slug: str) -> list[tuple[str, str]]:
    """Return label and state of each step for the indicator."""
    here = SLUGS.index(slug)
    states = ["done"] * here + ["now"] + [""] * (len(SLUGS) - here - 1)
    return [(str(name), state) for name, state in zip(STEP_NAMES.values(), states, strict=True)]


def step_context(slug: str, startup: Startup | None, *, returns: bool = False) -> dict[str, Any]:
    """Return what every step's page shows around its form; `returns` leads back to the summary."""
    number = SLUGS.index(slug)
    if returns and startup:
        back_url = step_url(startup, CHECK)
    elif number == 0 or startup is None:
        back_url = reverse("startups:registration_start")
    else:
        back_url = step_url(startup, SLUGS[number - 1])
    return {
        "startup": startup,
        "slug": slug,
        "steps": steps_shown(slug),
        "number": number + 1,
        "count": len(SLUGS),
        "step_name": STEP_NAMES[slug],
        "back_url": back_url,
        "houses": houses_of_steps(built=startup.step if startup else 0),
        "returns": returns,
        # What a page may show besides; named here because each step's page looks for it.
        "similar": [],
        "conflict": [],
        "asks_similar": False,
        "is_kept": False,
        "may_delete": False,
    }


def houses_of_steps(*, built: int = len(SLUGS)) -> SafeString:
    """Return the five steps as a row of houses: the taller, the longer it takes; unsaved ones are empty plots."""
    houses = [
        House(str(name), minutes / max(MINUTES) if place < built else None, colour, value=_minutes(minutes))
        for place, (name, minutes, colour) in enumerate(
            zip(STEP_NAMES.values(), MINUTES, PALETTE, strict=False)
        )
    ]
    return mark_safe(row_of_houses(houses, title=_("The five steps"), width=360, height=210))


def _minutes(count: int) -> str:
    return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A similar entry as a founder may see it."""

    startup: Startup
    reasons: str
    is_own: bool
    own_url: str


def neighbours(user: User, name: str, *, domain: str = "", exclude: int | None = None) -> list[Neighbour]:
    """Return similar entries that the person may know of: those with a page, and the person's own; two queries."""
    found = similar_entries(name, domain=domain, exclude=exclude, limit=12)
    own = set(
        Startup.objects.filter(pk__in=[one.startup.pk for one in found])
        .filter(Q(memberships__user=user) | Q(created_by=user))
        .values_list("pk", flat=True)
    )
    known = [one for one in found if one.startup.pk in own or one.startup.lifecycle in Startup.WITH_PAGE]
    return [_neighbour(one, is_own=one.startup.pk in own) for one in known[:3]]


def _neighbour(similar: Similar, *, is_own: bool) -> Neighbour:
    startup = similar.startup
    url = ""
    if is_own:
        is_open = startup.lifecycle in EDITABLE
        url = step_url(startup, next_slug(startup)) if is_open else manage_url(startup)
    return Neighbour(
        startup, ", ".join(str(SIMILAR_REASONS[reason]) for reason in similar.reasons), is_own, url
    )


def status_url(startup: Startup) -> str:
    """Return where the entry's way is shown."""
    return reverse("startups:startup_status", args=[startup.pk])


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of the summary: what was asked, what was answered ("" for nothing), whether others see it."""

    label: str
    text: str
    is_public: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """The answers of one step, and where they are changed."""

    title: str
    url: str
    answers: list[Answer]


def summary(startup: Startup) -> list[Section]:
    """Return everything that was answered, step by step; about six queries."""
    answers = [_name_answers(startup), _place_answers(startup), _work_answers(startup), _contacts(startup)]
    return [
        Section(str(STEP_NAMES[slug]), f"{step_url(startup, slug)}?ke={CHECK}", lines)
        for slug, lines in zip(SLUGS, answers, strict=False)
    ]


def _optional(startup: Startup, field: str) -> Answer:
    text = optional_text(startup, field)
    return Answer(str(Startup.Optional(field).label), text, is_public=startup.shows(field))


def _name_answers(startup: Startup) -> list[Answer]:
    return [
        Answer(_("Name"), startup.name),
        Answer(_("Kind"), startup.get_kind_display()),
        Answer(_("Other names"), startup.alternate_names),
        _optional(startup, "legal_name"),
    ]


def _place_answers(startup: Startup) -> list[Answer]:
    place = [startup.kelurahan.name] if startup.kelurahan else []
    place += [f"Kecamatan {startup.kecamatan.name}"] if startup.kecamatan else []
    return [
        Answer(_("Kelurahan"), ", ".join(place)),
        _optional(startup, "street"),
        _optional(startup, "point"),
    ]


def _names(rows: Iterable[Any]) -> str:
    return ", ".join(translated(row, "name") for row in rows)


def _work_answers(startup: Startup) -> list[Answer]:
    subsectors = [row.subsector for row in startup.subsector_rows.select_related("subsector")]
    open_to = [str(Startup.OpenTo(code).label) for code in startup.open_to]
    answers = [
        Answer(_("What you do, in one sentence"), startup.summary),
        Answer(_("More about it"), startup.description),
    ]
    if startup.summary_en or startup.description_en:
        answers += [
            Answer(_("What you do, in English"), startup.summary_en),
            Answer(_("More about it, in English"), startup.description_en),
        ]
    return [
        *answers,
        Answer(_("Subsectors"), _names(subsectors)),
        Answer(_("Services"), _names(startup.services.all())),
        Answer(_("Technologies"), _names(startup.technologies.all())),
        Answer(_("Website"), startup.website),
        Answer(_("Other pages"), "\n".join(link.url for link in startup.links.all())),
        _optional(startup, "founded"),
        _optional(startup, "stage"),
        _optional(startup, "team_band"),
        Answer(_("Open to"), ", ".join(open_to)),
    ]


def _contacts(startup: Startup) -> list[Answer]:
    found = {contact.kind: contact for contact in startup.contacts.all()}
    lines = [
        Answer(str(kind.label), found[kind].value, is_public=found[kind].is_public)
        if kind in found
        else Answer(str(kind.label), "")
        for kind in ContactPoint.Kind
    ]
    messages = _("Yes") if startup.takes_messages else _("No")
    return [*lines, Answer(_("Messages through the portal"), messages)]


def is_editable(startup: Startup) -> bool:
    """Return whether the applicant may change the entry in these steps."""
    return startup.lifecycle in EDITABLE


def is_answer_due(startup: Startup) -> bool:
    """Return whether a coordinator asked or refused, so that sending again needs words."""
    return startup.lifecycle in (Lifecycle.CHANGES_REQUESTED, Lifecycle.REFUSED)
