"""Every event is delivered, and counts once."""

from io import StringIO

from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from game import club, outbox
from game.models import Comment, Outbox

from .support import ClubTest, down

TEXT = "Sand along the grain, not across it."


class OutboxTest(ClubTest):
    def deliver(self):
        output = StringIO()
        call_command("deliver", stdout=output)
        return output.getvalue().strip()

    def test_a_committed_event_is_delivered_immediately(self):
        club.post_comment(self.bob, TEXT)
        self.assertEqual(self.badge(self.bob, "commentator")["earned"][0]["tier"], "bronze")
        self.assertFalse(Outbox.objects.exists())

    def test_a_rolled_back_event_is_not_delivered(self):
        with self.assertRaisesMessage(RuntimeError, "the disk is full"), transaction.atomic():
            club.post_comment(self.bob, TEXT)
            raise RuntimeError("the disk is full")
        self.assertFalse(Comment.objects.exists() or Outbox.objects.exists())
        self.assertIsNone(self.seen(self.bob), "the service does not know bob")

    def test_an_event_delivered_twice_counts_once(self):
        with down:
            club.post_comment(self.bob, TEXT)
        note = Outbox.objects.get()
        outbox.send([note])
        # Simulates a process that died before it deleted the event, or a concurrent delivery.
        Outbox.objects.create(event=note.event)
        self.assertEqual(self.deliver(), "1 delivered, 0 rejected")
        self.assertEqual(self.seen(self.bob)["events"], 1)
        self.assertEqual(self.badge(self.bob, "commentator")["progress"]["current"], 1)

    def test_no_event_is_lost_while_the_service_is_down(self):
        with down:
            for _ in range(3):
                club.post_comment(self.bob, TEXT)
            with self.assertRaisesMessage(CommandError, "no event is lost"):
                self.deliver()
        self.assertEqual(Outbox.objects.count(), 3)
        self.assertEqual(self.deliver(), "3 delivered, 0 rejected")
        self.assertEqual(self.badge(self.bob, "commentator")["progress"]["current"], 3)
        self.assertEqual(self.deliver(), "0 delivered, 0 rejected")

    def test_no_event_is_lost_with_an_invalid_key(self):
        with override_settings(ACCOLADE_KEY="acc_wrong_key"):
            club.post_comment(self.bob, TEXT)
            with self.assertRaisesMessage(CommandError, "ACCOLADE_KEY"):
                self.deliver()
        self.assertEqual(self.deliver(), "1 delivered, 0 rejected")

    def test_a_rejected_event_is_kept_with_the_reason_and_does_not_block_others(self):
        reserved = {"id": "x-1", "player": f"user-{self.bob.pk}", "name": "accolade.award", "props": {}}
        Outbox.objects.create(event=reserved)
        with down:
            club.post_comment(self.bob, TEXT)
        self.assertEqual(self.deliver(), "1 delivered, 1 rejected")
        self.assertIn("accolade.", Outbox.objects.get().refused)
        self.assertEqual(self.deliver(), "0 delivered, 0 rejected")
