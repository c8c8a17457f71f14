"""Making, watching, reviewing, publishing and correcting reports in the work room."""

import pytest

from roadmap import tasks
from roadmap.models import ReportFile, ReportRun
from tests.roadmap.factories import PeriodFactory, PhaseFactory, ReportRunFactory

pytestmark = pytest.mark.django_db
LIST = "/ruang-kerja/laporan/"


@pytest.fixture(autouse=True)
def woken(monkeypatch):
    """No broker needed here: the runs that would be woken."""
    runs = []
    monkeypatch.setattr(tasks, "wake", lambda found: runs.extend(found) or True)
    return runs


@pytest.fixture
def draft():
    return ReportRunFactory(report__period=PeriodFactory(code="2022"), draft=True)


@pytest.fixture
def published():
    return ReportRunFactory(report__period=PeriodFactory(code="2022"), published=True)


@pytest.fixture
def client(client_for, planner):
    return client_for(planner)


def page_of(answer):
    return answer.content.decode()


ADDRESSES = ["", "buat/", "{pk}/", "{pk}/kemajuan/", "{pk}/terbitkan/", "{pk}/buang/"]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("role", ["founder", "task_force_member", "coordinator", "facility_manager"])
def test_other_roles_are_refused(client_for, request, draft, role, address):
    client = client_for(request.getfixturevalue(role))
    assert client.get(LIST + address.format(pk=draft.pk)).status_code == 403


@pytest.mark.parametrize("address", ADDRESSES)
def test_visitors_are_sent_to_the_sign_in(client_for, draft, address):
    answer = client_for().get(LIST + address.format(pk=draft.pk))
    assert answer.status_code == 302
    assert "/akun/" in answer["Location"]


@pytest.mark.parametrize("action", ["terbitkan", "buang", "ulangi", "koreksi"])
def test_other_roles_change_nothing(client_for, task_force_member, draft, action):
    answer = client_for(task_force_member).post(f"{LIST}{draft.pk}/{action}/", {"erratum": "x"})
    assert answer.status_code == 403
    draft.refresh_from_db()
    assert draft.state == ReportRun.State.DRAFT


def test_an_empty_list_offers_the_first_report(client):
    assert f"{LIST}buat/" in page_of(client.get(LIST))


def test_the_list_costs_the_same_for_many_versions(client, django_assert_max_num_queries):
    for year in range(2000, 2015):
        ReportRunFactory(report__period=PeriodFactory(code=str(year)), draft=True)
    with django_assert_max_num_queries(9):
        client.get(LIST)


def test_a_planner_makes_a_report_and_watches_it(client, planner, woken):
    PhaseFactory()
    answer = client.post(f"{LIST}buat/", {"period": "2022-Q3"}, follow=True)
    run = ReportRun.objects.get()
    assert answer.redirect_chain[-1][0] == f"{LIST}{run.pk}/"
    assert (run.report.slug, run.requested_by, run.state) == ("2022-q3", planner, "queued")
    assert woken == [run]
    page = page_of(answer)
    assert "Triwulan III 2022" in page
    assert f'hx-get="{LIST}{run.pk}/kemajuan/"' in page
    assert 'value="0"' in page


def test_pressing_twice_shows_the_same_run(client, woken):
    PhaseFactory()
    for _ in range(2):
        answer = client.post(f"{LIST}buat/", {"period": "2022"}, follow=True)
    assert ReportRun.objects.count() == 1
    assert len(woken) == 1
    assert "sudah" in page_of(answer)


@pytest.mark.parametrize("period", ["", "abc", "1066", "2099", "\x00", "x" * 10_000])
def test_a_wrong_period_is_explained_beside_the_field(client, period):
    PhaseFactory()
    answer = client.post(f"{LIST}buat/", {"period": period})
    assert answer.status_code == 422
    assert ReportRun.objects.count() == 0


def test_a_period_with_a_published_report_needs_a_correction(client, published):
    PhaseFactory()
    answer = client.post(f"{LIST}buat/", {"period": "2022"})
    assert answer.status_code == 422
    assert "koreksi" in page_of(answer)


def test_the_progress_grows_file_by_file_and_ends_with_a_reload(client, draft):
    ReportRun.objects.filter(pk=draft.pk).update(state="rendering")
    for place, file_format in enumerate(ReportFile.Format.values):
        ReportFile.objects.create(
            run=draft, format=file_format, language="id", state="failed" if place == 0 else "pending"
        )
    answer = client.get(f"{LIST}{draft.pk}/kemajuan/")
    assert 'value="50"' in page_of(answer)
    assert "HX-Refresh" not in answer
    draft.files.update(state="failed")
    ReportRun.objects.filter(pk=draft.pk).update(state="draft")
    assert client.get(f"{LIST}{draft.pk}/kemajuan/")["HX-Refresh"] == "true"


def test_a_draft_is_shown_confirmed_and_published(client, planner, draft):
    assert f"{LIST}{draft.pk}/terbitkan/" in page_of(client.get(f"{LIST}{draft.pk}/"))
    assert client.get(f"{LIST}{draft.pk}/terbitkan/").status_code == 200
    draft.refresh_from_db()
    assert draft.state == ReportRun.State.DRAFT
    client.post(f"{LIST}{draft.pk}/terbitkan/")
    draft.refresh_from_db()
    assert (draft.state, draft.published_by) == (ReportRun.State.PUBLISHED, planner)


