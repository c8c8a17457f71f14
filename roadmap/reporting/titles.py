"""The names of reports and of their periods."""

from django.utils import translation
from django.utils.translation import gettext as _

from malangkraf.translated import translated
from roadmap.models import Period
from roadmap.periods import period_label


def label_of(period: Period, language: str) -> str:
    """Return "Triwulan II 2023" or "Malang Mendunia 2022–2023"; no query when the phase is loaded."""
    if period.phase:
        years = period_label("span", period.start, period.end, language)
        return f"{translated(period.phase, 'name', language)} {years}"
    return period_label(period.kind, period.start, period.end, language)


def title_of(period: Period, language: str) -> str:
    """Return the report's title in one language."""
    with translation.override(language):
        titles = {
            Period.Kind.MONTH: _("Monthly KPI digest %(period)s"),
            Period.Kind.QUARTER: _("Quarterly KPI progress report %(period)s"),
            Period.Kind.YEAR: _("Yearly KPI progress report %(period)s"),
            Period.Kind.PHASE: _("Phase KPI progress report %(period)s"),
        }
        return titles[Period.Kind(period.kind)] % {"period": label_of(period, language)}
