"""Downloads of evidence and decrees; what a person may not know of is 404."""

from pathlib import PurePath

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from malangkraf.uploads import EXTENSIONS, as_download
from roadmap import permissions


@login_not_required
@require_safe
def evidence_download(request: HttpRequest, pk: int) -> FileResponse:
    """Return the file of a piece of evidence, for saving."""
    evidence = get_object_or_404(permissions.evidence_visible_to(request.user).exclude(file=""), pk=pk)
    ending = EXTENSIONS.get(evidence.content_type, "bin")
    name = f"{slugify(evidence.title)[:80] or 'bukti'}.{ending}"
    content_type = evidence.content_type if ending != "bin" else "application/octet-stream"
    return _download(evidence.file, content_type=content_type, name=name)


@login_not_required
@require_safe
def target_document_download(request: HttpRequest, pk: int) -> FileResponse:
    """Return the decree or other document behind a target, for saving."""
    revision = get_object_or_404(permissions.target_documents_visible_to(request.user), pk=pk)
    ending = PurePath(str(revision.document.name)).suffix.lstrip(".")
    types = {known: content_type for content_type, known in EXTENSIONS.items()}
    name = f"{slugify(revision.decree_number)[:80] or 'target'}.{ending}"
    return _download(revision.document, content_type=types.get(ending, "application/octet-stream"), name=name)


def _download(file: object, *, content_type: str, name: str) -> FileResponse:
    try:
        response = as_download(file, content_type=content_type, name=name)
    except FileNotFoundError as error:
        raise Http404 from error
    # What is public today may be taken back tomorrow, and what is internal must not stay in a shared cache.
    response["Cache-Control"] = "private, no-store"
    return response
