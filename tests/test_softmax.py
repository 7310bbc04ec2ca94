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

from lib import (
    log_sigmoid,
    log_softmax,
    log_softmax_vjp,
    logsumexp,
    sigmoid,
    softmax,
    softmax_jacobian,
    softmax_vjp,
    softplus,
)

PROPERTY = settings(max_examples=150, deadline=None, derandomize=True)
DTYPES = [np.float32, np.float64]
ALONG_AN_AXIS = [softmax, log_softmax, logsumexp]
ELEMENTWISE = [sigmoid, log_sigmoid, softplus]
VJPS = {softmax_vjp: softmax, log_softmax_vjp: log_softmax}


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
    np.testing.assert_allclose(ours, theirs, rtol=100 * eps, atol=10 * eps)


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
    assert_close(log_sigmoid(z), torch.nn.functional.logsigmoid(tensor), z.dtype)
    # By default PyTorch takes x for softplus(x) from 20 up; without any threshold exp(x) overflows.
    assert_close(softplus(z), torch.nn.functional.softplus(tensor, threshold=40), z.dtype)


@PROPERTY
@given(scores_and_axis(), st.integers(0, 2**32 - 1))
def test_the_gradients_agree_with_autograd(z_and_axis, seed):
    """Random cotangents; several axes are one set of classes, which PyTorch gets flattened."""
    z, axis = z_and_axis
    upstream = np.random.default_rng(seed).normal(size=z.shape).astype(z.dtype)
    axes = range(z.ndim) if axis is None else np.atleast_1d(axis) % z.ndim
    order = [i for i in range(z.ndim) if i not in axes] + list(axes)
    classes = math.prod(z.shape[i] for i in axes)
    rows, u = (torch.tensor(a.transpose(order).reshape(-1, classes)) for a in (z, upstream))
    rows.requires_grad_()
    tolerance = {"rtol": 100 * np.finfo(z.dtype).eps, "atol": 30 * np.finfo(z.dtype).eps}

    def ours(values):
        return values.transpose(order).reshape(-1, classes)

    for vjp, function in (
        (softmax_vjp, torch.softmax),
        (log_softmax_vjp, torch.log_softmax),
    ):
        (theirs,) = torch.autograd.grad(function(rows, 1), rows, u)
        grad = vjp(z, upstream, axis)
        assert grad.dtype == z.dtype and grad.shape == z.shape
        np.testing.assert_allclose(ours(grad), theirs, **tolerance)
    # In float64, as PyTorch's exp(z - logsumexp) keeps no digits of float32 around 1e4.
    wide = rows.detach().double().requires_grad_()
    (theirs,) = torch.autograd.grad(torch.logsumexp(wide, 1).sum(), wide)
    theirs = theirs.to(rows.dtype)
    np.testing.assert_allclose(ours(softmax(z, axis)), theirs, rtol=3e-6, atol=tolerance["atol"])


@settings(PROPERTY, max_examples=50)  # PyTorch takes its time over each
@given(scores_and_axis())
def test_the_jacobian_agrees_with_autograd_and_with_the_vector_jacobian_product(z_and_axis):
    z = z_and_axis[0]
    rows = torch.tensor(z.reshape(-1, z.shape[-1]))
    theirs = [torch.autograd.functional.jacobian(lambda r: torch.softmax(r, 0), r) for r in rows]
    eps = np.finfo(z.dtype).eps
    jacobian = softmax_jacobian(z)
    assert jacobian.dtype == z.dtype
    assert jacobian.shape == (*z.shape, z.shape[-1])
    theirs = torch.stack(theirs).reshape(jacobian.shape)
    np.testing.assert_allclose(jacobian, theirs, rtol=100 * eps, atol=10 * eps)
    for row, unit in enumerate(np.eye(z.shape[-1], dtype=z.dtype)):
        pulled = softmax_vjp(z, np.broadcast_to(unit, z.shape))
        np.testing.assert_allclose(jacobian[..., row, :], pulled, rtol=100 * eps, atol=0)


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


ONE_SCORE = [-744.0, -710.0, -300.0, -37.0, -16.6, -1.0, -1e-9, 0.0, 1e-9, 1.5, 20.5, 37.0]
ONE_SCORE += [95.5, 300.0, 720.5, 800.0, 1e4, *np.random.default_rng(2).normal(0, 10, 100)]


