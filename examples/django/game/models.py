"""What the club keeps: what members say, when they helped, and what Accolade is still to be told."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Comment(models.Model):
    """Something that a member said."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    text = models.TextField(max_length=2000)
    posted = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-posted", "-pk"]


class Shift(models.Model):
    """Hours that a member kept the workshop open for the others."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    hours = models.DecimalField(max_digits=5, decimal_places=1)
    worked = models.DateTimeField(default=timezone.now)


class Outbox(models.Model):
    """An event that Accolade does not have yet.

    It is written in the transaction of what it tells, so that there is never one without the other, and deleted when
    Accolade has it.
    """

    event = models.JSONField()
    # Why Accolade will never take it. Such an event stays for somebody to look at.
    refused = models.TextField(blank=True)
