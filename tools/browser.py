"""The Chromium that prints the book, photographs its pages and runs their tests."""

import os
import shutil
import sys
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

NOT_FOUND = "no Chromium found (install one, or give its path in CHROMIUM)"

OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",  # no search for updates: a request that no page asked for
    "--font-render-hinting=none",  # else the headless shell rounds the width of every letter
]
# The headless shell is the same engine without windows: the tests take six tenths of the time.
PROGRAMS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)


def chromium(playwright):
    """Path of a Chromium: CHROMIUM if set, else the system's, else Playwright's own; or None."""
    programs = (*PROGRAMS, playwright.chromium.executable_path)
    if "CHROMIUM" in os.environ:
        programs = (os.environ["CHROMIUM"],)
    return next(filter(None, map(shutil.which, programs)), None)


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
