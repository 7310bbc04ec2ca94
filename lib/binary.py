"""Yes or no: the cross-entropy of independent questions, with PyTorch's conventions.

Every entry is a question of its own. The target y says how much of the answer is yes (0, 1, or a
probability between), and -log p counts y times, -log(1 - p) counts 1 - y times. Both are positive:
nothing cancels, no logarithm is clamped.
"""

import math

import numpy as np

from .arguments import (
    as_dtype,
    finite_weights,
    float_array,
    fraction,
    one_of,
    probabilities,
    real_number,
    same_shape,
    upstream_array,
)
from .arrays import in_blocks, times


def binary_cross_entropy(probs, target, *, weight=None, reduction="mean"):
    r"""Return what yes-or-no targets cost probabilities: -log p for a yes, -log(1 - p) for a no.

    Formula: loss = -weight (y log p + (1 - y) log(1 - p)); "mean" divides by the number of entries.
    Shapes:  `probs` and `target` of one shape; `weight` broadcasts to it.
    Units:   nats. float32 and float64 are kept.
    Limits:  an answer that p excludes costs inf (PyTorch: 100); what has the share 0 costs 0, a
             weight of 0 included; a mean over nothing is nan.
    Errors:  ValueError for shapes that do not fit, entries outside [0, 1], weights that are not
             finite, or an unknown `reduction`; TypeError for what is not a real number.
    Chapter: 7 Binary cross-entropy with logits. Source: Good (1952), J. R. Stat. Soc. B 14.

    >>> print(f"{binary_cross_entropy([0.7, 0.7, 0.7], [1, 1, 0]):.4f}")
    0.6391
    """
    p, y, weight = _questions("probs", probabilities("probs", probs), target, weight)
    costs = in_blocks(_costs_of_probs, p, y)
    return _reduced(costs if weight is None else times(weight, costs), reduction)


def binary_cross_entropy_grad(probs, target, *, weight=None, reduction="mean", upstream=1.0):
    r"""Return the derivative of `binary_cross_entropy` by the probabilities.

    Formula: dL/dp = upstream * weight * (p - y) / (p (1 - p)); that is -1/p for y = 1 and 1/(1 - p)
             for y = 0. "mean" divides by the number of entries.
    Shapes:  as `binary_cross_entropy`; `upstream` is a number, or has the shape of `probs` when
             `reduction` is "none". The result has the shape of `probs`.
    Units:   nats per unit of probability. float32 and float64 are kept.
    Limits:  -inf at p = 0 unless y = 0, inf at p = 1 unless y = 1 (PyTorch stops at 1e12).
    Errors:  as `binary_cross_entropy`; ValueError if `upstream` has another shape.
    Chapter: 7 Binary cross-entropy with logits. Source: Good (1952), J. R. Stat. Soc. B 14.

    >>> binary_cross_entropy_grad([0.5, 0.5], [1, 0], reduction="sum")
    array([-2.,  2.])
    """
    p, y, weight = _questions("probs", probabilities("probs", probs), target, weight)
    scale = np.broadcast_to(_scale(upstream, weight, reduction, p), p.shape)
    return in_blocks(_scaled_slope_by_p, p, y, scale)[()]


def binary_cross_entropy_with_logits(
    logits, target, *, weight=None, pos_weight=None, reduction="mean"
):
    r"""Return what yes-or-no targets cost scores: `binary_cross_entropy` of sigmoid, in one step.

    Formula: loss = weight (pos_weight y softplus(-x) + (1 - y) softplus(x)), where
             softplus(x) = -log sigmoid(-x) = max(x, 0) + log1p(exp(-|x|)).
    Shapes:  `logits` and `target` of one shape; `weight` and `pos_weight` broadcast to it.
    Units:   nats. float32 and float64 are kept.
    Limits:  a score of inf or -inf costs 0 if it is right, inf if not; what has the share 0 costs
             0; "mean" divides by the number of entries, whatever the weights; nan over nothing.
    Errors:  ValueError for shapes that do not fit, targets outside [0, 1], weights that are not
             finite, or an unknown `reduction`; TypeError for what is not a real number.
    Chapter: 7 Binary cross-entropy with logits. Source: Cox (1958), J. R. Stat. Soc. B 20.

    >>> print(f"{binary_cross_entropy_with_logits([2.0, -1.0], [1, 0]):.4f}")
    0.2201
    >>> print(f"{binary_cross_entropy_with_logits(-40.0, 0):.4g}")  # exp(-40), no 0
    4.248e-18
    """
    x, y, weight = _questions("logits", float_array("logits", logits), target, weight)
    costs = in_blocks(_costs, x, y, *_weight_of_yes(pos_weight, x))
    return _reduced(costs if weight is None else times(weight, costs), reduction)


