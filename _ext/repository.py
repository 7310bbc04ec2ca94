"""Link to the repository and to Colab when the book's address is known, and show nothing otherwise.

The address comes in the environment variable BOOK_REPOSITORY; tools/build_site.py fills it from the
git remote when nobody else has.
"""

import hashlib
import os
from pathlib import Path
from urllib.parse import urlencode

import yaml


def colab_address(repository, notebook_path):
    """Where Colab opens a published notebook: the site is published on the branch gh-pages."""
    owner_and_name = repository.removeprefix("https://github.com/")
    return (
        f"https://colab.research.google.com/github/{owner_and_name}/blob/gh-pages/{notebook_path}"
    )


def page_version(app, pagename):
    """The book's version and the page's own: the name that git gives to the text of its source.

    `git log --find-object=NAME` shows the change that made it.
    """
    citation = yaml.safe_load(Path(app.srcdir, "CITATION.cff").read_text("utf-8"))
    if pagename not in app.env.found_docs:
        return citation["version"]
    content = Path(app.env.doc2path(pagename)).read_bytes()
    name = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    return f"{citation['version']}, {name[:10]}"


def report_address(repository, page, version):
    """Where a reader reports a mistake, with the page and its version filled in."""
    body = f"Page: {page}\nVersion: {version}\n\nWhat it says:\n\nWhat it should say:\n"
    return f"{repository}/issues/new?" + urlencode({"title": f"Mistake on {page}", "body": body})


def add_links(app, pagename, templatename, context, doctree):
    """Hand the addresses to the templates."""
    repository = os.environ.get("BOOK_REPOSITORY")
    if repository:
        context["repository"] = repository
        context["report"] = report_address(repository, pagename, page_version(app, pagename))
        if "notebook_path" in context:
            context["colab"] = colab_address(repository, context["notebook_path"])


def setup(app):
    """Run after downloads.py (priority 500), which says whether a page has a notebook."""
    app.connect("html-page-context", add_links, priority=600)
    return {"parallel_read_safe": True}
