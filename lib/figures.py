"""The book's figure style, and the few plots that recur."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib_inline.backend_inline import set_matplotlib_formats

from .losses import softmax_cross_entropy_grad
from .softmax import log_softmax, softmax

# Without date and creator a figure changes only when what it shows changes.
SVG_METADATA = {"Date": None, "Creator": None}

# One colour per idea, the same in every chapter; told apart by colour-blind readers, and never the
# only sign: bars carry their numbers and names.
TRUE_CLASS = "#1c5fa8"
OTHER_CLASS = "#7b8a97"  # 3.5 to 1 on white, as WCAG asks of what is drawn
PUSHED_UP = "#0b7285"
PUSHED_DOWN = "#c2560c"
INK = "#1f2933"
THREE_CLASSES = ((TRUE_CLASS, "o"), (PUSHED_DOWN, "s"), (OTHER_CLASS, "^"))  # colour and marker


def use_book_style():
    """Draw every figure of this notebook as SVG in the book's style, the same bytes each time."""
    mpl.rcParams.update(
        {
            "svg.hashsalt": "cross-entropy-book",  # ids from a fixed salt, not from the clock
            "svg.fonttype": "none",  # text stays text: searchable, and small
            "font.family": "sans-serif",
            "font.size": 11,
            "figure.figsize": (6.4, 3.2),
            "figure.facecolor": "white",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": INK,
            "axes.labelcolor": INK,
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "lines.linewidth": 2,
            "axes.prop_cycle": mpl.cycler(color=[TRUE_CLASS, PUSHED_DOWN, OTHER_CLASS, PUSHED_UP]),
        }
    )
    set_matplotlib_formats("svg", metadata=SVG_METADATA, bbox_inches="tight")


def named_bars(ax, values, names, *, highlight=None, colors=None, title=""):
    """Draw one horizontal bar per name, first name on top, the number written beside each bar.

    Empty names leave the bars unlabelled, for a panel to the right of one that has them.
    """
    values = np.asarray(values, dtype=float)
    rows = np.arange(len(values))
    if colors is None:
        colors = [TRUE_CLASS if i == highlight else OTHER_CLASS for i in rows]
    ax.barh(rows, values, color=colors, height=0.72)
    ax.axvline(0, color=INK, linewidth=0.8)
    low, high = min(values.min(), 0), max(values.max(), 0)
    room = 0.02 * (high - low)
    for row, value in zip(rows, values, strict=True):
        ax.text(
            value + (room if value >= 0 else -room),
            row,
            f"{value:.3f}".replace("-", "\N{MINUS SIGN}"),
            va="center",
            ha="left" if value >= 0 else "right",
            fontsize=9,  # a phone shows it at two thirds of that
            fontweight="bold" if row == highlight else "normal",
        )
    ax.set_yticks(rows, names or [""] * len(rows))
    ax.invert_yaxis()
    ax.set_xticks([])
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.tick_params(left=False)
    beside = 0.75 * (high - low)  # as wide as a number, wherever a bar can end
    ax.set_xlim(low - beside * (low < 0), high + beside * (high > 0))
    ax.set_title(title, fontsize=11, loc="left")


def pixels(ax, image, *, scale, color=INK, below=PUSHED_DOWN, shades=4, title=""):
    """Draw a matrix as a grid of squares: the further a number is from 0, the deeper its colour.

    `scale` is the size that gets the full colour, `color` above 0 and `below` beneath. Numbers are
    sorted into so many `shades` of each, and those nearest to 0 are left white: a picture of a few
    paths, which the last bits of the numbers do not change.
    """
    image = np.asarray(image, dtype=float)
    shade = np.clip(np.rint(shades * image / scale), -shades, shades)
    for s in np.unique(shade[shade != 0]):
        rows, columns = np.nonzero(shade == s)
        corners = np.array([[-0.47, -0.47], [0.47, -0.47], [0.47, 0.47], [-0.47, 0.47]])
        squares = np.column_stack([columns, rows])[:, np.newaxis] + corners
        full = np.array(to_rgb(color if s > 0 else below))
        mixed = 1 - (1 - full) * abs(s) / shades
        path = Path.make_compound_path_from_polys(squares)
        ax.add_patch(PathPatch(path, facecolor=mixed, linewidth=0))
    height, width = image.shape
    ax.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5), aspect="equal")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(True)
    ax.spines[:].set(color=OTHER_CLASS, linewidth=0.6)
    ax.set_title(title, fontsize=10)


def figure(columns=1, *, height=3.2, width=6.4):
    """Return a figure and its axes, side by side, laid out without overlap."""
    return plt.subplots(1, columns, figsize=(width, height), layout="constrained")


def from_scores_to_gradient(example, columns, panel_width):
    """Draw one example's whole way: scores, probabilities, log-probabilities, gradient."""
    grad = softmax_cross_entropy_grad(example.logits, example.target)
    log_probs = log_softmax(example.logits)
    panels = (
        ("1. scores z", example.logits, None),
        ("2. probabilities p", softmax(example.logits), None),
        (f"3. ln p; loss {-log_probs[example.target]:.3f}", log_probs, None),
        ("4. gradient p − y", grad, [PUSHED_UP if g < 0 else PUSHED_DOWN for g in grad]),
    )
    rows = len(panels) // columns
    size = (panel_width * columns, 3.2 * rows)
    fig, axes = plt.subplots(rows, columns, figsize=size, layout="constrained")
    for i, (ax, (title, values, colors)) in enumerate(zip(axes.flat, panels, strict=True)):
        names = () if i % columns else example.class_names
        named_bars(ax, values, names, highlight=example.target, colors=colors, title=title)
    return fig
