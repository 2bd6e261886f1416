"""What a page says of itself, read without building its tree."""

import subprocess
import sys

import pytest
from paper_companion.evidence.markup import anchors_of
from selectolax.lexbor import LexborHTMLParser

PAGES = [
    "<p id=a>",
    "<P ID='a b'>",
    '<p class="x>y" id="a&amp;b&eacute;">',
    "<a name=a><a id=b name=c><p name=d><A NAME=e>",
    "<p id=><p id=''><p id><p id = a>",
    "<!-- <p id=a> --><p id=b>",
    "<!--><p id=a><!-->--><p id=b>",
    "<!doctype html <p id=a>><p id=b>",
    "<?php <p id=a> ?><p id=b>",
    "<script id=s>'<p id=a>'</script><p id=b>",
    "<script><!-- <p id=a></script><p id=b>",
    "<style><p id=a></style ><p id=b>",
    "<title><p id=a></title><textarea><p id=b></textarea><p id=c>",
    "<SCRIPT><p id=a></Script><p id=b>",
    "</p id=a><p id=b>",
    "</ <p id=a>><p id=b>",
    "1 < 2 <p id=a>",
    "<svg><path id=a /></svg><p/id=b>",
    "<p id=a",
    '<p title="<p id=a>',
    "<p title='\n>' id='a'>",
    "<p id='ü'><p id=ü>",
    '<svg><defs><style id="a" /><script/><title/></defs></svg><h2 id="b">',
    '<svg><style id="a">p{}</style></svg><h2 id="b">',
]


def by_tree(body: bytes) -> set[str]:
    found = set()
    for node in LexborHTMLParser(body).css("[id],a[name]"):
        names = (node.attributes.get("id"), node.attributes.get("name") if node.tag == "a" else None)
        found.update(name for name in names if name)
    return found


@pytest.mark.parametrize("text", PAGES)
def test_anchors_are_those_that_a_browsers_tree_of_the_page_has(text):
    body = text.encode()

    assert set(anchors_of(body)) == by_tree(body)


HOSTILE = ["<b>", "<a ", "<a '", '<a b="', "<!--", "<script ", "<style><!--", "<a x=", "<", "<p "]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_page_takes_no_more_memory_than_a_few_times_its_size(piece):
    size_bytes = 2_000_000
    program = (
        "import resource, sys\n"
        "from paper_companion.evidence.markup import anchors_of\n"
        'body = sys.argv[1].encode() * (int(sys.argv[2]) // len(sys.argv[1])) + b">"\n'
        "list(anchors_of(b'<p id=a>'))\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "assert not any(anchors_of(body))\n"
        "print(1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before))\n"
    )
    command = [sys.executable, "-c", program, piece, str(size_bytes)]
    grown_bytes = int(subprocess.run(command, capture_output=True, check=True, text=True, timeout=30).stdout)

    assert grown_bytes < 3 * size_bytes
