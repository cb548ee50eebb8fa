"""The page that shows a problem to a browser."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import Response

from unwrapped.core.http.problems import Problem
from unwrapped.web.render import page

NOTHING_HERE = "There is nothing to show at this address."
TITLES: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "That cannot be done",
    HTTPStatus.FORBIDDEN: "Not allowed",
    HTTPStatus.NOT_FOUND: "Nothing here",
    HTTPStatus.CONFLICT: "Not now",
    HTTPStatus.CONTENT_TOO_LARGE: "Too large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Something is not valid",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests",
    HTTPStatus.INTERNAL_SERVER_ERROR: "That went wrong",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not available at the moment",
}
"""The titles of pages by status; other statuses use their standard names."""


def problem_page(problem: Problem, headers: Mapping[str, str]) -> Response:
    """The page that describes a problem."""
    # The router answers an unknown address with the name of the status as the detail.
    is_bare = problem.detail == problem.title
    values = {
        "problem": problem,
        "title": TITLES.get(problem.status, problem.title),
        "detail": NOTHING_HERE if is_bare else problem.detail,
    }
    return page("pages/problem.html", values, status=problem.status, headers=headers)
