"""The account of a person."""

from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from ecosystem import roles


class UserManager(BaseUserManager["User"]):
    """Create accounts whose name is their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a saved account; without a password it cannot sign in until it sets one."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a saved account with every right."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person with an account; the e-mail address is the name to sign in with."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=[("id", "Bahasa Indonesia"), ("en", "English")], default="id"
    )
    organization = models.ForeignKey(
        "ecosystem.Organization",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("organization"),
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message=_("An account with this e-mail address exists already."),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def role_names(self) -> frozenset[str]:
        """Return the names of the person's roles (ecosystem.roles); one query, then kept on the object."""
        return frozenset(self.groups.values_list("name", flat=True))

    def has_role(self, *names: str) -> bool:
        """Return whether the active person holds one of the roles; an administrator holds all of them."""
        return self.is_active and (self.is_superuser or bool(self.role_names.intersection(names)))

    @property
    def is_portal_staff(self) -> bool:
        """Return whether the person works for the portal in any role."""
        return self.has_role(*roles.STAFF_ROLES)

    @property
    def role_labels(self) -> list[str]:
        """Return the person's roles in the active language, in the order of ecosystem.roles."""
        return [str(label) for name, label in roles.ROLE_LABELS.items() if name in self.role_names]

    def get_full_name(self) -> str:
        """Return the name, or the e-mail address when none was given."""
        return str(self)

    def get_short_name(self) -> str:
        """Return the name, or the e-mail address when none was given."""
        return str(self)
