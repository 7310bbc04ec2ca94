"""Building the site: a small book with one of everything, and copies of it broken on purpose."""

import base64
import contextlib
import doctest
import hashlib
import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from base64 import b64encode
from hashlib import sha1
from pathlib import Path

import nbformat
import pydata_sphinx_theme
import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parents[1]
APPARATUS = ("_config.yml", "CITATION.cff", "LICENSE", "_ext", "_templates", "_static")

TOC = "format: jb-book\nroot: intro\nchapters:\n- file: chapters/one\n- file: chapters/two\n"

INTRO = """# The book

## Section

| No. | Chapter | Question | Minutes |
|---|---|---|---|
| 1 | [One](chapters/one.ipynb) | Why `nan`? | 5 |
"""

# Stands for tools/self_contained.py: what it returns must be what the reader downloads.
SELF_CONTAINED = """
def self_contained(notebook, root):
    notebook.cells.insert(0, notebook.cells[0].copy())
    notebook.cells[0].source = f"lib of {root.name}"
    return notebook
"""

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4"/></svg>'

PROSE = r"""# 1 A title

A paragraph of some length, which says what the page is about and where it leads.

$$
\begin{aligned} a &= b \\ c &= d \end{aligned} \tag{1.1}
$$

An inline $e^{-x}$, and [the next chapter](two.ipynb#a-section).

<details><summary>Solution</summary>

Folded, with $x = 1$.

</details>
"""


def code(source, *outputs, **metadata):
    """A code cell that ran and printed these outputs."""
    return new_code_cell(source, execution_count=1, outputs=list(outputs), metadata=metadata)


def displayed(**data):
    """An output of several kinds: text_html='...' stands for text/html."""
    return new_output("display_data", {key.replace("_", "/", 1): data[key] for key in data})


def write_notebook(path, cells):
    """A notebook in the form in which the book stores its own."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.parent.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


def write_book(folder):
    """A book of three pages in *folder*, with the apparatus of the real one."""
    folder.mkdir(exist_ok=True)
    for name in APPARATUS:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    (folder / "tools").mkdir()
    (folder / "tools" / "__init__.py").touch()  # else the real one, if installed, goes first
    (folder / "tools" / "self_contained.py").write_text(SELF_CONTAINED)
    shutil.copy(ROOT / "tools" / "archive.py", folder / "tools")
    (folder / "_toc.yml").write_text(TOC)
    (folder / "intro.md").write_text(INTRO)
    figure = {"image": {"alt": "A dot."}, "figure": {"caption": "The *dot*.", "name": "fig-dot"}}
    svg = displayed(**{"image_svg+xml": SVG, "text_plain": "<Figure>"})
    source_code = displayed(text_markdown="```python\ndef f(x):\n    return x\n```")
    cells = [
        new_markdown_cell(PROSE),
        code("show(f)", source_code),
        code("plot()", svg, mystnb=figure),
        code("f(1)", new_output("stream", name="stdout", text="1\n"), tags=["hide-cell"]),
    ]
    write_notebook(folder / "chapters" / "one.ipynb", cells)
    write_notebook(
        folder / "chapters" / "two.ipynb", [new_markdown_cell("# 2 Two\n\n## A section")]
    )
    return folder


def build(folder, repository="", address=None):
    """Build the book in *folder*, on a machine that seems to have no node, git or jupyter-book."""
    command = [sys.executable, str(ROOT / "tools" / "build_site.py"), "--source", str(folder)]
    environment = {"PATH": "", "HOME": os.environ["HOME"], "BOOK_REPOSITORY": repository}
    if address is not None:
        environment["BOOK_ADDRESS"] = address
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def page(folder, name):
    """A page of the built site, parsed."""
    return BeautifulSoup((folder / "_build" / "html" / name).read_text("utf-8"), "html.parser")


def links(soup):
    """All addresses on a page."""
    return [element["href"] for element in soup.find_all("a", href=True)]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The small book, built."""
    folder = write_book(tmp_path_factory.mktemp("small") / "book")
    done = build(folder)
    assert done.returncode == 0, done.stderr
    assert f"Open {folder / '_build' / 'html' / 'index.html'}" in done.stdout.splitlines()[-1]
    return folder


