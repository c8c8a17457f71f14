"""An administrator says who enters the values of which indicator."""

from roadmap.models import IndicatorAssignment
from tests.roadmap.factories import IndicatorFactory

ADD = "/pengelola/roadmap/indicatorassignment/add/"


def test_an_assigned_person_may_enter_the_values(admin_user, task_force_member, client_for):
    indicator = IndicatorFactory(slug="uji", is_public=False)
    room = "/ruang-kerja/indikator/uji/nilai/2025/"
    assert client_for(task_force_member).get(room).status_code == 404
    data = {"user": task_force_member.pk, "indicator": indicator.pk, "duty": "enter"}
    assert client_for(admin_user).post(ADD, data).status_code == 302
    assert client_for(task_force_member).get(room).status_code == 200
    again = client_for(admin_user).post(ADD, data)
    assert again.status_code == 200
    assert IndicatorAssignment.objects.count() == 1


def test_only_what_an_assignment_does_is_offered(admin_user, task_force_member, client_for):
    page = client_for(admin_user).get(ADD).content.decode()
    assert 'value="enter"' in page
    assert 'value="verify"' not in page


def test_planners_do_not_assign(planner, client_for, db):
    assert client_for(planner).get(ADD).status_code == 302
