"""The book on paper: each page as a handout, and all of them in one PDF."""

import functools
import re
import subprocess
import sys
import unicodedata
import zlib
from pathlib import Path

import pytest
import site_checks as checks
from bs4 import BeautifulSoup
from sphinx_external_toc.parsing import parse_toc_yaml

from tools.pdf_reader import Pdf, plain

ROOT = Path(__file__).resolve().parents[1]
SOURCES = [str(name) for name in parse_toc_yaml(ROOT / "_toc.yml")]

# Pixels between the margins, narrow as A4 (18 mm left and right) and low as Letter (20 mm).
SHEET = {"width": 657, "height": 900}

UNPRINTED = "button, input, .headerlink, nav, header, footer, .bd-sidebar, .bd-header-article"

# What is cut off at the edge of its box or of the sheet, and what cannot stand on one sheet.
CUT = """
([width, height]) => {
  const faults = [], short = (e) => `${e.tagName} ${e.className}: ${e.textContent.slice(0, 40)}`;
  for (const e of document.querySelectorAll("article *")) {
    if (e.closest(".katex") || !e.getClientRects().length) continue;
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    if (box.right > width + 1) faults.push(`wider than the sheet: ${short(e)}`);
    if (/auto|scroll|hidden/.test(style.overflowX) && e.scrollWidth > e.clientWidth + 1)
      faults.push(`cut off: ${short(e)}`);
    if (e.matches("figure") && box.height > height) faults.push(`too high: ${short(e)}`);
  }
  return faults;
}
"""


def paper_faults(page):
    """What a page open in print would lose or should not show."""
    page.emulate_media(media="print")
    page.set_viewport_size(SHEET)
    seen = (
        page.locator(UNPRINTED)
        .filter(visible=True)
        .evaluate_all("all => all.map(e => e.outerHTML)")
    )
    return [f"printed: {html[:80]}" for html in seen] + page.evaluate(CUT, [*SHEET.values()])


def without_dates(pdf):
    """A PDF without its dates."""
    return re.sub(rb"/(Creation|Mod)Date \([^)]*\)", b"", pdf)


# ---- Reading a PDF -------------------------------------------------------------------------------


def stream(pdf, number):
    """The content of a compressed stream."""
    return zlib.decompress(pdf.objects[number].partition(b"stream\n")[2])


