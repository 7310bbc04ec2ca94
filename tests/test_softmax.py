"""Softmax and its relatives against SciPy, PyTorch and 50 digits, on easy and on hard scores."""

import math

import mpmath
import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lib import log_softmax, logsumexp, sigmoid, softmax

PROPERTY = settings(max_examples=150, deadline=None, derandomize=True)
DTYPES = [np.float32, np.float64]
ALONG_AN_AXIS = [softmax, log_softmax, logsumexp]


# --- against SciPy and PyTorch ------------------------------------------------------------------


@st.composite
def scores_and_axis(draw):
    """Draw scores of any shape and dtype, sometimes far from 0, and an int, tuple or None axis."""
    dtype = draw(st.sampled_from(DTYPES))
    shape = draw(hnp.array_shapes(max_dims=4, max_side=5))
    offset = draw(st.sampled_from([0, 60, 1e4, -1e4]))
    z = draw(hnp.arrays(dtype, shape, elements=st.floats(-30, 30, width=32)))
    one_axis = st.integers(-z.ndim, z.ndim - 1)
    axis = draw(st.none() | one_axis | st.sets(st.integers(0, z.ndim - 1), min_size=1).map(tuple))
    return z + dtype(offset), axis


def assert_close(ours, theirs, dtype):
    """Compare within what the other library loses: it takes the log of a sum that is close to 1."""
    eps = np.finfo(dtype).eps
    assert ours.dtype == dtype
    np.testing.assert_allclose(ours, theirs, rtol=100 * eps, atol=4 * eps)


@PROPERTY
@given(scores_and_axis())
def test_agrees_with_scipy(z_and_axis):
    z, axis = z_and_axis
    assert_close(softmax(z, axis), scipy.special.softmax(z, axis), z.dtype)
    assert_close(log_softmax(z, axis), scipy.special.log_softmax(z, axis), z.dtype)
    assert_close(logsumexp(z, axis), scipy.special.logsumexp(z, axis), z.dtype)


@PROPERTY
@given(scores_and_axis())
def test_agrees_with_torch(z_and_axis):
    z, axis = z_and_axis
    tensor = torch.from_numpy(z)
    dims = tuple(range(z.ndim)) if axis is None else axis
    ours = logsumexp(z, axis, keepdims=True)
    assert_close(ours, torch.logsumexp(tensor, dims, keepdim=True), z.dtype)
    if isinstance(axis, int):
        assert_close(softmax(z, axis), torch.softmax(tensor, axis), z.dtype)
        assert_close(log_softmax(z, axis), torch.log_softmax(tensor, axis), z.dtype)
    assert_close(sigmoid(z), torch.sigmoid(tensor), z.dtype)


@PROPERTY
@given(scores_and_axis())
def test_properties_that_need_no_second_implementation(z_and_axis):
    z, axis = z_and_axis
    eps = np.finfo(z.dtype).eps
    p, axes = softmax(z, axis), tuple(range(z.ndim)) if axis is None else axis
    np.testing.assert_allclose(p.sum(axes), 1, rtol=20 * eps)
    assert (log_softmax(z, axis) <= 0).all()
    assert (logsumexp(z, axis) >= z.max(axes)).all()


@PROPERTY
@given(st.lists(st.integers(-99, 99), min_size=1), st.integers(-99, 99))
def test_the_same_number_added_to_every_score_changes_no_bit(eighths, offset):
    """With scores in eighths the sums are exact, so that only the shift itself could lose a bit."""
    z = np.array(eighths) / 8
    np.testing.assert_array_equal(softmax(z + offset), softmax(z))
    np.testing.assert_array_equal(log_softmax(z + offset), log_softmax(z))


# --- against 50 digits --------------------------------------------------------------------------

