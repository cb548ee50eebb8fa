"""The state that the endpoints of one sandbox share."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from unwrapped.sandbox.clients import Place
from unwrapped.sandbox.config import SandboxConfig
from unwrapped.sandbox.grants import Grant, Grants


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The configuration and the grants of a sandbox."""

    config: SandboxConfig
    grants: Grants


def sandbox_of(request: Request) -> Sandbox:
    """The sandbox of a request."""
    sandbox: Sandbox = request.app.state.sandbox
    return sandbox


async def provoked(request: Request, grant: Grant, place: Place) -> Response | None:
    """The wrong answer that the client's id selects here; None if there is no fault."""
    fault = grant.client.fault
    if fault is None or grant.client.place is not place or grant.faults_left == 0:
        return None
    if grant.faults_left is not None:
        grant.faults_left -= 1
    return await fault.answer(request, sandbox_of(request).config)
