"""The page's contents, at the side of a wide page, mark the section that is being read."""

from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "_static" / "contents.js"
LONG_PAGES = ["chapters/06_gradient.html", "appendix/function_reference.html"]

# The headings that the contents list (not their parts), and the one that stands marked.
READ_AND_MARKED = """
() => {
  const passed = [...document.querySelectorAll("article section > h2")]
    .filter(heading => heading.getBoundingClientRect().top < innerHeight / 3);
  const marked = [...document.querySelectorAll("#pst-page-toc-nav a.active")]
    .filter(link => link.offsetParent && link.getAttribute("aria-current") === "true");
  const name = element => element.textContent.replace("#", "").trim();
  return [passed.slice(-1).map(name), marked.map(name)];
}
"""


@pytest.fixture
def jumps(browser, site_url):
    """A function that jumps down a page and returns where the contents marked another section."""
    contexts = []

    def down(page, without=None):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        contexts.append(context)
        tab = context.new_page()
        if without:
            tab.route(
                "**/site.js*",
                lambda route: route.fulfill(body=route.fetch().text().replace(without, "")),
            )
        tab.goto(site_url + page)
        wrong = []
        while tab.evaluate("() => { const y = scrollY; scrollBy(0, 1500); return scrollY > y; }"):
            tab.wait_for_timeout(200)
            read, marked = tab.evaluate(READ_AND_MARKED)
            if read != marked:
                wrong.append((read, marked))
        return wrong

    yield down
    for context in contexts:
        context.close()


@pytest.mark.parametrize("page", LONG_PAGES)
def test_the_section_being_read_is_marked(jumps, page):
    assert jumps(page) == []


def test_the_theme_alone_does_not_do_it(jumps):
    """Else contents.js could go."""
    assert jumps(LONG_PAGES[0], without=SCRIPT.read_text("utf-8").strip())


def test_a_link_that_was_followed_stays_marked(browser, site_url):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(site_url + LONG_PAGES[0])
    link = page.locator("#pst-page-toc-nav a").last
    link.click()
    page.wait_for_timeout(400)
    assert link.get_attribute("aria-current") == "true"
    context.close()
