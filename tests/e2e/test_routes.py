"""The router and api/openapi.yaml agree, both ways; needs no database.

Reads the few lines of the document that matter by their indentation, since the standard library has no YAML.
"""
import re
import subprocess
import unittest

import service

DOCUMENT = service.SOURCE / "api/openapi.yaml"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def documented():
    """{(method, path): the lines of the operation}"""
    operations, path, lines, inside = {}, None, None, False
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if re.match(r"\S", line):
            inside = line == "paths:"
        elif inside and (found := re.match(r"  (/\S*):$", line)):
            path = found.group(1)
        elif inside and (found := re.match(r"    (\w+):$", line)) and found.group(1) in METHODS:
            lines = operations.setdefault((found.group(1).upper(), path), [])
        elif inside and lines is not None:
            lines.append(line)
    return operations


def routed():
    """{(method, path): (public or the roles, scope, largest body)}"""
    lines = subprocess.run([service.bin_dir() / "zcd", "routes"], check=True, capture_output=True, text=True).stdout
    rows = (line.replace("...}", "}").replace("? ", " ").split() for line in lines.splitlines())  # OpenAPI has no words for these
    return {(method, path): (roles, scope, int(body_size)) for method, path, roles, scope, body_size in rows}


class RoutesTest(unittest.TestCase):
    def test_the_same_operations(self):
        self.assertEqual(sorted(documented()), sorted(routed()))
        self.assertGreater(len(routed()), 0)

    def test_the_same_access(self):
        operations = documented()
        for key, (roles, scope, _) in routed().items():
            is_public = "      security: []" in operations[key]
            self.assertEqual(is_public, roles == "public", key)
            if not is_public:
                for status in ("401", "404", *(("403",) if key[0] != "GET" else ())):  # nobody; not for its role; a session without its token
                    self.assertTrue(any(f"'{status}':" in line for line in operations[key]), (key, status))
                self.assertIn(f"      x-roles: [{roles.replace(',', ', ')}]", operations[key], key)
                self.assertIn(f"      x-scope: {scope}", operations[key], key)

    def test_the_same_bodies(self):
        operations = documented()
        for key, (_, _, body_size) in routed().items():
            self.assertEqual("      requestBody:" in operations[key], body_size > 0, key)
            self.assertEqual(any("'413':" in line for line in operations[key]), body_size > 0, key)

    def test_every_path_parameter_is_described(self):
        for (_, path), lines in documented().items():
            for name in re.findall(r"{(\w+)}", path):
                described = any(re.search(rf"name: {name}$|parameters/\w*{name.capitalize()}'", line) for line in lines)
                self.assertTrue(described, path)


if __name__ == "__main__":
    unittest.main()
