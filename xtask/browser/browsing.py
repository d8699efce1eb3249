"""Browser driver with the interactions that the tests need."""

import importlib.util
import json
import os
import tempfile
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.ui import WebDriverWait

import community

FLAGS = """--headless=new --window-size=1400,1200 --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --disable-dev-shm-usage --force-color-profile=srgb""".split()
PATIENCE = 20
# The package is located but not imported: it drives browsers with Playwright, and only its copy of axe is needed.
AXE = (Path(importlib.util.find_spec("axe_playwright_python").origin).parent / "axe.min.js").read_text(encoding="utf-8")


class Browser:
    """Chromium with a temporary profile."""

    def __init__(self, scripts=True, logs=("browser",)):
        self.folder = tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True)
        options = webdriver.ChromeOptions()
        for flag in [*FLAGS, f"--user-data-dir={self.folder.name}"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {log: "ALL" for log in logs})
        if not scripts:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        options.binary_location = "/usr/bin/chromium"
        self.driver = webdriver.Chrome(options, Service(os.environ["CHROMEDRIVER"]))
        # During navigation, the driver may find neither the old nor the new page.
        self.wait = WebDriverWait(self.driver, PATIENCE, ignored_exceptions=[WebDriverException])
        self.media = {}
        # Without motion: clicks would miss their targets while a page scrolls.
        self.motion("reduce")
        self.scheme("light")

    def close(self):
        self.driver.quit()
        self.folder.cleanup()

    def open(self, path):
        self.driver.get(path if path.startswith("http") else community.URL + path)

    def find(self, css):
        return self.wait.until(expected.presence_of_element_located((By.CSS_SELECTOR, css)))

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def text(self, css="main"):
        return self.find(css).text

    def until(self, css, words):
        """Waits until an element contains a text."""
        self.wait.until(expected.text_to_be_present_in_element((By.CSS_SELECTOR, css), words))

    def fill(self, **fields):
        for name, words in fields.items():
            field = self.find(f"main [name={name}]")
            field.clear()
            field.send_keys(words)

    def press(self, words):
        """Clicks the button or link with a text, and waits for the next page."""
        page = self.driver.find_element(By.TAG_NAME, "html")
        path = f"//*[self::button or self::a][contains(normalize-space(.), '{words}')]"
        self.driver.find_element(By.XPATH, path).click()
        self.wait.until(expected.staleness_of(page))
        self.find("main")

    def sign_in(self, name=community.ADMINISTRATOR, password=community.PASSWORD):
        self.open("/admin/sign-in")
        self.fill(name=name, password=password)
        self.press("Sign in")

    def tab(self):
        """Returns the text of the first element that the keyboard reaches."""
        self.value("getSelection().removeAllRanges(); document.activeElement.blur()")
        self.driver.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
        return self.value("document.activeElement.textContent.trim()")

    # Appearance.

    def do(self, command, **parameters):
        """Runs a DevTools command, which is not subject to the page's content security policy."""
        return self.driver.execute_cdp_cmd(command, parameters)

    def natural_size(self):
        self.do("Emulation.clearDeviceMetricsOverride")

    def size(self, width, height=900):
        """Emulates a screen size. For appearance only: clicks still use the layout of the real window."""
        self.do("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def scheme(self, name):
        """Emulates a color scheme."""
        self.prefer("prefers-color-scheme", name)

    def motion(self, name):
        """Emulates a person's choice of motion."""
        self.prefer("prefers-reduced-motion", name)

    def prefer(self, feature, value):
        self.media[feature] = value
        features = [{"name": name, "value": chosen} for name, chosen in self.media.items()]
        self.do("Emulation.setEmulatedMedia", features=features)

    def picture(self, name):
        path = Path(os.environ["ACCOLADE_PICTURES"]) / f"{name}.png"
        self.driver.save_screenshot(str(path))

    def value(self, script):
        reply = self.do("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in reply, reply
        return reply["result"].get("value")

    def complaints(self):
        """Returns the console messages since the last call, without those about expected 4xx responses."""
        is_expected = lambda entry: "the server responded with a status of 4" in entry["message"]
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] != "INFO" and not is_expected(entry)]

    def barriers(self):
        """Returns the violations that axe finds, each with its first elements.

        The editor's line numbers are excluded: they are hidden from screen readers, and axe misjudges the contrast of a
        number that the editor's edge cuts off."""
        self.value(AXE + "; undefined")
        run = "axe.run({ exclude: [['.gutter']] }, { resultTypes: ['violations'] })"
        found = json.loads(self.value(f"{run}.then((found) => JSON.stringify(found.violations))"))
        return [f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found]
