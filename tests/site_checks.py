"""What a page of the built site must satisfy. Each check returns the faults it finds, as text.

tests/test_site.py applies them to every page, and to pages broken on purpose.
"""

import gzip
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urlsplit

from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import Page, Response

# Text in which TeX or a lone dollar sign is an accident.
TEXT_OUTSIDE_CODE = """
() => {
  const texts = [], skipped = "code, pre, script, style, noscript, .katex";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.data.trim() && !node.parentElement.closest(skipped)) texts.push(node.data.trim());
  }
  return texts;
}
"""
TEX = re.compile(r"\$|\\[()\[\]]|\\[A-Za-z]{2,}")

OPEN_FOLDS = """
() => document.querySelectorAll("article details, footer details").forEach(f => (f.open = true))
"""

# In place of what book.css leaves for when the reader comes near.
# Playwright's own add_style_tag waits for ever on a page that has no scripts.
ADD_STYLE = """
text => document.head.append(Object.assign(document.createElement("style"), { textContent: text }))
"""
LAID_OUT_AT_ONCE = "* { content-visibility: visible !important; }"

# Elements that are not folded away, and yet not laid out.
NOT_LAID_OUT = """
() => [...document.querySelectorAll("article *")]
  .filter(e => e.checkVisibility() && !e.checkVisibility({ contentVisibilityAuto: true }))
  .length
"""

# Where each block of the text stands. Lines are left out: the box of a bold word follows its fonts.
PLACES = """
() => [...document.querySelectorAll("article *")]
  .filter(e => getComputedStyle(e).display !== "inline" && !e.closest(".katex, svg, details"))
  .map(e => {
    const { x, y, width, height } = e.getBoundingClientRect();
    return [`${e.localName}.${e.className}`, x, y + scrollY, width, height];
  })
"""

# Boxes near the window whose contents do not fit, and those among them that the keyboard reaches.
SCROLLING_BOXES = """
() => {
  const near = [...document.querySelectorAll("article :is(pre, .output, .formula-display)")]
    .filter(e => Math.abs(e.getBoundingClientRect().y) < innerHeight && e.checkVisibility());
  const name = e => e.textContent.slice(0, 60);
  const over = e => e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight;
  return [near.filter(over).map(name), near.filter(e => e.tabIndex === 0).map(name)];
}
"""

# Formulas that take no room on the page.
INVISIBLE_FORMULAS = """
() => {
  return [...document.querySelectorAll("article .formula, article .formula-display")]
    .filter(formula => {
      const drawn = formula.querySelector(".katex-html");
      return !drawn || !drawn.getBoundingClientRect().width;
    })
    .map(formula => formula.textContent.slice(0, 60));
}
"""

# How far text has moved by itself (CLS, all of it): 1 is a whole window moved by its whole height.
LAYOUT_SHIFT = """
() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => {
    for (const shift of list.getEntries()) sum += shift.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => resolve(sum), 50));
})
"""

LOAD_ALL_FONTS = """
async () => {
  await Promise.all([...document.fonts].map(font => font.load()));
  return document.fonts.size;
}
"""
WIDTHS = """
() => [...document.querySelectorAll("article .katex-html .base")]
  .map(part => [part.textContent, part.getBoundingClientRect().width])
"""

