"""Turn what a caller passes into arrays; refuse the rest with an error that names the argument."""

import math

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))  # with the bytes in this machine's order
TRUTH_VALUES = (bool, np.bool_)
INTEGERS = (int, np.integer)
REAL_NUMBERS = (float, np.floating, *INTEGERS)


def any_array(name, value):
    """Return `value` as an array, whatever its dtype.

    >>> any_array("target", [[0, 1], [1]])
    Traceback (most recent call last):
        ...
    ValueError: target: expected rows of one length
    """
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name}: expected an array without a mask, which would be lost")
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name}: expected rows of one length") from error
    except (RuntimeError, TypeError) as error:  # a tensor that needs gradients, or bfloat16
        raise TypeError(f"{name}: expected numbers that NumPy can hold ({error})") from error


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
    array = any_array(name, value)
    if array.dtype in FLOATS:
        return array
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name}: expected real numbers, got an array of dtype {array.dtype}")
    if array.dtype.itemsize > 8:
        raise TypeError(f"{name}: expected float64 or shorter, got an array of dtype {array.dtype}")
    if array.dtype.kind != "f":
        if array.size and max(int(array.max()), -int(array.min())) > 2**53:
            raise ValueError(f"{name}: expected integers that float64 can hold, up to 2**53")
        return array.astype(np.float64)
    array = array.astype(array.dtype.newbyteorder("="))
    return array.astype(np.float32) if array.dtype == np.float16 else array


def class_axes(z, axis):
    """Return the axes that hold the classes as a tuple of non-negative integers."""
    if axis is None:
        return tuple(range(z.ndim))
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    return normalize_axis_tuple([integer("axis", i) for i in axes], z.ndim, argname="axis")


def classes_last(z, axis, name="z"):
    """Return `z` as rows of classes, one per example, and the way back to its shape.

    The way back takes rows, or one number per row: then the class axes are gone. NumPy adds along
    a contiguous last axis pairwise, along another axis one by one; at a million classes the latter
    costs 50 to 180 units in the last place.
    """
    if z.ndim and z.shape[-1] and type(axis) is int and axis in (-1, z.ndim - 1):
        # already there: spare small inputs the detour

        def reshaped(values):
            return values.reshape(z.shape if values.ndim == 2 else z.shape[:-1])

        return np.asarray(z, order="C").reshape(-1, z.shape[-1]), reshaped

    axes = class_axes(z, axis)
    others = [i for i in range(z.ndim) if i not in axes]
    order = [*others, *axes]
    moved = np.asarray(z.transpose(order), order="C")
    leading = [z.shape[i] for i in others]
    num_classes = math.prod(z.shape[i] for i in axes)
    if num_classes == 0:
        raise ValueError(
            f"{name}: expected at least one class along axis {axis}, got shape {z.shape}"
        )

    def restore(values):
        if values.ndim == 1:
            return values.reshape(leading)
        return values.reshape(moved.shape).transpose([order.index(i) for i in range(z.ndim)])

    return moved.reshape(-1, num_classes), restore


def integer_array(name, labels):
    """Return `labels` as an array of integers; anything else, floats included, is a TypeError.

    >>> integer_array("target", [0.0, 1.0])
    Traceback (most recent call last):
        ...
    TypeError: target: class indices must be integers, got dtype float64
    """
    labels = any_array(name, labels)
    if labels.size and labels.dtype.kind not in "iu":
        raise TypeError(f"{name}: class indices must be integers, got dtype {labels.dtype}")
    return labels if labels.dtype.kind in "iu" else labels.astype(np.intp)


def class_indices(name, labels, num_classes):
    """Return `labels` as integers after checking that each names one of the classes.

    >>> class_indices("target", [0, 3], num_classes=3)
    Traceback (most recent call last):
        ...
    IndexError: target: label 3 at position (1,) is outside 0..2
    """
    labels = integer_array(name, labels)
    if labels.size and (labels.min() < 0 or labels.max() >= num_classes):
        wrong = (labels < 0) | (labels >= num_classes)
        where = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise IndexError(
            f"{name}: label {labels[where]} at position {where} is outside 0..{num_classes - 1}"
        )
    return labels.astype(np.intp, copy=False)


def distribution(name, p, axis=-1):
    """Return `p` as an array after checking that it is a distribution along `axis`.

    >>> distribution("p", [0.5, 0.4])
    Traceback (most recent call last):
        ...
    ValueError: p: probabilities must sum to 1 along axis -1, got 0.9
    """
    tolerance = 2e-3 if any_array(name, p).dtype.itemsize == 2 else 1e-5  # of float16: two eps
    p = probabilities(name, p)
    rows, restore = classes_last(p, axis, name)
    total = restore(rows.sum(axis=-1))
    if not np.allclose(total, 1, rtol=0, atol=tolerance):
        raise ValueError(f"{name}: probabilities must sum to 1 along axis {axis}, got {total}")
    return p


