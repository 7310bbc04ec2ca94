"""Cut KaTeX's fonts down to what the formulas of the site show.

Of twenty faces with 270 KB, some 45 KB remain.
"""

import re
from html import unescape
from pathlib import Path

from icons import cut_font

FOLDER = "katex"

# Each face, and the classes on which KaTeX's style sheet gives it to a symbol. Faces that are not
# here (bold Fraktur and the like) are not published.
FACES = {
    "AMS-Regular": {"amsrm", "mathbb", "textbb"},
    "Caligraphic-Regular": {"mathcal"},
    "Fraktur-Regular": {"mathfrak", "textfrak"},
    "Main-Bold": {"mathbf", "textbf"},
    "Main-Italic": {"mathit", "textit"},
    "Main-Regular": {"katex-html"},
    "Math-BoldItalic": {"boldsymbol"},
    "Math-Italic": {"mathnormal"},
    "SansSerif-Regular": {"mathsf", "textsf"},
    "Script-Regular": {"mathscr", "textscr"},
    "Size1-Regular": {"size1", "small-op", "delim-size1"},
    "Size2-Regular": {"size2", "large-op"},
    "Size3-Regular": {"size3"},
    "Size4-Regular": {"size4", "delim-size4"},
    "Typewriter-Regular": {"mathtt", "texttt"},
}

# A formula, with the text up to the next one or to the end of its paragraph.
_FORMULA = re.compile(r'"katex-html".*?(?="katex-mathml"|</div>|</p>)', re.DOTALL)
_CLASSES = re.compile(r'\bclass="([^"]*)"|^"(katex-html)"')
_TAG = re.compile(r"<[^>]*>")
_FACE_RULE = re.compile(r"@font-face\{[^}]*?fonts/KaTeX_([\w-]+)\.woff2[^}]*\}")


def classes_and_characters(html):
    """What stands in the formulas of a page; a little more does no harm.

    >>> classes, characters = classes_and_characters(
    ...     '<p>A <span class="katex-html"><span class="mord mathnormal">x</span>&lt;</span></p>')
    >>> sorted(classes), sorted(characters)
    (['katex-html', 'mathnormal', 'mord'], ['<', 'x'])
    """
    formulas = _FORMULA.findall(html)
    found = (names for formula in formulas for names in _CLASSES.findall(formula))
    classes = {name for names in found for name in " ".join(names).split()}
    text = "".join(_TAG.sub("", formula.partition(">")[2]) for formula in formulas)
    return classes, set(unescape(text))


def cut(app, exception):
    """Write the fonts anew once all pages are there, and leave out those that no formula needs."""
    if exception or app.builder.name != "html":
        return
    pages = [path.read_text("utf-8") for path in Path(app.outdir).glob("**/*.html")]
    found = [classes_and_characters(page) for page in pages]
    classes = set().union(*(classes for classes, _ in found))
    wanted = {ord(character) for _, characters in found for character in characters}
    faces = {face for face, signs in FACES.items() if signs & classes}

    source, target = (Path(root, "_static", FOLDER) for root in (app.srcdir, app.outdir))
    for font in target.glob("fonts/*.woff2"):
        if font.stem.removeprefix("KaTeX_") in faces:
            cut_font(source / "fonts" / font.name, font, wanted)
        else:
            font.unlink()
    sheet = (source / "katex.min.css").read_text("utf-8")
    sheet = _FACE_RULE.sub(lambda rule: rule[0] if rule[1] in faces else "", sheet)
    (target / "katex.min.css").write_text(sheet, "utf-8")


def setup(app):
    """Cut at the end of a build."""
    app.connect("build-finished", cut)
    return {"parallel_read_safe": True}
