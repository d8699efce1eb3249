"""What is reported counts once, and nothing is lost on the way."""

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
        said = StringIO()
        call_command("deliver", stdout=said)
        return said.getvalue().strip()

    def test_what_is_committed_is_reported_at_once(self):
        club.post_comment(self.bob, TEXT)
        self.assertEqual(self.badge(self.bob, "commentator")["earned"][0]["tier"], "bronze")
        self.assertFalse(Outbox.objects.exists())

    def test_what_is_rolled_back_is_not_reported(self):
        with self.assertRaisesMessage(RuntimeError, "the disk is full"), transaction.atomic():
            club.post_comment(self.bob, TEXT)
            raise RuntimeError("the disk is full")
        self.assertFalse(Comment.objects.exists() or Outbox.objects.exists())
        self.assertIsNone(self.seen(self.bob), "the service never heard of bob")

    def test_what_is_delivered_twice_counts_once(self):
        with down:
            club.post_comment(self.bob, TEXT)
        note = Outbox.objects.get()
        outbox.send([note])
        # As if the process had died before it deleted the note, or a second one had delivered it at the same time.
        Outbox.objects.create(event=note.event)
        self.assertEqual(self.deliver(), "1 delivered, 0 refused")
        self.assertEqual(self.seen(self.bob)["events"], 1)
        self.assertEqual(self.badge(self.bob, "commentator")["progress"]["current"], 1)

    def test_nothing_is_lost_while_the_service_is_down(self):
        with down:
            for _ in range(3):
                club.post_comment(self.bob, TEXT)
            with self.assertRaisesMessage(CommandError, "nothing is lost"):
                self.deliver()
        self.assertEqual(Outbox.objects.count(), 3)
        self.assertEqual(self.deliver(), "3 delivered, 0 refused")
        self.assertEqual(self.badge(self.bob, "commentator")["progress"]["current"], 3)
        self.assertEqual(self.deliver(), "0 delivered, 0 refused")

    def test_a_wrong_key_loses_nothing_either(self):
        with override_settings(ACCOLADE_KEY="acc_wrong_key"):
            club.post_comment(self.bob, TEXT)
            with self.assertRaisesMessage(CommandError, "ACCOLADE_KEY"):
                self.deliver()
        self.assertEqual(self.deliver(), "1 delivered, 0 refused")

    def test_what_is_refused_is_kept_with_the_reason_and_holds_up_nothing(self):
        reserved = {"id": "x-1", "player": f"user-{self.bob.pk}", "name": "accolade.award", "props": {}}
        Outbox.objects.create(event=reserved)
        with down:
            club.post_comment(self.bob, TEXT)
        self.assertEqual(self.deliver(), "1 delivered, 1 refused")
        self.assertIn("accolade.", Outbox.objects.get().refused)
        self.assertEqual(self.deliver(), "0 delivered, 0 refused")
