"""How surprising, how uncertain, how costly: the quantities of information theory."""

import numpy as np

from .arguments import classes_last, distribution, float_array


def xlogy(x, y):
    r"""Return x log y, with 0 log y = 0 for every y, also for y = 0.

    Formula: x ln y; the limit x ln x -> 0 makes 0 ln 0 = 0, where floating point gives nan.
    Shapes:  any that broadcast. Units: nats.
    Errors:  TypeError if an argument is not real.
    Chapter: 2 Entropy, cross-entropy, KL. Source: Shannon (1948), Bell Syst. Tech. J. 27.

    >>> xlogy([0.0, 2.0], [0.0, 1.0])
    array([0., 0.])
    """
    x, y = float_array("x", x), float_array("y", y)
    with np.errstate(divide="ignore", invalid="ignore"):  # log 0 where x is 0 as well
        return np.where((x == 0) & ~np.isnan(y), 0, x * np.log(y))[()]


def entropy(p, axis=-1, base=None):
    r"""Return the mean surprise of a distribution about itself.

    Formula: H(P) = -sum_i p_i log p_i.
    Shapes:  `axis` (int, tuple, None) is summed away. Units: nats, or logarithms of `base`.
    Errors:  ValueError if `p` has an entry outside [0, 1] or does not sum to 1.
    Chapter: 2 Entropy, cross-entropy, KL. Source: Shannon (1948), Bell Syst. Tech. J. 27.

    >>> float(entropy([0.5, 0.5], base=2))
    1.0
    """
    return cross_entropy(p, p, axis=axis, base=base)


def cross_entropy(p, q, axis=-1, base=None):
    r"""Return the mean surprise of a model Q about outcomes that follow P.

    Formula: H(P, Q) = -sum_i p_i log q_i.
    Shapes:  `p` and `q` of one shape; `axis` (int, tuple, None) is summed away.
    Units:   nats, or logarithms of `base`. Limits: p_i > 0 where q_i = 0 costs inf.
    Errors:  ValueError for different shapes, an entry outside [0, 1], or a sum that is not 1.
    Chapter: 2 Entropy, cross-entropy, KL. Source: Good (1952), J. R. Stat. Soc. B 14.

    >>> float(cross_entropy([0.5, 0.5], [0.25, 0.75], base=2).round(4))
    1.2075
    """
    p, q = distribution("p", p, axis), distribution("q", q, axis)
    if p.shape != q.shape:
        raise ValueError(f"q: expected the shape of p, {p.shape}, got {q.shape}")
    costs, _ = classes_last(-xlogy(p, q), axis)
    nats = costs.sum(axis=-1)
    return nats if base is None else nats / np.log(base)


def perplexity(cross_entropy):
    r"""Return the number of equally likely classes that would cost as much.

    Formula: exp(H), with H in nats.
    Shapes:  any, elementwise. Units: classes.
    Errors:  TypeError if the argument is not real.
    Chapter: 5 Softmax cross-entropy. Source: Jelinek et al. (1977), J. Acoust. Soc. Am. 62.

    >>> print(f"{perplexity(np.log(10)):.1f}")
    10.0
    """
    return np.exp(float_array("cross_entropy", cross_entropy))
