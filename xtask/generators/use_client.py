"""Uses the Python client that openapi-python-client generated.

Usage: use_client.py DOCUMENT URL KEY SAMPLES

It gives every documented response to the client, which must parse it to the same data, and sends some requests to a
running service.
"""

import importlib.util
import json
import sys
from pathlib import Path

from accolade_client import AuthenticatedClient

from client_calls import JSON, build_arguments, check_response, documented_parameters, load, operations


def check_examples(document):
    count = 0
    for path, method, operation in operations(document):
        content = operation.get("requestBody", {}).get("content", {})
        examples = [example["value"] for body in content.values() for example in body.get("examples", {}).values()]
        body = examples[0] if examples else None
        for status, response in operation["responses"].items():
            for name, example in response.get("content", {}).get(JSON, {}).get("examples", {}).items():
                try:
                    check_response(operation, int(status), JSON, example["value"], body)
                except Exception as error:
                    raise AssertionError(f"{method} {path} {status} ({name}): {error}") from error
                count += 1
    return count


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
        content = operation.get("requestBody", {}).get("content", {}).get(JSON, {})
        # A plain event, which any catalog accepts.
        body = {"id": "generated", "player": "ada", "name": "post.published", "props": {"words": 250}} if content else None
        function = load(operation).sync_detailed
        result = function(client=client, **build_arguments(function, documented_parameters(operation), body))
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
