"""From scores to probabilities: softmax, its logarithm, and the log-sum-exp between them.

All three subtract the maximum first, so that no exponential overflows, and keep the maximum's own
term out of the sum: it is exactly 1, and `log1p` of the rest keeps the digits that `log(1 + rest)`
loses. Relative error of softmax and log-softmax: at most (4 + gap/2) eps, where gap is the distance
of a score to the maximum (for the maximum itself, to the runner-up). Log-sum-exp has that error
relative to the larger of itself and the maximum: it may cancel to 0.
"""

import numpy as np

from .arguments import as_dtype, class_axes, classes_last, float_array
from .arrays import in_blocks


def softmax(z, axis=-1):
    r"""Turn scores into probabilities: exponentiate, then divide by the sum.

    Formula: p_i = exp(z_i) / sum_j exp(z_j), computed with z - max(z) in place of z.
    Shapes:  any; the result has the shape of `z` and sums to 1 along `axis` (int, tuple, None).
    Units:   none. float32 and float64 are kept, float16 is computed and returned in float32.
    Limits:  -inf is a mask (probability 0); a row with +inf, nan, or only -inf has no softmax: nan.
    Errors:  TypeError if `z` is not real; ValueError without classes or for an axis it lacks.
    Chapter: 3 Softmax. Source: Luce (1959), Individual Choice Behavior; Bridle (1990).

    >>> softmax([1.0, 2.0, 0.5]).round(4)
    array([0.2312, 0.6285, 0.1402])
    """
    rows, restore = classes_last(float_array("z", z), axis)
    return restore(in_blocks(_softmax, rows))


def _softmax(rows):
    """Return softmax of rows of scores."""
    _, distance, _ = _from_maximum(rows)
    e = np.exp(distance)
    e /= e.sum(axis=-1, keepdims=True)
    return e


def logsumexp(z, axis=-1, keepdims=False):
    r"""Return the logarithm of the sum of exponentials, the soft version of the maximum.

    Formula: log sum_j exp(z_j) = m + log1p(s), m = max(z), s = the sum of exp(z_j - m) without m's.
             Its gradient by the scores is softmax(z).
    Shapes:  any; `axis` (an int, a tuple, None) is summed away, or kept with length 1 (`keepdims`).
    Units:   nats, if the scores are log-probabilities. float32 and float64 are kept.
    Limits:  all -inf gives -inf, any +inf gives +inf, any nan gives nan.
    Errors:  TypeError if `z` is not real; ValueError without classes or for an axis it lacks.
    Chapter: 4 The log-sum-exp trick. Source: Blanchard, Higham, Higham (2021), IMA J. Numer. Anal.

    >>> float(logsumexp([1000.0, 1000.0]))  # 1000 + log 2
    1000.6931471805599
    """
    z = float_array("z", z)
    rows, restore = classes_last(z, axis)
    total = restore(in_blocks(_logsumexp, rows))
    if keepdims:
        return np.expand_dims(total, class_axes(z, axis))
    return total[()]  # a number, where no dimensions are left


def _logsumexp(rows):
    """Return log-sum-exp of rows of scores."""
    m, distance, top = _from_maximum(rows)
    rest = _odds(distance, top).sum(axis=-1)
    m = m[:, 0]
    return np.where(np.isinf(m), m, m + np.log1p(rest))


def log_softmax(z, axis=-1):
    r"""Return the logarithm of softmax without computing softmax: subtract one number, log-sum-exp.

    Formula: log p_i = (z_i - m) - log1p(s), m = max(z), s = the sum of exp(z_j - m) without m's.
    Shapes:  any; the result has the shape of `z`, its exponentials sum to 1 along `axis`.
    Units:   nats. float32 and float64 are kept.
    Limits:  -inf stays -inf; a row with +inf, nan, or only -inf gives nan.
    Errors:  TypeError if `z` is not real; ValueError without classes or for an axis it lacks.
    Chapter: 5 Softmax cross-entropy. Source: Blanchard, Higham, Higham (2021), IMA J. Numer. Anal.

    >>> log_softmax([1.0, 2.0, 0.5]).round(4)
    array([-1.4644, -0.4644, -1.9644])
    >>> float(log_softmax([0.0, 40.0])[1])  # -exp(-40), where log(softmax) gives 0
    -4.248354255291589e-18
    """
    rows, restore = classes_last(float_array("z", z), axis)
    return restore(in_blocks(_log_softmax, rows))


