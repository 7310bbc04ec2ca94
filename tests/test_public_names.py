"""Every public name of `lib` says what a reader needs: formula, shapes, units, errors, source."""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

import lib

PARTS = ("Formula:", "Shapes:", "Units:", "Errors:", "Chapter:", "Source:")
FUNCTIONS = [getattr(lib, name) for name in lib.__all__]


def missing(function):
    """Return what the docstring of a function lacks, in words."""
    text = function.__doc__ or ""
    summary, _, rest = text.partition("\n")
    found = [part for part in PARTS if part not in text]
    if not re.fullmatch(r"[A-Z].*\.", summary) or not rest.startswith("\n"):
        found.append("a first line that is one sentence")
    if not re.search(r"Chapter: \d+ [A-Z]", text):
        found.append("the number and title of its chapter")
    if not re.search(r"Source: .*\(\d{4}\)", text):
        found.append("a source with its year")
    if not doctest.DocTestParser().get_examples(text):
        found.append("a doctest")
    return found


@pytest.mark.parametrize("function", FUNCTIONS, ids=lib.__all__)
def test_the_docstring_is_complete(function):
    assert missing(function) == []


@pytest.mark.parametrize("function", FUNCTIONS, ids=lib.__all__)
@pytest.mark.parametrize("part", [*PARTS, ">>>"])
def test_a_copy_without_one_part_goes_red(function, part):
    def copy():
        pass

    copy.__doc__ = function.__doc__.replace(part, "")
    assert missing(copy)


@pytest.mark.parametrize(
    "docstring, lacking",
    [
        (None, "a first line that is one sentence"),
        ("do something", "a first line that is one sentence"),
        ("Do something\nand go on.", "a first line that is one sentence"),
        ("Do something.\n\nChapter: Softmax.", "the number and title of its chapter"),
        ("Do something.\n\nSource: a book.", "a source with its year"),
        ("Do something.", "a doctest"),
    ],
)
def test_a_poor_docstring_goes_red(docstring, lacking):
    def poor():
        pass

    poor.__doc__ = docstring
    assert lacking in missing(poor)


def test_the_list_of_names_is_sorted_and_complete():
    """Every function that a listed module defines and does not hide is public."""
    modules = {sys.modules[function.__module__] for function in FUNCTIONS}
    defined = {
        name
        for module in modules
        for name, thing in vars(module).items()
        if callable(thing) and thing.__module__ == module.__name__ and not name.startswith("_")
    }
    assert lib.__all__ == sorted(defined)


def test_import_lib_needs_nothing_but_numpy():
    code = (
        "import sys, lib; "
        "print(*{'torch', 'scipy', 'matplotlib', 'IPython', 'mpmath'} & set(sys.modules))"
    )
    root = Path(lib.__file__).parents[1]
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == ""
