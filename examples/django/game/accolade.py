"""Client for Accolade. Uses only the standard library for requests."""

import json
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.cache import cache


class Unavailable(Exception):
    """Accolade is unreachable or overloaded. The request may have succeeded: send it again, unchanged."""


class Refused(Exception):
    """Accolade rejected the request, and would reject it again. `status` is the HTTP status; the text is for users."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


def player_of(user):
    """Returns the player id of a user. Unlike the name, the primary key never changes."""
    return f"user-{user.pk}"


def record(events):
    """Records events and returns the result of each. Sending an event with an id again has no effect."""
    return _call("POST", "/v1/events", events)["items"]


def award(player, badge, action_id, reason):
    """Awards a badge manually. Sending the action again with the same id has no effect."""
    # A member can be thanked before doing anything that is an event.
    body = {"type": "award", "badge": badge, "reason": reason, "create": True}
    return _call("POST", f"/v1/players/{quote(player, safe='')}/actions", body, {"Idempotency-Key": action_id})


def profile(player, seen_by="player"):
    """Returns the profile of a player: balances, badges and unlockables. Returns `None` for an unknown player.

    The last response is cached with its ETag, so that an unchanged profile is not sent again. The cached profile is also
    used while Accolade is unreachable.
    """
    name = f"accolade:{seen_by}:{player}"
    tag, cached = cache.get(name, (None, None))
    try:
        request = _request("GET", f"/v1/players/{quote(player, safe='')}?as={seen_by}")
        if tag:
            request.add_header("If-None-Match", tag)
        with urlopen(request, timeout=settings.ACCOLADE_TIMEOUT) as response:
            cached = json.load(response)
            cache.set(name, (response.headers["ETag"], cached), timeout=3600)
    except HTTPError as error:
        if error.code == HTTPStatus.NOT_FOUND:
            return None
        if error.code != HTTPStatus.NOT_MODIFIED and cached is None:
            raise _problem(error) from None
    except OSError as error:
        if cached is None:
            raise Unavailable(error) from None
    return cached


def token(player):
    """Returns a short-lived token with which a player's browser can read that player's live outcomes."""
    name = f"accolade:token:{player}"
    cached = cache.get(name)
    if cached is None:
        cached = _call("POST", f"/v1/players/{quote(player, safe='')}/tokens", {"seconds": 900})["token"]
        # Dropped before it expires, so that every page gets a token that still works for a while.
        cache.set(name, cached, timeout=600)
    return cached


def _call(method, path, body, headers=None):
    request = _request(method, path)
    request.data = json.dumps(body).encode()
    for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
        request.add_header(name, value)
    try:
        with urlopen(request, timeout=settings.ACCOLADE_TIMEOUT) as response:
            return json.load(response)
    except HTTPError as error:
        raise _problem(error) from None
    except (OSError, ValueError) as error:
        raise Unavailable(error) from None


def _request(method, path):
    headers = {"Authorization": f"Bearer {settings.ACCOLADE_KEY}"}
    return Request(settings.ACCOLADE_URL + path, method=method, headers=headers)


def _problem(error):
    """Returns the exception for an error response. Accolade reports every error as JSON (RFC 9457)."""
    try:
        text = json.load(error)["detail"]
    except (OSError, ValueError, KeyError):
        text = error.reason
    is_temporary = error.code >= 500 or error.code in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
    return Unavailable(text) if is_temporary else Refused(error.code, text)
