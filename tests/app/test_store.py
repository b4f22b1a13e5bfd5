"""Launches at rest: sealed, bound to a browser, used once where they must be, and gone in time."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from launch.answers import PENDING_SECONDS
from launch.context import Launch
from launch.handshake import Pending
from smart_app.store import KEPT, LOCK_SECONDS, Store, StoreFault, _hash

SECRET = Fernet.generate_key()
PENDING = Pending("the-state", "the-verifier", "n", "https://ehr.example/fhir", "ehr", "l", "r", ("openid",), 0)
LAUNCH = Launch("the-launch", "https://ehr.example/fhir", "ehr", "the-patient", access_token="raw-access-token")  # noqa: S106
IDLE, ABSOLUTE = 1800, 36000


class Clock:
    """A clock that tests move."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Store:
    return Store(str(tmp_path / "db"), SECRET, IDLE, ABSOLUTE, clock)


def test_a_pending_launch_is_taken_once_by_its_own_browser(store: Store) -> None:
    store.keep_pending("mine", PENDING)
    assert store.take_pending("theirs", PENDING.state) is None
    assert store.take_pending("mine", "another-state") is None
    assert store.take_pending("mine", PENDING.state) == PENDING
    assert store.take_pending("mine", PENDING.state) is None


def test_a_pending_launch_is_kept_for_a_while_and_no_longer(store: Store, clock: Clock) -> None:
    for seconds, there in ((KEPT * PENDING_SECONDS, True), (KEPT * PENDING_SECONDS + 1, False)):
        store.keep_pending("mine", PENDING)
        clock.now += seconds
        assert (store.take_pending("mine", PENDING.state) is not None) is there


def test_nothing_readable_lies_in_the_files(store: Store, tmp_path: Path) -> None:
    store.keep_pending("the-browser", PENDING)
    store.keep("the-browser", LAUNCH)
    with store.alone(LAUNCH.id):
        files = list(tmp_path.glob("db*"))
        content = b"".join(file.read_bytes() for file in files)
    for said in ("raw-access-token", "the-launch", "the-patient", "the-browser", "the-state", "the-verifier", "ehr."):
        assert said.encode() not in content, said
    assert [oct(file.stat().st_mode & 0o777) for file in files] == ["0o600"] * len(files)


def test_a_launch_lives_while_it_is_used_and_never_beyond_its_day(store: Store, clock: Clock) -> None:
    store.keep("mine", LAUNCH)
    began = clock.now
    while clock.now + IDLE <= began + ABSOLUTE:
        clock.now += IDLE
        assert store.find("mine", LAUNCH.id) == LAUNCH
        store.renew(LAUNCH)  # newer tokens do not lengthen the day
    clock.now = began + ABSOLUTE + 1
    assert store.find("mine", LAUNCH.id) is None


def test_newer_tokens_are_kept_though_another_tab_changed_the_browsers_id(store: Store) -> None:
    store.keep("old", LAUNCH)
    store.rebind("old", "new")
    newer = LAUNCH._replace(access_token="newer")  # noqa: S106
    store.renew(newer)
    assert store.find("new", LAUNCH.id) == newer and store.find("old", LAUNCH.id) is None


def test_tokens_of_a_launch_that_was_signed_out_are_not_kept(store: Store) -> None:
    store.keep("mine", LAUNCH)
    store.drop("mine", LAUNCH.id)
    store.renew(LAUNCH)
    assert store.find("mine", LAUNCH.id) is None


def test_a_launch_left_alone_ends(store: Store, clock: Clock) -> None:
    store.keep("mine", LAUNCH)
    clock.now += IDLE + 1
    assert store.find("mine", LAUNCH.id) is None
    assert store.count("mine") == 0


def test_a_launch_is_of_one_browser_even_to_change_or_to_drop_it(store: Store) -> None:
    store.keep("mine", LAUNCH)
    store.keep("theirs", LAUNCH._replace(patient="another"))
    store.drop("theirs", LAUNCH.id)
    assert store.find("theirs", LAUNCH.id) is None
    assert store.find("mine", LAUNCH.id) == LAUNCH
    assert (store.count("mine"), store.count("theirs")) == (1, 0)
    store.drop("mine", LAUNCH.id)
    assert store.find("mine", LAUNCH.id) is None


def test_a_new_browser_id_takes_everything_along_and_the_old_one_keeps_nothing(store: Store) -> None:
    store.keep("old", LAUNCH)
    store.keep_pending("old", PENDING)
    store.rebind("old", "new")
    assert store.find("old", LAUNCH.id) is None and store.take_pending("old", PENDING.state) is None
    assert store.find("new", LAUNCH.id) == LAUNCH and store.take_pending("new", PENDING.state) == PENDING


def test_workers_share_one_file_and_only_one_of_them_takes_a_pending_launch(tmp_path: Path) -> None:
    workers = [Store(str(tmp_path / "db"), SECRET, IDLE, ABSOLUTE) for _ in range(2)]
    for number in range(20):
        workers[0].keep_pending("mine", PENDING._replace(state=f"s{number}"))
    taken: list[str] = []

    def take(worker: Store) -> None:
        for number in range(20):
            if found := worker.take_pending("mine", f"s{number}"):
                taken.append(found.state)

    _all_at_once([lambda worker=worker: take(worker) for worker in (*workers, *workers)])  # type: ignore[misc]
    assert sorted(taken) == sorted(f"s{number}" for number in range(20))


def test_one_refresh_at_a_time_over_all_workers(tmp_path: Path) -> None:
    inside, most = 0, 0

    def refresh() -> None:
        nonlocal inside, most
        worker = Store(str(tmp_path / "db"), SECRET, IDLE, ABSOLUTE)
        with worker.alone("one"):
            inside += 1
            most = max(most, inside)
            threading.Event().wait(0.02)
            inside -= 1

    _all_at_once([refresh] * 4)
    assert most == 1


def test_a_refresh_that_hung_does_not_free_the_claim_of_the_next(store: Store, clock: Clock) -> None:
    late = store.alone("one")
    late.__enter__()
    clock.now += LOCK_SECONDS + 1
    with store.alone("one"):
        late.__exit__(None, None, None)
        assert store._claim(_hash("one")) == 0


def test_another_secret_is_told_plainly(store: Store, tmp_path: Path) -> None:
    store.keep("mine", LAUNCH)
    with pytest.raises(StoreFault, match="written with another CHAIRTIME_SECRET"):
        Store(str(tmp_path / "db"), Fernet.generate_key(), IDLE, ABSOLUTE)
    assert Store(str(tmp_path / "db"), SECRET, IDLE, ABSOLUTE).count("mine") == 1


def _all_at_once(work: list) -> None:  # type: ignore[type-arg]
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
        assert not thread.is_alive()
