"""The losses in Keras' spelling against Keras itself, and where the book is stricter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import (
    binary_crossentropy,
    categorical_crossentropy,
    log_softmax,
    sigmoid,
    softmax,
    softmax_cross_entropy,
    sparse_categorical_crossentropy,
)

PROPERTY = settings(max_examples=60, deadline=None, derandomize=True)
INF, NAN = np.inf, np.nan
FROM_LOGITS = pytest.mark.parametrize("from_logits", [False, True])


@pytest.fixture(scope="module")
def keras(tmp_path_factory):
    """Keras on PyTorch, with its own defaults whatever keras.json the user has."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("KERAS_BACKEND", "torch")
        environment.setenv("KERAS_HOME", str(tmp_path_factory.mktemp("keras")))
        import keras

    assert keras.backend.backend() == "torch"
    assert keras.config.epsilon() == 1e-7
    return keras


def agree(ours, theirs, dtype, digits_of=None):
    """Assert equal values, dtypes and shapes, to the digits of the dtype or of another."""
    theirs = theirs.detach().cpu().numpy()
    assert ours.dtype == theirs.dtype == dtype
    assert np.shape(ours) == theirs.shape
    eps = np.finfo(digits_of or dtype).eps
    np.testing.assert_allclose(ours, theirs, rtol=100 * eps, atol=20 * eps)


# --- against Keras, all options together --------------------------------------------------------


