"""Entropy and its relatives against SciPy, 50 digits, and their own laws."""

import mpmath
import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import cross_entropy, entropy, perplexity, xlogy

PROPERTY = settings(max_examples=100, deadline=None, derandomize=True)
INF, NAN = np.inf, np.nan


@st.composite
def pairs(draw):
    """Draw two distributions of one shape and dtype, some entries 0, and their axis."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    batch = draw(st.sampled_from([(), (3,), (2, 3), (0,)]))
    alpha = np.full(draw(st.integers(1, 6)), draw(st.sampled_from([0.05, 1.0, 50.0])))
    p, q = (rng.dirichlet(alpha, batch).astype(dtype) for _ in range(2))
    axis = draw(st.integers(-p.ndim, p.ndim - 1))
    return np.moveaxis(p, -1, axis), np.moveaxis(q, -1, axis), axis


@PROPERTY
@given(pairs(), st.sampled_from([None, 2, 10]))
def test_agrees_with_scipy(pair, base):
    p, q, axis = pair
    tolerance = {"rtol": 20 * np.finfo(p.dtype).eps, "atol": 4 * np.finfo(p.dtype).eps}
    per_unit = 1 if base is None else np.log(base)
    theirs = scipy.special.entr(p).sum(axis=axis) / per_unit
    np.testing.assert_allclose(entropy(p, axis, base), theirs, **tolerance)
    theirs = -scipy.special.xlogy(p, q).sum(axis=axis) / per_unit
    np.testing.assert_allclose(cross_entropy(p, q, axis, base), theirs, **tolerance)
    np.testing.assert_allclose(xlogy(p, q), scipy.special.xlogy(p, q), **tolerance)
    assert entropy(p, axis).dtype == p.dtype


@PROPERTY
@given(pairs())
def test_the_laws_of_gibbs_and_of_the_uniform(pair):
    """H(P, Q) >= H(P), and 0 <= H(P) <= ln K, up to rounding."""
    p, q, axis = pair
    slack = 1e-5 if p.dtype == np.float32 else 1e-12  # rounding of p: its sum is not quite 1
    assert (cross_entropy(p, q, axis) >= entropy(p, axis) - slack).all()
    assert (entropy(p, axis) >= 0).all()
    assert (entropy(p, axis) <= np.log(p.shape[axis]) + slack).all()


@pytest.mark.parametrize(
    "p, q",
    [
        ([0.2, 0.5, 0.3], [0.6, 0.3, 0.1]),
        ([1e-300, 1.0], [0.5, 0.5]),
        ([1.0, 1e-300], [1e-300, 1.0]),
        ([0.5, 0.5], [1e-320, 1.0]),
        (np.full(1000, 1e-3), np.full(1000, 1e-3)),
    ],
)
def test_good_to_four_units_against_50_digits(p, q):
    with mpmath.workdps(50):
        truth = -mpmath.fsum(
            mpmath.mpf(a) * mpmath.log(mpmath.mpf(b)) for a, b in zip(p, q, strict=True)
        )
        assert abs(mpmath.mpf(float(cross_entropy(p, q))) - truth) <= 4 * 2.0**-52 * truth


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_hundred_thousand_outcomes_along_axis_0_lose_nothing(dtype):
    """The sum runs over neighbours in memory, as in softmax."""
    p = np.random.default_rng(0).dirichlet(np.full(100_000, 2.0), 3).T.astype(dtype, order="C")
    truth = [scipy.special.entr(column.astype(float)).sum() for column in p.T]
    np.testing.assert_allclose(entropy(p, axis=0), truth, rtol=4 * np.finfo(dtype).eps)


def test_a_million_outcomes_along_axis_0_are_a_distribution_in_float32():
    p = np.full((1_000_000, 2), 1e-6, np.float32)
    np.testing.assert_allclose(entropy(p, axis=0), np.log(1e6), rtol=1e-6)


@pytest.mark.parametrize("base, unit", [(None, np.log(2)), (2, 1.0), (4, 0.5)])
def test_a_fair_coin(base, unit):
    assert entropy([0.5, 0.5], base=base) == pytest.approx(unit, rel=1e-15)
    assert cross_entropy([0.5, 0.5], [0.25, 0.75], base=base) == pytest.approx(
        1.20752 * unit, rel=1e-5
    )


def test_a_certain_outcome_has_no_entropy_and_no_sign():
    assert str(entropy([0.0, 1.0])) == "0.0"  # not -0.0


def test_an_outcome_that_the_model_excludes_costs_infinity():
    assert cross_entropy([0.5, 0.5], [0.0, 1.0]) == INF
    assert cross_entropy([0.0, 1.0], [0.0, 1.0]) == 0  # unless it never happens


@pytest.mark.parametrize("axis, shape", [(0, (3,)), (1, (2,)), (-1, (2,))])
def test_one_axis_is_summed_away(axis, shape):
    p = np.ones((2, 3)) / (2, 3)[axis]
    np.testing.assert_allclose(entropy(p, axis), np.full(shape, np.log((2, 3)[axis])))


@pytest.mark.parametrize("axis", [(0, 1), None])
def test_several_axes_are_one_distribution(axis):
    assert entropy(np.full((2, 3), 1 / 6), axis) == pytest.approx(np.log(6))


@pytest.mark.parametrize(
    "x, y, expected",
    [
        (0, 0, 0),
        (0, INF, 0),
        (0, -1, 0),
        (0, NAN, NAN),
        (2, 0, -INF),
        (2, np.e, 2),
        (NAN, 1, NAN),
        (1, -1, NAN),
    ],
)
def test_xlogy_at_the_edge(x, y, expected):
    assert xlogy(x, y) == pytest.approx(expected, nan_ok=True)
    assert scipy.special.xlogy(x, y) == pytest.approx(expected, nan_ok=True)


def test_xlogy_broadcasts():
    assert xlogy(np.ones((2, 1)), np.ones(3)).shape == (2, 3)


def test_one_number_is_a_number_not_an_array():
    for value in (xlogy(2.0, 3.0), entropy([0.5, 0.5]), perplexity(2.0)):
        assert isinstance(value, np.floating)


@pytest.mark.parametrize("classes", [1, 2, 10, 50257])
def test_the_perplexity_of_a_uniform_guess_is_the_number_of_classes(classes):
    assert perplexity(np.log(classes)) == pytest.approx(classes, rel=1e-14)


def test_the_perplexity_of_several_losses():
    assert perplexity([0.0, np.log(2)]) == pytest.approx([1, 2])


def test_the_input_is_only_read():
    p = np.array([0.2, 0.5, 0.3, 0.0])
    p.setflags(write=False)
    entropy(p), cross_entropy(p, p), perplexity(p), xlogy(p, p)


@pytest.mark.parametrize(
    "p, q, axis, error, message",
    [
        ([0.5, -0.5], None, -1, ValueError, r"^p: probabilities .* between 0 and 1, got -0.5..0.5"),
        ([0.5, 1.5], None, -1, ValueError, r"^p: probabilities .* between 0 and 1, got 0.5..1.5"),
        ([0.5, NAN], None, -1, ValueError, r"^p: .* got nan"),
        ([0.5, 0.4], None, -1, ValueError, "^p: .* must sum to 1 along axis -1, got 0.9"),
        ([[0.5, 0.5]], None, 0, ValueError, r"^p: .* sum to 1 along axis 0, got \[0.5 0.5\]"),
        ([], None, -1, ValueError, "^p: expected at least one class"),
        ("p", None, -1, TypeError, "^p: expected real numbers"),
        ([0.5, 0.5], None, 1, ValueError, "^axis: axis 1 is out of bounds"),
        (1.0, None, -1, ValueError, "^axis: "),
        ([0.5, 0.5], [0.5, 0.6], -1, ValueError, "^q: probabilities must sum to 1"),
        ([0.5, 0.5], [1.5, -0.5], -1, ValueError, "^q: probabilities must lie between"),
        ([0.5, 0.5], [[0.5, 0.5]], -1, ValueError, r"^q: .* shape of p, \(2,\), got \(1, 2\)"),
        ([0.5, 0.5], [1.0], -1, ValueError, r"^q: .* shape of p, \(2,\), got \(1,\)"),
        ([0.5, 0.5], "q", -1, TypeError, "^q: expected real numbers"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_name(p, q, axis, error, message):
    with pytest.raises(error, match=message):
        entropy(p, axis) if q is None else cross_entropy(p, q, axis)


def test_words_are_refused():
    with pytest.raises(TypeError, match=r"^cross_entropy: expected real numbers"):
        perplexity("low")
    with pytest.raises(TypeError, match=r"^y: expected real numbers"):
        xlogy(1.0, "y")
