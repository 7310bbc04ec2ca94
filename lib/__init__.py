"""The book's reference implementation: NumPy in, NumPy out, every loss in nats.

Each module carries one idea and is met in the chapter its docstrings name. `figures`, `explorers`
and `checks` are imported by name, so that `import lib` needs nothing but NumPy.
"""

from .binary import (
    binary_cross_entropy,
    binary_cross_entropy_grad,
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_grad,
    sigmoid_focal_loss,
    sigmoid_focal_loss_grad,
)
from .diagnose import diagnose
from .information import (
    cross_entropy,
    entropy,
    js_divergence,
    kl_divergence,
    mutual_information,
    perplexity,
    surprisal,
    xlogy,
)
from .keras_style import (
    binary_crossentropy,
    categorical_crossentropy,
    sparse_categorical_crossentropy,
)
from .kl_div import kl_div_loss, kl_div_loss_grad
from .likelihood import bernoulli_nll, categorical_nll, fit_categorical
from .losses import (
    nll_loss,
    nll_loss_grad,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
)
from .naive import (
    naive_binary_cross_entropy_with_logits,
    naive_log_softmax,
    naive_logsumexp,
    naive_sigmoid,
    naive_softmax,
)
from .softmax import (
    log_sigmoid,
    log_softmax,
    log_softmax_vjp,
    logsumexp,
    sigmoid,
    softmax,
    softmax_jacobian,
    softmax_vjp,
    softplus,
)

__all__ = [
    "bernoulli_nll",
    "binary_cross_entropy",
    "binary_cross_entropy_grad",
    "binary_cross_entropy_with_logits",
    "binary_cross_entropy_with_logits_grad",
    "binary_crossentropy",
    "categorical_crossentropy",
    "categorical_nll",
    "cross_entropy",
    "diagnose",
    "entropy",
    "fit_categorical",
    "js_divergence",
    "kl_div_loss",
    "kl_div_loss_grad",
    "kl_divergence",
    "log_sigmoid",
    "log_softmax",
    "log_softmax_vjp",
    "logsumexp",
    "mutual_information",
    "naive_binary_cross_entropy_with_logits",
    "naive_log_softmax",
    "naive_logsumexp",
    "naive_sigmoid",
    "naive_softmax",
    "nll_loss",
    "nll_loss_grad",
    "perplexity",
    "sigmoid",
    "sigmoid_focal_loss",
    "sigmoid_focal_loss_grad",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_grad",
    "softmax_jacobian",
    "softmax_vjp",
    "softplus",
    "sparse_categorical_crossentropy",
    "surprisal",
    "xlogy",
]
