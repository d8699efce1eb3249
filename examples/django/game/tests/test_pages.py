"""Pages of members: points, badges with progress and levels, unlockables, and masked secrets."""

from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from game import club

from .support import ClubTest, down

TEXT = "Sand along the grain, not across it."


class PagesTest(ClubTest):
    def page(self, member, viewer):
        """Returns a member's page as seen by the viewer."""
        client = Client()
        client.force_login(viewer)
        return client.get(reverse("member", args=[member.username]))

    def test_thanks_are_paid_once_if_the_form_is_sent_twice(self):
        client = Client()
        client.force_login(self.ada)
        address = reverse("thanks", args=["bob"])
        form = {"action_id": self.page(self.bob, viewer=self.ada).context["action_id"]}
        responses = [client.post(address, form, follow=True) for _ in range(2)]
        self.assertContains(responses[0], "You thanked bob, who got 50 points")
        self.assertContains(responses[1], "You have already thanked bob")
        self.assertEqual(self.points(self.bob), 50)

        another = {"action_id": self.page(self.bob, viewer=self.ada).context["action_id"]}
        self.assertContains(client.post(address, another, follow=True), "thanked")
        self.assertEqual(self.points(self.bob), 50, "a badge that is held is not paid again")

    def test_only_leaders_can_thank(self):
        client = Client()
        client.force_login(self.bob)
        self.assertNotContains(client.get(reverse("member", args=["ada"])), "Thank ada")
        response = client.post(reverse("thanks", args=["bob"]), {"action_id": "9b6cf3a4-6a3c-4b2a-9d0c-2f7d6b1f4c11"})
        self.assertRedirects(response, "/login?next=/members/bob/thanks")
        self.assertIsNone(self.seen(self.bob))

    def test_progress_earns_the_badge_and_a_hundred_points_open_the_mill(self):
        club.thank(self.bob, by=self.ada, action_id="thanks")
        club.work_shift(self.bob, 99.5)
        page = self.page(self.bob, viewer=self.bob)
        self.assertContains(page, "99.5 of 100")
        self.assertContains(page, "The CNC mill is locked: Use it alone at 100 points")

        club.work_shift(self.bob, 0.5)
        page = self.page(self.bob, viewer=self.bob)
        self.assertContains(page, "<strong>100</strong> Points")
        self.assertContains(page, "The CNC mill is <strong>open</strong>")

    def test_reached_levels_are_marked(self):
        for posted in range(10):
            club.post_comment(self.bob, f"{TEXT} ({posted})")
        page = self.page(self.bob, viewer=self.bob)
        self.assertContains(page, '<span class="tier has">bronze</span><span class="tier has">silver</span>')
        self.assertContains(page, "10 of 100")

    def test_a_secret_badge_is_masked_until_it_is_earned(self):
        club.post_comment(self.bob, TEXT, posted=at_hour(12))
        page = self.page(self.bob, viewer=self.bob)
        self.assertNotContains(page, "Night owl")
        self.assertNotContains(page, "night-owl")
        self.assertContains(page, "Commentator")

        club.post_comment(self.bob, TEXT, posted=at_hour(3))
        self.assertContains(self.page(self.bob, viewer=self.bob), "Night owl")
        self.assertNotContains(self.page(self.bob, viewer=self.ada), "Night owl", msg_prefix="it stays masked for others")

    def test_others_see_only_earned_badges(self):
        club.thank(self.bob, by=self.ada, action_id="thanks")
        own, others = self.page(self.bob, viewer=self.bob), self.page(self.bob, viewer=self.ada)
        self.assertContains(own, "Badge of Awesome")
        self.assertNotContains(others, "Badge of Awesome")
        self.assertContains(others, "Thanked")

    def test_pages_include_the_script_for_toasts(self):
        page = self.page(self.bob, viewer=self.bob)
        self.assertContains(page, f'data-player="user-{self.bob.pk}" data-token="acp_')
        self.assertNotContains(page, settings.ACCOLADE_KEY, msg_prefix="the key stays on the server")
        self.assertNotContains(Client().get("/"), "<script")

    def test_pages_work_without_the_service(self):
        club.thank(self.bob, by=self.ada, action_id="thanks")
        self.page(self.bob, viewer=self.bob)
        with down:
            self.assertContains(self.page(self.bob, viewer=self.bob), "Thanked", msg_prefix="the cached profile is shown")
            self.assertContains(self.page(self.ada, viewer=self.ada), "Your contributions still count")

    def test_a_comment_earns_a_badge_on_the_next_page(self):
        client = Client()
        client.force_login(self.bob)
        self.assertContains(client.get("/"), "No badges yet")
        response = client.post(reverse("comment"), {"text": TEXT}, follow=True)
        self.assertContains(response, TEXT)
        self.assertContains(response, '<span class="tier has">bronze</span>')


def at_hour(hour):
    """Returns yesterday at this hour in the club's time zone."""
    return (timezone.localtime() - timedelta(days=1)).replace(hour=hour, minute=0)
