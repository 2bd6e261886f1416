"""What machines read: parsed back and compared with the paper file."""

import io
import json
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from making import PLACE, RENDERING, companion
from paper_companion.page.companion import load_companion
from paper_companion.page.metadata import head
from paper_companion.page.render import description, render
from paper_companion.paper.reader import read_paper
from PIL import Image

REPOSITORY = Path(__file__).parents[3]
PAPERS = (
    REPOSITORY / "tests/unit/paper/project/docs/paper.yml",
    *sorted((REPOSITORY / "examples").glob("*/docs/**/*paper.yml")),
)
PAPER = """
paper:
  title: "</script><b> & \\"Leaves\\""
  authors:
    - {family: Carberry, given: Josiah, orcid: 0000-0002-1825-0097, affiliation: Example University}
    - {family: Nowak, given: Ines}
    - {family: Leaf Group, affiliation: Example University}
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


def each_paper():
    return pytest.mark.parametrize("path", PAPERS, ids=lambda path: str(path.relative_to(REPOSITORY)))


def head_of(path):
    """The head of a paper's page, without the runtime of its demo."""
    made = load_companion(path, "leaf/")
    about = description(made, RENDERING.prose)
    return Head(head(made, PLACE, about))


def read_head(tmp_path, paper=PAPER):
    files = {"docs/leaf/paper.pdf": "%PDF"}
    return Head(render(companion(tmp_path, paper, **files), RENDERING).head)


def read_files(tmp_path):
    made = companion(tmp_path, PAPER, **{"docs/leaf/paper.pdf": ""})
    return {file.path: file for file in render(made, RENDERING).beside}


def test_scholar_finds_title_authors_date_and_the_pdf_beside_the_page(tmp_path):
    head = read_head(tmp_path)

    assert head.all("citation_title") == ['</script><b> & "Leaves"']
    assert head.all("citation_author") == ["Carberry, Josiah", "Nowak, Ines", "Leaf Group"]
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
    assert [author["name"] for author in document["author"]] == ["Josiah Carberry", "Ines Nowak", "Leaf Group"]
    assert list(strange(document)) == []
    assert document["isPartOf"] == {
        "@type": "PublicationIssue",
        "issueNumber": "3",
        "isPartOf": {
            "@type": "PublicationVolume",
            "volumeNumber": "12",
            "isPartOf": {"@type": "Periodical", "name": "Journal of Worked Examples"},
        },
    }
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


@cache
def schema_org():
    """Schema.org's own vocabulary: types with their parents, properties with domains and ranges."""
    import rocrate

    text = (Path(rocrate.__file__).parent / "data/schema.jsonld").read_text(encoding="utf-8")

    def names(value):
        items = value if isinstance(value, list) else [value] if value else []
        return {item["@id"].removeprefix("schema:") for item in items}

    parents, properties = {}, {}
    for entry in json.loads(text)["@graph"]:
        name = entry["@id"].removeprefix("schema:")
        parents[name] = names(entry.get("rdfs:subClassOf"))
        properties[name] = (names(entry.get("schema:domainIncludes")), names(entry.get("schema:rangeIncludes")))
    return parents, properties


def kinds(name):
    """A type with all that it is a kind of."""
    found = {name}
    for parent in schema_org()[0].get(name, ()):
        found |= kinds(parent)
    return found


def strange(node):
    """What is not in schema.org's vocabulary, or stands where it does not expect it."""
    if node["@type"] not in schema_org()[0]:
        yield f"no type {node['@type']}"
    for key, value in node.items():
        if key.startswith("@"):
            continue
        domain, expected = schema_org()[1].get(key, (set(), set()))
        if not domain & kinds(node["@type"]):
            yield f"{node['@type']} has no {key}"
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                if not expected & kinds(item["@type"]):
                    yield f"{key} expects no {item['@type']}"
                yield from strange(item)
            elif isinstance(item, bool):
                if "Boolean" not in expected:
                    yield f"{key} expects no truth value"
            elif not expected & {"Text", "Date", "DateTime"} and not item.startswith(("https://", "http://")):
                yield f"{key} expects an address and no {item!r}"


def test_the_vocabulary_tells_what_is_not_in_it():
    wrong = {"@type": "Dataset", "codeRepository": "x", "author": {"@type": "Place"}, "url": "x", "doi": "10.1/x"}

    assert list(strange(wrong)) == [
        "Dataset has no codeRepository",
        "codeRepository expects an address and no 'x'",
        "author expects no Place",
        "url expects an address and no 'x'",
        "Dataset has no doi",
        "doi expects an address and no '10.1/x'",
    ]


@each_paper()
def test_json_ld_of_every_paper_is_in_the_vocabulary_of_schema_org(path):
    head = head_of(path)

    (document,) = head.scripts
    assert list(strange(document)) == []


@each_paper()
def test_the_tags_of_every_paper_say_what_the_paper_file_says(path):
    publication = read_paper(path).paper.paper
    head = head_of(path)

    if publication.authors and publication.date:
        assert head.all("citation_title") == [publication.title]
        assert head.all("citation_author") == [
            f"{author.family}, {author.given}" if author.given else author.family for author in publication.authors
        ]
        assert head.all("citation_publication_date") == [publication.date.replace("-", "/")]
        assert head.all("citation_author_orcid") == [author.orcid for author in publication.authors if author.orcid]
        assert head.all("citation_keywords") == list(publication.keywords)
        assert head.all("citation_doi") == ([publication.doi] if publication.doi else [])
        assert head.all("citation_arxiv_id") == ([publication.arxiv] if publication.arxiv else [])
        journal, volume, issue = (head.all(f"citation_{key}") for key in ("journal_title", "volume", "issue"))
        numbers = f"{''.join(volume)}({''.join(issue)})" if issue else "".join(volume)
        venue = f"{journal[0]} {numbers}" if journal else "".join(head.all("citation_conference_title"))
        assert venue == (publication.venue or "")
    else:
        assert not [name for name, _ in head.tags if name.startswith("citation_")]
    assert head.all("og:title") == head.all("twitter:title") == [publication.title]
    assert head.all("og:type") == ["article"]
    assert head.all("og:url") == ["https://example.org/repo/leaf/"]
    assert head.all("article:published_time") == ([publication.date] if publication.date else [])
    (described,) = head.all("og:description") or [""]
    assert described == (head.all("twitter:description") or [""])[0]
    assert len(described) <= 200


@each_paper()
def test_json_ld_of_every_paper_says_what_the_paper_file_says(path):
    paper = read_paper(path).paper
    (document,) = head_of(path).scripts

    assert document["name"] == paper.paper.title
    assert [author["name"] for author in document.get("author", [])] == [author.name for author in paper.paper.authors]
    assert document.get("datePublished") == paper.paper.date
    parts = document.get("hasPart", [])
    expected = [*(["SoftwareSourceCode"] if paper.code else []), *["Dataset"] * (len(paper.data) + len(paper.weights))]
    assert [part["@type"] for part in parts] == expected
    shared = [item for item in (*paper.data, *paper.weights) if item.access in ("open", "gated")]
    assert [
        (download.get("sha256"), download.get("contentSize"))
        for part in parts
        for download in part.get("distribution", [])
    ] == [
        (file.sha256, str(file.size_bytes) if file.size_bytes is not None else None)
        for item in shared
        for file in item.files
    ]


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