ROWS = {
    "plain": [1.0, 2.0, 0.5],
    "one class": [3.7],
    "tie": [1.5, 1.5],
    "three equal of four": [2.0, 2.0, 2.0, -1.0],
    "nearly a tie": [1.0, 1.0 + 1e-6],
    "gap 40": [0.0, 40.0],
    "gap 80": [0.25, 80.5, -3.0],
    "gap 585": [0.5, 585.5],
    "gap 700": [0.0, 700.0, 699.0],
    "offset 1e4": [10001.0, 10002.0, 10000.5],
    "offset -1e4": [-10001.0, -10002.0, -10000.5, -10040.25],
    "far apart": [1000.0, 0.0, -1000.0],
    "subnormal in float64": [0.0, 720.5, -10.0],
    "subnormal in float32": [0.0, 95.5],
    "sum of exponentials near 1": [-0.32, -1.22],
    "a hundred": list(np.random.default_rng(0).normal(0, 5, 100)),
    "a hundred, spread": list(np.random.default_rng(1).normal(0, 60, 100)),
}
HARD = pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
IN_BOTH_DTYPES = pytest.mark.parametrize("dtype", DTYPES)


def exact(z):
    """Return softmax, log-softmax and log-sum-exp of the very numbers in `z`, in 50 digits.

    The log-probability of a class is minus the log1p of the others' odds against it, so that 50
    digits are left at the maximum too, where log p is as small as exp(-700).
    """
    with mpmath.workdps(50):
        z = [mpmath.mpf(float(entry)) for entry in z]
        log_p = [
            -mpmath.log1p(mpmath.fsum(mpmath.exp(b - a) for k, b in enumerate(z) if k != i))
            for i, a in enumerate(z)
        ]
        return [mpmath.exp(entry) for entry in log_p], log_p, z[0] - log_p[0]


def allowed(z):
    """Return the error law per score: (4 + gap/2) eps; the gap of the maximum is to the next."""
    descending = np.sort(z.astype(float))[::-1]
    gap = descending[0] - z.astype(float)
    gap[z.argmax()] = descending[0] - descending[1] if len(z) > 1 else 0
    return (4 + gap / 2) * np.finfo(z.dtype).eps


def assert_within(ours, truth, relative):
    """Compare entry by entry; where the truth is subnormal, two of its steps are granted."""
    step = np.finfo(ours.dtype).smallest_subnormal
    for got, true, bound in zip(ours, truth, relative, strict=True):
        with mpmath.workdps(50):
            error = abs(mpmath.mpf(float(got)) - true)
            assert error <= float(bound) * abs(true) + 2 * float(step), (got, true)


@HARD
@IN_BOTH_DTYPES
def test_softmax_obeys_the_error_law(row, dtype):
    z = np.array(row, dtype)
    assert_within(softmax(z), exact(z)[0], allowed(z))


@HARD
@IN_BOTH_DTYPES
def test_log_softmax_obeys_the_error_law(row, dtype):
    z = np.array(row, dtype)
    assert_within(log_softmax(z), exact(z)[1], allowed(z))


@HARD
@IN_BOTH_DTYPES
def test_logsumexp_is_good_to_a_few_units_of_the_larger_of_result_and_maximum(row, dtype):
    z = np.array(row, dtype)
    ours, truth = float(logsumexp(z)), exact(z)[2]
    assert abs(ours - truth) <= 3 * np.finfo(dtype).eps * max(abs(float(truth)), abs(z.max()))


@pytest.mark.parametrize("below", [0.5, 40.0, 87.0, 700.0])
@IN_BOTH_DTYPES
def test_logsumexp_keeps_every_digit_where_the_maximum_is_zero(below, dtype):
    """Of scores (0, -below) it is log1p(exp(-below)), small but not 0; a log of the sum gives 0."""
    z = np.array([0.0, -below], dtype)
    assert_within(
        logsumexp(z, keepdims=True), [exact(z)[2]], [(4 + below / 2) * np.finfo(dtype).eps]
    )


def test_the_error_law_catches_the_logarithm_of_a_sum_close_to_one():
    z = np.array(ROWS["gap 40"])
    shifted = z - z.max()
    with pytest.raises(AssertionError):
        assert_within(shifted - np.log(np.exp(shifted).sum()), exact(z)[1], allowed(z))


@pytest.mark.parametrize("x", [-744.0, -710.0, -300.0, -37.0, -1.0, -1e-9, 0.0, 1.5, 37.0, 800.0])
@IN_BOTH_DTYPES
def test_sigmoid_is_good_to_four_units(x, dtype):
    x = dtype(x)
    with mpmath.workdps(50):
        truth = 1 / (1 + mpmath.exp(-mpmath.mpf(float(x))))
    assert_within(sigmoid(np.array([x])), [truth], [4 * np.finfo(dtype).eps])