@pytest.mark.parametrize(
    "function, exact_at",
    [
        (sigmoid, lambda x: 1 / (1 + mpmath.exp(-x))),
        (log_sigmoid, lambda x: -mpmath.log1p(mpmath.exp(-x))),
        (softplus, lambda x: mpmath.log1p(mpmath.exp(x))),
    ],
)
@IN_BOTH_DTYPES
def test_functions_of_one_score_are_good_to_four_units(function, exact_at, dtype):
    x = np.array(ONE_SCORE, dtype)
    with mpmath.workdps(50):
        truth = [exact_at(mpmath.mpf(float(entry))) for entry in x]
    assert_within(function(x), truth, np.full(x.shape, 4 * np.finfo(dtype).eps))


# --- gradients against 50 digits and against finite differences ---------------------------------


@HARD
@IN_BOTH_DTYPES
def test_the_jacobian_obeys_the_error_law(row, dtype):
    """p (1 - p) keeps its digits where p is close to 1; of a product, both errors count."""
    z = np.array(row, dtype)
    p, log_p, _ = exact(z)
    law = allowed(z)
    for i, ours in enumerate(softmax_jacobian(z)):
        with mpmath.workdps(50):
            truth = [-p[i] * other for other in p]
            truth[i] = p[i] * -mpmath.expm1(log_p[i])
        relative = law + law[i]
        relative[i] = law[i]
        assert_within(ours, truth, relative)


@HARD
@IN_BOTH_DTYPES
def test_each_row_of_the_jacobian_sums_to_next_to_nothing(row, dtype):
    jacobian = softmax_jacobian(np.array(row, dtype)).astype(float)
    slack = (10 + np.ptp(row) / 2) * np.finfo(dtype).eps * np.diag(jacobian)
    slack += 2 * len(row) * float(np.finfo(dtype).smallest_subnormal)
    assert (abs(jacobian.sum(axis=0)) <= slack).all()
    np.testing.assert_array_equal(jacobian, jacobian.T)


def slopes(function, z, upstream):
    """Return the slope of sum(upstream * function(z)) along each score, by central differences.

    The step is 1e-40, and 500 digits leave room for slopes as small as exp(-700).
    """
    with mpmath.workdps(500):
        z = [mpmath.mpf(float(entry)) for entry in z]
        step = mpmath.mpf(10) ** -40

        def total(i, nudge):
            e = [mpmath.exp(entry + nudge * (k == i)) for k, entry in enumerate(z)]
            p = [entry / mpmath.fsum(e) for entry in e]
            values = p if function is softmax else [mpmath.log(entry) for entry in p]
            return mpmath.fdot([mpmath.mpf(float(u)) for u in upstream], values)

        return [(total(i, step) - total(i, -step)) / (2 * step) for i in range(len(z))]


UPSTREAMS = {
    "the true class is the best": lambda z: -1.0 * (np.arange(len(z)) == z.argmax()),
    "the true class is the worst": lambda z: -1.0 * (np.arange(len(z)) == z.argmin()),
    "nearly all on the best": lambda z: np.where(np.arange(len(z)) == z.argmax(), 1, 1e-12),
    "all the same": lambda z: np.full(len(z), 0.75),
    "random": lambda z: np.random.default_rng(5).normal(size=len(z)),
    "of all sizes": lambda z: 10.0 ** np.random.default_rng(6).integers(-9, 3, len(z)),
}


@pytest.mark.parametrize("kind", UPSTREAMS.values(), ids=UPSTREAMS.keys())
@pytest.mark.parametrize("row", [row for row in ROWS.values() if len(row) < 100])
@pytest.mark.parametrize("vjp", VJPS)
@IN_BOTH_DTYPES
def test_the_gradients_are_slopes_to_the_last_digits(vjp, row, kind, dtype):
    """Within the error law, of what would be the sum if no two of its terms had opposite signs."""
    z = np.array(row, dtype)
    u = kind(z).astype(dtype)
    p = exact(z)[0]
    truth = slopes(VJPS[vjp], z, u)
    with mpmath.workdps(50):
        exact_u = [mpmath.mpf(float(entry)) for entry in u]
        for i, (got, true) in enumerate(zip(vjp(z, u), truth, strict=True)):
            if vjp is softmax_vjp:
                size = p[i] * mpmath.fsum(
                    q * abs(exact_u[i] - other) for q, other in zip(p, exact_u, strict=True)
                )
            else:
                away = mpmath.fsum(q for j, q in enumerate(p) if j != i)
                rest = mpmath.fsum(abs(other) for j, other in enumerate(exact_u) if j != i)
                size = abs(exact_u[i]) * away + p[i] * rest
            steps = 2 * len(z) * (1 + abs(u).max()) * float(np.finfo(dtype).smallest_subnormal)
            error = abs(mpmath.mpf(float(got)) - true)
            assert error <= float(allowed(z).max()) * size + steps


