"""Hosted demos: what a browser would let this site frame and fetch."""

import gzip
import json
from contextlib import closing
from dataclasses import dataclass
from email.message import Message

import pytest
from fault_server import FaultServer, Responder, answer, document, page, redirect
from paper_companion.evidence.browser_rules import SiteOrigin, may_frame
from paper_companion.evidence.embeds import judge_fetch, judge_frame, with_fetch
from paper_companion.evidence.judgement import ok
from paper_companion.evidence.model import Outcome
from paper_companion.evidence.net.connection import Answer
from paper_companion.evidence.subjects import Role, Subject
from small_web import make_web

SITE = SiteOrigin.of("https://lab.github.io/leaf/")
OK, WARNING, BROKEN, UNKNOWN = Outcome.OK, Outcome.WARNING, Outcome.BROKEN, Outcome.UNKNOWN


def answer_with(url: str = "https://demo.example/", **headers: str | list[str]) -> Answer:
    message = Message()
    for name, values in headers.items():
        for value in [values] if isinstance(values, str) else values:
            message[name.replace("_", "-")] = value
    return Answer(url, 200, message)


@pytest.mark.parametrize(
    ("headers", "framed"),
    [
        ({}, True),
        ({"X_Frame_Options": "DENY"}, False),
        ({"X_Frame_Options": "SAMEORIGIN"}, False),
        ({"X_Frame_Options": "ALLOW-FROM https://lab.github.io"}, True),
        ({"X_Frame_Options": ["SAMEORIGIN", "DENY"]}, False),
        ({"Content_Security_Policy": "frame-ancestors 'none'"}, False),
        ({"Content_Security_Policy": "frame-ancestors"}, False),
        ({"Content_Security_Policy": "frame-ancestors 'self'"}, False),
        ({"Content_Security_Policy": "frame-ancestors *"}, True),
        ({"Content_Security_Policy": "FRAME-ANCESTORS *"}, True),
        ({"Content_Security_Policy": "frame-ancestors https:"}, True),
        ({"Content_Security_Policy": "frame-ancestors http:"}, True),
        ({"Content_Security_Policy": "frame-ancestors https://lab.github.io"}, True),
        ({"Content_Security_Policy": "frame-ancestors http://lab.github.io"}, True),
        ({"Content_Security_Policy": "frame-ancestors lab.github.io"}, True),
        ({"Content_Security_Policy": "frame-ancestors https://*.github.io"}, True),
        ({"Content_Security_Policy": "frame-ancestors https://*.lab.github.io"}, False),
        ({"Content_Security_Policy": "frame-ancestors https://github.io"}, False),
        ({"Content_Security_Policy": "frame-ancestors https://lab.github.io:443"}, True),
        ({"Content_Security_Policy": "frame-ancestors https://lab.github.io:8443"}, False),
        ({"Content_Security_Policy": "frame-ancestors https://lab.github.io:*"}, True),
        ({"Content_Security_Policy": "default-src 'none'"}, True),
        ({"Content_Security_Policy": "default-src 'self'; frame-ancestors 'none'"}, False),
        ({"Content_Security_Policy": "frame-ancestors *, frame-ancestors 'none'"}, False),
        ({"Content_Security_Policy": ["frame-ancestors *", "frame-ancestors 'none'"]}, False),
        ({"Content_Security_Policy": "frame-ancestors *; frame-ancestors 'none'"}, True),
        ({"Content_Security_Policy": "frame-ancestors 'none'; frame-ancestors *"}, False),
        ({"Content_Security_Policy": "frame-ancestors *", "X_Frame_Options": "DENY"}, True),
        ({"Content_Security_Policy_Report_Only": "frame-ancestors 'none'"}, True),
    ],
)
def test_a_frame_is_shown_when_the_browser_would_show_it(headers, framed):
    assert may_frame(answer_with(**headers), SITE) is framed


