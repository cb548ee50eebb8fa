"""A problem as a page, for browsers."""

from collections.abc import Mapping

from fastapi import Response

from unwrapped.core.http.problems import Problem
from unwrapped.web.render import page

NOTHING_HERE = "There is nothing at this address that can be shown like this."


def problem_page(problem: Problem, headers: Mapping[str, str]) -> Response:
    """The page that describes a problem."""
    # What the router says of an address that is none is the name of the status.
    is_bare = problem.detail == problem.title
    values = {"problem": problem, "detail": NOTHING_HERE if is_bare else problem.detail}
    return page("pages/problem.html", values, status=problem.status, headers=headers)