def many_classes(dtype):
    """Return 100 000 scores along axis 0, softmax and its log in float64, and the error law."""
    z = np.random.default_rng(0).normal(size=(100_000, 3)).astype(dtype)
    total = [math.fsum(column) for column in np.exp(z.T.astype(float))]
    gap = z.max(axis=0) - z
    p = np.exp(z.astype(float)) / total
    return z, p, z - np.log(total), (5 + gap / 2) * np.finfo(dtype).eps  # 1 eps for the reference


@IN_BOTH_DTYPES
def test_a_hundred_thousand_classes_along_axis_0_keep_the_law(dtype):
    z, p, log_p, law = many_classes(dtype)
    assert (abs(softmax(z, axis=0) / p - 1) <= law).all()
    assert (abs(log_softmax(z, axis=0) / log_p - 1) <= law).all()


@IN_BOTH_DTYPES
def test_a_sum_along_axis_0_would_break_the_law(dtype):
    """NumPy adds along a non-contiguous axis one by one; hence the move to the last axis."""
    z, p, _, law = many_classes(dtype)
    e = np.exp(z)
    assert (abs(e / e.sum(axis=0) / p - 1) > law).any()


def test_a_sure_answer_still_costs_something():
    """Scores [0, 40]: the second costs 4.2e-18, where subtracting logarithms gives 0."""
    assert f"{-log_softmax([0.0, 40.0])[1]:.2g}" == "4.2e-18"


# --- infinities, nan ----------------------------------------------------------------------------

INF, NAN = np.inf, np.nan
AT_THE_EDGE = {
    "a mask": ([1.0, -INF, 1.0], [0.5, 0.0, 0.5], 1 + np.log(2)),
    "all but one masked": ([-INF, 3.0], [0.0, 1.0], 3.0),
    "nothing left": ([-INF, -INF], [NAN, NAN], -INF),
    "one class, masked": ([-INF], [NAN], -INF),
    "plus infinity": ([0.0, INF], [NAN, NAN], INF),
    "plus infinity beside a large score": ([1000.0, INF], [NAN, NAN], INF),
    "two infinities": ([INF, INF, -INF], [NAN, NAN, NAN], INF),
    "nan": ([0.0, NAN, 1.0], [NAN, NAN, NAN], NAN),
    "nan beside infinity": ([INF, NAN], [NAN, NAN], NAN),
}


@pytest.mark.parametrize("z, p, total", AT_THE_EDGE.values(), ids=AT_THE_EDGE.keys())
@IN_BOTH_DTYPES
def test_infinite_scores_and_nan(z, p, total, dtype):
    z = np.array(z, dtype)
    with np.errstate(divide="ignore"):
        log_p = np.log(p)
    np.testing.assert_allclose(softmax(z), p, rtol=1e-6)
    np.testing.assert_allclose(log_softmax(z), log_p, rtol=1e-6)
    np.testing.assert_allclose(logsumexp(z), total, rtol=1e-6)
    tensor = torch.from_numpy(z)
    np.testing.assert_allclose(softmax(z), torch.softmax(tensor, 0), rtol=1e-6)
    np.testing.assert_allclose(log_softmax(z), torch.log_softmax(tensor, 0), rtol=1e-6)
    np.testing.assert_allclose(logsumexp(z), torch.logsumexp(tensor, 0), rtol=1e-6)


def test_one_bad_row_leaves_the_others_alone():
    p = softmax([[0.0, 0.0], [NAN, 0.0], [-INF, -INF], [INF, 0.0]])
    np.testing.assert_array_equal(p[0], [0.5, 0.5])
    assert np.isnan(p[1:]).all()


def test_sigmoid_of_infinities_and_nan():
    np.testing.assert_array_equal(sigmoid([-INF, INF, NAN]), [0, 1, NAN])


# --- shapes, dtypes, inputs ---------------------------------------------------------------------


