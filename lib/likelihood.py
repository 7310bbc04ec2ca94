"""How well a model's probabilities fit labels that were seen: the likelihood, as a loss."""

import numpy as np

from .arguments import (
    any_array,
    class_indices,
    distribution,
    integer,
    one_of,
    probabilities,
)
from .losses import nll_loss


def bernoulli_nll(p, outcomes, *, reduction="mean"):
    r"""Return what yes-or-no outcomes cost a model that expected a yes with probability p.

    Formula: -ln p for the outcome 1, -ln(1 - p) for the outcome 0.
    Shapes:  `p` is a number, or has the shape of `outcomes`. "none" keeps that shape.
    Units:   nats. Limits: an outcome that p excludes costs inf; a mean over nothing is nan.
    Errors:  ValueError for p outside [0, 1], outcomes other than 0 and 1, shapes that do not fit,
             or an unknown `reduction`.
    Chapter: 1 Maximum likelihood. Source: Fisher (1922), Phil. Trans. R. Soc. A 222.

    >>> print(f"{bernoulli_nll(0.7, [1, 1, 0]):.4f}")  # -(2 ln 0.7 + ln 0.3) / 3
    0.6391
    """
    p, outcomes = probabilities("p", p), any_array("outcomes", outcomes)
    if outcomes.dtype.kind not in "fiub":
        raise TypeError(f"outcomes: expected 0 and 1, got an array of dtype {outcomes.dtype}")
    if not np.isin(outcomes, (0, 1)).all():
        raise ValueError(f"outcomes: expected 0 and 1 only, got {np.unique(outcomes)}")
    if p.ndim and p.shape != outcomes.shape:
        raise ValueError(f"p: expected a number or shape {outcomes.shape}, got shape {p.shape}")
    with np.errstate(divide="ignore"):  # ln 0: an excluded outcome costs inf
        costs = 0 - np.where(outcomes == 1, np.log(p), np.log1p(-p))
    return _reduced(costs, reduction)


def categorical_nll(probs, labels, *, reduction="mean"):
    r"""Return what labels cost a model that gave each class a probability.

    Formula: -ln p[y] for each label y.
    Shapes:  `probs` (K,), one distribution for all, or (N, K), one for each; `labels` (N,).
    Units:   nats. Limits: a label of probability 0 costs inf; a mean over nothing is nan.
    Errors:  ValueError for probabilities that are no distribution, shapes that do not fit, or an
             unknown `reduction`; TypeError or IndexError for labels that are no classes.
    Chapter: 1 Maximum likelihood. Source: Fisher (1922), Phil. Trans. R. Soc. A 222.

    >>> print(f"{categorical_nll([0.5, 0.3, 0.2], [0, 0, 2]):.4f}")
    0.9986
    """
    probs, labels = distribution("probs", probs), any_array("labels", labels)
    if labels.ndim != 1:
        raise ValueError(f"labels: expected shape (N,), got {labels.shape}")
    if probs.ndim not in (1, 2) or (probs.ndim == 2 and len(probs) != len(labels)):
        raise ValueError(
            f"probs: expected shape (K,) or ({len(labels)}, K) for {len(labels)} labels, "
            f"got {probs.shape}"
        )
    labels = class_indices("labels", labels, probs.shape[-1])
    with np.errstate(divide="ignore"):  # ln 0: an excluded label costs inf
        log_probs = np.log(probs)
    if probs.ndim == 1:
        log_probs = np.broadcast_to(log_probs, (len(labels), len(probs)))
    return nll_loss(log_probs, labels, reduction=reduction)


def fit_categorical(labels, num_classes):
    r"""Return the distribution that makes the labels most likely: their relative frequencies.

    Formula: p_k = (number of labels k) / N, the maximum of sum_n ln p[y_n] with sum_k p_k = 1.
    Shapes:  `labels` (N,); the result (num_classes,), in float64. Units: none.
    Errors:  ValueError without labels or with labels of another shape; TypeError or IndexError
             for labels that are no classes.
    Chapter: 1 Maximum likelihood. Source: Fisher (1922), Phil. Trans. R. Soc. A 222.

    >>> fit_categorical([0, 0, 2, 1], num_classes=3)
    array([0.5 , 0.25, 0.25])
    """
    if integer("num_classes", num_classes) < 1:
        raise ValueError(f"num_classes: expected 1 or more, got {num_classes}")
    labels = class_indices("labels", labels, num_classes)
    if labels.ndim != 1 or len(labels) == 0:
        raise ValueError(f"labels: expected shape (N,) with N at least 1, got {labels.shape}")
    return np.bincount(labels, minlength=num_classes) / len(labels)


def _reduced(costs, reduction):
    """Return the costs as they are, their sum, or their mean."""
    one_of("reduction", reduction, ("none", "mean", "sum"))
    if reduction == "none":
        return costs[()]  # of one outcome: a number, not an array without dimensions
    if reduction == "sum":
        return costs.sum()
    return costs.mean() if costs.size else costs.dtype.type(np.nan)
