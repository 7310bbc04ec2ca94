"""The built site and a browser, for the tests that look at pages."""

import contextlib
import functools
import os
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from explorer_checks import DARK, LIGHT
from playwright.sync_api import sync_playwright

from tools import browser as browser_tool

ROOT = Path(__file__).resolve().parents[1]


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without a line on stderr for each, and the site's own page for a lost link."""

    def log_message(self, *arguments):
        """Say nothing."""

    def send_error(self, code, message=None, explain=None):
        """Show the 404.html of the site, at whatever depth, as the usual hosts do."""
        page = Path(self.directory, self.path.split("/")[1], "404.html")
        text = page.read_bytes() if page.exists() else b""
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)


@contextlib.contextmanager
def serve(folder):
    """Serve *folder* on a free port of this machine; yield its address.

    The address has the folder's name as prefix, as on a host that holds several sites.
    """
    handler = functools.partial(QuietHandler, directory=folder.parent)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{folder.name}/"
    finally:  # else a test that fails would wait for the server for ever
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def serving():
    """The function that serves a folder, for a site other than the book's."""
    return serve


@pytest.fixture(scope="session")
def site():
    """Folder of the built site; building is quick when nothing has changed."""
    command = [sys.executable, str(ROOT / "tools" / "build_site.py")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.returncode}: {done.stdout}{done.stderr}"
    return ROOT / "_build" / "html"


@pytest.fixture(scope="session")
def site_url(site):
    """Address at which the built site is served, with a slash at the end."""
    with serve(site) as url:
        yield url


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium. Without one the test is skipped, or fails if REQUIRE_BROWSER is 1."""
    with sync_playwright() as playwright:
        path = browser_tool.chromium(playwright)
        if path is None:
            if os.environ.get("REQUIRE_BROWSER") == "1":
                pytest.fail(browser_tool.NOT_FOUND)
            pytest.skip(browser_tool.NOT_FOUND)
        started = playwright.chromium.launch(executable_path=path, args=browser_tool.OPTIONS)
        yield started
        started.close()


@pytest.fixture
def noise():
    """What the pages of a test sent and said that they should not have."""
    return []


@pytest.fixture
def explorer_page(browser, noise):
    """A function that puts HTML on a bare page and returns the page; at the end, it was silent."""
    contexts = []

    def open_page(*fragments, style=LIGHT, width=1280, javascript=True):
        theme = "dark" if style == DARK else "light"
        context = browser.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=javascript
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: noise.append(f"request: {request.url}"))
        page.on("console", lambda line: noise.append(f"console: {line.text}"))
        page.on("pageerror", lambda error: noise.append(f"error: {error}"))
        page.set_content(
            f'<!doctype html><html lang="en" data-theme="{theme}" style="{style}">'
            '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            "<title>Explorer</title></head>"
            f"<body><main><h1>Explorer</h1>{''.join(fragments)}</main></body></html>"
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert noise == []


def pytest_terminal_summary(terminalreporter):
    """Say in one line, even with -q, that the pages were not looked at."""
    skipped = terminalreporter.stats.get("skipped", [])
    number = sum(browser_tool.NOT_FOUND in str(report.longrepr) for report in skipped)
    if number:
        terminalreporter.write_line(f"SKIPPED {number} browser checks: {browser_tool.NOT_FOUND}")
