"""The textbook formulas as they stand: right on paper, wrong in floating point, kept to be shown.

Nothing in the book computes with these; chapters use them to show what goes wrong, and where.
"""

import numpy as np


def naive_softmax(z):
    r"""Exponentiate and divide by the sum, nothing else.

    Formula: p_i = exp(z_i) / sum_j exp(z_j), as written. Fails: nan from z = 709.78 up in float64
             (88.72 in float32), 0/0 = nan where every score is below -745.13.
    Shapes:  the classes lie along the last axis. Units: none. Errors: none, that is the trouble.
    Chapter: 4 The log-sum-exp trick. Source: Bridle (1990).

    >>> naive_softmax(np.array([1.0, 2.0, 0.5])).round(4)
    array([0.2312, 0.6285, 0.1402])
    """
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(z)
        return e / e.sum(axis=-1, keepdims=True)


def naive_log_softmax(z):
    r"""Take the logarithm of softmax, in two steps.

    Formula: log(exp(z_i) / sum_j exp(z_j)). Fails where `naive_softmax` does, and gives -inf for
             every class whose probability underflows to 0.
    Shapes:  the classes lie along the last axis. Units: nats. Errors: none.
    Chapter: 4 The log-sum-exp trick. Source: Bridle (1990).

    >>> naive_log_softmax(np.array([1.0, 2.0, 0.5])).round(4)
    array([-1.4644, -0.4644, -1.9644])
    """
    with np.errstate(divide="ignore"):
        return np.log(naive_softmax(z))


def naive_logsumexp(z):
    r"""Exponentiate, add up, take the logarithm, nothing else.

    Formula: log sum_j exp(z_j), as written. Fails: inf from z = 709.78 up in float64 (88.72 in
             float32), -inf where every score is below -745.13 (-103.97); of the scores (0, -x) it
             is 0 from x = 36.74 up (16.64), where exp(-x) is right.
    Shapes:  the classes lie along the last axis. Units: nats. Errors: none.
    Chapter: 4 The log-sum-exp trick. Source: Blanchard, Higham, Higham (2021), IMA J. Numer. Anal.

    >>> print(f"{naive_logsumexp(np.array([1.0, 2.0, 0.5])):.4f}")
    2.4644
    """
    with np.errstate(over="ignore", divide="ignore"):
        return np.log(np.exp(z).sum(axis=-1))


def naive_sigmoid(x):
    r"""Divide 1 by 1 + exp(-x), nothing else.

    Formula: 1 / (1 + exp(-x)), as written. Fails: 0 from x = -709.78 down in float64 (-88.72 in
             float32), where exp(-x) overflows and the value is exp(x). From x = 36.74 up (16.64)
             it is 1, one step off at most, and leaves nothing for 1 - p.
    Shapes:  any, elementwise. Units: none. Errors: none.
    Chapter: 7 Binary cross-entropy with logits. Source: Cox (1958), J. R. Stat. Soc. B 20.

    >>> naive_sigmoid(np.array([-3.0, 0.0, 1.5])).round(4)
    array([0.0474, 0.5   , 0.8176])
    """
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(np.negative(x)))


def naive_binary_cross_entropy_with_logits(logits, target):
    r"""Take the sigmoid, then its logarithm and that of the rest, in two steps.

    Formula: -(y log p + (1 - y) log(1 - p)), p = naive_sigmoid(x), one value per score. Fails for
             both targets, y = 1 and y = 0, from x = 36.74 up in float64 (16.64 in float32), where
             p is 1, and from x = -709.78 down (-88.72), where p is 0: inf for the wrong answer, and
             0 * inf = nan for the right one.
    Shapes:  `logits` and `target` of one shape. Units: nats. Errors: none.
    Chapter: 7 Binary cross-entropy with logits. Source: Good (1952), J. R. Stat. Soc. B 14.

    >>> naive_binary_cross_entropy_with_logits(np.array([1.5, -0.5]), np.array([1, 0])).round(4)
    array([0.2014, 0.4741])
    """
    p = naive_sigmoid(logits)
    with np.errstate(divide="ignore", invalid="ignore"):
        return -(target * np.log(p) + np.subtract(1, target) * np.log(1 - p))