@pytest.mark.parametrize(
    ("headers", "framed"),
    [
        ({}, True),
        ({"Content_Security_Policy": "frame-ancestors https://lab.github.io"}, None),
        ({"Content_Security_Policy": "frame-ancestors *"}, True),
        ({"Content_Security_Policy": "frame-ancestors 'none'"}, False),
        ({"X_Frame_Options": "SAMEORIGIN"}, None),
    ],
)
def test_without_the_sites_address_only_what_holds_for_all_sites_is_judged(headers, framed):
    assert may_frame(answer_with(**headers), None) is framed


def test_a_demo_that_refuses_frames_is_broken_however_well_it_answers(server):
    server.routes = {"/": page(Content_Security_Policy="frame-ancestors 'self'")}
    with closing(make_web()) as web:
        judgement = judge_frame(web, server.url, SITE)

    assert judgement.verdict is BROKEN
    assert "refuses to be framed by https://lab.github.io (frame-ancestors)" in judgement.reason
    assert judgement.requests == len(server.requests) == 1


def test_only_the_last_hop_decides_about_frames(server):
    server.routes = {"/": redirect("/app", X_Frame_Options="DENY"), "/app": page()}
    with closing(make_web()) as web:
        assert judge_frame(web, server.url, None).verdict is OK


def test_a_last_hop_over_http_is_not_shown_in_a_secure_page(server):
    elsewhere = server.url.replace("127.0.0.1", "site.example")
    server.routes = {"/": redirect(f"{elsewhere}/app"), "/app": page()}
    with closing(make_web()) as web:
        judgement = judge_frame(web, server.url, SITE)

    assert judgement.verdict is BROKEN
    assert "over http" in judgement.reason


def test_a_demo_on_this_machine_is_shown_over_http_too(server):
    server.routes = {"/": page(Content_Security_Policy="frame-ancestors https://lab.github.io")}
    with closing(make_web()) as web:
        assert judge_frame(web, server.url, SITE).verdict is OK


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        (answer(200, "PK", Content_Type="application/zip"), "is application/zip, not a page"),
        (page(Content_Disposition="attachment; filename=x.html"), "as a download"),
    ],
)
def test_a_demo_that_is_no_page_is_broken(server, shown, reason):
    server.routes = {"/": shown}
    with closing(make_web()) as web:
        judgement = judge_frame(web, server.url, SITE)

    assert judgement.verdict is BROKEN
    assert reason in judgement.reason


@pytest.mark.parametrize(
    ("routes", "verdict", "reason"),
    [
        ({"/w": answer(200, "x", Access_Control_Allow_Origin="*")}, OK, ""),
        ({"/w": answer(200, "x", Access_Control_Allow_Origin="https://lab.github.io")}, OK, ""),
        ({"/w": answer(200, "x")}, BROKEN, "sends no Access-Control-Allow-Origin"),
        ({"/w": redirect("/v"), "/v": answer(200, "x", Access_Control_Allow_Origin="*")}, BROKEN, "sends no"),
    ],
)
def test_what_a_browser_must_fetch_has_to_be_allowed_by_every_hop(server, routes, verdict, reason):
    server.routes = routes
    with closing(make_web()) as web:
        judgement = with_fetch(ok(), web, f"{server.url}/w", SITE)

    assert judgement.verdict is verdict
    assert reason in judgement.reason
    assert judgement.requests == len(server.requests) == len(routes)


@pytest.mark.parametrize(
    ("stage", "verdict"),
    [("SLEEPING", WARNING), ("PAUSED", BROKEN), ("BUILD_ERROR", BROKEN), ("RUNTIME_ERROR", BROKEN)],
)
def test_a_space_in_a_frame_is_asked_how_it_does(server, stage, verdict):
    server.routes = {"/api/spaces/the-lab/leaf/runtime": document({"stage": stage}), "*": answer(401)}
    with closing(make_web()) as web:
        judgement = judge_frame(web, "https://the-lab-leaf.hf.space/", SITE, server.url)

    assert judgement.verdict is verdict
    assert "the-lab/leaf" in judgement.reason
    assert judgement.requests == 2


