"""Write the function reference from the docstrings of lib/ while the site is built.

A page that has the line `<!-- every public name of lib -->` gets it replaced by a section for each
module and each name in `lib.__all__`. No copy is stored, so none can be out of date: the page is
made again whenever a file of lib/ has changed.
"""

import ast
import importlib
import inspect
import os
import re
import sys
import textwrap
from pathlib import Path

PLACE = "<!-- every public name of lib -->"
FIELDS = ("Formula", "Fails", "Shapes", "Units", "Limits", "Errors", "Chapter", "Source")
FIELD = re.compile(rf"(?:(?<=\s)|^)({'|'.join(FIELDS)}):\s+")
PROSE = re.compile(r" (?:for|with|where) ")
SENTENCE = re.compile(r"(?!log )[a-z]{3,} [a-z]")
WIDTH = 68  # characters of a line of code that fits the column of the page


# ---- Reading -------------------------------------------------------------------------------------


def sections(docstring):
    """Summary, fields by name, and example of a docstring in the form that lib uses.

    >>> text = "Halve it.\\n\\nFormula: x / 2, rounded.\\nShapes:  any. Units: none."
    >>> sections(text)[1]
    {'Formula': 'x / 2, rounded.', 'Shapes': 'any.', 'Units': 'none.'}
    """
    text, prompt, example = inspect.cleandoc(docstring).partition("\n>>> ")
    summary, _, rest = text.strip().partition("\n\n")
    _, *parts = FIELD.split(" ".join(rest.split()))
    fields = {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}
    return " ".join(summary.split()), fields, (prompt + example).strip()


def split_formula(text):
    """A formula, and what is said about it: they part at the first mark, or at a word of prose.

    >>> split_formula("H(P, Q) = -sum_i p_i log q_i, in nats.")
    ('H(P, Q) = -sum_i p_i log q_i', ', in nats.')
    >>> split_formula("-ln p for the outcome 1, -ln(1 - p) for the outcome 0.")
    ('-ln p', ' for the outcome 1, -ln(1 - p) for the outcome 0.')
    >>> split_formula("the mean of x")
    ('', 'the mean of x')
    """
    if SENTENCE.match(text):
        return "", text
    depth = 0
    for i, character in enumerate(text):
        if depth == 0 and PROSE.match(text, i):
            return text[:i], text[i:]
        depth += (character in "([") - (character in ")]")
        if depth == 0 and character in ",;.:" and text[i + 1 : i + 2] in (" ", ""):
            return text[:i], text[i:]
    return text, ""


def signature(function):
    """How a function is called, in lines that fit.

    >>> signature(split_formula)
    'split_formula(text)'
    """
    text = f"{function.__name__}{inspect.signature(function)}"
    return textwrap.fill(
        text, WIDTH, subsequent_indent=" " * 4, break_long_words=False, break_on_hyphens=False
    )


def by_module(library):
    """The public functions of lib by module, in the order of the chapters that teach them."""
    found = {}
    for name in library.__all__:
        function = getattr(library, name)
        found.setdefault(sys.modules[function.__module__], []).append(function)
    for functions in found.values():
        functions.sort(key=lambda function: inspect.getsourcelines(function)[1])
    return sorted(
        found.items(), key=lambda item: (min(map(chapter_number, item[1])), item[0].__name__)
    )


def chapter_number(function):
    """Number of the chapter that a docstring names."""
    return int(re.search(r"Chapter: (\d+)", function.__doc__)[1])


def other_modules(library, shown):
    """Name and first line of the modules of lib whose names `import lib` does not bring."""
    folder = Path(library.__file__).parent
    for path in sorted((*folder.glob("*.py"), *folder.glob("*/__init__.py"))):
        name = path.parent.name if path.name == "__init__.py" else path.stem
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
        if path != folder / "__init__.py" and f"lib.{name}" not in shown and docstring:
            yield name, docstring.partition("\n\n")[0]


# ---- Writing -------------------------------------------------------------------------------------


