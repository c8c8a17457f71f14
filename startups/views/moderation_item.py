"""Work room: one thing of the queue with all that helps to decide, and a logged look at private contacts."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from startups import queue_texts, reasons, signs
from startups.field_texts import value_text
from startups.forms.moderation import ContactAccessForm
from startups.logos import logo_url
from startups.models import ContactAccess, ModerationEvent, ModerationItem, Startup
from startups.rules.decisions import Decision, is_asked_twice
from startups.services import changes, decisions, moderation, values
from startups.views.moderation_parts import coordinators_only, find_item, person, refuse_own

# They need no text and lose nobody anything: one click on the item's own page.
ONE_CLICK = (Decision.PUBLISH, Decision.ACCEPT, Decision.CONFIRM, Decision.RESUME)
Action = ModerationEvent.Action
ACTION_TONES = {
    Action.PUBLISHED: ("good", "check"),
    Action.APPLIED: ("good", "check"),
    Action.CONFIRMED: ("good", "check"),
    Action.RESTORED: ("good", "check"),
    Action.ANSWERED: ("good", "check"),
    Action.ASKED: ("info", "question"),
    Action.SENT: ("neutral", "right"),
    Action.SENT_AGAIN: ("neutral", "right"),
    Action.HELD: ("warn", "clock"),
    Action.ESCALATED: ("warn", "warning"),
    Action.REFUSED: ("bad", "close"),
    Action.SUSPENDED: ("bad", "close"),
    Action.REVERTED: ("warn", "left"),
}


@coordinators_only
@require_safe
def moderation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an item: signs, the entry or the change, the history, and what may be decided."""
    item = find_item(pk)
    return refuse_own(request, item) or item_page(request, item)


def item_page(
    request: HttpRequest,
    item: ModerationItem,
    *,
    contact_form: ContactAccessForm | None = None,
    contacts: list[Any] | None = None,
) -> HttpResponse:
    """Return the item's page; `contacts` are shown once, to who just gave a reason."""
    user = person(request)
    options = [_option(item, one) for one in decisions.options(item)]
    context = {
        "item": item,
        "startup": item.startup,
        "headline": queue_texts.headline_of(item),
        "clock": queue_texts.clock_of(item, now=timezone.now(), paused=moderation.paused_spans()),
        "seen": decisions.seen_of(item),
        "signs": signs.signs_of(item),
        "changes": changes_of(item),
        "preview": preview_of(item.startup),
        "events": [_event(event) for event in item.events.select_related("by").order_by("-at", "-pk")],
        "others": _others(item),
        "one_click": [one for one in options if one["is_one_click"]],
        "with_form": [one for one in options if not one["is_one_click"]],
        "is_mine": item.assigned_to_id == user.pk,
        "proposal": proposal_of(item),
        "may_confirm": item.proposed_by_id != user.pk,
        "is_only_proposed": decisions.needs_second_person(user),
        "contact_form": contact_form or ContactAccessForm(),
        "private_kinds": [row.get_kind_display() for row in item.startup.contacts.filter(is_public=False)],
        "contacts": contacts,
        "accesses": item.startup.contact_accesses.select_related("by")[:5],
    }
    return render(request, "startups/moderation/item.html", context)


def _option(item: ModerationItem, decision: Decision) -> dict[str, Any]:
    is_grave = is_asked_twice(decision, is_dispute=item.is_dispute)
    return {
        "decision": decision.value,
        "label": queue_texts.label_of(decision, item.kind),
        "text": queue_texts.consequence_of(decision, item),
        "is_grave": is_grave,
        "is_one_click": decision in ONE_CLICK and not is_grave,
        "takes_note": decision in (Decision.PUBLISH, Decision.ACCEPT),
    }


def _event(event: ModerationEvent) -> dict[str, Any]:
    tone, icon = ACTION_TONES.get(Action(event.action), ("neutral", "minus"))
    return {"event": event, "tone": tone, "icon": icon, "reason": reasons.label_of(event.reason)}