def test_a_space_that_runs_or_that_the_hub_does_not_know_is_judged_by_its_page(server):
    server.routes = {"/api/spaces/lab/leaf/runtime": document({"stage": "RUNNING"}), "*": answer(401)}
    with closing(make_web()) as web:
        for name, asked in (("lab-leaf", 1), ("lab-root", 1), ("leaf", 0)):
            judgement = judge_frame(web, f"https://{name}.hf.space", SITE, server.url)

            assert "no such host" in judgement.reason
            assert judgement.requests == asked


@pytest.mark.parametrize(("status", "verdict"), [(404, BROKEN), (503, BROKEN), (403, UNKNOWN)])
def test_a_demo_that_does_not_answer_is_judged_as_any_page(server, status, verdict):
    server.routes = {"/": answer(status)}
    with closing(make_web()) as web:
        assert judge_frame(web, server.url, None).verdict is verdict


@pytest.mark.parametrize(
    ("url", "reason", "suggestion"),
    [
        ("http://demo.example/", "http address", "https://demo.example/"),
        ("https://lab.github.io/other/", "own origin", ""),
        ("https://huggingface.co/spaces/Lab/leaf_demo", "page on the hub", "https://lab-leaf-demo.hf.space"),
    ],
)
def test_what_can_never_be_framed_is_not_even_asked(url, reason, suggestion, web):
    judgement = judge_frame(web, url, SITE)

    assert judgement.verdict is BROKEN
    assert reason in judgement.reason
    assert judgement.suggestion == suggestion
    assert judgement.requests == 0


@dataclass(frozen=True)
class Fetch:
    name: str
    routes: dict[str, Responder]
    verdict: Outcome
    reason: str = ""
    requests: int = 1


INFO = "/gradio_api/info"
DESCRIBED = {"named_endpoints": {"/predict": {}, "/batch": {}}}
FETCHES = [
    Fetch("open to all", {INFO: document(DESCRIBED, Access_Control_Allow_Origin="*")}, OK),
    Fetch("open to us", {INFO: document(DESCRIBED, Access_Control_Allow_Origin="https://lab.github.io")}, OK),
    Fetch("no Gradio", {INFO: document({}, Access_Control_Allow_Origin="*")}, BROKEN, "describes no endpoints"),
    Fetch("a list", {INFO: document([1], Access_Control_Allow_Origin="*")}, BROKEN, "describes no endpoints"),
    Fetch("open to nobody", {INFO: document({})}, BROKEN, "sends no Access-Control-Allow-Origin"),
    Fetch("open to others", {INFO: document({}, Access_Control_Allow_Origin="https://x.example")}, BROKEN, "but not"),
    Fetch("a hop without the header", {INFO: redirect("/y"), "/y": document({}, Access_Control_Allow_Origin="*")},
          BROKEN, "sends no", 2),
    Fetch("every hop with the header", {INFO: redirect("/y", Access_Control_Allow_Origin="*"),
                                        "/y": document(DESCRIBED, Access_Control_Allow_Origin="*")}, OK, "", 2),
    Fetch("no JSON", {INFO: page()}, BROKEN, "text/html where a description"),
    Fetch("packed", {INFO: answer(200, gzip.compress(json.dumps(DESCRIBED).encode()), Content_Type="application/json",
                                  Content_Encoding="gzip", Access_Control_Allow_Origin="*")}, OK),
    Fetch("packed in another way", {INFO: answer(200, b"\x8b", Content_Type="application/json",
                                                 Content_Encoding="br", Access_Control_Allow_Origin="*")},
          UNKNOWN, "packed in a way that was not asked for"),
    Fetch("gone", {INFO: answer(404)}, BROKEN, "answers 404"),
    Fetch("a login", {INFO: answer(401)}, UNKNOWN, "answers 401"),
    Fetch("in trouble", {INFO: answer(503)}, UNKNOWN, "answers 503", 3),
]  # fmt: skip


