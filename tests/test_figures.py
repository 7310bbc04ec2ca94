"""Figures: the same bytes each time they are drawn, and bars that say what they show."""

import io

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from lib import figures
from lib.figures import (
    INK,
    OTHER_CLASS,
    PUSHED_DOWN,
    TRUE_CLASS,
    figure,
    named_bars,
    pixels,
    use_book_style,
)

NAMES = ("cat", "dog", "bird")


@pytest.fixture
def svg_options(monkeypatch):
    """Apply the book's style for one test; return what it asks of a notebook's SVG."""
    asked = {}
    monkeypatch.setattr(
        figures, "set_matplotlib_formats", lambda *formats, **options: asked.update(options)
    )
    with mpl.rc_context():
        use_book_style()
        yield asked
    plt.close("all")


@pytest.fixture
def bars():
    """Return the axes of three named bars, one of them below zero."""
    _, ax = figure()
    named_bars(ax, [0.25, -1.5, 0.0], NAMES, highlight=1, title="Scores")
    yield ax
    plt.close("all")


def draw(options):
    """Return the SVG of one figure as a notebook would store it."""
    fig, (left, right) = figure(2)
    named_bars(left, [1.0, 2.0, -0.5], NAMES, highlight=1)
    right.plot(np.linspace(-3, 3), np.linspace(-3, 3) ** 2)
    right.fill_between([0, 1], [0, 1])
    svg = io.BytesIO()
    fig.savefig(svg, format="svg", **options)
    plt.close(fig)
    return svg.getvalue()


def test_two_draws_give_the_same_bytes(svg_options):
    assert draw(svg_options) == draw(svg_options)


def test_without_the_style_they_would_not(svg_options):
    with mpl.rc_context({"svg.hashsalt": None}):
        assert draw(svg_options) != draw(svg_options)


def test_no_date_and_no_version_is_stored(svg_options):
    svg = draw(svg_options).lower()
    assert b"<dc:date" not in svg
    assert mpl.__version__.encode() not in svg
    assert b"<dc:date" in draw({}).lower()  # a plain savefig stores one


def test_words_stay_words(svg_options):
    assert b">dog</text>" in draw(svg_options)


def test_the_background_is_white(svg_options):
    """The site turns figures dark by inverting them; a transparent one would become unreadable."""
    assert mpl.rcParams["figure.facecolor"] == "white"
    assert "transparent" not in svg_options


def test_the_first_name_is_on_top(bars):
    assert [label.get_text() for label in bars.get_yticklabels()] == list(NAMES)
    bottom, top = bars.get_ylim()
    assert bottom > top  # row 0 is drawn highest


def test_every_bar_carries_its_number_with_a_true_minus_sign(bars):
    assert [text.get_text() for text in bars.texts] == ["0.250", "\N{MINUS SIGN}1.500", "0.000"]


def test_the_number_stands_outside_the_bar(bars):
    above, below, _ = bars.texts
    assert (above.get_ha(), below.get_ha()) == ("left", "right")
    assert above.get_position()[0] > 0.25
    assert below.get_position()[0] < -1.5


def test_only_the_highlighted_bar_has_the_colour_of_the_true_class(bars):
    colors = [mpl.colors.to_hex(bar.get_facecolor()) for bar in bars.patches]
    assert colors == [OTHER_CLASS, TRUE_CLASS, OTHER_CLASS]
    assert [text.get_fontweight() for text in bars.texts] == ["normal", "bold", "normal"]


def test_bars_are_as_long_as_their_values(bars):
    assert [bar.get_width() for bar in bars.patches] == [0.25, -1.5, 0.0]


def test_the_title_is_written(bars):
    assert bars.get_title(loc="left") == "Scores"


def test_a_bar_without_a_name_is_an_error():
    _, ax = figure()
    with pytest.raises(ValueError, match=r"number of FixedLocator locations"):
        named_bars(ax, [1.0, 2.0], ["cat"])
    plt.close("all")


def test_columns_give_as_many_axes():
    fig, axes = figure(3, height=2, width=9)
    assert len(axes) == 3
    assert tuple(fig.get_size_inches()) == (9, 2)
    plt.close("all")


# --- A matrix as squares ----------------------------------------------------------------------


@pytest.fixture
def picture():
    """Return the axes of a picture of two rows: full, half and no ink, then the same below 0."""
    _, ax = figure()
    pixels(ax, [[8.0, 4.0, 0.0], [-8.0, -4.0, 0.4]], scale=8, title="ink")
    yield ax
    plt.close("all")


def square(patch):
    """Return the middle of a patch, as (column, row)."""
    box = patch.get_path().get_extents()
    return round((box.x0 + box.x1) / 2), round((box.y0 + box.y1) / 2)


def test_each_square_has_the_shade_of_its_number(picture):
    colors = {square(patch): patch.get_facecolor()[:3] for patch in picture.patches}
    full = {0: np.array(to_rgb(INK)), 1: np.array(to_rgb(PUSHED_DOWN))}
    for row in (0, 1):
        np.testing.assert_allclose(colors[0, row], full[row])
        np.testing.assert_allclose(colors[1, row], (1 + full[row]) / 2)


def test_what_is_near_zero_stays_white(picture):
    assert {square(patch) for patch in picture.patches} == {(0, 0), (1, 0), (0, 1), (1, 1)}


def test_the_first_row_of_a_picture_is_on_top(picture):
    top, bottom = picture.get_ylim()[1], picture.get_ylim()[0]
    assert top == -0.5
    assert bottom == 1.5


def test_a_square_is_whole():
    _, ax = figure()
    pixels(ax, [[1.0]], scale=1)
    corners = ax.patches[0].get_path().vertices
    assert {tuple(corner) for corner in corners[:4]} == {
        (x, y) for x in (-0.47, 0.47) for y in (-0.47, 0.47)
    }
    plt.close("all")


def test_numbers_beyond_the_scale_get_the_full_colour():
    _, ax = figure()
    pixels(ax, [[50.0]], scale=1)
    np.testing.assert_allclose(ax.patches[0].get_facecolor()[:3], to_rgb(INK))
    plt.close("all")


def test_the_last_bits_do_not_change_a_picture(svg_options):
    def drawn(image):
        fig, ax = figure()
        pixels(ax, image, scale=2)
        svg = io.BytesIO()
        fig.savefig(svg, format="svg", **svg_options)
        plt.close(fig)
        return svg.getvalue()

    image = np.random.default_rng(0).normal(size=(8, 8))
    assert drawn(image) == drawn(image * (1 + 1e-12))
    assert drawn(image) != drawn(-image)