def test_publishing_twice_is_no_error(client, draft):
    for _ in range(2):
        answer = client.post(f"{LIST}{draft.pk}/terbitkan/", follow=True)
        assert answer.status_code == 200
    draft.refresh_from_db()
    assert draft.state == ReportRun.State.PUBLISHED


def test_a_run_at_work_cannot_be_published(client, draft):
    ReportRun.objects.filter(pk=draft.pk).update(state="rendering")
    answer = client.post(f"{LIST}{draft.pk}/terbitkan/", follow=True)
    assert "draf" in page_of(answer)
    draft.refresh_from_db()
    assert draft.state == ReportRun.State.RENDERING


def test_a_draft_is_discarded_after_a_question(client, draft):
    assert client.get(f"{LIST}{draft.pk}/buang/").status_code == 200
    client.post(f"{LIST}{draft.pk}/buang/")
    draft.refresh_from_db()
    assert draft.state == ReportRun.State.DISCARDED


def test_missing_files_are_named_and_tried_again(client, draft):
    file = ReportFile.objects.create(
        run=draft, format="pdf", language="id", state="failed", error="OSError: penuh"
    )
    page = page_of(client.get(f"{LIST}{draft.pk}/"))
    assert "OSError: penuh" in page
    client.post(f"{LIST}{draft.pk}/ulangi/")
    file.refresh_from_db()
    assert (file.state, file.attempts) == ("pending", 0)


@pytest.mark.parametrize("state", ["pending", "running"])
def test_a_draft_is_not_published_before_its_last_file(client, draft, state):
    """Nobody makes the files of a published run, so a file that is tried again would be missing for ever."""
    file = ReportFile.objects.create(run=draft, format="pdf", language="id", state=state)
    page = page_of(client.get(f"{LIST}{draft.pk}/"))
    assert "<progress" in page
    assert f"{LIST}{draft.pk}/terbitkan/" not in page
    answer = client.post(f"{LIST}{draft.pk}/terbitkan/", follow=True)
    assert "masih dibuat" in page_of(answer)
    draft.refresh_from_db()
    assert draft.state == ReportRun.State.DRAFT
    ReportFile.objects.filter(pk=file.pk).update(state="failed")
    client.post(f"{LIST}{draft.pk}/terbitkan/")
    draft.refresh_from_db()
    assert draft.state == ReportRun.State.PUBLISHED


@pytest.mark.parametrize(
    ("attempts", "told"), [(1, "Pengembang perlu memperbaikinya"), (3, "Sudah dicoba tiga kali")]
)
def test_staff_read_whether_trying_again_may_help(client, attempts, told):
    run = ReportRunFactory(
        report__period=PeriodFactory(code="2021"), state="failed", attempts=attempts, error="KeyError: 'x'"
    )
    page = page_of(client.get(f"{LIST}{run.pk}/"))
    assert told in page
    assert "KeyError: &#x27;x&#x27;" in page
    assert f'action="{LIST}{run.pk}/ulangi/"' in page


def test_a_correction_makes_a_new_version_and_keeps_the_old_one_public(client, published):
    answer = client.post(f"{LIST}{published.pk}/koreksi/", {"erratum": "Angka 2021 diperbaiki."}, follow=True)
    new = ReportRun.objects.get(number=2)
    assert answer.redirect_chain[-1][0] == f"{LIST}{new.pk}/"
    assert (new.trigger, new.erratum) == ("correction", "Angka 2021 diperbaiki.")
    published.refresh_from_db()
    assert published.state == ReportRun.State.PUBLISHED


def test_a_second_correction_is_told_that_one_is_open_and_keeps_what_was_typed(client, published):
    correct = f"{LIST}{published.pk}/koreksi/"
    client.post(correct, {"erratum": "Angka 2021 diperbaiki."})
    new = ReportRun.objects.get(number=2)
    answer = client.post(correct, {"erratum": "Satuan 2020 diperbaiki."})
    assert answer.status_code == 422
    assert "Satuan 2020 diperbaiki." in page_of(answer)
    assert f'href="{LIST}{new.pk}/"' in page_of(answer)
    # A form that was sent twice is no second correction.
    assert client.post(correct, {"erratum": "Angka 2021 diperbaiki. "}).status_code == 302
    assert ReportRun.objects.count() == 2


@pytest.mark.parametrize("erratum", ["", "   ", "x" * 2001])
def test_a_correction_without_a_reason_keeps_what_was_typed(client, published, erratum):
    answer = client.post(
        f"{LIST}{published.pk}/koreksi/", {"erratum": erratum, "erratum_en": "The figure of 2021"}
    )
    assert answer.status_code == 422
    assert "The figure of 2021" in page_of(answer)
    assert ReportRun.objects.count() == 1


def test_a_draft_has_no_correction(client, draft):
    assert client.get(f"{LIST}{draft.pk}/koreksi/").status_code == 404


def test_a_run_of_a_deleted_account_still_shows(client, draft, other_planner):
    ReportRun.objects.filter(pk=draft.pk).update(requested_by=other_planner)
    other_planner.delete()
    assert client.get(f"{LIST}{draft.pk}/").status_code == 200


def test_unknown_runs_are_not_there(client):
    assert client.get(f"{LIST}999999/").status_code == 404


@pytest.mark.parametrize("address", ["{pk}/terbitkan/", "{pk}/buang/", "{pk}/ulangi/"])
def test_every_change_needs_the_csrf_token(client_for, planner, draft, address):
    answer = client_for(planner, enforce_csrf_checks=True).post(LIST + address.format(pk=draft.pk))
    assert answer.status_code == 403
