"""Downloads of evidence: for saving, never for showing, and 404 for whom it is not meant."""

import pytest
from django.core.files.base import ContentFile

from roadmap.models import IndicatorAssignment, Measurement
from tests.roadmap.factories import (
    EvidenceFactory,
    MeasurementFactory,
    ProgressUpdateFactory,
    TargetRevisionFactory,
)

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF\n"


def evidence(**fields):
    return EvidenceFactory(
        url="",
        file=ContentFile(PDF, name="acak.pdf"),
        sha256="0" * 64,
        content_type="application/pdf",
        **fields,
    )


def get_status(client, url):
    """Return the status of a download that is read to its end, which closes the file."""
    response = client.get(url)
    if response.streaming:
        assert b"".join(response.streaming_content) == PDF
    return response.status_code


def status(client, row):
    return get_status(client, f"/bukti/{row.pk}/")


def test_public_evidence_is_downloaded_and_cannot_run(client_for):
    row = evidence(measurement=MeasurementFactory(verified=True), title="Berita acara: <b>2022</b>")
    response = client_for().get(f"/bukti/{row.pk}/")
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"] == 'attachment; filename="berita-acara-b2022b.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("state", [state for state in Measurement.State if state != "verified"])
def test_evidence_behind_an_unverified_value_is_404_to_others(
    state, client_for, planner, task_force_member, founder
):
    value = MeasurementFactory(state=state)
    row = evidence(measurement=value)
    expected = {None: 404, founder: 404, task_force_member: 404, planner: 200}
    for person, code in expected.items():
        assert status(client_for(person), row) == code
    IndicatorAssignment.objects.create(user=task_force_member, indicator=value.indicator)
    assert status(client_for(task_force_member), row) == 200


def test_internal_evidence_and_evidence_of_hidden_rows_are_404(client_for, planner):
    rows = [
        evidence(measurement=MeasurementFactory(verified=True), is_public=False),
        evidence(measurement=MeasurementFactory(verified=True, indicator__is_public=False)),
        evidence(measurement=None, update=ProgressUpdateFactory(is_published=False)),
        evidence(measurement=None, update=ProgressUpdateFactory(action__is_published=False)),
        evidence(measurement=None, update=ProgressUpdateFactory(action__programme__is_published=False)),
    ]
    assert [status(client_for(), row) for row in rows] == [404] * 5
    assert [status(client_for(planner), row) for row in rows] == [200] * 5
    assert status(client_for(), evidence(measurement=None, update=ProgressUpdateFactory())) == 200


def test_an_address_has_no_file_and_a_lost_file_is_404(client_for, planner):
    assert status(client_for(planner), EvidenceFactory()) == 404
    row = evidence(measurement=MeasurementFactory(verified=True))
    row.file.storage.delete(row.file.name)
    assert status(client_for(planner), row) == 404


def test_the_document_of_a_target_follows_its_indicator(client_for, planner):
    revision = TargetRevisionFactory(document=ContentFile(PDF, name="sk.pdf"), decree_number="188.45/1")
    url = f"/bukti/target/{revision.pk}/"
    response = client_for().get(url)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert b"".join(response.streaming_content) == PDF
    revision.target.indicator.is_public = False
    revision.target.indicator.save()
    assert get_status(client_for(), url) == 404
    assert get_status(client_for(planner), url) == 200