@pytest.mark.parametrize("function", [*ALONG_AN_AXIS, sigmoid])
def test_float16_is_computed_and_returned_in_float32(function):
    z = np.array([1.0, 2.0, 0.5], np.float16)
    assert function(z).dtype == np.float32
    np.testing.assert_array_equal(function(z), function(z.astype(np.float32)))


@pytest.mark.parametrize("function", [*ALONG_AN_AXIS, sigmoid])
@pytest.mark.parametrize("z", [[1, 2, 0], (1, 2, 0), np.array([1, 2, 0], np.uint8)])
def test_lists_and_integers_become_float64(function, z):
    assert function(z).dtype == np.float64
    np.testing.assert_array_equal(function(z), function(np.array([1.0, 2.0, 0.0])))


@pytest.mark.parametrize("function", [*ALONG_AN_AXIS, sigmoid])
def test_the_input_is_only_read(function):
    z = np.array([[1.0, 2.0, 0.5], [1000.0, -INF, 0.0]])
    z.setflags(write=False)
    before = z.copy()
    function(z)
    np.testing.assert_array_equal(z, before)


@pytest.mark.parametrize("function", [softmax, log_softmax])
def test_the_result_can_be_written_to_without_touching_the_input(function):
    z = np.zeros((2, 3))
    function(z, axis=0)[...] = 7
    assert (z == 0).all()


@pytest.mark.parametrize("axis", [0, 1, -1, (0, 2), (2, 0), (0, 1, 2), None])
@pytest.mark.parametrize("keepdims", [False, True])
def test_logsumexp_has_the_shape_of_a_numpy_sum(axis, keepdims):
    z = np.zeros((2, 3, 4))
    expected = z.sum(axis=axis, keepdims=keepdims).shape
    assert logsumexp(z, axis, keepdims).shape == expected


@pytest.mark.parametrize("value", [logsumexp([1.0, 2.0]), sigmoid(1.0)])
def test_one_number_is_a_number_not_an_array(value):
    assert isinstance(value, np.floating)
    assert round(value, 1) > 0


@pytest.mark.parametrize("function", [softmax, log_softmax])
def test_several_axes_are_one_set_of_classes(function):
    z = np.arange(24.0).reshape(2, 3, 4)
    together = function(z.transpose(1, 0, 2).reshape(3, 8)).reshape(3, 2, 4).transpose(1, 0, 2)
    np.testing.assert_allclose(function(z, axis=(0, 2)), together, rtol=1e-14)


@pytest.mark.parametrize("function", ALONG_AN_AXIS)
def test_no_examples_is_no_error(function):
    assert function(np.zeros((0, 3))).shape[0] == 0


@pytest.mark.parametrize("function", ALONG_AN_AXIS)
@pytest.mark.parametrize(
    "z, axis, error, message",
    [
        (["cat", "dog"], -1, TypeError, "^z: expected real numbers, got an array of dtype <U3"),
        ([True, False], -1, TypeError, "^z: expected real numbers, got .* bool"),
        ([1 + 2j], -1, TypeError, "^z: expected real numbers, got .* complex128"),
        ([None, 1.0], -1, TypeError, "^z: expected real numbers, got .* object"),
        ([[1.0], [1.0, 2.0]], -1, ValueError, "^z: expected rows of one length"),
        ([], -1, ValueError, r"^z: expected at least one class along axis -1, got shape \(0,\)"),
        (np.zeros((2, 0)), 1, ValueError, r"^z: expected at least one class .* shape \(2, 0\)"),
        ([1.0], 1, ValueError, "^axis: axis 1 is out of bounds for array of dimension 1"),
        ([1.0], -2, ValueError, "^axis: axis -2 is out of bounds"),
        (1.0, -1, ValueError, "^axis: axis -1 is out of bounds for array of dimension 0"),
        ([[1.0]], (0, 0), ValueError, "repeated axis in `axis`"),
    ],
)
def test_bad_input_is_refused_by_name(function, z, axis, error, message):
    with pytest.raises(error, match=message):
        function(z, axis)


def test_sigmoid_refuses_words():
    with pytest.raises(TypeError, match=r"^x: expected real numbers, got .* <U3"):
        sigmoid(["cat"])
