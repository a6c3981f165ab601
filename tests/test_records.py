from qa_bot.records import QUOTABLE, Article, Kind, Reference, ReviewStatus


def test_announcements_and_page_furniture_are_not_quotable() -> None:
    kept = {Kind.LEAD_IN, Kind.OUTLINE, Kind.NAVIGATION, Kind.CAPTION, Kind.HEADING, Kind.TITLE}
    assert not kept & QUOTABLE


def test_a_reference_reads_as_in_the_article() -> None:
    assert str(Reference(2, "NIMH. 2024.", cited=True)) == "[2] NIMH. 2024."


def test_a_date_that_is_not_stated_is_null() -> None:
    article = Article("a", "A", "", "", "", ReviewStatus.NOT_STATED, None, "v1", "", (), ())
    assert article.metadata()["last_updated"] is None
    assert article.metadata()["review_status"] == "not stated"
