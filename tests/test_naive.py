"""The naive formulas are right where they are right, and fail where their docstrings say."""

import re
import warnings

import numpy as np
import pytest

from lib import log_softmax, naive_log_softmax, naive_softmax, softmax

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def first(fails, low, high):
    """Return the first float that fails between a `low` that does not and a `high` that does."""
    assert not fails(low)
    assert fails(high)
    while np.nextafter(low, high) != high:
        middle = low + (high - low) / 2
        low, high = (low, middle) if fails(middle) else (middle, high)
    return high


def test_bisection_finds_the_first_number_that_fails():
    assert first(lambda x: x >= np.float32(0.3), np.float32(0), np.float32(1)) == np.float32(0.3)
    with pytest.raises(AssertionError):
        first(lambda x: False, 0.0, 1.0)


@DTYPES
def test_right_on_moderate_scores(dtype):
    z = np.random.default_rng(0).normal(0, 3, (20, 7)).astype(dtype)
    rtol = 30 * np.finfo(dtype).eps
    np.testing.assert_allclose(naive_softmax(z), softmax(z), rtol=rtol)
    np.testing.assert_allclose(naive_log_softmax(z), log_softmax(z), rtol=10 * rtol, atol=rtol)


@pytest.mark.parametrize(
    "dtype, stated",
    [(np.float64, "from z = 709.78 up in float64"), (np.float32, "88.72 in float32")],
)
@pytest.mark.parametrize("naive", [naive_softmax, naive_log_softmax])
def test_the_first_nan_is_where_the_docstring_says(naive, dtype, stated):
    def is_nan(x):
        return np.isnan(naive(np.array([x, 0], dtype))[0])

    assert stated in naive_softmax.__doc__
    threshold = first(is_nan, dtype(0), dtype(1000))
    assert_prefix(threshold, re.search(r"\d+\.\d+", stated).group())
    assert threshold == first(lambda x: np.isinf(quiet_exp(x)), dtype(0), dtype(1000))


def test_zero_over_zero_is_where_the_docstring_says():
    def is_nan(x):
        return np.isnan(naive_softmax(np.array([-x, -x]))).all()

    assert "every score is below -745.13" in naive_softmax.__doc__
    assert_prefix(first(is_nan, 0.0, 1000.0), "745.13")


@pytest.mark.parametrize("dtype, stated", [(np.float64, "745.13"), (np.float32, "103.97")])
def test_the_logarithm_is_infinite_once_the_probability_is_zero(dtype, stated):
    def is_infinite(x):
        return np.isinf(naive_log_softmax(np.array([-x, 0], dtype))[0])

    assert_prefix(first(is_infinite, dtype(0), dtype(1000)), stated)


def test_the_book_opens_with_this():
    np.testing.assert_array_equal(naive_softmax(np.array([1000.0, 0.0, -1000.0])), [np.nan, 0, 0])


def test_they_fail_in_silence():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        naive_log_softmax(np.array([[1000.0, 0.0], [-1000.0, -1000.0], [0.0, -1000.0]]))


def assert_prefix(threshold, printed):
    """The printed digits are the first digits of the threshold."""
    assert str(threshold).startswith(printed)


def quiet_exp(x):
    with np.errstate(over="ignore"):
        return np.exp(x)
