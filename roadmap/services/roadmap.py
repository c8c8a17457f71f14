"""Phases, programmes, actions and progress: what else changes when one of them is saved."""

from typing import Any

from django.db import transaction

from ecosystem.models import User
from malangkraf.seen import keep_others_changes
from roadmap.models import Action, Evidence, Phase, ProgressUpdate
from roadmap.services import effects
from roadmap.services.measurements import attach
from roadmap.services.periods import save_phase_period


@transaction.atomic
def save_entry(form: Any) -> Any:
    """Return the saved phase, programme or action of a valid form; a phase brings its reporting period along.

    Raise StaleRow when somebody saved it since the form was opened.
    """
    keep_others_changes(form)
    row = form.save()
    if isinstance(row, Phase):
        save_phase_period(row)
    effects.pages_changed()
    return row


@transaction.atomic
def set_published(row: Any, *, publish: bool) -> None:
    """Show a row on the public pages or take it off; doing it twice changes nothing more."""
    type(row)._default_manager.filter(pk=row.pk).exclude(is_published=publish).update(is_published=publish)
    effects.pages_changed()


@transaction.atomic
def save_update(form: Any, *, by: User) -> ProgressUpdate:
    """Return the saved progress update of a valid form, with its file as evidence.

    The same new update twice by one person (a button pressed twice) is one update. Raise StaleRow when somebody
    saved an existing one since the form was opened.
    """
    update: ProgressUpdate = form.instance
    Action.objects.select_for_update(no_key=True).get(pk=update.action_id)
    if update.pk is None:
        twin = ProgressUpdate.objects.filter(
            action_id=update.action_id, as_of=update.as_of, text=update.text, author=by
        ).first()
        if twin:
            return twin
        update.author = by
    keep_others_changes(form)
    update = form.save()
    if file := form.cleaned_data.get("evidence_file"):
        evidence = Evidence(update=update, title=str(update)[:200], added_by=by)
        attach(evidence, file)
        evidence.save()
    effects.pages_changed()
    return update
