"""API client of the service under test, and the data that it is filled with."""

import datetime
import json
import os
import urllib.request

URL = os.environ["ACCOLADE_URL"]
NAMES = """Amélie Baptiste Camille Denis Élodie Fabien Geneviève Hugo Inès Jules Katia Léo Manon Noémie Olivier Pauline
Quentin Romane Sylvain Théa Ulysse Valérie William Xavier Yasmine Zoé Agnès Bastien Chloé Damien Estelle Florian""".split()
BATCH = 1000
ADMINISTRATOR, PASSWORD = "eve", "correct horse battery staple"


def ask(method, path, body=None, **headers):
    """Sends a request to the API. Returns the parsed response."""
    headers = {"Authorization": f"Bearer {os.environ['ACCOLADE_KEY']}", "Content-Type": "application/json", **headers}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data, headers, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def record(*events):
    answer = ask("POST", "/v1/events", list(events))
    refused = [item for item in answer["items"] if item["status"] not in ("accepted", "duplicate")]
    assert not refused, refused[:3]


def token(player):
    return ask("POST", f"/v1/players/{player}/tokens", {"seconds": 900})["token"]


def name(names):
    """Sets the display names of players."""
    actions = [
        {"player": player, "action": {"type": "profile", "set": {"name": name}, "create": True}}
        for player, name in names.items()
    ]
    for start in range(0, len(actions), BATCH):
        ask("POST", "/v1/actions", actions[start : start + BATCH], **{"Idempotency-Key": f"names-{start}"})


def fill():
    """Records the demo's events, moved in time so that they end now, and sets names. Adds Ada, the player of the story."""
    with open(os.environ["ACCOLADE_EVENTS"], encoding="utf-8") as lines:
        events = [json.loads(line) for line in lines]
    events = [event for event in events if not event["name"].startswith("accolade.")]
    when = lambda event: datetime.datetime.fromisoformat(event["at"].replace("Z", "+00:00")[:19] + "+00:00")
    events.sort(key=when)
    now = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=10)
    shift = now - when(events[-1])
    for event in events:
        event["at"] = (when(event) + shift).isoformat()
    for start in range(0, len(events), BATCH):
        record(*events[start : start + BATCH])
    players = sorted({event["player"] for event in events}, key=int)
    name({player: f"{NAMES[i % len(NAMES)]} {chr(65 + i * 7 % 26)}." for i, player in enumerate(players)} | {"ada": "Ada"})
    record({"id": "first", "player": "ada", "name": "comment.posted"})


def most_active():
    """Returns the player with the most answers, whose page has the most content."""
    with open(os.environ["ACCOLADE_EVENTS"], encoding="utf-8") as lines:
        players = [json.loads(line)["player"] for line in lines if '"answer.posted"' in line]
    return max(set(players), key=players.count)
