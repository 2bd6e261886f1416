"""Preparation: every step against its formula in NumPy, resizing against Pillow, and the page against what runs."""

import asyncio
import math

import numpy as np
import pytest
from paper_companion.demo.bridge.axes import PreparationError
from paper_companion.demo.bridge.function import Demo, answer_or_error
from paper_companion.demo.bridge.preparation import Tensors
from paper_companion.demo.bridge.resampling import resized
from paper_companion.demo.form import read_form
from paper_companion.page.companion import load_companion
from paper_companion.page.usage import usage_views
from paper_companion.paper.operations import OPERATIONS
from paper_companion.paper.reader import PaperError, read_paper
from PIL import Image

RANDOM = np.random.default_rng(0)
PICTURE = RANDOM.integers(0, 256, (5, 7, 3), dtype=np.uint8)
TENSOR = RANDOM.normal(3.0, 2.0, (2, 3, 4, 5))
AXES = [["batch", 2], ["channel", ["red", "green", "blue"]], ["y", 4], ["x", 5]]


def no_function(reference):
    raise AssertionError(f"{reference} is not to be called")


def stepped(steps, value=TENSOR, axes=AXES, dtype=None, **plan):
    """What the function gets for an array with these axes after these steps."""
    whole = {"id": "t", "numeric": True, "axes": axes, "dtype": dtype, "steps": steps, **plan}
    return Tensors(no_function).prepare(whole, "table", value)


def column(numbers):
    """Numbers along the channel axis."""
    return np.reshape(numbers, (1, 3, 1, 1))


def over(axes, value=TENSOR):
    mean, std = value.mean(axes, keepdims=True), value.std(axes, keepdims=True)
    return mean, std