# Formulas and code consist of thousands of spans, of a few looks each: nine tenths of the work of
# axe-core, which judges a span by its look. So the first of each look stays, in the formula that
# holds it. Another formula becomes an empty box of its size (its drawing is hidden from screen
# readers; the MathML beside it stays), another span of code plain text. What is more than coloured
# text, or is not seen, stays too, and so does a formula that can be scrolled.
ONE_OF_EACH_LOOK = r"""
() => {
  const painted = new Map([[null, ""]]);
  const behind = (element) => {
    if (!painted.has(element)) {
      const { backgroundColor, backgroundImage, filter, opacity } = getComputedStyle(element);
      const own = `${backgroundColor} ${backgroundImage} ${filter} ${opacity}`;
      const clear = own === "rgba(0, 0, 0, 0) none none 1";
      painted.set(element, behind(element.parentElement) + (clear ? "" : `/${own}`));
    }
    return painted.get(element);
  };
  const ownText = (element) =>
    [...element.childNodes].map((node) => (node instanceof Text ? node.data : "")).join("");
  const look = (element, text) => {
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(element);
    const judged = /\w\w/.test(text);  // axe-core passes over single letters
    const own = [element.className, color, fontSize, fontWeight, textShadow, judged];
    return own.join("|") + behind(element);
  };
  const seen = new Set();
  const isNew = (element) => {
    const text = ownText(element).trim(), before = seen.size;
    return Boolean(text) && seen.add(look(element, text)).size > before;
  };
  const plain = new Set(["class", "style"]);
  const isMore = (element) =>
    !element.matches("span, svg, svg *") ||
    !element.checkVisibility({ visibilityProperty: true }) ||
    (element.matches("span") && element.getAttributeNames().some((name) => !plain.has(name)));
  const scrolls = (element) => element?.scrollWidth > element?.clientWidth;

  const boxes = [], spans = [];
  for (const formula of document.querySelectorAll(".katex-html")) {
    const kept = [...formula.querySelectorAll("*")].filter((part) => isNew(part) || isMore(part));
    if (!kept.length && !scrolls(formula.closest(".formula-display")))
      boxes.push([formula, formula.getBoundingClientRect()]);
  }
  for (const span of document.querySelectorAll("pre span"))
    if (!isNew(span) && !isMore(span)) spans.push(span);
  for (const [formula, { width, height }] of boxes) {
    formula.replaceChildren();
    formula.style = `display: inline-block; width: ${width}px; height: ${height}px`;
  }
  for (const span of spans) span.replaceWith(...span.childNodes);
  document.body.normalize();
  return seen.size;
}
"""

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Visit:
    """A page open in a browser, with what happened on the way there."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)


@contextmanager
def visit(browser, url, *, theme="light", width=1280, javascript=True, change=None):
    """Open *url* in a fresh window, with all folds open and all of it laid out.

    *change* edits the HTML before the browser sees it.
    """
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=theme,
        java_script_enabled=javascript,
    )
    page = context.new_page()
    seen = Visit(page)
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("response", lambda response: seen.responses.append(response))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("console", lambda line: line.type == "error" and seen.errors.append(line.text))
    if change:
        page.route(url, lambda route: route.fulfill(body=change(route.fetch().text())))
    page.goto(url)
    page.evaluate(OPEN_FOLDS)
    page.evaluate(ADD_STYLE, LAID_OUT_AT_ONCE)
    yield seen
    context.close()


def requests_elsewhere(seen, site_url):
    """Requests that leave the site."""
    return [
        f"request to another host: {url}"
        for url in seen.requests
        if not url.startswith((site_url, "data:", "blob:"))
    ]


def console_errors(seen):
    """What the browser complains about: failing scripts, files that are not there."""
    return [f"console: {error}" for error in seen.errors]


def wrong_theme(seen, theme):
    """A page that is not shown in the reader's choice of light or dark."""
    shown = seen.page.evaluate("document.documentElement.dataset.theme")
    return [] if shown == theme else [f"shown in {shown} instead of {theme}"]


def unset_mathematics(seen):
    """TeX or a dollar sign left in the text, and formulas that KaTeX could not set."""
    texts = seen.page.evaluate(TEXT_OUTSIDE_CODE)
    faults = [f"TeX in the text: {text[:80]!r}" for text in texts if TEX.search(text)]
    wrong = seen.page.locator(".katex-error").all_inner_texts()
    return faults + [f"formula in error: {text!r}" for text in wrong]


