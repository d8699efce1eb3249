"""Calls of the Python client that openapi-python-client generated."""

import datetime
import importlib
import io
import typing

import httpx
from accolade_client import AuthenticatedClient
from accolade_client.types import File

JSON = "application/json"
NDJSON = "application/x-ndjson"


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def load(operation):
    name = operation["operationId"]
    return importlib.import_module(f"accolade_client.api.{operation['tags'][0]}.{name}")


def make_client(answer):
    """A client whose requests go to a function."""
    client = AuthenticatedClient("http://service", token="acc_")
    client.set_httpx_client(httpx.Client(base_url="http://service", transport=httpx.MockTransport(answer)))
    return client


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


def normalize(value):
    """Writes times in one form: the client parses them."""
    if isinstance(value, dict):
        return {name: normalize(item) for name, item in value.items()}
    if isinstance(value, list):
        return [normalize(item) for item in value]
    if isinstance(value, str) and value.endswith("+00:00"):
        return value.removesuffix("+00:00") + "Z"
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def build_arguments(function, parameters, body):
    """Arguments of a function of the client, from the values of parameters by name."""
    hints = typing.get_type_hints(function)
    arguments = {}
    for parameter, value in parameters.items():
        name = parameter.lower().replace("-", "_")
        name = name if name in hints else f"{name}_"
        arguments[name] = convert(hints[name], value)
    if isinstance(body, str):
        arguments["body"] = File(payload=io.BytesIO(body.encode()))
    elif body is not None:
        arguments["body"] = convert(hints["body"], body)
    return arguments


def documented_parameters(operation):
    return {one["name"]: one["example"] for one in operation.get("parameters", []) if "example" in one}


def check_response(operation, status, media_type, value, body=None):
    """Gives a response to the client, which must parse it to the same data."""
    reply = httpx.Response(status, json=value, headers={"Content-Type": media_type})
    function = load(operation).sync_detailed
    arguments = build_arguments(function, documented_parameters(operation), body)
    result = function(client=make_client(lambda request: reply), **arguments)
    assert result.parsed is not None, "the response is not parsed"
    found = normalize(plain(result.parsed))
    assert found == normalize(value), f"the client reads {found}"
