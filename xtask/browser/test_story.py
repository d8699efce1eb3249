"""Story of a community, from its first administrator on, in one browser."""

import os
import unittest

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import community
from browsing import Browser

INQUIRER = """
[[badge]]
id = "inquirer"
name = "Inquirer"
description = "Ask three questions"
category = "questions"
criterion = { count = "question.asked", at_least = 3 }
"""


class Story(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        community.fill()
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        cls.administration = cls.browser.driver.current_window_handle

    def see(self, words, css="main"):
        self.assertIn(words, self.browser.text(css))

    def test_1_the_invitation_creates_the_first_administrator_and_works_once(self):
        browser = self.browser
        browser.open(os.environ["ACCOLADE_LINK"])
        self.assertEqual(browser.barriers(), [])
        browser.fill(name=community.ADMINISTRATOR, password=community.PASSWORD)
        browser.press("Create account")
        self.see("You are signed in as an administrator.")
        self.see(community.ADMINISTRATOR, ".account")
        browser.open(os.environ["ACCOLADE_LINK"])
        self.see("This link no longer works")

    def test_2_a_catalog_is_corrected_previewed_and_published(self):
        browser = self.browser
        browser.open("/admin/catalog")
        text = browser.find("#text").get_property("value")
        first = text.count("\n") + 1
        self.write(text + INQUIRER.replace("count =", "cuont ="))
        browser.press("Validate")
        line = first + INQUIRER.split("criterion")[0].count("\n")
        self.see(f"Line {line}, column", ".finding")
        self.assertEqual(browser.find(".gutter .wrong").get_property("textContent").strip(), str(line))
        browser.driver.find_element(By.CSS_SELECTOR, "[data-go-line]").click()
        self.assertEqual(browser.driver.switch_to.active_element.get_attribute("id"), "text")
        self.write(text + INQUIRER)
        browser.press("Validate")
        self.see("The catalog is valid.", "[role=status]")
        browser.press("Preview changes")
        browser.find("form.publish")
        rows = [row.text for row in browser.all("[aria-labelledby=badges] tbody tr")]
        badge = next(row for row in rows if row.startswith("Inquirer"))
        self.assertRegex(badge, r"^Inquirer 0 (\d+) \+\1$")
        gained = int(badge.split()[2])
        self.see(f"{gained} players get Inquirer now", ".headlines")
        self.assertGreater(gained, 5)
        self.assertEqual(len(browser.all("[aria-labelledby=players] details")), gained)
        browser.size(1280)
        browser.picture("publication-wide-light")
        browser.natural_size()
        browser.fill(note="Questions are welcome")
        browser.press("Publish")
        self.see("Catalog published.")
        self.assertEqual(browser.text("ol > li h2").split("\n"), ["Version 2", "Published"])
        self.see("Questions are welcome")
        browser.open("/admin/catalog/history/2")
        self.see('id = "inquirer"', ".difference")

    def write(self, text):
        """Replaces the text of the editor as a paste would."""
        field = self.browser.find("#text")
        script = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))"
        self.browser.driver.execute_script(script, field, text)

    def test_3_a_badge_is_earned_explained_and_revoked(self):
        browser = self.browser
        browser.open("/admin/players/ada/link")
        browser.press("Create link")
        link = browser.find("#link").get_property("value")
        browser.driver.switch_to.new_window("window")
        browser.open(link)
        self.see("Ada", "h1")
        self.assertNotIn("Inquirer", self.earned())
        listening = "performance.getEntriesByType('resource').some((entry) => entry.name.includes('/assets/live.js'))"
        browser.wait.until(lambda driver: driver.execute_script(f"return {listening}"))
        community.record(*[{"id": f"q{i}", "player": "ada", "name": "question.asked"} for i in range(3)])
        for words in ["You earned a badge", "Inquirer"]:
            browser.until("body", words)
        browser.driver.refresh()
        self.assertIn("Inquirer", self.earned())
        page = browser.driver.current_window_handle
        browser.driver.switch_to.window(self.administration)

        browser.open("/admin/players/ada/why?about=Inquirer")
        self.see("Ada has Inquirer: 3 questions asked.", ".answer")
        self.see("question.asked")
        browser.open("/admin/players/ada/actions/revoke?badge=inquirer")
        browser.fill(reason="asked by a script")
        browser.find("main form button[type=submit]").click()
        browser.until("main", "Inquirer revoked from Ada")
        browser.driver.switch_to.window(page)
        browser.driver.refresh()
        self.assertNotIn("Inquirer", self.earned())
        browser.driver.close()
        browser.driver.switch_to.window(self.administration)

    def earned(self):
        self.browser.find("#badges-title")
        tiles = self.browser.all("section[aria-labelledby=badges-title] .tile:not(.locked, .secret)")
        return "\n".join(tile.text for tile in tiles)

    def test_4_the_audit_log_lists_all_actions(self):
        self.browser.open("/admin/audit")
        self.see("Audit log", "h1")
        rows = [row.text for row in self.browser.all(".log > li")]
        for words in ["asked by a script", "revoked Inquirer from", "published version 2 of the catalog"]:
            self.assertTrue([row for row in rows if community.ADMINISTRATOR in row and words in row], words)

    def test_5_a_player_is_found_from_any_page(self):
        browser = self.browser
        browser.open("/admin/health")
        browser.driver.find_element(By.TAG_NAME, "body").send_keys("/")
        browser.driver.switch_to.active_element.send_keys("DA", Keys.ENTER)
        browser.until("h1", "Players")
        self.see("Ada", "tbody")
        browser.driver.find_element(By.LINK_TEXT, "Ada").click()
        browser.until("h1", "Ada")
        more = browser.find(".dropdown")
        more.find_element(By.TAG_NAME, "summary").click()
        self.assertIn("Revoke badge", more.text)
        more.find_element(By.TAG_NAME, "summary").send_keys(Keys.ESCAPE)
        self.assertFalse(more.get_property("open"))

    def test_6_activity_appears_live_with_names(self):
        browser = self.browser
        browser.open("/admin/activity")
        browser.until("#live-state", "Live")
        latest = browser.find("#live > li").get_attribute("data-seq")
        points = {"type": "points", "currency": "reputation", "amount": 5, "reason": "for the live list"}
        community.ask("POST", "/v1/players/ada/actions", points, **{"Idempotency-Key": "live-1"})
        browser.wait.until(lambda driver: browser.find("#live > li").get_attribute("data-seq") != latest)
        self.see("Ada", "#live > li")

    def test_7_signing_out_ends_sessions(self):
        browser = self.browser
        browser.open("/admin")
        browser.press("Sign out")
        self.see("You are signed out.")
        browser.sign_in(password="something else entirely")
        self.see("invalid name or password", "[role=alert]")
        browser.sign_in()
        self.see(community.ADMINISTRATOR, ".account")
        elsewhere = Browser()
        self.addCleanup(elsewhere.close)
        elsewhere.sign_in()
        self.assertIn(community.ADMINISTRATOR, elsewhere.text(".account"))
        browser.open("/admin/account")
        browser.press("Sign out everywhere")
        self.see("You are signed out everywhere.")
        elsewhere.open("/admin")
        self.assertIn("Sign in", elsewhere.text("h1"))
