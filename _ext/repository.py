"""Link to the repository and to Colab when the book's address is known, and show nothing otherwise.

The address comes in the environment variable BOOK_REPOSITORY; tools/build_site.py fills it from the
git remote when nobody else has.
"""

import os


def colab_address(repository, notebook_path):
    """Where Colab opens a published notebook: the site is published on the branch gh-pages."""
    owner_and_name = repository.removeprefix("https://github.com/")
    return (
        f"https://colab.research.google.com/github/{owner_and_name}/blob/gh-pages/{notebook_path}"
    )


def add_links(app, pagename, templatename, context, doctree):
    """Hand the addresses to the templates."""
    repository = os.environ.get("BOOK_REPOSITORY")
    if repository:
        context["repository"] = repository
        if "notebook_path" in context:
            context["colab"] = colab_address(repository, context["notebook_path"])


def setup(app):
    """Run after downloads.py (priority 500), which says whether a page has a notebook."""
    app.connect("html-page-context", add_links, priority=600)
    return {"parallel_read_safe": True}
