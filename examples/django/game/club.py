"""What members do, and what Accolade hears of it."""

from django.db import transaction
from django.utils import timezone

from . import accolade, outbox
from .models import Comment, Shift


@transaction.atomic
def post_comment(author, text, posted=None):
    """Says something, and reports it."""
    comment = Comment.objects.create(author=author, text=text, posted=posted or timezone.now())
    hour = timezone.localtime(comment.posted).hour
    outbox.report(author, "comment.posted", row=comment, at=comment.posted, length=len(text), hour=hour)
    return comment


@transaction.atomic
def work_shift(member, hours):
    """Keeps the workshop open for some hours, and reports it."""
    shift = Shift.objects.create(member=member, hours=hours)
    outbox.report(member, "shift.worked", row=shift, at=shift.worked, hours=float(hours))
    return shift


def thank(member, by, act):
    """Awards `thanked` by hand, once, and says what that did.

    `act` is drawn with the form, so that a button that is clicked twice, or a browser that sends again, thanks once.
    """
    try:
        receipt = accolade.award(accolade.player_of(member), "thanked", act, reason=f"thanked by {by.username}")
    except accolade.Refused as refused:
        return str(refused)
    if receipt["status"] == "duplicate":
        return f"{member.username} was thanked a moment ago"
    paid = sum(outcome["detail"]["amount"] for outcome in receipt["outcomes"] if outcome["kind"] == "points")
    return f"{member.username} was thanked, and has {paid} points more"