@pytest.mark.parametrize("num_classes", [1000, 32_000])
def test_a_row_of_the_jacobian_keeps_its_digits_among_many_classes(num_classes):
    """Where the upstream gradient sits on the largest score, and that has a small share."""
    z = np.random.default_rng(0).normal(0, 1, num_classes).astype(np.float32)
    top = z.argmax()
    p = softmax(z.astype(float))
    truth = -p * p[top]
    truth[top] = p[top] * (1 - p[top])
    row = softmax_vjp(z, np.eye(1, num_classes, top, dtype=np.float32)[0])
    np.testing.assert_allclose(row, truth, rtol=10 * np.finfo(np.float32).eps)


@HARD
@IN_BOTH_DTYPES
def test_the_gradient_of_logsumexp_is_softmax(row, dtype):
    """As the docstring says; by central differences, which are good to five digits."""
    assert "Its gradient by the scores is softmax(z)" in logsumexp.__doc__
    z = np.array(row, dtype)
    step = 2.0**-10
    nudged = z.astype(float) + step * np.eye(len(z))
    slope = (logsumexp(nudged) - logsumexp(2 * z.astype(float) - nudged)) / (2 * step)
    np.testing.assert_allclose(softmax(z), slope, rtol=1e-5, atol=1e-6)


def test_the_textbook_gradients_fail_that_test():
    """p (1 - p), p (u - p.u) and u - p sum(u) as written are 0 or noise for a sure answer."""
    z = np.array(ROWS["gap 40"])
    p, u = softmax(z), np.array([0.0, 1.0])
    assert p[1] * (1 - p[1]) == (p * (u - p @ u))[1] == (u - p * u.sum())[1] == 0
    rate = np.exp(-40)
    assert softmax_jacobian(z)[1, 1] == pytest.approx(rate, rel=1e-14)
    assert softmax_vjp(z, u)[1] == pytest.approx(rate, rel=1e-14)
    assert log_softmax_vjp(z, u)[1] == pytest.approx(rate, rel=1e-14)


# --- many classes -------------------------------------------------------------------------------


def many_classes(dtype):
    """Return a million scores along axis 0, softmax and its log in float64, and the error law."""
    z = np.random.default_rng(0).normal(size=(1_000_000, 2)).astype(dtype)
    total = [math.fsum(column) for column in np.exp(z.T.astype(float))]
    gap = z.max(axis=0) - z
    p = np.exp(z.astype(float)) / total
    return z, p, z - np.log(total), (5 + gap / 2) * np.finfo(dtype).eps  # 1 eps for the reference


@IN_BOTH_DTYPES
def test_a_million_classes_along_axis_0_keep_the_law(dtype):
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


def test_functions_of_one_score_at_infinities_and_nan():
    np.testing.assert_array_equal(sigmoid([-INF, INF, NAN]), [0, 1, NAN])
    np.testing.assert_array_equal(log_sigmoid([-INF, INF, NAN]), [-INF, 0, NAN])
    np.testing.assert_array_equal(softplus([-INF, INF, NAN]), [0, INF, NAN])


@pytest.mark.parametrize("z, p, total", AT_THE_EDGE.values(), ids=AT_THE_EDGE.keys())
@IN_BOTH_DTYPES
def test_gradients_at_infinite_scores_and_nan(z, p, total, dtype):
    z = np.array(z, dtype)
    u = np.arange(1, len(z) + 1, dtype=dtype)
    p = np.array(p)
    np.testing.assert_allclose(softmax_jacobian(z), np.diag(p) - np.outer(p, p), rtol=1e-6)
    np.testing.assert_allclose(softmax_vjp(z, u), p * (u - (p * u).sum()), rtol=1e-6)
    np.testing.assert_allclose(log_softmax_vjp(z, u), u - p * u.sum(), rtol=1e-6)
    scores = torch.tensor(z, requires_grad=True)
    for vjp, function in ((softmax_vjp, torch.softmax), (log_softmax_vjp, torch.log_softmax)):
        (theirs,) = torch.autograd.grad(function(scores, 0), scores, torch.tensor(u))
        np.testing.assert_allclose(vjp(z, u), theirs, rtol=1e-6)


def test_infinite_upstream_makes_no_noise():
    """A warning would be an error here."""
    for upstream in ([INF, 0.0], [0.0, NAN], [1.7e308, -1.7e308]):
        softmax_vjp([1.0, 2.0], upstream)
        log_softmax_vjp([1.0, 2.0], upstream)