def binary_cross_entropy_with_logits_grad(
    logits, target, *, weight=None, pos_weight=None, reduction="mean", upstream=1.0
):
    r"""Return the derivative of `binary_cross_entropy_with_logits` by the logits.

    Formula: dL/dx = upstream * weight * ((1 - y) p - pos_weight y (1 - p)), with p = sigmoid(x) and
             1 - p = sigmoid(-x); without `pos_weight` that is p - y. "mean" divides by the number
             of entries.
    Shapes:  as `binary_cross_entropy_with_logits`; `upstream` is a number, or has the shape of
             `logits` when `reduction` is "none". The result has the shape of `logits`.
    Units:   nats per unit of score. float32 and float64 are kept.
    Limits:  for targets 0 and 1 every digit is right; between them the two terms may cancel, and
             the digits of the larger one count.
    Errors:  as `binary_cross_entropy_with_logits`; ValueError if `upstream` has another shape.
    Chapter: 7 Binary cross-entropy with logits. Source: Cox (1958), J. R. Stat. Soc. B 20.

    >>> binary_cross_entropy_with_logits_grad([0.0, 0.0], [1, 0], reduction="sum")
    array([-0.5,  0.5])
    """
    x, y, weight = _questions("logits", float_array("logits", logits), target, weight)
    scale = np.broadcast_to(_scale(upstream, weight, reduction, x), x.shape)

    def grad_of(x, y, scale, *pos_weight):
        return times(scale, _slope(x, y, *pos_weight))

    return in_blocks(grad_of, x, y, scale, *_weight_of_yes(pos_weight, x))[()]


def sigmoid_focal_loss(logits, target, *, alpha=0.25, gamma=2.0, reduction="mean"):
    r"""Return the cross-entropy of yes-or-no questions, the easy ones turned down.

    Formula: loss = a m^gamma * cross-entropy, where m = y (1 - p) + (1 - y) p is the probability of
             the wrong answer, p = sigmoid(x), and a = alpha y + (1 - alpha)(1 - y) balances yes
             and no. With gamma = 0 and alpha = None it is `binary_cross_entropy_with_logits`.
    Shapes:  `logits` and `target` of one shape.
    Units:   nats, weighted. float32 and float64 are kept.
    Limits:  a score of inf or -inf costs 0 if it is right, inf if not; a mean over nothing is nan.
             The power multiplies rounding errors: float32 is computed in float64 for that reason,
             float64 keeps an error of up to (4 + 2 gamma) eps.
    Errors:  ValueError for shapes that do not fit, targets or `alpha` outside [0, 1], `gamma` below
             0, or an unknown `reduction`; TypeError for what is not a real number.
    Chapter: 7 Binary cross-entropy with logits. Source: Lin, Goyal, Girshick, He, Dollár (2017).

    >>> sigmoid_focal_loss([1.0, -3.0], [1, 1], reduction="none").round(4)
    array([0.0057, 0.6916])
    """
    x, y, dtype = _questions_in_float64(logits, target)
    balance, gamma = _balance(alpha, y), _focus(gamma)
    p, not_p = _yes_and_no(x)
    wrong = y * not_p + (1 - y) * p
    costs = _reduced(times(balance * wrong**gamma, _costs(x, y)), reduction)
    return as_dtype(costs, dtype)


def sigmoid_focal_loss_grad(
    logits, target, *, alpha=0.25, gamma=2.0, reduction="mean", upstream=1.0
):
    r"""Return the derivative of `sigmoid_focal_loss` by the logits.

    Formula: dL/dx = upstream * a m^gamma (gamma cross-entropy (1 - 2y) p (1 - p) / m + p - y): the
             first term turns the factor, the second the cross-entropy. "mean" as for the loss.
    Shapes:  as `sigmoid_focal_loss`; `upstream` is a number, or has the shape of `logits` when
             `reduction` is "none". The result has the shape of `logits`.
    Units:   nats per unit of score, weighted. float32 and float64 are kept.
    Limits:  for targets 0 and 1 both terms have one sign; between them they may cancel.
    Errors:  as `sigmoid_focal_loss`; ValueError if `upstream` has another shape.
    Chapter: 7 Binary cross-entropy with logits. Source: Lin, Goyal, Girshick, He, Dollár (2017).

    >>> sigmoid_focal_loss_grad([1.0, -3.0], [1, 1], reduction="sum").round(4)
    array([-0.0131, -0.2817])
    """
    x, y, dtype = _questions_in_float64(logits, target)
    balance, gamma = _balance(alpha, y), _focus(gamma)
    p, not_p = _yes_and_no(x)
    wrong = y * not_p + (1 - y) * p
    turn = (1 - 2 * y) * p * not_p  # the derivative of `wrong`
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):  # 0/0: nothing turns
        turning = times(turn, gamma * _costs(x, y) / wrong)
    slope = times(wrong**gamma, turning + _slope(x, y))
    return as_dtype(times(_scale(upstream, balance, reduction, x), slope), dtype)[()]


