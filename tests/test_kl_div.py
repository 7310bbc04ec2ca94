"""The Kullback-Leibler loss against PyTorch, against 50 digits, at the edges and on bad input."""

import math

import mpmath
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import kl_div_loss, kl_div_loss_grad, log_softmax, softmax, softmax_cross_entropy_grad

PROPERTY = settings(max_examples=200, deadline=None, derandomize=True)
REDUCTIONS = ["none", "mean", "batchmean", "sum"]
INF, NAN = np.inf, np.nan


@st.composite
def problems(draw):
    """Draw log-probabilities, a target, options and an upstream gradient, in every shape."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    shape = draw(st.sampled_from([(), (1,), (4,), (0,), (0, 3), (2, 0), (3, 5), (2, 3, 4)]))
    options = {
        "log_target": draw(st.booleans()),
        "reduction": draw(st.sampled_from(REDUCTIONS if shape else ["none", "mean", "sum"])),
    }
    log_probs, target = (-rng.exponential(3, shape) for _ in range(2))
    if not options["log_target"]:
        target = np.exp(target)
    upstream = rng.normal(size=shape if options["reduction"] == "none" else ())
    return *(np.asarray(array, dtype) for array in (log_probs, target, upstream)), options


@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")  # so it does, and we too
@PROPERTY
@given(problems())
def test_value_and_gradient_agree_with_torch(problem):
    log_probs, target, upstream, options = problem
    theirs_of = torch.tensor(log_probs, requires_grad=True)
    theirs = F.kl_div(theirs_of, torch.tensor(target), **options)
    theirs.backward(torch.tensor(upstream))

    ours = kl_div_loss(log_probs, target, **options)
    grad = kl_div_loss_grad(log_probs, target, upstream=upstream, **options)
    assert ours.dtype == grad.dtype == log_probs.dtype
    assert np.shape(ours) == theirs.shape
    assert grad.shape == log_probs.shape
    eps = np.finfo(log_probs.dtype).eps
    np.testing.assert_allclose(ours, theirs.detach(), rtol=30 * eps, atol=10 * eps)
    np.testing.assert_allclose(grad, theirs_of.grad, rtol=30 * eps, atol=10 * eps)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("log_target", [False, True])
def test_each_term_is_good_to_a_few_units(dtype, log_target):
    """Of itself, and of the rounding of log p in float64, which stays where p is close to q."""
    rng = np.random.default_rng(1)
    log_q = -rng.uniform(0, 50, 200).astype(dtype)
    log_p = (log_q * (1 + rng.choice([0, 1e-3, 0.5], 200))).astype(dtype)
    target = log_p if log_target else np.exp(log_p)
    with mpmath.workdps(50):
        for q, t in zip(log_q, target, strict=True):
            x, y = mpmath.mpf(float(q)), mpmath.mpf(float(t))
            p, log_of_p = (mpmath.exp(y), y) if log_target else (y, mpmath.log(y))
            error = abs(float(kl_div_loss(q, t, log_target=log_target)) - p * (log_of_p - x))
            step = 2 * float(np.finfo(dtype).smallest_subnormal)
            rounding = 0 if log_target else 4 * float(np.finfo(float).eps) * abs(log_of_p)
            bound = 4 * float(np.finfo(dtype).eps) * abs(log_of_p - x) + rounding
            assert error <= p * bound + step


def test_sum_batchmean_and_mean_differ_by_what_they_divide_by():
    rng = np.random.default_rng(0)
    p, log_q = softmax(rng.normal(size=(5, 3))), log_softmax(rng.normal(size=(5, 3)))
    terms = kl_div_loss(log_q, p, reduction="none")
    np.testing.assert_allclose(terms, p * (np.log(p) - log_q), rtol=1e-13)
    assert kl_div_loss(log_q, p, reduction="sum") == pytest.approx(terms.sum())
    assert kl_div_loss(log_q, p, reduction="batchmean") == pytest.approx(terms.sum() / 5)
    assert kl_div_loss(log_q, p) == pytest.approx(terms.sum() / 15)


def test_behind_log_softmax_the_gradient_is_predicted_minus_true():
    """Its log-softmax step taken: g - q sum(g), the gradient of cross-entropy against p."""
    rng = np.random.default_rng(0)
    logits, p = rng.normal(size=(5, 3)), softmax(rng.normal(size=(5, 3)))
    log_q = log_softmax(logits)
    g = kl_div_loss_grad(log_q, p, reduction="batchmean", upstream=2.0)
    behind = g - np.exp(log_q) * g.sum(axis=1, keepdims=True)
    of_cross_entropy = softmax_cross_entropy_grad(logits, p, upstream=2.0)
    np.testing.assert_allclose(behind, of_cross_entropy, rtol=1e-12, atol=1e-16)


# --- at the edges -------------------------------------------------------------------------------

AT_THE_EDGE = {  # log q, p, loss
    "p is 0": (-1.0, 0.0, 0.0),
    "p is 0, q is 0 (torch: nan)": (-INF, 0.0, 0.0),
    "q is 0": (-INF, 0.5, INF),
    "both sure": (0.0, 1.0, 0.0),
    "q is sure, p is not": (0.0, 0.5, 0.5 * math.log(0.5)),
    "nan in the model": (NAN, 0.5, NAN),
    "nan in the model where p is 0": (NAN, 0.0, NAN),
}


@pytest.mark.parametrize("log_q, p, loss", AT_THE_EDGE.values(), ids=AT_THE_EDGE.keys())
@pytest.mark.parametrize("log_target", [False, True])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_zeros_infinities_and_nan(log_q, p, loss, log_target, reduction):
    with np.errstate(divide="ignore"):
        target = np.log(p) if log_target else p
    options = {"log_target": log_target, "reduction": reduction}
    np.testing.assert_allclose(kl_div_loss(log_q, target, **options), loss, rtol=1e-15)
    assert kl_div_loss_grad(log_q, target, **options) == pytest.approx(-p)


@pytest.mark.parametrize("log_target", [False, True])
def test_a_masked_class_costs_nothing_where_torch_gives_nan(log_target):
    log_q, p = np.array([-INF, math.log(0.5), math.log(0.5)]), np.array([0, 0.25, 0.75])
    with np.errstate(divide="ignore"):
        target = np.log(p) if log_target else p
    ours = kl_div_loss(log_q, target, log_target=log_target, reduction="sum")
    assert ours == pytest.approx(0.25 * math.log(0.5) + 0.75 * math.log(1.5))
    theirs = [torch.from_numpy(array) for array in (log_q, target)]
    assert F.kl_div(*theirs, log_target=log_target, reduction="sum").isnan()


def test_a_mean_over_nothing_is_nan_and_its_gradient_empty():
    nothing = np.zeros((0, 3))
    for reduction in ("mean", "batchmean"):
        assert np.isnan(kl_div_loss(nothing, nothing, reduction=reduction))
        assert kl_div_loss_grad(nothing, nothing, reduction=reduction).shape == (0, 3)
    assert kl_div_loss(nothing, nothing, reduction="sum") == 0
    assert kl_div_loss(nothing, nothing, reduction="none").shape == (0, 3)


# --- shapes, dtypes, inputs ---------------------------------------------------------------------


@pytest.mark.parametrize("function", [kl_div_loss, kl_div_loss_grad])
def test_lists_dtypes_and_nothing_modified(function):
    log_q, p = np.log([[0.25, 0.75]]), np.array([[0.0, 1.0]])
    of_lists = function(log_q.tolist(), [[0, 1]])
    for array in (log_q, p):
        array.setflags(write=False)
    np.testing.assert_array_equal(function(log_q, p), of_lists)
    for log_target, target in ((False, p), (True, log_q)):
        for dtype in (np.float16, np.float32):
            assert function(log_q.astype(dtype), target, log_target=log_target).dtype == np.float32
        assert function(log_q, target.astype(np.float32), log_target=log_target).dtype == float


def test_one_entry_costs_one_number():
    for reduction in ("none", "mean", "sum"):
        assert isinstance(kl_div_loss(-1.0, 0.5, reduction=reduction), np.floating)


LOG_Q = np.log([[0.25, 0.75], [0.5, 0.5]])
P = np.exp(LOG_Q)
BAD = {
    "another shape": (
        (LOG_Q, P[:1]), {}, ValueError,
        r"target: expected the shape of log_probs, \(2, 2\), got \(1, 2\)",
    ),
    "class indices": (
        (LOG_Q, [0, 1]), {}, ValueError, r"target: expected the shape .* \(2, 2\), got \(2,\)",
    ),
    "probabilities for log_probs": (
        (P, P), {}, ValueError,
        "log_probs: expected logarithms of probabilities, none above 0, got 0.75",
    ),
    "probabilities for a log target": (
        (LOG_Q, P), {"log_target": True}, ValueError, "target: .* none above 0, got 0.75",
    ),
    "a log target for probabilities": (
        (LOG_Q, LOG_Q), {}, ValueError, "target: probabilities must lie between 0 and 1, got -1",
    ),
    "probability above 1": ((LOG_Q, 2 * P), {}, ValueError, "target: .* 0 and 1, got .*1.5"),
    "probability nan": ((LOG_Q, P * NAN), {}, ValueError, "target: .* 0 and 1, got nan"),
    "reduction unknown": (
        (LOG_Q, P), {"reduction": "average"}, ValueError,
        "reduction: expected 'none', 'mean', 'batchmean' or 'sum', got 'average'",
    ),
    "batchmean of a number": (
        (-1.0, 0.5), {"reduction": "batchmean"}, ValueError,
        "reduction: 'batchmean' needs a first axis, and log_probs is a number",
    ),
    "words": ((["a"], [0.5]), {}, TypeError, "log_probs: expected real numbers, got .* <U1"),
    "words in the target": (([-1.0], ["a"]), {}, TypeError, "target: expected real numbers"),
}  # fmt: skip


@pytest.mark.parametrize("function", [kl_div_loss, kl_div_loss_grad])
@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_with_name_what_came_and_what_was_expected(function, case):
    arguments, options, error, message = BAD[case]
    with pytest.raises(error, match=f"^{message}"):
        function(*arguments, **options)


@pytest.mark.parametrize("reduction", ["mean", "batchmean", "sum"])
def test_an_upstream_gradient_in_another_shape_is_refused(reduction):
    with pytest.raises(ValueError, match=r"^upstream: expected a number, got shape \(2, 2\)"):
        kl_div_loss_grad(LOG_Q, P, reduction=reduction, upstream=np.ones((2, 2)))
    with pytest.raises(ValueError, match=r"^upstream: expected a number or shape \(2, 2\), got"):
        kl_div_loss_grad(LOG_Q, P, reduction="none", upstream=np.ones(2))
