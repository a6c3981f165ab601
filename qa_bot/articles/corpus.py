"""The folder of articles: which of its files are read, and the editors' lists beside them.

One file is read by `article`, one list of questions by `examples`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from qa_bot.articles.article import file_content, read_article
from qa_bot.articles.examples import EXAMPLES, read_examples
from qa_bot.articles.formats import KNOWN
from qa_bot.errors import CorpusError, in_line
from qa_bot.records import Article, Corpus, Term

GLOSSARY = "glossary.yaml"
NOT_ARTICLES = {"readme.md", GLOSSARY, EXAMPLES}
_HIDDEN = (".", "_", "~$")  # the last: what Word leaves beside a file that is open


def read_corpus(folder: Path) -> Corpus:
    """Read every article of `folder`, by file name, the glossary and the examples.

    :raises CorpusError: the folder or one of its files cannot be used; nothing is returned by halves.
    """
    files = article_files(folder)
    articles = tuple(read_article(path) for path in files)
    refuse_duplicates(files, articles)
    examples = read_examples(folder / EXAMPLES)
    return Corpus(articles, read_glossary(folder / GLOSSARY), examples)


def article_files(folder: Path) -> list[Path]:
    """The files of `folder` that are read as articles, by name; at least one.

    :raises CorpusError: there is no such folder, or no article in it.
    """
    if not folder.is_dir():
        raise CorpusError(
            f"There is no folder {folder}; create it and put the articles in it, one file each."
        )
    files = sorted(path for path in folder.iterdir() if is_article(path))
    if not files:
        raise CorpusError(
            f"{folder} holds no article; put at least one {' or '.join(KNOWN)} file in it."
        )
    return files


def read_glossary(path: Path) -> tuple[Term, ...]:
    """The glossary's terms, by the reader's words; () where there is no file.

    The file has two maps, `names` and `words`, from the articles' words to lists of readers' words.

    :raises CorpusError: it has another form, or gives one phrase two meanings.
    """
    if not path.is_file():
        return ()
    try:
        loader = yaml.SafeLoader(file_content(path))
        written = loader.get_single_node()
        twice = _repeated(written)
        groups = loader.construct_document(written) if written else {}
    except (yaml.YAMLError, RecursionError, ValueError) as error:  # of February 30
        where = in_line(error)
        raise CorpusError(f"{path} is not valid YAML{where}; see the examples in it.") from None
    groups = groups or {}
    if twice:
        raise CorpusError(
            f'{path} has "{twice.value}" again in line {twice.start_mark.line + 1}; put all its phrases '
            "into one list."
        )
    try:
        terms = [
            Term(str(phrase).casefold(), str(meant), group == "names")
            for group in ("names", "words")
            for meant, phrases in groups.pop(group, {}).items()
            for phrase in _listed(phrases)
        ]
    except (AttributeError, TypeError):
        groups = {"?": None}
    if groups:
        raise CorpusError(
            f'{path} needs "names:" and "words:", with lines such as "ECT: [shock therapy]" below.'
        )
    meanings: dict[str, str] = {}
    for term in terms:
        if meanings.setdefault(term.said, term.meant) != term.meant:
            raise CorpusError(
                f'{path} reads "{term.said}" as both "{meanings[term.said]}" and "{term.meant}"; '
                "keep one."
            )
    return tuple(sorted(terms, key=lambda term: term.said))


def _repeated(node: yaml.Node | None) -> yaml.ScalarNode | None:
    """A name that stands twice in a map: YAML would take the last and say nothing."""
    if not isinstance(node, yaml.MappingNode):
        return None
    names = [name for name, _ in node.value if isinstance(name, yaml.ScalarNode)]
    seen: set[str] = set()
    for name in names:
        if name.value in seen:
            return name
        seen.add(name.value)
    return next(filter(None, (_repeated(value) for _, value in node.value)), None)


def _listed(phrases: object) -> list[object]:
    if not isinstance(phrases, list) or not all(str(phrase).strip() for phrase in phrases):
        raise TypeError("a text would be taken letter by letter, and nothing stands everywhere")
    return phrases


def is_article(path: Path) -> bool:
    """Whether a file of the corpus folder is read as an article: its format is one we can read."""
    return _is_offered(path) and path.suffix.lower() in KNOWN


def left_out(folder: Path) -> tuple[Path, ...]:
    """Files of the corpus folder that are not read, so that the editor hears of them."""
    return tuple(
        path for path in sorted(folder.iterdir()) if _is_offered(path) and not is_article(path)
    )


def _is_offered(path: Path) -> bool:
    """Whether a file of the corpus folder is meant as an article, whatever its format."""
    name = path.name.lower()
    return path.is_file() and not name.startswith(_HIDDEN) and name not in NOT_ARTICLES


def refuse_duplicates(files: Sequence[Path], articles: Sequence[Article]) -> None:
    """:raises CorpusError: two articles have one id or one title."""
    for what in ("id", "title"):
        seen: dict[str, Path] = {}
        for path, article in zip(files, articles, strict=True):
            name = getattr(article, what).casefold()
            if name in seen:
                own = "a title of its own" if what == "title" else "another file name"
                raise CorpusError(
                    f'{seen[name]} and {path} are both called "{getattr(article, what)}"; '
                    f"delete one, or give it {own}."
                )
            seen[name] = path
