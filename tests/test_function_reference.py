"""The function reference: every public name of lib, as its docstring has it, made at each build."""

import doctest
import importlib.util
import inspect
import re
import shutil
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

import lib
from tools.notebooks import ROOT, read_notebook

FUNCTIONS = [getattr(lib, name) for name in lib.__all__]
EXTENSION = ROOT / "_ext" / "function_reference.py"


def load():
    """The extension as a module."""
    specification = importlib.util.spec_from_file_location("function_reference", EXTENSION)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


extension = load()


def words(text):
    """A text without markup of code, spaces and quotes, which the site sets in its own way."""
    return re.sub(r"""[\s`"'“”‘’]""", "", text.replace("…", "..."))


# ---- Reading docstrings --------------------------------------------------------------------------


def test_examples_of_the_extension():
    result = doctest.testmod(extension)
    assert result.attempted > 0 and result.failed == 0


@pytest.mark.parametrize("function", FUNCTIONS, ids=lib.__all__)
def test_no_word_of_a_docstring_is_lost(function):
    summary, fields, example = extension.sections(function.__doc__)
    parts = [summary, *(f"{name}: {text}" for name, text in fields.items()), example]
    assert words("".join(parts)) == words(inspect.getdoc(function))
    assert {"Formula", "Shapes", "Units", "Errors", "Chapter", "Source"} <= set(fields)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lib.__all__)
def test_a_formula_is_split_and_not_changed(function):
    formula, about = extension.split_formula(extension.sections(function.__doc__)[1]["Formula"])
    assert formula + about == extension.sections(function.__doc__)[1]["Formula"]
    assert formula.count("(") == formula.count(")")
    assert formula or about.startswith(("the mean", "compares"))  # said in words alone


@pytest.mark.parametrize("function", FUNCTIONS, ids=lib.__all__)
def test_a_signature_fits_and_is_whole(function):
    text = extension.signature(function)
    assert max(map(len, text.split("\n"))) <= extension.WIDTH
    assert words(text) == words(f"{function.__name__}{inspect.signature(function)}")


def test_modules_come_in_the_order_of_the_chapters():
    names = [module.__name__.removeprefix("lib.") for module, _ in extension.by_module(lib)]
    assert names[:5] == ["likelihood", "information", "softmax", "naive", "losses"]
    listed = [
        function.__name__ for _, functions in extension.by_module(lib) for function in functions
    ]
    assert sorted(listed) == lib.__all__


def test_a_chapter_is_called_by_its_title():
    titles = {
        path.name[:2]: read_notebook(path).cells[0].source.split("\n")[0].removeprefix("# ")
        for path in ROOT.glob("chapters/*.ipynb")
    }
    for function in FUNCTIONS:
        named = extension.sections(function.__doc__)[1]["Chapter"].removesuffix(".")
        title = titles.get(f"{extension.chapter_number(function):02d}")
        assert title in (None, named), function.__name__


def test_a_link_to_the_code_leads_to_its_lines():
    address = "https://github.com/owner/name"
    for function in FUNCTIONS:
        link = extension.code_link(function, ROOT, address)
        path, first, last = re.search(r"blob/HEAD/(\S+)#L(\d+)-L(\d+)>`__$", link).groups()
        lines = (ROOT / path).read_text("utf-8").split("\n")[int(first) - 1 : int(last)]
        assert lines[0].startswith(f"def {function.__name__}(")
        assert "\n".join(lines) + "\n" == inspect.getsource(function)
    assert "http" not in extension.code_link(lib.softmax, ROOT, "")


def test_a_module_that_became_a_package_is_listed(tmp_path):
    copy = tmp_path / "lib"
    shutil.copytree(ROOT / "lib", copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "inner").mkdir()
    (copy / "inner" / "__init__.py").write_text('"""An inner package."""\n')

    class Library:
        __file__ = str(copy / "__init__.py")

    others = dict(extension.other_modules(Library, {"lib.softmax"}))
    assert others["inner"] == "An inner package."
    assert "softmax" not in others and "lib" not in others


# ---- The page ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(site):
    """The page as it was built."""
    html = (site / "appendix" / "function_reference.html").read_text("utf-8")
    return BeautifulSoup(html, "html.parser")


def test_the_stored_page_holds_no_copy():
    source = (ROOT / "appendix" / "function_reference.md").read_text("utf-8")
    assert source.count(extension.PLACE) == 1
    assert not [name for name in lib.__all__ if name in source.replace("softmax", "")]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lib.__all__)
def test_every_name_has_its_section(page, function):
    section = page.find("section", id=function.__name__.replace("_", "-"))
    summary, fields, example = extension.sections(function.__doc__)
    blocks = [words(block.text) for block in section.select("pre")]
    assert blocks == [words(extension.signature(function)), words(example)]
    assert words(section.find("p").text) == words(summary)
    shown = {
        dt.text.rstrip(":"): words(dt.find_next_sibling("dd").text) for dt in section.select("dt")
    }
    code = shown.pop("Code")
    assert code == words(inspect.getsourcefile(function).removeprefix(f"{ROOT}/"))
    assert shown == {
        name: words(text).removesuffix("." if name == "Chapter" else "")
        for name, text in fields.items()
    }
    number = extension.chapter_number(function)
    if list(ROOT.glob(f"chapters/{number:02d}_*.ipynb")):
        assert f"chapters/{number:02d}_" in section.select_one("dd a")["href"]


def test_all_names_are_linked_at_the_top(page):
    links = page.find("section", id="all-names").select("a.reference.internal")
    assert sorted(link.text for link in links) == lib.__all__


def test_the_page_follows_the_code(tmp_path):
    """A changed docstring is on the page after the next build, the page's own file unchanged."""
    book = tmp_path / "book"
    book.mkdir()
    settings = ("_config.yml", "CITATION.cff", "LICENSE")
    for name in (*settings, "_ext", "_templates", "_static", "lib", "tools"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, book / name)
    (book / "_toc.yml").write_text("format: jb-book\nroot: intro\n")
    (book / "intro.md").write_text(f"# The book\n\n## Names\n\n{extension.PLACE}\n")
    command = [sys.executable, str(ROOT / "tools" / "build_site.py"), "--source", str(book)]

    def built():
        done = subprocess.run(
            command,
            env={"PATH": "", "HOME": str(tmp_path), "BOOK_REPOSITORY": ""},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return (book / "_build" / "html" / "intro.html").read_text("utf-8")

    assert "Turn scores into probabilities" in built()
    module = book / "lib" / "softmax.py"
    module.write_text(module.read_text("utf-8").replace("Turn scores into", "Make of scores"))
    assert "Make of scores probabilities" in built()
