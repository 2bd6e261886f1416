"""The picture for link previews: every script legible or left out with a word, and nothing over the edge."""

import io
import unicodedata
from dataclasses import replace
from pathlib import Path

import fontpkg
import pytest
from click.testing import CliRunner
from making import RENDERING, companion
from mkdocs.exceptions import ConfigurationError
from paper_companion.cli import main
from paper_companion.mkdocs.options import PaperCompanionConfig, check_options
from paper_companion.page.card import SIZE, CardBadge, cannot_be_drawn, card_png
from paper_companion.page.fonts import Face, NoFontError, pieces, readable
from paper_companion.page.render import render
from PIL import Image, ImageChops

ARABIC = Path(fontpkg.path("Noto Sans Arabic"))
DEVANAGARI = Path(fontpkg.path("Noto Sans Devanagari"))
FONTS = (ARABIC, DEVANAGARI)
# Letters of 2021, that hardly any machine has a font for.
RARE = "\U0001e290\U0001e291"
BADGES = tuple(
    CardBadge(f"{kind} {state}", state, rung)
    for kind, state, rung in [
        ("Code", "linked", 2),
        ("Weights", "verified", 3),
        ("Result main", "executed", 4),
        ("Demo", "failed", 1),
        ("Data", "withheld", 0),
    ]
)


def ink(data, box=(0, 15, *SIZE)):
    """The box around everything that is drawn in a part of the card; None where it is blank."""
    part = Image.open(io.BytesIO(data)).convert("L").crop(box)
    found = ImageChops.invert(part).getbbox()
    return found and (found[0] + box[0], found[1] + box[1], found[2] + box[0], found[3] + box[1])


@pytest.mark.parametrize(
    ("title", "authors", "badges"),
    [
        ("Leaves", (), ()),
        ("LeafGrade: compact leaf-shape grading from silhouettes", ("Ines Nowak",), BADGES),
        ("word " * 120, tuple(f"Firstname{number} Lastname{number}" for number in range(40)), BADGES),
        ("A" * 300, ("B" * 200,), BADGES * 3),
        ("شبكة صغيرة لتصنيف أشكال الأوراق من الظلال (LeafGrade)", ("محمد العربي", "Ines Nowak"), BADGES),
        ("पत्तियों के आकार को श्रेणीबद्ध करने वाला एक छोटा नेटवर्क", ("राहुल शर्मा",), BADGES),
        ("शब्द" * 60, (), BADGES),
    ],
)
@pytest.mark.parametrize("claim", ["", "LeafGrade grades held-out leaves with 94.1 % accuracy.", "claim " * 40])
def test_nothing_is_drawn_over_the_margins_or_over_something_else(title, authors, badges, claim):
    data = card_png(title, authors, badges, FONTS, claim)

    left, top, right, bottom = ink(data)
    # Letters may lean out of their width by a few pixels.
    assert left >= 76
    assert right <= SIZE[0] - 76
    assert top >= 60
    assert bottom <= 576
    assert ink(data, (0, 500, SIZE[0], 519)) is None
    assert (ink(data, (0, 520, *SIZE)) is None) == (badges == ())
    assert len(data) < 60_000


def test_the_claim_stands_above_the_badges_where_there_is_room_for_it():
    box = (0, 450, SIZE[0], 500)

    assert ink(card_png("Leaves", (), BADGES), box) is None
    assert ink(card_png("Leaves", (), BADGES, (), "It grades 94.1 % of them."), box) is not None
    assert ink(card_png("Leaves", (), BADGES, (), "claim " * 200), box) is None


def test_a_title_that_runs_to_the_left_begins_on_the_right_and_so_do_authors_and_badges():
    box = (0, 15, SIZE[0], 500)
    assert ink(card_png("Leaves", (), ()), box)[0] < 100
    assert ink(card_png("أوراق", (), (), FONTS), box)[2] > SIZE[0] - 100
    assert ink(card_png("أوراق", (), BADGES[:1], FONTS), (0, 520, *SIZE))[2] > SIZE[0] - 100


@pytest.mark.parametrize(
    ("word", "apart"),
    [
        ("بببب", ["ب", "ب", "ب", "ب"]),  # letters join
        ("क्ष", ["क", "\u094d", "ष"]),  # two consonants become one sign
    ],
)
def test_letters_change_with_their_neighbours(word, apart):
    def width(text):
        return sum(face.at(72).getlength(piece) for piece, face in pieces(text, FONTS))

    assert width(word) < 0.9 * sum(map(width, apart))


def test_an_authors_font_is_used_before_others():
    assert pieces("Leaves", ()) == [("Leaves", Face())]
    assert pieces("पत्ता", (DEVANAGARI,)) == [("पत्ता", Face(str(DEVANAGARI)))]
    assert pieces("Leaves", (DEVANAGARI,)) == [("Leaves", Face(str(DEVANAGARI)))]


