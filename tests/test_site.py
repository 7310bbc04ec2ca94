"""Every page of the built site, in a real browser: light and dark, desktop and phone.

Below the tests of the pages, each check is shown a page broken on purpose and must see it.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from random import Random
from urllib.request import urlopen

import nbformat
import pytest
import site_checks as checks
from bs4 import BeautifulSoup
from sphinx_external_toc.parsing import parse_toc_yaml

from tools.self_contained import self_contained

ROOT = Path(__file__).resolve().parents[1]
SOURCES = [str(name) for name in parse_toc_yaml(ROOT / "_toc.yml")]
PAGES = [f"{name}.html" for name in SOURCES] + ["search.html", "404.html"]
CHAPTERS = [name for name in SOURCES if name.startswith("chapters/")]

KATEX = ROOT / "_static" / "katex"

# Pages to break: a light one, and one with formulas.
PLAIN = f"{SOURCES[-1]}.html"
CHAPTER = f"{CHAPTERS[0]}.html"

# A chapter's files, figures included, and how far its text may move by itself.
REQUESTS = 15
SHIFT = 0.01

# Boxes that a phone lays out for a page before it is read; a whole chapter has up to 30 000.
BOXES = 8000

# Bytes of a chapter with all that it loads but its figures, as hosts send them.
TRANSFER = 350_000

# Bytes of a chapter with all that it loads, uncompressed: a third of jupyter-book's default.
PAGE_BUDGET = 1_260_000
# With many more formulas the default is heavier, too: a third of what it makes of this chapter.
BUDGETS = {"chapters/06_gradient": 1_420_000}


def markdown_of(name):
    """The Markdown text of a page's source, without code blocks."""
    notebook = ROOT / f"{name}.ipynb"
    if notebook.exists():
        cells = nbformat.read(notebook, as_version=4).cells
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    else:
        text = (ROOT / f"{name}.md").read_text("utf-8")
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)


def displayed_formulas(name):
    """Number of displayed formulas in a page's source."""
    return markdown_of(name).count("$$") // 2


# ---- The pages ---------------------------------------------------------------------------------


def test_every_page_is_looked_at(site):
    found = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert {path for path in found if not path.startswith("_static/")} == {*PAGES, "index.html"}


def test_the_address_of_the_site_shows_the_first_page(site):
    assert (site / "index.html").read_bytes() == (site / PAGES[0]).read_bytes()


def test_links(site):
    assert checks.broken_links(site) == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_download_is_the_notebook_that_runs_alone(site, name):
    notebook = nbformat.read(ROOT / f"{name}.ipynb", as_version=4)
    stored = nbformat.read(site / "_sources" / f"{name}.ipynb", as_version=4)
    assert stored == self_contained(notebook, ROOT)