def markdown(text):
    """A docstring's text as Markdown: `names` stay code, everything else is plain.

    >>> markdown("`x` of p_i * 2, |x| < 3 $")
    '`x` of p\\\\_i \\\\* 2, \\\\|x\\\\| \\\\< 3 \\\\$'
    """
    pieces = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(
        piece if piece.startswith("`") else re.sub(r"([\\*_<>\[\]|$~#{}])", r"\\\1", piece)
        for piece in pieces
    )


def rst(text):
    """The same as reStructuredText, which the list of fields is written in.

    >>> rst("`x` of p_i * 2")
    '``x`` of p\\\\_i \\\\* 2'
    """
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(
        f"`{piece}`" if piece.startswith("`") else re.sub(r"([\\*_|])", r"\\\1", piece)
        for piece in pieces
    )


def entry(function, root, repository):
    """Lines of Markdown for one function."""
    summary, fields, example = sections(function.__doc__)
    name = function.__name__
    yield from (f"### `{name}`", "", "```python", signature(function), "```", "")
    yield from (markdown(summary), "", "```{eval-rst}")
    for field, text in fields.items():
        if field == "Formula":
            formula, about = split_formula(text)
            formula = formula.replace("`", "")
            yield f":Formula: {f'``{formula}``' if formula else ''}\\ {rst(about)}"
        elif field == "Chapter":
            yield f":Chapter: {chapter_link(text.removesuffix('.'), root)}"
        else:
            yield f":{field}: {rst(text)}"
    yield f":Code: {code_link(function, root, repository)}"
    yield from ("```", "", "```pycon", example, "```", "")


def chapter_link(title, root):
    """A chapter by its title, as a link if it is written."""
    number = int(title.split()[0])
    for path in sorted((root / "chapters").glob(f"{number:02d}_*.ipynb")):
        return f":doc:`{title} </chapters/{path.stem}>`"
    return rst(title)


def code_link(function, root, repository):
    """Where the source is: a link when the address of the repository is known."""
    path = Path(inspect.getsourcefile(function)).resolve().relative_to(root)
    lines, first = inspect.getsourcelines(function)
    if not repository:
        return f"``{path.as_posix()}``"
    last = first + len(lines) - 1
    return f"`{path.as_posix()} <{repository}/blob/HEAD/{path.as_posix()}#L{first}-L{last}>`__"


def reference(library, root, repository):
    """The whole reference as Markdown."""
    modules = by_module(library)
    lines = []
    for module, functions in modules:
        links = (f"[{markdown(f.__name__)}](#{f.__name__})" for f in functions)
        lines.append(f"- `{module.__name__}`: {', '.join(links)}")
    for module, functions in modules:
        lines += ["", f"## `{module.__name__}`", ""]
        for paragraph in inspect.cleandoc(module.__doc__).split("\n\n"):
            lines += [markdown(paragraph), ""]
        for function in functions:
            lines += entry(function, root, repository)
    lines += ["## The rest of `lib`", "", "Imported by name: `from lib.figures import figure`.", ""]
    shown = {module.__name__ for module, _ in modules}
    lines += [f"- `lib.{name}`: {markdown(text)}" for name, text in other_modules(library, shown)]
    return "\n".join(lines)


def library_of(root):
    """The book's own lib, whatever else is installed under that name."""
    sys.path.insert(0, str(root))
    library = importlib.import_module("lib")
    if Path(library.__file__).resolve().parent != root / "lib":
        raise ImportError(f"lib comes from {library.__file__}, not from {root}")
    return library


def fill_in(app, docname, source):
    """Put the reference in its place, and note what it depends on."""
    if PLACE not in source[0]:
        return
    root = Path(app.srcdir).resolve()
    for path in sorted((root / "lib").rglob("*.py")):
        app.env.note_dependency(str(path))
    repository = os.environ.get("BOOK_REPOSITORY", "")
    source[0] = source[0].replace(PLACE, reference(library_of(root), root, repository))


def setup(app):
    """Look at each source when Sphinx reads it."""
    app.connect("source-read", fill_in)
    return {"parallel_read_safe": True}
