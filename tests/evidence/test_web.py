"""The web as a run sees it: politeness, TLS, tokens, proxies and the guard."""

import ipaddress
import socket
import ssl
import threading
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from fault_server import Exchange, FaultServer, answer, hang, in_turn, page, redirect
from paper_companion.evidence.configuration import ConfigurationError
from paper_companion.evidence.model import Outcome
from paper_companion.evidence.net.addresses import AddressGuard, is_public
from paper_companion.evidence.net.failure import FailureKind
from paper_companion.evidence.net.redaction import redacted
from paper_companion.evidence.net.schedule import run_by_host
from paper_companion.evidence.net.web import KEPT_BYTES, Web
from paper_companion.evidence.pages import judge_page
from small_web import SHORT, make_web, resolve


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def tls_context(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


@pytest.fixture
def secure(authority) -> FaultServer:
    with FaultServer({"/": page()}, tls=tls_context(authority, "site.example", "127.0.0.1")) as server:
        yield server


def test_a_certificate_of_nobody_we_trust_is_broken(secure, web):
    judgement = judge_page(web, secure.url)

    assert judgement.verdict is Outcome.BROKEN
    assert "certificate of 127.0.0.1 is not valid" in judgement.reason
    assert judgement.requests == 1


def test_a_trust_root_of_ones_own_can_be_added(secure, ca_file):
    with closing(make_web(ca_file=ca_file)) as web:
        assert judge_page(web, f"https://site.example:{secure.port}/").verdict is Outcome.OK


def test_a_certificate_for_another_host_is_broken(authority, ca_file):
    tls = tls_context(authority, "else.example")
    with FaultServer({"/": page()}, tls=tls) as server, closing(make_web(ca_file=ca_file)) as web:
        judgement = judge_page(web, f"https://site.example:{server.port}/")

    assert judgement.verdict is Outcome.BROKEN
    assert "Hostname mismatch" in judgement.reason


def test_https_where_only_http_is_spoken_is_broken(web):
    def speak_http() -> None:
        # The other side may have gone away by then, and this side's test may be over.
        while listener.fileno() >= 0:
            with suppress(OSError), listener.accept()[0] as connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=speak_http, daemon=True).start()
        judgement = judge_page(web, f"https://127.0.0.1:{listener.getsockname()[1]}/")

    assert judgement.verdict is Outcome.BROKEN
    assert "TLS with 127.0.0.1 failed" in judgement.reason


def test_a_ca_file_without_certificates_is_the_checkers_own_fault(tmp_path):
    path = tmp_path / "ca.pem"
    path.write_text("no certificate")

    with pytest.raises(ConfigurationError, match="ca-file"):
        Web(ca_file=path)


def test_a_token_goes_to_its_own_host_over_https_and_not_along_a_redirect(secure, server, ca_file):
    own = f"https://site.example:{secure.port}"
    secure.routes = {"/x": redirect(f"https://127.0.0.1:{secure.port}/y"), "/y": page()}
    with closing(make_web(ca_file=ca_file, tokens={own: {"Authorization": "Bearer t0ken"}})) as web:
        visit = web.visit(f"{own}/x")

    assert visit.status == 200
    assert [request.headers.get("authorization") for request in secure.requests] == ["Bearer t0ken", None]


def test_a_token_never_goes_over_plain_http(server):
    server.routes = {"/x": page()}
    with closing(make_web(tokens={server.url: {"Authorization": "Bearer t0ken"}})) as web:
        web.visit(f"{server.url}/x")

    assert "authorization" not in server.requests[0].headers


def test_cookies_go_back_to_the_host_that_set_them_only(server):
    with FaultServer({"/y": page()}, host="127.0.0.2") as other:
        server.routes = {"/x": redirect(f"{other.url}/y", Set_Cookie="id=1")}
        with closing(make_web(("127.0.0.0/8",))) as web:
            web.visit(f"{server.url}/x")

        assert "cookie" not in other.requests[0].headers


