"""Interactive figures that need no kernel: HTML, CSS and JavaScript from `_repr_html_`.

Python writes the first state with `lib`, so that the stored output is right where no script runs;
in the page, `lib/explorer_assets/` takes over. The output has no ids and no state but the values of
its controls: the same parameters give the same bytes, and figures on one page share nothing.
"""

from .binary import BinaryExplorer
from .gradient import GradientExplorer
from .kl import KLExplorer
from .log_sum_exp import LogSumExpExplorer
from .softmax import SoftmaxExplorer

__all__ = [
    "BinaryExplorer",
    "GradientExplorer",
    "KLExplorer",
    "LogSumExpExplorer",
    "SoftmaxExplorer",
]
