"""Publish every notebook in a form that runs alone, where the download button points.

The copy carries lib/ in its first cell (tools/self_contained.py), so that the one file is enough
in Colab or in any Jupyter that has NumPy, PyTorch and matplotlib. All of them together, in the
folders of the book so that their links to each other hold, are one zip.
"""

import sys
from pathlib import Path

import nbformat

FOLDER = "_sources"
ALL = "cross-entropy-notebooks.zip"  # the landing page links to it


def notebooks(env):
    """Paths of the book's notebooks, relative to its root."""
    paths = (env.doc2path(docname, base=False) for docname in env.found_docs)
    return sorted(path for path in paths if path.endswith(".ipynb"))


def publish(app, exception):
    """Write the self-contained copies, and the zip of all, after a successful build."""
    if exception or app.builder.name != "html":
        return
    root = Path(app.srcdir)
    sys.path.insert(0, str(root))  # tools/ is a folder of the book, not an installed package
    from tools.archive import archive
    from tools.self_contained import self_contained

    together = {"LICENSE": (root / "LICENSE").read_bytes()}
    for path in notebooks(app.env):
        target = Path(app.outdir, FOLDER, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        notebook = nbformat.read(root / path, as_version=4)
        nbformat.write(self_contained(notebook, root), target)
        together[Path(path).as_posix()] = target.read_bytes()
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(exist_ok=True)  # a book without notebooks has none yet
    (folder / ALL).write_bytes(archive(together))


def add_link(app, pagename, templatename, context, doctree):
    """Tell the page's templates where its notebook is; pages without one get no button."""
    if doctree is not None:
        path = app.env.doc2path(pagename, base=False)
        if path.endswith(".ipynb"):
            context["notebook_path"] = f"{FOLDER}/{path}"


def setup(app):
    """Link the copies on each page, write them at the end."""
    app.connect("html-page-context", add_link)
    app.connect("build-finished", publish)
    return {"parallel_read_safe": True}
