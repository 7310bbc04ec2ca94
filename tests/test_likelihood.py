"""The likelihood as a loss, against SciPy's distributions, and its maximum against every rival."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import bernoulli_nll, categorical_nll, fit_categorical

PROPERTY = settings(max_examples=60, deadline=None, derandomize=True)


@PROPERTY
@given(st.floats(1e-9, 1 - 1e-9), st.lists(st.integers(0, 1), min_size=1, max_size=20))
def test_bernoulli_agrees_with_scipy(p, outcomes):
    theirs = -scipy.stats.bernoulli(p).logpmf(outcomes)
    np.testing.assert_allclose(bernoulli_nll(p, outcomes, reduction="none"), theirs, rtol=1e-12)
    np.testing.assert_allclose(bernoulli_nll(p, outcomes), theirs.mean(), rtol=1e-12)
    np.testing.assert_allclose(
        bernoulli_nll(p, outcomes, reduction="sum"), theirs.sum(), rtol=1e-12
    )


def test_bernoulli_keeps_the_digits_of_a_near_certain_outcome():
    assert bernoulli_nll(1e-20, 0) == 1e-20
    assert bernoulli_nll(np.float32(1e-20), 0) == np.float32(1e-20)


def test_bernoulli_at_the_ends():
    assert bernoulli_nll(1.0, [1, 1]) == 0
    assert bernoulli_nll(0.0, [0, 1]) == np.inf
    assert np.isnan(bernoulli_nll(0.5, []))


def test_one_probability_per_outcome():
    got = bernoulli_nll([0.9, 0.2], [1, 0], reduction="none")
    np.testing.assert_allclose(got, -np.log([0.9, 0.8]), rtol=1e-15)


@PROPERTY
@given(st.lists(st.integers(0, 3), min_size=1, max_size=30), st.integers(0, 2**32 - 1))
def test_frequencies_are_the_most_likely_distribution(labels, seed):
    """No other distribution makes the labels likelier: Gibbs' inequality, by trial."""
    best = fit_categorical(labels, 4)
    rivals = np.random.default_rng(seed).dirichlet(np.ones(4), size=50)
    costs = [categorical_nll(rival, labels) for rival in rivals]
    assert categorical_nll(best, labels) <= min(costs)
    assert best.sum() == pytest.approx(1, abs=1e-15)


def test_categorical_with_one_row_each():
    probs = np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])
    assert categorical_nll(probs, [0, 2]) == pytest.approx(-np.log([0.5, 0.8]).mean(), rel=1e-15)


def test_an_unseen_class_costs_inf():
    assert categorical_nll(fit_categorical([0, 1], 3), [2]) == np.inf


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: bernoulli_nll(1.5, [1]), ValueError, "p: probabilities must lie.*1.5"),
        (lambda: bernoulli_nll(np.nan, [1]), ValueError, "p: probabilities must lie"),
        (lambda: bernoulli_nll(0.5, [2]), ValueError, "outcomes: expected 0 and 1 only, got .2."),
        (lambda: bernoulli_nll(0.5, [0.5]), ValueError, "outcomes: expected 0 and 1 only"),
        (lambda: bernoulli_nll([0.5, 0.5], [1]), ValueError, r"p: expected .*\(1,\), got .*\(2,\)"),
        (lambda: bernoulli_nll(0.5, [1], reduction="avg"), ValueError, "reduction: .*'avg'"),
        (lambda: categorical_nll([0.5, 0.4], [0]), ValueError, "probs: .*sum to 1.*0.9"),
        (lambda: categorical_nll([0.5, 0.5], 0), ValueError, r"labels: expected shape \(N,\)"),
        (lambda: categorical_nll([0.5, 0.5], [2]), IndexError, "label 2 .* outside 0..1"),
        (
            lambda: categorical_nll([0.5, 0.5], [0.0]),
            TypeError,
            "must be integers, got dtype float",
        ),
        (lambda: categorical_nll([[0.5, 0.5]], [0, 1]), ValueError, r"probs: expected shape"),
        (lambda: fit_categorical([], 2), ValueError, "labels: expected .* at least 1"),
        (lambda: fit_categorical([[0]], 2), ValueError, "labels: expected shape"),
        (lambda: fit_categorical([0, 2], 2), IndexError, "labels: label 2 .* outside 0..1"),
        (lambda: fit_categorical([0.0], 2), TypeError, "labels: class indices must be integers"),
    ],
)
def test_bad_input_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()
