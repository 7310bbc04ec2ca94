"""Every work that a chapter cites stands in the book's list of references."""

import re

import nbformat
import pytest

from tools.notebooks import ROOT, book_notebooks

LIST = (ROOT / "appendix" / "references.md").read_text("utf-8")
WORK = re.compile(r"https?://(?:doi\.org|arxiv\.org|\S*jmlr\.org|proceedings\.mlr\.press)/[^\s>]+")


def works_cited(path):
    """Return the addresses of articles and books in a notebook."""
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return {address.rstrip(".,)") for address in WORK.findall(text)}


@pytest.mark.parametrize("path", book_notebooks(), ids=lambda path: path.stem)
def test_what_a_notebook_cites_is_listed(path):
    assert sorted(works_cited(path) - set(WORK.findall(LIST))) == []


def test_the_list_is_cited_and_in_order():
    cited = set().union(*map(works_cited, book_notebooks()))
    assert sorted(set(WORK.findall(LIST)) - cited) == []
    first = re.search(r"## Books and articles\n\n((?:- .*\n)+)", LIST)[1].splitlines()
    names = [line.partition(",")[0].casefold().replace("ö", "o") for line in first]
    assert names == sorted(names)
