"""Who may do what: every page of the roadmap's work room for every role, and the scopes behind them."""

import pytest

from roadmap import permissions
from roadmap.models import IndicatorAssignment
from tests.roadmap.factories import (
    ActionFactory,
    EvidenceFactory,
    IndicatorFactory,
    IndicatorLinkFactory,
    MeasurementFactory,
    PhaseFactory,
    ProgrammeFactory,
    ProgressUpdateFactory,
    TargetFactory,
)

pytestmark = pytest.mark.django_db

PLANNER_PAGES = [
    "fase/",
    "fase/baru/",
    "fase/malang-mendunia/",
    "fase/malang-mendunia/terbit/",
    "program/",
    "program/baru/",
    "program/mcc/",
    "program/mcc/terbit/",
    "aksi/",
    "aksi/baru/",
    "aksi/gedung/",
    "aksi/gedung/terbit/",
    "aksi/gedung/perkembangan/",
    "perkembangan/{update}/",
    "perkembangan/{update}/terbit/",
    "indikator/baru/",
    "indikator/uji/ubah/",
    "indikator/uji/versi-baru/",
    "indikator/uji/terbit/",
    "indikator/uji/tautan/",
    "indikator/uji/tautan/{link}/hapus/",
    "indikator/uji/target/",
    "indikator/uji/target/2022/",
    "indikator/uji/nilai/2022/periksa/",
    "indikator/uji/nilai/2022/buka/",
    "nilai/antrean/",
]
VALUE_PAGES = [
    "indikator/",
    "indikator/uji/",
    "indikator/uji/riwayat/",
    "indikator/uji/nilai/",
    "indikator/uji/nilai/2022/",
    "indikator/uji/nilai/2021/",
    "indikator/uji/nilai/2022/riwayat/",
    "indikator/uji/nilai/2022/bukti/",
    "nilai/",
    "bukti/{evidence}/hapus/",
]
ONLY_POST = ["indikator/uji/nilai/2022/verifikasi/", "indikator/uji/nilai/2022/kembalikan/"]


@pytest.fixture
def rows(task_force_member):
    indicator = IndicatorFactory(slug="uji", name="Jumlah studio")
    IndicatorAssignment.objects.create(user=task_force_member, indicator=indicator)
    programme = ProgrammeFactory(slug="mcc", phases=[PhaseFactory()])
    action = ActionFactory(slug="gedung", programme=programme)
    evidence = EvidenceFactory(measurement=MeasurementFactory(indicator=indicator, submitted=True))
    return {
        "update": ProgressUpdateFactory(action=action).pk,
        "link": IndicatorLinkFactory(indicator=indicator, programme=programme).pk,
        "evidence": evidence.pk,
        "target": TargetFactory(indicator=indicator).pk,
    }


@pytest.fixture
def people(planner, task_force_member, coordinator, facility_manager, founder, admin_user):
    return {
        "planner": planner,
        "task_force": task_force_member,
        "coordinator": coordinator,
        "facility_manager": facility_manager,
        "founder": founder,
        "admin": admin_user,
        "visitor": None,
    }


ROLES = ["planner", "task_force", "coordinator", "facility_manager", "founder", "admin", "visitor"]


@pytest.mark.parametrize("role", ROLES)
def test_every_page_opens_for_the_roles_that_need_it_and_for_no_other(role, rows, people, client_for):
    client = client_for(people[role])
    allowed = {
        "planner": PLANNER_PAGES + VALUE_PAGES,
        "admin": PLANNER_PAGES + VALUE_PAGES,
        "task_force": VALUE_PAGES,
    }.get(role, [])
    otherwise = 302 if role == "visitor" else 403
    wrong = {}
    for page in PLANNER_PAGES + VALUE_PAGES:
        expected = 200 if page in allowed else otherwise
        status = client.get("/ruang-kerja/" + page.format(**rows)).status_code
        if status != expected:
            wrong[page] = (status, expected)
    assert not wrong


@pytest.mark.parametrize("role", ["coordinator", "facility_manager", "founder", "task_force", "visitor"])
def test_what_changes_something_is_closed_to_the_others_too(role, rows, people, client_for):
    client = client_for(people[role])
    expected = 302 if role == "visitor" else 403
    for page in PLANNER_PAGES + ONLY_POST:
        if page == "nilai/antrean/":
            continue
        assert client.post("/ruang-kerja/" + page.format(**rows), {}).status_code in (expected, 405), page


def test_pages_that_change_something_refuse_other_methods(planner, rows, client_for):
    client = client_for(planner)
    for page in ONLY_POST:
        assert client.get("/ruang-kerja/" + page).status_code == 405
    assert client.delete("/ruang-kerja/fase/malang-mendunia/").status_code == 405


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_speaks_both_languages(prefix, planner, rows, client_for):
    client = client_for(planner)
    for page in PLANNER_PAGES + VALUE_PAGES:
        response = client.get(f"{prefix}/ruang-kerja/{page.format(**rows)}")
        assert response.status_code == 200, page
        assert f'lang="{"en" if prefix else "id"}"' in response.content.decode()


def test_the_task_force_knows_public_and_assigned_indicators_only(task_force_member, client_for):
    hidden = IndicatorFactory(is_public=False, slug="rahasia")
    public = IndicatorFactory(slug="umum")
    client = client_for(task_force_member)
    assert list(permissions.indicators_visible_to(task_force_member)) == [public]
    assert client.get("/ruang-kerja/indikator/rahasia/").status_code == 404
    assert client.get("/ruang-kerja/indikator/rahasia/nilai/2022/").status_code == 404
    IndicatorAssignment.objects.create(user=task_force_member, indicator=hidden)
    assert client.get("/ruang-kerja/indikator/rahasia/nilai/2022/").status_code == 200


def test_drafts_of_other_peoples_indicators_stay_hidden(task_force_member, planner, founder):
    draft = MeasurementFactory()
    assert draft not in permissions.measurements_visible_to(task_force_member)
    assert draft not in permissions.measurements_visible_to(founder)
    assert draft in permissions.measurements_visible_to(planner)


def test_to_verify_is_not_an_entry_duty(task_force_member):
    indicator = IndicatorFactory()
    IndicatorAssignment.objects.create(user=task_force_member, indicator=indicator, duty="verify")
    assert not permissions.can_enter_value(task_force_member, indicator)


def test_an_inactive_planner_may_nothing(planner):
    planner.is_active = False
    assert not permissions.can_edit_roadmap(planner)
    assert not permissions.can_enter_value(planner, IndicatorFactory())
