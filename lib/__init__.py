"""The book's reference implementation: NumPy in, NumPy out, every loss in nats.

Each module carries one idea and is met in the chapter its docstrings name. `figures`, `explorers`
and `checks` are imported by name, so that `import lib` needs nothing but NumPy.
"""

from .information import cross_entropy, entropy, perplexity, xlogy
from .kl_div import kl_div_loss, kl_div_loss_grad
from .likelihood import bernoulli_nll, categorical_nll, fit_categorical
from .losses import (
    nll_loss,
    nll_loss_grad,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
)
from .naive import naive_log_softmax, naive_softmax
from .softmax import log_softmax, logsumexp, sigmoid, softmax

__all__ = [
    "bernoulli_nll",
    "categorical_nll",
    "cross_entropy",
    "entropy",
    "fit_categorical",
    "kl_div_loss",
    "kl_div_loss_grad",
    "log_softmax",
    "logsumexp",
    "naive_log_softmax",
    "naive_softmax",
    "nll_loss",
    "nll_loss_grad",
    "perplexity",
    "sigmoid",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_grad",
    "xlogy",
]
