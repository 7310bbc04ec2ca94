"""Turn what a caller passes into arrays; refuse the rest with an error that names the argument."""

import math

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple


def float_array(name, value):
    """Return `value` as a floating array: float32 and float64 stay, float16 widens to float32.

    Python numbers and integers become float64. Anything that is not a real number is a TypeError.

    >>> float_array("logits", [1, 2]).dtype
    dtype('float64')
    >>> float_array("logits", ["cat"])
    Traceback (most recent call last):
        ...
    TypeError: logits: expected real numbers, got an array of dtype <U3
    """
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name}: expected rows of one length ({error})") from error
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name}: expected real numbers, got an array of dtype {array.dtype}")
    if array.dtype == np.float16:
        return array.astype(np.float32)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def class_axes(z, axis):
    """Return the axes that hold the classes as a tuple of non-negative integers."""
    return normalize_axis_tuple(range(z.ndim) if axis is None else axis, z.ndim, argname="axis")


def classes_last(z, axis, name="z"):
    """Return `z` with the class axes moved last and flattened into one, and the way back.

    NumPy adds along a contiguous last axis pairwise, along another axis one by one; at a million
    classes the latter costs 50 to 180 units in the last place.
    """
    axes = class_axes(z, axis)
    others = [i for i in range(z.ndim) if i not in axes]
    moved = np.asarray(z.transpose(*others, *axes), order="C")
    num_classes = math.prod(z.shape[i] for i in axes)
    if num_classes == 0:
        raise ValueError(
            f"{name}: expected at least one class along axis {axis}, got shape {z.shape}"
        )
    rows = moved.reshape(*(z.shape[i] for i in others), num_classes)

    def restore(values):
        return values.reshape(moved.shape).transpose(np.argsort([*others, *axes]))

    return rows, restore


def one_of(name, value, allowed):
    """Return `value` if it is one of the `allowed` words, else raise a ValueError that lists them.

    >>> one_of("reduction", "average", ("none", "mean", "sum"))
    Traceback (most recent call last):
        ...
    ValueError: reduction: expected 'none', 'mean' or 'sum', got 'average'
    """
    if value not in allowed:
        *most, last = map(repr, allowed)
        raise ValueError(f"{name}: expected {', '.join(most)} or {last}, got {value!r}")
    return value
