"""What endpoints of all domains ask for, each under one name.

All are coroutine functions: FastAPI runs others in a thread, which costs more than they.
"""

from typing import Annotated

from fastapi import Depends, Request

from unwrapped.core.resources import Resources


async def get_resources(request: Request) -> Resources:
    """What this process holds open."""
    resources: Resources = request.app.state.resources
    return resources


ResourcesDep = Annotated[Resources, Depends(get_resources)]
