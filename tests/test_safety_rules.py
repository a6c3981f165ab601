"""The rules file is reviewed data: every rule is documented, and does what its examples say."""

import pytest

from qa_bot.records import Level
from qa_bot.safety_finding import matching_rules
from qa_bot.safety_rules import Rule, parse, rules


@pytest.mark.parametrize("rule", rules().rules, ids=lambda rule: rule.id)
def test_a_rule_says_why_and_has_examples_of_both_kinds(rule: Rule) -> None:
    assert rule.why
    assert rule.category
    assert rule.yes
    assert rule.no


@pytest.mark.parametrize("rule", rules().rules, ids=lambda rule: rule.id)
def test_a_rule_matches_its_examples_and_spares_its_counterexamples(rule: Rule) -> None:
    for example in rule.yes:
        assert rule.id in matching_rules(example), example
    for example in rule.no:
        assert rule.id not in matching_rules(example), example


def test_every_combination_names_signs_that_some_rule_gives() -> None:
    given = {rule.sign for rule in rules().rules}
    for combination in rules().combinations:
        assert combination.signs <= given, combination.id
        assert combination.level in (Level.CRISIS, Level.CONCERN)


def test_a_damaged_rule_is_named() -> None:
    text = (
        '[slots]\n[[rule]]\nid = "broken"\ncategory = "x"\nlevel = "urgent"\nwhy = "x"\n'
        'patterns = "a"\n'
    )
    with pytest.raises(ValueError, match="broken"):
        parse(text)
