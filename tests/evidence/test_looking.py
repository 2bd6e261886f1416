"""Looking at many things: what one failure costs, and what is remembered for how long."""

import json
import time
from pathlib import Path

from paper_companion.evidence.cache import LONGEST_AGE_S, LookCache
from paper_companion.evidence.judgement import Judgement, broken, ok
from paper_companion.evidence.look import Looker
from paper_companion.evidence.looking import look_at_all
from paper_companion.evidence.model import Outcome, Rung
from paper_companion.evidence.progress import Progress
from paper_companion.evidence.subjects import Role, Subject


class Stumbling(Looker):
    """Fails over one address."""

    def look(self, root: Path, subject: Subject) -> Judgement | None:
        if subject.address.endswith("/odd"):
            raise RuntimeError("nobody foresaw this")
        return ok()


def test_what_the_checker_stumbles_over_costs_nothing_else():
    subjects = [Subject("", (), Role.PAGE, f"https://example.org/{name}") for name in ("a", "odd", "b")]
    looker = Stumbling(None)

    seen, not_judged = look_at_all(((Path(), subject) for subject in subjects), looker)

    found = [seen[looker.key(Path(), subject)].judgement for subject in subjects]
    assert [judgement.verdict for judgement in found] == [Outcome.OK, Outcome.UNKNOWN, Outcome.OK]
    assert "RuntimeError: nobody foresaw this" in found[1].reason
    assert not not_judged


def test_progress_is_told_for_each_look():
    told = []
    subjects = [Subject("", (), Role.PAGE, f"https://example.org/{number}") for number in range(5)]

    class Listening(Progress):
        def looked(self, done: int, total: int) -> None:
            told.append((done, total))

    look_at_all(((Path(), subject) for subject in subjects), Stumbling(None), progress=Listening())

    assert sorted(done for done, _ in told) == [1, 2, 3, 4, 5]
    assert max(told) == (5, 5)


def test_a_good_look_is_remembered_whole(tmp_path):
    judgement = Judgement(Outcome.WARNING, "moved", "https://example.org", Rung.VERIFIED, {"sha256": "a"})
    cache = LookCache(tmp_path / "looks.json", 60)
    cache.put(("page", "x"), judgement)
    cache.save()

    found, seen = LookCache(tmp_path / "looks.json", 60).get(("page", "x"))

    assert found == judgement
    assert abs(time.time() - seen) < 10


def test_a_failure_is_never_remembered(tmp_path):
    cache = LookCache(tmp_path / "looks.json", 60)
    cache.put("x", broken("gone"))
    cache.save()

    assert not (tmp_path / "looks.json").exists()


def test_looks_that_nobody_believes_any_more_are_forgotten(tmp_path):
    path = tmp_path / "looks.json"
    path.write_text(
        json.dumps({"old": {"seen": time.time() - LONGEST_AGE_S - 60}, "young": {"seen": time.time() - 60}})
    )
    cache = LookCache(path, 60)
    cache.put("x", ok())
    cache.save()

    kept = json.loads(path.read_text())
    assert "old" not in kept
    assert "young" in kept


def test_a_look_from_the_future_is_not_believed(tmp_path):
    cache = LookCache(tmp_path / "looks.json", 3600)
    cache.put("x", ok())
    cache.save()
    entries = json.loads((tmp_path / "looks.json").read_text())
    for entry in entries.values():
        entry["seen"] = time.time() + 86400
    (tmp_path / "looks.json").write_text(json.dumps(entries))

    assert LookCache(tmp_path / "looks.json", 3600).get("x") is None


def test_two_runs_at_once_keep_each_others_looks(tmp_path):
    first, second = (LookCache(tmp_path / "looks.json", 60) for _ in range(2))
    first.put("x", ok())
    second.put("y", ok())
    first.save()
    second.save()

    whole = LookCache(tmp_path / "looks.json", 60)
    assert whole.get("x") is not None
    assert whole.get("y") is not None
