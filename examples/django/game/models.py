"""Comments and shifts of members, and events that Accolade has not received."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Comment(models.Model):
    """Comment of a member."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    text = models.TextField(max_length=2000)
    posted = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-posted", "-pk"]


class Shift(models.Model):
    """Hours for which a member kept the workshop open."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    hours = models.DecimalField(max_digits=5, decimal_places=1)
    worked = models.DateTimeField(default=timezone.now)


class Outbox(models.Model):
    """Event that Accolade has not received.

    It is stored in the same transaction as the data that it describes, and deleted once Accolade has confirmed it.
    """

    event = models.JSONField()
    # Reason why Accolade rejected the event. Rejected events are kept for inspection.
    refused = models.TextField(blank=True)
