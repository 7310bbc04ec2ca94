"""The Kullback-Leibler divergence as a loss, with PyTorch's arguments and reductions.

A module of its own, because it shares nothing with the losses of labels: no class axis, no weights,
and a mean that divides by other numbers. `information.kl_divergence` is the divergence itself.
"""

import numpy as np

from .arguments import (
    as_dtype,
    flag,
    log_probabilities,
    one_of,
    probabilities,
    same_shape,
    upstream_array,
)
from .arrays import in_blocks, times

REDUCTIONS = ("none", "mean", "batchmean", "sum")


def kl_div_loss(log_probs, target, *, log_target=False, reduction="mean"):
    r"""Return what the model exp(log_probs) costs where `target` is the truth, entry by entry.

    Formula: p (log p - log q), with log q = `log_probs` and p = `target`, or p = exp(target) if
             `log_target`. "sum" is KL(P || Q), summed over the batch; "batchmean" divides it by the
             length of the first axis, "mean" by the number of all entries, as PyTorch does.
    Shapes:  both of one shape, any; the classes may lie along any axis.
    Units:   nats. The dtype of `log_probs` is kept.
    Limits:  p = 0 costs 0, also where log q = -inf; p > 0 there costs inf. nan stays nan. A mean
             over nothing is nan. Where p is close to q the logarithms cancel: float32 is computed
             in float64 for that reason, float64 keeps an error of a few eps times |log p|.
    Errors:  ValueError for different shapes, `target` outside [0, 1], a logarithm above 0 or an
             unknown `reduction`; TypeError if an argument is not real.
    Chapter: 8 Sparse, categorical and every other spelling.
    Source:  Kullback, Leibler (1951), Ann. Math. Stat. 22.

    >>> print(f"{kl_div_loss(np.log([0.25, 0.75]), [0.5, 0.5], reduction='sum'):.4f}")
    0.1438
    """
    log_q, target = _model_and_truth(log_probs, target, log_target)
    count = _divisor(log_q, reduction)

    def terms(log_q, target):
        p, log_p = _p_and_log_p(target, log_target)
        with np.errstate(invalid="ignore"):  # 0 * inf; the next line says its worth
            term = p * (log_p - log_q)
        return np.where((p == 0) & ~np.isnan(log_q), 0, term)

    losses = in_blocks(terms, log_q, target)
    if reduction != "none":
        with np.errstate(over="ignore", invalid="ignore"):  # of infinite losses
            losses = np.asarray(losses.sum() / count if count else np.nan)
    return as_dtype(losses, log_q.dtype)[()]  # [()]: of one loss a number, not an array


def kl_div_loss_grad(log_probs, target, *, log_target=False, reduction="mean", upstream=1.0):
    r"""Return the derivative of `kl_div_loss` by the log-probabilities: minus the truth.

    Formula: dL/dlog q = -upstream * p, divided by what the reduction divides by. Behind log-softmax
             this becomes q - p for each example, as for cross-entropy.
    Shapes:  as `kl_div_loss`; `upstream` is a number, or has the shape of the unreduced loss when
             `reduction` is "none". The result has the shape of `log_probs`.
    Units:   nats per nat. The dtype of `log_probs` is kept.
    Errors:  as `kl_div_loss`; ValueError if `upstream` has another shape.
    Chapter: 8 Sparse, categorical and every other spelling.
    Source:  Kullback, Leibler (1951), Ann. Math. Stat. 22.

    >>> kl_div_loss_grad(np.log([0.25, 0.75]), [0.5, 0.5], reduction="sum")
    array([-0.5, -0.5])
    """
    log_q, target = _model_and_truth(log_probs, target, log_target)
    count = _divisor(log_q, reduction)
    upstream = upstream_array(upstream, log_q.shape, reduction, np.float64)

    def grad_of(target, upstream):
        p, _ = _p_and_log_p(target, log_target)
        grad = (0 - times(p, upstream)) / (count or 1)
        return as_dtype(np.asarray(grad), log_q.dtype)

    return in_blocks(grad_of, target, np.broadcast_to(upstream, log_q.shape))[()]


def _model_and_truth(log_probs, target, log_target):
    """Return log q and the target, checked, as arrays of one shape."""
    log_q = log_probabilities("log_probs", log_probs)
    checked = log_probabilities if flag("log_target", log_target) else probabilities
    target = checked("target", target)
    return log_q, same_shape("target", target, "log_probs", log_q)


def _p_and_log_p(target, log_target):
    """Return the true probabilities and their logarithms in float64."""
    target = target.astype(np.float64)
    if log_target:
        return np.exp(target), target
    with np.errstate(divide="ignore"):
        return target, np.log(target)


def _divisor(log_q, reduction):
    """Return the number by which the sum of the losses is divided."""
    if one_of("reduction", reduction, REDUCTIONS) == "batchmean" and log_q.ndim == 0:
        raise ValueError("reduction: 'batchmean' needs a first axis, and log_probs is a number")
    return {"mean": log_q.size, "batchmean": (log_q.shape or (1,))[0]}.get(reduction, 1)
