"""What the endpoints of one sandbox share."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from unwrapped.sandbox.clients import Place
from unwrapped.sandbox.config import SandboxConfig
from unwrapped.sandbox.grants import Grant, Grants


@dataclass(frozen=True, slots=True)
class Sandbox:
    """How it behaves, and what was allowed in it."""

    config: SandboxConfig
    grants: Grants


def sandbox_of(request: Request) -> Sandbox:
    """The sandbox that a request came to."""
    sandbox: Sandbox = request.app.state.sandbox
    return sandbox


async def provoked(request: Request, grant: Grant, place: Place) -> Response | None:
    """The wrong answer that the client's id asks for here; None where all goes well."""
    fault = grant.client.fault
    if fault is None or grant.client.place is not place or grant.faults_left == 0:
        return None
    if grant.faults_left is not None:
        grant.faults_left -= 1
    return await fault.answer(request, sandbox_of(request).config)
