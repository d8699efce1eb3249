"""Follows the browser steps of a tutorial: one command per line of standard input, one response per line of output."""

import json
import os
import sys

# The driver of the browser tests reads it, for paths without a host, which tutorials do not have.
os.environ.setdefault("ACCOLADE_URL", "")

from browsing import Browser
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By


class Reader(Browser):
    """Reader of a tutorial, who does what the text says."""

    def __init__(self):
        super().__init__(logs=("browser", "performance"))
        self.steps = 0
        self.streams = False

    def follow(self, command, argument):
        getattr(self, f"follow_{command}")(argument)
        complaints = self.complaints()
        assert not complaints, f"the browser reports errors: {complaints}"

    def follow_open(self, url):
        self.streams = False
        self.open(url)

    def follow_see(self, words):
        self.until("body", words)
        self.steps += 1
        self.picture(f"tutorial-{self.steps}")

    def follow_fill(self, field):
        name, words = field.split("=", 1)
        self.fill(**{name: words})

    def follow_press(self, words):
        if self.all("script[src*='live.js']"):
            # Outcomes from before the stream is open are not shown. A person is slower than that.
            self.wait.until(lambda _: self.has_stream())
        self.driver.find_element(By.XPATH, f"//*[self::button or self::a][contains(normalize-space(.), '{words}')]").click()

    def has_stream(self):
        """True if a live stream has been opened since the page was."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        responses = [one["params"]["response"] for one in messages if one["method"] == "Network.responseReceived"]
        self.streams |= any(response["mimeType"] == "text/event-stream" for response in responses)
        return self.streams


def main():
    reader = Reader()
    try:
        for line in sys.stdin:
            command, argument = line.rstrip("\n").split(" ", 1)
            try:
                reader.follow(command, argument)
                print("done", flush=True)
            except (AssertionError, WebDriverException) as error:
                page = reader.driver.find_element(By.TAG_NAME, "body").text
                print(f"{command} {argument}: {type(error).__name__} {error}; the page says: {page}".replace("\n", " "), flush=True)
    finally:
        reader.close()


if __name__ == "__main__":
    main()