def sideways_scroll(seen):
    """A page wider than its window."""
    wide = seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"the page is {wide} px wider than the window"] if wide > 0 else []


def axe_findings(seen):
    """Findings of axe-core against WCAG 2.2 AA and its own best practice.

    The page is not itself afterwards: formulas and code are down to one span of each look.
    """
    seen.page.evaluate(ONE_OF_EACH_LOOK)
    options = {
        "runOnly": {"type": "tag", "values": STANDARDS},
        "resultTypes": ["violations"],
        "preload": False,  # it would look for the theme's style sheets in the wrong folder
    }
    violations = Axe().run(seen.page, options=options).response["violations"]
    return [
        f"axe, {found['id']}: {node['html'][:160]}"
        for found in violations
        for node in found["nodes"]
        if not named_by_formula(seen.page, found, node)
    ]


def named_by_formula(page, found, node):
    """Whether axe calls a heading empty that holds a formula; screen readers do read MathML."""
    if found["id"] not in ("empty-table-header", "empty-heading"):
        return False
    return page.locator(node["target"][0]).locator("math").count() > 0


def missing_mathematics(seen, displayed):
    """Formulas that are not drawn, and a page with fewer displayed ones than its source has."""
    faults = [f"invisible formula: {text}" for text in seen.page.evaluate(INVISIBLE_FORMULAS)]
    count = seen.page.locator("article .katex-display").count()
    if count < displayed:
        faults.append(f"{count} displayed formulas of {displayed} in the source")
    return faults


def overweight(seen, budget):
    """A page that loads more bytes, all its files together, than *budget*."""
    size = sum(len(response.body()) for response in seen.responses)
    return [f"{size} bytes of {budget}"] if size > budget else []


def long_transfer(seen, budget):
    """A page for which, its figures apart, more bytes travel than *budget*, packed as hosts do."""
    texts = [response for response in seen.responses if "/_images/" not in response.url]
    size = sum(len(gzip.compress(response.body(), 6)) for response in texts)
    return [f"{size} packed bytes of {budget}"] if size > budget else []


def many_requests(seen, limit):
    """A page that asks for more files than *limit*."""
    files = [url for url in seen.requests if not url.startswith("data:")]
    return [f"{len(files)} requests of {limit}: {files}"] if len(files) > limit else []


def layout_shift(browser, url, *, width=1280, change=None):
    """How far the text of a page moves while its pictures arrive late, and while it is read."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    drawn, late = False, []
    page.route("**/_images/*", lambda route: route.continue_() if drawn else late.append(route))
    if change:
        page.route(url, lambda route: route.fulfill(body=change(route.fetch().text())))
    page.goto(url, wait_until="domcontentloaded")
    page.wait_for_timeout(200)
    drawn = True
    for route in late:
        route.continue_()
    page.wait_for_load_state("load")
    while page.evaluate("() => { const y = scrollY; scrollBy(0, 700); return scrollY > y; }"):
        page.evaluate("() => new Promise(requestAnimationFrame)")
    shift = page.evaluate(LAYOUT_SHIFT)
    context.close()
    return shift


def boxes_to_draw(browser, url, *, change=None):
    """Number of boxes that a phone lays out before the reader moves."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    if change:
        page.route(url, lambda route: route.fulfill(body=change(route.fetch().text())))
    page.goto(url)
    page.wait_for_timeout(500)
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable")
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    context.close()
    return next(metric["value"] for metric in metrics if metric["name"] == "LayoutObjects")


def moved(browser, url, *, style="/* as it is */"):
    """Blocks that stand elsewhere than on a page that is laid out at once."""
    # A window as high as the page is near everything.
    page = browser.new_page(viewport={"width": 390, "height": 60_000})
    page.goto(url)
    page.add_style_tag(content=style)
    page.wait_for_timeout(300)
    near = page.evaluate(PLACES)
    page.add_style_tag(content=LAID_OUT_AT_ONCE)
    at_once = page.evaluate(PLACES)
    page.close()
    return [
        f"{name} at {place} instead of {right}"
        for (name, *place), (_, *right) in zip(near, at_once, strict=True)
        if any(abs(a - b) > 0.1 for a, b in zip(place, right, strict=True))
    ]


