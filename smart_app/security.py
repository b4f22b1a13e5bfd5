"""What every answer carries and every unsafe request must prove."""

from __future__ import annotations

from flask import Flask, Request, Response, abort, request

from launch.http import origin

SAFE = ("GET", "HEAD", "OPTIONS")


def protect(app: Flask, base_url: str, frame_ancestors: tuple[str, ...]) -> None:
    """Headers on every answer; requests that change something only from our own pages."""
    policy = _content_policy(frame_ancestors)
    secure = base_url.startswith("https://")

    @app.before_request
    def _own_pages_only() -> None:
        if request.method not in SAFE and not from_own_page(request, base_url):
            abort(403)

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = policy
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        headers.setdefault("Cache-Control", "no-store")
        if secure:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response


def _content_policy(frame_ancestors: tuple[str, ...]) -> str:
    ancestors = " ".join(("'self'", *frame_ancestors))
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        f"form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
    )


def from_own_page(request: Request, base_url: str) -> bool:
    """Whether the browser says that the request comes from a page of ours (Fetch Metadata, else Origin)."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    sent = origin(request.headers.get("Origin", ""))
    return sent != "" and sent == origin(base_url)
