"""The readers' web chat: settings → QABot → page → server. The one place that wires all.

python app.py        serves on QA_BOT_HOST and QA_BOT_PORT (127.0.0.1:7860)
"""

from __future__ import annotations

import gc
import socket
import sys
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING

from qa_bot.command import run
from qa_bot.errors import QABotError, SettingsError
from qa_bot.settings import Settings

if TYPE_CHECKING:
    from qa_bot.chat import QABot


def main() -> int:
    """Serve until Ctrl-C; 0 when stopped by a person, 1 when the chat could not start."""
    return run(_chat)


def _chat() -> int:
    settings = Settings.from_environment()
    with listen(settings.host, settings.port) as listener, suppress(KeyboardInterrupt):
        serve(settings, listener)
    return 0


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, taken before anything slow is loaded.

    :raises SettingsError: the address cannot be used; the message says what to set.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0].lower()
        raise SettingsError(
            f"{host}:{port} cannot be used ({reason}); stop the program that uses it, or set "
            "QA_BOT_HOST and QA_BOT_PORT to a free address."
        ) from None


def serve(settings: Settings, listener: socket.socket) -> None:
    """Open the bot, then answer on `listener` until interrupted."""
    from qa_bot.chat import QABot
    from qa_bot.ui.concurrency import ConcurrencyLimit

    # Threads that compute release the interpreter sooner than by default (5 ms), for readers served
    # without computing: a crisis, a page, the next to be turned away.
    sys.setswitchinterval(0.001)
    bot = QABot.open(settings, ConcurrencyLimit())
    bot.store.current()  # nothing published: better said now than on a page

    gc.disable()  # until all is loaded: looking for garbage takes a fifth of that time
    import uvicorn

    from qa_bot.index.versions import earlier_version
    from qa_bot.safety.help_lines import help_lines
    from qa_bot.ui.admission import Admission
    from qa_bot.ui.chat_page import build_page
    from qa_bot.ui.exchange import plain_answer
    from qa_bot.ui.site import build_app

    lines = help_lines("", settings.region)
    receiver = bot.composer.receiver if bot.composer else ""
    admission = Admission()
    chat = build_page(bot.ask, bot.articles, lines, receiver, admission.passing)
    earlier = partial(earlier_version, bot.store)
    asked_by_programs = partial(plain_answer, ask=bot.ask, lines=lines) if settings.mcp else None
    app = build_app(
        chat, bot.articles, lines, earlier, asked_by_programs, admission, lambda: bot.problem
    )

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            host = f"[{settings.host}]" if ":" in settings.host else settings.host
            print(f"Ask the articles at http://{host}:{settings.port} (Ctrl-C stops it)")
            # Models load behind the page; until they have, only help lines come at once. Stopping the
            # chat waits for that second: a library that is cut off while loading ends the program.
            Thread(target=_warm_up, args=[bot]).start()

    # No access log: addresses of pages people read are nobody's business.
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=2)
    Server(config).run(sockets=[listener])


def _warm_up(bot: QABot) -> None:
    """Make ready what the first question would wait for, and look whether the crisis screen works."""
    from qa_bot.safety.escalating import self_test
    from qa_bot.safety.screening import check_meaning

    try:
        for ready in (self_test, check_meaning, bot.warm_up):
            try:
                ready()
            except (QABotError, RuntimeError) as error:  # the page is up, and its help lines
                print(error, file=sys.stderr)
    finally:
        gc.freeze()  # what was loaded stays; it need not be looked through again and again
        gc.enable()


if __name__ == "__main__":
    sys.exit(main())
