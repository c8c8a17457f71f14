"""Mail that must not be lost: a row first, a message to the worker second (design.md section 12)."""

from django.db import models
from django.db.models import Q


class OutgoingMail(models.Model):
    """A mail in the outbox. The worker sends it; a sweep each minute finds what was left behind.

    `key` makes a mail unique where the same one must not go out twice ("" for none). After three failed tries it
    is parked (`parked_at`) and shown to administrators. Address and texts are erased some days after it was sent; of a
    mail with a code or a link that works like a key (`is_secret`) the texts go as soon as it was sent.

    A mail about a booking is written by the worker that sends it: until then `about` says what it tells.
    """

    to = models.EmailField(blank=True)
    language = models.CharField(max_length=2, default="id")
    about = models.JSONField(null=True, blank=True)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    # An iCalendar object that goes along as an attachment.
    calendar = models.TextField(blank=True, default="", db_default="")
    reply_to = models.EmailField(blank=True)
    key = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    parked_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)
    is_secret = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="outgoing_mail_once")
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(sent_at=None, parked_at=None), name="outgoing_mail_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.subject}"