def test_an_address_is_asked_once_a_run_however_often_and_by_however_many_threads(server, web):
    server.routes = {"/x": page()}
    threads = [threading.Thread(target=web.visit, args=(f"{server.url}/x#{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert server.asked() == ["GET /x"]


def test_connections_are_kept_and_used_again(server, web):
    server.routes = {"*": page()}
    for number in range(5):
        web.visit(f"{server.url}/{number}")

    assert (len(server.requests), server.connections) == (5, 1)


def test_a_kept_connection_that_the_server_has_closed_costs_no_try(server, web):
    closing_page = page(Connection="")

    def closes_after_answering(exchange: Exchange) -> None:
        closing_page(exchange)
        exchange.close = True

    server.routes = {"*": closes_after_answering}

    assert [web.visit(f"{server.url}/{number}").requests for number in range(3)] == [1, 1, 1]


def test_a_host_gets_no_more_requests_at_once_than_agreed(server):
    together = threading.Event()

    def wait_for_four(exchange: Exchange) -> None:
        if server.most_at_once >= 4:
            together.set()
        together.wait(2)
        page()(exchange)

    server.routes = {"*": wait_for_four}
    with closing(make_web(limits=replace(SHORT, silence_s=5, exchange_s=5))) as web:
        jobs = [("one", lambda number=number: web.visit(f"{server.url}/{number}")) for number in range(40)]

        assert run_by_host(jobs, threads=16, per_host=16, deadline_s=20)

    assert server.most_at_once == 4


def test_requests_to_one_host_keep_their_distance(server):
    import time

    times = []

    def note(exchange: Exchange) -> None:
        times.append(time.monotonic())
        page()(exchange)

    server.routes = {"*": note}
    with closing(make_web(limits=replace(SHORT, interval_s=0.03))) as web:
        jobs = [("one", lambda number=number: web.visit(f"{server.url}/{number}")) for number in range(5)]
        begun = time.monotonic()
        run_by_host(jobs, threads=5, per_host=5, deadline_s=20)

    # Each of the other four starts that much after the one before it, however late a busy machine notices them.
    assert max(times) - begun >= 4 * 0.03


def test_a_slow_host_holds_up_nobody_else(server):
    server.routes = {"*": hang}
    with FaultServer({"*": page()}) as quick, closing(make_web()) as web:
        answered = threading.Event()
        jobs = [("slow", lambda number=number: web.visit(f"{server.url}/{number}")) for number in range(50)]
        jobs += [("quick", lambda: (web.visit(quick.url), answered.set()))]
        run_by_host(jobs, threads=8, per_host=4, deadline_s=0.4)

        assert answered.is_set()


def test_a_host_that_asks_to_wait_for_long_is_left_alone_for_the_rest_of_the_run(server, web):
    server.routes = {"*": answer(429, Retry_After="3600")}
    judgements = [judge_page(web, f"{server.url}/{number}") for number in range(5)]

    assert {judgement.verdict for judgement in judgements} == {Outcome.UNKNOWN}
    # One such answer may be about one address; a few in a row are about the host.
    assert [judgement.requests for judgement in judgements] == [1, 1, 1, 0, 0]
    assert "asks to wait 3600 s" in judgements[-1].reason


def test_one_address_that_asks_to_wait_for_long_does_not_keep_others_of_its_host_from_being_judged(server, web):
    server.routes = {f"/limited/{number}": answer(429, Retry_After="3600") for number in range(4)} | {"*": answer(200)}
    judgements = [judge_page(web, f"{server.url}/{path}") for n in range(4) for path in (f"limited/{n}", f"fine/{n}")]

    assert [judgement.verdict for judgement in judgements] == [Outcome.UNKNOWN, Outcome.OK] * 4


def test_the_run_ends_at_its_deadline_whatever_the_servers_do(server):
    server.routes = {"*": hang}
    limits = replace(SHORT, deadline_s=0.3, silence_s=60, exchange_s=60)
    with closing(make_web(limits=limits)) as web:
        jobs = [("one", lambda number=number: web.visit(f"{server.url}/{number}")) for number in range(30)]
        run_by_host(jobs, threads=8, per_host=4, deadline_s=5)
        left = web.visit(f"{server.url}/after")

    assert left.failure.kind is FailureKind.DEADLINE
    assert left.requests == 0


def test_an_exception_in_a_job_ends_the_run_and_is_not_lost():
    def fail() -> None:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        run_by_host([("one", fail)], threads=2, per_host=1, deadline_s=5)


def test_no_jobs_end_at_once():
    assert run_by_host([], threads=2, per_host=1, deadline_s=5)


def test_a_plain_request_goes_through_the_proxy_with_its_credentials():
    with FaultServer({"*": page()}) as proxy:
        proxies = {"http": f"http://me:s%20ecret@127.0.0.1:{proxy.port}"}
        with closing(make_web(proxies=proxies)) as web:
            visit = web.visit("http://site.example/x?y")

        assert visit.status == 200
        assert proxy.asked() == ["GET http://site.example/x?y"]
        assert proxy.requests[0].headers["proxy-authorization"] == "Basic bWU6cyBlY3JldA=="


def tunnel(exchange: Exchange) -> None:
    host, _, port = exchange.request.target.rpartition(":")
    with socket.create_connection((resolve(host)[0], int(port))) as onward:
        exchange.raw(b"HTTP/1.1 200 Connection established\r\n\r\n")

        def pump(source: socket.socket, sink: socket.socket) -> None:
            try:
                while data := source.recv(65536):
                    sink.sendall(data)
                sink.shutdown(socket.SHUT_WR)
            except OSError:
                pass

        back = threading.Thread(target=pump, args=(onward, exchange.connection), daemon=True)
        back.start()
        pump(exchange.connection, onward)
        back.join(2)
    exchange.close = True


def test_a_secure_request_goes_through_a_tunnel_of_the_proxy(secure, ca_file):
    with FaultServer({"*": tunnel}) as proxy:
        proxies = {"https": f"http://127.0.0.1:{proxy.port}"}
        with closing(make_web(ca_file=ca_file, proxies=proxies)) as web:
            visit = web.visit(f"https://site.example:{secure.port}/")

        assert visit.status == 200
        assert proxy.asked() == [f"CONNECT site.example:{secure.port}"]


def test_a_proxy_that_refuses_leaves_the_link_unjudged():
    with FaultServer({"*": answer(407)}) as proxy:
        proxies = {"https": f"http://127.0.0.1:{proxy.port}"}
        with closing(make_web(proxies=proxies)) as web:
            judgement = judge_page(web, "https://site.example/")

    assert (judgement.verdict, judgement.failure) == (Outcome.UNKNOWN, FailureKind.PROXY)


def test_hosts_that_no_proxy_names_are_asked_directly(server):
    server.routes = {"*": page()}
    proxies = {"http": "http://127.0.0.1:9", "no": "site.example"}
    with closing(make_web(proxies=proxies)) as web:
        assert web.visit(f"http://site.example:{server.port}/").status == 200


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://localhost/", "http://inner.example/", "http://a.internal/"]
)
def test_no_private_address_is_asked_through_a_proxy_either(url):
    with FaultServer({"*": page()}) as proxy:
        guard = AddressGuard([], resolve)
        with closing(Web(SHORT, guard, proxies={"http": f"http://127.0.0.1:{proxy.port}"})) as web:
            visit = web.visit(url)

        assert visit.failure is not None
        assert proxy.asked() == []


def test_a_name_is_resolved_once_and_the_answer_pinned(server):
    answers = []

    def resolve_differently(host: str) -> tuple[str, ...]:
        answers.append(host)
        return ("127.0.0.1",) if len(answers) == 1 else ("10.0.0.1",)

    server.routes = {"/x": in_turn(answer(500), page()), "/y": page(Connection="close"), "/z": page()}
    guard = AddressGuard([ipaddress.ip_network("127.0.0.0/8")], resolve_differently)
    with closing(Web(SHORT, guard, proxies={})) as web:
        for path in ("x", "y", "z"):
            assert web.visit(f"http://site.example:{server.port}/{path}").status == 200

    assert answers == ["site.example"]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("100.100.100.200", False),
        ("0.0.0.0", False),
        ("192.0.2.1", False),
        ("198.18.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd12::1", False),
        ("ff02::1", False),
        ("2001:db8::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::a00:1", False),
        ("2002:7f00:1::", False),
        ("::127.0.0.1", False),
        ("2001:0:53aa:64c:0:5efe:80ff:fffe", False),
    ],
)
def test_only_what_the_public_can_reach_counts_as_public(address, public):
    assert is_public(ipaddress.ip_address(address)) is public


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://me:hunter2@example.org/x", "https://***@example.org/x"),
        ("https://t0ken@example.org/x", "https://***@example.org/x"),
        ("https://example.org/x?token=abc&page=2", "https://example.org/x?token=***&page=2"),
        ("https://example.org/x?X-Amz-Signature=abc", "https://example.org/x?X-Amz-Signature=***"),
        ("https://example.org/x?sig=abc#t", "https://example.org/x?sig=***#t"),
        ("https://example.org/x?api_key=abc", "https://example.org/x?api_key=***"),
        ("https://example.org/#access_token=abc", "https://example.org/#access_token=***"),
        ("https://example.org/x?design=abc", "https://example.org/x?design=abc"),
        ("went to https://a:b@example.org and https://c:d@example.com", "went to https://***@example.org and https://***@example.com"),
        ("a\r\n::error::forged", "a??::error::forged"),
        ("a\u202etxt", "a?txt"),
    ],
)  # fmt: skip
def test_no_secret_and_no_control_character_of_an_address_is_shown(text, shown):
    assert redacted(text) == shown


def test_pages_that_nobody_asked_about_for_long_are_let_go_of(server):
    server.routes = {"*": answer(200, bytes(1_000_000))}
    count = 2 * KEPT_BYTES // 1_000_000
    with closing(make_web()) as web:
        for number in range(count):
            web.page(f"{server.url}/{number}", whole=True)
            web.page(f"{server.url}/0", whole=True)
        web.page(f"{server.url}/1", whole=True)

    asked = server.asked()
    assert asked.count("GET /0") == 1
    assert asked.count("GET /1") == 2
    assert len(asked) == count + 1
