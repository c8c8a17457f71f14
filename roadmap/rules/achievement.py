"""One actual against one target: the percentage, its band, or the reason why there is none."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import wraps
from typing import ParamSpec, TypeVar

from roadmap.rules.terms import Direction, Method, Reason, ValueType

P = ParamSpec("P")
R = TypeVar("R")

HUNDRED = Decimal(100)
ZERO = Decimal(0)
CENT = Decimal("0.01")
DEFAULT_CAP = HUNDRED

# Stored values have up to 18 + 6 digits; the default 28 would round inside a calculation and could not
# quantize a large percentage at all.
PRECISE = Context(prec=80, rounding=ROUND_HALF_UP)


def precisely(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function with all its Decimal arithmetic done in 80 digits."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with localcontext(PRECISE):
            return function(*args, **kwargs)

    return wrapped


def round_percent(raw: Decimal) -> Decimal:
    """Return the percentage with two decimals, halves away from zero: the only rounding of the engine."""
    return raw.quantize(CENT, context=PRECISE)


@dataclass(frozen=True, slots=True)
class Band:
    """One step of a rating scale: its code, and its lower bound in percent (the bound itself belongs to it)."""

    code: str
    lower: Decimal


@dataclass(frozen=True, slots=True)
class Scale:
    """A rating scale: bands from best to worst without gaps, and the regulation it is attributed to."""

    code: str
    bands: tuple[Band, ...]
    regulation: str = ""

    def __post_init__(self) -> None:
        bounds = [band.lower for band in self.bands]
        if not bounds or any(better <= worse for better, worse in zip(bounds, bounds[1:], strict=False)):
            raise ValueError("a scale needs bands with falling lower bounds")

    def band_for(self, percent: Decimal) -> str:
        """Return the code of the band; the lowest takes everything below, negative percentages too."""
        return next((band.code for band in self.bands if percent >= band.lower), self.bands[-1].code)


# Attributed to the regulation at second hand: see the package's docstring.
PERMENDAGRI_86_2017 = Scale(
    code="permendagri-86-2017",
    bands=(
        Band("very_high", Decimal(91)),
        Band("high", Decimal(76)),
        Band("medium", Decimal(66)),
        Band("low", Decimal(51)),
        Band("very_low", ZERO),
    ),
    regulation="Permendagri 86/2017",
)
DEFAULT_SCALE = PERMENDAGRI_86_2017


@dataclass(frozen=True, slots=True)
class TargetValue:
    """A target: one `value`, or `low` and `high` (both belong to the range) for the direction RANGE."""

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("the low end of a target lies above its high end")

    @property
    def limits(self) -> tuple[Decimal, Decimal] | None:
        """Return (low, high); a single value is the range of itself ("keep at 5"); None if one is missing."""
        if self.low is not None and self.high is not None:
            return self.low, self.high
        return None if self.value is None else (self.value, self.value)


@dataclass(frozen=True, slots=True)
class Achievement:
    """What `achieve` found: either a percentage (0-100 and beyond) or a `reason`, never both, never neither.

    `raw` has full precision and no limits, `percent` is raw rounded once, `capped` lies between 0 and the cap
    (for bars), `band` is chosen by `percent`, `note` says something beside a percentage.
    """

    raw: Decimal | None = None
    percent: Decimal | None = None
    capped: Decimal | None = None
    band: str | None = None
    reason: Reason | None = None
    note: Reason | None = None
    cap: Decimal | None = DEFAULT_CAP

    @property
    def bounded(self) -> Decimal | None:
        """Return raw between 0 and the cap in full precision, as the roll-up counts it."""
        return None if self.raw is None else _between(self.raw, self.cap)


@dataclass(frozen=True, slots=True)
class Figure:
    """A computed value, or the reason why there is none."""

    value: Decimal | None = None
    reason: Reason | None = None


def cannot_compute(reason: Reason) -> Achievement:
    """Return an achievement without a percentage: never 0 %, always with its reason."""
    return Achievement(reason=reason)


@precisely
def achieve(
    actual: Decimal | None,
    target: TargetValue | Decimal | None,
    *,
    direction: Direction | str,
    method: Method | str = Method.RATIO,
    baseline: Decimal | None = None,
    cap: Decimal | None = DEFAULT_CAP,
    scale: Scale | None = DEFAULT_SCALE,
    blocked: Reason | None = None,
) -> Achievement:
    """Return the achievement of an actual against a target, in percent, or the reason why there is none.

    Higher is better: R/T; lower: (2T-R)/T; range: 100 inside, outside the nearest bound by the same formulas;
    baseline method: the share of the way from the baseline to the target. `cap` None leaves `capped` open at
    the top. `blocked` is a reason the caller knows (DEFINITION_BREAK, NOT_DUE, UNDER_REVIEW). ValueError for
    NaN and infinity, which no form and no importer lets through.
    """
    if isinstance(target, Decimal):
        target = TargetValue(value=target)
    _refuse_endless(actual, baseline, *((target.value, target.low, target.high) if target else ()))
    if blocked is not None:
        return cannot_compute(blocked)
    limits = target.limits if target else None
    if target is None or limits is None or (direction != Direction.RANGE and target.value is None):
        return cannot_compute(Reason.NO_TARGET)
    if actual is None:
        return cannot_compute(Reason.NO_ACTUAL)
    if method == Method.BASELINE:
        result = _by_baseline(actual, limits, baseline=baseline, direction=Direction(direction))
    elif direction == Direction.RANGE:
        result = _in_range(actual, limits)
    elif direction == Direction.HIGHER:
        result = _higher(actual, limits[0])
    else:
        result = _lower(actual, limits[0])
    if result.value is None:
        return cannot_compute(result.reason or Reason.NO_METHOD)
    return _rate(result.value, cap=cap, scale=scale, note=result.reason)


def _rate(raw: Decimal, *, cap: Decimal | None, scale: Scale | None, note: Reason | None) -> Achievement:
    """Return the achievement of a raw percentage: rounded once, then rated, then capped."""
    percent = round_percent(raw)
    return Achievement(
        raw=raw,
        percent=percent,
        capped=round_percent(_between(raw, cap)),
        band=scale.band_for(percent) if scale else None,
        note=note if scale or note else Reason.NO_SCALE,
        cap=cap,
    )


def _between(raw: Decimal, cap: Decimal | None) -> Decimal:
    """Return raw lifted to 0 and lowered to the cap: a cap must never raise a low score."""
    lifted = max(raw, ZERO)
    return lifted if cap is None else min(lifted, cap)


def _higher(actual: Decimal, target: Decimal) -> Figure:
    if target == 0:
        return Figure(reason=Reason.TARGET_ZERO)
    if target < 0:
        return Figure(reason=Reason.NEGATIVE_TARGET)
    return Figure(actual * HUNDRED / target)


def _lower(actual: Decimal, target: Decimal) -> Figure:
    if target == 0:
        # Such targets are real ("no bribes"): met or not met, and never divided by.
        return Figure(HUNDRED if actual <= 0 else ZERO, Reason.ZERO_TARGET)
    if target < 0:
        return Figure(reason=Reason.NEGATIVE_TARGET)
    return Figure((2 * target - actual) * HUNDRED / target)


def _in_range(actual: Decimal, limits: tuple[Decimal, Decimal]) -> Figure:
    low, high = limits
    if low <= actual <= high:
        return Figure(HUNDRED)
    return _lower(actual, high) if actual > high else _higher(actual, low)


def _by_baseline(
    actual: Decimal, limits: tuple[Decimal, Decimal], *, baseline: Decimal | None, direction: Direction
) -> Figure:
    """Return the share of the way: 0 at the baseline, 100 at the target, below 0 when it got worse."""
    if baseline is None:
        return Figure(reason=Reason.BASELINE_MISSING)
    if direction == Direction.RANGE:
        distance = _distance(baseline, limits)
        if distance == 0:
            return Figure(reason=Reason.BASELINE_EQUALS_TARGET)
        # On the baseline's side this is (R-B)/(T-B); on the far side it counts the overshoot against it.
        return Figure((distance - _distance(actual, limits)) * HUNDRED / distance)
    target = limits[0]
    if target == baseline:
        return Figure(reason=Reason.BASELINE_EQUALS_TARGET)
    if (target > baseline) != (direction == Direction.HIGHER):
        # The formula would praise the wrong way: a pandemic year may well have such a target.
        return Figure(reason=Reason.TARGET_BEHIND_BASELINE)
    return Figure((actual - baseline) * HUNDRED / (target - baseline))


def _distance(value: Decimal, limits: tuple[Decimal, Decimal]) -> Decimal:
    """Return how far a value lies outside the limits, 0 inside."""
    return max(limits[0] - value, value - limits[1], ZERO)


def _refuse_endless(*values: Decimal | None) -> None:
    if any(value is not None and not value.is_finite() for value in values):
        raise ValueError("NaN and infinity are no KPI values")


@precisely
def ratio_value(
    numerator: Decimal | None, denominator: Decimal | None, *, factor: Decimal | int = 100
) -> Figure:
    """Return numerator / denominator x factor, or the reason: a part is missing, or the denominator is 0."""
    if numerator is None or denominator is None:
        return Figure(reason=Reason.NO_ACTUAL)
    if denominator == 0:
        return Figure(reason=Reason.DENOMINATOR_ZERO)
    return Figure(numerator * factor / denominator)


def target_problem(
    target: TargetValue,
    *,
    direction: Direction | str,
    method: Method | str = Method.RATIO,
    baseline: Decimal | None = None,
    value_type: ValueType | str = ValueType.COUNT,
) -> Reason | None:
    """Return why a target must not be approved, since no actual could ever get a percentage, or None.

    A yes/no indicator may have the target 0 ("no"): a plain answer needs no percentage.
    """
    limits = target.limits
    if limits is None:
        return Reason.NO_TARGET
    if value_type == ValueType.YES_NO:
        return None if all(limit in (0, 1) for limit in limits) else Reason.NO_METHOD
    # A zero end is sound in a range (0 to 3): only actuals below it have no percentage.
    if direction == Direction.RANGE and method == Method.RATIO:
        return Reason.NEGATIVE_TARGET if limits[0] < 0 else None
    return achieve(limits[0], target, direction=direction, method=method, baseline=baseline).reason