@st.composite
def problems(draw, axes_of_classes=(0, 1, -1)):
    """Draw predictions, some of them 0 and 1, and the options that all three losses have."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    shape = draw(st.sampled_from([(2,), (3, 2), (2, 5), (2, 3, 4)]))
    axis = draw(st.sampled_from([a for a in axes_of_classes if a < len(shape)]))
    from_logits = draw(st.booleans())
    y_pred = rng.normal(0, draw(st.sampled_from([0.5, 3])), shape)
    if not from_logits:
        y_pred = sigmoid(y_pred)
        y_pred = np.where(rng.random(shape) < 0.2, rng.integers(0, 2, shape), y_pred)
        y_pred += 0.1 * (y_pred.sum(axis=axis, keepdims=True) == 0)
    return y_pred.astype(dtype), axis, from_logits, rng


@PROPERTY
@given(problems(), st.booleans(), st.sampled_from([0.0, 0.1, 1.0]))
def test_categorical_agrees_with_keras(keras, problem, one_hot, smoothing):
    y_pred, axis, from_logits, rng = problem
    if axis not in (-1, y_pred.ndim - 1):
        smoothing = 0.0  # see test_smoothing_counts_the_classes
    classes = y_pred.shape[axis]
    others = np.delete(y_pred.shape, axis)
    rows = rng.dirichlet(np.ones(classes), others)
    y_true = np.eye(classes, dtype=int)[rows.argmax(axis=-1)] if one_hot else rows
    y_true = np.moveaxis(y_true, -1, axis)
    options = {"from_logits": from_logits, "label_smoothing": smoothing, "axis": axis}
    theirs = keras.losses.categorical_crossentropy(y_true, y_pred, **options)
    agree(categorical_crossentropy(y_true, y_pred, **options), theirs, y_pred.dtype)


@PROPERTY
@given(
    problems(), st.sampled_from([None, 0, 1, -1, 255]), st.booleans(), st.sampled_from([0, 0.3, 1])
)
def test_sparse_categorical_agrees_with_keras(keras, problem, ignore_class, column, ignored):
    y_pred, axis, from_logits, rng = problem
    y_true = rng.integers(0, y_pred.shape[axis], np.delete(y_pred.shape, axis))
    if ignore_class is not None:
        y_true = np.where(rng.random(y_true.shape) < ignored, ignore_class, y_true)
    if column:
        y_true = np.expand_dims(y_true, axis)
    options = {"from_logits": from_logits, "ignore_class": ignore_class, "axis": axis}
    theirs = keras.losses.sparse_categorical_crossentropy(
        keras.ops.convert_to_tensor(y_true), keras.ops.convert_to_tensor(y_pred), **options
    )
    agree(sparse_categorical_crossentropy(y_true, y_pred, **options), theirs, y_pred.dtype)


@PROPERTY
@given(problems(), st.booleans(), st.sampled_from([0.0, 0.1, 1.0]), st.booleans())
def test_binary_agrees_with_keras(keras, problem, hard, smoothing, everything):
    y_pred, axis, from_logits, rng = problem
    y_true = rng.integers(0, 2, y_pred.shape) if hard else rng.random(y_pred.shape)
    options = {"from_logits": from_logits, "label_smoothing": smoothing}
    options["axis"] = tuple(range(y_pred.ndim)) if everything else axis
    theirs = keras.losses.binary_crossentropy(y_true, y_pred, **options)
    ours = binary_crossentropy(y_true, y_pred, **options)
    agree(ours, theirs, y_pred.dtype, digits_of=np.float32)  # Keras averages in float32

    smoothed = (y_true * (1 - smoothing) + smoothing / 2).astype(y_pred.dtype)
    theirs = keras.ops.binary_crossentropy(smoothed, y_pred, from_logits=from_logits)
    options["axis"] = -1
    one_by_one = binary_crossentropy(y_true[..., None], y_pred[..., None], **options)
    agree(one_by_one, theirs, y_pred.dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("y_pred", [[0, 0, 1], [0.2, 0.2, 0.1], [1, 1, 1], [0, 1e-30, 0], [0] * 3])
def test_probabilities_at_the_edge_agree_with_keras(keras, y_pred, dtype):
    y_pred = np.array([y_pred], dtype)
    for label in range(3):
        y_true = np.eye(3)[[label]]
        theirs = keras.losses.categorical_crossentropy(y_true, y_pred)
        agree(categorical_crossentropy(y_true, y_pred), theirs, dtype)
        labels = keras.ops.convert_to_tensor([label])
        theirs = keras.losses.sparse_categorical_crossentropy(labels, y_pred)
        agree(sparse_categorical_crossentropy([label], y_pred), theirs, dtype)
        theirs = keras.losses.binary_crossentropy(y_true, y_pred)
        agree(binary_crossentropy(y_true, y_pred), theirs, dtype, digits_of=np.float32)


# --- Keras' conventions, in numbers -------------------------------------------------------------


def test_the_example_of_keras_documentation():
    y_pred = np.float32([[0.05, 0.95, 0], [0.1, 0.8, 0.1]])
    losses = sparse_categorical_crossentropy([1, 2], y_pred)
    assert f"{losses[0]:.4f} {losses[1]:.4f} {losses.mean():.4f}" == "0.0513 2.3026 1.1769"
    np.testing.assert_array_equal(losses, categorical_crossentropy(np.eye(3)[[1, 2]], y_pred))
    losses = binary_crossentropy([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]])
    assert f"{losses[0]:.3f} {losses[1]:.3f}" == "0.916 0.714"


def test_a_clipped_loss_is_never_infinite_and_never_zero():
    impossible, sure = np.float32([0, 1]), np.float32([1, 0])
    assert f"{sparse_categorical_crossentropy(0, impossible):.6f}" == "16.118095"
    assert f"{sparse_categorical_crossentropy(0, sure):.6e}" == "1.192093e-07"
    assert f"{binary_crossentropy([1.0], np.float32([0])):.6f}" == "16.118095"
    assert f"{binary_crossentropy([0.0], np.float32([1])):.6f}" == "15.942385"
    assert f"{binary_crossentropy([0.0], [1.0]):.6f}" == "16.118096"  # float64


def test_probabilities_are_divided_by_their_sum():
    assert categorical_crossentropy([0, 1, 0], [0.2, 0.2, 0.1]) == pytest.approx(-np.log(0.4))


def test_from_logits_it_is_the_loss_of_the_other_chapters():
    z, labels = np.array([[1.0, 2.0, 0.5], [0.0, 40.0, 0.0]]), np.array([1, 1])
    losses = softmax_cross_entropy(z, labels, reduction="none")
    np.testing.assert_array_equal(
        sparse_categorical_crossentropy(labels, z, from_logits=True), losses
    )
    np.testing.assert_array_equal(
        categorical_crossentropy(np.eye(3)[labels], z, from_logits=True), losses
    )
    assert losses[1] > 0
    of_softmax = sparse_categorical_crossentropy(labels, softmax(z))
    np.testing.assert_allclose(of_softmax, [losses[0], 1e-7], rtol=1e-7)


# --- where the book is stricter, or keeps more ----------------------------------------------------


def test_a_soft_target_of_zero_on_a_masked_class_costs_nothing(keras):
    y_true, y_pred = np.array([[0.5, 0.0, 0.5]]), np.array([[0.0, -INF, 0.0]])
    theirs = keras.losses.categorical_crossentropy(y_true, y_pred, from_logits=True)
    assert np.isnan(theirs.item())
    ours = categorical_crossentropy(y_true, y_pred, from_logits=True)
    assert ours == pytest.approx([np.log(2)])


def test_smoothing_counts_the_classes(keras):
    """Keras counts the entries of the last axis, whichever axis holds the classes."""
    y_pred = np.log(np.array([[0.7, 0.3], [0.2, 0.1], [0.1, 0.6]]))
    y_true = np.eye(3)[:, [0, 2]]
    options = {"from_logits": True, "label_smoothing": 0.3}
    ours = categorical_crossentropy(y_true, y_pred, axis=0, **options)
    turned = categorical_crossentropy(y_true.T, y_pred.T, **options)
    np.testing.assert_allclose(ours, turned, rtol=1e-14)
    theirs = keras.losses.categorical_crossentropy(y_true, y_pred, axis=0, **options)
    assert (np.abs(theirs.numpy() - ours) > 0.05).all()


def test_a_label_that_keras_passes_over_is_refused(keras):
    """On PyTorch -100 is the hidden `ignore_index`: a loss of 0 for a label that does not exist."""
    y_pred = np.zeros((1, 3))
    labels = keras.ops.convert_to_tensor([-100])
    theirs = keras.losses.sparse_categorical_crossentropy(labels, y_pred, from_logits=True)
    assert theirs.item() == 0
    for label in (-100, -1, 3, 5):
        with pytest.raises(IndexError, match=f"y_true: label {label} at .* is outside 0..2"):
            sparse_categorical_crossentropy([label], y_pred, from_logits=True)


def test_labels_that_keras_cuts_are_refused(keras):
    labels = keras.ops.convert_to_tensor([1.9])
    y_pred = np.array([[0.2, 0.3, 0.5]])
    theirs = keras.losses.sparse_categorical_crossentropy(labels, y_pred)
    assert theirs.item() == pytest.approx(-np.log(0.3))
    with pytest.raises(TypeError, match=r"y_true: class indices must be integers, .* float64"):
        sparse_categorical_crossentropy([1.9], y_pred)


def test_every_digit_from_logits():
    ours = binary_crossentropy([[0.0]], np.float32([[-15]]), from_logits=True)
    assert ours == pytest.approx(np.exp(-15), rel=1e-6)  # Keras on PyTorch: 0
    with_more = sparse_categorical_crossentropy([1], [[0.0, 40.0]], from_logits=True)
    assert f"{with_more[0]:.3e}" == "4.248e-18"


# --- limits, shapes and types ---------------------------------------------------------------------


@FROM_LOGITS
@pytest.mark.parametrize("bad", [NAN, INF, -INF, 7.0])
def test_an_ignored_row_costs_nothing_whatever_it_holds(from_logits, bad):
    y_pred = [[0.2, 0.3, 0.5], [bad, bad, 0.0]]
    losses = sparse_categorical_crossentropy(
        [1, 255], y_pred, from_logits=from_logits, ignore_class=255
    )
    alone = sparse_categorical_crossentropy([1], y_pred[:1], from_logits=from_logits)
    np.testing.assert_array_equal(losses, [alone[0], 0])


def test_labels_of_every_integer_type():
    y_pred = np.full((2, 300), 1 / 300)
    for dtype in (np.uint8, np.int16, np.uint64):
        labels = np.array([7, 255], dtype)
        losses = sparse_categorical_crossentropy(labels, y_pred, ignore_class=255)
        assert losses[0] > 5
        assert losses[1] == 0


@FROM_LOGITS
def test_lists_one_example_and_one_class(from_logits):
    options = {"from_logits": from_logits}
    for loss, truth in [
        (categorical_crossentropy, [0, 1]),
        (sparse_categorical_crossentropy, 1),
        (binary_crossentropy, [0, 1]),
    ]:
        assert isinstance(loss(truth, [0.25, 0.75], **options), np.floating)
        batch = loss([truth, truth], [[0.25, 0.75], [0.5, 0.5]], **options)
        assert batch.shape == (2,)
        assert batch[0] == loss(truth, [0.25, 0.75], **options)
        assert loss([truth], np.float32([[0.25, 0.75]]), **options).dtype == np.float32
        assert loss([truth], np.float16([[0.25, 0.75]]), **options).dtype == np.float32
    sure = sparse_categorical_crossentropy([0], [[0.3]], **options)
    assert sure[0] == pytest.approx(0 if from_logits else 1e-7, rel=1e-6)


def test_no_examples_and_a_mean_over_nothing():
    none = np.zeros((0, 3))
    for from_logits in (False, True):
        assert categorical_crossentropy(none, none, from_logits=from_logits).shape == (0,)
        assert sparse_categorical_crossentropy([], none, from_logits=from_logits).shape == (0,)
        assert binary_crossentropy(none, none, from_logits=from_logits).shape == (0,)
    assert np.isnan(binary_crossentropy(none.T, none.T)).tolist() == [True] * 3
    assert np.isnan(binary_crossentropy(none, none, axis=None))


def test_nothing_is_modified():
    y_pred, y_true, labels = np.full((2, 2), 0.5), np.eye(2), np.array([0, 1])
    for array in (y_pred, y_true, labels):
        array.setflags(write=False)
    for from_logits in (False, True):
        options = {"from_logits": from_logits}
        categorical_crossentropy(y_true, y_pred, label_smoothing=0.1, **options)
        categorical_crossentropy(y_true, y_pred, **options)
        sparse_categorical_crossentropy(labels, y_pred, ignore_class=0, **options)
        binary_crossentropy(y_true, y_pred, label_smoothing=0.1, **options)


# --- bad input ----------------------------------------------------------------------------------

ROW, TRUTH = np.array([[0.2, 0.3, 0.5]]), np.array([[0.0, 1.0, 0.0]])
BAD_FOR_BOTH = {
    "shapes": ((TRUTH[0], ROW), {}, ValueError, r"y_true: .* y_pred, \(1, 3\), got \(3,\)"),
    "a column": (([[1.0]], [0.5]), {}, ValueError, r"y_true: .* y_pred, \(1,\), got \(1, 1\)"),
    "target 2": ((2 * TRUTH, ROW), {}, ValueError, "y_true: probabilities .*, got 0.0..2.0"),
    "target nan": ((NAN * TRUTH, ROW), {}, ValueError, "y_true: probabilities .*, got nan"),
    "target bool": ((TRUTH == 1, ROW), {}, TypeError, "y_true: expected real numbers, .* bool"),
    "smoothing negative": (
        (TRUTH, ROW), {"label_smoothing": -0.1}, ValueError,
        "label_smoothing: expected a number between 0 and 1, got -0.1",
    ),
    "smoothing nan": ((TRUTH, ROW), {"label_smoothing": NAN}, ValueError, "label_smoothing: .*nan"),
}  # fmt: skip
BAD_FOR_ALL = {
    "probability above 1": ((1, [0, 1.5, 0]), {}, ValueError, "y_pred: probabilities .*1.5"),
    "probability negative": ((1, [-0.5, 1, 0]), {}, ValueError, "y_pred: probabilities .*-0.5"),
    "probability nan": ((1, [NAN, 1, 0]), {}, ValueError, "y_pred: probabilities .*nan"),
    "words": ((1, ["a", "b", "c"]), {}, TypeError, "y_pred: expected real numbers"),
    "ragged": ((1, [[1.0], [1.0, 0.0]]), {}, ValueError, "y_pred: expected rows of one length"),
    "axis": ((1, [0.5, 0.5, 0.0]), {"axis": 1}, ValueError, "axis: axis 1 is out of bounds"),
    "a number": ((1, 0.5), {}, ValueError, "axis: axis -1 is out of bounds"),
}
BAD_FOR_CATEGORICAL = {
    "axis true": ((TRUTH, ROW), {"axis": True}, TypeError, "axis: expected an integer, got True"),
    "axis none": ((TRUTH, ROW), {"axis": None}, TypeError, "axis: expected an integer, got None"),
    "two axes": ((TRUTH, ROW), {"axis": (0, 1)}, TypeError, r"axis: .*, got \(0, 1\)"),
    "no classes": (
        (np.zeros((2, 0)),) * 2, {}, ValueError,
        r"y_pred: expected at least one class along axis 1, got shape \(2, 0\)",
    ),
}  # fmt: skip
BAD_FOR_SPARSE = {
    "one label for two": ((1, [[0.5, 0.5]] * 2), {}, ValueError, r"y_true: .* \(2,\) .* got \(\)"),
    "too many labels": (
        ([0, 1], ROW), {}, ValueError,
        r"y_true: expected shape \(1,\) for y_pred of shape \(1, 3\), got \(2,\)",
    ),
    "axes exchanged": (
        (np.zeros((3, 2), int), np.full((2, 3, 4), 0.25)), {}, ValueError,
        r"y_true: expected shape \(2, 3\) .* got \(3, 2\)",
    ),
    "one-hot rows": (([[0, 1, 0]], ROW), {}, ValueError, r"y_true: .* \(1,\) .* got \(1, 3\)"),
    "label in words": ((["a"], ROW), {}, TypeError, "y_true: class indices must be integers"),
}  # fmt: skip


def case(loss, name, arguments, options, error, message):
    return pytest.param(
        loss, arguments, options, error, message, id=f"{loss.__name__}: {name}".replace("_", " ")
    )


def one_hot(truth):
    return np.eye(3)[1] if np.ndim(truth) == 0 else truth


@pytest.mark.parametrize(
    "loss, arguments, options, error, message",
    [
        *(
            case(loss, name, *bad)
            for loss in (categorical_crossentropy, binary_crossentropy)
            for name, bad in BAD_FOR_BOTH.items()
        ),
        *(
            case(loss, name, (one_hot(bad[0][0]), bad[0][1]), *bad[1:])
            for loss in (categorical_crossentropy, binary_crossentropy)
            for name, bad in BAD_FOR_ALL.items()
        ),
        *(
            case(loss, name, *bad)
            for loss in (categorical_crossentropy, sparse_categorical_crossentropy)
            for name, bad in BAD_FOR_CATEGORICAL.items()
        ),
        *(
            case(sparse_categorical_crossentropy, name, *bad)
            for name, bad in (BAD_FOR_ALL | BAD_FOR_SPARSE).items()
        ),
    ],
)
def test_bad_input_is_refused_with_name_what_came_and_what_was_expected(
    loss, arguments, options, error, message
):
    with pytest.raises(error, match=f"^{message}"):
        loss(*arguments, **options)


def test_out_of_reach_of_the_last_axis():
    """Along any axis the classes are the classes."""
    z = np.random.default_rng(0).normal(size=(3, 2))
    labels = np.array([2, 0])
    losses = sparse_categorical_crossentropy(labels, z, from_logits=True, axis=0)
    np.testing.assert_allclose(losses, -log_softmax(z, axis=0)[labels, [0, 1]], rtol=1e-15)


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("function", [categorical_crossentropy, binary_crossentropy])
def test_a_million_classes_along_axis_0_keep_their_digits(function, from_logits):
    """Added up one by one, as NumPy does along that axis, they lose two or three."""
    rng = np.random.default_rng(0)
    y = rng.dirichlet(np.ones(1000), 1000).ravel()[:, None].astype(np.float32) / 1000
    p = rng.dirichlet(np.ones(1000), 1000).ravel()[:, None].astype(np.float32) / 1000
    p = np.log(p + np.float32(1e-9)) if from_logits else p
    along_0 = function(y, p, from_logits=from_logits, axis=0)
    in_float64 = function(y.astype(float), p.astype(float), from_logits=from_logits, axis=0)
    np.testing.assert_allclose(along_0, in_float64, rtol=2e-6)


@pytest.mark.parametrize("value", ["False", None, 1])
def test_from_logits_is_true_or_false(value):
    for function, y in (
        (categorical_crossentropy, [0.0, 1.0]),
        (binary_crossentropy, [0.0, 1.0]),
        (sparse_categorical_crossentropy, 1),
    ):
        with pytest.raises(TypeError, match=r"^from_logits: expected True or False"):
            function(y, [0.4, 0.6], from_logits=value)


@pytest.mark.parametrize("value", ["a", [0, 1], 1.0])
def test_the_ignored_class_is_an_integer(value):
    with pytest.raises(TypeError, match=r"^ignore_class: expected an integer"):
        sparse_categorical_crossentropy([1, 0], [[0.4, 0.6], [0.5, 0.5]], ignore_class=value)
