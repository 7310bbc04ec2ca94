"""The book's figure style, and the few plots that recur."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib_inline.backend_inline import set_matplotlib_formats

# One colour per idea, the same in every chapter; told apart by colour-blind readers, and never the
# only sign: bars carry their numbers and names.
TRUE_CLASS = "#1c5fa8"
OTHER_CLASS = "#93a1ad"
PUSHED_UP = "#0b7285"
PUSHED_DOWN = "#c2560c"
INK = "#1f2933"


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
    # Without date and creator a figure changes only when what it shows changes.
    set_matplotlib_formats("svg", metadata={"Date": None, "Creator": None}, bbox_inches="tight")


def named_bars(ax, values, names, *, highlight=None, fmt="{:.3f}", title=""):
    """Draw one horizontal bar per name, first name on top, the number written beside each bar."""
    values = np.asarray(values, dtype=float)
    rows = np.arange(len(values))
    colors = [TRUE_CLASS if i == highlight else OTHER_CLASS for i in rows]
    ax.barh(rows, values, color=colors, height=0.72)
    ax.axvline(0, color=INK, linewidth=0.8)
    room = 0.02 * (max(values.max(), 0) - min(values.min(), 0))
    for row, value in zip(rows, values, strict=True):
        ax.text(
            value + (room if value >= 0 else -room),
            row,
            fmt.format(value).replace("-", "\N{MINUS SIGN}"),
            va="center",
            ha="left" if value >= 0 else "right",
            fontsize=9,
            fontweight="bold" if row == highlight else "normal",
        )
    ax.set_yticks(rows, names)
    ax.invert_yaxis()
    ax.set_xticks([])
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.tick_params(left=False)
    ax.margins(x=0.18)
    ax.set_title(title, fontsize=11, loc="left")


def figure(columns=1, *, height=3.2, width=6.4):
    """Return a figure and its axes, side by side, laid out without overlap."""
    return plt.subplots(1, columns, figsize=(width, height), layout="constrained")
