"""Holds every exchange of the tests against api/openapi.yaml: a route, a status, a field or a member that is not described there
is a fault of one of the two. What a problem says must exist in Chinese and English. Needs PyYAML and jsonschema, from Debian.
"""
import functools
import json
import pathlib
import re
import sys

import jsonschema
import yaml

import seen

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "texts"))
import catalogue

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "api/openapi.yaml"

# What HTTP itself brings along; all else that an answer bears stands in the document.
FIELDS_OF_HTTP = {"connection", "content-length", "content-type", "date", "cache-control", "x-content-type-options",
                  "content-security-policy", "referrer-policy", "strict-transport-security", "content-language", "vary", "allow",
                  "x-frame-options", "cross-origin-resource-policy"}


# What every answer to a known caller bears, described once for all of them.
FIELDS_OF_ALL = {"ratelimit": "RateLimit", "ratelimit-policy": "RateLimit-Policy"}


@functools.lru_cache(maxsize=None)
def document():
    """The document with what every $ref stands for in its place; it has no cycles."""
    return expanded(yaml.load(DOCUMENT.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


def expanded(root):
    done = {}

    def expand(thing):
        if isinstance(thing, list):
            return [expand(one) for one in thing]
        if not isinstance(thing, dict):
            return thing
        pointer = thing.get("$ref")
        if not isinstance(pointer, str):
            return {name: expand(one) for name, one in thing.items()}
        if pointer not in done:
            target = root
            for name in pointer.removeprefix("#/").split("/"):
                target = target[name.replace("~1", "/").replace("~0", "~")]
            done[pointer] = expand(target)
        return done[pointer]

    return expand(root)


@functools.lru_cache(maxsize=None)
def validator_of(key):
    return jsonschema.Draft202012Validator(SCHEMAS[key], format_checker=jsonschema.draft202012_format_checker)


SCHEMAS = {}


@functools.lru_cache(maxsize=None)
def operations():
    """[(method, pattern of the path, path, operation)], literal paths before those with parameters."""
    found = []
    for path, item in document()["paths"].items():
        pattern = re.compile(re.sub(r"{(\w+)}", lambda match: "(.+)" if match.group(1) == "tile" else "([^/]+)", path) + "$")
        found += [(method.upper(), pattern, path, operation) for method, operation in item.items() if method != "parameters"]
    return sorted(found, key=lambda one: one[2].count("{"))


def find(method, path):
    wanted = "GET" if method == "HEAD" else method
    return next((operation for verb, pattern, _, operation in operations() if verb == wanted and pattern.match(path)), None)


def parameters_of(operation, place):
    return {one["name"] for one in operation.get("parameters", []) if one["in"] == place}


def check_schema(schema, value, what):
    SCHEMAS[id(schema)] = schema
    problems = sorted(validator_of(id(schema)).iter_errors(value), key=lambda problem: list(problem.absolute_path))
    assert not problems, f"{what}: {[(list(one.absolute_path), one.message[:300]) for one in problems[:3]]}"


def check_body(content, content_type, body, what):
    media = (content_type or "").strip()
    assert media in content, f"{what}: {media!r} is not described, {sorted(content)} are"
    schema = content[media].get("schema")
    if schema is not None and "x-file" not in schema and media.endswith(("/json", "+json")):
        check_schema(schema, json.loads(body), what)


def check_request(operation, query, fields, body, what):
    names = {pair.split("=")[0] for pair in query.split("&")} if query else set()
    assert names <= parameters_of(operation, "query"), f"{what}: query {names} was taken and is not described"
    if body:
        assert "requestBody" in operation, f"{what}: a body was taken and is not described"
        check_body(operation["requestBody"]["content"], fields.get("content-type"), body, what + " (request)")


def check_response(operation, method, status, fields, body, what):
    assert str(status) in operation["responses"], f"{what}: status {status} is not described: {body[:300]}"
    response = operation["responses"][str(status)]
    described = {name.lower() for name in response.get("headers", {})}
    unknown = set(fields) - described - FIELDS_OF_HTTP - set(FIELDS_OF_ALL)
    assert not unknown, f"{what}: {status} bears {unknown}"
    for name, component in FIELDS_OF_ALL.items():
        is_known = operation.get("security") != []
        assert name in fields or not is_known or status >= 300, f"{what}: {status} does not bear {name}"
        assert name not in fields or is_known, f"{what}: {status} bears {name}, for nobody"
        if name in fields:
            check_schema(document()["components"]["headers"][component]["schema"], fields[name], f"{what} {name}")
    if body and method != "HEAD":
        check_body(response.get("content", {}), fields.get("content-type"), body, f"{what} {status}")


def check_language(fields, answer, what):
    """A problem's texts are in the language that its field names, and exist in the other."""
    if fields.get("content-type") != "application/problem+json" or not answer:
        return
    problem = json.loads(answer)
    is_right = catalogue.has_chinese if fields["content-language"] == "zh" else catalogue.is_known
    for detail in [problem["detail"]] + [error["detail"] for error in problem.get("errors", [])]:
        assert is_right(detail), f"{what}: api/codec/texts.def has no row for {detail!r}"


def check(method, target, sent, body, status, fields, answer):
    """One exchange. Fields with names in lower case; bodies as bytes, None or empty where there is none."""
    path, _, query = target.partition("?")
    what = f"{method} {path}"
    operation = find(method, path)
    check_language(fields, answer, what)
    if operation is None:
        assert status in (404, 405, 501), f"{what} answers {status} and is not described"
        check_schema(document()["components"]["schemas"]["Problem"], json.loads(answer), what) if answer else None
        return
    check_response(operation, method, status, fields, answer, what)
    if 200 <= status < 300:
        check_request(operation, query, sent, body, what)
    seen.note_exchange(operation["operationId"], query, sent, body, status, fields, answer)
