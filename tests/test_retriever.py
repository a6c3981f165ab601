from qa_bot.chat import QABot
from qa_bot.retriever import SentenceRetriever


def test_the_best_sentences_come_as_documents_with_their_places(bot: QABot) -> None:
    found = SentenceRetriever(bot=bot, k=3).invoke("How fast does esketamine work?")
    assert len(found) == 3
    best = found[0]
    article = bot.generation().articles[best.metadata["article"]]
    assert best.page_content == article.text[best.metadata["start"] : best.metadata["end"]]
    assert any("hours to days" in one.page_content for one in found)


def test_nothing_is_found_for_a_message_of_a_crisis(bot: QABot) -> None:
    assert SentenceRetriever(bot=bot).invoke("I want to kill myself with esketamine") == []
