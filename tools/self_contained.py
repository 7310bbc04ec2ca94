"""Make a notebook that runs alone: one file that carries the book's `lib/` in its first cells.

    python -m tools.self_contained OUTDIR [FILES]    write a copy of each notebook to OUTDIR

This is what the site offers for download: it runs in Colab or any Jupyter that has NumPy, PyTorch
and matplotlib. Captions, which a notebook keeps in its metadata and only the site shows, stand
under the figures here.
"""

import argparse
import base64
import sys
import textwrap
from copy import deepcopy
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from tools.archive import archive
from tools.notebooks import ROOT, as_text, book_notebooks, normalised, read_notebook

WIDTH = 100

GREETING = (
    "*This file runs by itself, wherever Python has NumPy, PyTorch and matplotlib (and what else "
    "the text may ask for): the next cell unpacks the book's own code. Run it first.*"
)

UNPACK = '''\
# @title The book's own code: run this cell first {{ display-mode: "form" }}
# The text below is the book's folder lib/, zipped. This cell unpacks it into a new folder for
# temporary files and tells Python to look there. Nothing is downloaded, nothing is installed, and
# the folder is deleted when this notebook's kernel ends.
import atexit
import base64
import io
import shutil
import sys
import tempfile
import zipfile

archive = """
{archive}
"""
folder = tempfile.mkdtemp(prefix="cross-entropy-book-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)
zipfile.ZipFile(io.BytesIO(base64.b64decode(archive))).extractall(folder)
sys.path.insert(0, folder)
'''


def library_archive(root: Path) -> bytes:
    """The folder `lib/` as a zip, the same bytes whoever makes it and whenever."""
    return archive(
        {path.relative_to(root).as_posix(): path.read_bytes() for path in library_files(root)}
    )


def library_files(root: Path) -> list[Path]:
    """Every file of `lib/` that belongs to it."""
    files = (root / "lib").rglob("*")
    return sorted(p for p in files if p.is_file() and "__pycache__" not in p.parts)


def unpacking_cell(root: Path) -> NotebookNode:
    """The code cell that carries `lib/` and makes it importable."""
    encoded = base64.b64encode(library_archive(root)).decode("ascii")
    lines = textwrap.fill(encoded, WIDTH)
    hidden = {"tags": ["hide-cell"], "jupyter": {"source_hidden": True}, "cellView": "form"}
    return new_code_cell(UNPACK.format(archive=lines), metadata=hidden)


def with_captions(cells: list[NotebookNode]) -> list[NotebookNode]:
    """The cells, each figure followed by its caption in italics unless it is already."""
    captioned = []
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        captioned.append(cell)
        caption = cell.metadata.get("mystnb", {}).get("figure", {}).get("caption")
        if caption and (following is None or caption not in following.source):
            captioned.append(new_markdown_cell(f"_{caption.strip()}_"))
    return captioned


def self_contained(notebook: NotebookNode, root: Path = ROOT, stem: str = "cell") -> NotebookNode:
    """A copy of `notebook` that runs without the book; `root` is the folder that holds `lib/`."""
    result = deepcopy(notebook)
    first = [new_markdown_cell(GREETING), unpacking_cell(root)]
    result.cells = [*first, *with_captions(result.cells)]
    return normalised(result, stem)


def main(arguments: list[str] | None = None) -> int:
    """Write a self-contained copy of each file, or of each notebook of the book."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, metavar="OUTDIR")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    for path in options.files or book_notebooks():
        copy = self_contained(read_notebook(path), ROOT, path.stem)
        (options.folder / path.name).write_text(as_text(copy), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
