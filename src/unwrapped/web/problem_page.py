"""A problem as a page, for browsers."""

from collections.abc import Mapping

from fastapi import Response

from unwrapped.core.http.problems import Problem
from unwrapped.web.render import page


def problem_page(problem: Problem, headers: Mapping[str, str]) -> Response:
    """The page that describes a problem."""
    values = {"problem": problem}
    return page("problem.html", values, status=problem.status, headers=headers)