SAME = {
    "binarize": ({"threshold": 3.5}, lambda t: (t > 3.5) * 1.0),
    "binarize by channel": ({"threshold": [1, 3, 5], "axis": "channel"}, lambda t: (t > column([1, 3, 5])) * 1.0),
    "clip": ({"min": 2, "max": 4}, lambda t: np.clip(t, 2, 4)),
    "clip above": ({"max": 4}, lambda t: np.minimum(t, 4)),
    "ensure_dtype": ({"dtype": "float32"}, lambda t: t.astype(np.float32)),
    "fixed_zero_mean_unit_variance": ({"mean": 2, "std": 4}, lambda t: (t - 2) / 4),
    "fixed_zero_mean_unit_variance by channel": (
        {"mean": [1, 2, 3], "std": [4, 5, 6], "axis": "channel"},
        lambda t: (t - column([1, 2, 3])) / column([4, 5, 6]),
    ),
    "scale_linear": ({"gain": 2, "offset": 1}, lambda t: t * 2 + 1),
    "scale_linear by channel": (
        {"gain": [1, 2, 3], "offset": [4, 5, 6], "axis": "channel"},
        lambda t: t * column([1, 2, 3]) + column([4, 5, 6]),
    ),
    "scale_range": (
        {"eps": 1e-6},
        lambda t: (t - t.min((1, 2, 3), keepdims=True)) / (np.ptp(t, axis=(1, 2, 3), keepdims=True) + 1e-6),
    ),
    "scale_range by percentiles": (
        {"min_percentile": 5, "max_percentile": 90, "axes": ["y", "x"], "eps": 1e-3},
        lambda t: (
            (t - np.percentile(t, 5, (2, 3), keepdims=True))
            / (np.percentile(t, 90, (2, 3), keepdims=True) - np.percentile(t, 5, (2, 3), keepdims=True) + 1e-3)
        ),
    ),
    "sigmoid": ({}, lambda t: 1 / (1 + np.exp(-t))),
    "softmax": ({"axis": "channel"}, lambda t: np.exp(t) / np.exp(t).sum(1, keepdims=True)),
    "zero_mean_unit_variance": ({"eps": 1e-6}, lambda t: (t - over((1, 2, 3))[0]) / (over((1, 2, 3))[1] + 1e-6)),
    "zero_mean_unit_variance by channel": (
        {"axes": ["y", "x"], "eps": 1e-6},
        lambda t: (t - over((2, 3))[0]) / (over((2, 3))[1] + 1e-6),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_a_step_computes_its_formula(case):
    parameters, reference = SAME[case]

    result = stepped([[case.split()[0], parameters]])

    np.testing.assert_allclose(result, reference(TENSOR), rtol=1e-12)


def test_every_operation_of_the_paper_file_can_be_executed():
    tested = {case.split()[0] for case in SAME} | {"scale_mean_variance", "call"}

    assert tested == set(OPERATIONS)


def test_large_numbers_do_not_overflow():
    extremes = np.array([[-1000.0, 0.0, 1000.0]])
    axes = [["batch", 1], ["channel", 3]]

    with np.errstate(all="raise", under="ignore"):
        assert stepped([["sigmoid", {}]], extremes, axes).tolist() == [[0.0, 0.5, 1.0]]
        assert stepped([["softmax", {"axis": "channel"}]], extremes, axes).tolist() == [[0.0, 0.0, 1.0]]


def test_another_tensor_can_be_the_reference():
    tensors = Tensors(no_function)
    plan = {"numeric": True, "axes": [["batch", 1], ["x", "any"]], "dtype": None}
    tensors.prepare({**plan, "id": "raw", "steps": [["scale_linear", {"gain": 1}]]}, "table", [[2.0, 4.0, 9.0]])
    given = np.array([[1.0, 2.0, 4.0, 8.0]])

    same = tensors.finish(
        {**plan, "id": "out", "steps": [["scale_mean_variance", {"reference_tensor": "raw", "eps": 0}]]}, "json", given
    )
    ranged = tensors.finish({**plan, "id": "out", "steps": [["scale_range", {"reference_tensor": "raw", "eps": 0}]]},
                            "json", given)  # fmt: skip

    assert (same.mean(), same.std()) == pytest.approx((5.0, np.std([2, 4, 9])))
    np.testing.assert_allclose(ranged, (given - 2) / 7)
    with pytest.raises(PreparationError, match="needs the tensor other"):
        tensors.finish({**plan, "id": "o", "steps": [["scale_range", {"reference_tensor": "other"}]]}, "json", given)


@pytest.mark.parametrize("method", ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"])
@pytest.mark.parametrize("shape", [(28, 28), (64, 48), (37, 91, 3), (200, 3), (5, 5, 3)])
def test_a_picture_is_resized_to_the_very_pixels_of_pillow(method, shape):
    picture = RANDOM.integers(0, 256, shape, dtype=np.uint8)

    for height, width in ((8, 8), (64, 64), (13, 100), (5, 5), (1, 1)):
        pillows = Image.fromarray(picture).resize((width, height), Image.Resampling[method.upper()])

        assert np.array_equal(resized(picture, height, width, method), np.asarray(pillows))


def test_real_numbers_are_resized_without_rounding():
    picture = RANDOM.random((50, 40), dtype=np.float32)

    pillows = np.asarray(Image.fromarray(picture).resize((17, 23), Image.Resampling.BICUBIC))

    np.testing.assert_allclose(resized(picture, 23, 17, "bicubic"), pillows, rtol=1e-6)


def test_the_middle_of_a_picture_is_cropped():
    plan = {"id": "t", "numeric": True, "axes": [], "dtype": None, "steps": []}

    middle = Tensors(no_function).prepare({**plan, "crop": {"height": 3, "width": 4}}, "image", PICTURE)

    assert np.array_equal(middle, PICTURE[1:4, 1:5])
    with pytest.raises(PreparationError, match="7x5 pixels cannot be cropped to 8x2"):
        Tensors(no_function).prepare({**plan, "crop": {"height": 2, "width": 8}}, "image", PICTURE)


@pytest.mark.parametrize(
    ("axes", "reference"),
    [
        ([["batch", 1], ["channel", 3], ["y", 5], ["x", 7]], lambda p: p.transpose(2, 0, 1)[None]),
        ([["y", 5], ["x", 7], ["channel", ["red", "green", "blue"]]], lambda p: p),
        ([["height", 5], ["width", 7], ["c", ["b", "g", "r"]]], lambda p: p[:, :, ::-1]),
        ([["x", 7], ["batch", 1], ["y", 5], ["channel", ["a", "b", "c"]]], lambda p: p.swapaxes(0, 1)[:, None]),
    ],
)  # fmt: skip
def test_axes_and_colours_come_in_the_declared_order(axes, reference):
    plan = {"id": "t", "numeric": True, "axes": axes, "dtype": "uint8", "steps": []}

    result = Tensors(no_function).prepare(plan, "image", PICTURE.tolist())

    assert result.dtype == np.uint8
    assert np.array_equal(result, reference(PICTURE))


def test_resize_and_crop_come_first_and_the_data_type_last():
    plan = {
        "id": "t",
        "numeric": True,
        "axes": [["batch", 1], ["channel", ["silhouette"]], ["y", 2], ["x", 2]],
        "dtype": "float32",
        "resize": {"height": 4, "width": 4, "method": "bilinear"},
        "crop": {"height": 2, "width": 2},
        "steps": [["scale_linear", {"gain": 1 / 255, "offset": 0.0}]],
    }
    grey = PICTURE[:, :, 0]

    result = Tensors(no_function).prepare(plan, "image", grey)

    pillows = np.asarray(Image.fromarray(grey).resize((4, 4), Image.Resampling.BILINEAR))
    assert (result.dtype, result.shape) == (np.float32, (1, 1, 2, 2))
    np.testing.assert_allclose(result[0, 0], pillows[1:3, 1:3] / 255, rtol=1e-6)


@pytest.mark.parametrize(
    ("kind", "value", "shape"),
    [
        ("number", 3, (1, 1)),
        ("table", {"headers": ["a"], "rows": [[1], [2]]}, (2, 1)),
        ("audio", (8000, [1, 2, 3]), (3, 1)),
    ],
)
def test_other_fields_become_arrays_too(kind, value, shape):
    axes = [["time", "any"], ["channel", "any"]]
    plan = {"id": "t", "numeric": True, "axes": axes, "dtype": None, "steps": [["clip", {"max": 9}]]}

    assert Tensors(no_function).prepare(plan, kind, value).shape == shape


@pytest.mark.parametrize(
    ("axes", "steps", "told"),
    [
        ([["y", 4], ["x", 7], ["channel", 3]], [], "has 5 along y, declared are 4"),
        ([["y", 5], ["x", 7]], [], "has 3 along channel, an axis that is not declared"),
        ([["y", 5], ["x", 7], ["channel", 3]], [["softmax", {"axis": "time"}]], "has no axis time"),
        ([["y", 5], ["x", 7], ["channel", 3]], [["scale_linear", {"gain": [1, 2]}]], "2 numbers are given for 3"),
        ([["y", 5], ["x", 7], ["channel", 3]], [["ensure_dtype", {"dtype": "bfloat16"}]], "cannot be cast to bfloat16"),
    ],
)
def test_what_does_not_fit_is_told(axes, steps, told):
    plan = {"id": "t", "numeric": True, "axes": axes, "dtype": None, "steps": steps}

    with pytest.raises(PreparationError, match=told):
        Tensors(no_function).prepare(plan, "image", PICTURE)


def test_text_has_no_numbers():
    with pytest.raises(PreparationError, match="expected numbers"):
        stepped([["sigmoid", {}]], "abc")


def test_scores_become_the_names_of_the_channels():
    axes = [["batch", 1], ["channel", ["cat", "dog"]]]
    plan = {"id": "scores", "numeric": True, "axes": axes, "dtype": None, "steps": [["softmax", {"axis": "channel"}]]}

    label = Tensors(no_function).finish(plan, "label", np.array([0.0, math.log(3)]))

    assert label == pytest.approx({"cat": 0.25, "dog": 0.75})
    with pytest.raises(PreparationError, match="has 2 channel names, the function gave 3"):
        Tensors(no_function).finish(plan, "label", np.zeros(3))


def test_a_picture_comes_out_as_rows_of_pixels():
    axes = [["batch", 1], ["channel", 3], ["y", 5], ["x", 7]]
    plan = {"id": "mask", "numeric": True, "axes": axes, "dtype": None, "steps": [["clip", {"min": 0}]]}

    result = Tensors(no_function).finish(plan, "image", PICTURE.transpose(2, 0, 1)[None])

    assert np.array_equal(result, PICTURE)


PAPER = """
paper: {{title: T}}
weights:
  - id: w
    path: w.json
    sha256: 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a
    inputs: [{{id: image, axes: {{y: {side}, x: 2}}, {input}}}]
    outputs: [{{id: scores, axes: {{channel: [low, high]}}, {output}}}]
demo:
  run: app.py:f
  weights: w
  packages: {packages}
  inputs: [{{id: x, type: image, tensor: image, image_mode: L}}]
  outputs: [{{id: y, type: label, tensor: scores}}]
"""
COMPUTING = {
    "side": 2,
    "input": "resize: {height: 2, width: 2}, preprocess: [scale_linear: {gain: 0.5}]",
    "output": "postprocess: [softmax]",
    "packages": "[numpy]",
}
CALLING = {
    "side": 2,
    "input": "preprocess: [call: 'app.py:halve']",
    "output": "postprocess: [call: 'app.py:halve_all']",
    "packages": "[]",
}
APP = '''
def f(x):
    return [sum(map(sum, x)), 1.0]


def halve(rows):
    """Halve every pixel."""
    return [[pixel / 2 for pixel in row] for row in rows]


def halve_all(numbers):
    return [number / 2 for number in numbers]
'''


def written(folder, **words):
    (folder / ".git").mkdir(exist_ok=True)
    (folder / "w.json").write_text("{}")
    (folder / "app.py").write_text(APP)
    path = folder / "paper.yml"
    path.write_text(PAPER.format(**words))
    return path


def answered(path, monkeypatch, image):
    """What the page's form would show for an image, in this very Python."""
    monkeypatch.chdir(path.parent)
    monkeypatch.setattr("sys.path", [*__import__("sys").path])
    form = read_form(read_paper(path))
    demo = Demo("app.py:f", str(path.parent), list(form.inputs), list(form.outputs))
    answer = asyncio.run(answer_or_error(demo, {"x": image}))
    __import__("sys").modules.pop("app", None)
    return answer


def test_the_function_gets_the_tensor_and_its_scores_get_names(tmp_path, monkeypatch):
    image = {"width": 2, "height": 2, "mode": "L", "data": bytes([1, 2, 1, 0])}

    answer = answered(written(tmp_path, **COMPUTING), monkeypatch, image)

    total = 4 * 0.5
    first = math.exp(total) / (math.exp(total) + math.exp(1))
    assert answer["outputs"]["y"] == [
        {"label": "low", "confidence": pytest.approx(first)},
        {"label": "high", "confidence": pytest.approx(1 - first)},
    ]


def test_functions_of_the_author_prepare_without_numpy(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "numpy", None)  # an import of it fails
    image = {"width": 2, "height": 2, "mode": "L", "data": bytes([2, 2, 2, 2])}

    answer = answered(written(tmp_path, **CALLING), monkeypatch, image)

    expected = [{"label": "low", "confidence": 2.0}, {"label": "high", "confidence": 0.5}]
    assert answer["outputs"]["y"] == expected


def test_a_value_that_does_not_fit_names_its_input(tmp_path, monkeypatch):
    image = {"width": 2, "height": 2, "mode": "L", "data": bytes(4)}

    answer = answered(written(tmp_path, **{**COMPUTING, "side": 3}), monkeypatch, image)

    assert answer["error"]["message"].startswith("input x: tensor image has 2 along y, declared are 3")
    assert answer["error"]["traceback"] == ""


@pytest.mark.parametrize(
    ("changed", "page", "runs"),
    [
        ({"input": "preprocess: [scale_linear: {gain: 0.25}]"}, "0.25", ["scale_linear", {"gain": 0.25, "offset": 0}]),
        ({"input": "preprocess: [clip: {max: 7}]"}, "7", ["clip", {"max": 7}]),
        ({"input": "preprocess: [sigmoid, clip: {min: 0.1}]"}, "0.1", ["clip", {"min": 0.1}]),
    ],
)
def test_a_change_of_the_paper_file_shows_on_the_page_and_in_what_runs(tmp_path, changed, page, runs):
    path = written(tmp_path, **{**COMPUTING, **changed})

    (usage,) = usage_views(load_companion(path))
    (field,) = read_form(read_paper(path)).inputs

    printed = usage.inputs[0].steps[-1]
    assert [printed.name, *field["plan"]["steps"][-1][1:]] == runs
    assert page in [fact.value for fact in printed.parameters]
    assert len(usage.inputs[0].steps) == len(field["plan"]["steps"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({**COMPUTING, "packages": "[pillow]"}, "demo.inputs[0].tensor: its steps compute with NumPy"),
        ({**COMPUTING, "input": "preprocess: [clip: {reference: 1}]"}, "unknown key"),
        ({**CALLING, "input": "preprocess: [call: 'app.py:missing']"}, "app.py has no function missing"),
    ],
)
def test_a_preparation_that_cannot_run_is_found_before_it_does(tmp_path, words, told):
    with pytest.raises(PaperError, match=told.replace("[", "\\[")):
        read_form(read_paper(written(tmp_path, **words)))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("tensor: image", "tensor: imagee", "inputs[0].tensor: w has no input called 'imagee' (did you mean image?)"),
        ("tensor: scores", "tensor: image", "demo.outputs[0].tensor: w has no output called 'image' (known: scores)"),
        ("weights: w\n", "\n", "demo.inputs[0].tensor: needs the weights whose tensor it is"),
        ("type: image", "type: text", "demo.inputs[0].tensor: only an image can be resized or cropped"),
        ("image_mode: L", "value: pil", "demo.inputs[0].value: the function gets the tensor, not pil"),
        ("channel: [low, high]", "channel: 2", "demo.outputs[0].tensor: a label needs channel names"),
        ("weights: w\n", "weights: w#onnx\n", "demo.weights: w has no file of format 'onnx'"),
    ],
)  # fmt: skip
def test_a_tensor_that_is_not_there_is_told_with_its_place(tmp_path, old, new, told):
    path = written(tmp_path, **COMPUTING)
    path.write_text(path.read_text().replace(old, new))

    with pytest.raises(PaperError) as caught:
        read_paper(path)

    assert told in str(caught.value)
