"""Uploaded files, judged by what they contain and never by their names."""

import csv
import hashlib
import io
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from malangkraf.tables import workbook
from malangkraf.tables.messages import FileError

MAXIMUM_BYTES = 10 * 1024 * 1024
MAXIMUM_PIXELS = 16_000_000
PICTURES = {"PNG": ("image/png", "png"), "JPEG": ("image/jpeg", "jpg"), "WEBP": ("image/webp", "webp")}
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXTENSIONS = {
    "application/pdf": "pdf",
    "text/csv": "csv",
    XLSX_TYPE: "xlsx",
    **dict(PICTURES.values()),
}
MESSAGES = {
    "empty": _("The file is empty. Choose another one."),
    "too_big": _("The file is larger than 10 MB. Make it smaller or give its address instead."),
    "unknown_kind": _("This kind of file is not accepted. Choose a PDF, PNG, JPEG, WebP, XLSX or CSV file."),
    "broken": _("The file is damaged and cannot be read. Save it again and try once more."),
    "too_many_pixels": _("The picture has more than 16 megapixels. Make it smaller and try again."),
    "macros": _("The workbook contains macros. Save it as XLSX without macros."),
    "bomb": _(
        "The workbook unpacks to far more than it should. Keep only what matters, or choose a PDF of it."
    ),
    "password": _("The file is protected with a password. Save it again without one."),
    "old_office": _("This is a file of an old Office program. Save it as XLSX or as PDF."),
}
# What the check of a workbook finds, as the messages above name it.
WORKBOOK_FAULTS = {"binary": "unknown_kind", "macros": "macros", "bomb": "bomb", "password": "password"}


class UploadError(ValueError):
    """A file that is not accepted; `code` is a key of MESSAGES."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.message = MESSAGES[code]
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What is kept of an upload: bytes safe to store, their kind, their sha256, and a random name."""

    content: bytes
    content_type: str
    sha256: str
    name: str

    def as_file(self) -> "ContentFile[bytes]":
        """Return the content under its random name, ready for a FileField."""
        return ContentFile(self.content, name=self.name)


def check_upload(upload: "UploadedFile[Any]") -> CheckedFile:
    """Return what may be stored of an upload; pictures come back encoded anew, without any metadata.

    Raise UploadError with one of the codes of MESSAGES.
    """
    if not upload.size:
        raise UploadError("empty")
    if upload.size > MAXIMUM_BYTES:
        raise UploadError("too_big")
    upload.seek(0)
    content = upload.read()
    content, content_type = _checker_for(content)(content)
    return CheckedFile(
        content=content,
        content_type=content_type,
        sha256=hashlib.sha256(content).hexdigest(),
        name=f"{secrets.token_hex(16)}.{EXTENSIONS[content_type]}",
    )


Checker = Callable[[bytes], tuple[bytes, str]]


def _checker_for(content: bytes) -> Checker:
    """Return the check for what the first bytes say the file is."""
    if content.startswith(b"%PDF-"):
        return _check_pdf
    if content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        return _check_picture
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _check_picture
    if content.startswith(workbook.ZIP_MAGIC):
        return _check_xlsx
    if content.startswith(workbook.OLE_MAGIC):
        return _refuse_ole
    return _check_csv


def _check_pdf(content: bytes) -> tuple[bytes, str]:
    if b"%%EOF" not in content[-2048:]:
        raise UploadError("broken")
    return content, "application/pdf"


def _check_picture(content: bytes) -> tuple[bytes, str]:
    """Return the picture encoded anew: camera data, comments and whatever hides behind the pixels are gone."""
    try:
        with Image.open(io.BytesIO(content), formats=tuple(PICTURES)) as picture:
            # The header is read, the pixels are not: this is where a bomb stops.
            if picture.width * picture.height > MAXIMUM_PIXELS:
                raise UploadError("too_many_pixels")
            kind = str(picture.format)
            upright = ImageOps.exif_transpose(picture)
            mode = "RGBA" if kind != "JPEG" and upright.has_transparency_data else "RGB"
            target = io.BytesIO()
            upright.convert(mode).save(target, kind, **({} if kind == "PNG" else {"quality": 88}))
    except UploadError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UploadError("too_many_pixels") from error
    except Exception as error:
        # Pillow's readers let through whatever a damaged file makes them do, TypeError and struct.error too.
        raise UploadError("broken") from error
    return target.getvalue(), PICTURES[kind][0]


def _check_xlsx(content: bytes) -> tuple[bytes, str]:
    """Return the workbook as it is, once it keeps the limits that the importers set."""
    try:
        workbook.check_archive(content)
    except FileError as error:
        raise UploadError(WORKBOOK_FAULTS.get(error.code, "broken")) from error
    return content, XLSX_TYPE


def _refuse_ole(content: bytes) -> tuple[bytes, str]:
    raise UploadError("password" if workbook.fault_of_ole(content) == "password" else "old_office")


def _check_csv(content: bytes) -> tuple[bytes, str]:
    """Return the text as it is when its first lines form a table."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    # Control characters mean a binary file, a leading "<" a page or a drawing with code in it.
    if re.search(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]", text) or text.lstrip().startswith("<"):
        raise UploadError("unknown_kind")
    lines = [line for line in text.splitlines() if line.strip()][:10]
    separator = max(",;\t", key=lambda sign: lines[0].count(sign)) if lines else ","
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator)]
    except csv.Error as error:
        raise UploadError("unknown_kind") from error
    if not widths or widths[0] < 2 or max(widths) > widths[0]:
        raise UploadError("unknown_kind")
    return content, "text/csv"


class CheckedFileField(forms.FileField):
    """An upload field whose cleaned value is a CheckedFile, or None."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("PDF, PNG, JPEG, WebP, XLSX or CSV, at most 10 MB."))
        options.setdefault(
            "widget", forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.webp,.xlsx,.csv"})
        )
        super().__init__(**options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the checked file, None when none was chosen."""
        if data is not None and not data.size:
            raise ValidationError(MESSAGES["empty"], code="empty")
        upload = super().clean(data, initial)
        if not upload:
            return None
        try:
            return check_upload(upload)
        except UploadError as error:
            raise ValidationError(error.message, code=error.code) from error


def picture_type(name: str) -> str:
    """Return the content type of a stored picture, by the ending that the portal gave it."""
    known = {extension: content_type for content_type, extension in PICTURES.values()}
    return known.get(name.rpartition(".")[2], "application/octet-stream")


def as_download(file: Any, *, content_type: str, name: str) -> FileResponse:
    """Return a stored upload for saving, never for showing: nothing in it can run under the portal's name."""
    response = FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    # django-csp leaves a header alone that a view has set.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
