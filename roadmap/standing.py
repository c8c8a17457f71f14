"""How far phases and programmes are: which of their indicators have a figure, and which actions are done."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, F, OuterRef
from django.urls import reverse

from malangkraf.translated import translated
from roadmap.figures import Figure
from roadmap.models import Action, Indicator, IndicatorLink, Measurement
from roadmap.presentation import label_of, reason_text
from roadmap.services.rollups import ScopeRollup

# Sign and tone of each state: colour is never the only signal.
STATE_BADGES = {
    Action.State.PLANNED: ("neutral", "clock"),
    Action.State.RUNNING: ("info", "right"),
    Action.State.DONE: ("good", "check"),
    Action.State.DELAYED: ("warn", "clock"),
    Action.State.CANCELLED: ("bad", "close"),
}


@dataclass(frozen=True, slots=True)
class ActionRow:
    """An action as lists show it."""

    action: Action
    tone: str
    sign: str

    @property
    def title(self) -> str:
        return translated(self.action, "title")

    @property
    def state(self) -> str:
        return str(self.action.get_state_display())

    @property
    def url(self) -> str:
        return reverse("roadmap:action_detail", args=[self.action.slug])


def action_row(action: Action) -> ActionRow:
    """Return the action with the sign and tone of its state."""
    tone, sign = STATE_BADGES[Action.State(action.state)]
    return ActionRow(action, tone, sign)


@dataclass(frozen=True, slots=True)
class Measured:
    """How many of the indicators have a published value."""

    measured: int = 0
    expected: int = 0


def measured_by_phase() -> dict[int, Measured]:
    """Return how many of each phase's public indicators have a value within the phase; one query."""
    values = Measurement.objects.public().filter(
        indicator=OuterRef("indicator"),
        value__isnull=False,
        period__end__gte=OuterRef("phase__start"),
        period__end__lte=OuterRef("phase__end"),
    )
    links = IndicatorLink.objects.filter(phase__isnull=False, indicator__is_public=True)
    pairs = links.annotate(has_value=Exists(values)).values_list(F("phase"), "has_value")
    counts: dict[int, list[bool]] = defaultdict(list)
    for phase, has_value in pairs:
        counts[phase].append(has_value)
    return {phase: Measured(sum(found), len(found)) for phase, found in counts.items()}


def state_counts(actions: Iterable[Action]) -> list[tuple[ActionRow, int]]:
    """Return how many actions are in each state that occurs, in the order of the states."""
    rows: dict[str, ActionRow] = {}
    counts: Counter[str] = Counter()
    for action in actions:
        counts[action.state] += 1
        rows.setdefault(action.state, action_row(action))
    return [(rows[state], counts[state]) for state in Action.State.values if state in rows]


@dataclass(frozen=True, slots=True)
class RollupInput:
    """One indicator of a roll-up: the figure that counts, or the reason why none does, "" when one does."""

    indicator: Indicator
    weight: Decimal
    figure: Figure | None
    reason: str

    @property
    def period(self) -> str:
        """Return the name of the period that counts, "" when none does or several are put together."""
        return label_of(self.figure.row.period) if self.figure and self.figure.row else ""

    @property
    def url(self) -> str:
        return reverse("roadmap:indicator_detail", args=[self.indicator.slug])

    @property
    def explain_url(self) -> str:
        """Return where the percentage is explained, "" when there is none or it is put together."""
        if self.figure is None or self.figure.row is None:
            return ""
        address = self.figure.row.period.address
        return reverse("roadmap:achievement_explain", args=[self.indicator.slug, address])


def rollup_inputs(details: ScopeRollup, indicators: Iterable[Indicator]) -> list[RollupInput]:
    """Return every indicator of a roll-up, those that count first; `indicators` are the public ones of its scope."""
    reasons = {excluded.code: reason_text(excluded.reason) for excluded in details.rollup.excluded}
    inputs = [
        RollupInput(
            indicator=indicator,
            weight=details.weights[indicator.code],
            figure=None if indicator.code in reasons else details.figures[indicator.code],
            reason=reasons.get(indicator.code, ""),
        )
        for indicator in indicators
        if indicator.code in details.figures
    ]
    return sorted(inputs, key=lambda one: bool(one.reason))
