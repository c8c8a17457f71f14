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


def parts_of(startup: Startup) -> list[tuple[str, str]]:
    """Return name and address of everything that members change."""
    parts = [(str(name), part_url(startup, slug)) for slug, name in PART_NAMES.items()]
    products = (_("Products"), reverse("startups:product_list", args=[startup.pk]))
    logo = (_("Logo"), reverse("startups:logo_edit", args=[startup.pk]))
    return [*parts[:2], products, logo, *parts[2:]]


def steps_of(startup: Startup) -> list[Step]:
    """Return what makes an entry complete, in the order in which visitors look for it; six queries."""
    edit = {slug: part_url(startup, slug) for slug in PART_NAMES}
    return [
        Step(
            _("More about it"),
            _("Buyers read on when the first sentence has caught them."),
            bool(startup.description),
            edit["kegiatan"],
        ),
        Step(
            _("Logo"),
            _("People remember pictures."),
            bool(startup.logo),
            reverse("startups:logo_edit", args=[startup.pk]),
        ),
        Step(
            _("Products"),
            _("What you have made says more than what you could make."),
            startup.products.exists(),
            reverse("startups:product_list", args=[startup.pk]),
        ),
        Step(_("Services"), _("Buyers filter by them."), startup.services.exists(), edit["kegiatan"]),
        Step(
            _("Website or another page"),
            _("Where your work can be seen."),
            bool(startup.website) or startup.links.exists(),
            edit["tautan"],
        ),
        Step(
            _("Stage and team size"),
            _("Investors and clients ask for them first."),
            bool(startup.stage and startup.team_band),
            edit["kegiatan"],
        ),
        Step(
            _("A way to reach you"),
            _("Messages through the portal, or a public contact."),
            startup.takes_messages or startup.contacts.filter(is_public=True).exists(),
            edit["kontak"],
        ),
        Step(
            _("English texts"),
            _("Visitors from abroad read the English pages."),
            bool(startup.summary_en),
            edit["kegiatan"],
        ),
        Step(
            _("A second person"),
            _("If one of you loses the account, the entry is not lost."),
            startup.memberships.count() > 1,
            reverse("startups:member_list", args=[startup.pk]),
        ),
    ]


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
