import inspect

from qa_bot import errors


def test_every_error_is_caught_as_one_and_drawn_in_the_tree() -> None:
    classes = [c for _, c in inspect.getmembers(errors, inspect.isclass)]
    assert len(classes) > 5
    for one in classes:
        assert issubclass(one, errors.QABotError)
        assert one.__name__ in (errors.__doc__ or "")
        assert one.__doc__


def test_what_is_wrong_with_an_index_is_told_apart_and_caught_together() -> None:
    for one in (
        errors.NoIndexError,
        errors.WrongEncoderError,
        errors.DamagedIndexError,
        errors.StoreWriteError,
    ):
        assert issubclass(one, errors.StoreError)
    assert not issubclass(errors.QuestionError, errors.StoreError)
