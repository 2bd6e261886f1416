"""What the tests of evidence share: a fault server, and a web that may talk to it within short limits."""

from collections.abc import Iterator

import pytest
from fault_server import FaultServer
from paper_companion.evidence.net.web import Web
from small_web import make_web


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture
def web() -> Iterator[Web]:
    web = make_web()
    yield web
    web.close()
