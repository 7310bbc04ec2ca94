"""The Chromium that prints the book, photographs its pages and runs their tests."""

import os
import shutil
import sys
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

NOT_FOUND = "no Chromium found (install one, or give its path in CHROMIUM)"

# The last one keeps the browser from looking for updates: a request that no page asked for.
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def chromium(playwright):
    """Path of a Chromium: CHROMIUM if set, else the system's, else Playwright's own; or None."""
    own = playwright.chromium.executable_path
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", own)
    if "CHROMIUM" in os.environ:
        names = (os.environ["CHROMIUM"],)
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def open_browser():
    """A headless Chromium for a command; without one the command ends and says so."""
    with sync_playwright() as playwright:
        path = chromium(playwright)
        if path is None:
            sys.exit(NOT_FOUND)
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()
