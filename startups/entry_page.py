"""The entry's own page for its members: how complete it is, what waits, where each part is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from malangkraf.drawing.houses import PALETTE, House, row_of_houses
from startups import field_texts
from startups.models import ChangeSet, ModerationEvent, ModerationItem, Startup
from startups.rules.word_marks import Words, word_marks
from startups.services import changes

PART_NAMES: dict[str, str | Promise] = {
    "nama": gettext_lazy("Name and kind"),
    "kegiatan": gettext_lazy("What you do"),
    "tautan": gettext_lazy("Website and other pages"),
    "tempat": gettext_lazy("Place"),
    "kontak": gettext_lazy("Contact and visibility"),
    "nomor": gettext_lazy("NIB and KBLI"),
}


# Which contacts are shown, and the numbers of the business, are the owners' own.
OWNERS_PARTS = ("kontak", "nomor")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that makes an entry complete: whether it is there, why it helps, and where it is added."""

    title: str
    why: str
    is_done: bool
    url: str


@dataclass(frozen=True, slots=True)
class FieldProposal:
    """A field that waits: what is live and what is proposed, in words."""

    label: str
    live: str
    proposed: str
    words: list[Words]


def part_url(startup: Startup, part: str) -> str:
    """Return where a part of the entry is changed."""
    return reverse("startups:startup_edit", args=[startup.pk, part])


def parts_of(startup: Startup, *, is_owner: bool) -> list[tuple[str, str]]:
    """Return name and address of everything that an owner changes, or another member."""
    parts = [
        (str(name), part_url(startup, slug))
        for slug, name in PART_NAMES.items()
        if is_owner or slug not in OWNERS_PARTS
    ]
    products = (_("Products"), reverse("startups:product_list", args=[startup.pk]))
    logo = (_("Logo"), reverse("startups:logo_edit", args=[startup.pk]))
    return [*parts[:2], products, logo, *parts[2:]]


# What makes an entry complete, in the order in which visitors look for it: name, why it helps, part to change.
_STEPS: dict[str, tuple[str | Promise, str | Promise, str]] = {
    "description": (
        gettext_lazy("More about it"),
        gettext_lazy("Buyers read on when the first sentence has caught them."),
        "kegiatan",
    ),
    "logo": (gettext_lazy("Logo"), gettext_lazy("People remember pictures."), "logo_edit"),
    "products": (
        gettext_lazy("Products"),
        gettext_lazy("What you have made says more than what you could make."),
        "product_list",
    ),
    "services": (gettext_lazy("Services"), gettext_lazy("Buyers filter by them."), "kegiatan"),
    "pages": (
        gettext_lazy("Website or another page"),
        gettext_lazy("Where your work can be seen."),
        "tautan",
    ),
    "size": (
        gettext_lazy("Stage and team size"),
        gettext_lazy("Investors and clients ask for them first."),
        "kegiatan",
    ),
    "contact": (
        gettext_lazy("A way to reach you"),
        gettext_lazy("Messages through the portal, or a public contact."),
        "kontak",
    ),
    "english": (
        gettext_lazy("English texts"),
        gettext_lazy("Visitors from abroad read the English pages."),
        "kegiatan",
    ),
    "members": (
        gettext_lazy("A second person"),
        gettext_lazy("If one of you loses the account, the entry is not lost."),
        "member_list",
    ),
}


def steps_of(startup: Startup, *, is_owner: bool) -> list[Step]:
    """Return what makes an entry complete, as far as the person may add it; at most five queries."""
    done = {
        "description": bool(startup.description),
        "logo": bool(startup.logo),
        "products": startup.products.exists(),
        "services": startup.services.exists(),
        "pages": bool(startup.website) or startup.links.exists(),
        "size": bool(startup.stage and startup.team_band),
        "contact": startup.takes_messages or startup.contacts.filter(is_public=True).exists(),
        "english": bool(startup.summary_en),
        "members": startup.memberships.count() > 1,
    }
    return [
        Step(str(title), str(why), done[name], _address(startup, where))
        for name, (title, why, where) in _STEPS.items()
        if is_owner or where not in OWNERS_PARTS
    ]


def _address(startup: Startup, where: str) -> str:
    """Return the address of a part, or of a page with a name of its own."""
    is_part = where in PART_NAMES
    return part_url(startup, where) if is_part else reverse(f"startups:{where}", args=[startup.pk])


def houses_of(steps: Sequence[Step]) -> SafeString:
    """Return the steps as a row of houses: what is missing is an empty plot."""
    heights = (0.7, 1.0, 0.85, 0.6, 0.9, 0.75, 0.95, 0.65, 0.8)
    houses = [
        House(step.title, height if step.is_done else None, colour, value=_("there"))
        for step, height, colour in zip(steps, heights, (*PALETTE, PALETTE[1]), strict=False)
    ]
    done = sum(step.is_done for step in steps)
    title = ngettext(
        "%(done)s of %(count)s parts is there", "%(done)s of %(count)s parts are there", done
    ) % {"done": done, "count": len(steps)}
    return mark_safe(
        row_of_houses(houses, title=title, width=420, height=130, missing=_("missing"), scenery=False)
    )


def proposal_of(startup: Startup) -> dict[str, Any] | None:
    """Return the proposal that waits, with its fields in words and a coordinator's question; three queries."""
    pending = changes.pending_of(startup)
    if pending is None:
        return None
    item = ModerationItem.objects.filter(change_set=pending).first()
    asked = None
    if item and item.state == ModerationItem.State.ASKED:
        asked = item.events.filter(action=ModerationEvent.Action.ASKED).last()
    return {
        "change_set": pending,
        "fields": [_field(startup, pending, name) for name in pending.proposed],
        "item": item,
        "question": asked.note if asked else "",
        "is_held": bool(item and item.state == ModerationItem.State.HELD),
    }


def _field(startup: Startup, pending: ChangeSet, name: str) -> FieldProposal:
    live = field_texts.value_text(name, changes.live_value(startup, name))
    proposed = field_texts.value_text(name, pending.proposed[name])
    return FieldProposal(field_texts.field_label(name), live, proposed, word_marks(live, proposed))
