import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.evaluation.intervals import bootstrap, paired, reduced, wilson


def test_wilson_against_a_value_worked_out_by_hand() -> None:
    """8 of 10, z = 2, so z² = 4 and 1 + z²/n = 1.4.
    Center: (0.8 + 4/20) / 1.4 = 1/1.4 = 0.714286.
    Half: 2/1.4 · sqrt(0.8·0.2/10 + 4/400) = 2/1.4 · sqrt(0.026) = 0.230350.
    So [0.483936, 0.944636]."""
    assert wilson(8, 10, z=2) == pytest.approx((0.483936, 0.944636), abs=1e-6)


def test_wilson_at_the_ends_stays_inside() -> None:
    """0 of 4 with z = 2: center 0.5/2 = 0.25, half 2/2 · sqrt(4/64) = 0.25, so [0, 0.5]."""
    assert wilson(0, 4, z=2) == pytest.approx((0, 0.5))
    assert wilson(4, 4, z=2) == pytest.approx((0.5, 1))
    assert wilson(0, 0) == (0, 1)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share_and_narrows_with_more_cases(case: tuple[int, int]) -> None:
    successes, count = case
    low, high = wilson(successes, count)
    assert 0 <= low <= successes / count + 1e-9
    assert successes / count - 1e-9 <= high <= 1
    wider = wilson(successes * 4, count * 4)
    assert wider[1] - wider[0] < high - low


def test_mean_and_median() -> None:
    assert reduced([1, 2, 6]) == 3
    assert reduced([1, 2, 6], "median") == 2
    assert reduced([]) == 0


def test_a_bootstrap_of_equal_values_is_a_point_and_is_the_same_each_time() -> None:
    assert bootstrap([4.0, 4.0, 4.0]) == (4, 4)
    assert bootstrap([]) == (0, 0)
    assert bootstrap([1.0, 5.0, 9.0]) == bootstrap([1.0, 5.0, 9.0])


def test_a_bootstrap_agrees_with_the_normal_interval_of_many_values() -> None:
    """0 … 99 twice: mean 49.5, deviation 28.87, so ± 1.96 · 28.87 / sqrt(200) = ± 4.0."""
    low, high = bootstrap([float(n) for n in range(100)] * 2)
    assert (low, high) == pytest.approx((45.5, 53.5), abs=0.6)


def test_a_paired_difference_is_of_questions_not_of_runs() -> None:
    """Hard and easy questions differ by 1, the runs by 0.1 in each: the interval is that point."""
    old = [0.0, 1.0] * 20
    new = [value + 0.1 for value in old]
    assert paired(old, new) == pytest.approx((0.1, 0.1, 0.1))


def test_a_question_that_counts_in_one_run_only_counts_there() -> None:
    """Mean of 2 and 4, then of 4 alone: 3 → 4."""
    change, low, high = paired([2.0, 4.0, None], [None, 4.0, None])
    assert change == 1
    assert low <= 1 <= high


def test_a_figure_without_questions_has_no_difference() -> None:
    assert all(math.isnan(number) for number in paired([None], [1.0]))
    assert all(math.isnan(number) for number in paired([], []))


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=40))
def test_a_paired_interval_holds_its_difference_and_turns_with_it(
    pairs: list[tuple[float, float]],
) -> None:
    old, new = [a for a, _ in pairs], [b for _, b in pairs]
    change, low, high = paired(old, new)
    assert low - 1e-9 <= high
    assert paired(new, old) == pytest.approx((-change, -high, -low), abs=1e-9)
