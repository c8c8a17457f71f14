"""The arithmetic of the KPIs: pure functions on Decimals, no queries, no request, no clock, never a float.

Where a rule comes from:
- higher is better, R/T x 100, and lower is better, (2T-R)/T x 100: LKjIP Kabupaten Maluku Tengah 2021, and the
  "special condition" of PermenPAN-RB 8/2021, whose algebra is the same. That regulation is about individual
  staff: it is cited for the formula only, and its cap is not used.
- the bands 91, 76, 66, 51: attributed to Permendagri 86/2017 at second hand (by the code of other Indonesian
  applications and an LKjIP); nobody here has read the annex. Say so wherever the scale is explained.
- everything else: the table of edge cases in the project's research, one test for each row.
"""

from roadmap.rules.achievement import (
    DEFAULT_CAP,
    DEFAULT_SCALE,
    PERMENDAGRI_86_2017,
    Achievement,
    Band,
    Figure,
    Scale,
    TargetValue,
    achieve,
    cannot_compute,
    ratio_value,
    target_problem,
)
from roadmap.rules.aggregation import (
    Aggregate,
    Entry,
    aggregate,
    definition_problem,
    running_total_fell,
    targets_agree,
)
from roadmap.rules.rollup import Excluded, Rollup, RollupItem, roll_up, weights_need_warning
from roadmap.rules.terms import (
    BAND_LABELS,
    PROBLEM_MESSAGES,
    REASON_LABELS,
    Aggregation,
    Direction,
    EntryMeaning,
    Frequency,
    Method,
    Movement,
    Problem,
    Reason,
    ValueType,
)
from roadmap.rules.values import Change, Trend, change, trend, validate_value

__all__ = [
    "BAND_LABELS",
    "DEFAULT_CAP",
    "DEFAULT_SCALE",
    "PERMENDAGRI_86_2017",
    "PROBLEM_MESSAGES",
    "REASON_LABELS",
    "Achievement",
    "Aggregate",
    "Aggregation",
    "Band",
    "Change",
    "Direction",
    "Entry",
    "EntryMeaning",
    "Excluded",
    "Figure",
    "Frequency",
    "Method",
    "Movement",
    "Problem",
    "Reason",
    "Rollup",
    "RollupItem",
    "Scale",
    "TargetValue",
    "Trend",
    "ValueType",
    "achieve",
    "aggregate",
    "cannot_compute",
    "change",
    "definition_problem",
    "ratio_value",
    "roll_up",
    "running_total_fell",
    "target_problem",
    "targets_agree",
    "trend",
    "validate_value",
    "weights_need_warning",
]