@pytest.mark.parametrize("case", FETCHES, ids=lambda case: case.name)
def test_a_demo_that_the_page_calls_must_let_the_page_read_it(case: Fetch, server: FaultServer):
    server.routes = case.routes
    with closing(make_web()) as web:
        judgement = judge_fetch(web, Subject("demo.url", (), Role.BROWSER, server.url), SITE)

    assert (judgement.verdict, case.reason in judgement.reason) == (case.verdict, True), judgement
    assert judgement.requests == case.requests == len(server.requests)


@pytest.mark.parametrize(
    ("has", "wanted", "verdict", "suggestion"),
    [
        (["predict", "batch"], "batch", OK, ""),
        (["predict", "batch"], "/batch", OK, ""),
        (["predict", "batch"], "grade", BROKEN, "it has predict, batch"),
        (["grade"], "predict", BROKEN, "it has grade"),
        ([], "predict", BROKEN, "it names no endpoint"),
        (["predict", "batch"], "", OK, ""),
        (["grade"], "", OK, ""),
        (["grade", "batch"], "", BROKEN, "it has grade, batch"),
    ],
)
def test_the_endpoint_that_the_demo_names_must_be_there(server, has, wanted, verdict, suggestion):
    described = {"named_endpoints": {f"/{name}": {"parameters": [], "returns": []} for name in has}}
    server.routes = {INFO: document(described, Access_Control_Allow_Origin="*")}
    with closing(make_web()) as web:
        judgement = judge_fetch(web, Subject("demo.url", (), Role.BROWSER, server.url, endpoint=wanted), SITE)

    assert (judgement.verdict, judgement.suggestion) == (verdict, suggestion)
    if verdict is BROKEN:
        assert judgement.reason == f"has no endpoint {wanted or 'predict'}"


@pytest.mark.parametrize(
    "routes",
    [
        {"/": redirect("/welcome"), "/welcome": page("Sign in · The Lab")},
        {"/": redirect("/auth/start"), "/auth/start": page("The Lab – Log in")},
        {"/": redirect("/x"), "/x": page("", '<form><input name=p type="password"></form>')},
        {"/": redirect("/login?next=/"), "/login": page("The Lab")},
        {"/": page("Login")},
    ],
)
def test_a_demo_behind_a_login_is_unknown_and_said_so(server, routes):
    server.routes = routes
    with closing(make_web()) as web:
        judgement = judge_frame(web, server.url, None)

    assert judgement.verdict is UNKNOWN
    assert "login" in judgement.reason


def test_a_demo_about_logging_in_is_none_behind_a_login(server):
    server.routes = {"/": redirect("/app"), "/app": page("Logging in networks: a demo", "<input type=text>")}
    with closing(make_web()) as web:
        assert judge_frame(web, server.url, None).verdict is OK


def test_a_redirect_from_one_foreign_origin_to_another_makes_the_browser_send_null(server):
    named = "https://lab.github.io"
    with FaultServer({"/x": document(DESCRIBED, Access_Control_Allow_Origin=named)}, host="127.0.0.2") as other:
        server.routes = {INFO: redirect(f"{other.url}/x", Access_Control_Allow_Origin=named)}
        with closing(make_web(("127.0.0.0/8",))) as web:
            judgement = judge_fetch(web, Subject("demo.url", (), Role.BROWSER, server.url), SITE)

    assert judgement.verdict is BROKEN
    assert "but not null" in judgement.reason


def test_the_page_that_fetches_is_named_to_the_server(server):
    server.routes = {INFO: document({}, Access_Control_Allow_Origin="*")}
    with closing(make_web()) as web:
        judge_fetch(web, Subject("demo.url", (), Role.BROWSER, server.url), SITE)

    assert server.requests[0].headers["origin"] == "https://lab.github.io"
