"""Say in the page how large each figure is, so that no text moves when the picture arrives."""

import re
from pathlib import Path

_IMAGE = re.compile(r'<img (?![^>]*\bwidth=)([^>]*\bsrc="[^"]*/_images/([^"/]+\.svg)"[^>]*?)\s*/?>')
_PIXELS = {"pt": 4 / 3}


def size(svg):
    """Width and height of a picture in pixels of the page.

    >>> size('<svg height="72pt" version="1.1" width="144pt" xmlns="...">')
    (192, 96)
    """
    sides = []
    opening = svg[svg.index("<svg") :].partition(">")[0]
    for side in ("width", "height"):
        number, unit = re.search(rf'\s{side}="([\d.]+)(pt|px|)"', opening).groups()
        sides.append(round(float(number) * _PIXELS.get(unit, 1)))
    return tuple(sides)


def add_sizes(app, pagename, templatename, context, doctree):
    """Add the sizes to the pictures of the page that have none."""
    files = {name: Path(app.srcdir, path) for path, name in app.builder.images.items()}

    def sized(found):
        width, height = size(files[found[2]].read_text("utf-8"))
        return f'<img width="{width}" height="{height}" {found[1]} />'

    if "body" in context:
        context["body"] = _IMAGE.sub(sized, context["body"])


def setup(app):
    """Change the text of each page before it goes into its template."""
    app.connect("html-page-context", add_sizes)
    return {"parallel_read_safe": True}
