import threading

import pytest

from qa_bot.errors import BusyError
from qa_bot.ui.concurrency import ConcurrencyLimit


def test_so_many_are_inside_so_many_wait_and_the_next_is_told_at_once() -> None:
    limit, leave = ConcurrencyLimit(at_once=2, waiting=1), threading.Event()
    inside = threading.Semaphore(0)
    most, now, lock = 0, 0, threading.Lock()

    def enter() -> None:
        nonlocal most, now
        with limit:
            with lock:
                now += 1
                most = max(most, now)
            inside.release()
            leave.wait(10)
            with lock:
                now -= 1

    threads = [threading.Thread(target=enter) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert inside.acquire(timeout=10) and inside.acquire(timeout=10)
    threads.append(threading.Thread(target=enter))
    threads[-1].start()
    assert not inside.acquire(timeout=0.05)  # the third waits
    with pytest.raises(BusyError, match="Please try again in a minute"), limit:
        pass
    leave.set()
    for thread in threads:
        thread.join(10)
    assert most == 2
    with limit:  # everybody has left
        pass


def test_a_place_is_free_again_after_an_error() -> None:
    limit = ConcurrencyLimit(at_once=1, waiting=0)
    for _ in range(3):
        with pytest.raises(ValueError), limit:
            raise ValueError
    with limit:
        pass
