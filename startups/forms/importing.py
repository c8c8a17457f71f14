"""The forms of the member lists."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from malangkraf.uploads import XLSX_TYPE, CheckedFile, CheckedFileField


class MemberListForm(forms.Form):
    """Choosing the file."""

    file = CheckedFileField(
        label=_("Member list"),
        help_text=_("CSV (UTF-8) or XLSX, at most 2,000 rows and 10 MB. The first line names the columns."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={"required": _("Choose the file.")},
    )

    def clean_file(self) -> Any:
        """Return the checked file when it is a table."""
        checked: CheckedFile | None = self.cleaned_data["file"]
        if checked is not None and checked.content_type not in ("text/csv", XLSX_TYPE):
            raise ValidationError(_("This is no table. Choose a CSV or XLSX file."), code="no_table")
        return checked
