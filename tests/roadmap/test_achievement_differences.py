"""What the nightly comparison finds stands in the planners' work room until it is computed again."""

from decimal import Decimal

from roadmap import tasks
from roadmap.models import Achievement
from roadmap.services.achievements import recompute
from tests.roadmap.public_rows import growth_indicator

ROOM = "/ruang-kerja/"
TITLE = "Persentase yang akan berubah bila dihitung ulang"


def test_planners_see_what_the_nightly_comparison_found_until_it_is_computed_again(
    db, planner, task_force_member, client_for
):
    indicator = growth_indicator()
    tasks.reconcile_achievements()
    assert TITLE not in client_for(planner).get(ROOM).content.decode()
    wrong = Achievement.objects.filter(period__code="2022", basis="current")
    wrong.update(percent=Decimal(1))
    for _night in range(2):
        tasks.reconcile_achievements()
    page = client_for(planner).get(ROOM).content.decode()
    assert f"{TITLE} (1)" in page
    assert "2022: tersimpan 1,00%, kini terhitung 115,06%" in page
    assert TITLE not in client_for(task_force_member).get(ROOM).content.decode()
    recompute([indicator])
    assert TITLE not in client_for(planner).get(ROOM).content.decode()
