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
