from qa_bot.wording import count, day_and_time


def test_one_is_one() -> None:
    assert [count(number, "article") for number in (0, 1, 2)] == [
        "0 articles",
        "1 article",
        "2 articles",
    ]


def test_a_moment_that_cannot_be_read_is_shown_as_it_is() -> None:
    assert day_and_time("2026-06-19T08:05:00+00:00") == "June 19, 2026, 08:05 UTC"
    assert day_and_time("yesterday") == "yesterday"
