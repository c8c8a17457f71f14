"""Work room: deciding about a thing of the queue."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from startups import queue_texts, reasons
from startups.forms.moderation import DecisionForm
from startups.models import ModerationEvent, ModerationItem, Startup
from startups.rules.decisions import Decision, is_asked_twice
from startups.services import decisions, merging, notices
from startups.services.duplicates import similar_entries
from startups.views.moderation_parts import coordinators_only, find_item, person, refuse_own

MOST_TARGETS = 6


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def moderation_decide(request: HttpRequest, pk: int, decision: str) -> HttpResponse:
    """Ask for reason and text, ask once more where it is grave, then decide."""
    item = find_item(pk)
    if refusal := refuse_own(request, item):
        return refusal
    try:
        wanted = Decision(decision)
    except ValueError as error:
        raise Http404 from error
    if request.method != "POST":
        if wanted not in decisions.options(item):
            return redirect("startups:moderation_detail", pk=pk)
        return _form_page(request, item, _blank(request, item, wanted))
    form = DecisionForm(request.POST, decision=wanted, item=item)
    if not form.is_valid():
        return _form_page(request, item, form)
    if "ubah" in request.POST:
        return _form_page(request, item, form)
    if is_asked_twice(wanted, is_dispute=item.is_dispute) and "sure" not in request.POST:
        return _sure_page(request, item, form)
    return _decide(request, item, form)


def _language(item: ModerationItem) -> str:
    """Return the language of the person who gets the text."""
    if item.kind == ModerationItem.Kind.REPORT and item.report:
        return item.report.language
    people = [item.claim.user] if item.claim else notices.people_to_tell(item.startup)
    return (people[0].language if people else "") or item.startup.language


def _blank(request: HttpRequest, item: ModerationItem, decision: Decision) -> DecisionForm:
    """Return the form with the ready text of the chosen reason, in the applicant's language.

    What was typed already stays: a text that is no ready one is kept above the ready text.
    """
    language, code = _language(item), request.GET.get("reason", "")
    typed = request.GET.get("note", "").replace("\r\n", "\n").strip()
    ready = reasons.text_in(language, code)
    if any(typed == reasons.text_in(language, other) for other in reasons.REASONS):
        typed = ""
    seen = decisions.seen_of(item)
    initial = {
        "reason": code,
        "note": "\n\n".join(text for text in (typed, ready) if text),
        "internal_note": request.GET.get("internal_note", ""),
        "item_version": seen.item,
        "startup_version": seen.startup,
        "target": request.GET.get("target", ""),
    }
    return DecisionForm(initial=initial, decision=decision, item=item)


def _context(item: ModerationItem, form: DecisionForm) -> dict[str, Any]:
    language = _language(item)
    return {
        "item": item,
        "startup": item.startup,
        "form": form,
        "decision": form.decision.value,
        "label": queue_texts.label_of(form.decision, item.kind),
        "is_grave": is_asked_twice(form.decision, is_dispute=item.is_dispute),
        "consequence": queue_texts.consequence_of(form.decision, item),
        "applicant_language": language,
        "language_name": dict(Startup._meta.get_field("language").flatchoices)[language],
    }


def _form_page(request: HttpRequest, item: ModerationItem, form: DecisionForm) -> HttpResponse:
    context = _context(item, form)
    context["is_only_proposed"] = decisions.needs_second_person(person(request))
    if form.decision == Decision.MERGE:
        context |= _merge_context(request, item, form)
    return render(request, "startups/moderation/decide.html", context)


def _merge_context(request: HttpRequest, item: ModerationItem, form: DecisionForm) -> dict[str, Any]:
    """Return the entries to choose from, or what would be taken over by the chosen one."""
    target = _target(form)
    if target is None:
        return {"targets": _targets(request, item), "q": request.GET.get("q", "")[:120]}
    try:
        return {"takeover": merging.takeover(item.startup, target)}
    except merging.CannotMerge as problem:
        return {"targets": _targets(request, item), "q": "", "problem": problem.args[0]}


def _target(form: DecisionForm) -> Startup | None:
    value = str(form["target"].value() or "")
    return Startup.objects.filter(pk=int(value)).first() if value.isdecimal() and len(value) < 10 else None


def _targets(request: HttpRequest, item: ModerationItem) -> list[Startup]:
    """Return published entries that could be the same, or those that a search finds."""
    words = request.GET.get("q", "").strip().replace("\x00", "")[:120]
    published = Startup.objects.filter(lifecycle=Startup.Lifecycle.PUBLISHED).exclude(pk=item.startup_id)
    if words:
        found = Q(name__icontains=words) | Q(alternate_names__icontains=words) | Q(reference__iexact=words)
        return list(published.filter(found)[:MOST_TARGETS])
    similar = similar_entries(
        item.startup.name,
        domain=item.startup.website_domain,
        kelurahan=item.startup.kelurahan,
        exclude=item.startup_id,
        limit=MOST_TARGETS,
    )
    return [one.startup for one in similar if one.startup.lifecycle == Startup.Lifecycle.PUBLISHED]


def _sure_page(request: HttpRequest, item: ModerationItem, form: DecisionForm) -> HttpResponse:
    context = _context(item, form)
    context["reason_label"] = reasons.label_of(form.cleaned_data.get("reason", ""))
    if form.decision == Decision.MERGE:
        context |= _merge_context(request, item, form)
        if "takeover" not in context:
            return _form_page(request, item, form)
    return render(request, "startups/moderation/sure.html", context)


def _decide(request: HttpRequest, item: ModerationItem, form: DecisionForm) -> HttpResponse:
    values = form.cleaned_data
    choice = decisions.Choice(
        form.decision,
        reason=values.get("reason", ""),
        note=values.get("note", "").replace("\r\n", "\n").strip(),
        internal_note=values["internal_note"].strip(),
        target_id=values.get("target"),
    )
    seen = decisions.Seen(values["item_version"], values["startup_version"])
    try:
        event = decisions.decide(item.pk, choice, by=person(request), seen=seen)
    except decisions.NotAllowed:
        return render(request, "startups/moderation/own_entry.html", {"item": item}, status=403)
    except decisions.AlreadyDecided:
        return _too_late(request, item.pk, note=choice.note)
    except decisions.CannotBeDone as problem:
        form.add_error(None, problem.args[0])
        return _form_page(request, item, form)
    messages.success(request, _done(event, item))
    return redirect("startups:moderation_queue")


def _done(event: ModerationEvent, item: ModerationItem) -> str:
    facts = {"name": item.startup.name, "action": event.get_action_display()}
    if event.action == ModerationEvent.Action.PROPOSED:
        return _("“%(name)s”: your decision is proposed. A second person confirms it.") % facts
    return _("“%(name)s”: %(action)s.") % facts


def _too_late(request: HttpRequest, pk: int, *, note: str = "") -> HttpResponse:
    """Say what was decided meanwhile, and keep what was typed (409)."""
    item = find_item(pk)
    event = item.events.select_related("by").last()
    context = {
        "item": item,
        "startup": item.startup,
        "event": event,
        "is_mine": event is not None and event.by_id == person(request).pk,
        "reason": reasons.label_of(event.reason) if event else "",
        "note": note,
    }
    return render(request, "startups/moderation/too_late.html", context, status=409)


@coordinators_only
@require_POST
def moderation_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, or take away, what an administrator proposed."""
    item = find_item(pk)
    if refusal := refuse_own(request, item):
        return refusal
    seen = _seen(request)
    try:
        if "batal" in request.POST:
            decisions.drop_proposal(pk, by=person(request), seen=seen)
            messages.success(request, _("The proposal is gone. Nothing else changed."))
            return redirect("startups:moderation_detail", pk=pk)
        event = decisions.confirm_proposal(pk, by=person(request), seen=seen)
    except decisions.NotAllowed:
        messages.warning(request, _("Who proposed a decision cannot confirm it; a second person has to."))
        return redirect("startups:moderation_detail", pk=pk)
    except decisions.AlreadyDecided:
        return _too_late(request, pk)
    except decisions.CannotBeDone as problem:
        messages.warning(request, problem.args[0])
        return redirect("startups:moderation_detail", pk=pk)
    messages.success(request, _done(event, item))
    return redirect("startups:moderation_queue")


def _seen(request: HttpRequest) -> decisions.Seen:
    """Return the versions that came with the form; nonsense counts as having seen nothing."""
    values = [request.POST.get(name, "") for name in ("item_version", "startup_version")]
    numbers = [int(value) if value.isdecimal() and len(value) < 10 else 0 for value in values]
    return decisions.Seen(*numbers)
