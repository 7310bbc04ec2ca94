"""Write a folded cell (tag hide-cell or hide-input) as plain <details>, like a folded solution.

myst-nb's own markup hides the visible text of the summary behind an aria-label, so that what a
screen reader says and what is on the screen differ.
"""

from html import escape

from myst_nb.sphinx_ import HideCodeCellNode


def visit(translator, node):
    """Open the fold."""
    classes = " ".join(["folded-code", *node["classes"]])
    summary = escape(node["prompt_show"])
    translator.body.append(f'<details class="{classes}"><summary>{summary}</summary>\n')


def depart(translator, node):
    """Close the fold."""
    translator.body.append("</details>\n")


def setup(app):
    """Replace myst-nb's way of writing the node."""
    app.add_node(HideCodeCellNode, override=True, html=(visit, depart))
    return {"parallel_read_safe": True}
