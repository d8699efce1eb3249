"""Checks that the pages work without scripts."""

import unittest

import community
from browsing import Browser


class WithoutScripts(unittest.TestCase):
    def setUp(self):
        self.browser = Browser(scripts=False)
        self.addCleanup(self.browser.close)

    def test_player_pages_work(self):
        for path, words in [("/", "Recent activity"), ("/badges", "Helping Hand"), ("/players?q=ada", "Ada"), ("/players/ada", "Ada"), ("/docs", "API")]:
            self.browser.open(path)
            self.assertIn(words, self.browser.text(), path)
        self.assertEqual(self.browser.all(".live-sign:not([hidden])"), [], "scripts are off")

    def test_a_link_of_another_player_asks_first(self):
        browser, other = self.browser, community.most_active()
        self.assertNotEqual(other, "ada")
        browser.open(f"/sign-in?token={community.token('ada')}&to=/badges")
        self.assertEqual(browser.text(".account bdi"), "Ada")
        browser.open(f"/sign-in?token={community.token(other)}&to=/badges")
        self.assertIn("You are signed in as Ada", browser.text())
        browser.press("Continue as")
        self.assertIn("Helping Hand", browser.text())
        self.assertNotEqual(browser.text(".account bdi"), "Ada")

    def test_the_menu_of_narrow_screens_opens(self):
        browser = self.browser
        browser.driver.set_window_size(500, 900)
        browser.open(f"/sign-in?token={community.token('ada')}&to=/badges")
        link = browser.find(".menu-panel a[href='/players']")
        self.assertFalse(link.is_displayed())
        browser.find(".menu summary").click()
        self.assertTrue(link.is_displayed())
        bar = browser.find(".site-bar")
        self.assertLess(bar.size["height"], 80, "the header is one row")
        browser.find(".menu-panel button").click()
        browser.wait.until(lambda driver: not browser.all(".account"))

    def test_badges_are_filtered_by_links(self):
        browser = self.browser
        browser.open(f"/sign-in?token={community.token(community.most_active())}&to=/badges")
        tiles = len(browser.all(".tile"))
        browser.press("Mine")
        self.assertLess(len(browser.all(".tile")), tiles)
        self.assertEqual(len(browser.all(".tile")), len(browser.all(".tile-tick")))
        browser.press("Secret")
        self.assertEqual(len(browser.all(".tile")), len(browser.all(".tile.secret")))

    def test_the_administration_works(self):
        browser = self.browser
        browser.sign_in()
        browser.open("/admin/players/ada/actions/points")
        browser.find("main [name=currency] option:last-child").click()
        browser.fill(amount="7", reason="for patience")
        browser.find("main form button[type=submit]").click()
        browser.until("main", "added to Ada")
        browser.open("/admin/players?search=DA&sort=name&direction=ascending")
        self.assertIn("Ada", browser.text("tbody"))
        browser.size(390)
        browser.find(".menu > summary").click()
        self.assertIn("Audit log", browser.text(".menu"))
        browser.natural_size()
        browser.open("/admin/players/ada/ledger")
        self.assertIn("7", browser.text("tbody"))
        browser.open("/admin/catalog")
        self.assertEqual(browser.all(".gutter"), [], "scripts are off")
        browser.press("Preview changes")
        self.assertIn("Preview", browser.text("h1"))