def test_a_probability_of_zero_has_no_sign():
    """-0.0 is right and reads badly."""
    jacobian = softmax_jacobian([[0.0, -INF], [0.0, -1000.0]])
    assert not np.signbit(jacobian).any()
    assert not np.signbit(softmax_jacobian([3.0]))


# --- shapes, dtypes, inputs ---------------------------------------------------------------------


@pytest.mark.parametrize("function", [*ALONG_AN_AXIS, *ELEMENTWISE, softmax_jacobian])
def test_float16_is_computed_and_returned_in_float32(function):
    z = np.array([1.0, 2.0, 0.5], np.float16)
    assert function(z).dtype == np.float32
    np.testing.assert_array_equal(function(z), function(z.astype(np.float32)))


@pytest.mark.parametrize("function", [*ALONG_AN_AXIS, *ELEMENTWISE, softmax_jacobian])
@pytest.mark.parametrize("z", [[1, 2, 0], (1, 2, 0), np.array([1, 2, 0], np.uint8)])
def test_lists_and_integers_become_float64(function, z):
    assert function(z).dtype == np.float64
    np.testing.assert_array_equal(function(z), function(np.array([1.0, 2.0, 0.0])))


@pytest.mark.parametrize("function", [*ALONG_AN_AXIS, *ELEMENTWISE, softmax_jacobian])
def test_the_input_is_only_read(function):
    z = np.array([[1.0, 2.0, 0.5], [1000.0, -INF, 0.0]])
    z.setflags(write=False)
    before = z.copy()
    function(z)
    np.testing.assert_array_equal(z, before)


@pytest.mark.parametrize("vjp", VJPS)
def test_gradients_only_read_and_keep_the_dtype_of_the_scores(vjp):
    z, upstream = np.array([[1.0, 2.0, 0.5]]), np.array([[0.0, 1.0, 2.0]])
    z.setflags(write=False)
    upstream.setflags(write=False)
    expected = vjp(z, upstream)
    assert expected.dtype == np.float64
    np.testing.assert_array_equal(vjp([[1, 2, 0.5]], [[0, 1, 2]]), expected)
    assert vjp(z.astype(np.float32), upstream).dtype == np.float32
    assert vjp(z.astype(np.float16), upstream).dtype == np.float32
    np.testing.assert_array_equal(vjp(z.T, upstream.T, axis=0), expected.T)


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


@pytest.mark.parametrize(
    "value", [logsumexp([1.0, 2.0]), sigmoid(1.0), -log_sigmoid(1.0), softplus(1.0)]
)
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
    assert softmax_jacobian(np.zeros((0, 3))).shape == (0, 3, 3)
    for vjp in VJPS:
        assert vjp(np.zeros((0, 3)), np.zeros((0, 3))).shape == (0, 3)


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


@pytest.mark.parametrize("vjp", VJPS)
@pytest.mark.parametrize(
    "z, upstream, axis, error, message",
    [
        (["cat"], [1.0], -1, TypeError, "^z: expected real numbers"),
        ([1.0], ["cat"], -1, TypeError, "^upstream: expected real numbers"),
        ([1.0, 2.0], 1.0, -1, ValueError, r"^upstream: .* shape of z, \(2,\), got \(\)"),
        ([[1.0, 2.0]], [1.0, 2.0], -1, ValueError, r"^upstream: .* \(1, 2\), got \(2,\)"),
        (np.zeros((2, 0)), np.zeros((2, 0)), -1, ValueError, "^z: expected at least one class"),
        ([1.0], [1.0], 1, ValueError, "^axis: axis 1 is out of bounds"),
        (1.0, 1.0, -1, ValueError, "^axis: axis -1 is out of bounds"),
    ],
)
def test_bad_input_of_a_gradient_is_refused_by_name(vjp, z, upstream, axis, error, message):
    with pytest.raises(error, match=message):
        vjp(z, upstream, axis)


@pytest.mark.parametrize(
    "z, error, message",
    [
        (["cat"], TypeError, "^z: expected real numbers"),
        ([], ValueError, "^z: expected at least one class"),
        (1.0, ValueError, "^axis: axis -1 is out of bounds"),
    ],
)
def test_a_jacobian_of_nothing_is_refused(z, error, message):
    with pytest.raises(error, match=message):
        softmax_jacobian(z)


def test_one_score_refuses_words():
    for function in ELEMENTWISE:
        with pytest.raises(TypeError, match=r"^x: expected real numbers, got .* <U3"):
            function(["cat"])
