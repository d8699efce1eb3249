"""A random history of a few dozen members, made by the methods of django-gamification itself."""

import random
from datetime import datetime, timedelta, timezone
from unittest import mock

from django.contrib.auth.models import User
from django_gamification.models import (
    Badge,
    BadgeDefinition,
    Category,
    GamificationInterface,
    PointChange,
    UnlockableDefinition,
)
from hero.models import Achievement, AchievementUnlocked
from members.models import Profile

MEMBERS = 36
STEPS = 1500


class RandomClub:
    """Creates members and definitions, and lets random things happen."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.now = datetime(2024, 1, 1, tzinfo=timezone.utc)

    def live(self):
        with mock.patch("django.utils.timezone.now", self.tick):
            self.create_definitions()
            for number in range(1, MEMBERS + 1):
                self.create_member(number)
            steps = [getattr(self, name) for name in STEP_WEIGHTS]
            weights = list(STEP_WEIGHTS.values())
            for step in self.random.choices(steps, weights, k=STEPS):
                step()

    def tick(self):
        # Several changes within a millisecond are equal in a dump.
        self.now += timedelta(microseconds=self.random.choice([1, 400, 10**6, 10**9, 10**10]))
        return self.now

    def create_definitions(self):
        gold = Category.objects.create(name="Gold Badges", description="The top badges")
        nameless = Category.objects.create()
        last = None
        for number in range(8):
            last = BadgeDefinition.objects.create(
                # Two of each name, which would be the same id.
                name=f"Badge \"{number // 2}\" of Awesome",
                description=f"Number {number}\nwith \"quotes\" and a \\",
                progression_target=self.random.choice([None, 0, 1, 3, 5]),
                points=self.random.choice([None, 0, 10, 10, 50, -5]),
                category=self.random.choice([None, gold, nameless]),
                next_badge=self.random.choice([None, last]),
            )
        first = BadgeDefinition.objects.first()
        first.next_badge = last  # a chain that leads back, which the package allows
        first.save()
        for name, required in [("Фреза", 0), ("The CNC mill", 100), ("The laser", 60)]:
            UnlockableDefinition.objects.create(name=name, points_required=required)
        for name in ["night-owl", "Commentator", "never"]:
            Achievement.objects.create(
                id=name, title=name.title(), description="", secret=name == "night-owl"
            )

    def create_member(self, number):
        user = User.objects.create(
            username=f"member{number}", date_joined=self.now - timedelta(days=number)
        )
        # Keys of users and interfaces differ.
        if number % 5 == 0:
            GamificationInterface.objects.create().delete()
        Profile.objects.create(user=user, game=GamificationInterface.objects.create())

    def interface(self):
        return self.random.choice(list(GamificationInterface.objects.all()))

    def badge(self):
        return self.random.choice(list(Badge.objects.filter(interface=self.interface())) or [None])

    def definition(self):
        return self.random.choice(list(BadgeDefinition.objects.all()))

    def award(self):
        self.change_badge(lambda badge: badge.award())

    def award_twice(self):
        self.change_badge(lambda badge: (badge.award(), badge.award()))

    def award_unsaved(self):
        if badge := self.badge():
            badge.award()

    def revoke(self):
        self.change_badge(lambda badge: badge.force_revoke())

    def revoke_twice(self):
        self.change_badge(lambda badge: (badge.force_revoke(), badge.force_revoke()))

    def change_badge(self, change):
        if badge := self.badge():
            change(badge)
            badge.save()

    def increment(self):
        if badge := self.badge():
            badge.increment()
            if badge.progression:
                badge.progression.save()
            badge.save()

    def increment_unsaved(self):
        if (badge := self.badge()) and badge.progression:
            badge.increment()
            badge.progression.save()

    def change_points(self):
        amount = self.random.choice([-30, -10, 0, 5, 10, 25, 50])
        PointChange.objects.create(interface=self.interface(), amount=amount)

    def reset(self):
        self.interface().reset()

    def change_definition(self):
        definition = self.definition()
        definition.points = self.random.choice([None, 10, 20, 50])
        if definition.progression_target:
            definition.progression_target = self.random.choice([1, 2, 4])
        definition.save()

    def clear_target(self):
        definition = self.definition()
        definition.progression_target = None
        definition.save()

    def change_unlockable(self):
        definition = self.random.choice(list(UnlockableDefinition.objects.all()))
        definition.points_required = self.random.choice([0, 20, 60, 100, 200])
        definition.save()

    def unlock_achievement(self):
        # As `Achievement.unlock` of django-hero does, with the race that it allows.
        name = self.random.choice(["night-owl", "Commentator"])
        AchievementUnlocked.objects.create(
            achievement=Achievement.objects.get(pk=name),
            user=self.random.choice(list(User.objects.all())),
            unlocked_at=self.tick(),
            level=self.random.choice([1, 2, 4]) if name == "Commentator" else 1,
        )


STEP_WEIGHTS = {
    "award": 25,
    "award_twice": 3,
    "award_unsaved": 3,
    "revoke": 8,
    "revoke_twice": 1,
    "increment": 30,
    "increment_unsaved": 4,
    "change_points": 20,
    "reset": 2,
    "change_definition": 0.5,
    "clear_target": 0.1,
    "change_unlockable": 0.3,
    "unlock_achievement": 4,
}
