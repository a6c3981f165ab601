"""Articles → a generation that never changes; one pointer says which generation readers are served.

`publishing` builds one (`writing`, `counting`) unless it would be the same (`unchanged`), has it
checked (`verifying`), and flips the `pointer`; it also opens what is served, as a `generation`: its
`manifest`, `vectors`, `lexical` statistics, what examples teach (`example_model`), passages in `chroma`,
and articles as `stored`. `holding` keeps it on disk while somebody reads; `damage` is all that can
go wrong with that. `stores` says where generations are kept, and `opening` chooses: a folder
(`folder_store`) or a Chroma server (`server_store`, `server_files`, `chroma_server`). `history`
steps back; `versions` finds an article as it was when it was quoted.
"""
