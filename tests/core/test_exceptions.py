import pytest

from unwrapped.core.exceptions import AppException, Invalid, NotFound, Unavailable


@pytest.mark.parametrize("kind", [Invalid, NotFound, Unavailable])
def test_every_kind_is_caught_as_one_and_keeps_its_message(
    kind: type[AppException],
) -> None:
    with pytest.raises(AppException) as caught:
        raise kind("The file is empty.")
    assert caught.value.message == str(caught.value) == "The file is empty."
