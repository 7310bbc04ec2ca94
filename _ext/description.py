"""Give each page the description that search engines and link previews show."""

from docutils import nodes


def describe(app, pagename, templatename, context, doctree):
    """Take the first paragraph of some length that has no formula."""
    for paragraph in doctree.findall(nodes.paragraph) if doctree else ():
        text = " ".join(paragraph.astext().split())
        if len(text) > 60 and not any(paragraph.findall(nodes.math)):
            context["description"] = text
            return


def setup(app):
    """Hand the description to _templates/layout.html."""
    app.connect("html-page-context", describe)
    return {"parallel_read_safe": True}
