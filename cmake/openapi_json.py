#!/usr/bin/env python3
"""openapi_json.py YAML JSON - the API's document in the form that programs read, members in the order of the original."""
import json
import sys

import yaml


class Loader(yaml.SafeLoader):
    """Days stay texts: JSON has no other form for them."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def main(source, target):
    with open(source, encoding="utf-8") as text:
        document = yaml.load(text, Loader=Loader)
    with open(target, "w", encoding="utf-8") as text:
        json.dump(document, text, ensure_ascii=False, separators=(",", ":"))


main(*sys.argv[1:])
