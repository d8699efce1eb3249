"""`accolade import-django` on the tables of the real django-gamification."""

import csv
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db.models import Max
from django.test import TestCase
from django_gamification.models import Badge, PointChange, Unlockable
from hero.models import AchievementUnlocked
from members.models import Profile
from random_club import RandomClub

PROGRAM = os.environ["TEST_PROGRAM"]
SEED = os.environ.get("TEST_SEED", "1")
LEVELS = ["bronze", "silver", "gold", "diamond"]


class ImportTest(TestCase):
    @classmethod
    def setUpTestData(cls):
        RandomClub(SEED).live()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        models = ["django_gamification", "hero", "members"]
        call_command("dumpdata", *models, output=str(Path(cls.folder, "old.json")))
        cls.run_program("import-django", "old.json", "--write-catalog", "accolade.toml")
        cls.report = json.loads(cls.run_program("import-django", "old.json", "--json"))
        cls.players = {
            f"user-{profile.user_id}": profile for profile in Profile.objects.select_related("game")
        }

    @classmethod
    def run_program(cls, *arguments, status=0):
        ran = subprocess.run(
            [PROGRAM, *arguments], cwd=cls.folder, capture_output=True, text=True, check=False
        )
        if ran.returncode != status:
            raise AssertionError(f"seed {SEED}, {arguments}: {ran.returncode} {ran.stdout}{ran.stderr}")
        return ran.stdout

    def export(self, kind):
        return list(csv.DictReader(self.run_program("export", kind).splitlines()))

    def player(self, player):
        return json.loads(self.run_program("player", player, "--json"))

    def badge_ids(self):
        """Maps definitions to the ids in the catalog, through names and descriptions."""
        badges = self.player("user-1")["badges"]
        ids = {badge["description"]: badge["id"] for badge in badges}
        return lambda definition: ids[" ".join(definition.description.split())]

    def test_the_history_contains_what_it_should_test(self):
        badges = Badge.default_objects
        self.assertGreater(badges.filter(acquired=True, revoked=False).count(), 20)
        self.assertGreater(badges.filter(acquired=True, revoked=True).count(), 5)
        self.assertGreater(badges.filter(acquired=False, revoked=True).count(), 0)
        self.assertGreater(badges.filter(acquired=False, progression__progress__gt=0).count(), 5)
        self.assertGreater(Unlockable.default_objects.filter(acquired=True).count(), 5)
        self.assertGreater(PointChange.objects.filter(amount__lt=0).count(), 20)
        self.assertEqual(AchievementUnlocked.objects.aggregate(Max("level"))["level__max"], 4)
        notes = " ".join(note["reason"] for note in self.report["notes"])
        for part in ["pays the badge", "did not award it", "had sufficed", "is 0", "level"]:
            self.assertIn(part, notes)

    def test_nothing_is_left_out_or_different(self):
        self.assertEqual(self.report["left_out"], [])
        self.assertEqual(self.report["refused"], [])
        self.assertEqual(self.report["differences"], [])
        self.assertEqual(self.report["players"], "members.profile.game")

    def test_balances_are_the_sums_of_django(self):
        balances = {row["player"]: int(row["balance"]) for row in self.export("balances")}
        for player, profile in self.players.items():
            self.assertEqual(balances.get(player, 0), profile.game.points, player)
        self.assertLessEqual(set(balances), set(self.players))

    def test_awards_are_the_acquired_badges_of_django(self):
        badge_id = self.badge_ids()
        expected = {
            (player, badge_id(badge.badge_definition), "")
            for player, profile in self.players.items()
            for badge in Badge.acquired_objects.filter(interface=profile.game)
        }
        levels = AchievementUnlocked.objects.values_list("user", "achievement")
        for user, achievement, level in levels.annotate(level=Max("level")):
            tiers = LEVELS[:level] if achievement == "Commentator" else [""]
            expected |= {(f"user-{user}", achievement.lower(), tier) for tier in tiers}
        awards = {(row["player"], row["badge"], row["tier"]) for row in self.export("awards")}
        self.assertEqual(awards, expected)

    def test_progress_and_unlockables_are_those_of_django(self):
        badge_id = self.badge_ids()
        for player, profile in self.players.items():
            shown = self.player(player)
            progress = {
                badge["id"]: badge["progress"]["current"]
                for badge in shown["badges"]
                if badge.get("progress")
            }
            for badge in Badge.default_objects.filter(interface=profile.game):
                id = badge_id(badge.badge_definition)
                if badge.progression and id in progress:
                    self.assertEqual(progress[id], badge.progression.progress, f"{player} {id}")
            highest, balance = 0, 0
            for change in profile.game.pointchange_set.order_by("time", "pk"):
                balance += change.amount
                highest = max(highest, balance)
            expected = {
                unlockable.name
                for unlockable in Unlockable.default_objects.filter(interface=profile.game)
                # Django only looks when points change; Accolade opens what suffices.
                if unlockable.acquired or unlockable.points_required <= highest
            }
            opened = {item["name"] for item in shown["unlockables"] if item["open"]}
            self.assertEqual(opened, expected, player)

    def test_importing_again_changes_nothing(self):
        before = self.run_program("export", "ledger"), self.run_program("export", "awards")
        again = json.loads(self.run_program("import-django", "old.json", "--json"))
        self.assertEqual((again["recorded"], again["duplicates"]), (0, self.report["recorded"]))
        after = self.run_program("export", "ledger"), self.run_program("export", "awards")
        self.assertEqual(after, before)

    def test_verify_finds_no_difference(self):
        self.run_program("verify")

    def test_an_imported_award_is_not_paid_again_and_can_be_revoked(self):
        paid = {}
        for row in self.export("ledger"):
            key = (row["player"], row["rule"])
            paid[key] = paid.get(key, 0) + int(row["amount"])
        held = [row for row in self.export("awards") if paid.get((row["player"], row["badge"]))]
        self.assertGreater(len(held), 5)
        copy = self.copy_database()
        for row in held[:5]:
            player, badge = row["player"], row["badge"]
            self.run_program("award", player, badge, "--db", copy, status=1)
            before = self.balance(player, copy)
            self.run_program("revoke", player, badge, "--db", copy)
            self.assertEqual(self.balance(player, copy), before - paid[player, badge])

    def test_a_publication_keeps_what_was_imported(self):
        copy = self.copy_database()
        catalog = Path(self.folder, "accolade.toml").read_text()
        harder = re.sub(r"at_least = \d+", "at_least = 1000", catalog)
        Path(self.folder, "harder.toml").write_text(harder)
        unlocks = self.open_unlockables("sqlite:accolade.db")
        self.run_program("publish", "harder.toml", "--db", copy, "--yes")
        self.run_program("verify", "--db", copy)
        for kind in ["awards", "balances"]:
            kept = self.run_program("export", kind, "--db", copy)
            self.assertEqual(kept, self.run_program("export", kind), kind)
        self.assertEqual(self.open_unlockables(copy), unlocks)

    def open_unlockables(self, database):
        return {
            (player, item["id"])
            for player in self.players
            for item in json.loads(
                self.run_program("player", player, "--db", database, "--json")
            )["unlockables"]
            if item["open"]
        }

    def copy_database(self):
        folder = tempfile.mkdtemp(dir=self.folder)
        self.run_program("backup", f"{folder}/copy.db")
        return f"sqlite:{folder}/copy.db"

    def balance(self, player, database):
        shown = json.loads(self.run_program("player", player, "--db", database, "--json"))
        return shown["balances"][0]["balance"]

    def test_every_user_is_a_player(self):
        self.assertEqual(len(self.players), User.objects.count())
        rows = {row["player"] for row in self.export("players")}
        self.assertEqual(rows, set(self.players))