# ---- A book without a fault ----------------------------------------------------------------------


def test_mathematics_is_set(book):
    one = page(book, "chapters/one.html")
    assert len(one.select("div.formula-display .katex-html > .tag")) == 1
    assert len(one.select("details span.formula .katex-html")) == 1
    assert "$" not in one.article.get_text()


def test_a_mark_stays_with_the_formula_before_it(book):
    formulas = page(book, "chapters/one.html").select("span.formula")
    assert [formula.next_sibling[0] for formula in formulas] == [",", "."]
    assert [len(formula.select(".formula-end > .base")) for formula in formulas] == [1, 1]


def test_outputs_are_shown(book):
    one = page(book, "chapters/one.html")
    assert one.select_one(".cell_output .highlight-python .k").text == "def"
    assert one.select_one("figure img")["alt"] == "A dot."
    assert one.select_one("figcaption em").text == "dot"
    assert one.select_one("details.folded-code > summary").text == "Show the code"


def test_the_head_of_a_page(book):
    one = page(book, "chapters/one.html")
    assert one.title.text.startswith("1 A title")
    description = one.select_one("meta[name=description]")["content"]
    assert description.startswith("Why nan? A paragraph of some length")


def test_a_page_says_how_to_cite_it(book):
    cited = page(book, "chapters/one.html").select_one("footer details.citation")
    assert "Cross-entropy to the last digit. “1 A title.” In" in cited.p.text
    assert "author = {{The authors of Cross-entropy to the last digit}}," in cited.pre.text
    assert "title = {{1 A title}}," in cited.pre.text
    assert not page(book, "search.html").select("details.citation")


def test_every_page_has_the_favicon(book):
    site = book / "_build" / "html"
    for name in ("intro.html", "chapters/one.html", "search.html"):
        (icon,) = page(book, name).select("link[rel=icon]")
        assert (site / name).parent.joinpath(icon["href"]).is_file()
    (icon,) = page(book, "404.html").select("link[rel=icon]")
    drawn = (ROOT / "_static" / "favicon.svg").read_bytes()
    assert icon["href"] == "data:image/svg+xml;base64," + b64encode(drawn).decode()


def test_the_title_of_the_first_page_is_the_book_s_once(book):
    assert page(book, "intro.html").title.text == "Cross-entropy to the last digit"


def test_without_an_address_there_is_no_preview_and_no_map(book):
    head = page(book, "chapters/one.html").head
    assert not head.select("link[rel=canonical], meta[property^=og], meta[name^=twitter]")
    assert not list((book / "_build" / "html").rglob("sitemap.xml"))


@pytest.mark.parametrize("lost", ["nowhere.html", "chapters/a/b/nowhere", "chapters/one.htm"])
def test_the_page_for_a_lost_link_leads_back(book, browser, serving, lost):
    """From any depth and under a prefix that the build did not know."""
    with (
        serving(book / "_build" / "html") as url,
        contextlib.closing(browser.new_page()) as window,
    ):
        assert window.goto(url + lost).status == 404
        window.wait_for_function("url => document.baseURI === url", arg=url)
        with window.expect_navigation() as arrival:
            window.click("text=2 Two")
        assert (arrival.value.status, window.url) == (200, f"{url}chapters/two.html")


def test_the_download_is_the_self_contained_copy(book):
    (link,) = page(book, "chapters/one.html").find_all("a", download=True)
    stored = book / "_build" / "html" / "chapters" / link["href"]
    assert nbformat.read(stored, as_version=4).cells[0].source == "lib of book"
    assert not page(book, "intro.html").find_all("a", download=True)


