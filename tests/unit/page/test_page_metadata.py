"""What machines read: parsed back and compared with the paper file."""

import io
import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from making import RENDERING, companion
from paper_companion.page.card import card_png
from paper_companion.page.render import render
from PIL import Image

PAPER = """
paper:
  title: "</script><b> & \\"Leaves\\""
  authors:
    - {family: Carberry, given: Josiah, orcid: 0000-0002-1825-0097, affiliation: Example University}
    - {family: Nowak, given: Ines}
  abstract: Small networks grade leaves.
  venue: Journal of Worked Examples 12(3)
  date: "2025-03-14"
  doi: 10.5555/leafgrade.2025
  license: CC-BY-4.0
  pdf: paper.pdf
code: {repo: "https://github.com/example-lab/leafgrade", license: Apache-2.0}
weights:
  - id: s
    license: Apache-2.0
    url: https://example.org/s.onnx
    size: 1234
    format: onnx
    sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
  - {id: xl, access: withheld, because: privacy, reason: Growers did not consent.}
"""


class Head(HTMLParser):
    """Meta tags as pairs, links by relation, and the JSON-LD."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.scripts = [], {}, []
        self.inside = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "meta":
            self.tags.append((found.get("name") or found["property"], found["content"]))
        elif tag == "link":
            self.links.setdefault(found["rel"], []).append(found["href"])
        self.inside = tag == "script"

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.scripts.append(json.loads(data))

    def all(self, name):
        return [content for key, content in self.tags if key == name]


def read_head(tmp_path, paper=PAPER):
    files = {"docs/leaf/paper.pdf": "%PDF"}
    return Head(render(companion(tmp_path, paper, **files), RENDERING).head)


def read_files(tmp_path):
    made = companion(tmp_path, PAPER, **{"docs/leaf/paper.pdf": ""})
    return {file.path: file for file in render(made, RENDERING).beside}


def test_scholar_finds_title_authors_date_and_the_pdf_beside_the_page(tmp_path):
    head = read_head(tmp_path)

    assert head.all("citation_title") == ['</script><b> & "Leaves"']
    assert head.all("citation_author") == ["Carberry, Josiah", "Nowak, Ines"]
    assert head.all("citation_publication_date") == ["2025/03/14"]
    assert head.all("citation_journal_title") == ["Journal of Worked Examples"]
    assert head.all("citation_volume") == ["12"]
    assert head.all("citation_pdf_url") == ["https://example.org/repo/leaf/paper.pdf"]


def test_scholar_gets_no_tags_at_all_when_one_that_it_insists_on_is_missing(tmp_path):
    head = read_head(tmp_path, PAPER.replace('  date: "2025-03-14"\n', ""))

    assert not [name for name, _ in head.tags if name.startswith("citation_")]


def test_json_ld_names_the_paper_its_code_and_its_weights_with_hash_and_size(tmp_path):
    (document,) = read_head(tmp_path).scripts

    assert document["@type"] == "ScholarlyArticle"
    assert document["@id"] == "https://doi.org/10.5555/leafgrade.2025"
    assert document["name"] == '</script><b> & "Leaves"'
    assert [author["name"] for author in document["author"]] == ["Josiah Carberry", "Ines Nowak"]
    code, weights, withheld = document["hasPart"]
    assert code["@type"] == "SoftwareSourceCode"
    assert code["codeRepository"] == "https://github.com/example-lab/leafgrade"
    assert weights["distribution"] == [
        {
            "@type": "DataDownload",
            "name": "s.onnx",
            "contentUrl": "https://example.org/s.onnx",
            "encodingFormat": "onnx",
            "contentSize": "1234",
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        }
    ]
    assert withheld["isAccessibleForFree"] is False
    assert withheld["conditionsOfAccess"] == "withheld: Growers did not consent."


def test_signposts_lead_to_authors_licence_data_and_the_page_for_machines(tmp_path):
    links = read_head(tmp_path).links

    assert links["author"] == ["https://orcid.org/0000-0002-1825-0097"]
    assert links["cite-as"] == ["https://doi.org/10.5555/leafgrade.2025"]
    assert links["license"] == ["https://spdx.org/licenses/CC-BY-4.0"]
    assert links["describedby"] == ["../leaf/paper.json"]
    assert links["item"] == ["../leaf/paper.pdf", "https://example.org/s.onnx"]


def test_paper_json_holds_the_paper_file_and_the_badges(tmp_path):
    files = read_files(tmp_path)

    document = json.loads(files["leaf/paper.json"].content)

    assert document["paper"]["doi"] == "10.5555/leafgrade.2025"
    assert document["weights"][0]["files"][0]["size"] == 1234
    assert {badge["subject"]: badge["state"] for badge in document["badges"]} == {
        "code": "declared",
        "weights[s]": "declared",
        "weights[xl]": "withheld",
    }


def test_each_badge_is_an_svg_and_an_endpoint_that_say_the_same(tmp_path):
    files = read_files(tmp_path)

    endpoint = json.loads(files["leaf/badges/weights-xl.json"].content)

    assert endpoint == {"schemaVersion": 1, "label": "Weights xl", "message": "withheld", "color": "#57606a"}
    assert b'aria-label="Weights xl: withheld"' in files["leaf/badges/weights-xl.svg"].content


def test_the_card_is_a_picture_of_1200_by_630_pixels_that_the_head_names(tmp_path):
    made = render(companion(tmp_path, PAPER, **{"docs/leaf/paper.pdf": ""}), replace(RENDERING, card=True))

    (card,) = [file for file in made.beside if file.path.endswith(".png")]
    assert Image.open(io.BytesIO(card.content)).size == (1200, 630)
    assert len(card.content) < 40_000
    assert Head(made.head).all("og:image") == [f"https://example.org/repo/{card.path}"]


@pytest.mark.parametrize("title", ["Листья", "Ñandú: ¿qué?", "A" * 400, "word " * 80])
def test_cards_of_all_titles_are_drawn_and_differ(title):
    assert card_png(title, "", ()) != card_png("x" + title, "", ())
