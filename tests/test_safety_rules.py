"""The rules file is reviewed data: every rule is documented, and does what its examples say."""

import pytest

from qa_bot.safety.assessing import matching_rules
from qa_bot.safety.normalizing import readings
from qa_bot.safety.rules import Rule, parse, rules


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


@pytest.mark.parametrize(
    "language", sorted({rule.language for rule in rules().rules} - {"en"}), ids=str
)
def test_rules_of_other_languages_leave_english_alone(language: str) -> None:
    theirs = {rule.id for rule in rules().rules if rule.language == language}
    for rule in rules().rules:
        if rule.language == "en":
            for example in (*rule.yes, *rule.no):
                assert not theirs.intersection(matching_rules(example)), example


def test_every_combination_names_signs_that_some_rule_gives() -> None:
    given = {rule.sign for rule in rules().rules}
    for combination in rules().combinations:
        assert combination.signs <= given, combination.id


def test_rules_of_other_languages_are_written_as_people_type() -> None:
    text = (
        '[slots]\nwant = "quería"\n[[rule]]\nid = "es"\ncategory = "x"\nlevel = "crisis"\n'
        'language = "es"\nwhy = "x"\npatterns = """\n{want} años\n死にたい\nхочу ##\n"""\n'
    )
    found = [pattern.expression for pattern in parse(text).rules[0].patterns]
    for expression, message in zip(found, ("QUERIA ANOS", "死にたい", "Хочу 30"), strict=True):
        assert any(expression.search(reading) for reading in readings(message)), message


def test_a_damaged_rule_is_named() -> None:
    text = (
        '[slots]\n[[rule]]\nid = "broken"\ncategory = "x"\nlevel = "urgent"\nwhy = "x"\n'
        'patterns = "a"\n'
    )
    with pytest.raises(ValueError, match="broken"):
        parse(text)
