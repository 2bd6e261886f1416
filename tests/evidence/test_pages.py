"""HTTP in general: for each way in which a server can behave, the verdict, the requests and the bytes it takes."""

import gzip
from contextlib import closing
from dataclasses import dataclass, field

import pytest
from fault_server import (
    FaultServer,
    Responder,
    answer,
    by_method,
    document,
    drip,
    endless,
    hang,
    in_turn,
    page,
    ranged,
    raw,
    redirect,
    reset,
)
from paper_companion.evidence.model import Outcome
from paper_companion.evidence.pages import judge_document, judge_page
from small_web import make_web

OK, WARNING, BROKEN, UNKNOWN = Outcome.OK, Outcome.WARNING, Outcome.BROKEN, Outcome.UNKNOWN


@dataclass(frozen=True)
class Case:
    name: str
    routes: dict[str, Responder]
    verdict: Outcome
    reason: str = ""
    requests: int = 1
    max_bytes: int = 4096
    at: str = "/x"
    suggestion: str = ""
    hosts: tuple[str, ...] = field(default=("127.0.0.1/32",))


HOME = page("Home")


def packed(text: str, **headers: str) -> Responder:
    return answer(
        200, gzip.compress(text.encode()), Content_Type="text/html", **{"Content_Encoding": "gzip", **headers}
    )


def needs_accept(exchange):
    fits = "text/html" in exchange.request.headers.get("accept", "")
    (page() if fits else answer(406))(exchange)


def needs_cookie(exchange):
    if exchange.request.headers.get("cookie") == "seen=1":
        page()(exchange)
    else:
        redirect("/x", Set_Cookie="seen=1; Path=/; HttpOnly")(exchange)


def refuses_ranges(status):
    def respond(exchange):
        (answer(status) if "range" in exchange.request.headers else page())(exchange)

    return respond