def test_all_downloads_are_one_zip(book):
    """In the folders of the book: a link from one notebook to another holds."""
    stored = book / "_build" / "html" / "_sources"
    with zipfile.ZipFile(stored / "cross-entropy-notebooks.zip") as file:
        names = ["chapters/one.ipynb", "chapters/two.ipynb"]
        assert file.namelist() == ["LICENSE", *names]
        assert file.read("LICENSE") == (ROOT / "LICENSE").read_bytes()
        assert all(file.read(name) == (stored / name).read_bytes() for name in names)
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_without_an_address_there_is_no_link_to_a_repository(book):
    for name in ("intro.html", "chapters/one.html"):
        assert not [link for link in links(page(book, name)) if link.startswith("http")]


def test_the_site_works_on_a_plain_host(book):
    assert (book / "_build" / "html" / ".nojekyll").exists()


def test_what_no_page_loads_is_not_published(book):
    site = book / "_build" / "html"
    assert not list(site.rglob("fontawesome.js")) and not list(site.rglob("*.map"))


def test_the_icons_of_a_page_are_in_the_fonts(book):
    """All of them, and little else."""
    site = book / "_build" / "html"
    sheet = (site / "_static" / "site.css").read_text("utf-8")
    rules = re.findall(r"@font-face\{[^}]*Font Awesome[^}]*base64,([^)]*)\)", sheet)
    fonts = [base64.b64decode(data) for data in rules]
    characters = set().union(*(TTFont(io.BytesIO(font)).getBestCmap() for font in fonts))
    icons = page(book, "chapters/one.html").select("i[class*=fa-]")
    assert icons
    for icon in icons:
        names = "|".join(icon["class"])
        codes = re.findall(rf'\.(?:{names}):before[^{{}}]*{{content:"\\(\w+)"', sheet)
        assert codes and {int(code, 16) for code in codes} <= characters, icon
    assert sum(map(len, fonts)) < 10_000


def check_site_files(site):
    """Every page loads the two files, by an address that changes with their contents."""
    found = {}
    for name in ("site.css", "site.js"):
        content = (site / "_static" / name).read_bytes()
        found[name] = f"_static/{name}?v={hashlib.sha256(content).hexdigest()[:8]}"
    for path in site.rglob("*.html"):
        # The 404 page, shown at any address, has its style inside.
        if "_static" not in path.parts and path.name != "404.html":
            soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
            (sheet,) = soup.find_all("link", rel="stylesheet")
            assert sheet["href"].removeprefix("../") == found["site.css"]
            script = soup.find("script", src=True)
            assert script["src"].removeprefix("../") == found["site.js"]


def test_the_files_of_a_page_are_two(book):
    """With the parts in their order, and none of them published a second time."""
    site = book / "_build" / "html"
    check_site_files(site)
    sheet = (site / "_static" / "site.css").read_text("utf-8")
    own = sheet.index((ROOT / "_static" / "book.css").read_text("utf-8"))
    assert (
        sheet.index("div.clearer") < sheet.index("Font Awesome") < own < sheet.index("KaTeX_Main")
    )
    assert "@import" not in sheet and ".woff2" not in sheet
    script = (site / "_static" / "site.js").read_text("utf-8")
    parts = ["const DOCUMENTATION_OPTIONS", "const Documentation", "#pst-search-dialog"]
    assert sorted(parts, key=script.index) == parts
    assert [path.name for path in site.rglob("*.css")] == ["site.css"]
    assert not list(site.rglob("*.woff2"))


def test_a_picture_says_how_large_it_is(book):
    image = page(book, "chapters/one.html").select_one("figure img")
    assert (image["width"], image["height"]) == ("9", "9")


# ---- Building again ------------------------------------------------------------------------------


