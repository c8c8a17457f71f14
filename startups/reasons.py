"""Ready reasons of the coordinators: a short label for them, and a text for the applicant that they may change.

Both languages come from the catalogue; the text is wanted in the applicant's language, whatever the coordinator reads.
"""

from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from startups.rules.decisions import Decision


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody decided so; `decisions` are those for which it is offered."""

    label: str | Promise
    text: str | Promise
    decisions: frozenset[Decision]


def _for(*decisions: Decision) -> frozenset[Decision]:
    return frozenset(decisions)


ASK, REFUSE, SUSPEND, HOLD, CLOSE = (
    Decision.ASK,
    Decision.REFUSE,
    Decision.SUSPEND,
    Decision.HOLD,
    Decision.CLOSE,
)

REASONS: dict[str, Reason] = {
    "unclear": Reason(
        _("What they do is not clear"),
        _(
            "Please tell us in one or two plain sentences what you make and for whom, so that a visitor who does not "
            "know you understands it at once."
        ),
        _for(ASK),
    ),
    "link_broken": Reason(
        _("A link does not work"),
        _("One of your links does not open for us. Please check the address, or leave it out for now."),
        _for(ASK),
    ),
    "where_in_malang": Reason(
        _("Place not clear"),
        _(
            "We could not see from your entry that you work in Kota Malang. Please choose the kelurahan where your "
            "team works, or tell us how you are connected with the city."
        ),
        _for(ASK),
    ),
    "who_are_you": Reason(
        _("Connection to the entry not clear"),
        _(
            "Please tell us how you are connected with this startup, for example as its founder or as a member of "
            "the team. A mailbox at its own domain helps, and so does a short visit at Stasion."
        ),
        _for(ASK),
    ),
    "maybe_listed": Reason(
        _("Perhaps listed already"),
        _(
            "An entry that looks very much like yours is in the directory already. Is it the same startup? If so, "
            "open that entry and choose “This is mine”; if not, tell us what sets you apart."
        ),
        _for(ASK, REFUSE),
    ),
    "outside_malang": Reason(
        _("Not in Malang"),
        _(
            "The directory lists startups and studios that work in Kota Malang. From what we could see, yours works "
            "elsewhere. If that is a mistake, correct the place and send the entry again."
        ),
        _for(REFUSE, SUSPEND),
    ),
    "not_a_startup": Reason(
        _("Not part of the creative economy"),
        _(
            "The directory is for those who make something in the 17 subsectors of the creative economy. From what "
            "we could see, your business is of another kind. The city's business registers are the better place."
        ),
        _for(REFUSE),
    ),
    "not_enough": Reason(
        _("Nothing to be seen yet"),
        _(
            "We could find nothing yet that a visitor could look at: no website, product or profile. Add one and "
            "send the entry again; what you typed is kept."
        ),
        _for(REFUSE),
    ),
    "advertising": Reason(
        _("Advertising or spam"),
        _(
            "The texts of the entry advertise something else than the startup itself. Please describe your own work "
            "and remove links that do not belong to it."
        ),
        _for(REFUSE, SUSPEND),
    ),
    "name_of_others": Reason(
        _("Name or logo of somebody else"),
        _(
            "The name or logo seems to belong to somebody else. Please use your own, or show us that you may use it."
        ),
        _for(ASK, REFUSE, SUSPEND),
    ),
    "not_yours": Reason(
        _("Connection could not be shown"),
        _(
            "We could not establish that you may speak for this startup. You are welcome to try again by the domain, "
            "by a mailbox at the domain, or in person at Stasion."
        ),
        _for(REFUSE),
    ),
    "wrong_data": Reason(
        _("Data proved to be wrong"),
        _(
            "Visitors told us that important data of your entry are not right. We hid the entry until you have "
            "corrected them; please look through it and answer this message."
        ),
        _for(SUSPEND),
    ),
    "asking_others": Reason(
        _("Waiting for somebody else's answer"),
        _(
            "To decide well we asked somebody else, and we are waiting for the answer. You do not have to do "
            "anything; we will write again."
        ),
        _for(HOLD),
    ),
    "meeting": Reason(
        _("Waiting for a meeting"),
        _("We would like to meet you at Stasion first. Until then your entry rests; nothing gets lost."),
        _for(HOLD),
    ),
    "no_longer_there": Reason(
        _("No longer exists"),
        _(
            "We were told, and could see ourselves, that the startup no longer works. Its page stays and says so. "
            "If you carry on after all, write to us and we will open it again."
        ),
        _for(CLOSE),
    ),
    "other": Reason(_("Another reason"), "", _for(ASK, REFUSE, SUSPEND, HOLD, CLOSE)),
}


def reasons_for(decision: Decision) -> dict[str, str | Promise]:
    """Return {code: label} of the reasons offered for a decision, {} when it needs none."""
    return {code: reason.label for code, reason in REASONS.items() if decision in reason.decisions}


def text_in(language: str, code: str) -> str:
    """Return the ready text of a reason in a language, "" for an unknown code."""
    if code not in REASONS:
        return ""
    with translation.override(language):
        return str(REASONS[code].text)


def label_of(code: str) -> str:
    """Return a reason's label in the active language; a code that is offered no longer stays as it is."""
    return str(REASONS[code].label) if code in REASONS else code
