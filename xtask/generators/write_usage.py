"""Writes programs that use the API as the document shows, for the compiler of TypeScript and for Python.

Usage: write_usage.py DOCUMENT FOLDER
"""

import json
import sys
from pathlib import Path

JSON = "application/json"


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def parameters(operation):
    """The values of the parameters by place, as the document shows them."""
    found = {}
    for one in operation.get("parameters", []):
        if "example" in one:
            found.setdefault(one["in"], {})[one["name"]] = one["example"]
    return found


def bodies(operation):
    content = operation.get("requestBody", {}).get("content", {})
    for body in content.values():
        for example in body.get("examples", {}).values():
            yield example["value"]


def write_typescript(document):
    """Sends every documented request, and gives every documented response its type."""
    lines = [
        'import createClient from "openapi-fetch";',
        'import type { operations, paths } from "./schema";',
        'const client = createClient<paths>({ baseUrl: "http://127.0.0.1:8000", headers: { Authorization: "Bearer acc_" } });',
        "export async function send() {",
    ]
    for path, method, operation in operations(document):
        given = parameters(operation)
        options = {"params": given} if given else {}
        for body in list(bodies(operation)) or [None]:
            if body is not None:
                options["body"] = body
            arguments = f", {json.dumps(options, ensure_ascii=False)}" if options else ""
            lines.append(f"  await client.{method.upper()}({json.dumps(path)}{arguments});")
    lines.append("}")
    count = 0
    for _, _, operation in operations(document):
        for status, response in operation["responses"].items():
            for kind, content in response.get("content", {}).items():
                for example in content.get("examples", {}).values():
                    count += 1
                    place = f'operations["{operation["operationId"]}"]["responses"][{status}]["content"]["{kind}"]'
                    value = json.dumps(example["value"], ensure_ascii=False)
                    lines.append(f"export const response{count}: {place} = {value};")
    # Clients read the kind of an outcome to know its details.
    lines.append('import type { components } from "./schema";')
    lines.append(
        "export function amount(outcome: components[\"schemas\"][\"Outcome\"]): number | string | null {\n"
        "  switch (outcome.kind) {\n"
        '    case "points": return outcome.detail.amount;\n'
        '    case "badge.awarded": return outcome.detail.tier;\n'
        "    default: return null;\n"
        "  }\n"
        "}"
    )
    return "\n".join(lines) + "\n", count


def samples(document, label):
    for _, _, operation in operations(document):
        for sample in operation["x-codeSamples"]:
            if sample["label"] == label:
                yield operation["operationId"], sample["source"]


def indent(text):
    return "".join(f"  {line}\n" for line in text.splitlines())


def write_javascript(document):
    functions = [
        f"export async function {name}(base, key) {{\n{indent(source)}}}\n" for name, source in samples(document, "JavaScript")
    ]
    return "\n".join(functions)


def write_python(document):
    functions = [
        f"def {name}(base: str, key: str) -> None:\n{indent(source)}" for name, source in samples(document, "Python")
    ]
    return "\n\n".join(functions)


def main():
    document = json.loads(Path(sys.argv[1]).read_text())
    folder = Path(sys.argv[2])
    text, responses = write_typescript(document)
    (folder / "usage.ts").write_text(text)
    (folder / "samples.mjs").write_text(write_javascript(document))
    (folder / "samples.py").write_text(write_python(document))
    print(f"{responses} documented responses")


main()
