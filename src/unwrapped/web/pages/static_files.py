"""Endpoints of the files that pages load: style sheets, scripts, icons, the manifest."""

from mimetypes import guess_type

from fastapi import Response
from fastapi.responses import JSONResponse, PlainTextResponse

from unwrapped.core.http.routing import PageRouter
from unwrapped.web import assets

router = PageRouter()

CACHEABLE = {"Cache-Control": "public, max-age=31536000, immutable"}
FOR_A_DAY = {"Cache-Control": "public, max-age=86400"}
TYPES = {"js": "text/javascript", "svg": "image/svg+xml"}
"""Media types that `mimetypes` may define differently on some machines."""

ICON_SIZES = (192, 512)
PAPER = "#f4f5f2"


@router.get(assets.PATH + "/{digest}/{folder}/{name}")
async def send_asset(digest: str, folder: str, name: str) -> Response:
    """Send a static file; the content at its address never changes."""
    content = assets.read_asset(digest, f"{folder}/{name}")
    kind = TYPES.get(name.rpartition(".")[2]) or guess_type(name)[0]
    return Response(content, media_type=kind, headers=CACHEABLE)


@router.get("/favicon.ico")
async def send_icon() -> Response:
    """Send the icon to clients that request it without reading a page."""
    icon = assets.asset_bytes("icons/favicon.ico")
    return Response(icon, media_type="image/x-icon", headers=FOR_A_DAY)


@router.get("/manifest.webmanifest")
async def send_manifest() -> Response:
    """Send the manifest with which a browser can install the page as an app."""
    icons = [
        {
            "src": assets.asset_address(f"icons/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for size in ICON_SIZES
    ]
    manifest = {
        "name": "Unwrapped",
        "short_name": "Unwrapped",
        "description": "Your listening, judged.",
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
    }
    return JSONResponse(
        manifest, media_type="application/manifest+json", headers=FOR_A_DAY
    )


@router.get("/robots.txt")
async def send_robots() -> Response:
    """Exclude search engines: a share is only for people who have its link."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n", headers=FOR_A_DAY)
