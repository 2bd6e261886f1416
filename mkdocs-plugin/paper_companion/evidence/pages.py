"""Links to pages: HTTP in general, for every address of which nobody knows more than that people follow it."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from paper_companion.evidence.judgement import Cost, Judgement, broken, failed, ok, refused, unknown, warning
from paper_companion.evidence.markup import HTML_TYPES, anchors_of, as_utf8, heading_of, is_html, title_of
from paper_companion.evidence.model import Rung
from paper_companion.evidence.net.address import HttpAddress, parse_address
from paper_companion.evidence.net.connection import Answer
from paper_companion.evidence.net.failure import Failure, FailureKind
from paper_companion.evidence.net.redaction import redacted
from paper_companion.evidence.net.visits import Visit
from paper_companion.evidence.net.web import PERMANENT, Web

# What sets a site's name off from a page's title, or ends it.
_EDGE = r"\W*($|[-–—|:·•»])"
_EDGE_BEFORE = r"[-–—|:·•»]\s*"
_GONE_TITLE = re.compile(
    r"^\W*(http\s+)?(error\W*|status\W*)?404\s*($|[-–—|:·•».,!?(]|\b(page|not|file|error)\b)"
    r"|\b404\W*$"
    rf"|\b404\W+(not\s+found|error){_EDGE}"
    r"|^\W*(the\s+|this\s+)?(page|file|document|content|site)\s+(was\s+|is\s+|could\s+)?(not|cannot)\s+(be\s+)?(found|exist)"
    rf"|[-–—|:·•»]\s*((404|page|file)\s+)?not\s+found{_EDGE}|^\W*not\s+found\b"
    r"|\bpage\s+(does\s*n.t|does\s+not|no\s+longer)\s+exist"
    r"|^\W*(this\s+)?account\s+(has\s+been\s+|is\s+)?suspended"
    r"|^\W*(the\s+domain\s+(name\s+)?|this\s+domain\s+)?(\S+\.\w{2,}\s+)?(is|may\s+be)\s+for\s+sale\b"
    r"|^\W*(seite|die\s+seite\s+wurde)\s+nicht\s+gefunden|^\W*page\s+(introuvable|non\s+trouvée)"
    r"|^\W*p[áa]gina\s+(no\s+encontrada|não\s+encontrada|non\s+trovata|niet\s+gevonden)"
    r"|^\W*(页面不存在|找不到页面|未找到页面|ページが見つかりません|страница\s+не\s+найдена)",
    re.IGNORECASE,
)
_CHALLENGE_TITLE = re.compile(
    r"^\W*(just a moment|one moment, please|attention required|access denied|are you (a )?(human|robot)|security check"
    r"|pardon our interruption|please verify|verify you are|robot check|verifying|checking your browser"
    r"|client challenge|making sure you.re not a bot|(human|bot) verification|vercel security checkpoint|ddos-guard"
    r"|access to this page has been denied|radware)",
    re.IGNORECASE,
)
_PASSWORD_FIELD = re.compile(rb"""<input[^>]{0,500}\btype\s*=\s*["']?password\b""", re.IGNORECASE)
# A page without a title that does nothing but load this is not the page.
_CHALLENGE_SCRIPT = b"/_Incapsula_Resource"
_GONE_PATH = re.compile(r"/(404|not[-_]?found|error[-_]?404|page[-_]not[-_]found)(\.\w+)?/?$", re.IGNORECASE)
_PLAIN = {"Accept": "*/*"}
_LONGEST_TEXT_BYTES = 2_000_000
_LOGIN = re.compile(
    r"(^|[/.])(login|log-in|signin|sign-in|sign_in|sso|cas|oauth2?|saml2?|authorize|idp|accounts)([/.?]|$)",
    re.IGNORECASE,
)
_SIGN_IN = r"((please\s+)?(sign|log)[\s-]?[io]n|anmelden|anmeldung|connexion|iniciar sesión|accedi|登录|ログイン)"
_LOGIN_TITLE = re.compile(rf"^\W*{_SIGN_IN}\b|{_EDGE_BEFORE}{_SIGN_IN}\W*$", re.IGNORECASE)
# Pages of forges and wikis that are about a PDF and named as it is.
_ABOUT_A_PDF = re.compile(r"/(blob|src|tree|wiki)/", re.IGNORECASE)


