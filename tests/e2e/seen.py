"""Which parts of api/openapi.yaml a run of the tests has met: answers, their fields and members, what requests bore.

Where ZCD_EXCHANGES names a folder, every test notes there what its exchanges showed, a file for each process, and keeps one body of every
answer and of every request that was taken, from which examples are made. test_whole_run.py compares the notes of all tests with the document.
"""
import functools
import json
import os
import pathlib
import sys

import yaml

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "api/openapi.yaml"
BODY_SIZE_MAX = 1 << 20  # of a body that is kept
METHODS = ("get", "put", "post", "delete", "patch")


@functools.lru_cache(maxsize=None)
def document():
    return yaml.load(DOCUMENT.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def resolved(thing):
    """(the name of the component or None, what is meant)"""
    name = None
    while "$ref" in thing:
        steps = thing["$ref"].removeprefix("#/").split("/")
        thing, name = functools.reduce(lambda node, step: node[step.replace("~1", "/").replace("~0", "~")], steps, document()), steps[-1]
    return name, thing


def operations():
    return {operation["operationId"]: operation for item in document()["paths"].values() for method, operation in item.items() if method in METHODS}


def branches(schema):
    return [*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())]


def documented_members(schema, name, done):
    """Names of all members below, each component's once: Job.progress.total, or assessments_list.items[].id where no component has them."""
    component, schema = resolved(schema)
    if component in done:
        return
    if component is not None:
        done.add(component)
    name = component or name
    for branch in branches(schema):
        yield from documented_members(branch, name, done)
    for member, inner in schema.get("properties", {}).items():
        yield f"{name}.{member}"
        yield from documented_members(inner, f"{name}.{member}", done)
    for keyword, suffix in (("items", "[]"), ("additionalProperties", ".*")):
        if isinstance(schema.get(keyword), dict):
            yield from documented_members(schema[keyword], name + suffix, done)


def met_members(schema, value, name):
    """Those of them that the value has."""
    component, schema = resolved(schema)
    name = component or name
    for branch in branches(schema):
        yield from met_members(branch, value, name)
    if isinstance(value, list) and "items" in schema:
        for one in value:
            yield from met_members(schema["items"], one, name + "[]")
    if isinstance(value, dict):
        properties, others = schema.get("properties", {}), schema.get("additionalProperties")
        for member, inner in value.items():
            if member in properties:
                yield f"{name}.{member}"
                yield from met_members(properties[member], inner, f"{name}.{member}")
            elif isinstance(others, dict):
                yield from met_members(others, inner, name + ".*")


def is_json(media):
    return media is not None and media.split(";")[0].endswith(("/json", "+json"))


def documented():
    """All that can be met, each a line as the notes have it."""
    done_answers, done_requests = set(), set()
    for id_, operation in operations().items():
        for parameter in map(lambda one: resolved(one)[1], operation.get("parameters", ())):
            if parameter["in"] in ("query", "header"):
                yield f"parameter {id_} {parameter['name']}"
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            yield f"request {id_} {media}"
            yield from (f"sent {name}" for name in documented_members(content.get("schema", {}), id_, done_requests))
        for status, response in operation["responses"].items():
            response = resolved(response)[1]
            yield f"answer {id_} {status}"
            yield from (f"field {id_} {status} {name.lower()}" for name in response.get("headers", {}))
            for media, content in response.get("content", {}).items():
                yield f"type {id_} {status} {media}"
                if is_json(media):
                    yield from (f"member {name}" for name in documented_members(content.get("schema", {}), id_, done_answers))


def met_in_request(operation, query, sent, body):
    id_ = operation["operationId"]
    names = {pair.split("=")[0] for pair in query.split("&")} | set(sent)
    for parameter in map(lambda one: resolved(one)[1], operation.get("parameters", ())):
        if parameter["name"] in names or parameter["name"].lower() in names:
            yield f"parameter {id_} {parameter['name']}"
    media = sent.get("content-type")
    content = operation.get("requestBody", {}).get("content", {}).get(media)
    if body and content is not None:
        yield f"request {id_} {media}"
        if is_json(media) and "x-file" not in resolved(content["schema"])[1]:
            yield from (f"sent {name}" for name in met_members(content.get("schema", {}), json.loads(body), id_))


def met_in_answer(operation, status, fields, answer):
    id_ = operation["operationId"]
    response = resolved(operation["responses"].get(str(status), {}))[1]
    yield f"answer {id_} {status}"
    yield from (f"field {id_} {status} {name.lower()}" for name in response.get("headers", {}) if name.lower() in fields)
    media = fields.get("content-type")
    content = response.get("content", {}).get(media)
    if answer and content is not None:
        yield f"type {id_} {status} {media}"
        if is_json(media):
            yield from (f"member {name}" for name in met_members(content.get("schema", {}), json.loads(answer), id_))


NOTED = set()
RAN = "ran"


def folder():
    return pathlib.Path(os.environ["ZCD_EXCHANGES"]) if os.environ.get("ZCD_EXCHANGES") else None


def note(lines):
    new = set(lines) - NOTED
    if new:
        NOTED.update(new)
        with open(folder() / f"{pathlib.Path(sys.argv[0]).stem}.{os.getpid()}.notes", "a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in sorted(new)))


def note_test():
    """This test runs, whatever it will meet."""
    if folder() is not None:
        note([RAN])


def keep(name, body):
    path = folder() / name
    if body and len(body) <= BODY_SIZE_MAX and not path.exists():
        path.write_bytes(body if isinstance(body, bytes) else body.encode())


def note_exchange(id_, query, sent, body, status, fields, answer):
    """One exchange of an operation; fields with names in lower case."""
    if folder() is None:
        return
    operation = operations()[id_]
    note(met_in_answer(operation, status, fields, answer))
    keep(f"{id_}.{status}.body", answer)
    if 200 <= status < 300:
        note(met_in_request(operation, query, sent, body))
        keep(f"{id_}.request.body", body)


def noted():
    """(the tests that have noted anything, all lines)"""
    files = list(folder().glob("*.notes"))
    return {path.name.split(".")[0] for path in files}, {line for path in files for line in path.read_text(encoding="utf-8").splitlines()}
