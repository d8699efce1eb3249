"""Gives the examples of the documentation to the generated code in Python.

Usage: check_documentation.py DOCUMENT EXAMPLES

The client of openapi-python-client must send each request as it is written, and parse each response to the same data.
The models of datamodel-code-generator must accept each body with its types, and lose nothing.
"""

import json
import sys
import typing
from pathlib import Path

import httpx
import models
import pydantic
from client_calls import JSON, NDJSON, build_arguments, check_response, load, make_client, normalize, operations

PROBLEM = "application/problem+json"


def resolve_type(schema):
    """The type of a schema: a model, or a list of them."""
    if "$ref" in schema:
        return getattr(models, schema["$ref"].rsplit("/", 1)[1])
    assert schema["type"] == "array", schema
    return list[resolve_type(schema["items"])]


def check_model(schema, value):
    adapter = pydantic.TypeAdapter(resolve_type(schema))
    parsed = adapter.validate_json(json.dumps(value), strict=True)
    found = json.loads(adapter.dump_json(parsed, by_alias=True, exclude_unset=True))
    assert normalize(found) == normalize(value), f"the model reads {found}"


def check_request(document, example):
    path, method, operation = document[example["operation"]]
    parameters = {place: example["parameters"].get(place, {}) for place in ("path", "query", "header")}
    body = example["body"]
    sent = []

    def answer(request):
        sent.append(request)
        # A status that the document does not describe, so that nothing is parsed.
        return httpx.Response(418)

    function = load(operation).sync_detailed
    merged = {name: value for values in parameters.values() for name, value in values.items()}
    function(client=make_client(answer), **build_arguments(function, merged, body))
    (request,) = sent
    expected = path.format(**parameters["path"])
    assert (request.method, request.url.path) == (method.upper(), expected), f"the client requests {request.url}"
    query = {name: str(value) for name, value in parameters["query"].items()}
    assert dict(request.url.params) == query, f"the client requests {request.url}"
    for name, value in parameters["header"].items():
        assert request.headers[name] == value, f"the client sends {request.headers}"
    if body is None:
        assert not request.content, f"the client sends {request.content}"
    elif example["lines"]:
        assert request.content.decode() == body, f"the client sends {request.content}"
        for line in example["lines"]:
            check_model({"$ref": "#/components/schemas/Event"}, line)
    else:
        found = json.loads(request.content)
        assert normalize(found) == normalize(body), f"the client sends {found}"
        content = operation["requestBody"]["content"]
        if JSON in content:
            check_model(content[JSON]["schema"], body)


def check_documented_response(document, example):
    _, _, operation = document[example["operation"]]
    status, value = example["status"], example["value"]
    media_type = PROBLEM if status >= 400 else JSON
    bodies = operation.get("requestBody", {}).get("content", {}).get(JSON, {}).get("examples", {})
    body = next((one["value"] for one in bodies.values()), None)
    check_response(operation, status, media_type, value, body)
    if status >= 400:
        check_model({"$ref": "#/components/schemas/Problem"}, value)
    else:
        check_model(operation["responses"][str(status)]["content"][media_type]["schema"], value)


def main():
    document = {
        operation["operationId"]: (path, method, operation)
        for path, method, operation in operations(json.loads(Path(sys.argv[1]).read_text()))
    }
    checks = {"request": check_request, "response": check_documented_response}
    passed = failed = 0
    for example in json.loads(Path(sys.argv[2]).read_text()):
        # Programs are in TypeScript.
        if example["kind"] == "program":
            continue
        try:
            checks[example["kind"]](document, example)
            passed += 1
        except Exception as error:
            print(f"{example['place']}: {type(error).__name__}: {error}", file=sys.stderr)
            failed += 1
    print(f"{passed + failed} examples of the documentation with the client and the models in Python")
    print(f"test result: {'FAILED' if failed else 'ok'}. {passed} passed; {failed} failed; 0 ignored")
    sys.exit(failed > 0 or passed == 0)


main()
