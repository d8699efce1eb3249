"""Checks what players see while they earn something: celebrations, updates of the open page, times, and renewed tokens."""

import http.server
import json
import threading
import time
import unittest

import community
from browsing import Browser, Keys

# The service allows this origin. It differs from the service's, which is 127.0.0.1.
PORT = 48123
# The script of a page whose stream is open, so that it misses nothing.
OPEN = "script[data-state=open]"
SCRIPT = """<!doctype html><html lang="en"><title>Shop</title><main><h1>Shop</h1><p>A page of another site.</p></main>{before}
<script src="{url}/assets/live.js" data-base="{url}" data-player="{player}" data-token="acp_expired" {attributes}></script>"""
ASKING = """<script>document.addEventListener("accolade:expired", async (event) =>
event.detail.renew((await (await fetch("/token")).json()).token))</script>"""


def post(player, *names):
    start = time.time_ns()
    community.record(*[{"id": f"live-{start}-{i}", "player": player, "name": name} for i, name in enumerate(names)])


def post_answers(player, number):
    post(player, *["answer.posted"] * number)


class Shop(http.server.BaseHTTPRequestHandler):
    """A site of another origin, whose pages show what the player earns."""

    player = ""

    def do_GET(self):
        url = community.URL
        pages = {
            "/with-url": SCRIPT.format(url=url, player=self.player, before="", attributes='data-token-url="/token"'),
            "/with-event": SCRIPT.format(url=url, player=self.player, before=ASKING, attributes=""),
        }
        is_token = self.path == "/token"
        body = json.dumps({"token": community.token(self.player)}) if is_token else pages.get(self.path, "")
        self.send_response(200)
        self.send_header("Content-Type", "application/json" if is_token else "text/html")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


class Live(unittest.TestCase):
    def setUp(self):
        self.browser = Browser()
        self.addCleanup(self.browser.close)

    def sign_in(self, player, path):
        community.name({player: player.title()})
        browser = self.browser
        browser.open(f"/sign-in?token={community.token(player)}&to={path}")
        browser.find(OPEN)

    def serve_shop(self, player):
        Shop.player = player
        server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Shop)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)

    def test_a_tier_is_celebrated_without_taking_the_focus(self):
        browser = self.browser
        self.sign_in("grace", "/badges")
        browser.find(".site-links a").send_keys("")
        focused = browser.value("document.activeElement.href")
        post_answers("grace", 1)
        browser.until(".accolade-celebration", "Helping Hand")
        browser.until(".accolade-celebration", "Bronze")
        self.assertEqual(browser.value("document.activeElement.href"), focused)
        self.assertEqual(browser.barriers(), [])
        announced = browser.find(".accolade-toasts .accolade-announcement").get_property("textContent")
        self.assertIn("You earned a badge: Helping Hand, bronze", announced)
        share = "document.querySelector('.accolade-celebration-share').href"
        if not browser.value("'share' in navigator"):
            self.assertIn("/players/grace/badges/helper", browser.value(share))
        browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
        browser.wait.until(lambda driver: not browser.all(".accolade-celebration"))
        self.assertEqual(browser.complaints(), [])

    def test_two_awards_at_once_are_celebrated_one_after_the_other(self):
        browser = self.browser
        self.sign_in("kim", "/badges")
        post("kim", "answer.posted", "riddle.posted")
        browser.until(".accolade-celebration", "1 more")
        first = browser.text(".accolade-celebration-name")
        self.assertEqual(len(browser.all(".accolade-celebration")), 1)
        browser.find(".accolade-celebration .accolade-toast-close").click()
        second = ({"Helping Hand", "Riddler"} - {first}).pop()
        browser.until(".accolade-celebration-name", second)
        self.assertEqual(len(browser.all(".accolade-celebration")), 1)
        self.assertNotIn("more", browser.text(".accolade-celebration"))
        self.assertEqual(browser.barriers(), [])
        browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
        browser.wait.until(lambda driver: not browser.all(".accolade-celebration"))
        self.assertEqual(browser.complaints(), [])

    def test_a_celebration_moves_only_if_the_person_allows_motion(self):
        browser = self.browser
        # A page of another site, where only the style sheet of the script applies.
        community.name({"lee": "Lee"})
        self.serve_shop("lee")
        browser.open(f"http://localhost:{PORT}/with-url")
        browser.find(OPEN)
        post_answers("lee", 1)
        browser.until(".accolade-celebration", "Helping Hand")
        motion = "['', '-image'].map((part) => getComputedStyle(document.querySelector('.accolade-celebration' + part)).animationName)"
        self.assertEqual(browser.value(motion), ["none", "none"])
        browser.motion("no-preference")
        self.assertEqual(browser.value(motion), ["accolade-card", "accolade-art"])

    def test_the_open_page_shows_new_points_and_progress(self):
        browser = self.browser
        self.sign_in("heidi", "/players/heidi")
        self.assertIn("0 of", browser.text("#badges-title"))
        post_answers("heidi", 2)
        browser.until(".tile:not(.locked)", "Helping Hand")
        browser.open("/badges/helper")
        browser.until("section[aria-labelledby=own-title]", "2 of 10")
        browser.find(OPEN)
        post_answers("heidi", 8)
        browser.until("section[aria-labelledby=own-title]", "10 of 25")
        self.assertEqual(browser.complaints(), [])

    def test_times_are_relative_with_the_exact_local_time_as_title(self):
        browser = self.browser
        post_answers("ivan", 1)
        self.sign_in("ivan", "/players/ivan/badges/helper")
        self.assertEqual(browser.text(".rarity-line time"), "just now")
        title = browser.find(".rarity-line time").get_property("title")
        self.assertRegex(title, r"^\w{3},? \d{1,2} \w+ \d{4}.* \d\d:\d\d:\d\d")

    def test_an_expired_token_is_renewed_on_another_site(self):
        community.name({"judy": "Judy"})
        self.serve_shop("judy")
        browser = self.browser
        for path, answers in [("/with-url", 1), ("/with-event", 9)]:
            browser.open(f"http://localhost:{PORT}{path}")
            # The first request is refused; the second one has the new token.
            browser.find(OPEN)
            post_answers("judy", answers)
            browser.until("body", "Helping Hand")