def test_building_again(tmp_path):
    """Nothing is done twice; what is gone from the book is gone from the site; links appear."""
    folder = write_book(tmp_path / "book")
    assert build(folder).returncode == 0
    (folder / "intro.md").write_text(INTRO.replace("Why `nan`?", "Who?"))
    assert build(folder).returncode == 0
    described = page(folder, "chapters/one.html").select_one("meta[name=description]")
    assert described["content"].startswith("Who? A paragraph")
    before = (folder / "_build" / "html" / "intro.html").stat().st_mtime_ns
    assert "Nothing has changed" in build(folder).stdout
    assert (folder / "_build" / "html" / "intro.html").stat().st_mtime_ns == before

    (folder / "_toc.yml").write_text(TOC.replace("- file: chapters/two\n", ""))
    one = folder / "chapters" / "one.ipynb"
    one.write_text(one.read_text().replace(", and [the next chapter](two.ipynb#a-section)", ""))
    done = build(folder, repository="https://github.com/owner/name.git")
    assert done.returncode == 0, done.stderr
    assert not list((folder / "_build" / "html").rglob("two.*"))
    check_site_files(folder / "_build" / "html")
    repository = "https://github.com/owner/name"
    assert [link for link in links(page(folder, "chapters/one.html")) if "://" in link] == [
        "https://colab.research.google.com/github/owner/name/blob/gh-pages/_sources/chapters/one.ipynb",
        repository,
        f"{repository}/issues/new?title=Mistake+on+chapters%2Fone&body=Page%3A+chapters%2Fone%0A"
        f"Version%3A+0.1%2C+{git_name(one)}%0A%0AWhat+it+says%3A%0A%0AWhat+it+should+say%3A%0A",
        "https://owner.github.io/name/chapters/one.html",
    ]
    assert_shared(folder, "https://owner.github.io/name/")


def git_name(path):
    """The first letters of the name that git gives to a file's content."""
    content = path.read_bytes()
    return sha1(f"blob {len(content)}\0".encode() + content).hexdigest()[:10]


def assert_shared(folder, address):
    """A site that knows its address says it wherever a link is pasted, searched or lost."""
    site = folder / "_build" / "html"
    for name, full in (("intro", address), ("chapters/one", f"{address}chapters/one.html")):
        head = page(folder, f"{name}.html").head
        assert head.select_one("link[rel=canonical]")["href"] == full
        said = {tag["property"]: tag["content"] for tag in head.select("meta[property^=og]")}
        assert said["og:url"] == full
        assert said["og:image"] == f"{address}_static/preview.png"
        assert (site / "_static" / "preview.png").is_file()
    assert said["og:title"] == "1 A title"
    assert said["og:description"].startswith("Who? A paragraph of some length")
    assert full in page(folder, "chapters/one.html").select_one("details.citation").text
    addresses = re.findall("<loc>(.*)</loc>", (site / "sitemap.xml").read_text("utf-8"))
    assert addresses == [full, address]
    assert page(folder, "404.html").base["href"] == address
    assert not page(folder, "search.html").select("link[rel=canonical]")


@pytest.mark.parametrize("address", ["example.org/book", "https://example.org/?book"])
def test_what_is_no_address_of_a_site_is_refused(tmp_path, address):
    done = build(tmp_path, address=address)
    assert done.returncode != 0
    assert repr(address) in done.stderr


def test_an_address_elsewhere_is_refused(tmp_path):
    done = build(tmp_path, repository="https://example.org/owner/name")
    assert done.returncode != 0
    assert "https://example.org/owner/name" in done.stderr


# ---- Books with faults ---------------------------------------------------------------------------

# A cell of its own for each fault, and what the builder must say about it.
FAULTS = [
    (new_markdown_cell(r"$\mathbff{x}$"), "Undefined control sequence: \\mathbff"),
    (new_markdown_cell("$$\n\\frac{1}{\n$$"), "formula: KaTeX parse error"),
    (new_markdown_cell("For $5 he bought three apples,$"), "'bought' in a formula"),
    (new_markdown_cell("[x](nowhere.ipynb)"), "nowhere.ipynb"),
    (new_markdown_cell("[x](two.ipynb#nowhere)"), "nowhere"),
    (new_markdown_cell("![x](nowhere.svg)"), "nowhere.svg"),
    (code("1 / 0", new_output("error", ename="E", evalue="by zero")), "stops with E: by zero"),
    (new_code_cell("1 + 1"), "was never run"),
    (
        code(
            "Source(softmax)",
            new_output(
                "execute_result",
                {"text/plain": "", "text/markdown": "```python\ndef softmax(z): pass\n```"},
                execution_count=1,
            ),
        ),
        "shows code that is not in lib",
    ),
]


