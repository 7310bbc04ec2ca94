"""Print the whole book into one PDF, from the built site and in the order of _toc.yml.

    python -m tools.book_pdf [--site FOLDER] [--toc FILE] [--output FILE] [--solutions]

The pages are joined into one, so that a link from one chapter to another leads to a place in it.
Chromium prints that page twice: the first time tells on which sheet each chapter begins, the second
time the contents say so. Solutions stay folded, as on the site, so that the book can be handed out;
`--solutions` prints them.
"""

import argparse
import tempfile
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup
from sphinx_external_toc.parsing import parse_toc_yaml

from tools.browser import open_browser
from tools.pdf_reader import Pdf

ROOT = Path(__file__).resolve().parents[1]

# What book.css cannot know: the size of the sheet, its number, and the pages that only a book has.
STYLE = """
@page {
  size: A4;
  margin: 20mm 18mm;
  @bottom-center { content: counter(page); font: 9pt system-ui, sans-serif; color: #505d68; }
}
@page :first { @bottom-center { content: none; } }
article { break-before: page; }
.book-title { padding-top: 30%; text-align: center; }
.book-title p { font-size: 2.6rem; font-weight: 650; line-height: 1.25; }
.book-contents { break-before: page; }
.book-contents .part { font-weight: 650; margin: 1.4rem 0 0.4rem; }
.book-contents li { display: flex; gap: 0.4rem; list-style: none; margin: 0.2rem 0; }
.book-contents ul { padding: 0; }
.book-contents a { text-decoration: none; }
.book-contents li::before { border-bottom: 1px dotted #9aa5ae; content: ""; flex: 1; order: 1; }
.book-contents .number { order: 2; }
"""


@dataclass
class Page:
    """A page of the site on its way into the book."""

    name: str  # as in _toc.yml
    part: str  # caption of its part, "" for the landing page
    soup: BeautifulSoup

    @property
    def place(self):
        """Its anchor in the joined page, and what the anchors within it begin with."""
        return self.name.replace("/", "-")

    @property
    def title(self):
        """Its heading, as text."""
        return self.soup.article.h1.get_text()


def read_pages(site, toc):
    """The pages of the folder *site* in the order of the table of contents."""
    parts = parse_toc_yaml(toc)
    names = [(parts.root.docname, "")]
    for part in parts.root.subtrees:
        names += [(str(name), part.caption or "") for name in part.items]
    pages = []
    for name, part in names:
        soup = BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser")
        for unprinted in soup.article.select("script, source, .headerlink"):
            unprinted.decompose()
        pages.append(Page(name, part, soup))
    return pages


def adapt(page, site, places, solutions):
    """Make anchors, links and pictures of a page work where all pages are one."""
    article, address = page.soup.article, (site / f"{page.name}.html").as_uri()
    for element in article.find_all(id=True):
        element["id"] = f"{page.place}--{element['id']}"
    article["id"] = page.place
    for picture in article.find_all("img"):
        picture["src"] = urljoin(address, picture["src"])
    for link in article.find_all("a", href=True):
        target, anchor = urldefrag(urljoin(address, link["href"]))
        if urlsplit(target).scheme != "file":
            continue
        place = places.get(target)
        if place is None:
            link.unwrap()  # a file of the site, which a book does not have
        else:
            link["href"] = f"#{place}--{unquote(anchor)}" if anchor else f"#{place}"
    for fold in article.find_all("details"):
        if solutions:
            fold["open"] = ""


def contents(pages, numbers):
    """The table of contents; *numbers* are the pages' sheets, as far as they are known."""
    lines, part = [], ""
    for page in pages:
        if page.part != part:
            part = page.part
            lines.append(f'</ul><p class="part">{escape(part)}</p><ul>')
        number = numbers.get(page.place, "")
        lines.append(
            f'<li><a href="#{page.place}">{escape(page.title)}</a>'
            f'<span class="number">{number}</span></li>'
        )
    return f"<h1>Contents</h1><ul>{''.join(lines)}</ul>"


def joined(site, toc, solutions=False):
    """Return the book as one page, its contents without numbers, and its pages."""
    pages = read_pages(site, toc)
    first = pages[0].soup
    places = {(site / f"{page.name}.html").as_uri(): page.place for page in pages}
    for page in pages:
        adapt(page, site, places, solutions)
    address = (site / f"{pages[0].name}.html").as_uri()
    sheets = "".join(
        f'<link rel="stylesheet" href="{urljoin(address, sheet["href"])}">'
        for sheet in first.select("link[rel=stylesheet]")
    )
    title = escape(pages[0].title)
    first.article.h1.string = "About this book"  # its own heading is the title of the book
    articles = "".join(str(page.soup.article) for page in pages)
    return (
        f'<!doctype html><html lang="{first.html["lang"]}" data-theme="light"><head>'
        f'<meta charset="utf-8"><title>{title}</title>{sheets}<style>{STYLE}</style></head><body>'
        '<main class="bd-main"><div class="bd-content"><div class="bd-article-container">'
        f'<div class="book-title"><p>{title}</p></div>'
        f'<nav class="book-contents bd-article">{contents(pages, {})}</nav>{articles}'
        "</div></div></main></body></html>"
    ), pages


def print_page(page):
    """PDF of a page open in the browser."""
    return page.pdf(prefer_css_page_size=True, outline=True, tagged=True)  # no outline untagged


def book_pdf(site, toc, solutions=False):
    """The book as PDF, in bytes."""
    html, pages = joined(site, toc, solutions)
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        file = Path(folder) / "book.html"  # a page from elsewhere would load no file
        file.write_text(html, "utf-8")
        page = browser.new_page()
        page.goto(file.as_uri())
        page.evaluate("document.fonts.ready")
        draft = Pdf(print_page(page))
        numbers = {each.place: draft.places[each.place] for each in pages}
        page.locator(".book-contents").evaluate(
            "(place, html) => (place.innerHTML = html)", contents(pages, numbers)
        )
        return print_page(page)


def main():
    """Read the options, print, and put the finished file in the place of the old one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--toc", type=Path, default=ROOT / "_toc.yml")
    parser.add_argument("--output", type=Path, default=ROOT / "_build" / "cross-entropy.pdf")
    parser.add_argument("--solutions", action="store_true", help="print solutions and hidden code")
    arguments = parser.parse_args()
    pdf = book_pdf(arguments.site.resolve(), arguments.toc, arguments.solutions)
    unfinished = arguments.output.with_name(arguments.output.name + ".new")
    unfinished.write_bytes(pdf)
    unfinished.replace(arguments.output)
    print(f"The book is in {arguments.output}: {len(Pdf(pdf).sheets)} pages")


if __name__ == "__main__":
    main()