@pytest.mark.parametrize(
    "title",
    [
        "紧凑网络根据剪影对叶片形状进行分级：一种可重复的方法（叶）",
        "葉の形を影絵から等級付けする小さなネットワーク",
        "실루엣으로 잎 모양을 등급화하는 작은 신경망",
        "רשת קטנה לדירוג צורת עלים מצלליות LeafGrade 2.0",
        "LeafGrade: компактная сеть для оценки формы листьев",
        "Μικρό δίκτυο για την ταξινόμηση των φύλλων",
        "Mạng nhỏ gọn phân loại hình dạng lá từ bóng",
        "เครือข่ายขนาดเล็กสำหรับจำแนกรูปทรงใบไม้",
        f"Leaf {RARE}",
    ],
)
def test_a_title_is_drawn_with_all_its_letters_or_not_at_all(title):
    """Which of the two depends on the fonts of the machine: never is a letter an empty box."""
    if why := cannot_be_drawn(title, ()):
        assert "install one, or name its file under card_fonts" in why
        with pytest.raises(NoFontError):
            card_png(title, (), ())
        return
    found = pieces(readable(title, ()), ())
    assert "".join(piece for piece, _ in found) == title
    boxes = [face.at(40).getmask("\U0010ffff") for _, face in found]
    letters = [face.at(40).getmask(letter) for piece, face in found for letter in piece if not letter.isspace()]
    assert not {bytes(letter) for letter in letters} & {bytes(box) for box in boxes if box.getbbox()}
    assert card_png(title, (), ()) != card_png(title[:-1], (), ())


def test_what_is_no_letter_is_left_out_where_no_font_has_it():
    assert unicodedata.category("\U0001fae8") == "Cn" or unicodedata.category("\U0001fae8") == "So"
    assert readable("\U0001fae8 Leaf\ngrade", ()) in ("Leaf grade", "\U0001fae8 Leaf grade")
    assert readable("Cafe\u0301", ()) == "Café"


PAPER = """
paper:
  title: Leaves
  authors: [Ines Nowak]
  abstract: Small networks grade leaves.
code: {repo: "https://github.com/example-lab/leafgrade"}
page: {strings: {Code: Programm, declared: angegeben}}
"""


def rendered(tmp_path, paper, **more):
    made = companion(tmp_path, paper)
    return made, render(made, replace(RENDERING, card=True, **more))


def card_of(page):
    return next((file.content for file in page.beside if file.path.endswith("card.png")), None)


def test_badges_on_the_card_speak_the_pages_language(tmp_path):
    _, page = rendered(tmp_path, PAPER)

    assert card_of(page) == card_png("Leaves", ("Ines Nowak",), (CardBadge("Programm angegeben", "declared", 1),))
    assert page.notes == ()


def test_the_card_says_the_claim_or_tells_why_not(tmp_path):
    badges = (CardBadge("Programm angegeben", "declared", 1),)
    _, page = rendered(tmp_path, PAPER.replace("page: {", "page: {claim: 94.1 % are right., "))
    _, without = rendered(tmp_path, PAPER.replace("page: {", f"page: {{claim: {RARE}, "))

    assert card_of(page) == card_png("Leaves", ("Ines Nowak",), badges, (), "94.1 % are right.")
    assert card_of(without) == card_png("Leaves", ("Ines Nowak",), badges)
    assert "the claim is not on the card: no font here has the letters" in str(without.notes[0])


def test_there_is_no_card_for_a_title_without_a_font_and_its_author_is_told(tmp_path):
    made, page = rendered(tmp_path, PAPER.replace("Leaves", f"Leaf {RARE}"))

    assert card_of(page) is None
    assert "og:image" not in page.head
    (note,) = page.notes
    assert str(note) == (
        f"{made.file.path}:3:10: paper.title: is on no card: no font here has the letters {RARE} (Toto: install one, "
        "or name its file under card_fonts)"
    )


def test_names_without_a_font_are_not_on_the_card_and_their_author_is_told(tmp_path):
    _, page = rendered(tmp_path, PAPER.replace("Ines Nowak", f"Ines {RARE}"))

    assert card_of(page) == card_png("Leaves", (), (CardBadge("Programm angegeben", "declared", 1),))
    (note,) = page.notes
    assert "paper.authors: are not on the card: no font here has the letters" in str(note)


def test_fonts_of_the_author_are_taken_from_the_options(tmp_path):
    _, page = rendered(tmp_path, PAPER.replace("Leaves", "पत्ता"), card_fonts=FONTS)

    badges = (CardBadge("Programm angegeben", "declared", 1),)
    assert card_of(page) == card_png("पत्ता", ("Ines Nowak",), badges, FONTS)


def test_a_file_that_is_no_font_is_told(tmp_path):
    (tmp_path / "font.ttf").write_text("no font")
    options = PaperCompanionConfig()
    options.load_dict({"cards": True, "card_fonts": [str(tmp_path / "font.ttf")]})
    options.validate()

    with pytest.raises(ConfigurationError, match=r"cards: .*font\.ttf is no font that Pillow can read"):
        check_options(options)


def test_a_page_for_another_generator_has_a_card_when_it_is_asked_for(tmp_path):
    made = companion(tmp_path, PAPER.replace("Leaves", "पत्ता"))
    command = ["build", str(made.file.path), "--to", str(tmp_path / "out"), "--site-url", "https://example.org/"]

    without = CliRunner().invoke(main, command)
    assert not (tmp_path / "out/paper-card.png").exists()
    with_card = CliRunner().invoke(main, [*command, "--card", "--card-font", str(DEVANAGARI)])

    assert without.exit_code == with_card.exit_code == 0
    assert Image.open(io.BytesIO((tmp_path / "out/paper-card.png").read_bytes())).size == SIZE
    assert "https://example.org/paper-card.png" in (tmp_path / "out/paper.head.html").read_text()


def test_a_page_for_another_generator_tells_of_a_title_without_a_font(tmp_path):
    made = companion(tmp_path, PAPER.replace("Leaves", f"Leaf {RARE}"))

    done = CliRunner().invoke(main, ["build", str(made.file.path), "--to", str(tmp_path / "out"), "--card"])

    assert done.exit_code == 0
    assert done.stderr.startswith(f"{made.file.path}:3:10: paper.title: is on no card: no font here has the letters")
