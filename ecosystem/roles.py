"""The roles of the portal: names of the groups that a migration creates."""

from django.utils.translation import gettext_lazy as _

PLANNER = "planner"
TASK_FORCE = "task_force"
COORDINATOR = "coordinator"
FACILITY_MANAGER = "facility_manager"

# Every role here needs a second factor outside demo mode (design.md section 11).
STAFF_ROLES = (PLANNER, TASK_FORCE, COORDINATOR, FACILITY_MANAGER)

ROLE_LABELS = {
    PLANNER: _("Planner (Bappeda)"),
    TASK_FORCE: _("Task Force member"),
    COORDINATOR: _("Coordinator (Stasion)"),
    FACILITY_MANAGER: _("Facility manager"),
}
