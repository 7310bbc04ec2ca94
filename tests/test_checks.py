"""The graders: the book's own functions pass, and what people really write gets the right words."""

import inspect
import math
import warnings

import numpy as np
import pytest
import torch

import lib
from lib.checks import GRADERS, NOTHING_YET, check


def last_axis(function, z):
    return function(z, axis=-1, keepdims=True)


def unshifted_softmax(z):
    return np.exp(z) / last_axis(np.sum, np.exp(z))


def softmax_over_everything(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def softmax_over_columns(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)


def softmax_of_one_vector(z):
    e = np.exp(z - np.max(z))
    return e / sum(e)


def softmax_shifted_by_the_global_maximum(z):
    e = np.exp(z - z.max())
    return e / last_axis(np.sum, e)


def softmax_in_place(z):
    z -= last_axis(np.max, z)
    return unshifted_softmax(z)


def softmax_base_two(z):
    e = 2.0 ** (z - last_axis(np.max, z))
    return e / last_axis(np.sum, e)


def plain_division(z):
    return z / last_axis(np.sum, z)


def softmax_along_axis_zero_only(z, axis=-1):
    return lib.softmax(z, axis=-1)


def shift_not_added_back(z):
    return np.log(np.exp(z - last_axis(np.max, z)).sum(axis=-1))


def shift_added_only_once(z):
    return z - np.log(np.exp(z - last_axis(np.max, z)).sum(axis=-1, keepdims=True))


def log_of_softmax(z):
    return np.log(lib.softmax(z))


def shifted_log_softmax(z):
    shifted = z - last_axis(np.max, z)
    return shifted - np.log(last_axis(np.sum, np.exp(shifted)))


def two_sided_sigmoid(x):
    return np.where(x > 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x)))


def likelihood_multiplied_up(p, outcomes):
    likelihood = np.prod(np.where(outcomes == 1, p, 1 - p))
    return -np.log(likelihood) / len(outcomes)


def cross_entropy_from(log_probs, reduce):
    """Return a reader's loss: rows, look-up, minus, and whatever is done with the losses."""

    def loss(logits, target):
        rows = np.atleast_2d(log_probs(logits))
        labels = np.atleast_1d(target)
        return reduce(-rows[np.arange(len(labels)), labels])

    return loss


def sum_for_none(logits, target, reduction="mean"):
    reduction = "sum" if reduction == "none" else reduction
    return lib.softmax_cross_entropy(logits, target, reduction=reduction)


def one_hot_cross_entropy(logits, target):
    one_hot = np.eye(logits.shape[-1])[target]
    return -(one_hot * lib.log_softmax(logits)).sum(axis=-1).mean()


def log_of_sigmoid(logits, target):
    p = lib.sigmoid(logits)
    return -np.mean(target * np.log(p) + (1 - target) * np.log(1 - p))


def overflowing_binary(logits, target):
    return np.mean(np.log(1 + np.exp(logits)) - logits * target)


def stable_binary(logits, target, pos_weight=1, reduction="mean"):
    costs = pos_weight * target * np.logaddexp(0, -logits)
    costs += (1 - target) * np.logaddexp(0, logits)
    return {"none": np.array, "mean": np.mean, "sum": np.sum}[reduction](costs)


def binary_gradient(logits, target):
    return (lib.sigmoid(logits) - target) / target.size


def gradient_from(factor, reduce):
    """Return a reader's gradient: factor * (p - y), divided by what `reduce` makes of the rows."""

    def gradient(logits, target):
        y = np.eye(logits.shape[-1])[target]
        return factor * (lib.softmax(logits) - y) / reduce(np.size(target))

    return gradient


def plain_kl(p, q):
    return (p * np.log(p / q)).sum(axis=-1)


def plain_kl_terms(log_q, p):
    return p * (np.log(p) - log_q)


def clipped_kl(p, q):
    p, q = np.clip(p, 1e-7, 1), np.clip(q, 1e-7, 1)
    return plain_kl(p, q)