def test_faults_stop_the_build(tmp_path):
    """Every fault is named with its page and cell, and the earlier site stays as it was.

    The second run must fail like the first: Sphinx would not repeat the warnings of a page that it
    takes from its store.
    """
    folder = write_book(tmp_path / "book")
    cells = [new_markdown_cell("# 1 One"), *(cell for cell, _ in FAULTS)]
    write_notebook(folder / "chapters" / "one.ipynb", cells)
    earlier = folder / "_build" / "html" / "index.html"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("the last good site")
    for _ in range(2):
        done = build(folder)
        assert done.returncode == 1
        assert str(earlier.parent) in done.stderr.splitlines()[-1]
        assert [path.name for path in earlier.parent.iterdir()] == ["index.html"]
        assert earlier.read_text() == "the last good site"
        for number, (_, message) in enumerate(FAULTS, 2):
            place = f"chapters/one.ipynb, cell {number}"
            assert re.search(rf"{place}\b.*WARNING.*{re.escape(message)}", done.stderr), message


def test_a_broken_notebook_stops_the_build(tmp_path):
    folder = write_book(tmp_path / "book")
    (folder / "chapters" / "two.ipynb").write_text(json.dumps({"cells": 1}))
    assert build(folder).returncode == 1


# ---- Our copies of the theme's and KaTeX's files -------------------------------------------------


def extension(name, monkeypatch):
    """A module of _ext/, as Sphinx would import it."""
    monkeypatch.syspath_prepend(ROOT / "_ext")
    return importlib.import_module(name)


def test_the_two_files_hold_what_the_theme_loads_less_two_scripts(monkeypatch):
    site_files = extension("site_files", monkeypatch)
    theme = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme"
    original = (theme / "static" / "webpack-macros.html").read_text("utf-8")
    loaded = re.findall(r"<(?:link|script)[^>]*pathto\('_static/([^']+)'", original)
    left_out = {"scripts/fontawesome.js", "scripts/bootstrap.js"}
    assert left_out < set(loaded)
    expected = [name for name in dict.fromkeys(loaded) if name not in left_out]
    assert expected == site_files.THEME_STYLE_SHEETS + site_files.THEME_SCRIPTS


def test_a_theme_that_no_longer_measures_every_box_is_refused(monkeypatch):
    """Then _static/scroll_boxes.js may be superfluous, or both do the same."""
    site_files = extension("site_files", monkeypatch)
    (name,) = site_files.THEME_SCRIPTS
    assert site_files.without_measuring(name, f"a(){site_files.MEASURING}") == "a()"
    with pytest.raises(site_files.ExtensionError, match="what _static/scroll_boxes"):
        site_files.without_measuring(name, "a()")


def test_a_style_sheet_of_another_katex_is_refused(tmp_path):
    folder = write_book(tmp_path / "book")
    sheet = folder / "_static" / "katex" / "katex.min.css"
    sheet.write_text(sheet.read_text("utf-8").replace('content:"0.16', 'content:"0.15'))
    done = build(folder)
    assert done.returncode == 1
    assert "_static/katex is not of KaTeX's version" in done.stderr


DOCUMENTED = [
    "tools/archive.py",
    "tools/build_site.py",
    "_ext/mathematics.py",
    "_ext/description.py",
    "_ext/sharing.py",
    "_ext/formula_fonts.py",
    "_ext/figure_sizes.py",
]


@pytest.mark.parametrize("path", DOCUMENTED)
def test_examples_in_the_documentation(path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "_ext")
    specification = importlib.util.spec_from_file_location("documented", ROOT / path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    result = doctest.testmod(module)
    assert result.attempted > 0 and result.failed == 0
