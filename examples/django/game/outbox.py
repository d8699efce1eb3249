"""Events on their way to Accolade: noted with what they tell, delivered after the commit, and again until they arrive."""

import logging

from django.db import transaction

from . import accolade
from .models import Outbox

log = logging.getLogger(__name__)

# Events in one request. Accolade takes a thousand.
BATCH = 500


def report(user, name, *, row, at, **props):
    """Notes an event in the transaction that is open, and delivers it once that is committed.

    Its id comes from the row that it is about, and its time from the row as well. Delivered again, it is therefore the
    same event to the letter, and counts once. A transaction that is rolled back takes the note with it.
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
    # `robust`: whatever goes wrong behind the commit, the page is answered.
    transaction.on_commit(lambda: try_now(note), robust=True)


def try_now(note):
    """Delivers one note. Whoever waits for the page does not hear of it when that fails: `deliver` will do it."""
    try:
        send([note])
    except (accolade.Unavailable, accolade.Refused) as error:
        log.warning("Accolade does not have %s yet: %s", note.event["id"], error)


def deliver():
    """Delivers everything that waits. Returns how many events Accolade now has, and how many it refused."""
    sent = refused = last = 0
    while notes := list(Outbox.objects.filter(refused="", pk__gt=last).order_by("pk")[:BATCH]):
        ours, theirs = send(notes)
        sent, refused, last = sent + ours, refused + theirs, notes[-1].pk
    return sent, refused


def send(notes):
    """Sends notes, and deletes those that Accolade has. Another process may do the same: it counts once all the same."""
    answers = accolade.record([note.event for note in notes])
    done, refused = [], 0
    for note, answer in zip(notes, answers, strict=True):
        if answer["status"] in ("accepted", "duplicate"):
            done.append(note.pk)
        elif answer["problem"]["status"] < 500:
            refused += 1
            note.refused = answer["problem"]["detail"]
            note.save(update_fields=["refused"])
    Outbox.objects.filter(pk__in=done).delete()
    return len(done), refused
