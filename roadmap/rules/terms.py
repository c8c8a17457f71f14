"""The words of the KPI rules: closed lists, with the English message ids that people read."""

from enum import StrEnum


def gettext_noop(message: str) -> str:
    """Return the message itself: marks it for the catalogue, so that pages can translate it later."""
    return message


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    RANGE = "range"


class ValueType(StrEnum):
    """What a value is; a yes is 1 and a no is 0."""

    COUNT = "count"
    CURRENCY = "currency"
    DIRECT_PERCENT = "direct_percent"
    RATIO = "ratio"
    YES_NO = "yes_no"


class EntryMeaning(StrEnum):
    """What one entered value says: "cumulative" has two opposite meanings elsewhere and is not a word here."""

    INCREMENT = "increment"
    RUNNING_TOTAL_YEAR = "running_total_year"
    RUNNING_TOTAL_PHASE = "running_total_phase"
    SNAPSHOT = "snapshot"


class Aggregation(StrEnum):
    """How the values of short periods make the value of a long one."""

    SUM = "sum"
    LAST = "last"
    MEAN = "mean"
    RATIO_OF_SUMS = "ratio_of_sums"


class Frequency(StrEnum):
    """How often a value is due."""

    MONTH = "month"
    QUARTER = "quarter"
    SEMESTER = "semester"
    YEAR = "year"
    IRREGULAR = "irregular"


class Method(StrEnum):
    """How an actual is compared: with the target alone, or as the way from the baseline to the target."""

    RATIO = "ratio"
    BASELINE = "baseline"


class Movement(StrEnum):
    """Which way a value went, good or bad."""

    UP = "up"
    DOWN = "down"
    FLAT = "flat"
    NONE = "none"


class Reason(StrEnum):
    """Why there is no percentage or no roll-up; ZERO_TARGET and NO_SCALE are notes beside a percentage."""

    NO_TARGET = "no_target"
    NO_ACTUAL = "no_actual"
    TARGET_ZERO = "target_zero"
    ZERO_TARGET = "zero_target"
    NEGATIVE_TARGET = "negative_target"
    BASELINE_MISSING = "baseline_missing"
    BASELINE_EQUALS_TARGET = "baseline_equals_target"
    TARGET_BEHIND_BASELINE = "target_behind_baseline"
    DENOMINATOR_ZERO = "denominator_zero"
    INCOMPLETE_PERIOD = "incomplete_period"
    NOT_DUE = "not_due"
    DEFINITION_BREAK = "definition_break"
    BELOW_COMPLETENESS = "below_completeness"
    NO_WEIGHT = "no_weight"
    UNDER_REVIEW = "under_review"
    NO_SCALE = "no_scale"
    NO_METHOD = "no_method"


REASON_LABELS = {
    Reason.NO_TARGET: gettext_noop("No target has been set"),
    Reason.NO_ACTUAL: gettext_noop("No figure has been published"),
    Reason.TARGET_ZERO: gettext_noop("The target is zero, so there is no percentage of it"),
    Reason.ZERO_TARGET: gettext_noop("The target is zero: it is either met or not"),
    Reason.NEGATIVE_TARGET: gettext_noop("The target is negative, so there is no percentage of it"),
    Reason.BASELINE_MISSING: gettext_noop("The starting value is not known"),
    Reason.BASELINE_EQUALS_TARGET: gettext_noop("The target equals the starting value"),
    Reason.TARGET_BEHIND_BASELINE: gettext_noop("The target is worse than the starting value"),
    Reason.DENOMINATOR_ZERO: gettext_noop("The denominator is zero"),
    Reason.INCOMPLETE_PERIOD: gettext_noop("Figures are missing for part of the period"),
    Reason.NOT_DUE: gettext_noop("The figure is not due yet"),
    Reason.DEFINITION_BREAK: gettext_noop("The definition changed in between"),
    Reason.BELOW_COMPLETENESS: gettext_noop("Too few indicators have a figure"),
    Reason.NO_WEIGHT: gettext_noop("The indicator has no weight"),
    Reason.UNDER_REVIEW: gettext_noop("The figure is being checked"),
    Reason.NO_SCALE: gettext_noop("No rating scale applies"),
    Reason.NO_METHOD: gettext_noop("Values of this kind cannot be combined in this way"),
}

BAND_LABELS = {
    "very_high": gettext_noop("Very high"),
    "high": gettext_noop("High"),
    "medium": gettext_noop("Medium"),
    "low": gettext_noop("Low"),
    "very_low": gettext_noop("Very low"),
}


class Problem(StrEnum):
    """Why an entered value or a definition is refused."""

    MISSING = "missing"
    NOT_FINITE = "not_finite"
    NEGATIVE_COUNT = "negative_count"
    FRACTIONAL_COUNT = "fractional_count"
    NOT_YES_OR_NO = "not_yes_or_no"
    BELOW_SHARE = "below_share"
    ABOVE_SHARE = "above_share"
    NUMERATOR_MISSING = "numerator_missing"
    DENOMINATOR_MISSING = "denominator_missing"
    DENOMINATOR_ZERO = "denominator_zero"
    NEGATIVE_PART = "negative_part"
    NUMERATOR_ABOVE_DENOMINATOR = "numerator_above_denominator"
    PERCENT_SUMMED = "percent_summed"
    SNAPSHOT_SUMMED = "snapshot_summed"
    NOT_A_RATIO = "not_a_ratio"


PROBLEM_MESSAGES = {
    Problem.MISSING: gettext_noop("Enter a value, or say why there is none. Zero is a value."),
    Problem.NOT_FINITE: gettext_noop("Infinite values and NaN are not accepted. Enter a real number."),
    Problem.NEGATIVE_COUNT: gettext_noop("A count cannot be negative."),
    Problem.FRACTIONAL_COUNT: gettext_noop("A count must be a whole number."),
    Problem.NOT_YES_OR_NO: gettext_noop("Answer yes (1) or no (0)."),
    Problem.BELOW_SHARE: gettext_noop("A share of a whole cannot be below 0 percent."),
    Problem.ABOVE_SHARE: gettext_noop("A share of a whole cannot be above 100 percent."),
    Problem.NUMERATOR_MISSING: gettext_noop("Enter the numerator too: a ratio needs both numbers."),
    Problem.DENOMINATOR_MISSING: gettext_noop("Enter the denominator too: a ratio needs both numbers."),
    Problem.DENOMINATOR_ZERO: gettext_noop("The denominator cannot be zero: nothing can be divided by it."),
    Problem.NEGATIVE_PART: gettext_noop("The parts of a share cannot be negative."),
    Problem.NUMERATOR_ABOVE_DENOMINATOR: gettext_noop(
        "The numerator of a share cannot exceed the denominator."
    ),
    Problem.PERCENT_SUMMED: gettext_noop(
        "Percentages cannot be added up. Choose another way to combine periods."
    ),
    Problem.SNAPSHOT_SUMMED: gettext_noop(
        "States at the end of a period cannot be added up. Choose another way to combine periods."
    ),
    Problem.NOT_A_RATIO: gettext_noop("The ratio of the sums needs a numerator and a denominator."),
}