def kl_from_the_costs(p, q):
    return -lib.xlogy(p, q).sum(axis=-1) + lib.xlogy(p, p).sum(axis=-1)


def jacobian_of_one_vector(z):
    p = lib.softmax(z)
    return np.diag(p) - np.outer(p, p)


def jacobian_of_rows(z, softmax=lib.softmax):
    p = softmax(z)
    return p[..., np.newaxis] * (np.eye(z.shape[-1]) - p[..., np.newaxis, :])


def number_of_rows(n):
    return n


def one(n):
    return 1


@pytest.mark.parametrize("function", GRADERS, ids=lambda function: function.__name__)
def test_the_books_own_function_passes(function):
    verdict = check(function, like=function)
    assert verdict.passed
    assert verdict.message == f"{function.__name__}: all {len(GRADERS[function][0])} checks passed."


@pytest.mark.parametrize("function", GRADERS, ids=lambda function: function.__name__)
def test_another_functions_answer_does_not_pass(function):
    # The cross-entropy of log-probabilities is their nll_loss: log-softmax leaves them as they are.
    same = {lib.nll_loss: lib.softmax_cross_entropy}
    for other in GRADERS:
        if other is not function and other is not same.get(function):
            assert not check(other, like=function).passed


@pytest.mark.parametrize(
    "answer, like",
    [
        (cross_entropy_from(lib.log_softmax, np.mean), lib.softmax_cross_entropy),
        (gradient_from(1, number_of_rows), lib.softmax_cross_entropy_grad),
        (two_sided_sigmoid, lib.sigmoid),
        (kl_from_the_costs, lib.kl_divergence),
        (lambda log_q, p: (lib.xlogy(p, p) - p * log_q).mean(), lib.kl_div_loss),
        (jacobian_of_rows, lib.softmax_jacobian),
        (lambda x: np.logaddexp(0, x), lib.softplus),
        (stable_binary, lib.binary_cross_entropy_with_logits),
        (binary_gradient, lib.binary_cross_entropy_with_logits_grad),
        (shifted_log_softmax, lib.log_softmax),
        (lambda z: lib.softmax(z).tolist(), lib.softmax),
        (lambda z: lib.softmax(z.astype(np.float32)), lib.softmax),
        (lambda z: torch.tensor(z, requires_grad=True).softmax(dim=-1), lib.softmax),
        (lambda p, o: -sum(math.log(p if v else 1 - p) for v in o) / len(o), lib.bernoulli_nll),
    ],
)
def test_right_answers_written_another_way_pass(answer, like):
    assert check(answer, like=like).passed


@pytest.mark.parametrize(
    "answer, like",
    [
        (lambda z: lib.softmax(z) + 1j, lib.softmax),
        (lambda h: str(np.exp(h)), lib.perplexity),
        (lambda h: 10**400, lib.perplexity),
    ],
)
def test_what_is_no_real_number_does_not_pass(answer, like):
    assert "it must return real numbers" in check(answer, like=like).message


