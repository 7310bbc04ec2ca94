"""Give each page the description that search engines and link previews show.

A chapter's begins with the question it answers, from the table of chapters on the first page: its
first paragraph may be the middle of a story, which says little to those who have not opened it.
"""

import re
from pathlib import Path

from docutils import nodes
from sharing import shortened

# | 5 | [Softmax cross-entropy](chapters/05_softmax_cross_entropy.ipynb) | What does it cost? | 45 |
ROW = re.compile(r"^\|[^|]*\| *\[[^]]*\]\((\S+)\.ipynb\) *\| *([^|]*\?) *\|", re.MULTILINE)

# A formula that reads the same without its dollar signs: 1000, -2.5
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def first_page(app):
    """The file of the first page."""
    return Path(app.env.doc2path(app.config.root_doc))


def depend_on_first_page(app, docname, source):
    """Write a page anew when its question may have changed."""
    if docname in dict(ROW.findall(first_page(app).read_text("utf-8"))):
        app.env.note_dependency(str(first_page(app)))


def in_words(paragraph):
    """The text of a paragraph, None where a formula is more than a number.

    The number of a part, in italics at the start, belongs to the page and not to its description.
    """
    first = paragraph[0] if len(paragraph) else None
    if isinstance(first, nodes.emphasis) and first.astext().startswith("Part "):
        return None
    if not all(NUMBER.fullmatch(formula.astext()) for formula in paragraph.findall(nodes.math)):
        return None
    return " ".join(paragraph.astext().split())


def with_question(question, text):
    """The question before the text, if the text asks none before a preview would cut it.

    >>> with_question("Why nan?", "Take three scores.")
    'Why nan? Take three scores.'
    >>> with_question("What does it cost?", "The image shows a dog. What does that cost?")
    'The image shows a dog. What does that cost?'
    """
    return text if "?" in shortened(text) else f"{question} {text}".strip()


def describe(app, pagename, templatename, context, doctree):
    """Take the question and the first paragraph of some length that can be said in words."""
    questions = dict(ROW.findall(first_page(app).read_text("utf-8")))
    for paragraph in doctree.findall(nodes.paragraph) if doctree else ():
        text = in_words(paragraph)
        if text is not None and len(text) > 60:
            question = questions.get(pagename, "").replace("`", "")
            context["description"] = with_question(question, text)
            return


def setup(app):
    """Hand the description to _templates/layout.html."""
    app.connect("source-read", depend_on_first_page)
    app.connect("html-page-context", describe)
    return {"parallel_read_safe": True}
