"""Refuse to publish a notebook whose stored outputs are missing or end in an error.

The site shows stored outputs as they are, so a cell that was never run, or that failed, would
otherwise appear in a finished-looking page.
"""

import nbformat
from sphinx.util import logging

log = logging.getLogger(__name__)


def faults(notebook):
    """Yield (cell number from 1, what is wrong) for every code cell unfit to publish."""
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code":
            continue
        if cell.execution_count is None:
            yield number, "was never run (make notebooks runs it)"
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get(
                "tags", []
            ):
                yield number, f"stops with {output.ename}: {output.evalue}"


def check(app, docname, source):
    """Warn about every fault of a notebook as it is read."""
    path = app.env.doc2path(docname, base=False)
    if path.endswith(".ipynb"):
        for number, fault in faults(nbformat.reads(source[0], as_version=4)):
            log.warning("the cell %s", fault, location=f"{path}, cell {number}")


def setup(app):
    """Look at each source when Sphinx reads it."""
    app.connect("source-read", check)
    return {"parallel_read_safe": True}
