"""Checks that the open history of the catalog follows the update of players after a publication."""

import json
import os
import sqlite3
import unittest

from browsing import Browser

TOTAL = 200


class Backfill(unittest.TestCase):
    def setUp(self):
        self.browser = Browser()
        self.addCleanup(self.browser.close)
        self.database = sqlite3.connect(os.environ["ACCOLADE_DATABASE"], timeout=60, isolation_level=None)
        self.addCleanup(self.database.close)

    def test_the_history_shows_the_progress_without_a_reload(self):
        browser = self.browser
        browser.sign_in()
        browser.open("/admin/catalog/history")
        self.assertNotIn("Updating players", browser.text())
        version = int(browser.text("ol > li h2").split()[1])
        # The service cannot write while this connection has the lock, so that it stays where it is.
        self.lock()
        self.pause_at(version, 0)
        browser.open("/admin/catalog/history")
        browser.until("[data-refresh]", f"version {version} of the catalog: 0 of {TOTAL}")
        self.assertEqual(browser.barriers(), [])
        self.pause_at(version, 120)
        browser.until("[data-refresh]", f"120 of {TOTAL}")
        self.assertEqual(browser.find("[data-refresh] progress").get_property("value"), 120)
        # Without the lock, the service updates the rest.
        self.database.execute("ROLLBACK")
        browser.wait.until(lambda driver: not browser.all("[data-refresh]"))
        self.assertIn("Published", browser.text("ol > li h2"))
        self.assertEqual(browser.complaints(), [])

    def lock(self):
        self.database.execute("BEGIN IMMEDIATE")

    def pause_at(self, version, done):
        """Stores a progress of the update, and keeps the lock."""
        progress = {"version": version, "last_player": None, "done": done, "total": TOTAL, "finished": False}
        self.database.execute("INSERT OR REPLACE INTO settings VALUES ('backfill', ?)", [json.dumps(progress).encode()])
        self.database.execute("COMMIT")
        self.lock()
