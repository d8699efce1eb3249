"""What this application tells Accolade and asks of it, with nothing but the standard library."""

import json
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.cache import cache


class Unavailable(Exception):
    """Accolade cannot be reached, or asks for patience. What was sent may have come or not: send it again, as it was."""


class Refused(Exception):
    """Accolade says no, and will say no again. `status` is that of HTTP, the text is for people."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


def player_of(user):
    """Who a user is to Accolade. The key never changes, as a name may."""
    return f"user-{user.pk}"


def record(events):
    """Records events, and returns what became of each. One with an id counts once, however often it is sent."""
    return _call("POST", "/v1/events", events)["items"]


def award(player, badge, act, reason):
    """Awards a badge by hand. `act` is the award's own id: sent again, nothing is awarded or paid again."""
    body = {"type": "award", "badge": badge, "reason": reason}
    return _call("POST", f"/v1/players/{quote(player, safe='')}/actions", body, {"Idempotency-Key": act})


def profile(player, seen_by="player"):
    """What a player has: balances, badges, unlockables. `None` where nothing is known of the player.

    The answer before is kept with its ETag, so that an answer that has not changed is not sent again. It is also what is
    shown while Accolade cannot be reached.
    """
    name = f"accolade:{seen_by}:{player}"
    tag, known = cache.get(name, (None, None))
    try:
        request = _request("GET", f"/v1/players/{quote(player, safe='')}?as={seen_by}")
        if tag:
            request.add_header("If-None-Match", tag)
        with urlopen(request, timeout=settings.ACCOLADE_TIMEOUT) as answer:
            known = json.load(answer)
            cache.set(name, (answer.headers["ETag"], known), timeout=3600)
    except HTTPError as error:
        if error.code == HTTPStatus.NOT_FOUND:
            return None
        if error.code != HTTPStatus.NOT_MODIFIED and known is None:
            raise _problem(error) from None
    except OSError as error:
        if known is None:
            raise Unavailable(error) from None
    return known


def token(player):
    """What lets the player's own browser follow the player's own news, for some minutes, and nothing else."""
    name = f"accolade:token:{player}"
    known = cache.get(name)
    if known is None:
        known = _call("POST", f"/v1/players/{quote(player, safe='')}/tokens", {"seconds": 900})["token"]
        cache.set(name, known, timeout=600)
    return known


def _call(method, path, body, headers=None):
    request = _request(method, path)
    request.data = json.dumps(body).encode()
    for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
        request.add_header(name, value)
    try:
        with urlopen(request, timeout=settings.ACCOLADE_TIMEOUT) as answer:
            return json.load(answer)
    except HTTPError as error:
        raise _problem(error) from None
    except (OSError, ValueError) as error:
        raise Unavailable(error) from None


def _request(method, path):
    headers = {"Authorization": f"Bearer {settings.ACCOLADE_KEY}"}
    return Request(settings.ACCOLADE_URL + path, method=method, headers=headers)


def _problem(error):
    """The exception for an answer that is no success. Accolade tells every problem as JSON (RFC 9457)."""
    try:
        text = json.load(error)["detail"]
    except (OSError, ValueError, KeyError):
        text = error.reason
    later = error.code >= 500 or error.code in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
    return Unavailable(text) if later else Refused(error.code, text)
