"""Transactional outbox: stores events with the data they describe and delivers them to Accolade at least once."""

import logging

from django.db import transaction

from . import accolade
from .models import Outbox

log = logging.getLogger(__name__)

# Number of events per request. Accolade accepts up to a thousand.
BATCH = 500


def report(user, name, *, row, at, **props):
    """Stores an event in the open transaction and delivers it after the commit.

    The id and the time of the event come from the row that it describes. A repeated delivery is therefore identical and
    has no effect. If the transaction is rolled back, the event is gone, too.
    """
    kind = row._meta.model_name
    event = {
        "id": f"{kind}-{row.pk}",
        "player": accolade.player_of(user),
        "name": name,
        "at": at.isoformat(),
        "props": props,
    }
    note = Outbox.objects.create(event=event)
    # `robust`: a failed delivery must not fail the request, because the transaction is committed.
    transaction.on_commit(lambda: try_now(note), robust=True)


def try_now(note):
    """Delivers one event. Failures are only logged, because `deliver` tries again."""
    try:
        send([note])
    except (accolade.Unavailable, accolade.Refused) as error:
        log.warning("event delivery failed: %s: %s", note.event["id"], error)


def deliver():
    """Delivers all stored events. Returns the numbers of delivered and rejected events."""
    delivered = rejected = last = 0
    while notes := list(Outbox.objects.filter(refused="", pk__gt=last).order_by("pk")[:BATCH]):
        batch_delivered, batch_rejected = send(notes)
        delivered, rejected, last = delivered + batch_delivered, rejected + batch_rejected, notes[-1].pk
    return delivered, rejected


def send(notes):
    """Sends events and deletes the confirmed ones. Concurrent deliveries by other processes are harmless."""
    results = accolade.record([note.event for note in notes])
    done, rejected = [], 0
    for note, result in zip(notes, results, strict=True):
        if result["status"] in ("accepted", "duplicate"):
            done.append(note.pk)
        elif result["problem"]["status"] < 500:
            rejected += 1
            note.refused = result["problem"]["detail"]
            note.save(update_fields=["refused"])
    Outbox.objects.filter(pk__in=done).delete()
    return len(done), rejected