def _log_softmax(rows):
    """Return log-softmax of rows of scores."""
    _, distance, top = _from_maximum(rows)
    rest = _odds(distance, top).sum(axis=-1, keepdims=True)
    distance -= np.log1p(rest)
    return distance


def sigmoid(x):
    r"""Turn one score into a probability: softmax of the two scores (x, 0), first entry.

    Formula: 1 / (1 + exp(-x)) for x >= 0, exp(x) / (1 + exp(x)) for x < 0: with e = exp(-|x|),
             which never overflows, (1 or e) / (1 + e).
    Shapes:  any, elementwise.
    Units:   none. float32 and float64 are kept.
    Errors:  TypeError if `x` is not real.
    Chapter: 3 Softmax. Source: Cox (1958), J. R. Stat. Soc. B 20.

    >>> sigmoid([-1000.0, 0.0, 1.5]).round(4)
    array([0.    , 0.5   , 0.8176])
    """
    return in_blocks(_sigmoid, float_array("x", x))


def _sigmoid(x):
    """Return 1 / (1 + e) or e / (1 + e), e = exp(-|x|), by the sign of x."""
    e = np.exp(-np.abs(x))
    # e is at most 1; np.where, where the processor guesses signs, takes twice the time.
    return np.maximum(e, x >= 0) / (1 + e)


def log_sigmoid(x):
    r"""Return the logarithm of the sigmoid: log-softmax of the two scores (x, 0), first entry.

    Formula: log(1 / (1 + exp(-x))) = min(x, 0) - log1p(exp(-|x|)); no term is positive.
    Shapes:  any, elementwise.
    Units:   nats. float32 and float64 are kept.
    Limits:  close to x far below 0, close to -exp(-x) far above.
    Errors:  TypeError if `x` is not real.
    Chapter: 7 Binary cross-entropy with logits.
    Source:  Blanchard, Higham, Higham (2021), IMA J. Numer. Anal.

    >>> log_sigmoid([-10.0, 0.0, 1.5]).round(4)
    array([-10.    ,  -0.6931,  -0.2014])
    """
    x = float_array("x", x)
    return in_blocks(lambda x: np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x))), x)


def softplus(x):
    r"""Return the soft version of max(x, 0): log-sum-exp of the two scores (x, 0).

    Formula: log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)); no term is negative.
    Shapes:  any, elementwise.
    Units:   nats. float32 and float64 are kept.
    Limits:  close to exp(x) far below 0, close to x far above. Its gradient is sigmoid(x).
    Errors:  TypeError if `x` is not real.
    Chapter: 7 Binary cross-entropy with logits. Source: Dugas et al. (2001), Adv. in NIPS 13.

    >>> softplus([-1000.0, 0.0, 1.5]).round(4)
    array([0.    , 0.6931, 1.7014])
    """
    x = float_array("x", x)
    return in_blocks(lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))), x)


def softmax_jacobian(z):
    r"""Return how each probability moves with each score.

    Formula: dp_i/dz_j = p_i (1 - p_i) for i = j, -p_i p_j otherwise: diag(p) - p p^T. Every row
             and every column sums to 0. 1 - p is computed as -expm1(log p), which keeps its digits
             where p is close to 1.
    Shapes:  the classes lie along the last axis: (..., C) gives (..., C, C).
    Units:   probability per unit of score. float32 and float64 are kept.
    Limits:  a score of -inf has a row and a column of 0; a row with +inf, nan, or only -inf: nan.
    Errors:  TypeError if `z` is not real; ValueError without an axis or without classes.
    Chapter: 6 The gradient. Source: Bridle (1990).

    >>> softmax_jacobian([1.0, 2.0, 0.5]).round(4)
    array([[ 0.1778, -0.1453, -0.0324],
           [-0.1453,  0.2335, -0.0881],
           [-0.0324, -0.0881,  0.1206]])
    """
    log_p = log_softmax(z)
    p = softmax(z)
    jacobian = 0 - p[..., :, np.newaxis] * p[..., np.newaxis, :]
    diagonal = np.arange(p.shape[-1])
    jacobian[..., diagonal, diagonal] = p * (0 - np.expm1(log_p))
    return jacobian


