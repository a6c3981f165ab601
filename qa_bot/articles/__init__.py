"""A folder of files → articles, their sentences, and the editors' lists beside them.

`formats` reads a file (`documents`, `web_page` and `page_facts`, `front_matter`) into `pieces`,
`blocks` says what each is, by `block_rules`, and `article` puts them together, with what its
`bylines` say; `corpus` reads the whole folder. `passages` cuts sentences. `examples` and
`questions` are the lists of questions with their answers, and `subjects` what an article is about.
"""
