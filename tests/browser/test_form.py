"""The form itself, whoever owns it: what it does when a value cannot be put into it, and when the reader leaves."""

import pytest
from reader import open_demo

RUNS = """async ([module, how]) => {
    const { Form } = await import(module);
    let runs = 0;
    const element = document.createElement("div");
    const form = new Form(element, [], (key) => key, { run: () => (runs += 1), stop: () => {} });
    form.fields.set("file", { show: () => {} });
    element.append(form.body);
    document.body.append(element);
    await (how === "broken" ? form.fill(null).catch(() => {}) : null);
    form.controls.requestSubmit();
    if (how === "left") element.remove();
    await form.fill({});
    return runs;
}"""


@pytest.mark.parametrize(("how", "runs"), [("filled", 1), ("broken", 1), ("left", 0)])
def test_run_runs_after_a_value_that_failed_and_not_for_a_reader_who_has_left(page, demo, how, runs):
    element = open_demo(page, demo.url + "obedience/")
    module = page.locator("script[src*='paper-demo.mjs']").evaluate("(script) => script.src")

    assert page.evaluate(RUNS, [module.replace("paper-demo", "form"), how]) == runs, element.inner_text()