def judge_page(web: Web, url: str) -> Judgement:
    """Whether an address leads people to something that is there.

    One GET for the first bytes settles most; what looks gone is confirmed by a second look of another shape, since some
    servers stumble over ranges or fail once in a while.
    """
    address = parse_address(url)
    if isinstance(address, Failure):
        return failed(address)
    cost = Cost()
    judgement = _judge(web, address, cost.of(web.page(url, whole=bool(_anchor(address.fragment)))))
    if _wants_a_second_look(judgement):
        web.pause(web.limits.confirm_after_s)
        # Plain, as a browser would ask, so that this is not the first look over again.
        judgement = _judge(web, address, cost.of(web.visit(url, headers=_PLAIN)))
    return Judgement(
        judgement.verdict,
        judgement.reason,
        judgement.suggestion,
        Rung.LINKED,
        judgement.details,
        cost.requests,
        cost.received_bytes,
        judgement.failure,
    )


def answer_behind(web: Web, url: str) -> Answer | None:
    """The answer by which an address was judged. The same questions as judge_page's, so that they cost nothing."""
    answer = web.page(url).final
    if answer is None or not 200 <= answer.status < 300:
        answer = web.visit(url, headers=_PLAIN).final
    return answer


def judge_document(web: Web, url: str) -> Judgement:
    """Whether an address leads programs to a description in JSON."""
    judgement = judge_page(web, url)
    answer = answer_behind(web, url)
    if not judgement.good or answer is None or answer.header("content-encoding", "identity") != "identity":
        return judgement
    if answer.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return judgement
    wrong = broken(f"is {'an HTML page' if is_html(answer.body) else 'something else'}, not a description in JSON")
    return wrong.paid(judgement)


def _wants_a_second_look(judgement: Judgement) -> bool:
    if judgement.failure is not None:
        # Passing failures have been tried several times by now; a garbled answer may be the range's fault.
        return judgement.failure is FailureKind.PROTOCOL
    return judgement.details.get("status", 200) in {400, 403, *range(404, 407), *range(408, 429), *range(430, 452)} - {
        451
    }


def _judge(web: Web, asked: HttpAddress, visit: Visit) -> Judgement:
    answer = visit.final
    if answer is None:
        assert visit.failure is not None
        return failed(visit.failure)
    answer = _legible(answer)
    host = urlsplit(answer.url).hostname or ""
    challenged = _challenge(answer, host)
    if challenged is not None:
        return challenged
    if not 200 <= answer.status < 300:
        return _refusal(answer, host)
    if len(visit.answers) > 1:
        elsewhere = _led_astray(asked, answer)
        if elsewhere is not None:
            return elsewhere
    gone = _soft_404(answer)
    if gone is not None:
        return gone
    anchor = _anchor(asked.fragment)
    if anchor and answer.media_type in HTML_TYPES:
        missing = _missing_anchor(answer, anchor)
        if missing is not None:
            return missing
    if asked.path.lower().endswith(".pdf") and answer.media_type in HTML_TYPES and not _ABOUT_A_PDF.search(asked.path):
        return warning("is an HTML page, not a PDF", status=answer.status)
    return moved(asked, visit) or ok(status=answer.status)


def _refusal(answer: Answer, host: str) -> Judgement:
    judgement = refused(answer.status, host)
    if judgement is not None:
        return Judgement(judgement.verdict, judgement.reason, details={"status": answer.status})
    if answer.status == 404:
        return broken(f"{host} has no such page (404)", status=404)
    if answer.status == 410:
        return broken(f"{host} says that it is gone for good (410)", status=410)
    if 300 <= answer.status < 400:
        return broken(f"{host} redirects without saying where to ({answer.status})", status=answer.status)
    return broken(f"{host} answers {answer.status}", status=answer.status)


def _challenge(answer: Answer, host: str) -> Judgement | None:
    """A riddle for browsers in place of the page."""
    said = (
        answer.header("cf-mitigated") == "challenge"
        or answer.header("x-amzn-waf-action")
        or (answer.header("x-datadome") and answer.status in (401, 403))
        or (answer.media_type in HTML_TYPES and _is_riddle(answer))
    )
    return unknown(f"{host} shows machines a riddle instead of the page ({answer.status})") if said else None


def _is_riddle(answer: Answer) -> bool:
    title = title_of(answer.body)
    if title:
        return bool(_CHALLENGE_TITLE.search(title))
    return answer.complete and len(answer.body) < 4096 and _CHALLENGE_SCRIPT in answer.body


