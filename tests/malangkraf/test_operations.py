"""Operations that draw few models write what Django's own write."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState, StateApps

from malangkraf import operations

KEY = ("id", models.BigAutoField(primary_key=True))
START = [
    migrations.CreateModel("Far", [KEY, ("name", models.CharField(max_length=9))]),
    # Its key is a relation itself, and it leads on to a third one.
    migrations.CreateModel(
        "Owner",
        [
            ("far", models.OneToOneField("trial.Far", models.CASCADE, primary_key=True)),
            ("friend", models.ForeignKey("trial.Far", models.CASCADE, related_name="+")),
        ],
    ),
    migrations.CreateModel("Stranger", [KEY, ("far", models.ForeignKey("trial.Far", models.CASCADE))]),
]
STEPS = [
    (
        "CreateModel",
        "Thing",
        [
            KEY,
            ("note", models.TextField(blank=True)),
            ("above", models.ForeignKey("self", models.CASCADE, null=True)),
            ("owner", models.ForeignKey("trial.Owner", models.PROTECT)),
            ("others", models.ManyToManyField("trial.Owner", related_name="+")),
        ],
    ),
    ("AddField", "thing", "second", models.ForeignKey("trial.Owner", models.CASCADE, null=True)),
    ("AddField", "owner", "things", models.ManyToManyField("trial.Thing")),
    ("AlterField", "thing", "note", models.CharField(max_length=20, db_index=True)),
    ("RemoveField", "thing", "owner"),
]


def drawn_state():
    """Return the state before the steps with its models drawn, as it is when migrations run."""
    state = ProjectState()
    for operation in START:
        operation.state_forwards("trial", state)
    assert state.apps.get_model("trial", "Far")
    return state


def written(source, *, back=False):
    """Return the SQL of each step with the operations of `source`."""
    state, found = drawn_state(), []
    for kind, *values in STEPS:
        operation = getattr(source, kind)(*values)
        before = state.clone()
        operation.state_forwards("trial", state)
        with connection.schema_editor(collect_sql=True, atomic=False) as editor:
            if back:
                operation.database_backwards("trial", editor, state, before)
            else:
                operation.database_forwards("trial", editor, before, state)
        found.append(editor.collected_sql)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("back", [False, True])
def test_they_write_what_those_of_django_write(back):
    ours, theirs = written(operations, back=back), written(migrations, back=back)
    assert ours == theirs
    assert all(ours)


@pytest.mark.django_db
def test_they_draw_no_model_that_has_nothing_to_do_with_it(monkeypatch):
    drawn = []
    render = StateApps.render_multiple

    def count(self, states):
        drawn.extend(state.name for state in states)
        return render(self, states)

    monkeypatch.setattr(StateApps, "render_multiple", count)
    written(operations)
    assert drawn.count("Stranger") == 1, "once at the start"


def test_models_that_are_wanted_after_a_step_are_drawn_anew():
    state = drawn_state()
    operations.AddField("Far", "last", models.ForeignKey("trial.Owner", models.CASCADE)).state_forwards(
        "trial", state
    )
    owner = state.apps.get_model("trial", "Owner")
    assert [relation.related_model for relation in owner._meta.related_objects] == [
        state.apps.get_model("trial", "Far")
    ]
