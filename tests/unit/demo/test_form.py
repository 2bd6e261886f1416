"""The form: declared fields completed, and fields that the function's annotations and defaults stand for."""

import pytest
from paper_companion.demo.form import check_form, read_form
from paper_companion.page.companion import load_companion
from paper_companion.paper.lint import lint
from paper_companion.paper.reader import PaperError, read_paper


def project(tmp_path, app: str, demo: str = ""):
    (tmp_path / "mkdocs.yml").touch()
    (tmp_path / "app.py").write_text(app)
    (tmp_path / "paper.yml").write_text(f"paper: {{title: T}}\ndemo:\n  run: app.py:f\n{demo}")
    return read_paper(tmp_path / "paper.yml")


@pytest.mark.parametrize(
    ("argument", "field"),
    [
        ("x: str", {"type": "text", "default": ""}),
        ("x: str = 'a'", {"type": "text", "default": "a"}),
        ("x: int = 3", {"type": "number", "step": 1, "default": 3}),
        ("x: float", {"type": "number"}),
        ("x=0.5", {"type": "number", "default": 0.5}),
        ("x=True", {"type": "checkbox", "default": True}),
        ("x: Literal['a', 'b'] = 'b'", {"type": "radio", "choices": ["a", "b"], "default": "b"}),
        ("x: Literal[1, 2, 3, 4, 5]", {"type": "dropdown", "choices": ["1", "2", "3", "4", "5"], "default": "1"}),
        ("x: Path", {"type": "file"}),
        ("x: 'int | None' = None", {"type": "number", "step": 1}),
        ("x: Optional[float] = None", {"type": "number"}),
        ("x", {"type": "text", "default": ""}),
    ],
)
def test_an_argument_without_a_declared_field_gets_one(tmp_path, argument, field):
    paper_file = project(tmp_path, f"def f({argument}): ...")

    assert read_form(paper_file).inputs == ({"id": "x", **field},)


@pytest.mark.parametrize(("annotation", "value"), [("PIL.Image.Image", "pil"), ("np.ndarray", "numpy")])
def test_an_image_argument_gets_the_value_that_it_is_annotated_with(tmp_path, annotation, value):
    paper_file = project(tmp_path, f"def f(x: {annotation}): ...")

    (field,) = read_form(paper_file).inputs

    assert (field["type"], field["value"], field["sources"]) == ("image", value, ["upload"])


@pytest.mark.parametrize(
    ("returns", "types"),
    [
        ("str", ["text"]),
        ("dict[str, float]", ["label"]),
        ("dict", ["json"]),
        ("Image.Image", ["image"]),
        ("tuple[str, dict[str, float]]", ["text", "label"]),
        ("plt.Figure", ["plot"]),
        ("pd.DataFrame", ["table"]),
    ],
)
def test_the_return_annotation_says_what_is_shown(tmp_path, returns, types):
    paper_file = project(tmp_path, f"def f() -> {returns}: ...")

    assert [output["type"] for output in read_form(paper_file).outputs] == types


def test_declared_keys_reach_the_form_as_plain_values(tmp_path):
    paper_file = project(
        tmp_path,
        "def f(x): ...",
        "  inputs: [{id: x, type: slider, min: 0, max: 1, step: 0.05, default: 0.5, advanced: true}]\n",
    )

    expected = {"id": "x", "type": "slider", "min": 0, "max": 1, "step": 0.05, "default": 0.5, "advanced": True}
    assert read_form(paper_file).inputs == (expected,)


@pytest.mark.parametrize(
    ("app", "inputs", "line"),
    [
        ("def f(y=1): ...", "{id: x, type: text}", "paper.yml:4:17: demo.inputs[0].id: f in app.py has no argument x"),
        (
            "def f(x, y): ...",
            "{id: x, type: text}",
            "paper.yml:4:11: demo.inputs: f in app.py needs an argument y, which is not among the inputs",
        ),
        ("def f(x: int): ...", "{id: x, type: text}", "demo.inputs[0].type: f in app.py takes x as int"),
        ("def f(x: bool): ...", "{id: x, type: number}", "demo.inputs[0].type: f in app.py takes x as bool"),
    ],
)
def test_fields_that_the_function_does_not_take_are_problems(tmp_path, app, inputs, line):
    paper_file = project(tmp_path, app, f"  inputs: [{inputs}]\n")

    with pytest.raises(PaperError) as error:
        read_form(paper_file)

    (problem,) = error.value.problems
    assert line in str(problem)