def place_of(browser, url, selector, *, style=""):
    """How far below the top of its window a page opened at *url* shows an element."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(
        f"addEventListener('DOMContentLoaded', () => document.head.append(Object.assign("
        f"document.createElement('style'), {{ textContent: {style!r} }})))"
    )
    page.goto(url)
    page.wait_for_timeout(500)
    top = page.locator(selector).bounding_box()["y"]
    page.close()
    return top


def cut_too_far(seen, katex):
    """Parts of formulas that look otherwise in the whole fonts of the folder *katex*."""
    seen.page.evaluate(LOAD_ALL_FONTS)
    cut = seen.page.evaluate(WIDTHS)
    sheet = (katex / "katex.min.css").read_text("utf-8")
    faces = re.findall(r"@font-face\{[^}]*\}", sheet)
    base = seen.page.url.rpartition("/")[0] + "/whole/"

    def fulfill(route):
        route.fulfill(path=katex / "fonts" / route.request.url.removeprefix(base))

    seen.page.route(f"{base}*", fulfill)
    seen.page.add_style_tag(content="".join(faces).replace("fonts/", base))
    seen.page.evaluate(LOAD_ALL_FONTS)
    whole = seen.page.evaluate(WIDTHS)
    return [
        f"{text!r} is {width} wide instead of {right}"
        for (text, width), (_, right) in zip(cut, whole, strict=True)
        if abs(width - right) > 0.1
    ]


def broken_links(site):
    """Links and files in all pages of the folder *site* that lead nowhere, or depend on a host."""
    pages = {
        path: BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for path in sorted(site.rglob("*.html"))
        if "_static" not in path.relative_to(site).parts
    }
    anchors = {
        path: {element["id"] for element in soup.find_all(id=True)} for path, soup in pages.items()
    }
    faults = []
    for path, soup in pages.items():
        for element in soup.find_all(["a", "link", "script", "img", "source"]):
            link = element.get("href") or element.get("src") or element.get("srcset")
            if link and not link.startswith(("http://", "https://", "data:", "mailto:")):
                fault = link_fault(path, link, anchors)
                if fault:
                    faults.append(f"{path.relative_to(site)}: {link} {fault}")
    return faults


def link_fault(path, link, anchors):
    """What is wrong with a link from the page *path* within the site, or None."""
    target, anchor = urldefrag(link)
    name = unquote(urlsplit(target).path)
    if name.startswith("/"):
        return "is absolute: it breaks when the site moves"
    file = (path.parent / name).resolve() if name else path
    if not file.is_file():
        return "is not there"
    if anchor and file in anchors and unquote(anchor) not in anchors[file]:
        return "has no such anchor"
    return None


class _Blocks(HTMLParser):
    """Follows the elements that hold others, and notes where one is closed out of turn."""

    HOLDERS = frozenset({"article", "details", "div", "main", "section"})

    def __init__(self):
        super().__init__()
        self.open, self.faults = [], []

    def handle_starttag(self, tag, attrs):
        if tag in self.HOLDERS:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.HOLDERS:
            return
        inner = self.open.pop() if self.open else "nothing"
        if inner != tag:
            line, _ = self.getpos()
            self.faults.append(f"line {line}: </{tag}> closes while <{inner}> is open")


def badly_nested(html):
    """Blocks that overlap: a notebook's <details> or <div> that is never closed, or holds a heading
    (the site opens a section there, which outlives the block)."""
    blocks = _Blocks()
    blocks.feed(html)
    return blocks.faults + [f"<{tag}> is never closed" for tag in blocks.open]
