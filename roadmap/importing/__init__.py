"""Import KPI figures from CSV and XLSX files: read, plan, apply. No request and no printing in here."""

from roadmap.importing.apply import ImportOutdated, ImportRefused, ImportResult, apply_import
from roadmap.importing.messages import FileError, Note, RowError
from roadmap.importing.plan import Action, Change, ImportPlan, plan_import

__all__ = [
    "Action",
    "Change",
    "FileError",
    "ImportOutdated",
    "ImportPlan",
    "ImportRefused",
    "ImportResult",
    "Note",
    "RowError",
    "apply_import",
    "plan_import",
]
