"""Say on every page how to cite it, in words and for BibTeX, from CITATION.cff."""

import re
from pathlib import Path

import yaml


def bibtex(authors, page, title, version, key, address):
    """An entry for a reference manager; braces keep the capitals, and a group's name whole."""
    fields = {
        "author": f"{{{authors}}}",
        "title": f"{{{page}}}",
        "howpublished": f"In: {title}, version {version}",
    }
    if address:
        fields["url"] = address
    lines = "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items())
    return f"@misc{{{key},\n{lines}}}"


def add_citation(app, pagename, templatename, context, doctree):
    """Hand _templates/book-footer.html what a page is cited by."""
    if doctree is None:
        return
    book = yaml.safe_load(Path(app.srcdir, "CITATION.cff").read_text("utf-8"))
    citation = {
        "authors": " and ".join(author["name"] for author in book["authors"]),
        "page": app.env.titles[pagename].astext(),
        "title": book["title"],
        "version": book["version"],
    }
    key = "cross-entropy-" + re.sub(r"\W+", "-", pagename.rpartition("/")[2])
    citation["bibtex"] = bibtex(**citation, key=key, address=context.get("pageurl"))
    context["citation"] = citation


def setup(app):
    """Run after sharing.py (priority 600), which says the address of a page."""
    app.connect("html-page-context", add_citation, priority=700)
    return {"parallel_read_safe": True}
