"""What a pasted link shows, the addresses of the pages, a map of the site and its 404 page.

A preview and a map need full addresses, so they are written only when the site's own is known. It
comes in the environment variable BOOK_ADDRESS; tools/build_site.py fills it with the address of
GitHub Pages when the repository is known.
"""

import base64
import os
from pathlib import Path
from xml.sax.saxutils import escape

PREVIEW = "_static/preview.png"  # drawn by tools/landing_picture.py
LONGEST = 200  # characters of a description: the usual previews cut what is longer


def page_address(app, pagename):
    """Full address of a page, '' while the site's is not known; the first page has the site's."""
    site = os.environ.get("BOOK_ADDRESS", "")
    if not site or pagename == app.config.root_doc:
        return site
    return site + app.builder.get_target_uri(pagename)


def shortened(text):
    """A description that no preview cuts: whole sentences, or else whole words.

    >>> shortened("One. " + "Two and more, " * 20)
    'One.'
    >>> shortened("word " * 60)[-11:]
    'word word …'
    """
    if len(text) <= LONGEST:
        return text
    start = text[:LONGEST]
    ends = [i + 1 for i in range(len(start) - 1) if start[i] in ".?!" and start[i + 1] == " "]
    return start[: ends[-1]] if ends else start.rpartition(" ")[0] + " …"


def add_preview(app, pagename, templatename, context, doctree):
    """Hand _templates/layout.html what it writes into the head of a page."""
    if doctree is None:
        return
    if "description" in context:
        context["description"] = shortened(context["description"])
    if address := page_address(app, pagename):
        context["pageurl"] = address  # the theme's own layout makes the canonical link of it
        context["preview"] = os.environ["BOOK_ADDRESS"] + PREVIEW


def page_not_found(app):
    """The page that a host shows for an address that leads nowhere."""
    icon = Path(app.srcdir, app.config.html_favicon).read_bytes()
    context = {
        "site_address": os.environ.get("BOOK_ADDRESS", ""),
        "icon": base64.b64encode(icon).decode("ascii"),
    }
    context["pages"] = [
        (app.builder.get_target_uri(name), app.env.titles[name].astext())
        for name in app.env.toctree_includes.get(app.config.root_doc, [])
    ]
    return [("404", context, "not_found.html")]


def write_map(app, exception):
    """Write sitemap.xml, for search engines."""
    site_map = Path(app.outdir, "sitemap.xml")
    site_map.unlink(missing_ok=True)  # left by a build that knew an address
    if exception or app.builder.name != "html" or not os.environ.get("BOOK_ADDRESS"):
        return
    addresses = (escape(page_address(app, name)) for name in sorted(app.env.found_docs))
    lines = "".join(f"<url><loc>{address}</loc></url>\n" for address in addresses)
    site_map.write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}</urlset>\n',
        "utf-8",
    )


def setup(app):
    """Run after description.py (priority 500), which finds the description of a page."""
    app.connect("html-page-context", add_preview, priority=600)
    app.connect("html-collect-pages", page_not_found)
    app.connect("build-finished", write_map)
    return {"parallel_read_safe": True}
