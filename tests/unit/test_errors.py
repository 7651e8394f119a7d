"""An error is a sentence with a place and a next step."""

import pytest

from bylaw import errors
from bylaw.errors import BylawError, PackInvalid, Problem, Refused

SENTENCES = {
    "place, what, next step": (
        Refused("The case is closed.", where="C-000001", next_step="Open a new one."),
        "C-000001: The case is closed. Open a new one.",
    ),
    "no place": (
        Refused("The case is closed.", next_step="Open a new one."),
        "The case is closed. Open a new one.",
    ),
    "nothing but what": (Refused("The case is closed."), "The case is closed."),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_the_whole_sentence(name):
    """The place comes first, the way out last."""
    error, sentence = SENTENCES[name]
    assert sentence == str(error)


def test_a_broken_pack_says_where_to_look():
    """Every problem is kept, and the next step names the command that shows them."""
    problem = Problem("pack.yaml", 3, 7, "unknown key 'titel'; did you mean 'title'?")
    error = PackInvalid("1 problem.", problems=(problem,), where="rules")
    assert ("pack.yaml:3:7: unknown key 'titel'; did you mean 'title'?",) == tuple(map(str, error.problems))
    assert "bylaw pack check" in str(error)


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_stands_in_the_tree(name):
    """The docstring of the module draws the whole tree."""
    assert name == "Problem" or name in (errors.__doc__ or "")
    assert name == "Problem" or issubclass(getattr(errors, name), BylawError)