def _soft_404(answer: Answer) -> Judgement | None:
    if answer.media_type not in HTML_TYPES:
        return None
    for said in (title_of(answer.body), heading_of(answer.body)):
        if said and _GONE_TITLE.search(said):
            return broken(f"answers {answer.status}, but the page says “{redacted(said[:80])}”", soft=True)
    return None


def _led_astray(asked: HttpAddress, answer: Answer) -> Judgement | None:
    """Redirects that end somewhere else than at what was linked to."""
    reached = urlsplit(answer.url)
    if _GONE_PATH.search(reached.path) and not _GONE_PATH.search(asked.path):
        return broken(f"redirects to an error page, {redacted(answer.url)}", soft=True)
    where = f"{reached.hostname}{reached.path}"
    by_address = _LOGIN.search(where) and not _LOGIN.search(f"{asked.origin.host}{asked.path}")
    if by_address or (reached.path != asked.path and shows_login(answer)):
        return unknown(f"redirects to a login at {reached.hostname}")
    deep = asked.path.strip("/").count("/") >= 1 or "." in asked.path
    if deep and reached.path in ("", "/") and not reached.query:
        return warning(f"redirects to the home page of {reached.hostname}: the page itself is probably gone")
    return None


def shows_login(answer: Answer) -> bool:
    """Whether a page is there for signing in, by its title or, where it has none, by a field for a password."""
    if answer.media_type not in HTML_TYPES:
        return False
    title = title_of(answer.body)
    return bool(_LOGIN_TITLE.search(title)) if title else bool(_PASSWORD_FIELD.search(answer.body))


def moved(asked: HttpAddress, visit: Visit) -> Judgement | None:
    """Permanent redirects: the address to write instead is where the last of them leads."""
    moved_to = ""
    for answer, following in zip(visit.answers, visit.answers[1:], strict=False):
        if answer.status not in PERMANENT:
            break
        moved_to = following.url
    if not moved_to:
        return None
    suggestion = redacted(moved_to + (f"#{asked.fragment}" if asked.fragment else ""))
    return warning("moved for good", suggestion, status=visit.status)


def names_anchor(url: str) -> bool:
    """Whether an address names an anchor of a page, so that all of the page is needed."""
    return "#" in url and bool(_anchor(url.partition("#")[2]))


def _anchor(fragment: str) -> str:
    """The fragment when it names an anchor; empty for routes of scripts and text fragments, which name none."""
    fragment = fragment.partition(":~:")[0]
    if not fragment or fragment.lower() == "top" or fragment[0] in "!/?" or "=" in fragment:
        return ""
    return fragment


def _legible(answer: Answer) -> Answer:
    """A page as its text."""
    if answer.media_type not in HTML_TYPES:
        return answer
    answer = unpacked(answer)
    return replace(answer, body=as_utf8(answer.body, answer.header("content-type")))


def unpacked(answer: Answer) -> Answer:
    """An answer of a server that compresses without being asked to; bounded, whatever is packed into it.

    It has an empty body and is not complete where it is packed in a way that nobody knows here.
    """
    encoding = answer.header("content-encoding", "identity").lower()
    body, complete = answer.body, answer.complete
    if encoding in ("gzip", "x-gzip", "deflate"):
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
        try:
            body = unpacker.decompress(body, _LONGEST_TEXT_BYTES)
            complete = unpacker.eof
        except zlib.error:
            body, complete = b"", False
    elif encoding != "identity":
        body, complete = b"", False
    return replace(answer, body=body, complete=complete)


def _missing_anchor(answer: Answer, fragment: str) -> Judgement | None:
    anchor = unquote(fragment)
    # GitHub and others put a prefix before the anchors of a README, and a script that takes it away.
    names = {anchor, fragment, f"user-content-{anchor}"}
    if any(name in names for name in anchors_of(answer.body)):
        return None
    if not answer.body:
        return unknown("the page is packed in a way that was not asked for, so that its anchors could not be read")
    if not answer.complete:
        return unknown(f"the page is too long to look for its anchor “{redacted(anchor[:80])}”")
    if b"<script" in answer.body:
        return warning(f"the page has no anchor “{redacted(anchor[:80])}”, unless a script makes it")
    return broken(f"the page has no anchor “{redacted(anchor[:80])}”", anchor=True)
