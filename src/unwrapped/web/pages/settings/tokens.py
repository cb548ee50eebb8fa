"""Settings: personal tokens, for scripts and programs."""

from uuid import UUID

from fastapi import Request, Response

from unwrapped.auth.models import Scope
from unwrapped.auth.tokens.router import TokenServiceDep
from unwrapped.auth.tokens.schemas import PersonalTokenCreate
from unwrapped.auth.tokens.service import PersonalTokenService
from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.core.schemas import Schema
from unwrapped.shared.validators import RequiredStr
from unwrapped.web.pages.forms import Form, read_form, redirect
from unwrapped.web.pages.links import TOKENS
from unwrapped.web.pages.portraits import Lifetime
from unwrapped.web.pages.screen import Owner, Screen, ScreenDep, screen_router

router = screen_router()

MOST_TOKENS = 100


class TokenForm(Schema):
    """The form of a new token."""

    name: RequiredStr
    may_write: bool = False
    lifetime: Lifetime = Lifetime.UNTIL_REVOKED

    def wanted(self) -> PersonalTokenCreate:
        """The form as the service takes it."""
        scopes = {Scope.READ, Scope.WRITE} if self.may_write else {Scope.READ}
        return PersonalTokenCreate(
            name=self.name, scopes=frozenset(scopes), expires_at=self.lifetime.end()
        )


@router.get(TOKENS)
async def show_tokens(
    screen: ScreenDep, owner: Owner, tokens: TokenServiceDep, resources: ResourcesDep
) -> Response:
    """Show the existing tokens, and the form of a new one."""
    has_docs = resources.settings.api_docs
    return await _show(screen, owner.id, tokens, Form(), has_docs=has_docs)


@router.post(TOKENS)
async def create_token(
    request: Request,
    screen: ScreenDep,
    owner: Owner,
    session: SessionDep,
    tokens: TokenServiceDep,
    resources: ResourcesDep,
) -> Response:
    """Create a token, and show it, which happens only once."""
    form = await read_form(request, TokenForm)
    async with form.attempt(session):
        made = await tokens.create(owner, form.value.wanted())
        return screen.show("pages/settings/token.html", token=made.token, row=made.row)
    has_docs = resources.settings.api_docs
    return await _show(screen, owner.id, tokens, form, has_docs=has_docs)


@router.post(TOKENS + "/{token_id}/revoke")
async def revoke_token(
    token_id: UUID, owner: Owner, tokens: TokenServiceDep
) -> Response:
    """Revoke a token; it stops working at once."""
    await tokens.revoke(owner.id, token_id)
    return redirect(TOKENS, "token_revoked")


async def _show(
    screen: Screen,
    user_id: int,
    tokens: PersonalTokenService,
    form: Form[TokenForm],
    *,
    has_docs: bool,
) -> Response:
    page = await tokens.list_tokens(user_id, MOST_TOKENS, None)
    return screen.show(
        "pages/settings/tokens.html", form=form, tokens=page.items, has_docs=has_docs
    )
