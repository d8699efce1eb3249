"""Base class of all tests."""

import logging
import secrets

from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import TransactionTestCase, override_settings

from game import accolade

# Nothing listens on this port.
down = override_settings(ACCOLADE_URL="http://127.0.0.1:1")


class ClubTest(TransactionTestCase):
    """Tests with real commits against the running service at ACCOLADE_URL."""

    def setUp(self):
        if not settings.ACCOLADE_KEY:
            self.fail("set ACCOLADE_URL and ACCOLADE_KEY for a running `accolade serve`; see README.md")
        cache.clear()
        # Some tests provoke failed deliveries, which log warnings.
        logging.disable(logging.WARNING)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.ada = self.member("ada", is_staff=True)
        self.bob = self.member("bob")

    def member(self, name, **fields):
        """Creates a member. The service outlives the test, so the id must be new to it."""
        return User.objects.create_user(name, pk=secrets.randbelow(2**31 - 1) + 1, **fields)

    def seen(self, member, seen_by="player"):
        """Returns the profile of a member."""
        return accolade.profile(accolade.player_of(member), seen_by)

    def badge(self, member, badge_id):
        """Returns one badge of a member."""
        return next(badge for badge in self.seen(member)["badges"] if badge["id"] == badge_id)

    def points(self, member):
        """Returns the points of a member."""
        return self.seen(member)["balances"][0]["balance"]
