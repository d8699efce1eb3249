"""Uses the Python client that openapi-python-client generated.

Usage: use_client.py DOCUMENT URL KEY SAMPLES

It gives every documented response to the client, which must parse it to the same data, and sends some requests to a
running service.
"""

import datetime
import importlib
import importlib.util
import json
import sys
import typing
from pathlib import Path

import httpx
from accolade_client import AuthenticatedClient

REGULAR = "application/json"


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def load(operation):
    name = operation["operationId"]
    return importlib.import_module(f"accolade_client.api.{operation['tags'][0]}.{name}")


def convert(kind, value):
    """Converts an example to the type of an argument, such as a model, a list or a union of them."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is list:
        return [convert(arguments[0], item) for item in value]
    for one in arguments if arguments else [kind]:
        try:
            if typing.get_origin(one) is list and isinstance(value, list):
                return convert(one, value)
            if hasattr(one, "from_dict") and isinstance(value, dict):
                return one.from_dict(value)
        except (KeyError, TypeError, ValueError):
            continue
    for one in arguments if arguments else [kind]:
        if isinstance(value, str) and hasattr(one, "__members__"):
            return one(value)
        if one is datetime.datetime:
            return datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    return value


def plain(value):
    if hasattr(value, "to_dict"):
        return value.to_dict()
    return [plain(item) for item in value] if isinstance(value, list) else value


def build_arguments(operation, function, body):
    hints = typing.get_type_hints(function)
    arguments = {}
    for one in operation.get("parameters", []):
        if "example" in one:
            name = one["name"].lower().replace("-", "_")
            name = name if name in hints else f"{name}_"
            arguments[name] = convert(hints[name], one["example"])
    if body is not None and not isinstance(body, str):
        arguments["body"] = convert(hints["body"], body)
    return arguments


def check_examples(document):
    count = 0
    for path, method, operation in operations(document):
        content = operation.get("requestBody", {}).get("content", {})
        if content and REGULAR not in content:
            continue
        examples = list(content.get(REGULAR, {}).get("examples", {}).values())
        body = examples[0]["value"] if examples else None
        function = load(operation).sync_detailed
        for status, response in operation["responses"].items():
            for kind, answer in response.get("content", {}).items():
                if kind != REGULAR:
                    continue
                for name, example in answer.get("examples", {}).items():
                    reply = httpx.Response(int(status), json=example["value"])
                    transport = httpx.MockTransport(lambda request: reply)
                    client = AuthenticatedClient("http://service", token="acc_")
                    client.set_httpx_client(httpx.Client(base_url="http://service", transport=transport))
                    result = function(client=client, **build_arguments(operation, function, body))
                    place = f"{method} {path} {status} ({name})"
                    assert result.parsed is not None, f"{place} is not parsed"
                    assert normalize(plain(result.parsed)) == normalize(example["value"]), place
                    count += 1
    return count


def normalize(value):
    """Writes times in one form: the client parses them."""
    if isinstance(value, dict):
        return {name: normalize(item) for name, item in value.items()}
    if isinstance(value, list):
        return [normalize(item) for item in value]
    if isinstance(value, str) and value.endswith("+00:00"):
        return value.removesuffix("+00:00") + "Z"
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def call_service(document, url, key, samples):
    client = AuthenticatedClient(url, token=key)
    by_id = {operation["operationId"]: operation for _, _, operation in operations(document)}
    for name, expected in [
        ("record_events", 201),
        ("get_player", 200),
        ("list_player_badges", 200),
        ("list_players", 200),
        ("list_badges", 200),
        ("read_feed", 200),
        ("list_jobs", 200),
    ]:
        operation = by_id[name]
        content = operation.get("requestBody", {}).get("content", {}).get(REGULAR, {})
        # A plain event, which any catalog accepts.
        body = {"id": "generated", "player": "ada", "name": "post.published", "props": {"words": 250}} if content else None
        function = load(operation).sync_detailed
        result = function(client=client, **build_arguments(operation, function, body))
        assert result.status_code == expected, f"{name}: {result.content!r}"
        assert result.parsed is not None, name
        if name not in ("record_events",):
            # The samples of the documentation get the same.
            getattr(samples, name)(url, key)
    missing = load(by_id["get_player"]).sync(client=client, player="unknown")
    assert missing.status == 404 and missing.type_.endswith("unknown-player"), missing


def main():
    document = json.loads(Path(sys.argv[1]).read_text())
    spec = importlib.util.spec_from_file_location("samples", sys.argv[4])
    samples = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(samples)
    count = check_examples(document)
    assert count > 50, count
    call_service(document, sys.argv[2], sys.argv[3], samples)
    print(f"{count} documented responses parsed")


main()
