"""Answers → pages. The chat itself is `chat_page`; `pages` is the web site around it.

`rendering` makes all HTML, from `templates/`; `contrast` sets articles side by side, and
`conversation` keeps one reader's chat. `door` and `places` hold the crowd back, politely.
`reading_page` is an article with a quote marked in it; `mcp_server` serves programs.
"""
