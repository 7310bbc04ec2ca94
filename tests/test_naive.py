"""The naive formulas are right where they are right, and fail where their docstrings say."""

import re
import warnings

import numpy as np
import pytest

from lib import (
    log_sigmoid,
    log_softmax,
    logsumexp,
    naive_binary_cross_entropy_with_logits,
    naive_log_softmax,
    naive_logsumexp,
    naive_sigmoid,
    naive_softmax,
    sigmoid,
    softmax,
)

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
    np.testing.assert_allclose(naive_logsumexp(z), logsumexp(z), rtol=rtol, atol=rtol)
    np.testing.assert_allclose(naive_sigmoid(z), sigmoid(z), rtol=rtol)
    for y in (0, 1):
        naive = naive_binary_cross_entropy_with_logits(z, np.full(z.shape, y))
        exact = -log_sigmoid(z if y else -z)
        np.testing.assert_allclose(naive, exact, rtol=10 * rtol, atol=rtol)
    soft = np.array(0.3, dtype)
    naive = naive_binary_cross_entropy_with_logits(z, soft)
    exact = -soft * log_sigmoid(z) - (1 - soft) * log_sigmoid(-z)
    np.testing.assert_allclose(naive, exact, rtol=10 * rtol, atol=rtol)
    assert naive.dtype == naive_logsumexp(z).dtype == naive_sigmoid(z).dtype == dtype


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


# Each failure: the function, its result at x > 0, and the sentence in its docstring.
STATED = [
    (
        lambda x: np.isinf(naive_logsumexp(np.array([x, 0 * x]))),
        naive_logsumexp,
        "inf from z = {} up in float64 ({} in float32)",
    ),
    (
        lambda x: naive_logsumexp(np.array([-x, -x])) == -np.inf,
        naive_logsumexp,
        "-inf where every score is below -{} (-{})",
    ),
    (
        lambda x: naive_logsumexp(np.array([0 * x, -x])) == 0,
        naive_logsumexp,
        "it is 0 from x = {} up ({})",
    ),
    (
        lambda x: naive_sigmoid(-x) == 0,
        naive_sigmoid,
        "0 from x = -{} down in float64 (-{} in float32)",
    ),
    (lambda x: naive_sigmoid(x) == 1, naive_sigmoid, "From x = {} up ({}) it is 1"),
    *(
        (
            lambda x, y=y: not np.isfinite(naive_binary_cross_entropy_with_logits(x, y)),
            naive_binary_cross_entropy_with_logits,
            "from x = {} up in float64 ({} in float32)",
        )
        for y in (0, 1)
    ),
    *(
        (
            lambda x, y=y: not np.isfinite(naive_binary_cross_entropy_with_logits(-x, y)),
            naive_binary_cross_entropy_with_logits,
            "from x = -{} down (-{})",
        )
        for y in (0, 1)
    ),
]


@pytest.mark.parametrize("fails, naive, sentence", STATED)
def test_each_failure_begins_where_the_docstring_says(fails, naive, sentence):
    thresholds = [first(fails, dtype(0.25), dtype(1000)) for dtype in (np.float64, np.float32)]
    said = " ".join(naive.__doc__.split())
    assert sentence.format(*(f"{threshold:.2f}" for threshold in thresholds)) in said


@DTYPES
@pytest.mark.parametrize("x", [100, -800])
def test_the_two_ways_in_which_the_loss_fails(dtype, x):
    """Infinity for the wrong answer, nan for the right one; the true losses are |x| and about 0."""
    right = int(x > 0)
    loss = naive_binary_cross_entropy_with_logits(
        np.full(2, x, dtype), np.array([right, 1 - right])
    )
    np.testing.assert_array_equal(loss, [np.nan, np.inf])


def test_where_the_naive_sigmoid_is_0_the_value_is_still_a_number():
    assert naive_sigmoid(-720.0) == 0 < sigmoid(-720.0)


def test_lists_will_do():
    assert naive_logsumexp([0.0, 0.0]) == np.log(2)
    assert naive_sigmoid([0.0]) == [0.5]
    assert naive_binary_cross_entropy_with_logits([0.0], [1]) == [np.log(2)]


def test_the_book_opens_with_this():
    np.testing.assert_array_equal(naive_softmax(np.array([1000.0, 0.0, -1000.0])), [np.nan, 0, 0])


def test_they_fail_in_silence():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        z = np.array([[1000.0, 0.0], [-1000.0, -1000.0], [0.0, -1000.0]])
        naive_log_softmax(z), naive_logsumexp(z), naive_sigmoid(z)
        naive_binary_cross_entropy_with_logits(z, 0 * z)
        naive_binary_cross_entropy_with_logits(z, 0 * z + 1)


def assert_prefix(threshold, printed):
    """The printed digits are the first digits of the threshold."""
    assert str(threshold).startswith(printed)


def quiet_exp(x):
    with np.errstate(over="ignore"):
        return np.exp(x)
