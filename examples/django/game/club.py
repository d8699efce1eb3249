"""Actions of members, and the events they cause."""

from django.db import transaction
from django.utils import timezone

from . import accolade, outbox
from .models import Comment, Shift


@transaction.atomic
def post_comment(author, text, posted=None):
    """Posts a comment and records an event."""
    comment = Comment.objects.create(author=author, text=text, posted=posted or timezone.now())
    hour = timezone.localtime(comment.posted).hour
    outbox.report(author, "comment.posted", row=comment, at=comment.posted, length=len(text), hour=hour)
    return comment


@transaction.atomic
def work_shift(member, hours):
    """Stores a shift and records an event."""
    shift = Shift.objects.create(member=member, hours=hours)
    outbox.report(member, "shift.worked", row=shift, at=shift.worked, hours=float(hours))
    return shift


def thank(member, by, action_id):
    """Awards the badge `thanked` and returns a message.

    `action_id` is generated with the form, so that submitting the form again does not award the badge again.
    """
    try:
        receipt = accolade.award(accolade.player_of(member), "thanked", action_id, reason=f"thanked by {by.username}")
    except accolade.Refused as refused:
        return str(refused)
    if receipt["status"] == "duplicate":
        return f"You have already thanked {member.username}"
    paid = sum(outcome["detail"]["amount"] for outcome in receipt["outcomes"] if outcome["kind"] == "points")
    return f"You thanked {member.username}, who got {paid} points"
