"""Entropy and its relatives against SciPy, 50 digits, and their own laws."""

import mpmath
import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import (
    cross_entropy,
    entropy,
    js_divergence,
    kl_divergence,
    mutual_information,
    perplexity,
    softmax,
    surprisal,
    xlogy,
)

PROPERTY = settings(max_examples=100, deadline=None, derandomize=True)
INF, NAN = np.inf, np.nan
DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])


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
    theirs = scipy.special.kl_div(p, q).sum(axis=axis) / per_unit
    np.testing.assert_allclose(kl_divergence(p, q, axis, base), theirs, **tolerance)
    m = (p + q) / 2
    theirs = (scipy.special.kl_div(p, m) + scipy.special.kl_div(q, m)).sum(axis=axis) / 2
    np.testing.assert_allclose(js_divergence(p, q, axis, base), theirs / per_unit, **tolerance)
    for function in (cross_entropy, kl_divergence, js_divergence):
        assert function(p, q, axis, base).dtype == p.dtype
    assert entropy(p, axis, base).dtype == surprisal(p, base).dtype == p.dtype


@PROPERTY
@given(pairs())
def test_kl_divergence_agrees_with_torch(pair):
    """PyTorch takes log Q first and P second; its 0 log 0 is nan, and where P is close to Q it
    returns rounding errors, hence the absolute tolerance."""
    p, q, axis = pair
    p, q = ((x + 1e-6) / (x + 1e-6).sum(axis=axis, keepdims=True) for x in (p, q))
    theirs = torch.nn.functional.kl_div(
        torch.from_numpy(q).log(), torch.from_numpy(p), reduction="none"
    ).sum(axis)
    eps = np.finfo(p.dtype).eps
    np.testing.assert_allclose(kl_divergence(p, q, axis), theirs, rtol=20 * eps, atol=20 * eps)


@PROPERTY
@given(pairs())
def test_surprisal_agrees_with_torch(pair):
    p = pair[0]
    theirs = -torch.log(torch.from_numpy(p))
    np.testing.assert_allclose(surprisal(p), theirs, rtol=4 * np.finfo(p.dtype).eps)


