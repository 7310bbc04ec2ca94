"""Show the book's own code on the page, so that a reader sees what runs."""

import ast
import inspect
import textwrap


class Source:
    """The code of some functions without their docstrings, shown highlighted in a notebook."""

    def __init__(self, *functions):
        self.code = "\n\n\n".join(_without_docstring(function) for function in functions)

    def __repr__(self):
        return self.code

    def _repr_markdown_(self):
        return f"```python\n{self.code}\n```"


def _without_docstring(function):
    """Return the source of a function without its docstring.

    >>> print(_without_docstring(_without_docstring).splitlines()[0])
    def _without_docstring(function):
    """
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    definition = ast.parse("\n".join(lines)).body[0]
    if ast.get_docstring(definition) is not None:
        docstring = definition.body[0]
        del lines[docstring.lineno - 1 : docstring.end_lineno]
    return "\n".join(lines)
