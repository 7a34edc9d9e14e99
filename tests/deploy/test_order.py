"""The order of stacks, the stop at a failure, and what is resumed."""

import threading
import time
from dataclasses import dataclass

import pytest

from kade.deploy.order import run
from kade.deploy.outcome import DeployError, Outcome, Record, lines


@dataclass(frozen=True)
class Stack:
    name: str
    depends_on: tuple[str, ...] = ()


PLATFORM = Stack("platform", ("elsewhere",))  # what is outside the run counts as standing
NETWORK = Stack("network", ("platform",))
APPS = [Stack(f"app{n}", ("platform", "network")) for n in range(3)]
LAST = Stack("last", ("app0", "app1"))
ALL = [PLATFORM, NETWORK, *APPS, LAST]


class Deployments:
    """Deploys nothing, and remembers what was under way with what."""

    def __init__(self, *failing, seconds=0.05):
        self.failing, self.seconds = failing, seconds
        self.began, self.together, self.now = [], [], set()
        self._lock = threading.Lock()

    def __call__(self, name):
        with self._lock:
            self.began.append(name)
            self.now.add(name)
            self.together.append(frozenset(self.now))
        time.sleep(self.seconds * (0.2 if name in self.failing else 1))  # what fails is known before what goes well
        with self._lock:
            self.now.discard(name)
        return Outcome(name, "failed" if name in self.failing else "done", {"create": 1}, {"id": "x"}, "", 1.0)


def states(outcomes):
    return {outcome.stack: outcome.state for outcome in outcomes}


def test_one_after_the_other_each_after_those_it_reads():
    deployments = Deployments()
    outcomes = run(ALL, deployments)
    assert deployments.began == [stack.name for stack in ALL]
    assert max(map(len, deployments.together)) == 1
    assert set(states(outcomes).values()) == {"done"}


def test_side_by_side_where_they_do_not_depend_on_each_other():
    deployments = Deployments(seconds=0.2)
    assert set(states(run(ALL, deployments, parallel=3)).values()) == {"done"}
    assert frozenset({"app0", "app1", "app2"}) in deployments.together
    assert deployments.began[:2] == ["platform", "network"]
    assert deployments.together[0] == {"platform"}
    assert deployments.began[-1] == "last"


def test_the_first_failure_stops_what_has_not_begun_and_finishes_the_rest():
    deployments = Deployments("app0", seconds=0.5)
    outcomes = run(ALL, deployments, parallel=2)
    assert states(outcomes) == {
        "platform": "done",
        "network": "done",
        "app0": "failed",
        "app1": "done",
        "app2": "not begun",
        "last": "not begun",
    }
    text = "\n".join(lines(outcomes))
    assert "stopped: 3 stacks of 6 stand" in text
    assert "go on with the same command and --resume" in text


def test_a_run_that_stopped_is_resumed_where_it_was(tmp_path):
    record = Record(tmp_path / "record.json", "abc")
    run(ALL, Deployments("network"), heard=record.write)
    before = record.done(commit="abc")
    assert before == {"platform"}
    again = Deployments()
    outcomes = run(ALL, again, before=before, heard=record.write)
    assert again.began == [stack.name for stack in ALL][1:]
    assert states(outcomes)["platform"] == "done before"
    assert not record.file.exists()  # everything stands, so there is nothing to resume
    with pytest.raises(DeployError, match="there is no run that was stopped"):
        record.done(commit="abc")


def test_another_commit_is_not_resumed_and_a_damaged_record_is_told(tmp_path):
    record = Record(tmp_path / "record.json", "abc")
    record.write([Outcome("a", "failed", outputs={"password": "hunter22"})])
    assert "hunter22" not in record.file.read_text()
    with pytest.raises(DeployError, match="was of commit abc and this is def"):
        record.done(commit="def")
    record.file.write_text("{")
    with pytest.raises(DeployError, match=r"cannot be read .*: remove it"):
        record.done(commit="abc")


def test_an_error_in_one_of_them_ends_the_run():
    def broken(_name):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(ALL, broken)
