"""Two people who change the same row from the same page: the second one is told instead of winning."""

from typing import Any

from django.db import models


class StaleRow(Exception):
    """The row is no longer what the form showed, nor what it would make of it; nothing was written."""

    def __init__(self, current: models.Model) -> None:
        super().__init__(f"{type(current).__name__} {current.pk}")
        self.current = current


def lock_row(form: Any) -> models.Model:
    """Return the row that a form changes, as it stands now and locked until the transaction ends."""
    row: models.Model = (
        type(form.instance)._default_manager.select_for_update(no_key=True).get(pk=form.instance.pk)
    )
    return row


def keep_others_changes(form: Any) -> None:
    """Lock the row of a valid form (a SeenForm) and take over what the form does not show.

    Nothing happens for a new row. Raise StaleRow when somebody saved since the form was opened. The same save
    twice (a button pressed twice) is one save.
    """
    mine = form.instance
    if not mine.pk:
        return
    current = lock_row(form)
    stands = type(form)(instance=current)
    if form.cleaned_data.get("seen") != stands.fingerprint() and form.typed() != stands.shown():
        raise StaleRow(current)
    for field in current._meta.concrete_fields:
        if field.name not in form.fields:
            setattr(mine, field.attname, getattr(current, field.attname))
