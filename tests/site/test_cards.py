"""Cards in a built site: drawn with the author's fonts, and warned of where no font has a title's letters."""

import io

import fontpkg
import pytest
from building import SITE_URL, mkdocs_build, write_project
from PIL import Image

CARDS = "plugins: [search, paper-companion: {cards: true, card_fonts: [font.ttf]}]\n"
PAPER = "paper:\n  title: TITLE\n"


@pytest.fixture
def build(tmp_path):
    def built(title, *arguments):
        project = write_project(tmp_path, paper=PAPER.replace("TITLE", title))
        config = project / "mkdocs.yml"
        config.write_text(config.read_text().replace("plugins: [search, paper-companion]\n", CARDS))
        (project / "font.ttf").write_bytes(fontpkg.path("Noto Sans Devanagari").read_bytes())
        return mkdocs_build(project, *arguments)

    return built


def test_a_card_is_drawn_with_the_authors_font(build):
    built = build("पत्तियों के आकार", "--strict")

    assert built.code == 0, built.output
    assert f'<meta property="og:image" content="{SITE_URL}leaf/paper-card.png">' in built.html("leaf/index.html")
    card = Image.open(io.BytesIO((built.site / "leaf/paper-card.png").read_bytes()))
    assert card.size == (1200, 630)


def test_a_title_without_a_font_is_a_warning_at_its_line_and_the_site_has_no_card(build):
    built = build("Leaf \U0001e290")

    assert built.code == 0, built.output
    assert "WARNING -  docs/leaf/paper.yml:2:10: paper.title: is on no card: no font here has" in built.output
    assert not (built.site / "leaf/paper-card.png").exists()
    assert "og:image" not in built.html("leaf/index.html")


def test_a_strict_build_ends_with_an_error_for_a_title_without_a_font(build):
    assert build("Leaf \U0001e290", "--strict").code == 1