CAUGHT = [
    # softmax
    (unshifted_softmax, lib.softmax, "z = [1000, 0, -1000]", "returned [nan, 0, 0]", "largest exp"),
    (softmax_over_everything, lib.softmax, "z = [[1, 2", "each row must sum to 1", "which axis"),
    (softmax_over_columns, lib.softmax, "z = [[1, 2", "each row must sum to 1", "which axis"),
    (softmax_of_one_vector, lib.softmax, "z = [[1, 2", "each row must sum to 1", "which axis"),
    (softmax_shifted_by_the_global_maximum, lib.softmax, "-1000, -1001]]", "[nan, nan]", "maximum"),
    (softmax_along_axis_zero_only, lib.softmax, "axis = 0", "the one asked for", "which axis"),
    (softmax_in_place, lib.softmax, "z = [1, 2, 0.5]", "changed its input", "writes into an array"),
    (softmax_base_two, lib.softmax, "z = [1, 2, 0.5]", "powers of 2", "raises e to a power"),
    (plain_division, lib.softmax, "z = [1, 2, 0.5]", "proportional to exp(z)", "exponentiate"),
    (np.exp, lib.softmax, "z = [1, 2, 0.5]", "probabilities must sum to 1", "divide"),
    (lambda z: lib.softmax(lib.softmax(z)), lib.softmax, "[1, 2, 0.5]", "differ more", "how often"),
    # logsumexp and log_softmax
    (lambda z: np.log(np.exp(z).sum(axis=-1)), lib.logsumexp, "[1000,", "finite", "largest exp"),
    (shift_not_added_back, lib.logsumexp, "[1, 2, 0.5]", "exceed the largest", "come back"),
    (lambda z: np.log2(np.exp(z).sum(axis=-1)), lib.logsumexp, "[1, 2, 0.5]", "in bits", "base"),
    (lambda z: lib.logsumexp(z, axis=None), lib.logsumexp, "[[1,", "have shape (2,)", "which axes"),
    (log_of_softmax, lib.log_softmax, "[1000, 0, -1000]", "must be finite", "became 0"),
    (shift_added_only_once, lib.log_softmax, "[1, 2, 0.5]", "must sum to 1", "both places"),
    (lambda z: -lib.log_softmax(z), lib.log_softmax, "[1, 2, 0.5]", "sign is not", "positive or"),
    (lambda z: np.log2(lib.softmax(z)), lib.log_softmax, "[1, 2, 0.5]", "in bits", "base"),
    # sigmoid
    (lambda x: np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x)), lib.sigmoid,
     "[-1, -3]", "below 0", "negative score"),
    (lambda x: np.clip(lib.sigmoid(x), 1e-12, 1), lib.sigmoid, "[1000,", "1 and 0", "largest"),
    (lambda z: np.maximum(lib.softmax(z), 1e-12), lib.softmax,
     "-inf", "probability 0", "exp(-inf)"),
    (lambda x: np.where(x > 5, x, np.log1p(np.exp(np.minimum(x, 9)))), lib.softplus,
     "[6, -6]", "no corner", "from where on"),
    (lambda z, axis=-1, keepdims=False: lib.logsumexp(z, axis), lib.logsumexp,
     "keepdims = True", "must have shape (2, 1)", "which axes"),
    (lambda z: np.exp(z - z.max(axis=-1, keepdims=True)), lib.softmax,
     "[1, 2, 0.5]", "and sum to 1", "divide"),
    (lambda z: -np.log(np.exp(z).sum(axis=-1)), lib.logsumexp,
     "[1, 2, 0.5]", "not be below the largest", "which sign"),
    (lambda z, y: lib.softmax_cross_entropy(z, y) - z.max(), lib.softmax_cross_entropy,
     "target = 1", "must change nothing", "in both places"),
    (lambda z, y: (np.clip(lib.sigmoid(z), 1e-12, 1 - 1e-12) - y) / z.size,
     lib.binary_cross_entropy_with_logits_grad, "[1000,", "sure and right", "rounded to 0 or 1"),
    (lambda z, y: lib.softmax_cross_entropy(z, y) / 3, lib.softmax_cross_entropy,
     "target = 1", "divided by the classes", "how many losses"),
    (lambda z, y: lib.softmax_cross_entropy_grad(z, y) / 3, lib.softmax_cross_entropy_grad,
     "target = 1", "divided by the classes", "how many losses"),
    # max(x, 0) + log(1 + e) returns 0 where the kinked max(x, 0) does, but was right before
    (lambda x: np.maximum(x, 0) + np.log(1 + np.exp(-abs(x))) * (x > -20), lib.softplus,
     "[-30]", "keep its digits", "added to 1"),
    (lambda x: np.exp(x) / (1 + np.exp(x)), lib.sigmoid, "[1000,", "none nan", "largest"),
    (lambda x: 1 / (1 + np.exp(x)), lib.sigmoid, "[1, 2, 0.5]", "higher probability", "which sign"),
    # losses
    (cross_entropy_from(log_of_softmax, np.mean), lib.softmax_cross_entropy,
     "logits = [1000, 0, -1000], target = 1", "returned inf", "became 0"),
    (cross_entropy_from(lib.log_softmax, np.sum), lib.softmax_cross_entropy,
     "target = [1, 2]", "this is the sum", "twice as many"),
    (cross_entropy_from(lib.log_softmax, np.squeeze), lib.softmax_cross_entropy,
     "target = [1, 2]", "be a single number", "which axes"),
    (cross_entropy_from(lambda z: -lib.log_softmax(z), np.mean), lib.softmax_cross_entropy,
     "logits = [1, 2, 0.5], target = 1", "the sign is not", "positive or negative"),
    (cross_entropy_from(lambda z: np.log2(lib.softmax(z)), np.mean), lib.softmax_cross_entropy,
     "logits = [1, 2, 0.5], target = 1", "in bits", "which base"),
    (cross_entropy_from(lambda z: lib.log_softmax(lib.softmax(z)), np.mean),
     lib.softmax_cross_entropy, "target = 1", "the scores themselves", "how often"),
    (sum_for_none, lib.softmax_cross_entropy, "'none'", "have shape (2,)", "which axes"),
    (one_hot_cross_entropy, lib.softmax_cross_entropy, "[1, -inf, 0.5]", "cost nothing", "0 * inf"),
    (lambda logits, target, reduction="mean": lib.softmax_cross_entropy(logits, target),
     lib.softmax_cross_entropy, "reduction = 'sum'", "sum over the rows", "divide by"),
    (lambda log_probs, target: -np.mean(log_probs), lib.nll_loss, "[-1.609,", "one entry", "which"),
    # gradient
    (gradient_from(-1, number_of_rows), lib.softmax_cross_entropy_grad,
     "target = 1", "pulled up", "true minus predicted"),
    (gradient_from(1, one), lib.softmax_cross_entropy_grad, "[1, 2]", "this is the sum", "twice"),
    (lambda logits, target: lib.softmax(logits), lib.softmax_cross_entropy_grad,
     "target = 1", "sum to 0", "which entry differs"),
    # yes or no
    (log_of_sigmoid, lib.binary_cross_entropy_with_logits,
     "logits = [1000, 0, -1000], target = [1, 0, 0]", "returned nan", "rounded to 0 or 1"),
    (overflowing_binary, lib.binary_cross_entropy_with_logits, "[1000,", "finite", "to inf"),
    (lambda x, y: np.mean(np.maximum(x, 0) - x * y + np.log1p(np.exp(np.abs(x)))),
     lib.binary_cross_entropy_with_logits, "[1, 2, 0.5]", "one cost per question", "left for a no"),
    (lambda x, y: np.mean(y * np.logaddexp(0, -x)), lib.binary_cross_entropy_with_logits,
     "logits = [1, 2, 0.5], target = [0, 1, 0]", "a no must cost", "to a no"),
    (lambda x, y: -stable_binary(x, y), lib.binary_cross_entropy_with_logits,
     "[1, 2, 0.5]", "sign is not", "positive or negative"),
    (lambda x, y: stable_binary(x, y) / np.log(2), lib.binary_cross_entropy_with_logits,
     "[1, 2, 0.5]", "in bits", "which base"),
    (lambda x, y: stable_binary(x, y, reduction="sum"), lib.binary_cross_entropy_with_logits,
     "[1, 2, 0.5]", "this is the sum", "twice as many"),
    (lambda x, y: stable_binary(x, 1 - y), lib.binary_cross_entropy_with_logits,
     "[1, 2, 0.5]", "yes cheaper", "belongs to a yes"),
    (lambda x, y: stable_binary(lib.sigmoid(x), y), lib.binary_cross_entropy_with_logits,
     "[1, 2, 0.5]", "the scores themselves", "how often"),
    (lambda x, y: stable_binary(x, np.round(y)), lib.binary_cross_entropy_with_logits,
     "target = [0.9, 0.2, 0.5]", "one cost per question", "how much of a target"),
    (lambda x, y: stable_binary(x, y, reduction="none").sum() / len(x),
     lib.binary_cross_entropy_with_logits, "[[1, 2, 0.5]", "one cost per question", "how many"),
    (lambda x, y, pos_weight=1: pos_weight * stable_binary(x, y),
     lib.binary_cross_entropy_with_logits, "pos_weight = 3", "a no once", "two terms"),
    (lambda x, y, reduction="mean": stable_binary(x, y), lib.binary_cross_entropy_with_logits,
     "reduction = 'sum'", "added up", "divide by"),
    (lambda x, y, reduction="mean": stable_binary(x, y, reduction=reduction.replace("none", "sum")),
     lib.binary_cross_entropy_with_logits, "reduction = 'none'", "shape (3,)", "which axes"),
    (lambda x, y: np.clip(stable_binary(x, y), 0, 100), lib.binary_cross_entropy_with_logits,
     "logits = [1000, -1000], target = [0, 1]", "returned 100", "rounded to 0"),
    (lambda x, y: -binary_gradient(x, y), lib.binary_cross_entropy_with_logits_grad,
     "[1, 2, 0.5]", "pulled up", "true minus predicted"),
    (lambda x, y: binary_gradient(x, y) * y.size, lib.binary_cross_entropy_with_logits_grad,
     "[1, 2, 0.5]", "this is the sum", "twice as many"),
    (lambda x, y: lib.sigmoid(x), lib.binary_cross_entropy_with_logits_grad,
     "[1, 2, 0.5]", "able to be negative", "what is taken"),
    (lambda x, y: binary_gradient(x, y) / lib.sigmoid(x) / lib.sigmoid(-x),
     lib.binary_cross_entropy_with_logits_grad, "[1, 2, 0.5]", "along a probability", "chain rule"),
    (lambda x, y: binary_gradient(x, y) * lib.sigmoid(x) * lib.sigmoid(-x),
     lib.binary_cross_entropy_with_logits_grad, "[1, 2, 0.5]", "left over", "slope of -log p"),
    (lambda x, y: (np.exp(x) / (1 + np.exp(x)) - y) / y.size,
     lib.binary_cross_entropy_with_logits_grad, "[1000, 0", "finite", "exponential to inf"),
    # likelihood
    (likelihood_multiplied_up, lib.bernoulli_nll,
     "p = 0.5, outcomes = [1, 1, 1, ...] (2000 of them)", "finite", "2000"),
    (lambda p, outcomes: -np.mean(outcomes * np.log(p)), lib.bernoulli_nll,
     "p = 0.7, outcomes = [1, 1, 0, 1]", "0 must cost something", "to a 0"),
    (lambda p, outcomes: lib.bernoulli_nll(p, outcomes, reduction="sum"), lib.bernoulli_nll,
     "p = 0.7", "this is the sum", "twice as many"),
    (lambda p, outcomes: -lib.bernoulli_nll(p, outcomes), lib.bernoulli_nll,
     "p = 0.7", "sign is not", "positive or negative"),
    (lambda labels, num_classes: np.bincount(labels), lib.fit_categorical,
     "labels = [0, 0, 2, 1], num_classes = 3", "must sum to 1", "out of how many"),
    (lambda labels, num_classes: np.bincount(labels) / len(labels), lib.fit_categorical,
     "labels = [1, 1], num_classes = 3", "have shape (3,)", "which axes"),
    (lambda labels, num_classes: np.bincount(labels, minlength=3) / len(labels),
     lib.fit_categorical, "num_classes = 5", "have shape (5,)", "which axes"),
    (lambda labels, num_classes: np.full(num_classes, 1 / num_classes), lib.fit_categorical,
     "num_classes = 3", "the share of one class", "how often"),
    (lambda p, outcomes: lib.bernoulli_nll(np.clip(p, 1e-12, 1), outcomes), lib.bernoulli_nll,
     "p = 1e-300", "next to nothing", "stand in its place"),
    # information
    (lambda p: -(p * np.log(p + 1e-12)).sum(axis=-1), lib.entropy,
     "p = [1, 0]", "certain outcome", "what is log 0"),
    (lambda cross_entropy: round(np.exp(cross_entropy)), lib.perplexity,
     "cross_entropy = 0.5", "need not be a whole", "round"),
    (lambda p: (p * np.log(p)).sum(axis=-1), lib.entropy, "[0.2, 0.5, 0.3]", "sign is not", ""),
    (lambda p: -(p * np.log2(p)).sum(axis=-1), lib.entropy, "[0.2, 0.5, 0.3]", "in bits", "base"),
    (lambda p: -(p * np.log(p)).sum(axis=-1), lib.entropy,
     "p = [1, 0]", "returned nan", "what is log 0"),
    (lambda p: -lib.xlogy(p, p).sum(), lib.entropy, "[[0.2,", "have shape (2,)", "which axes"),
    (lambda cross_entropy: 2**cross_entropy, lib.perplexity, "2.303", "takes it for bits", "base"),
    (lambda cross_entropy: np.exp(-cross_entropy), lib.perplexity, "2.303", "more classes", "sign"),
    (lambda p, q: plain_kl(q, p), lib.kl_divergence, "p = [0.2,", "weighted by p", "places"),
    (lambda p, q: -plain_kl(p, q), lib.kl_divergence, "p = [0.2,", "better than the tru", "larger"),
    (lambda p, q: plain_kl(p, q) / np.log(2), lib.kl_divergence, "p = [0.2,", "in bits", "base"),
    (lib.cross_entropy, lib.kl_divergence, "p = [0.2,", "nothing extra", "if q were p"),
    (lambda p, q: (p * np.log(p / q)).mean(axis=-1), lib.kl_divergence,
     "p = [0.2,", "sum to 1 already", "average"),
    (lambda p, q: np.log(p / q).sum(axis=-1), lib.kl_divergence,
     "p = [0.2,", "mean of log(p/q)", "weighted by what"),
    (plain_kl, lib.kl_divergence, "p = [0, 1], q = [0.5, 0.5]", "never happens", "what is log 0"),
    (clipped_kl, lib.kl_divergence, "q = [0, 1]", "must cost infinity", "put in its place"),
    (lambda p, q: kl_from_the_costs(p, q).sum(), lib.kl_divergence,
     "[[0.2,", "have shape (2,)", "which axes"),
    # the divergence as a loss, log q first
    (lambda log_q, p: (p * np.log(p / log_q)).mean(), lib.kl_div_loss,
     "log_probs = [[-2.303,", "p (log p - log q)", "which argument is a logarithm"),
    (lambda log_q, p: -plain_kl_terms(log_q, p).mean(), lib.kl_div_loss,
     "log_probs = [[-2.303,", "the sign is not", "positive or negative"),
    (lambda log_q, p: plain_kl_terms(log_q, p).mean() / np.log(2), lib.kl_div_loss,
     "log_probs = [[-2.303,", "in bits", "base"),
    (lambda log_q, p: plain_kl_terms(log_q, p).sum(), lib.kl_div_loss,
     "log_probs = [[-2.303,", "this is the sum", "weigh twice"),
    (lambda log_q, p: plain_kl_terms(np.log(p), np.exp(log_q)).mean(), lib.kl_div_loss,
     "log_probs = [[-2.303,", "weighted by the target", "which of the two"),
    (lambda log_q, p: (-p * log_q).mean(), lib.kl_div_loss,
     "log_probs = [[-2.303,", "must cost nothing", "if q were p"),
    (lambda log_q, p: plain_kl_terms(log_q, p).mean(), lib.kl_div_loss,
     "target = [0, 1]", "never happens", "what is log 0"),
    (lambda log_q, p: (p * (np.log(p + 1e-7) - log_q)).mean(), lib.kl_div_loss,
     "log_probs = [-1.609,", "perfect model", "before it takes the logarithm"),
    (lambda log_q, p, reduction="mean":
        lib.kl_div_loss(log_q, p).sum(axis=-1) if reduction == "sum" else
        lib.kl_div_loss(log_q, p, reduction=reduction), lib.kl_div_loss,
     "reduction = 'sum'", "all rows", "which axes"),
    (lambda log_q, p: plain_kl_terms(log_q, p).sum(axis=-1).mean(), lib.kl_div_loss,
     "log_probs = [[-2.303,", "classes included", "which option"),
    (lambda log_q, p: lib.kl_div_loss(log_q, p, reduction="batchmean"), lib.kl_div_loss,
     "target = [[0.2,", "classes included", "which option"),
    # the Jacobian of softmax, and softplus
    (lambda z: lib.softmax(z) * (1 - lib.softmax(z)), lib.softmax_jacobian,
     "z = [1, 2, 0.5]", "there must be a matrix", "its diagonal"),
    (lambda z: abs(jacobian_of_rows(z)), lib.softmax_jacobian,
     "z = [1, 2, 0.5]", "sum to 0", "raise or lower"),
    (lambda z: np.diag(lib.softmax(z)), lib.softmax_jacobian,
     "z = [1, 2, 0.5]", "sum to 0", "through the denominator"),
    (lambda z: -np.outer(lib.softmax(z), lib.softmax(z)), lib.softmax_jacobian,
     "z = [1, 2, 0.5]", "sum to 0", "through the numerator"),
    (lambda z: -jacobian_of_rows(z), lib.softmax_jacobian,
     "z = [1, 2, 0.5]", "raise its own", "positive"),
    (lambda z: jacobian_of_rows(z, unshifted_softmax), lib.softmax_jacobian,
     "z = [1000, 0, -1000]", "must be finite", "largest exponential"),
    (jacobian_of_one_vector, lib.softmax_jacobian, "z = [[1, 2", "raised ValueError", "which axes"),
    (lambda z: jacobian_of_rows(z).sum(axis=0), lib.softmax_jacobian,
     "z = [1, 2, 0.5]", "have shape (3, 3)", "which axes"),
    (lambda z: jacobian_of_rows(z) / lib.softmax(z)[..., np.newaxis], lib.softmax_jacobian,
     "z = [1, 2, 0.5]", "slope of probability i", "quotient rule"),
    (lambda x: np.log(1 + np.exp(x)), lib.softplus, "x = [1000,", "must be finite", "largest exp"),
    (lambda x: np.maximum(x, 0) + np.log(1 + np.exp(-abs(x))), lib.softplus,
     "x = [-30]", "keep its digits", "added to 1"),
    (lambda x: np.logaddexp(0, -x), lib.softplus, "x = [0, 1, -0.5]", "grow with x", "which sign"),
    (lambda x: np.maximum(0, x), lib.softplus, "x = [0, 1, -0.5]", "no kink", "what is added"),
    (lib.sigmoid, lib.softplus, "x = [0, 1, -0.5]", "without limit", "its slope"),
    (lambda x: -lib.softplus(x), lib.softplus, "x = [0, 1, -0.5]", "the sign is not", "above 1"),
    (lambda x: np.log2(1 + np.exp(x)), lib.softplus, "x = [0, 1, -0.5]", "in bits", "base"),
    (lambda x: x + np.log1p(np.exp(-abs(x))), lib.softplus,
     "x = [0, 1, -0.5]", "one more than", "added before"),
]  # fmt: skip