def early_hints(exchange):
    exchange.raw(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
    exchange.raw(b"HTTP/1.1 103 Early Hints\r\nLink: </b.css>; rel=preload\r\n\r\n")
    page()(exchange)


def hints_for_ever(exchange):
    for _ in range(50):
        exchange.raw(b"HTTP/1.1 103 Early Hints\r\n\r\n")
    exchange.close = True


def chunked(*pieces: bytes, last: bytes = b"0\r\n\r\n"):
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + last
    return raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n" + body)


def endless_chunks(exchange):
    exchange.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(10_000):
        exchange.raw(b"4000\r\n" + bytes(0x4000) + b"\r\n")


LONG_HEADERS = {f"X-Filler-{number}": "v" * 4000 for number in range(5)}
ANCHORED = '<h2 id="results">Results</h2><a name=old></a><p id="user-content-readme">'

CASES = [
    # --- there ---
    Case("a page", {"/x": page()}, OK),
    Case("a page of a server that knows ranges", {"/x": ranged(b"<html>" + b"w" * 100_000)}, OK, max_bytes=9_000),
    Case("an empty page", {"/x": answer(200)}, OK),
    Case("no content", {"/x": answer(204, Content_Length="")}, OK),
    Case("an empty file, for which a range cannot be satisfied", {"/x": ranged(b"")}, OK, requests=2),
    Case("HEAD says 404 and GET 200", {"/x": by_method(HEAD=answer(404), GET=page())}, OK),
    Case("HEAD is not allowed", {"/x": by_method(HEAD=answer(405), GET=page())}, OK),
    Case("HEAD hangs", {"/x": by_method(HEAD=hang, GET=page())}, OK),
    Case("a page for those who accept HTML", {"/x": needs_accept}, OK),
    Case("a server that refuses ranges with 400", {"/x": refuses_ranges(400)}, OK, requests=2),
    Case("a server that refuses ranges with 403", {"/x": refuses_ranges(403)}, OK, requests=2),
    Case("a server that refuses ranges with 416", {"/x": refuses_ranges(416)}, OK, requests=2),
    Case("a page behind early hints", {"/x": early_hints}, OK),
    Case("20 kB of headers", {"/x": answer(200, b"", **LONG_HEADERS)}, OK, max_bytes=24_000),
    Case("a chunked page", {"/x": chunked(b"<html>", b"words")}, OK),
    Case("a page whose end is the connection's", {"/x": page(Content_Length="")}, OK),
    Case("a page of HTTP/1.0", {"/x": raw(b"HTTP/1.0 200 OK\r\n\r\nwords")}, OK),
    Case("a status line without a reason", {"/x": raw(b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n")}, OK),
    Case("a path that is not ASCII", {"/caf%C3%A9": page()}, OK, at="/café"),
    Case("a path with percent signs that mean themselves", {"/a%2Fb": page()}, OK, at="/a%2Fb"),
    Case("a query", {"/x": page()}, OK, at="/x?a=b&c=d%20e"),
    Case("a page about things that are not found", {"/x": page("Lost and found: what was not found?")}, OK),
    Case("a page about 404 papers", {"/x": page("We read 404 papers")}, OK),
    # --- gigabytes ---
    Case("gigabytes, ranges known", {"/x": ranged(bytes(5_000_000))}, OK, max_bytes=9_000),
    Case("gigabytes, ranges ignored", {"/x": endless()}, OK, max_bytes=20_000),
    Case("gigabytes in chunks, ranges ignored", {"/x": endless_chunks}, OK, max_bytes=40_000),
    Case("gigabytes of a page in which an anchor is looked for",
         {"/x": endless(Content_Type="text/html")}, UNKNOWN, "too long", at="/x#a", max_bytes=2_200_000),
    Case("an anchor in the charset of the header",
         {"/x": answer(200, "<p id=é>".encode("latin-1"), Content_Type="text/html; charset=iso-8859-1")}, OK,
         at="/x#%C3%A9"),
    Case("an anchor in the charset that the page declares",
         {"/x": answer(200, "<meta charset=latin1><p id=é>".encode("latin-1"), Content_Type="text/html")}, OK,
         at="/x#%C3%A9"),
    Case("an anchor in UTF-16", {"/x": answer(200, "<p id=a>".encode("utf-16"), Content_Type="text/html")}, OK,
         at="/x#a"),
    Case("an anchor in a charset that nobody knows",
         {"/x": answer(200, "<p id=a>", Content_Type="text/html; charset=utf-99")}, OK, at="/x#a"),
    Case("an anchor with an escape in its very name", {"/x": page(body="<p id=a%20b>")}, OK, at="/x#a%20b"),
    Case("an anchor in a page that is packed without being asked", {"/x": packed("<p id=a>")}, OK, at="/x#a"),
    Case("no anchor in a packed page", {"/x": packed("<p id=b>")}, BROKEN, "no anchor", at="/x#a"),
    Case("a packed page of which little came and much would come out", {"/x": packed("x" * 9_000_000)}, UNKNOWN,
         "too long", at="/x#a", max_bytes=20_000),
    Case("a page packed with something else", {"/x": packed("<p id=a>", Content_Encoding="br")}, UNKNOWN, "packed",
         at="/x#a"),
    Case("a title in a packed page", {"/x": packed("<title>404 Not Found</title>")}, BROKEN, "404 Not Found"),
    Case("a path with dots in it", {"/b/c": page()}, OK, at="/a/../b/./c"),
    # --- gone ---
    Case("not found", {"/x": answer(404)}, BROKEN, "no such page (404)", requests=2),
    Case("gone", {"/x": answer(410)}, BROKEN, "gone for good (410)", requests=2),
    Case("GET says 404 where HEAD says 200", {"/x": by_method(HEAD=answer(200), GET=answer(404))}, BROKEN, "404",
         requests=2),
    Case("not found at the first look only", {"/x": in_turn(answer(404), page())}, OK, requests=2),
    Case("bad request", {"/x": answer(400)}, BROKEN, "400", requests=2),
    Case("method not allowed, even to GET", {"/x": answer(405)}, BROKEN, "405", requests=2),
    Case("not acceptable, whatever is accepted", {"/x": answer(406)}, BROKEN, "406", requests=2),
    Case("a teapot", {"/x": answer(418)}, BROKEN, "418", requests=2),
    Case("a page that calls itself 404", {"/x": page("404 Not Found")}, BROKEN, "404 Not Found"),
    Case("a title that begins so", {"/x": page("Page not found · Example")}, BROKEN, "Page not found"),
    Case("a title that ends so", {"/x": page("Example University - Page Not Found")}, BROKEN, "Not Found"),
    Case("a title with Error 404", {"/x": page("Error 404")}, BROKEN, "Error 404"),
    Case("a title with entities", {"/x": page("Page doesn&#39;t exist")}, BROKEN, "Page doesn't exist"),
    Case("a heading that says it where the title does not",
         {"/x": page("Oops", "<h1 class=x><b>Page Not Found</b></h1>")}, BROKEN, "Page Not Found"),
    Case("a site that is gone from its host", {"/x": page("Site not found · GitHub Pages")}, BROKEN, "Site not found"),
    Case("a title in German", {"/x": page("Seite nicht gefunden")}, BROKEN, "nicht gefunden"),
    Case("a title in French", {"/x": page("Page introuvable – Université")}, BROKEN, "introuvable"),
    Case("a domain that is for sale", {"/x": page("leafgrade.example is for sale")}, BROKEN, "for sale"),
    Case("a page about pages that are not found", {"/x": page("How to write a good 404 page")}, OK),
    Case("a site that is called like that", {"/x": page("404 Media")}, OK),
    Case("a redirect to an error page", {"/x": redirect("/404.html"), "/404.html": HOME}, BROKEN, "error page",
         requests=2),
    Case("a redirect to a page that calls itself lost",
         {"/x": redirect("/y"), "/y": page("Not found")}, BROKEN, "Not found", requests=2),
    # --- redirects ---
    Case("a temporary redirect", {"/x": redirect("/y"), "/y": page()}, OK, requests=2),
    Case("see other", {"/x": redirect("/y", 303), "/y": page()}, OK, requests=2),
    Case("a 307", {"/x": redirect("/y", 307), "/y": page()}, OK, requests=2),
    Case("moved for good", {"/x": redirect("/y", 301), "/y": page()}, WARNING, "moved", requests=2,
         suggestion="{url}/y"),
    Case("moved for good, with 308", {"/x": redirect("/y", 308), "/y": page()}, WARNING, "moved", requests=2,
         suggestion="{url}/y"),
    Case("moved for good twice", {"/x": redirect("/y", 301), "/y": redirect("/z", 308), "/z": page()}, WARNING,
         "moved", requests=3, suggestion="{url}/z"),
    Case("moved for good, then for now", {"/x": redirect("/y", 301), "/y": redirect("/z"), "/z": page()}, WARNING,
         "moved", requests=3, suggestion="{url}/y"),
    Case("for now, then for good", {"/x": redirect("/y"), "/y": redirect("/z", 301), "/z": page()}, OK, requests=3),
    Case("moved for good, and the anchor with it",
         {"/x": redirect("/y", 301), "/y": page(body=ANCHORED)}, WARNING, "moved", at="/x#results",
         requests=2, suggestion="{url}/y#results"),
    Case("moved for good to where nothing is", {"/x": redirect("/y", 301)}, BROKEN, "404", requests=4),
    Case("a redirect to itself", {"/x": redirect("/x")}, BROKEN, "circle"),
    Case("a redirect in a circle", {"/x": redirect("/y"), "/y": redirect("/x")}, BROKEN, "circle", requests=2),
    Case("redirects without end",
         {"*": lambda exchange: redirect(f"/{int(exchange.request.path[1:] or 0) + 1}")(exchange)},
         BROKEN, "more than 10 redirects", requests=11, at="/0"),
    Case("ten redirects",
         {"*": lambda exchange: (page() if exchange.request.path == "/10" else
                                 redirect(f"/{int(exchange.request.path[1:]) + 1}"))(exchange)},
         OK, requests=11, at="/0"),
    Case("a redirect that needs the cookie it sets", {"/x": needs_cookie}, OK, requests=2),
    Case("a redirect without a place", {"/x": answer(302)}, BROKEN, "without saying where", ),
    Case("a redirect to a file", {"/x": redirect("file:///etc/passwd")}, BROKEN, "not an http or https address"),
    Case("a redirect to another protocol", {"/x": redirect("ftp://site.example/x")}, BROKEN, "(ftp)"),
    Case("a redirect to a script", {"/x": redirect("javascript:alert(1)")}, BROKEN, "(javascript)"),
    Case("a redirect to data", {"/x": redirect("data:text/html,hello")}, BROKEN, "(data)"),
    Case("a redirect with a password in it", {"/x": redirect("http://me:hunter2@site.example/")}, BROKEN, "password"),
    Case("a redirect to nonsense", {"/x": redirect("http://[oops")}, BROKEN, "no address"),
    Case("a redirect to a port that is none", {"/x": redirect("http://site.example:99999/")}, BROKEN, "address"),
    Case("a relative redirect", {"/a/x": redirect("../y"), "/y": page()}, OK, requests=2, at="/a/x"),
    Case("a redirect to UTF-8", {"/x": redirect("/café"), "/caf%C3%A9": page()}, OK, requests=2),
    Case("a redirect with a blank in it", {"/x": redirect("/a b"), "/a%20b": page()}, OK, requests=2),
    Case("a deep page that leads to the home page now", {"/a/b/c": redirect("/"), "/": HOME}, WARNING, "home page",
         requests=2, at="/a/b/c"),
    Case("a redirect to a login", {"/a/x": redirect("/login?next=/a/x"), "/login": page("Log in")}, UNKNOWN, "login",
         requests=2, at="/a/x"),
    Case("a redirect to a login that its title tells",
         {"/a/x": redirect("/welcome"), "/welcome": page("Sign in to Example")}, UNKNOWN, "login", requests=2,
         at="/a/x"),
    Case("a redirect to a page about logins",
         {"/a/x": redirect("/b"), "/b": page("Logging in: a survey")}, OK, requests=2, at="/a/x"),
    # --- something else in the place of a PDF ---
    Case("a PDF", {"/x.pdf": answer(200, "%PDF-1.7", Content_Type="application/pdf")}, OK, at="/x.pdf"),
    Case("a page in the place of a PDF", {"/x.PDF": page()}, WARNING, "is an HTML page, not a PDF", at="/x.PDF?a=b"),
    Case("a page in the place of a PDF that says that nothing is there", {"/x.pdf": page("404 Not Found")}, BROKEN,
         "404 Not Found", at="/x.pdf"),
    Case("a forge's page about a PDF", {"/lab/leaf/src/branch/main/x.pdf": page()}, OK,
         at="/lab/leaf/src/branch/main/x.pdf"),
    # --- private addresses on the way ---
    Case("a redirect to loopback", {"/x": redirect("http://127.0.0.2/")}, BROKEN, "127.0.0.2 is an address that"),
    Case("a redirect to a private network", {"/x": redirect("http://10.0.0.1/")}, BROKEN, "10.0.0.1"),
    Case("a redirect to a metadata service", {"/x": redirect("http://169.254.169.254/latest/")}, BROKEN, "169.254"),
    Case("a redirect to a decimal address", {"/x": redirect("http://2130706434/")}, BROKEN, "127.0.0.2"),
    Case("a redirect to a hexadecimal address", {"/x": redirect("http://0x7f000002/")}, BROKEN, "127.0.0.2"),
    Case("a redirect to an octal address", {"/x": redirect("http://0177.0.0.02/")}, BROKEN, "127.0.0.2"),
    Case("a redirect to a short address", {"/x": redirect("http://127.2/")}, BROKEN, "127.0.0.2"),
    Case("a redirect to a mapped address", {"/x": redirect("http://[::ffff:127.0.0.2]/")}, BROKEN, "public"),
    Case("a redirect to loopback in IPv6", {"/x": redirect("http://[::1]/")}, BROKEN, "::1 is an address"),
    Case("a redirect to a link-local address", {"/x": redirect("http://[fe80::1%25eth0]/")}, BROKEN, "fe80::1"),
    Case("a redirect to a unique local address", {"/x": redirect("http://[fd00::1]/")}, BROKEN, "fd00::1"),
    Case("a redirect to all zeros", {"/x": redirect("http://0.0.0.0/")}, BROKEN, "0.0.0.0"),
    Case("a redirect to a NAT64 spelling", {"/x": redirect("http://[64:ff9b::7f00:2]/")}, BROKEN, "public"),
    Case("a redirect to a name that is private", {"/x": redirect("http://inner.example/")}, UNKNOWN, "192.168.1.10"),
    Case("a redirect to a name that is public and private", {"/x": redirect("http://rebound.example/")}, UNKNOWN,
         "10.0.0.7"),
    Case("a redirect to a name of a metadata service", {"/x": redirect("http://metadata.example/")}, UNKNOWN,
         "169.254.169.254"),
    # --- walls ---
    Case("forbidden", {"/x": answer(403)}, UNKNOWN, "refuses machines (403)", requests=2),
    Case("a login", {"/x": answer(401)}, UNKNOWN, "login (401)"),
    Case("a payment", {"/x": answer(402)}, UNKNOWN, "payment (402)"),
    Case("too many requests, for ever", {"/x": answer(429)}, UNKNOWN, "rate of questions (429)", requests=3),
    Case("too many requests, once", {"/x": in_turn(answer(429), page())}, OK, requests=2),
    Case("999", {"/x": answer(999)}, UNKNOWN, "refuses machines (999)"),
    Case("legal reasons", {"/x": answer(451)}, UNKNOWN, "legal reasons (451)"),
    Case("a challenge with 403", {"/x": page("Just a moment...", status=403, cf_mitigated="challenge")}, UNKNOWN,
         "riddle"),
    Case("a challenge with 503", {"/x": page("Just a moment...", status=503)}, UNKNOWN, "riddle", requests=3),
    Case("a challenge with 202", {"/x": answer(202, x_amzn_waf_action="challenge")}, UNKNOWN, "riddle"),
    Case("a challenge with 405", {"/x": answer(405, x_amzn_waf_action="captcha")}, UNKNOWN, "riddle"),
    Case("a challenge that is nothing but its script",
         {"/x": answer(200, "<script src=/_Incapsula_Resource?x>", Content_Type="text/html")}, UNKNOWN, "riddle"),
    Case("a challenge that reckons", {"/x": page("Making sure you&#39;re not a bot!")}, UNKNOWN, "riddle"),
    Case("a challenge with 200", {"/x": page("Attention Required! | Example")}, UNKNOWN, "riddle"),
    # --- trouble that may pass ---
    Case("an error of the server, for ever", {"/x": answer(500)}, BROKEN, "answers 500", requests=3),
    Case("an error of the server, once", {"/x": in_turn(answer(500), page())}, OK, requests=2),
    Case("a bad gateway, twice", {"/x": in_turn(answer(502), answer(502), page())}, OK, requests=3),
    Case("unavailable, for ever", {"/x": answer(503)}, BROKEN, "answers 503", requests=3),
    Case("unavailable, and says for how long", {"/x": in_turn(answer(503, Retry_After="0"), page())}, OK, requests=2),
    Case("not implemented", {"/x": answer(501)}, BROKEN, "answers 501"),
    Case("asks to wait for an hour", {"/x": answer(429, Retry_After="3600")}, UNKNOWN, "asks to wait 3600 s"),
    Case("asks to wait for an hour, unavailable", {"/x": answer(503, Retry_After="3600")}, UNKNOWN, "wait 3600 s"),
    Case("asks to wait until a date", {"/x": answer(503, Retry_After="Fri, 31 Dec 2199 23:59:59 GMT")}, UNKNOWN,
         "asks to wait"),
    Case("asks to wait until a date that has passed",
         {"/x": in_turn(answer(503, Retry_After="Fri, 31 Dec 1999 23:59:59 GMT"), page())}, OK, requests=2),
    Case("asks to wait for nonsense", {"/x": in_turn(answer(503, Retry_After="soon"), page())}, OK, requests=2),
    Case("closes without a word, once", {"/x": in_turn(reset, page())}, OK, requests=2),
    Case("closes without a word, for ever", {"/x": reset}, BROKEN, "does not speak HTTP", requests=6, max_bytes=0),
    Case("hangs once", {"/x": in_turn(hang, page())}, OK, requests=2),
    Case("hangs for ever", {"/x": hang}, BROKEN, "no complete answer", requests=2, max_bytes=0),
    Case("a body that stops", {"/x": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf")}, BROKEN,
         "does not speak HTTP", requests=6),
    Case("a chunked body that stops", {"/x": chunked(b"half", last=b"")}, BROKEN, "does not speak HTTP", requests=6),
    Case("headers that drip", {"/x": drip(b"HTTP/1.1 200 OK\r\nX: ")}, BROKEN, "no complete answer", requests=2),
    Case("a body that drips", {"/x": drip(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", 0.01)}, BROKEN,
         "no complete answer", requests=2),
    # --- not HTTP ---
    Case("another protocol", {"/x": raw(b"220 mail.example ESMTP\r\n")}, BROKEN, "does not speak HTTP", requests=6),
    Case("a status that is no number", {"/x": raw(b"HTTP/1.1 abc OK\r\n\r\n")}, BROKEN, "does not speak", requests=6),
    Case("a header line without end", {"/x": raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000)}, BROKEN,
         "does not speak HTTP", requests=6, max_bytes=600_000),
    Case("a thousand headers", {"/x": raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n")}, BROKEN,
         "does not speak HTTP", requests=6, max_bytes=50_000),
    Case("early hints without end", {"/x": hints_for_ever}, BROKEN, "does not speak", requests=6, max_bytes=12_000),
    Case("a chunk of nonsense",
         {"/x": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")}, BROKEN, "not speak", requests=6),
    # --- anchors ---
    Case("an anchor", {"/x": page(body=ANCHORED)}, OK, at="/x#results"),
    Case("an anchor by name", {"/x": page(body=ANCHORED)}, OK, at="/x#old"),
    Case("an anchor of a README", {"/x": page(body=ANCHORED)}, OK, at="/x#readme"),
    Case("an anchor that is not there", {"/x": page(body=ANCHORED)}, BROKEN, "no anchor “other”", at="/x#other"),
    Case("an anchor that a script may make", {"/x": page(body="<script>1</script>")}, WARNING, "unless a script",
         at="/x#other"),
    Case("an anchor with percent signs", {"/x": page(body='<p id="über">')}, OK, at="/x#%C3%BCber"),
    Case("the top", {"/x": page()}, OK, at="/x#top"),
    Case("a text fragment", {"/x": page()}, OK, at="/x#:~:text=words"),
    Case("a route of a script", {"/x": page()}, OK, at="/x#/route"),
    Case("a page of a PDF", {"/x": answer(200, "%PDF-1.7", Content_Type="application/pdf")}, OK, at="/x#page=3"),
    Case("an anchor in something else", {"/x": answer(200, "{}", Content_Type="application/json")}, OK, at="/x#a"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_link_is_judged_by_what_people_would_find(case: Case, server: FaultServer):
    server.routes = case.routes
    with closing(make_web(case.hosts)) as web:
        judgement = judge_page(web, server.url + case.at)

    assert (judgement.verdict, case.reason in judgement.reason) == (case.verdict, True), judgement
    assert judgement.suggestion == case.suggestion.replace("{url}", server.url)
    assert judgement.requests == case.requests == len(server.requests)
    assert judgement.received_bytes <= case.max_bytes


ADDRESSES = [
    ("an address without a host", "http:///x", BROKEN, "no host"),
    ("another protocol", "ftp://site.example/x", BROKEN, "not an http or https address (ftp)"),
    ("a file", "file:///etc/passwd", BROKEN, "not an http or https address (file)"),
    ("a password", "https://me:hunter2@site.example/", BROKEN, "user name or password"),
    ("a user name", "https://me@site.example/", BROKEN, "user name or password"),
    ("a blank", "http://site.example/a b", BROKEN, "blanks"),
    ("a backslash", "http:\\\\site.example", BROKEN, "backslashes"),
    ("a line break", "http://site.example/\r\nHost: x", BROKEN, "control characters"),
    ("a port that is none", "http://site.example:99999/", BROKEN, "not an address"),
    ("port 0", "http://site.example:0/", BROKEN, "no host"),
    ("a name that does not exist", "http://no.example/", BROKEN, "no such host: no.example"),
    ("a name that cannot be resolved now", "http://flaky.example/", UNKNOWN, "could not be resolved"),
    ("a label that is too long", f"http://{'a' * 64}.example/", BROKEN, "no host"),
    ("localhost", "http://127.0.0.3/", BROKEN, "address that the public cannot reach"),
    ("a name of a private address", "http://inner.example/", UNKNOWN, "192.168.1.10"),
    ("a private address", "http://192.168.0.1/", BROKEN, "192.168.0.1"),
    ("a carrier's address", "http://100.64.0.1/", BROKEN, "100.64.0.1"),
    ("a metadata service", "http://169.254.169.254/latest/meta-data/", BROKEN, "169.254.169.254"),
    ("a metadata service of another cloud", "http://168.63.129.16/", BROKEN, "168.63.129.16"),
    ("multicast", "http://224.0.0.1/", BROKEN, "224.0.0.1"),
    ("6to4 of a private address", "http://[2002:a00:1::1]/", BROKEN, "public"),
    ("a domain for inner names", "http://printer.local/", BROKEN, "no such host"),
]


@pytest.mark.parametrize(("url", "verdict", "reason"), [case[1:] for case in ADDRESSES], ids=[c[0] for c in ADDRESSES])
def test_an_address_that_must_not_be_asked_costs_no_request(url, verdict, reason, web):
    judgement = judge_page(web, url)

    assert (judgement.verdict, reason in judgement.reason) == (verdict, True), judgement
    assert judgement.received_bytes == 0
    assert not web.anybody_answered


def test_a_port_that_nobody_listens_on_is_broken(web):
    with FaultServer() as server:
        url = server.url

    judgement = judge_page(web, url)

    assert (judgement.verdict, judgement.requests) == (Outcome.BROKEN, 3)
    assert "refuses connections" in judgement.reason


DOCUMENTS = [
    Case("a description", {"/x": document({"@type": "sc:Dataset"})}, OK),
    Case("a description after a byte order mark", {"/x": answer(200, b'\xef\xbb\xbf\n{"a": 1}')}, OK),
    Case("a description that is longer than what is looked at", {"/x": ranged(b"[" + b" " * 100_000)}, OK,
         max_bytes=9_000),
    Case("a page in its place", {"/x": page()}, BROKEN, "is an HTML page, not a description in JSON"),
    Case("words in its place", {"/x": answer(200, "# Data card")}, BROKEN, "is something else, not a description"),
    Case("nothing in its place", {"/x": answer(200)}, BROKEN, "is something else, not a description in JSON"),
    Case("a description of a server that refuses ranges",
         {"/x": lambda exchange: (answer(400) if "range" in exchange.request.headers else document({}))(exchange)}, OK,
         requests=2),
    Case("no description", {"/x": answer(404)}, BROKEN, "no such page", requests=2),
    Case("a description that moved for good", {"/x": redirect("/y", 301), "/y": document({})}, WARNING, "moved",
         requests=2, suggestion="{url}/y"),
]  # fmt: skip


@pytest.mark.parametrize("case", DOCUMENTS, ids=lambda case: case.name)
def test_a_description_for_programs_is_one(case: Case, server: FaultServer):
    server.routes = case.routes
    with closing(make_web()) as web:
        judgement = judge_document(web, server.url + case.at)

    assert (judgement.verdict, case.reason in judgement.reason) == (case.verdict, True), judgement
    assert judgement.suggestion == case.suggestion.replace("{url}", server.url)
    assert judgement.requests == case.requests == len(server.requests)
    assert judgement.received_bytes <= case.max_bytes


LONG = page(body='<h2 id="results">' + "<p>Words.</p>" * 2000)


@pytest.mark.parametrize("shown", [page(body=ANCHORED), ranged(b'<html><p id="results">'), LONG])
@pytest.mark.parametrize("at", [("/x", "/x#results"), ("/x#results", "/x"), ("/x#results", "/x#other", "/x")])
def test_a_page_is_asked_once_for_itself_and_for_its_anchors(server, shown, at):
    server.routes = {"/x": shown}
    with closing(make_web()) as web:
        for path in at:
            if "#" in path:
                web.expect_whole(server.url + path)
        judgements = [judge_page(web, server.url + path) for path in at]

    assert server.asked() == ["GET /x"]
    assert [judgement.requests for judgement in judgements] == [1] + [0] * (len(at) - 1)


def test_a_short_page_is_not_asked_again_for_an_anchor_that_nobody_told_of(server):
    server.routes = {"/x": page(body=ANCHORED), "/long": LONG}
    with closing(make_web()) as web:
        verdicts = [judge_page(web, server.url + path).verdict for path in ("/x", "/x#gone", "/long", "/long#results")]

    assert verdicts == [OK, BROKEN, OK, OK]
    assert server.asked() == ["GET /x", "GET /long", "GET /long"]
