"""Migration operations that draw no more models than they need.

Django draws every related model anew after each operation, and pgtrigger does so for each trigger. Nearly all of ours
are related through the accounts and their logs: that was three quarters of the time that a new database takes.
After makemigrations, name these in place of Django's and pgtrigger's.
"""

from typing import Any

import pgtrigger.migrations
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.utils import resolve_relation

TABLE_OPTIONS = ("db_table", "swappable")


class Unrendered:
    """Change the state of an operation without drawing its models: it changes no field, so those drawn stay true."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Add to the model's options; the rendered models stay as they are."""
        rendered: Any = state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)  # type: ignore[misc]
        if rendered is not None:
            state.__dict__["apps"] = rendered


class Alone:
    """Do an operation with a drawing of its own model and of the tables that this one names; keep no drawing."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change the state; who needs all models draws them anew."""
        state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)  # type: ignore[misc]

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Change the database."""
        states = self._around(app_label, from_state, to_state)
        super().database_forwards(app_label, schema_editor, *states)  # type: ignore[misc]

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Take the change back."""
        states = self._around(app_label, from_state, to_state)
        super().database_backwards(app_label, schema_editor, *states)  # type: ignore[misc]

    def _around(self, app_label: str, *states: ProjectState) -> list[ProjectState]:
        return [around(state, (app_label, self.changed)) for state in states]

    @property
    def changed(self) -> str:
        """Return the name of the model that the operation changes."""
        name: str = getattr(self, "model_name", "") or self.name  # type: ignore[attr-defined]
        return name.lower()


def around(state: ProjectState, key: tuple[str, str]) -> ProjectState:
    """Return what one model needs of a state: the model, and the tables that its relations name."""
    if key not in state.models:
        return ProjectState()
    needed = {key: state.models[key]}
    named = related(needed[key])
    while named:
        if (name := named.pop()) not in needed:
            needed[name] = without_relations(state.models[name])
            named |= related(needed[name])
    return ProjectState(needed)


def related(model: ModelState) -> set[tuple[str, str]]:
    """Return the names of the models that the relations of a model lead to."""
    relations = [field.remote_field for field in model.fields.values() if field.remote_field]
    ends = [
        end for relation in relations for end in (relation.model, getattr(relation, "through", None)) if end
    ]
    return {resolve_relation(end, model.app_label, model.name_lower) for end in ends}


def without_relations(model: ModelState) -> ModelState:
    """Return a model with its table, its key and its plain columns."""
    fields = [
        (name, field) for name, field in model.fields.items() if field.primary_key or not field.remote_field
    ]
    options = {name: model.options[name] for name in TABLE_OPTIONS if name in model.options}
    return ModelState(model.app_label, model.name, fields, options, model.bases)


class CreateModel(Alone, migrations.CreateModel):
    """Make a table."""


class AddField(Alone, migrations.AddField):
    """Add a column."""


class AlterField(Alone, migrations.AlterField):
    """Change a column."""


class RemoveField(Alone, migrations.RemoveField):
    """Remove a column."""


class AddConstraint(Unrendered, migrations.AddConstraint):
    """Add a constraint."""


class AddIndex(Unrendered, migrations.AddIndex):
    """Add an index."""


class AddTrigger(Unrendered, pgtrigger.migrations.AddTrigger):
    """Add a trigger."""


class RemoveTrigger(Unrendered, pgtrigger.migrations.RemoveTrigger):
    """Remove a trigger."""
