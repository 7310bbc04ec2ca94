"""Below each piece of lib that a notebook shows stands where it comes from."""

import ast
import doctest
import importlib.util
import inspect

import pytest

import lib
from lib.source import Source
from tools.notebooks import ROOT

SPECIFICATION = importlib.util.spec_from_file_location("shown", ROOT / "_ext" / "shown_source.py")
extension = importlib.util.module_from_spec(SPECIFICATION)
SPECIFICATION.loader.exec_module(extension)

MODULES = extension.functions_of(ROOT / "lib")
PUBLIC = {name: getattr(lib, name).__module__.removeprefix("lib.") for name in lib.__all__}


def origin(*functions):
    return extension.origin(repr(Source(*functions)), MODULES, PUBLIC, "../")


def test_examples():
    assert doctest.testmod(extension).failed == 0


@pytest.mark.parametrize("name", lib.__all__)
def test_a_public_function_leads_to_its_entry(name):
    function = getattr(lib, name)
    assert f'function_reference.html#{name.replace("_", "-")}"' in origin(function)
    assert f"lib/{function.__module__.removeprefix('lib.')}.py" in origin(function)


def test_a_private_function_leads_to_the_public_one_or_to_its_module():
    from lib.losses import _class_axis
    from lib.softmax import _softmax_vjp
    from lib.source import _without_docstring

    assert "#softmax-vjp" in origin(_softmax_vjp)
    assert "#lib-losses" in origin(_class_axis)
    assert "#the-rest-of-lib" in origin(_without_docstring)
    assert "lib/source.py" in origin(_without_docstring)
    assert origin(lib.softmax, _class_axis).count("<a ") == 1


def test_code_that_has_changed_since_is_not_that_of_lib():
    code = inspect.getsource(lib.likelihood.fit_categorical)
    assert extension.origin(code.replace("return", "return 1 *"), MODULES, PUBLIC, "") is None
    assert extension.origin(code, MODULES, PUBLIC, "") is not None


def test_two_functions_of_one_name_are_told_apart():
    """Both losses and keras_style have a _class_axis."""
    from lib import keras_style, losses

    assert "lib/losses.py" in origin(losses._class_axis)
    assert "lib/keras_style.py" in origin(keras_style._class_axis)
    assert len(MODULES) == sum(
        isinstance(node, ast.FunctionDef)
        for path in (ROOT / "lib").glob("*.py")
        for node in ast.parse(path.read_text("utf-8")).body
    )
