"""Models of the roadmap app."""

from roadmap.models.achievement import Achievement, AchievementDifference, RatingBand, RatingScale
from roadmap.models.automatic import AutomaticSnapshot
from roadmap.models.facility_link import FacilityLink
from roadmap.models.indicator import Indicator, IndicatorLink
from roadmap.models.measurement import Evidence, Measurement, MeasurementReopening
from roadmap.models.period import Period
from roadmap.models.phase import Phase
from roadmap.models.programme import Action, Programme, ProgressUpdate
from roadmap.models.report import Report, ReportFile, ReportRun, ScheduleSlot
from roadmap.models.target import Target, TargetRevision
from roadmap.models.task_force import IndicatorAssignment, MeasurementSignoff, TaskForceMembership

__all__ = [
    "Achievement",
    "AchievementDifference",
    "Action",
    "AutomaticSnapshot",
    "Evidence",
    "FacilityLink",
    "Indicator",
    "IndicatorAssignment",
    "IndicatorLink",
    "Measurement",
    "MeasurementReopening",
    "MeasurementSignoff",
    "Period",
    "Phase",
    "Programme",
    "ProgressUpdate",
    "RatingBand",
    "RatingScale",
    "Report",
    "ReportFile",
    "ReportRun",
    "ScheduleSlot",
    "Target",
    "TargetRevision",
    "TaskForceMembership",
]
