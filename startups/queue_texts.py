"""How the coordinators' queue is written: clocks, turns, decisions, and a change beside what stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ecosystem import working_days
from startups.field_texts import field_label, value_text
from startups.models import DataRequest, ModerationItem
from startups.rules.decisions import Decision
from startups.rules.word_marks import Words, word_marks

Kind, State = ModerationItem.Kind, ModerationItem.State
LAST_HOURS = 24


@dataclass(frozen=True, slots=True)
class Clock:
    """How much time is left: a short text, the tone of its badge, and until when."""

    text: str
    tone: str
    due_at: datetime | None = None

    @property
    def is_late(self) -> bool:
        """Return whether the time is over."""
        return self.tone == "bad"


def clock_of(item: ModerationItem, *, now: datetime, paused: Iterable[working_days.Span]) -> Clock:
    """Return the clock of an item; it rests while others have the word."""
    if item.state == State.SETTLED:
        return Clock(_("settled"), "neutral")
    if item.state == State.ASKED:
        return Clock(_("the clock rests"), "neutral")
    spans = tuple(paused)
    if now > item.due_at:
        days = max(working_days.working_days_between(item.due_at, now, paused=spans), 1)
        text = ngettext("%(days)d working day late", "%(days)d working days late", days) % {"days": days}
        return Clock(text, "bad", item.due_at)
    days = working_days.working_days_between(now, item.due_at, paused=spans)
    if days == 0:
        return Clock(_("due today"), "warn", item.due_at)
    text = ngettext("%(days)d working day left", "%(days)d working days left", days) % {"days": days}
    return Clock(text, "warn" if days == 1 else "good", item.due_at)


def hours_of(request: DataRequest, *, now: datetime) -> Clock:
    """Return the clock of a request about personal data: 72 hours by the wall clock, weekends included."""
    hours = int((request.due_at - now) / timedelta(hours=1))
    if now > request.due_at:
        late = int((now - request.due_at) / timedelta(hours=1)) + 1
        text = ngettext("%(hours)d hour late", "%(hours)d hours late", late) % {"hours": late}
        return Clock(text, "bad", request.due_at)
    text = ngettext("%(hours)d hour left", "%(hours)d hours left", hours) % {"hours": hours}
    return Clock(text, "warn" if hours < LAST_HOURS else "good", request.due_at)


# What stands on the button, where the kind does not say more below.
LABELS: dict[Decision, str | Promise] = {
    Decision.PUBLISH: gettext_lazy("Publish"),
    Decision.ACCEPT: gettext_lazy("Apply the change"),
    Decision.ANSWER: gettext_lazy("Answer and finish"),
    Decision.CONFIRM: gettext_lazy("Looked at, all right"),
    Decision.REVERT: gettext_lazy("Take the change back"),
    Decision.RESTORE: gettext_lazy("Publish again"),
    Decision.RESUME: gettext_lazy("Take up again"),
    Decision.ASK: gettext_lazy("Ask a question"),
    Decision.HOLD: gettext_lazy("Put it on hold"),
    Decision.MERGE: gettext_lazy("Merge"),
    Decision.CLOSE: gettext_lazy("Mark as closed"),
    Decision.SUSPEND: gettext_lazy("Suspend"),
    Decision.REFUSE: gettext_lazy("Refuse"),
}
_OF_KIND: dict[tuple[str, Decision], str | Promise] = {
    (Kind.CLAIM, Decision.ACCEPT): gettext_lazy("Accept the claim"),
    (Kind.CLAIM, Decision.REFUSE): gettext_lazy("Deny the claim"),
    (Kind.EDIT, Decision.REFUSE): gettext_lazy("Refuse the change"),
}
# What follows, said before it is done.
_CONSEQUENCES: dict[Decision, str | Promise] = {
    Decision.PUBLISH: gettext_lazy(
        "The entry is public at once, and the applicant gets a mail with its address."
    ),
    Decision.ACCEPT: gettext_lazy("It takes effect at once, and the applicant gets a mail."),
    Decision.ANSWER: gettext_lazy(
        "Your answer goes to the visitor who wrote, if they left an address. Then this is finished."
    ),
    Decision.CONFIRM: gettext_lazy("Nothing changes; it leaves the list."),
    Decision.REVERT: gettext_lazy(
        "Each field gets its earlier value back, unless somebody has changed it again since. The owners get a mail."
    ),
    Decision.RESTORE: gettext_lazy("The entry is public again at once, and its owners get a mail."),
    Decision.RESUME: gettext_lazy("It is Stasion's turn again."),
    Decision.ASK: gettext_lazy(
        "The applicant gets your question by mail and on the status page, changes what is needed and sends it again. "
        "Until then the clock rests."
    ),
    Decision.HOLD: gettext_lazy("The applicant reads why it takes longer. The clock goes on."),
    Decision.MERGE: gettext_lazy(
        "This entry's address leads to the other one from now on. Members and claims move, and its badge lapses."
    ),
    Decision.CLOSE: gettext_lazy(
        "The page stays and says that the startup has closed; it leaves the list. The owners get a mail."
    ),
    Decision.SUSPEND: gettext_lazy(
        "The page disappears at once. The owners read why, by mail and in their work room."
    ),
    Decision.REFUSE: gettext_lazy(
        "The applicant reads the reason by mail and on the status page. What was typed is kept, so it can be corrected "
        "and sent again."
    ),
}


_NOBODY_IS_TOLD = gettext_lazy("Nobody is told; your note for colleagues says why. The clock goes on.")
_OWNERS_LOSE = gettext_lazy(
    "The entry goes to who claimed it. Whoever keeps it now loses it at once and reads your text by mail."
)


def consequence_of(decision: Decision, item: ModerationItem) -> str:
    """Return what follows from a decision about the item."""
    if decision == Decision.HOLD and item.kind == Kind.REPORT:
        return str(_NOBODY_IS_TOLD)
    if decision == Decision.ACCEPT and item.is_dispute:
        return str(_OWNERS_LOSE)
    return str(_CONSEQUENCES[decision])


def label_of(decision: Decision, kind: str) -> str:
    """Return what stands on the button of a decision about a kind of item."""
    return str(_OF_KIND.get((kind, decision), LABELS[decision]))


def headline_of(item: ModerationItem) -> str:
    """Return what an item is about, more exactly than its kind."""
    if item.kind == Kind.REPORT:
        return item.report.get_kind_display() if item.report else _("Check by Stasion")
    if item.is_dispute:
        return _("Claim on an entry that has owners")
    return item.get_kind_display()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after: the words with their marks, and whether it changed once more since."""

    label: str
    before: str
    after: str
    words: list[Words]
    is_stale: bool = False


def field_change(name: str, before: Any, after: Any, *, is_stale: bool = False) -> FieldChange:
    """Return one field of a change, ready to be shown."""
    old, new = value_text(name, before), value_text(name, after)
    return FieldChange(field_label(name), old, new, word_marks(old, new), is_stale)
