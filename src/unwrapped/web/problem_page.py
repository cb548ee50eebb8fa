"""A problem as a page, for browsers."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import Response

from unwrapped.core.http.problems import Problem
from unwrapped.web.render import page

NOTHING_HERE = "There is nothing at this address that can be shown like this."
TITLES: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "That cannot be done",
    HTTPStatus.FORBIDDEN: "Not allowed",
    HTTPStatus.NOT_FOUND: "Nothing here",
    HTTPStatus.CONFLICT: "Not now",
    HTTPStatus.CONTENT_TOO_LARGE: "Too large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "That does not fit",
    HTTPStatus.TOO_MANY_REQUESTS: "Too often",
    HTTPStatus.INTERNAL_SERVER_ERROR: "That went wrong",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not at the moment",
}
"""Titles of statuses for people; other statuses use their standard name."""


def problem_page(problem: Problem, headers: Mapping[str, str]) -> Response:
    """The page that describes a problem."""
    # For an unknown address the router's detail is the name of the status.
    is_bare = problem.detail == problem.title
    values = {
        "problem": problem,
        "title": TITLES.get(problem.status, problem.title),
        "detail": NOTHING_HERE if is_bare else problem.detail,
    }
    return page("pages/problem.html", values, status=problem.status, headers=headers)