@st.composite
def joints(draw):
    """Draw joint distributions of two variables, some cells 0, and the two axes."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    batch = draw(st.sampled_from([(), (3,), (2, 3), (0,)]))
    shape = (draw(st.integers(1, 5)), draw(st.integers(1, 5)))
    alpha = np.full(shape[0] * shape[1], draw(st.sampled_from([0.05, 1.0, 50.0])))
    p = rng.dirichlet(alpha, batch).reshape(*batch, *shape).astype(dtype)
    axis = tuple(draw(st.permutations(range(p.ndim)))[:2])
    return np.moveaxis(p, (-2, -1), axis), axis


@PROPERTY
@given(joints(), st.sampled_from([None, 2, 10]))
def test_mutual_information_is_what_the_entropies_leave(joint_and_axis, base):
    """I(X; Y) = H(X) + H(Y) - H(X, Y) = I(Y; X), between 0 and the smaller of the two."""
    joint, (x, y) = joint_and_axis
    atol = 40 * np.finfo(joint.dtype).eps
    per_unit = 1 if base is None else np.log(base)
    of_x, of_y = (
        scipy.special.entr(joint.sum(axis=other, keepdims=True)).sum(axis=(x, y)) / per_unit
        for other in (y, x)
    )
    of_both = scipy.special.entr(joint).sum(axis=(x, y)) / per_unit
    ours = mutual_information(joint, (x, y), base)
    assert ours.dtype == joint.dtype
    assert (ours >= 0).all()
    assert (ours <= np.minimum(of_x, of_y) + atol).all()
    np.testing.assert_allclose(ours, of_x + of_y - of_both, rtol=1e-6, atol=atol)
    np.testing.assert_allclose(mutual_information(joint, (y, x), base), ours, atol=atol)


@PROPERTY
@given(pairs())
def test_the_laws_of_gibbs_and_of_the_uniform(pair):
    """H(P, Q) >= H(P), and 0 <= H(P) <= ln K, up to rounding."""
    p, q, axis = pair
    slack = 1e-5 if p.dtype == np.float32 else 1e-12  # rounding of p: its sum is not quite 1
    assert (cross_entropy(p, q, axis) >= entropy(p, axis) - slack).all()
    assert (entropy(p, axis) >= 0).all()
    assert (entropy(p, axis) <= np.log(p.shape[axis]) + slack).all()
    difference = cross_entropy(p, q, axis) - entropy(p, axis)
    np.testing.assert_allclose(kl_divergence(p, q, axis), difference, rtol=slack, atol=slack)
    assert (kl_divergence(p, q, axis) >= 0).all()
    assert (kl_divergence(p, p, axis) == 0).all()


@PROPERTY
@given(pairs())
def test_the_limits_of_js_divergence(pair):
    """It is symmetric, 0 from itself, and log 2 is never exceeded, not by one digit."""
    p, q, axis = pair
    log_2 = p.dtype.type(np.log(2))
    js = js_divergence(p, q, axis)
    np.testing.assert_array_equal(js, js_divergence(q, p, axis))
    assert ((js >= 0) & (js <= log_2)).all()
    assert (js_divergence(p, p, axis) == 0).all()
    halves = np.concatenate([p, 0 * q], axis), np.concatenate([0 * p, q], axis)
    np.testing.assert_array_equal(js_divergence(*halves, axis), np.full_like(js, log_2))
    np.testing.assert_array_equal(js_divergence(*halves, axis, base=2), np.ones_like(js))


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


def exact_kl(p, q):
    """Return sum p log(p/q) - p + q of the very numbers, in 50 digits."""
    with mpmath.workdps(50):
        p, q = ([mpmath.mpf(float(entry)) for entry in side] for side in (p, q))
        pairs = zip(p, q, strict=True)
        return mpmath.fsum((a * mpmath.log(a / b) if a else 0) - a + b for a, b in pairs)


def relative_error(ours, truth):
    """Return the error in units of eps of the dtype of `ours`."""
    with mpmath.workdps(50):
        return float(abs(mpmath.mpf(float(ours)) - truth) / truth) / np.finfo(ours.dtype).eps


def perturbed(dtype, classes, distance):
    """Return softmax of normal scores, and of the same scores moved by `distance` times normal."""
    rng = np.random.default_rng(classes)
    z = rng.normal(size=classes)
    return softmax(z).astype(dtype), softmax(z + distance * rng.normal(size=classes)).astype(dtype)


DISTANCES = pytest.mark.parametrize("distance", [1e-8, 1e-6, 1e-4, 1e-2, 0.1, 0.3, 1, 3, 10])


@DISTANCES
@pytest.mark.parametrize("classes", [2, 3, 50])
@DTYPES
def test_kl_and_js_divergence_are_good_to_four_units(dtype, classes, distance):
    """Far apart, and so close that a plain sum p log(p/q) has no digit left, or a wrong sign."""
    p, q = perturbed(dtype, classes, distance)
    if (p == q).all():
        assert kl_divergence(p, q) == js_divergence(p, q) == 0
        return
    assert relative_error(kl_divergence(p, q), exact_kl(p, q)) <= 4
    with mpmath.workdps(50):
        m = [(mpmath.mpf(float(a)) + mpmath.mpf(float(b))) / 2 for a, b in zip(p, q, strict=True)]
        halves = [
            mpmath.mpf(float(a)) * mpmath.log(mpmath.mpf(float(a)) / middle) / 2
            for side in (p, q)
            for a, middle in zip(side, m, strict=True)
        ]
        truth = mpmath.fsum(halves) / mpmath.fsum(m)
    assert relative_error(js_divergence(p, q), truth) <= 4


def test_the_plain_sum_fails_that_test_and_is_negative():
    p, q = zip(*(perturbed(np.float32, n, 1e-4) for n in range(20, 60)), strict=True)
    plain = [(a * np.log(a / b)).sum() for a, b in zip(p, q, strict=True)]
    errors = [relative_error(s, exact_kl(a, b)) for s, a, b in zip(plain, p, q, strict=True)]
    assert min(plain) < 0
    assert max(errors) > 1e6
    torchs = [
        torch.nn.functional.kl_div(torch.tensor(b).log(), torch.tensor(a), reduction="sum")
        for a, b in zip(p, q, strict=True)
    ]
    assert min(torchs) < 0
    assert min(kl_divergence(a, b) for a, b in zip(p, q, strict=True)) > 0


@pytest.mark.parametrize("ratio", [0.01, 0.2, 0.499, 0.501, 0.75, 1.25, 1.99, 2.01, 5])
@DTYPES
def test_both_sides_of_the_switch_to_the_series(dtype, ratio):
    """The series holds for ratios from 1/2 to 2; of the two outcomes the rare one counts."""
    p, q = (np.array([rare, 1 - rare], dtype) for rare in (0.0171 * ratio, 0.0171))
    assert relative_error(kl_divergence(p, q), exact_kl(p, q)) <= 5


@pytest.mark.parametrize(
    "joint",
    [
        [[0.3, 0.1], [0.2, 0.4]],
        [[0.25, 0.25 + 2**-30], [0.25, 0.25 - 2**-30]],
        [[0.5, 0.0], [0.0, 0.5]],
        [[1e-30, 0.0], [0.0, 1.0]],
        [[0.1, 0.2, 0.3], [0.0, 0.0, 0.4]],
    ],
)
@DTYPES
def test_mutual_information_against_50_digits(joint, dtype):
    joint = np.array(joint, dtype)
    with mpmath.workdps(50):
        p = mpmath.matrix(joint.astype(float).tolist())
        n, m = joint.shape
        total = mpmath.fsum(p)
        x = [mpmath.fsum(p[i, j] for j in range(m)) for i in range(n)]
        y = [mpmath.fsum(p[i, j] for i in range(n)) / total for j in range(m)]
        truth = mpmath.fsum(
            p[i, j] * mpmath.log(p[i, j] / x[i] / y[j])
            for i in range(n)
            for j in range(m)
            if p[i, j]
        )
    ours = mutual_information(joint)
    assert abs(ours - float(truth)) <= 4 * np.finfo(dtype).eps * float(truth)


@pytest.mark.parametrize("total", [1, 1 + 9e-6, 1 - 9e-6])
def test_independent_variables_share_nothing(total):
    """Also where rounding leaves a sum that is not quite 1."""
    joint = np.outer([0.3, 0.7], [0.1, 0.5, 0.4]) * total
    assert 0 <= mutual_information(joint) < 1e-30


@pytest.mark.parametrize("rare, dtype", [(1e-30, np.float32), (1e-200, float), (1e-320, float)])
def test_rare_events_do_not_make_mutual_information_infinite(rare, dtype):
    """The product of their probabilities is 0 in floating point; their logarithms are not."""
    ours = mutual_information(np.diag([rare, 1]).astype(dtype))
    assert ours == pytest.approx(-rare * np.log(rare), rel=0.02)


def test_surprise_without_the_quotient_overflowing():
    """p/q is too large for a floating-point number, its logarithm is not."""
    assert kl_divergence([1.0, 0.0], [1e-320, 1.0]) == pytest.approx(736.83, rel=1e-5)


@DTYPES
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


def test_divergence_at_the_edge():
    """An outcome that the model excludes costs infinity; one that never happens costs nothing."""
    assert kl_divergence([0.5, 0.5], [0.0, 1.0]) == INF
    assert kl_divergence([0.0, 1.0], [0.0, 1.0]) == 0
    assert kl_divergence([0.0, 1.0], [0.5, 0.5]) == pytest.approx(np.log(2), rel=1e-15)
    assert str(js_divergence([0.0, 1.0], [0.0, 1.0])) == "0.0"
    assert mutual_information([[0.0, 0.0], [0.25, 0.75]]) == 0


def test_surprisal_at_the_edge():
    assert str(surprisal(1.0)) == "0.0"  # not -0.0
    assert surprisal(0.0) == INF
    assert surprisal([]).shape == (0,)
    np.testing.assert_array_equal(surprisal([[1, 0]]), [[0, INF]])


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
    half = [0.5, 0.5]
    for value in (
        xlogy(2.0, 3.0),
        surprisal(0.5),
        entropy(half),
        perplexity(2.0),
        kl_divergence(half, half),
        js_divergence(half, half),
        mutual_information([half, [0.0, 0.0]]),
    ):
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
    surprisal(p), kl_divergence(p, p), js_divergence(p, p), mutual_information(p.reshape(2, 2))


def test_float16_is_computed_and_returned_in_float32():
    p, q = np.array([0.25, 0.75], np.float16), np.array([0.5, 0.5], np.float16)
    assert surprisal(p).dtype == kl_divergence(p, q).dtype == js_divergence(p, q).dtype == "f4"
    assert mutual_information(np.diag(p)).dtype == np.float32


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
    if q is None:
        with pytest.raises(error, match=message):
            entropy(p, axis)
        return
    for function in (cross_entropy, kl_divergence, js_divergence):
        with pytest.raises(error, match=message):
            function(p, q, axis)


@pytest.mark.parametrize(
    "joint, axis, error, message",
    [
        ([[0.5, -0.5]], (-2, -1), ValueError, "^joint: probabilities must lie between 0 and 1"),
        ([[0.5, 0.4]], (-2, -1), ValueError, "^joint: .* must sum to 1 along axis"),
        ([[0.5, 0.5]], 1, ValueError, "^axis: expected two axes, one for x and one for y, got 1"),
        ([[[1.0]]], None, ValueError, "^axis: expected two axes, .* got None"),
        ([0.5, 0.5], (-2, -1), ValueError, "^axis: axis -2 is out of bounds"),
        ([[1.0]], (0, 0), ValueError, "repeated axis in `axis`"),
        (np.zeros((0, 2)), (-2, -1), ValueError, "^joint: expected at least one class"),
        ([["a", "b"]], (-2, -1), TypeError, "^joint: expected real numbers"),
    ],
)
def test_bad_joints_are_refused_by_name(joint, axis, error, message):
    with pytest.raises(error, match=message):
        mutual_information(joint, axis)


@pytest.mark.parametrize("base", [0, 1, 0.5, -2, NAN, INF, [2, 3]])
def test_bad_bases_are_refused_by_name(base):
    half = [0.5, 0.5]
    for call in (
        lambda: surprisal(half, base=base),
        lambda: entropy(half, base=base),
        lambda: cross_entropy(half, half, base=base),
        lambda: kl_divergence(half, half, base=base),
        lambda: js_divergence(half, half, base=base),
        lambda: mutual_information([half, [0, 0]], base=base),
    ):
        with pytest.raises(ValueError, match=r"^base: expected a number above 1, .* got "):
            call()
    with pytest.raises(TypeError, match=r"^base: expected real numbers"):
        entropy(half, base="e")


@pytest.mark.parametrize("p", [1.5, -0.1, NAN, [0.5, 2]])
def test_a_surprisal_outside_0_to_1_is_refused(p):
    with pytest.raises(ValueError, match=r"^p: probabilities must lie between 0 and 1"):
        surprisal(p)


def test_words_are_refused():
    with pytest.raises(TypeError, match=r"^cross_entropy: expected real numbers"):
        perplexity("low")
    with pytest.raises(TypeError, match=r"^y: expected real numbers"):
        xlogy(1.0, "y")