@pytest.mark.parametrize("answer, like, on, sentence, hint", CAUGHT)
def test_a_typical_mistake_is_named(answer, like, on, sentence, hint):
    verdict = check(answer, like=like)
    assert not verdict.passed
    found, _, advice = verdict.message.partition("\nHint: ")
    assert found.startswith(f"{like.__name__}: not yet. For ")
    assert on in found
    assert sentence in found
    assert hint in advice


@pytest.mark.parametrize("answer", [None, ..., lambda z: None, lambda z: ...])
def test_dots_that_are_still_there(answer):
    verdict = check(answer, like=lib.softmax)
    assert not verdict.passed
    assert verdict.message == f"softmax: {NOTHING_YET}"


def test_an_answer_that_raises_is_quoted_without_traceback_or_address():
    def answer(z):
        raise RuntimeError(f"no luck with {object()}\nand a second line")

    assert check(answer, like=lib.softmax).message == (
        "softmax: not yet. For z = [1, 2, 0.5] your function raised "
        "RuntimeError: no luck with <object object at 0x...>"
    )


@pytest.mark.parametrize("thing, kind", [("abc", "str"), ([[1], [1, 2]], "list"), (len, "builtin")])
def test_something_that_is_not_a_number(thing, kind):
    assert f"returned a {kind}" in check(lambda z: thing, like=lib.softmax).message


