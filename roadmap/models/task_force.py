"""The Task Force: who sits in it, who enters and verifies what, and what its groups say of a value."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class TaskForceMembership(models.Model):
    """A person's seat in the Task Force for one helix group, by decree and for a time."""

    class Role(models.TextChoices):
        CHAIR = "chair", _("Chair")
        SECRETARY = "secretary", _("Secretary")
        MEMBER = "member", _("Member")
        ALTERNATE = "alternate", _("Alternate")

    user = models.ForeignKey("ecosystem.User", models.CASCADE, related_name="task_force_seats")
    organization = models.ForeignKey("ecosystem.Organization", models.PROTECT, null=True, blank=True)
    helix_actor = models.ForeignKey("ecosystem.HelixActor", models.PROTECT, related_name="task_force_seats")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    decree_number = models.CharField(max_length=80, blank=True)
    decree_date = models.DateField(null=True, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("Task Force seat")
        verbose_name_plural = _("Task Force seats")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="task_force_seat_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.helix_actor_id}"


class IndicatorAssignment(models.Model):
    """That a person enters or verifies the values of an indicator."""

    class Duty(models.TextChoices):
        ENTER = "enter", _("Enters values")
        VERIFY = "verify", _("Verifies values")

    user = models.ForeignKey("ecosystem.User", models.CASCADE, related_name="indicator_assignments")
    indicator = models.ForeignKey("roadmap.Indicator", models.CASCADE, related_name="assignments")
    duty = models.CharField(max_length=10, choices=Duty, default=Duty.ENTER)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(fields=["user", "indicator", "duty"], name="indicator_assignment_unique")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.duty} {self.indicator_id}"


class MeasurementSignoff(models.Model):
    """What a Task Force group says of a verified value; dissent is public beside the number."""

    class Decision(models.TextChoices):
        APPROVE = "approve", _("Agrees")
        DISSENT = "dissent", _("Dissents")
        ABSTAIN = "abstain", _("Abstains")

    measurement = models.ForeignKey("roadmap.Measurement", models.CASCADE, related_name="signoffs")
    measurement_version = models.PositiveIntegerField()
    helix_actor = models.ForeignKey("ecosystem.HelixActor", models.PROTECT, related_name="+")
    member = models.ForeignKey("ecosystem.User", models.SET_NULL, null=True, related_name="signoffs")
    decision = models.CharField(max_length=10, choices=Decision)
    comment = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at"]
        verbose_name = _("sign-off")
        verbose_name_plural = _("sign-offs")
        constraints = [
            models.UniqueConstraint(
                fields=["measurement", "measurement_version", "helix_actor"], name="signoff_one_per_group"
            ),
            models.CheckConstraint(
                condition=~Q(decision="dissent") | ~Q(comment=""),
                name="signoff_dissent_has_comment",
                violation_error_message=_("Say why your group dissents."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.helix_actor_id} {self.decision}"
