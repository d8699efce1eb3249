"""The same without scripts: nothing needs them."""

import unittest

import community
from browsing import Browser


class WithoutScripts(unittest.TestCase):
    def setUp(self):
        self.browser = Browser(scripts=False)
        self.addCleanup(self.browser.close)

    def test_the_pages_are_there(self):
        for path, words in [("/", "Recent activity"), ("/badges", "Helping Hand"), ("/players/ada", "Ada"), ("/docs", "API")]:
            self.browser.open(path)
            self.assertIn(words, self.browser.text(), path)
        self.assertEqual(self.browser.all(".live-sign:not([hidden])"), [], "scripts are off")

    def test_the_administration_works(self):
        browser = self.browser
        browser.sign_in()
        browser.open("/admin/players/ada/actions/points")
        browser.fill(amount="7", reason="for patience")
        browser.find("main form button[type=submit]").click()
        browser.until("main", "Done.")
        browser.open("/admin/players/ada/ledger")
        self.assertIn("7", browser.text("tbody"))
        browser.open("/admin/catalog")
        self.assertEqual(browser.all(".gutter"), [], "scripts are off")
        browser.press("Preview what it would change")
        self.assertIn("Preview", browser.text("h1"))