def test_an_answer_written_in_c_is_tried_without_options():
    with pytest.raises(ValueError, match="no signature found"):
        inspect.signature(max)
    assert "returned 2;\nthe result must have shape (3,)" in check(max, like=lib.softmax).message


def test_the_readers_warnings_stay_out_of_the_notebook(capfd):
    def noisy(z):
        warnings.warn("beware", stacklevel=1)
        return np.exp(z * 1000) / np.zeros(3)

    # Here every warning is an error, so a warning let through would be reported as raised.
    assert "returned [inf, inf, inf]" in check(noisy, like=lib.softmax).message
    assert capfd.readouterr().err == ""


def test_the_verdict_is_the_same_each_time_and_leaves_the_cases_alone():
    first = check(softmax_in_place, like=lib.softmax).message
    assert check(softmax_in_place, like=lib.softmax).message == first
    assert check(lib.softmax, like=lib.softmax).passed


@pytest.mark.parametrize("function", GRADERS, ids=lambda function: function.__name__)
def test_the_expected_number_is_never_told(function):
    """Each case is failed on purpose; whole numbers are properties (ten classes for log 10)."""
    cases = [case for case in GRADERS[function][0] if not case.options]
    for position, case in enumerate(cases):
        calls = iter(range(len(cases)))

        def answer(*inputs, calls=calls, position=position):
            right = function(*inputs)
            return right if next(calls) < position else np.full_like(right, 0.123)

        found, _, said = check(answer, like=function).message.partition("your function returned")
        assert "not yet" in found
        assert case.must in said
        assert case.hint in said
        right = np.ravel(function(*case.inputs))
        telling = right[np.isfinite(right) & ~np.isclose(right, np.round(right))]
        assert not any(f"{value:.4g}" in said for value in telling)


def test_a_function_without_cases_is_refused():
    with pytest.raises(ValueError, match=r"like: expected one of softmax, .*; got .*log"):
        check(np.log, like=np.log)


def test_a_called_answer_is_refused():
    with pytest.raises(TypeError, match="your function itself, without calling it"):
        check(lib.softmax([1.0, 2.0]), like=lib.softmax)


def test_a_notebook_shows_it_no_wider_than_its_page():
    verdict = check(lambda z, target: None, like=lib.binary_cross_entropy_with_logits)
    assert repr(verdict) == (
        "binary_cross_entropy_with_logits: nothing came back yet: replace the dots with\n"
        "your code, and return its result."
    )
    assert " ".join(repr(verdict).split()) == verdict.message
