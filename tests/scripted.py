"""A bot with a script and a memory, small enough to check by hand; and a server to put it behind.

Quotes are cut from the real articles, so what the page shows is what readers would see.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

from qa_bot.answers import Answer, Escalation, Level, Outcome, Quote, Statement
from qa_bot.articles.article import read_article
from qa_bot.chat import LONGEST_QUESTION
from qa_bot.errors import QuestionError
from qa_bot.records import Article, Kind
from qa_bot.safety.help_lines import help_lines
from qa_bot.safety.screening import WITHHELD

CORPUS = Path(__file__).parents[1] / "corpus"
ARTICLES = tuple(read_article(path) for path in sorted(CORPUS.glob("*.txt")))
MANIFEST, SIGGY = ARTICLES
LINES = help_lines()


def quote(
    article: Article, first: str, last: str = "", role: Kind = Kind.BODY, **more: object
) -> Quote:
    """The words of `article` from `first` to the end of `last` (or of `first`)."""
    start = article.text.index(first)
    end = article.text.index(last, start) + len(last) if last else start + len(first)
    block = next(block for block in article.blocks if block.start <= start < block.end)
    values: dict[str, object] = {"section": block.section, "references": (), "score": 0.9}
    return Quote(article=article, start=start, end=end, role=role, **(values | more))  # type: ignore[arg-type]


ESKETAMINE = quote(
    SIGGY,
    "Intranasal esketamine was the first",
    "Its effects emerge within hours to days.",
    references=tuple(str(reference) for reference in SIGGY.references[2:4]),
)
SPRAVATO = quote(
    MANIFEST,
    "Esketamine (Spravato) is an FDA-approved nasal-spray",
    "specialized providers.",
    references=(str(MANIFEST.references[0]),),
)
MONITORING = quote(
    SIGGY, "It is co-administered with an oral antidepressant", "blood pressure changes."
)
FAQ = quote(
    SIGGY,
    "Esketamine (Spravato) is an NMDA receptor antagonist.",
    "addressed by conventional antidepressants.",
    Kind.FAQ,
)
STORY = quote(
    SIGGY, "“I was referred for esketamine", "completely different system.”", Kind.TESTIMONIAL
)
PROMOTION = quote(
    MANIFEST, "At Manifest Behavioral Health, that care", "ongoing aftercare.", Kind.PROMOTION
)
EMERGENCY = quote(
    MANIFEST,
    "ECT (electroconvulsive therapy) has",
    "when rapid response is needed.[2]",
    references=(str(MANIFEST.references[1]),),
)

TOO_LONG = "That message is too long; please ask in fewer characters."
CRISIS = Escalation(Level.CRISIS, "suicidal ideation", LINES)
OVERDOSE = Escalation(Level.CRISIS, "overdose", help_lines("overdose", audiences=("spanish",)))
CONCERN = Escalation(Level.CONCERN, "suicide topic", LINES)
STILL = Escalation(Level.CRISIS, "suicidal ideation", LINES, fresh=False)

HOSTILE = (
    '<script>document.title="owned"</script><img src=x onerror=\'document.title="owned"\'>'
    "<style>body{display:none}</style>[x](javascript:alert(1)) ![y](http://evil.example/y.png) "
    '${1+1} {{7*7}} `x` \u202etxet\u202c &amp; "quoted"'
)

RELATED = ("How does esketamine work?", "Is ECT still used for depression?")
SCRIPT = {
    "<script>": Answer("", Outcome.NOT_FOUND, missing=(HOSTILE,), related=(HOSTILE,)),
    "one": Answer("", Outcome.ANSWERED, (ESKETAMINE, MONITORING), confidence=0.93, related=RELATED),
    "both": Answer("", Outcome.ANSWERED, (ESKETAMINE, SPRAVATO, FAQ, STORY), confidence=0.93),
    "promotion": Answer("", Outcome.ANSWERED, (PROMOTION,), confidence=0.7),
    "short": Answer(
        "",
        Outcome.ANSWERED,
        (ESKETAMINE, SPRAVATO),
        statements=(Statement("Esketamine works within hours to days.", (1, 2)),),
    ),
    "lay": Answer(
        "", Outcome.ANSWERED, (ESKETAMINE,), understood=(("ketamine spray", "esketamine"),)
    ),
    "cost": Answer(
        "",
        Outcome.NOT_FOUND,
        missing=("cost", "insurance"),
        related=RELATED,
        nearest=((SIGGY, ESKETAMINE.section), (MANIFEST, SPRAVATO.section)),
    ),
    "nothing": Answer("", Outcome.NOT_FOUND),
    "die": Answer("", Outcome.CRISIS, escalation=CRISIS),
    "overdose": Answer("", Outcome.CRISIS, escalation=OVERDOSE),
    "still": Answer("", Outcome.ANSWERED, (ESKETAMINE,), escalation=STILL),
    "ECT": Answer("", Outcome.ANSWERED, (EMERGENCY,), escalation=CONCERN),
    "withheld": Answer("", Outcome.NOT_FOUND, escalation=STILL, problem=WITHHELD),
    "index": Answer(
        "",
        Outcome.NOT_FOUND,
        escalation=CONCERN,
        problem="The articles cannot be read just now; the published index is damaged.",
    ),
}


@dataclass
class ScriptedBot:
    """Answers by the first word of its script in a message; remembers all it was asked.

    An answer takes as many `seconds`, or until it is released.
    """

    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    seconds: float = 0.0
    released: Event = field(default_factory=Event)

    def release(self) -> None:
        """Answer at once, now and from now on."""
        self.seconds = 0.0
        self.released.set()
        self.released = Event()

    def ask(self, message: str, history: Sequence[str] = ()) -> Answer:
        self.asked.append((message, tuple(history)))
        self.released.wait(self.seconds)
        if "break" in message:
            raise RuntimeError(f"secret {message}")
        if "emoji" in message:
            raise QuestionError("There is no word to look up in this message; ask in words.")
        for word, answer in SCRIPT.items():
            if word in message and (answer.escalation or len(message) <= LONGEST_QUESTION):
                values = {name: getattr(answer, name) for name in answer.__slots__}
                return Answer(**(values | {"question": message}))
        if len(message) > LONGEST_QUESTION:
            raise QuestionError(TOO_LONG)
        return Answer(message, Outcome.NOT_FOUND, missing=("this",))

    def articles(self) -> tuple[Article, ...]:
        return ARTICLES

    def warm_up(self) -> None: ...


@contextmanager
def serving(app: object) -> Iterator[str]:
    """Serve on a free port of this machine while the block runs; the value is the address."""
    import uvicorn

    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=1)  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until = monotonic() + 30
    while not server.started and monotonic() < until:
        sleep(0.05)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join(timeout=5)
        listener.close()


def chromium() -> str:
    """Where the browser is.

    :raises FileNotFoundError: there is none; the message says what to install.
    """
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise FileNotFoundError("Browser tests need Chromium; on Debian: apt-get install chromium.")


BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