def softmax_vjp(z, upstream, axis=-1):
    r"""Return the gradient by the scores of a function of softmax(z), given that by softmax(z).

    Formula: dL/dz_i = p_i (u_i - sum_j p_j u_j) with u = dL/dp: the Jacobian times u, without the
             Jacobian. A number added to every u changes nothing; if the largest score m has p_m
             above 1/2, u_m is taken away first, so that nothing cancels where p_m is close to 1.
    Shapes:  any; `upstream` and the result have the shape of `z`; `axis` is an int, a tuple, None.
    Units:   those of L, per unit of score. float32 and float64 are kept.
    Limits:  a score of -inf has gradient 0; a row with +inf, nan, or only -inf gives nan.
    Errors:  TypeError if an argument is not real; ValueError for shapes that differ, without
             classes or for an axis `z` lacks.
    Chapter: 6 The gradient. Source: Bridle (1990).

    >>> softmax_vjp([1.0, 2.0, 0.5], [0.0, 1.0, 0.0]).round(4)  # a row of the Jacobian
    array([-0.1453,  0.2335, -0.0881])
    """
    rows, u, restore = _rows_and_upstream(z, upstream, axis)
    return restore(in_blocks(_softmax_vjp, rows, u))


def _softmax_vjp(rows, u):
    """Return p (u - sum(p u)) for rows of scores; u is measured from that of a p above 1/2."""
    p = _softmax(rows)
    top = np.arange(len(u)), rows.argmax(axis=-1)
    with np.errstate(over="ignore", invalid="ignore"):  # u may be infinite
        u = u - np.where(p[top] > 0.5, u[top], 0)[:, None]
        u -= (p * u).sum(axis=-1, keepdims=True)
        u *= p
    return u


def log_softmax_vjp(z, upstream, axis=-1):
    r"""Return the gradient by the scores of a function of log_softmax(z), given that by its result.

    Formula: dL/dz_i = u_i - p_i sum_j u_j with u = dL/d(log p). Of the largest score m, whose p
             may be close to 1, it is u_m (1 - p_m) - p_m sum_(j != m) u_j, which does not cancel:
             1 - p_m is the sum of the other probabilities.
    Shapes:  any; `upstream` and the result have the shape of `z`; `axis` is an int, a tuple, None.
    Units:   those of L, per unit of score. float32 and float64 are kept.
    Limits:  a score of -inf has gradient u_i; a row with +inf, nan, or only -inf gives nan.
    Errors:  TypeError if an argument is not real; ValueError for shapes that differ, without
             classes or for an axis `z` lacks.
    Chapter: 6 The gradient. Source: Bridle (1990).

    >>> log_softmax_vjp([1.0, 2.0, 0.5], [0.0, -1.0, 0.0]).round(4)  # cross-entropy: p - y
    array([ 0.2312, -0.3715,  0.1402])
    """
    rows, u, restore = _rows_and_upstream(z, upstream, axis)
    return restore(in_blocks(_log_softmax_vjp, rows, u))


def _log_softmax_vjp(rows, u):
    """Return u - p sum(u) for rows of scores."""
    p, not_top, top = _probs_and_rest(rows)
    others = u.copy()
    others[top] = 0
    with np.errstate(over="ignore", invalid="ignore"):  # u may be infinite
        below = others.sum(axis=-1)
        grad = u - p * (u[top] + below)[:, None]
        grad[top] = u[top] * not_top - p[top] * below
    return grad


def _rows_and_upstream(z, upstream, axis):
    """Return rows of scores, rows of upstream gradients, and the way back to the shape of z."""
    z, upstream = float_array("z", z), float_array("upstream", upstream)
    if upstream.shape != z.shape:
        raise ValueError(f"upstream: expected the shape of z, {z.shape}, got {upstream.shape}")
    rows, restore = classes_last(z, axis)
    u, _ = classes_last(as_dtype(upstream, z.dtype), axis)
    return rows, u, restore


def _probs_and_rest(rows):
    """Return p, 1 - p of each row's maximum with all its digits, and the place of the maximum.

    No p but the maximum's exceeds 1/2, so that 1 - p cancels only there.
    """
    _, distance, top = _from_maximum(rows)
    p = _odds(distance, top)
    rest = p.sum(axis=-1, keepdims=True)
    total = 1 + rest
    p[top] = 1
    p /= total
    return p, (rest / total)[:, 0], top


def _odds(distance, top):
    """Return exp(distance), but 0 in place of the maximum's own 1.

    That 0 is its distance, which is nan if the maximum is infinite.
    """
    e = np.exp(distance)
    e[top] = distance[top]
    return e


def _from_maximum(rows):
    """Return each row's maximum, the distances to it, and its place.

    The distance of the maximum itself is 0, or nan if it is infinite: inf - inf.
    """
    # At some hundred classes this takes a third of the time of rows.max.
    top = np.arange(len(rows)), rows.argmax(axis=-1)
    m = rows[top][:, None]
    with np.errstate(over="ignore", invalid="ignore"):
        return m, rows - m, top
