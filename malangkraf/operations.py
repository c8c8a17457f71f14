"""Migration operations that leave the rendered models alone.

Django draws every related model anew after each operation, and pgtrigger does so for each trigger: 0.08 s each, half of
the time that a new database takes. A constraint, an index or a trigger changes no field, so nothing needs drawing.
After makemigrations, name these in place of Django's and pgtrigger's.
"""

from typing import Any

import pgtrigger.migrations
from django.db import migrations
from django.db.migrations.state import ProjectState


class Unrendered:
    """Change the state of an operation without drawing its models."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Add to the model's options; the rendered models stay as they are."""
        rendered: Any = state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)  # type: ignore[misc]
        if rendered is not None:
            state.__dict__["apps"] = rendered


class AddConstraint(Unrendered, migrations.AddConstraint):
    """Add a constraint."""


class AddIndex(Unrendered, migrations.AddIndex):
    """Add an index."""


class AddTrigger(Unrendered, pgtrigger.migrations.AddTrigger):
    """Add a trigger."""
