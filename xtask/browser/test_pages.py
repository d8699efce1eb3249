"""Checks layout and accessibility of every page, in light and dark, wide and narrow."""

import unittest

import community
from browsing import Browser, Keys

SIZES = {"wide": 1280, "narrow": 360}
SCHEMES = ["light", "dark"]
# Pages of which a screenshot is kept.
PICTURED = {"community", "badges", "badge", "profile", "catalog", "preview", "overview", "admin-player", "why", "own-profile",
            "players", "timeline", "audit", "comparison", "activity", "award", "own-why",
            "own-badges"}

VISITORS = {
    "community": "/",
    "badges": "/badges",
    "badge": "/badges/helper",
    "players": "/players",
    "players-found": "/players?q=a",
    "players-not-found": "/players?q=nothing-like-this",
    "profile": "/players/{player}",
    "award": "/players/{player}/badges/teacher",
    "sign-in": "/sign-in",
    "nothing": "/badges/no-such-badge",
    "docs": "/docs",
    "docs-section": "/docs/players",
    "docs-search": "/docs?q=ledger",
    "docs-schemas": "/docs/schemas",
    "docs-schema": "/docs/schemas/Outcome",
    "admin-sign-in": "/admin/sign-in",
}
PLAYERS = {
    "own-profile": "/players/{player}",
    "own-badge": "/badges/helper",
    "own-badges": "/badges",
    "own-next-badges": "/badges?show=next",
    "own-gold-badges": "/badges?show=mine&tier=gold",
    "own-community": "/",
    "own-award": "/players/{player}/badges/teacher",
    "own-why": "/players/{player}/why/badges/helper",
    "own-perk": "/players/{player}/why/unlockables/edit-others",
}
ADMINISTRATORS = {
    "overview": "/admin",
    "activity": "/admin/activity",
    "search": "/admin/players?search=m",
    "players": "/admin/players",
    "admin-player": "/admin/players/{player}",
    "timeline": "/admin/players/{player}/timeline",
    "ledger": "/admin/players/{player}/ledger",
    "why": "/admin/players/{player}/why?about=nice-answer",
    "why-balance": "/admin/players/{player}/why?about=Reputation",
    "why-choice": "/admin/players/{player}/why",
    "link": "/admin/players/{player}/link",
    "erase": "/admin/players/{player}/erase",
    **{f"action-{action}": f"/admin/players/{{player}}/actions/{action}" for action in
       "award revoke points progress attributes retract restore reset merge unmerge".split()},
    "admin-badges": "/admin/badges",
    "admin-badge": "/admin/badges/helper",
    "award": "/admin/badges/helper/award",
    "catalog": "/admin/catalog",
    "history": "/admin/catalog/history",
    "comparison": "/admin/catalog/history/2",
    "reference": "/admin/catalog/reference",
    "events": "/admin/events",
    "health": "/admin/health",
    "audit": "/admin/audit",
    "keys": "/admin/keys",
    "administrators": "/admin/administrators",
    "account": "/admin/account",
    "admin-nothing": "/admin/badges/no-such-badge",
}


class Pages(unittest.TestCase):
    def setUp(self):
        self.player = community.most_active()
        self.browser = Browser()
        self.addCleanup(self.browser.close)

    def test_pages_of_visitors(self):
        self.look_at(VISITORS)

    def test_pages_of_players(self):
        self.browser.open(f"/sign-in?token={community.token(self.player)}")
        self.look_at(PLAYERS)

    def test_pages_of_administrators(self):
        self.browser.sign_in()
        self.browser.text(".account")
        self.look_at(ADMINISTRATORS)

    def test_the_header_is_the_same_on_all_pages(self):
        browser = self.browser
        browser.sign_in()
        measure = "['.site-header', '.site-name img'].map((one) => document.querySelector(one).getBoundingClientRect().height)"
        for width in SIZES.values():
            browser.size(width)
            seen = {}
            for path in ["/", "/docs", "/admin", "/admin/catalog/reference"]:
                browser.open(path)
                seen[path] = browser.value(measure)
            self.assertEqual(list(seen.values()), [[60, 30]] * len(seen), seen)

    def test_the_menu_closes_with_escape(self):
        browser = self.browser
        browser.sign_in()
        browser.driver.set_window_size(500, 900)
        for path in ["/", "/admin"]:
            browser.open(path)
            menu = browser.find(".menu")
            browser.find(".menu > summary").click()
            self.assertTrue(menu.get_property("open"), path)
            self.assertEqual(browser.barriers(), [], path)
            browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
            self.assertFalse(menu.get_property("open"), path)

    def test_cards_for_other_sites(self):
        browser = self.browser
        for path in [f"/embed/players/{self.player}", "/embed/badges/helper"]:
            browser.size(400, 400)
            browser.open(path)
            for scheme in SCHEMES:
                browser.scheme(scheme)
                self.assertEqual(browser.barriers(), [], path)
            self.assertEqual(browser.complaints(), [], path)

    def test_preview_and_validation_errors(self):
        self.browser.sign_in()
        self.browser.open("/admin/catalog")
        text = self.browser.find("#text").get_property("value")
        self.write(text.replace("at_least = 10 }", "at_least = 5 }"))
        self.browser.press("Preview changes")
        self.browser.find("form.publish")
        self.look_at({"preview": self.browser.driver.current_url})
        self.browser.natural_size()
        self.browser.open("/admin/catalog")
        self.write(text.replace("criterion", "criterium", 1))
        self.browser.press("Validate")
        self.see("mistake", first="unknown key")

    def write(self, text):
        self.browser.driver.execute_script("arguments[0].value = arguments[1]", self.browser.find("#text"), text)

    def look_at(self, pages):
        for name, path in pages.items():
            for size, width in SIZES.items():
                with self.subTest(page=name, size=size):
                    self.browser.size(width)
                    self.browser.open(path.format(player=self.player))
                    self.see(name, size)

    def see(self, name, size="wide", first="Skip to content"):
        """Checks the open page in both color schemes. `first` is the text of the first element in tab order, which on
        pages with errors is in the error."""
        browser = self.browser
        self.assertEqual(len(browser.all("h1")), 1, "exactly one h1")
        room = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        self.assertLessEqual(browser.value(room), 0, f"the page scrolls sideways: {self.widest()}")
        for scheme in SCHEMES:
            browser.scheme(scheme)
            with self.subTest(scheme=scheme):
                self.assertEqual(browser.barriers(), [])
            if name in PICTURED:
                browser.picture(f"{name}-{size}-{scheme}")
        self.assertIn(first, browser.tab())
        self.assertEqual(browser.complaints(), [])

    def widest(self):
        beyond = "[...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth)"
        return self.browser.value(f"{beyond}.slice(0, 5).map((one) => one.outerHTML.slice(0, 120)).join(' | ')")
