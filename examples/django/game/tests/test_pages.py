"""What members see: points, badges with progress and levels, what is open, and nothing of what is secret."""

from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from game import club

from .support import ClubTest, down

TEXT = "Sand along the grain, not across it."


class PagesTest(ClubTest):
    def page(self, member, looking):
        """A member's page, as somebody sees it."""
        client = Client()
        client.force_login(looking)
        return client.get(reverse("member", args=[member.username]))

    def test_thanks_are_paid_once_though_clicked_twice(self):
        client = Client()
        client.force_login(self.ada)
        address = reverse("thanks", args=["bob"])
        form = {"act": self.page(self.bob, looking=self.ada).context["act"]}
        said = [client.post(address, form, follow=True) for _ in range(2)]
        self.assertContains(said[0], "bob was thanked, and has 50 points more")
        self.assertContains(said[1], "bob was thanked a moment ago")
        self.assertEqual(self.points(self.bob), 50)

        another = {"act": self.page(self.bob, looking=self.ada).context["act"]}
        self.assertContains(client.post(address, another, follow=True), "thanked")
        self.assertEqual(self.points(self.bob), 50, "a badge that is held is not paid again")

    def test_only_who_leads_the_club_may_thank(self):
        client = Client()
        client.force_login(self.bob)
        self.assertNotContains(client.get(reverse("member", args=["ada"])), "Thank ada")
        answer = client.post(reverse("thanks", args=["bob"]), {"act": "9b6cf3a4-6a3c-4b2a-9d0c-2f7d6b1f4c11"})
        self.assertRedirects(answer, "/login?next=/members/bob/thanks")
        self.assertIsNone(self.seen(self.bob))

    def test_progress_earns_the_badge_and_a_hundred_points_open_the_mill(self):
        club.thank(self.bob, by=self.ada, act="thanks")
        club.work_shift(self.bob, 99.5)
        page = self.page(self.bob, looking=self.bob)
        self.assertContains(page, "99.5 of 100")
        self.assertContains(page, "The CNC mill is locked: At 100 points")

        club.work_shift(self.bob, 0.5)
        page = self.page(self.bob, looking=self.bob)
        self.assertContains(page, "<strong>100</strong> Points")
        self.assertContains(page, "The CNC mill is <strong>open</strong>")

    def test_levels_are_shown_as_they_are_reached(self):
        for posted in range(10):
            club.post_comment(self.bob, f"{TEXT} ({posted})")
        page = self.page(self.bob, looking=self.bob)
        self.assertContains(page, '<span class="tier has">bronze</span><span class="tier has">silver</span>')
        self.assertContains(page, "10 of 100")

    def test_a_secret_is_masked_until_it_is_earned(self):
        club.post_comment(self.bob, TEXT, posted=at_hour(12))
        page = self.page(self.bob, looking=self.bob)
        self.assertNotContains(page, "Night owl")
        self.assertNotContains(page, "night-owl")
        self.assertContains(page, "Commentator")

        club.post_comment(self.bob, TEXT, posted=at_hour(3))
        self.assertContains(self.page(self.bob, looking=self.bob), "Night owl")
        self.assertNotContains(self.page(self.bob, looking=self.ada), "Night owl", msg_prefix="to others it stays masked")

    def test_others_see_what_is_earned_and_nothing_else(self):
        club.thank(self.bob, by=self.ada, act="thanks")
        own, others = self.page(self.bob, looking=self.bob), self.page(self.bob, looking=self.ada)
        self.assertContains(own, "Badge of Awesome")
        self.assertNotContains(others, "Badge of Awesome")
        self.assertContains(others, "Thanked")

    def test_pages_bring_the_script_that_tells_what_was_just_earned(self):
        page = self.page(self.bob, looking=self.bob)
        self.assertContains(page, f'data-player="user-{self.bob.pk}" data-token="acp_')
        self.assertNotContains(page, settings.ACCOLADE_KEY, msg_prefix="the key stays on the server")
        self.assertNotContains(Client().get("/"), "<script")

    def test_pages_go_on_without_the_service(self):
        club.thank(self.bob, by=self.ada, act="thanks")
        self.page(self.bob, looking=self.bob)
        with down:
            self.assertContains(self.page(self.bob, looking=self.bob), "Thanked", msg_prefix="what was known is shown")
            self.assertContains(self.page(self.ada, looking=self.ada), "What you do counts all the same")

    def test_whoever_comments_sees_the_badge_on_the_next_page(self):
        client = Client()
        client.force_login(self.bob)
        self.assertContains(client.get("/"), "No badges yet")
        answer = client.post(reverse("comment"), {"text": TEXT}, follow=True)
        self.assertContains(answer, TEXT)
        self.assertContains(answer, '<span class="tier has">bronze</span>')


def at_hour(hour):
    """Yesterday at this hour, in the club's zone."""
    return (timezone.localtime() - timedelta(days=1)).replace(hour=hour, minute=0)