def probabilities(name, p):
    """Return `p` as an array after checking that every entry lies between 0 and 1.

    >>> probabilities("p", 1.2)
    Traceback (most recent call last):
        ...
    ValueError: p: probabilities must lie between 0 and 1, got 1.2..1.2
    """
    p = float_array(name, p)
    if p.size and not (p.min() >= 0 and p.max() <= 1):  # of nan neither is true
        raise ValueError(
            f"{name}: probabilities must lie between 0 and 1, got {p.min()}..{p.max()}"
        )
    return p


def integer(name, value):
    """Return `value` after checking that it is one integer.

    >>> integer("ignore_index", [0, 1])
    Traceback (most recent call last):
        ...
    TypeError: ignore_index: expected an integer, got [0, 1]
    """
    if isinstance(value, TRUTH_VALUES) or not isinstance(value, INTEGERS):
        raise TypeError(f"{name}: expected an integer, got {value!r}")
    return value


def flag(name, value):
    """Return `value` after checking that it is True or False.

    >>> flag("from_logits", "False")
    Traceback (most recent call last):
        ...
    TypeError: from_logits: expected True or False, got 'False'
    """
    if not isinstance(value, TRUTH_VALUES):
        raise TypeError(f"{name}: expected True or False, got {value!r}")
    return value


def real_number(name, value):
    """Return `value` as a Python number after checking that it is one real number.

    >>> real_number("gamma", "2")
    Traceback (most recent call last):
        ...
    TypeError: gamma: expected a number, got '2'
    """
    if isinstance(value, TRUTH_VALUES) or not isinstance(value, REAL_NUMBERS):
        raise TypeError(f"{name}: expected a number, got {value!r}")
    return float(value)


def fraction(name, value):
    """Return `value` as a Python number after checking that it lies between 0 and 1.

    >>> fraction("label_smoothing", -0.1)
    Traceback (most recent call last):
        ...
    ValueError: label_smoothing: expected a number between 0 and 1, got -0.1
    """
    value = real_number(name, value)
    if not 0 <= value <= 1:
        raise ValueError(f"{name}: expected a number between 0 and 1, got {value}")
    return value


def same_shape(name, array, other_name, other):
    """Return `array` after checking that it has the shape of the other: nothing is broadcast.

    >>> same_shape("target", np.ones((2, 1)), "logits", np.ones(2))
    Traceback (most recent call last):
        ...
    ValueError: target: expected the shape of logits, (2,), got (2, 1)
    """
    if array.shape != other.shape:
        raise ValueError(
            f"{name}: expected the shape of {other_name}, {other.shape}, got {array.shape}"
        )
    return array


def one_of(name, value, allowed):
    """Return `value` if it is one of the `allowed` words, else raise a ValueError that lists them.

    >>> one_of("reduction", "average", ("none", "mean", "sum"))
    Traceback (most recent call last):
        ...
    ValueError: reduction: expected 'none', 'mean' or 'sum', got 'average'
    """
    if isinstance(value, np.ndarray) or value not in allowed:
        *most, last = map(repr, allowed)
        raise ValueError(f"{name}: expected {', '.join(most)} or {last}, got {value!r}")
    return value


def log_probabilities(name, log_p):
    """Return `log_p` as an array after checking that no entry lies above 0, beyond rounding.

    >>> log_probabilities("log_probs", [0.25, 0.75])
    Traceback (most recent call last):
        ...
    ValueError: log_probs: expected logarithms of probabilities, none above 0, got 0.75
    """
    log_p = float_array(name, log_p)
    if (log_p > 1e-5).any():
        raise ValueError(
            f"{name}: expected logarithms of probabilities, none above 0, got {np.nanmax(log_p)}"
        )
    return log_p


def as_dtype(array, dtype):
    """Return `array` in `dtype`; a number too large for it becomes inf, without a warning."""
    with np.errstate(over="ignore"):
        return array.astype(dtype, copy=False)


def finite_weights(name, weight, dtype):
    """Return `weight` as an array of `dtype` after checking that every weight is finite.

    >>> finite_weights("weight", [1.0, np.inf], np.float64)
    Traceback (most recent call last):
        ...
    ValueError: weight: expected finite numbers, got inf
    """
    weight = as_dtype(float_array(name, weight), dtype)
    if not np.isfinite(weight).all():
        raise ValueError(f"{name}: expected finite numbers, got {weight[~np.isfinite(weight)][0]}")
    return weight


def upstream_array(upstream, shape, reduction, dtype):
    """Return `upstream`, one number or one per entry of the unreduced loss, as an array of `dtype`.

    >>> upstream_array([1.0, 2.0], (2,), "mean", np.float64)
    Traceback (most recent call last):
        ...
    ValueError: upstream: expected a number, got shape (2,)
    """
    upstream = as_dtype(float_array("upstream", upstream), dtype)
    if upstream.ndim and (reduction != "none" or upstream.shape != shape):
        raise ValueError(
            f"upstream: expected a number{f' or shape {shape}' * (reduction == 'none')}, "
            f"got shape {upstream.shape}"
        )
    return upstream