def _costs_of_probs(p, y):
    """Return -y log p - (1 - y) log(1 - p)."""
    with np.errstate(divide="ignore"):  # log 0: an excluded answer costs inf
        return 0 - times(y, np.log(p)) - times(1 - y, np.log1p(-p))


def _scaled_slope_by_p(p, y, scale):
    """Return the derivative of `_costs_of_probs` by p, times `scale`."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        slope = (p - y) / (p * (1 - p))
    # 0/0 for a p that is sure and right: 1 / (1 - p) is 1 at p = 0, and -1 / p is -1 at p = 1
    return times(scale, np.where(np.isnan(slope), 1 - 2 * p, slope))


def _costs(x, y, pos_weight=1.0):
    """Return pos_weight y softplus(-x) + (1 - y) softplus(x): two positive terms."""
    rest = np.log1p(np.exp(-np.abs(x)))  # what both softplus have in common
    yes, no = np.maximum(-x, 0) + rest, np.maximum(x, 0) + rest
    with np.errstate(over="ignore"):
        return times(pos_weight * y, yes) + times(1 - y, no)


def _slope(x, y, pos_weight=1.0):
    """Return the derivative of `_costs` by x."""
    p, not_p = _yes_and_no(x)
    with np.errstate(over="ignore"):
        return (1 - y) * p - pos_weight * y * not_p


def _yes_and_no(x):
    """Return sigmoid(x) and sigmoid(-x), both with all their digits: softmax of the scores (x, 0).

    One of the two exponentials is exp(0) = 1, the other is e, which is no larger.
    """
    e = np.exp(-np.abs(x))
    yes, no = np.maximum(e, x >= 0), np.maximum(e, x <= 0)
    return yes / (1 + e), no / (1 + e)


def _questions(name, scores, target, weight):
    """Return scores, target and weight, checked, in the dtype of the scores."""
    y = same_shape("target", probabilities("target", target), name, scores)
    weight = None if weight is None else _weights("weight", weight, scores)
    return scores, y.astype(scores.dtype, copy=False), weight


def _questions_in_float64(logits, target):
    """Return logits and target, checked, in float64, and the dtype of the result."""
    logits = float_array("logits", logits)
    x, y, _ = _questions("logits", logits.astype(np.float64), target, None)
    return x, y, logits.dtype


def _weight_of_yes(pos_weight, scores):
    """Return one weight per score in a tuple, which is empty where none were given."""
    if pos_weight is None:
        return ()
    return (np.broadcast_to(_weights("pos_weight", pos_weight, scores), scores.shape),)


def _weights(name, weight, scores):
    """Return the weights in the dtype of the scores, to which they broadcast."""
    weight = finite_weights(name, weight, scores.dtype)
    try:
        np.broadcast_to(weight, scores.shape)
    except ValueError:
        raise ValueError(
            f"{name}: expected a shape that broadcasts to {scores.shape}, got {weight.shape}"
        ) from None
    return weight


def _balance(alpha, y):
    """Return the factor that balances yes and no: alpha and 1 - alpha, or 1."""
    if alpha is None:
        return np.ones_like(y)
    alpha = fraction("alpha", alpha)
    return alpha * y + (1 - alpha) * (1 - y)


def _focus(gamma):
    """Return the power that turns the easy ones down, after checking that it does."""
    gamma = real_number("gamma", gamma)
    if not 0 <= gamma < math.inf:
        raise ValueError(f"gamma: expected a finite number, 0 or more, got {gamma}")
    return gamma


def _reduced(costs, reduction):
    """Return the costs as they are, their sum, or their mean over all entries."""
    one_of("reduction", reduction, ("none", "mean", "sum"))
    if reduction == "none":
        return costs[()]  # of a single entry: a number, not an array without dimensions
    with np.errstate(over="ignore", invalid="ignore"):  # inf - inf, if weights are negative
        total = costs.sum()
    if reduction == "mean":
        total = total / costs.dtype.type(costs.size or np.nan)
    return total


def _scale(upstream, weight, reduction, scores):
    """Return the derivative of what follows by each entry's cost, before its weight."""
    one_of("reduction", reduction, ("none", "mean", "sum"))
    upstream = upstream_array(upstream, scores.shape, reduction, scores.dtype)
    count = scores.size if reduction == "mean" else 1
    with np.errstate(over="ignore", invalid="ignore"):
        return upstream * (1 if weight is None else weight) / max(count, 1)
