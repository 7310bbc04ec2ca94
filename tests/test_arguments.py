"""What the functions of `lib` accept, and the words with which they refuse the rest."""

import numpy as np
import pytest
import torch

from lib.arguments import (
    class_axes,
    class_indices,
    classes_last,
    float_array,
    fraction,
    integer,
    one_of,
    same_shape,
)


@pytest.mark.parametrize(
    "value, dtype",
    [
        (1, np.float64),
        ([1, 2], np.float64),
        (np.array([1], np.int8), np.float64),
        (np.array([1.0], np.float16), np.float32),
        (np.array([1.0], np.float32), np.float32),
        (np.array([1.0], np.float64), np.float64),
        ([], np.float64),
    ],
)
def test_numbers_become_floating_arrays(value, dtype):
    array = float_array("x", value)
    assert array.dtype == dtype
    np.testing.assert_array_equal(array, value)


def test_a_floating_array_is_not_copied():
    x = np.zeros(3)
    assert float_array("x", x) is x


@pytest.mark.parametrize(
    "value, error, message",
    [
        ("cat", TypeError, "^logits: expected real numbers, got an array of dtype <U3"),
        ([True], TypeError, "^logits: .* dtype bool"),
        ([1j], TypeError, "^logits: .* dtype complex128"),
        (None, TypeError, "^logits: .* dtype object"),
        ([2**70], TypeError, "^logits: .* dtype object"),
        ([[1.0], [1.0, 2.0]], ValueError, "^logits: expected rows of one length"),
    ],
)
def test_everything_else_is_refused_by_name(value, error, message):
    with pytest.raises(error, match=message):
        float_array("logits", value)


@pytest.mark.parametrize(
    "axis, axes", [(0, (0,)), (-1, (2,)), ((0, -1), (0, 2)), ((2, 0), (2, 0)), (None, (0, 1, 2))]
)
def test_axes_are_counted_from_the_front(axis, axes):
    assert class_axes(np.zeros((2, 3, 4)), axis) == axes


@pytest.mark.parametrize("axis", [0, 1, -1, (0, 2), (2, 0), (1, 0), (), None])
def test_the_way_back_from_classes_last(axis):
    z = np.arange(24.0).reshape(2, 3, 4)
    rows, restore = classes_last(z, axis)
    np.testing.assert_array_equal(restore(rows), z)
    sums = z.sum(axis=axis if axis is None else class_axes(z, axis))
    np.testing.assert_array_equal(restore(rows.sum(axis=-1)), sums)


@pytest.mark.parametrize("axis", [0, (0, 1), None])
def test_the_classes_lie_side_by_side_in_memory(axis):
    """Otherwise NumPy would add them one by one, and lose digits."""
    rows, _ = classes_last(np.zeros((5, 4, 3)), axis)
    assert rows.strides[-1] == rows.itemsize


def test_no_classes_are_refused():
    with pytest.raises(
        ValueError, match=r"^z: expected at least one class along axis 0, .*\(0, 2\)"
    ):
        classes_last(np.zeros((0, 2)), 0)


def test_no_rows_are_no_trouble():
    rows, restore = classes_last(np.zeros((0, 2)), 1)
    assert restore(rows).shape == (0, 2)
    assert restore(rows.sum(axis=-1)).shape == (0,)


def test_a_word_from_the_list_is_returned():
    assert one_of("reduction", "sum", ("none", "sum")) == "sum"


@pytest.mark.parametrize("value", ["Sum", None, 0])
def test_another_word_is_refused_with_the_list(value):
    with pytest.raises(ValueError, match=f"^reduction: expected 'none' or 'sum', got {value!r}"):
        one_of("reduction", value, ("none", "sum"))


@pytest.mark.parametrize("value", [0, 0.5, 1, np.float32(0.25)])
def test_a_fraction_becomes_a_python_number(value):
    assert fraction("alpha", value) == value
    assert type(fraction("alpha", value)) is float


@pytest.mark.parametrize("value", [-0.1, 1.1, np.nan, np.inf])
def test_what_is_no_fraction_is_refused(value):
    with pytest.raises(ValueError, match=f"^alpha: .* between 0 and 1, got {value}"):
        fraction("alpha", value)


def test_arrays_of_one_shape_pass_and_nothing_is_broadcast():
    x = np.zeros((2, 1))
    assert same_shape("x", x, "y", np.ones((2, 1))) is x
    for shape in ((2,), (1, 2), (1, 1), (2, 1, 1), ()):
        with pytest.raises(ValueError, match=r"^x: expected the shape of y, .*, got \(2, 1\)"):
            same_shape("x", x, "y", np.ones(shape))


def test_an_array_with_a_mask_is_refused():
    with pytest.raises(TypeError, match=r"^logits: expected an array without a mask"):
        float_array("logits", np.ma.array([1.0, 2.0], mask=[0, 1]))
    with pytest.raises(TypeError, match=r"^target: expected an array without a mask"):
        class_indices("target", np.ma.array([0, 1], mask=[0, 1]), 2)


def test_a_tensor_that_needs_gradients_is_refused_by_name():
    with pytest.raises(TypeError, match=r"^logits: expected numbers that NumPy can hold"):
        float_array("logits", torch.ones(2, requires_grad=True))
    with pytest.raises(TypeError, match=r"^logits: expected numbers that NumPy can hold"):
        float_array("logits", torch.ones(2, dtype=torch.bfloat16))


@pytest.mark.parametrize("dtype, kept", [("f2", "f4"), ("f4", "f4"), ("f8", "f8"), ("i4", "f8")])
def test_the_other_order_of_bytes_is_turned_round(dtype, kept):
    array = np.array([1, 2]).astype(np.dtype(dtype).newbyteorder())
    assert float_array("z", array).dtype == np.dtype(kept)
    assert float_array("z", array).tolist() == [1, 2]


def test_numbers_that_float64_cannot_hold_are_refused():
    assert float_array("z", [2**53]) == 2.0**53
    for too_long in ([2**53 + 1], [-(2**53) - 2], np.array([2**64 - 1], np.uint64)):
        with pytest.raises(ValueError, match=r"^z: expected integers that float64 can hold"):
            float_array("z", too_long)
    if np.dtype(np.longdouble).itemsize > 8:
        with pytest.raises(TypeError, match=r"^z: expected float64 or shorter"):
            float_array("z", np.ones(2, np.longdouble))


@pytest.mark.parametrize("axis", [1.0, True, "a", (0, 1.0), {0}, (True,)])
def test_an_axis_is_an_integer(axis):
    with pytest.raises(TypeError, match=r"^axis: expected an integer"):
        classes_last(np.zeros((2, 3)), axis)


@pytest.mark.parametrize("value", [None, "0.1", [0.1], 1j, True, np.array([0.1])])
def test_one_real_number_is_asked_for(value):
    with pytest.raises(TypeError, match=r"^label_smoothing: expected a number"):
        fraction("label_smoothing", value)


@pytest.mark.parametrize("value", [None, "a", 1.5, True, [0, 1], np.array([1])])
def test_one_integer_is_asked_for(value):
    with pytest.raises(TypeError, match=r"^ignore_index: expected an integer"):
        integer("ignore_index", value)


def test_an_array_is_no_word_from_the_list():
    with pytest.raises(ValueError, match=r"^reduction: expected 'mean' or 'sum'"):
        one_of("reduction", np.array(["mean", "sum"]), ("mean", "sum"))
