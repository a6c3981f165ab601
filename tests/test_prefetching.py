import os
import threading

import pytest

from qa_bot.prefetching import Prefetcher

SECONDS = 10


def test_work_is_begun_on_another_thread_and_its_result_waited_for() -> None:
    begun, go = threading.Event(), threading.Event()

    def work() -> int:
        begun.set()
        assert go.wait(SECONDS)
        return threading.get_ident()

    result = Prefetcher().begin(work)
    assert begun.wait(SECONDS)  # before anybody asked for the result
    go.set()
    assert result() != threading.get_ident()


def test_nothing_is_begun_ahead_while_others_are_inside() -> None:
    prefetcher = Prefetcher()
    with prefetcher:
        assert prefetcher.begin(threading.get_ident)() != threading.get_ident()
        with prefetcher:
            assert prefetcher.begin(threading.get_ident)() == threading.get_ident()
        assert prefetcher.begin(threading.get_ident)() != threading.get_ident()


def test_with_one_processor_nothing_is_begun_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert Prefetcher().begin(threading.get_ident)() == threading.get_ident()


def test_an_error_comes_where_the_result_is_asked_for_and_the_helper_goes_on() -> None:
    def fail() -> None:
        raise ValueError("broken")

    prefetcher = Prefetcher()
    for _ in range(3):
        result = prefetcher.begin(fail)
        with pytest.raises(ValueError, match="broken"):
            result()


def test_without_a_thread_to_be_had_it_is_done_when_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_thread(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", no_thread)
    prefetcher = Prefetcher()
    for _ in range(2):
        assert prefetcher.begin(threading.get_ident)() == threading.get_ident()


def test_nobody_waits_for_work_that_somebody_left_behind() -> None:
    go = threading.Event()
    prefetcher = Prefetcher()
    left = prefetcher.begin(go.wait)
    assert prefetcher.begin(threading.get_ident)() == threading.get_ident()
    go.set()
    assert left()
    assert prefetcher.begin(threading.get_ident)() != threading.get_ident()
