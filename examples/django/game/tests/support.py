"""What all tests stand on."""

import logging
import secrets

from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import TransactionTestCase, override_settings

from game import accolade

# Where nobody listens.
down = override_settings(ACCOLADE_URL="http://127.0.0.1:1")


class ClubTest(TransactionTestCase):
    """Tests with real commits, against the running service that ACCOLADE_URL and ACCOLADE_KEY name."""

    def setUp(self):
        if not settings.ACCOLADE_KEY:
            self.fail("set ACCOLADE_URL and ACCOLADE_KEY to those of a running `accolade serve`; see README.md")
        cache.clear()
        # That a delivery failed is what some tests are about.
        logging.disable(logging.WARNING)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.ada = self.member("ada", is_staff=True)
        self.bob = self.member("bob")

    def member(self, name, **fields):
        """A member whom the service, which outlives the test, has never heard of."""
        return User.objects.create_user(name, pk=secrets.randbelow(2**31 - 1) + 1, **fields)

    def seen(self, member, seen_by="player"):
        """What Accolade knows of a member."""
        return accolade.profile(accolade.player_of(member), seen_by)

    def badge(self, member, badge_id):
        """One badge of a member."""
        return next(badge for badge in self.seen(member)["badges"] if badge["id"] == badge_id)

    def points(self, member):
        """A member's points."""
        return self.seen(member)["balances"][0]["balance"]
