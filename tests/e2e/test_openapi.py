"""api/openapi.yaml says all of what it describes: a schema for everything, with every member, and an example that is one. Needs no database."""
import unittest

import jsonschema

import seen

# Neither JSON nor read by people: what an example would show is in the description.
WITHOUT_EXAMPLE = ("application/zip", "application/octet-stream", "text/html; charset=utf-8", "text/javascript; charset=utf-8", "text/css; charset=utf-8")

# What has no members of its own: any value that a decision can hold, files of others, and a document whose schema is OpenAPI's.
OPEN = ("AnyValue", "FileOfFacts", "documents_openapi 200")


def bodies():
    """(where, media type, its object) of every request, answer and webhook, those of components once for each operation."""
    for id_, operation in seen.operations().items():
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{id_} request", media, content
        for status, response in operation["responses"].items():
            for media, content in seen.resolved(response)[1].get("content", {}).items():
                yield f"{id_} {status}", media, content


def examples(content):
    if "example" in content:
        yield content["example"]
    for example in content.get("examples", {}).values():
        yield seen.resolved(example)[1]["value"]


def schemas(schema, where, done):
    """(where, schema) of it and all below, those of components once."""
    component, schema = seen.resolved(schema)
    if component in done:
        return
    if component is not None:
        done.add(component)
    where = component or where
    yield where, schema
    for branch in seen.branches(schema):
        yield from schemas(branch, where + "|", done)
    for member, inner in schema.get("properties", {}).items():
        yield from schemas(inner, f"{where}.{member}", done)
    for keyword, suffix in (("items", "[]"), ("additionalProperties", ".*")):
        if isinstance(schema.get(keyword), dict):
            yield from schemas(schema[keyword], where + suffix, done)


def all_schemas():
    done = set()
    for name in seen.document()["components"]["schemas"]:
        yield from schemas({"$ref": f"#/components/schemas/{name}"}, name, done)
    for where, media, content in bodies():
        yield from schemas(content["schema"], f"{where} {media}", done)
    for id_, operation in seen.operations().items():
        for parameter in operation.get("parameters", ()):
            parameter = seen.resolved(parameter)[1]
            yield from schemas(parameter["schema"], f"{id_} {parameter['name']}", done)
        for status, response in operation["responses"].items():
            for name, header in seen.resolved(response)[1].get("headers", {}).items():
                yield from schemas(seen.resolved(header)[1]["schema"], f"{id_} {status} {name}", done)


def problems_of(schema, value):
    """The schema is looked up in the document, so that its references have their targets."""
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": seen.document()["components"], "allOf": [schema]}
    validator = jsonschema.Draft202012Validator(whole, format_checker=jsonschema.draft202012_format_checker)
    return [f"/{'/'.join(map(str, problem.absolute_path))}: {problem.message[:200]}" for problem in validator.iter_errors(value)]


class OpenApiTest(unittest.TestCase):
    def test_every_operation_says_what_it_is_for(self):
        for id_, operation in seen.operations().items():
            self.assertTrue(operation.get("summary") and operation.get("tags"), id_)
            for parameter in operation.get("parameters", ()):
                self.assertIn("schema", seen.resolved(parameter)[1], id_)
            for status, response in operation["responses"].items():
                self.assertTrue(seen.resolved(response)[1].get("description"), (id_, status))

    def test_every_request_and_every_answer_but_problems_has_an_example(self):
        missing = [where for where, media, content in bodies()
                   if media not in WITHOUT_EXAMPLE and media != "application/problem+json" and not list(examples(content))]
        self.assertEqual(missing, [])

    def test_every_kind_of_problem_has_an_example(self):
        for name, response in seen.document()["components"]["responses"].items():
            for content in response.get("content", {}).values():
                self.assertTrue(list(examples(content)), name)

    def test_examples_are_what_their_schemas_describe(self):
        count = 0
        for where, _, content in bodies():
            for example in examples(content):
                count += 1
                self.assertEqual(problems_of(content["schema"], example), [], where)
        for where, schema in all_schemas():
            for example in schema.get("examples", ()):
                self.assertEqual(problems_of(schema, example), [], where)
        self.assertGreater(count, 60)

    def test_parameters_have_examples_that_they_take(self):
        for id_, operation in seen.operations().items():
            for parameter in map(lambda one: seen.resolved(one)[1], operation.get("parameters", ())):
                if "example" in parameter:
                    self.assertEqual(problems_of(parameter["schema"], parameter["example"]), [], (id_, parameter["name"]))

    def test_no_schema_takes_anything(self):
        count = 0
        for where, schema in all_schemas():
            count += 1
            kinds = schema.get("type", ())
            if where in OPEN or where.split(" application/")[0] in OPEN:
                continue
            says = {"type", "enum", "const", "oneOf", "anyOf", "allOf", "required", "properties", "items"} & set(schema)
            self.assertTrue(says, f"{where} takes anything")
            if "object" in kinds if isinstance(kinds, list) else kinds == "object":
                others = schema.get("additionalProperties")
                self.assertTrue(others is False or isinstance(others, dict), f"{where}: say additionalProperties")
                self.assertTrue(schema.get("properties") or isinstance(others, dict), f"{where} names no members")
                self.assertEqual([name for name in schema.get("required", ()) if name not in schema.get("properties", {})], [], where)
            if "array" in kinds if isinstance(kinds, list) else kinds == "array":
                self.assertIn("items", schema, where)
        self.assertGreater(count, 300)

    def test_every_schema_is_used(self):
        text = seen.DOCUMENT.read_text(encoding="utf-8")
        unused = [name for name in seen.document()["components"]["schemas"] if f"'#/components/schemas/{name}'" not in text]
        self.assertEqual(unused, [])


if __name__ == "__main__":
    unittest.main()