@functools.cache
def characters(pdf, font):
    """What the glyphs of a font stand for."""
    table = stream(pdf, pdf.reference(pdf.objects[font], "ToUnicode")).decode()
    found = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.S):
        for glyph, text in re.findall(r"<(\w+)> <(\w+)>", block):
            found[int(glyph, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.S):
        for numbers in re.findall(r"<(\w+)> <(\w+)> <(\w+)>", block):
            first, last, text = (int(number, 16) for number in numbers)
            found |= {glyph: chr(text + glyph - first) for glyph in range(first, last + 1)}
    return found


def text_of(pdf, sheet):
    """All text of a sheet, without spaces, in the order in which it is drawn."""
    page = pdf.objects[pdf.sheets[sheet - 1]]
    names = re.search(rb"/Font <<(.*?)>>", page, re.S)
    fonts = dict(re.findall(rb"/(F\d+) (\d+) 0 R", names[1] if names else b""))
    text, table = [], {}
    for font, glyphs in re.findall(
        rb"/(F\d+) [\d.]+ Tf|<([0-9A-F]+)> Tj", stream(pdf, pdf.reference(page, "Contents"))
    ):
        if font:
            table = characters(pdf, int(fonts[font]))
        for i in range(0, len(glyphs), 4):
            text.append(table.get(int(glyphs[i : i + 4], 16), ""))
    return unicodedata.normalize("NFKC", "".join("".join(text).split()))  # ligatures are letters


def headings(pdf):
    """The titles in the outline."""
    raw = [
        found[1]
        for content in pdf.objects.values()
        if (found := re.match(rb"<</Title (\(.*?\)|<.*?>)\n/Dest", content, re.S))
    ]
    return [
        bytes.fromhex(title[5:-1].decode()).decode("utf-16-be")
        if title.startswith(b"<FEFF")
        else re.sub(rb"\\(.)", rb"\1", title[1:-1]).decode("latin-1")
        for title in raw
    ]


def links(pdf):
    """Where the links lead: places within the PDF, and addresses elsewhere."""
    within, elsewhere = set(), set()
    for content in pdf.objects.values():
        if content.startswith(b"<</Type /Annot\n/Subtype /Link"):
            if place := re.search(rb"/Dest /(\S+)", content):
                within.add(plain(place[1]))
            else:
                address = re.search(rb"/URI \((.*)\)", content)[1]
                elsewhere.add(re.sub(rb"\\(.)", rb"\1", address).decode())
    return within, elsewhere


def print_book(*options):
    """Run the command."""
    command = [sys.executable, "-m", "tools.book_pdf", *map(str, options)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


# ---- The pages and the book ----------------------------------------------------------------------


def test_the_whole_book(browser, site, tmp_path):
    """Chapters where the contents say, links that lead somewhere, a number on every sheet."""
    output = tmp_path / "book.pdf"
    done = print_book("--output", output)
    assert done.returncode == 0, done.stderr
    pdf = Pdf(output.read_bytes())
    assert len(pdf.sheets) > 150
    assert done.stdout.endswith(f": {len(pdf.sheets)} pages\n")

    pages = {
        name: BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser")
        for name in SOURCES
    }
    titles = {name: pages[name].article.h1.find(string=True) for name in SOURCES}
    titles[SOURCES[0]] = "About this book"
    # Chromium leaves the space out of a heading that runs over two lines.
    contents, outline = text_of(pdf, 2), ["".join(title.split()) for title in headings(pdf)]
    for name, title in titles.items():
        sheet = pdf.places[name.replace("/", "-")]
        text = "".join(title.split())
        assert f"{text}{sheet}" in contents
        assert text in text_of(pdf, sheet)
        assert text in outline and text + text not in outline
    for sheet in range(2, len(pdf.sheets) + 1):
        assert text_of(pdf, sheet).startswith(str(sheet))

    within, elsewhere = links(pdf)
    assert within <= pdf.places.keys()
    assert within > {name.replace("/", "-") for name in SOURCES}
    expected = {
        link["href"].rstrip("/")
        for page in pages.values()
        for link in page.article.select("a[href^=http]")
        if not link.find_parent("details")
    }
    # Chromium ends the bare address of a host with a slash.
    assert {address.rstrip("/") for address in elsewhere} == expected


@pytest.mark.parametrize("name", SOURCES)
def test_nothing_is_cut_on_paper(browser, site_url, name):
    with checks.visit(browser, f"{site_url}{name}.html") as seen:
        assert paper_faults(seen.page) == []


@pytest.mark.parametrize("name", [SOURCES[0], "chapters/03_softmax"])
def test_a_dark_page_prints_as_a_light_one(browser, site_url, name):
    prints = []
    for theme in ("light", "dark"):
        with checks.visit(browser, f"{site_url}{name}.html", theme=theme) as seen:
            prints.append(without_dates(seen.page.pdf()))
            assert checks.wrong_theme(seen, theme) == []
    assert prints[0] == prints[1]


# ---- The checks, shown what they are for ---------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        '<div style="width: 700px">x</div>',
        '<div style="overflow-x: auto"><p style="width: 700px">x</p></div>',
        '<figure><p style="height: 950px">x</p></figure>',
        "<button>x</button>",
    ],
)
def test_a_fault_on_paper_is_seen(browser, site_url, html):
    def change(page):
        return re.sub(r"(<article[^>]*>)", lambda found: found[1] + html, page, count=1)

    with checks.visit(browser, f"{site_url}{SOURCES[-1]}.html", change=change) as seen:
        assert paper_faults(seen.page)


# ---- A small book --------------------------------------------------------------------------------

PAGES = {
    "intro": '<h1>The book<a class="headerlink" href="#">#</a></h1><a href="x/one.html#a.b">On</a>',
    "x/one": '<h1>One: 100 % é</h1><h2 id="a.b">Part</h2><a href="../intro.html">Up</a>'
    '<a href="../file.zip">File</a><a href="https://example.org/(x)">Out</a>'
    "<details><summary>Solution</summary><p>Secret</p></details>",
}


@pytest.fixture
def small(tmp_path):
    """Options for a book of two pages."""
    (tmp_path / "x").mkdir()
    for name, html in PAGES.items():
        text = f'<html lang="en"><article class="bd-article">{html}</article></html>'
        (tmp_path / f"{name}.html").write_text(text, "utf-8")
    toc = "format: jb-book\nroot: intro\nparts:\n- caption: Part I\n  chapters:\n  - file: x/one\n"
    (tmp_path / "_toc.yml").write_text(toc)
    return ["--site", tmp_path, "--toc", tmp_path / "_toc.yml", "--output", tmp_path / "book.pdf"]


@pytest.mark.parametrize(("option", "secret"), [([], False), (["--solutions"], True)])
def test_a_small_book(browser, small, option, secret):
    done = print_book(*small, *option)
    assert done.returncode == 0, done.stderr
    pdf = Pdf(small[-1].read_bytes())
    assert pdf.places == {"intro": 3, "x-one": 4, "x-one--a.b": 4}
    assert text_of(pdf, 1) == "Thebook"
    assert text_of(pdf, 2) == "2ContentsAboutthisbook3PartIOne:100%é4"
    assert ("Secret" in text_of(pdf, 4)) is secret
    assert headings(pdf) == ["Contents", "About this book", "Part", "One: 100 % é"]
    assert links(pdf) == ({"intro", "x-one", "x-one--a.b"}, {"https://example.org/(x)"})


def test_a_book_that_fails_leaves_the_last_one(browser, small):
    output = small[-1]
    output.write_text("the last good book")
    (output.parent / "x" / "one.html").unlink()
    assert print_book(*small).returncode != 0
    assert output.read_text() == "the last good book"
    assert [path.name for path in output.parent.glob("book*")] == ["book.pdf"]
