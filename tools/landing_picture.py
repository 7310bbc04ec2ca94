"""Draw the landing page's picture, wide and narrow: `python tools/landing_picture.py [FOLDER]`.

`intro.md` cannot run code, so its one picture is drawn here and stored in `_static/`;
`tests/test_landing_picture.py` draws it again and compares every byte. The same picture, as pixels
and under the book's title, is what a chat shows beside a link to a page.
"""

import sys
from pathlib import Path

from lib.figures import SVG_METADATA, from_scores_to_gradient, use_book_style
from lib.published import HORSE

STORED = Path(__file__).resolve().parents[1] / "_static"
# Drawn as wide as the page shows them, in inches, so that their letters are as large as its text.
LAYOUTS = {
    "horse_wide.svg": {"columns": 4, "panel_width": 1.85},
    "horse_narrow.svg": {"columns": 2, "panel_width": 2.0},
}
PREVIEW = "preview.png"
PREVIEW_SIZE = (1200, 630)  # pixels, the shape that previews of links have


def draw(folder):
    """Write the pictures and the preview into `folder`."""
    use_book_style()
    for name, layout in LAYOUTS.items():
        figure = from_scores_to_gradient(HORSE, **layout)
        figure.savefig(Path(folder) / name, metadata=SVG_METADATA, bbox_inches="tight")
    figure = from_scores_to_gradient(HORSE, columns=4, panel_width=2.0)
    figure.suptitle("Cross-entropy to the last digit", fontsize=22, fontweight="bold")
    figure.get_layout_engine().set(rect=(0.02, 0.02, 0.96, 0.95))  # a margin
    dots = 150  # per inch: letters that are read at the size of a chat
    figure.set_size_inches(*(pixels / dots for pixels in PREVIEW_SIZE))
    figure.savefig(Path(folder) / PREVIEW, dpi=dots, metadata={"Software": None})


if __name__ == "__main__":
    draw(sys.argv[1] if len(sys.argv) > 1 else STORED)
