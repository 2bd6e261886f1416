"""The demo in Firefox, which reads content policies in its own way: Python answers, and reaches nobody."""

import pytest
from firefox import Firefox, firefox, firefox_path
from web_server import serving

ORDER = """
(async (text) => {
  const demo = document.querySelector("paper-demo");
  const field = await until(() => demo.querySelector("form input"));
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  const answer = demo.querySelector(".pc-answer");
  const before = answer.firstChild;
  demo.querySelector("button[type=submit]").click();
  await until(() => answer.firstChild && answer.firstChild !== before);
  return answer.innerText;
  function until(holds) {
    return new Promise((resolve) => {
      const look = () => (holds() ? resolve(holds()) : requestAnimationFrame(look));
      look();
    });
  }
})
"""


def order(browser: Firefox, text: str) -> list[str]:
    return browser.evaluate(f"{ORDER}({text!r})").splitlines()


@pytest.mark.skipif(firefox_path() is None, reason="there is no Firefox here")
@pytest.mark.parametrize("cors", [True, False])
def test_in_firefox_the_demo_answers_and_what_is_typed_cannot_be_sent_anywhere(demo_site, tmp_path, cors):
    with serving(demo_site, cors=cors) as web, serving(demo_site) as elsewhere:
        with firefox(firefox_path(), tmp_path / "profile") as browser:
            browser.open(web.url + "obedience/")

            assert order(browser, "answer") == ["answer", "100.0 %"]
            ways = [line for line in order(browser, f"send to {elsewhere.url}secret") if line.endswith("%")]
        assert ways == ["0.0 %"] * 5, "that many are shown before the fold"
        assert elsewhere.requests == []