@pytest.mark.parametrize("name", PAGES)
def test_nesting(site, name):
    assert checks.badly_nested((site / name).read_text("utf-8")) == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page(browser, site_url, name, theme, width):
    with checks.visit(browser, site_url + name, theme=theme, width=width) as seen:
        faults = [
            *checks.wrong_theme(seen, theme),
            *checks.unset_mathematics(seen),
            *checks.sideways_scroll(seen),
            *checks.requests_elsewhere(seen, site_url),
            *checks.console_errors(seen),
            *checks.axe_findings(seen),  # the last: it makes the page smaller
        ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", PAGES)
def test_narrow_windows(browser, site_url, name):
    """The narrowest phone, and a window of 1280 pixels at twice the size."""
    for width in (320, 640):
        with checks.visit(browser, site_url + name, width=width) as seen:
            assert checks.sideways_scroll(seen) == []


@pytest.mark.parametrize("name", SOURCES)
def test_mathematics_without_scripts(browser, site_url, name):
    with checks.visit(browser, f"{site_url}{name}.html", javascript=False) as seen:
        assert checks.missing_mathematics(seen, displayed_formulas(name)) == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_weight_and_requests(browser, site_url, name):
    with checks.visit(browser, f"{site_url}{name}.html") as seen:
        assert checks.overweight(seen, BUDGETS.get(name, PAGE_BUDGET)) == []
        assert checks.long_transfer(seen, TRANSFER) == []
        assert checks.many_requests(seen, REQUESTS) == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", CHAPTERS)
def test_layout_shift(browser, site_url, name, width):
    assert checks.layout_shift(browser, f"{site_url}{name}.html", width=width) < SHIFT


@pytest.mark.parametrize("name", SOURCES)
def test_the_cut_fonts_draw_every_formula_as_the_whole_ones(browser, site_url, name):
    with checks.visit(browser, f"{site_url}{name}.html") as seen:
        assert checks.cut_too_far(seen, KATEX) == []


def test_the_scripts_in_one_file_all_work(browser, site_url):
    """Each of them does what it is there for: search, copying, theme, contents."""
    with checks.visit(browser, site_url + CHAPTER) as seen:
        page = seen.page
        assert page.locator("button.copybtn").count() == page.locator(".cell_input pre").count()
        page.locator(".article-header-buttons .theme-switch-button").click()
        assert page.evaluate("document.documentElement.dataset.mode") != "auto"
        page.locator(".search-button-field").first.click()
        page.locator("#pst-search-dialog input").fill("entropy")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search.html?q=entropy")
        page.locator("#search-results li").first.wait_for()
        page.locator("#search-results a").first.click()
        page.locator("article .highlighted").first.wait_for(state="attached")
        page.evaluate("scrollTo(0, 500)")
        page.locator("body.scrolled").wait_for()
    assert checks.console_errors(seen) == []


@pytest.mark.parametrize("name", SOURCES)
def test_only_what_is_near_is_laid_out(browser, site_url, name):
    assert checks.boxes_to_draw(browser, f"{site_url}{name}.html") < BOXES


# The chapters with the most formulas, tables and figures; one rule holds for all.
@pytest.mark.parametrize("name", [CHAPTERS[5], CHAPTERS[7], CHAPTERS[8]])
def test_what_is_laid_out_later_stands_where_it_should(browser, site_url, name):
    assert checks.moved(browser, f"{site_url}{name}.html") == []


def test_paper_shows_what_was_not_near(browser, site_url):
    page = browser.new_page()
    page.goto(site_url + CHAPTER)
    assert page.evaluate(checks.NOT_LAID_OUT) > 0
    page.emulate_media(media="print")
    page.evaluate("() => new Promise(requestAnimationFrame)")
    assert page.evaluate(checks.NOT_LAID_OUT) == 0
    page.close()


def test_an_address_within_a_page_leads_to_its_place(browser, site_url):
    """Though what stands above is laid out only when the reader comes near."""
    sections = BeautifulSoup(urlopen(site_url + CHAPTER).read(), "html.parser").select(
        "article > section > section"
    )
    for section in (sections[len(sections) // 2], sections[-1]):
        url, heading = f"{site_url}{CHAPTER}#{section['id']}", f"[id='{section['id']}'] > h2"
        place = checks.place_of(browser, url, heading)
        assert 0 <= place < 900
        right = checks.place_of(browser, url, heading, style=checks.LAID_OUT_AT_ONCE)
        assert abs(place - right) < 1


def test_the_keyboard_reaches_the_boxes_that_scroll(browser, site_url):
    """Wherever the reader is, and after the window has become wider; the others are no stops."""
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(site_url + CHAPTER)
    found = []
    for _ in range(12):
        page.evaluate("scrollBy(0, 1200)")
        page.wait_for_timeout(100)
        scrolls, reached = page.evaluate(checks.SCROLLING_BOXES)
        assert reached == scrolls
        found.append((scrolls, page.evaluate("scrollY")))
    scrolls, place = max(found, key=lambda pair: len(pair[0]))
    assert scrolls
    page.evaluate(f"scrollTo(0, {place})")
    page.set_viewport_size({"width": 1280, "height": 844})
    page.wait_for_timeout(600)
    scrolls_wide, reached = page.evaluate(checks.SCROLLING_BOXES)
    assert reached == scrolls_wide != scrolls
    page.close()


# ---- The checks, shown what they are for -------------------------------------------------------


def in_article(html):
    """A change that puts *html* at the start of the article's text."""
    return lambda page: re.sub(r"(<article[^>]*>)", lambda found: found[1] + html, page, count=1)


def test_a_request_elsewhere_is_seen(browser, site_url):
    change = in_article('<img alt="" src="http://127.0.0.2:9/x.png">')
    with checks.visit(browser, site_url + CHAPTER, change=change) as seen:
        assert len(checks.requests_elsewhere(seen, site_url)) == 1


@pytest.mark.parametrize(
    "html", ["<script>throw new Error()</script>", '<script src="no-such-file.js"></script>']
)
def test_an_error_in_the_console_is_seen(browser, site_url, html):
    with checks.visit(browser, site_url + PLAIN, change=in_article(html)) as seen:
        assert len(checks.console_errors(seen)) == 1


def test_a_wrong_theme_is_seen(browser, site_url):
    with checks.visit(browser, site_url + PLAIN, theme="dark") as seen:
        assert checks.wrong_theme(seen, "light") == ["shown in dark instead of light"]


@pytest.mark.parametrize(
    ("html", "number"),
    [
        ("<p>It costs $x$.</p>", 1),
        (r"<p>where \(x\) is</p>", 1),
        (r"<p>the \frac{1}{2}</p>", 1),
        ('<p><span class="katex-error">x</span></p>', 1),
        ("<p>in <code>$HOME</code></p>", 0),
    ],
)
def test_unset_mathematics_is_seen(browser, site_url, html, number):
    with checks.visit(browser, site_url + PLAIN, change=in_article(html)) as seen:
        assert len(checks.unset_mathematics(seen)) == number


def test_sideways_scroll_is_seen(browser, site_url):
    change = in_article('<div style="width: 500px">x</div>')
    with checks.visit(browser, site_url + PLAIN, width=390, change=change) as seen:
        assert len(checks.sideways_scroll(seen)) == 1


def test_sideways_scroll_far_below_is_seen(browser, site_url):
    """Where the page would not scroll, but cut off what does not fit."""

    def change(page):
        wide = '<p><span style="display: inline-block; width: 500px">x</span></p>'
        return re.sub(r"(.*<section[^>]*>)", rf"\1{wide}", page, flags=re.S)

    with checks.visit(browser, site_url + CHAPTER, width=390, change=change) as seen:
        assert len(checks.sideways_scroll(seen)) == 1


@pytest.mark.parametrize(
    "html",
    [
        '<img src="data:,">',  # no text for those who do not see it
        '<p style="color: #aaa; background: #fff">pale</p>',
        "<details><summary>Solution</summary><button></button></details>",
        "<table><thead><tr><th></th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>",
    ],
)
def test_barriers_are_seen(browser, site_url, html):
    with checks.visit(browser, site_url + PLAIN, change=in_article(html)) as seen:
        assert checks.axe_findings(seen)


def formula(style="", more=""):
    """A drawn formula, as KaTeX writes it."""
    return (
        '<p><span class="katex"><span class="katex-html" aria-hidden="true"><span class="base">'
        f'<span class="mord {more}" style="{style}">0.25</span></span></span></span></p>'
    )


def code(style=""):
    """A line of code, as Sphinx writes it, with the last of two words in a *style*."""
    return f'<pre><span class="k">if</span> <span class="k" style="{style}">not</span></pre>'


DARK_ONLY = "<style>[data-theme=dark] .pale {color: #444 !important}</style>"
PHONE_ONLY = "<style>@media (min-width: 500px) {.narrow {display: none}}</style>"


@pytest.mark.parametrize(
    ("html", "view", "other"),
    [
        (DARK_ONLY + '<p class="pale">pale</p>', ("dark", 390), ("light", 390)),
        (DARK_ONLY + formula() + formula(more="pale"), ("dark", 1280), ("light", 1280)),
        (PHONE_ONLY + '<input class="narrow">', ("light", 390), ("light", 1280)),
    ],
)
def test_a_barrier_in_one_view_of_a_page_is_seen(browser, site_url, html, view, other):
    """So none of the four can be left out."""
    found = []
    for theme, width in (view, other):
        with checks.visit(
            browser, site_url + PLAIN, theme=theme, width=width, change=in_article(html)
        ) as seen:
            found.append(checks.axe_findings(seen))
    assert len(found[0]) == 1 and not found[1]


@pytest.mark.parametrize(
    ("alike", "barrier"),
    [
        (formula(), formula("color: #bbb")),
        (formula(), f'<div style="background: #777">{formula()}</div>'),
        (formula(), f'<div style="opacity: 0.4">{formula()}</div>'),
        (formula(), formula().replace("0.25", '<a href="#"></a>')),
        (code(), code("color: #bbb")),
        (code(), f'<div style="opacity: 0.4">{code()}</div>'),
        (code(), code().replace("not", '<button class="k"></button>')),
    ],
)
def test_a_barrier_among_many_alike_is_seen(browser, site_url, alike, barrier):
    """One of each look is shown to axe-core: the one that differs is not left out."""
    for html, faulty in ((alike * 3, False), (alike * 2 + barrier + alike, True)):
        with checks.visit(browser, site_url + PLAIN, change=in_article(html)) as seen:
            assert bool(checks.axe_findings(seen)) is faulty


def test_of_each_look_one_stays(browser, site_url):
    with checks.visit(browser, site_url + CHAPTER) as seen:
        before = seen.page.locator("article *").count()
        looks = seen.page.evaluate(checks.ONE_OF_EACH_LOOK)
        assert seen.page.locator("article *").count() < before / 2
        assert seen.page.evaluate(checks.ONE_OF_EACH_LOOK) == looks > 10


@pytest.mark.parametrize(
    ("whole", "broken"),
    [
        ('class="katex-display"', 'class="lost"'),
        ('class="katex-html"', 'class="unknown"'),
    ],
)
def test_missing_mathematics_is_seen(browser, site_url, whole, broken):
    number = displayed_formulas(CHAPTER.removesuffix(".html"))
    assert number > 0

    def break_one(page):
        return page.replace(whole, broken, 1)

    with checks.visit(browser, site_url + CHAPTER, javascript=False, change=break_one) as seen:
        assert len(checks.missing_mathematics(seen, number)) == 1


def test_weight_is_seen(browser, site_url):
    noise = Random(0).randbytes(PAGE_BUDGET // 2).hex()  # packed it still has half its length
    change = in_article(f"<!-- {noise} -->")
    with checks.visit(browser, site_url + PLAIN, change=change) as seen:
        assert len(checks.overweight(seen, PAGE_BUDGET)) == 1
        assert len(checks.long_transfer(seen, TRANSFER)) == 1


def test_many_requests_are_seen(browser, site_url):
    change = in_article("".join(f'<img alt="" src="?{i}">' for i in range(REQUESTS)))
    with checks.visit(browser, site_url + PLAIN, change=change) as seen:
        assert len(checks.many_requests(seen, REQUESTS)) == 1


def test_a_layout_shift_is_seen(browser, site_url):
    """A picture that does not say how large it is."""

    def picture_first(page):
        source = re.search(r'src="([^"]*_images/[^"]*)"', page)[1]
        return in_article(f'<img alt="" src="{source}">')(page)

    assert checks.layout_shift(browser, site_url + CHAPTER, change=picture_first) > SHIFT


@pytest.mark.parametrize(
    "html",
    [
        f"<style>{checks.LAID_OUT_AT_ONCE}</style>",
        "<script>addEventListener('load', () => document.querySelectorAll('article *')"
        ".forEach(e => e.scrollWidth))</script>",
    ],
)
def test_a_page_laid_out_at_once_is_seen(browser, site_url, html):
    page = f"{site_url}chapters/06_gradient.html"
    assert checks.boxes_to_draw(browser, page, change=in_article(html)) > BOXES


def test_a_block_that_moves_is_seen(browser, site_url):
    """Sections would: they no longer share a margin with their first and last blocks."""
    style = ".bd-article > section > section { content-visibility: auto; }"
    assert checks.moved(browser, site_url + CHAPTER, style=style)


def test_a_letter_missing_from_the_fonts_is_seen(browser, site_url):
    varpi = '<span class="base"><span class="mord mathnormal">\u03d6</span></span>'
    formula = f'<span class="katex"><span class="katex-html">{varpi}</span></span>'
    with checks.visit(browser, site_url + CHAPTER, change=in_article(formula)) as seen:
        assert len(checks.cut_too_far(seen, KATEX)) == 1


@pytest.mark.parametrize(
    ("link", "fault"),
    [
        ("nowhere.html", "is not there"),
        ("#nowhere", "has no such anchor"),
        ("index.html#nowhere", "has no such anchor"),
        ("/index.html", "is absolute: it breaks when the site moves"),
    ],
)
def test_a_broken_link_is_seen(tmp_path, link, fault):
    (tmp_path / "index.html").write_text(
        f'<p id="here"><a href="#here">x</a><source srcset="{link}">'
    )
    assert checks.broken_links(tmp_path) == [f"index.html: {link} {fault}"]


@pytest.mark.parametrize(
    "html",
    [
        "<section><details><section></details></section></section>",
        "<div><details></div></details>",
        "<div><div></div>",
        "</div>",
    ],
)
def test_bad_nesting_is_seen(html):
    assert checks.badly_nested(html)


@pytest.mark.parametrize(("required", "outcome"), [("0", "SKIPPED 1 browser"), ("1", "1 error")])
def test_a_missing_browser_is_told(required, outcome):
    """Skipped with one line, or a failure where the browser is required."""
    test = f"{__file__}::test_a_wrong_theme_is_seen"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
    environment = {**os.environ, "CHROMIUM": "no-such-program", "REQUIRE_BROWSER": required}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert outcome in done.stdout
    assert done.stdout.count("no Chromium found") >= 1
