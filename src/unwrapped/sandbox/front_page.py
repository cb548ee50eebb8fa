"""The front page: current grants, which can be revoked, and the client ids."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from unwrapped.sandbox.clients import CLIENTS
from unwrapped.sandbox.parameters import form_of
from unwrapped.sandbox.render import page
from unwrapped.sandbox.state import sandbox_of


async def front(request: Request) -> Response:
    """GET /."""
    standing = sandbox_of(request).grants.standing()
    pairs = dict.fromkeys((one.listener, one.client) for one in standing)
    clients = [client for client in CLIENTS.values() if client.times is None]
    return page("front.html", allowed=pairs, clients=clients)


async def remove(request: Request) -> Response:
    """POST /remove: a listener revokes a client's grant.

    Raises `BadParameters`.
    """
    form = await form_of(request)
    grants = sandbox_of(request).grants
    grants.revoke(form.get("listener", ""), form.get("client_id", ""))
    return RedirectResponse("/", 303)
