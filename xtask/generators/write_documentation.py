"""Writes the examples of the documentation as TypeScript, one file for each, for the compiler.

Usage: write_documentation.py EXAMPLES FOLDER
"""

import json
import sys
from pathlib import Path

CLIENT = """import createClient from "openapi-fetch";
import type { paths } from "./schema";
const client = createClient<paths>({ baseUrl: "http://127.0.0.1:8000" });
"""
# Names that the programs of the documentation expect.
PROGRAM = "declare const baseUrl: string;\ndeclare const key: string;\n"
PROBLEM = "application/problem+json"


def write_json(value):
    return json.dumps(value, indent=2, ensure_ascii=False)


def write_request(example):
    path, method = json.dumps(example["path"]), example["method"]
    lines, options = [], []
    if example["parameters"]:
        options.append(f"params: {write_json(example['parameters'])}")
    if example["body"] is not None:
        # With a type of its own, because the call accepts misspelled members.
        media_type = "application/x-ndjson" if example["lines"] else "application/json"
        kind = f'NonNullable<paths[{path}]["{method}"]["requestBody"]>["content"]["{media_type}"]'
        lines.append(f"const body: {kind} = {write_json(example['body'])};")
        options.append("body")
    arguments = f", {{ {', '.join(options)} }}" if options else ""
    lines.append(f"await client.{method.upper()}({path}{arguments});")
    if example["lines"]:
        lines.append('import type { components } from "./schema";')
        lines.append(f'export const lines: components["schemas"]["Event"][] = {write_json(example["lines"])};')
    return CLIENT + "\n".join(lines) + "\n"


def write_response(example):
    kind = PROBLEM if example["status"] >= 400 else "application/json"
    place = f'operations["{example["operation"]}"]["responses"][{example["status"]}]["content"]["{kind}"]'
    return (
        'import type { operations } from "./schema";\n'
        f"export const response: {place} = {write_json(example['value'])};\n"
    )


def write_program(example):
    return PROGRAM + example["text"]


WRITERS = {"request": write_request, "response": write_response, "program": write_program}


def main():
    examples = json.loads(Path(sys.argv[1]).read_text())
    folder = Path(sys.argv[2])
    assert examples, "there are no examples"
    for number, example in enumerate(examples, 1):
        # The errors of the compiler name the file.
        place = example["place"].replace("/", "_").replace(":", "_line_")
        (folder / f"{place}_example_{number}.ts").write_text(WRITERS[example["kind"]](example))
    print(f"{len(examples)} examples of the documentation for the compiler of TypeScript")


main()
