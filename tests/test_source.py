"""The code shown in a chapter is the code of `lib`, without its docstring."""

import ast
import functools
import inspect

import pytest

import lib
from lib.source import Source


def plain(x):
    """Say something.

    >>> plain(1)
    2
    """
    return x + 1


# fmt: off
def many_lines(
    first,
    *,
    second="a string, not a docstring",
):
    r"""Say something raw about \alpha."""

    def inner():
        """Stay: the inner function keeps its docstring."""
        return first

    text = """Stay, too."""
    return inner, second, text  # a comment stays
# fmt: on


def keep(function):
    """Return the function under a decorator."""
    return functools.wraps(function)(lambda *arguments: function(*arguments))


@keep
@functools.lru_cache(maxsize=8)
def decorated():
    """Say something."""
    return 1


def without_docstring():
    return "only code"


class Box:
    """Say something."""

    def method(self):
        """Say something."""
        return self


def test_the_docstring_is_removed():
    assert repr(Source(plain)) == "def plain(x):\n    return x + 1"


def test_definitions_over_several_lines_keep_every_line():
    assert repr(Source(many_lines)).splitlines() == [
        "def many_lines(",
        "    first,",
        "    *,",
        '    second="a string, not a docstring",',
        "):",
        "",
        "    def inner():",
        '        """Stay: the inner function keeps its docstring."""',
        "        return first",
        "",
        '    text = """Stay, too."""',
        "    return inner, second, text  # a comment stays",
    ]


def test_decorators_are_kept():
    assert repr(Source(decorated)).splitlines() == [
        "@keep",
        "@functools.lru_cache(maxsize=8)",
        "def decorated():",
        "    return 1",
    ]


def test_a_function_without_docstring_is_shown_as_it_is():
    assert repr(Source(without_docstring)) == ('def without_docstring():\n    return "only code"')


def test_a_method_moves_to_the_margin():
    assert repr(Source(Box.method)) == "def method(self):\n    return self"


def test_several_functions_stand_two_lines_apart():
    assert repr(Source(plain, without_docstring)) == (
        f"{Source(plain)!r}\n\n\n{Source(without_docstring)!r}"
    )


def test_the_notebook_shows_it_as_highlighted_python():
    assert Source(plain)._repr_markdown_() == "```python\ndef plain(x):\n    return x + 1\n```"


@pytest.mark.parametrize("name", lib.__all__)
def test_every_public_function_is_shown_whole(name):
    """What is shown parses to the function's own syntax tree, its docstring apart."""
    function = getattr(lib, name)
    whole = ast.parse(inspect.getsource(function))
    del whole.body[0].body[0]
    assert function.__doc__ not in repr(Source(function))
    assert ast.dump(ast.parse(repr(Source(function)))) == ast.dump(whole)
