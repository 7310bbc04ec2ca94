"""Give each page the description that search engines and link previews show.

A chapter's begins with the question it answers, from the table of chapters on the first page: its
first paragraph may be the middle of a story, which says little to those who have not opened it.
"""

import re
from pathlib import Path

from docutils import nodes

# | 5 | [Softmax cross-entropy](chapters/05_softmax_cross_entropy.ipynb) | What does it cost? | 45 |
ROW = re.compile(r"^\|[^|]*\| *\[[^]]*\]\((\S+)\.ipynb\) *\| *([^|]*\?) *\|", re.MULTILINE)


def first_page(app):
    """The file of the first page."""
    return Path(app.env.doc2path(app.config.root_doc))


def depend_on_first_page(app, docname, source):
    """Write a page anew when its question may have changed."""
    if docname in dict(ROW.findall(first_page(app).read_text("utf-8"))):
        app.env.note_dependency(str(first_page(app)))


def describe(app, pagename, templatename, context, doctree):
    """Take the question and the first paragraph of some length that has no formula."""
    questions = dict(ROW.findall(first_page(app).read_text("utf-8")))
    for paragraph in doctree.findall(nodes.paragraph) if doctree else ():
        text = " ".join(paragraph.astext().split())
        if len(text) > 60 and not any(paragraph.findall(nodes.math)):
            question = questions.get(pagename, "").replace("`", "")
            context["description"] = f"{question} {text}".strip()
            return


def setup(app):
    """Hand the description to _templates/layout.html."""
    app.connect("source-read", depend_on_first_page)
    app.connect("html-page-context", describe)
    return {"parallel_read_safe": True}