def test_arguments_with_defaults_and_keywords_need_no_field(tmp_path):
    paper_file = project(
        tmp_path, "def f(x, y=1, **more): ...", "  inputs: [{id: x, type: text}, {id: z, type: text}]\n"
    )

    assert len(read_form(paper_file).inputs) == 2


@pytest.mark.parametrize(
    ("field", "start"),
    [
        ("{id: x, type: slider, min: 2, max: 4}", 2),
        ("{id: x, type: checkbox}", False),
        ("{id: x, type: radio, choices: [a, b]}", "a"),
        ("{id: x, type: dropdown, choices: [a, b], multiple: true}", []),
        ("{id: x, type: table, headers: [a]}", {"headers": ["a"], "rows": []}),
        ("{id: x, type: image}", None),
    ],
)
def test_a_field_starts_the_same_on_the_page_and_in_a_recording(tmp_path, field, start):
    paper_file = project(tmp_path, "def f(x): ...", f"  inputs: [{field}]\n")

    assert read_form(paper_file).inputs[0].get("default") == start


def test_a_declared_field_starts_with_the_default_of_its_argument(tmp_path):
    paper_file = project(tmp_path, "def f(x=3): ...", "  inputs: [{id: x, type: slider, min: 0, max: 4}]\n")

    assert read_form(paper_file).inputs[0]["default"] == 3


@pytest.mark.parametrize(
    ("app", "example", "column", "told"),
    [
        ("def f(name: str): ...", "{inputs: {name: Ada, nope: 3}}", 41, "inputs.nope: the demo has no input 'nope'"),
        ("def f(x: float, y=1): ...", "{inputs: {y: 2}}", 23, "inputs: x needs a value (give one, or a default)"),
        ("def f(x: Literal[1, 2]): ...", "{inputs: {x: 2}}", 27, "inputs.x: '2' is not among the choices (put it"),
        ("def f(x: Literal['a', 'b']): ...", "{inputs: {x: c}}", 27, "inputs.x: 'c' is not among the choices"),
        (
            "def f(x: str) -> str: ...",
            "{inputs: {x: a}, expect: {anser: a}}",
            47,
            "expect.anser: the demo has no output",
        ),
    ],
)
def test_lint_holds_examples_against_fields_that_the_function_stands_for(tmp_path, app, example, column, told):
    paper_file = project(tmp_path, app, f"  examples: [{example}]\n")

    (problem,) = lint([paper_file.path], check_form)

    assert f"paper.yml:4:{column}: demo.examples[0].{told}" in str(problem)


def test_the_file_of_an_example_goes_into_the_site_also_where_its_field_is_inferred(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    paper_file = project(tmp_path, "def f(x: Path): ...", "  examples: [{inputs: {x: a.txt}}]\n")

    assert dict(load_companion(paper_file.path).published).keys() == {"a.txt"}


def test_lint_holds_the_form_against_the_function(tmp_path):
    paper_file = project(tmp_path, "def f(y: float): ...", "  inputs: [{id: x, type: text}]\n")

    found = lint([paper_file.path], check_form)

    assert [problem.key for problem in found] == ["demo.inputs[0].id", "demo.inputs"]
    assert "f in app.py has no argument x (its arguments: y)" in str(found[0])


@pytest.mark.parametrize(
    ("returns", "outputs", "line"),
    [
        (
            "dict[str, float]",
            "[{id: a, type: image}]",
            "demo.outputs[0].type: f in app.py returns dict[str, float], which",
        ),
        ("str", "[{id: a, type: label}, {id: b, type: plot}]", "demo.outputs: f in app.py returns str, which does not"),
        (
            "tuple[str, int]",
            "[{id: a, type: text}, {id: b, type: image}]",
            "demo.outputs[1].type: f in app.py returns int",
        ),
    ],
)
def test_outputs_that_the_function_does_not_return_are_problems(tmp_path, returns, outputs, line):
    paper_file = project(tmp_path, f"def f() -> {returns}: ...", f"  outputs: {outputs}\n")

    with pytest.raises(PaperError) as error:
        read_form(paper_file)

    assert line in str(error.value)


@pytest.mark.parametrize(
    ("returns", "outputs"),
    [
        ("dict[str, float]", "[{id: a, type: label}]"),
        ("dict", "[{id: a, type: label}, {id: b, type: plot}]"),
        ("tuple[int, np.ndarray]", "[{id: a, type: audio}]"),
        ("Unknown", "[{id: a, type: video}]"),
    ],
)
def test_outputs_that_the_function_may_return_are_none(tmp_path, returns, outputs):
    assert read_form(project(tmp_path, f"def f() -> {returns}: ...", f"  outputs: {outputs}\n")).outputs
