"""Answers → pages. The chat itself is `chat_page`, the `pages` around it are plain; `site` is all of it,
behind its `guard`.

`rendering` makes all HTML, from `templates/`; `contrast` sets articles side by side.
`conversation` keeps one reader's chat, an `exchange` at a time; `starters` begin it. `admission` and
`concurrency` hold the crowd back, politely. `reading_page` is an article with a quote marked in it;
`mcp_server` serves programs.
"""