def _others(item: ModerationItem) -> list[dict[str, Any]]:
    """Return what else stands or stood in the queue about the entry, the newest first."""
    rows = item.startup.moderation_items.exclude(pk=item.pk).select_related("report", "claim")
    return [
        {"item": row, "headline": queue_texts.headline_of(row)} for row in rows.order_by("-created_at")[:8]
    ]


def proposal_of(item: ModerationItem) -> dict[str, Any] | None:
    """Return an administrator's proposal as it is shown, None when there is none."""
    values = item.proposed_decision
    if not values:
        return None
    target = Startup.objects.filter(pk=values.get("target_id") or 0).first()
    return {
        "label": queue_texts.label_of(Decision(values["decision"]), item.kind),
        "reason": reasons.label_of(values["reason"]),
        "note": values["note"],
        "target": target,
    }


def changes_of(item: ModerationItem) -> list[queue_texts.FieldChange]:
    """Return the fields of a proposed change, or of a light one that is live already, beside what stands."""
    startup = item.startup
    if item.change_set is not None:
        base = item.change_set.base
        live = {name: changes.live_value(startup, name) for name in item.change_set.proposed}
        return [
            queue_texts.field_change(name, live[name], value, is_stale=live[name] != base.get(name))
            for name, value in sorted(item.change_set.proposed.items(), key=_place)
        ]
    return [
        queue_texts.field_change(name, before, after, is_stale=values.public_value(startup, name) != after)
        for name, (before, after) in sorted(item.change.items(), key=_place)
    ]


def _place(change: tuple[str, Any]) -> tuple[int, str]:
    """Return where a field stands among the others; the database keeps no order of names."""
    order = list(values.FIELDS)
    return (order.index(change[0]) if change[0] in order else len(order), change[0])


def preview_of(startup: Startup) -> dict[str, Any]:
    """Return what the public sees of an entry, and the names of what is filled in but stays private; six queries."""
    optional = Startup.Optional
    filled = {
        optional.LEGAL_NAME: startup.legal_name,
        optional.FOUNDED: startup.founded,
        optional.STAGE: startup.stage,
        optional.TEAM_BAND: startup.team_band,
        optional.STREET: startup.street,
        optional.POINT: startup.latitude,
    }
    hidden = [str(name.label) for name, value in filled.items() if value and not startup.shows(name)]
    if startup.nib:
        hidden.append(_("NIB"))
    return {
        # The portal sends the logo of a public entry only.
        "logo_url": logo_url(startup, 96) if startup.lifecycle in Startup.WITH_PAGE else "",
        "subsectors": [row.subsector for row in startup.subsector_rows.select_related("subsector")],
        "services": list(startup.services.all()),
        "technologies": list(startup.technologies.all()),
        "products": list(startup.products.all()),
        "links": list(startup.links.all()),
        "contacts": list(startup.contacts.filter(is_public=True)),
        "open_to": [Startup.OpenTo(code).label for code in startup.open_to],
        "shown": [
            (str(name.label), _shown(startup, name))
            for name in filled
            if filled[name] and startup.shows(name)
        ],
        "hidden": hidden,
    }


def _shown(startup: Startup, name: str) -> str:
    if name == Startup.Optional.POINT:
        return f"{startup.latitude}, {startup.longitude}"
    if name == Startup.Optional.FOUNDED and startup.founded:
        return str(startup.founded.year)
    return value_text(name, getattr(startup, name))


@coordinators_only
@require_POST
def moderation_contacts(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the private contacts once, after a reason that stays in the log."""
    item = find_item(pk)
    if refusal := refuse_own(request, item):
        return refusal
    form = ContactAccessForm(request.POST, instance=ContactAccess(startup=item.startup, by=person(request)))
    if not form.is_valid():
        return item_page(request, item, contact_form=form)
    form.save()
    response = item_page(request, item, contacts=list(item.startup.contacts.filter(is_public=False)))
    response["Cache-Control"] = "no-store"
    return response
