#!/usr/bin/env python3
"""Every figure of docs/model.md and its Chinese counterpart is the one of the golden decision that it names.

A row of a table whose last column is a JSON Pointer in backquotes is a figure: amounts in yuan, shares in percent, exactly.
"""
import json
import pathlib
import re
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = SOURCE / "tests/vectors/decisions/zhicheng-2020-10.zhengcaidai.json"
ROW = re.compile(r"^\|[^|]*\| ([^|]*) \| `(/[^`]*)` \|$", re.MULTILINE)


def value_at(document, pointer):
    for name in pointer.split("/")[1:]:
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


def decimal(value, places, least):
    """A whole number of 10^-places, without the zeros behind the least number of places."""
    text = f"{value // 10 ** places:,}.{value % 10 ** places:0{places}}"
    while text.endswith("0") and len(text.split(".")[1]) > least:
        text = text[:-1]
    return text


def written(value, pointer, is_chinese):
    """The figure as the page should have it; the unit is the one that ends a name on the way."""
    assert value >= 0 or pointer.endswith("/bp"), pointer
    units = [name.rsplit("_", 1)[-1] for name in pointer.split("/")]
    if "fen" in units:
        return decimal(value, 2, 2) + " 元" if is_chinese else "CNY " + decimal(value, 2, 2)
    sign, value = ("-" if value < 0 else ""), abs(value)
    places = 4 if "ppm" in units else 2 if "bp" in units else None
    if places is None:
        return str(value)
    return sign + decimal(value, places, 2) + ("%" if is_chinese else " %")


class ModelFigures(unittest.TestCase):
    def check_page(self, name, is_chinese):
        golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
        rows = ROW.findall((SOURCE / "docs" / name).read_text(encoding="utf-8"))
        self.assertGreaterEqual(len(rows), 40)
        for figure, pointer in rows:
            self.assertEqual(figure, written(value_at(golden, pointer), pointer, is_chinese), pointer)
        return [pointer for _, pointer in rows]

    def test_figures_are_those_of_the_golden_decision_in_both_languages(self):
        self.assertEqual(self.check_page("model.md", False), self.check_page("model.zh-CN.md", True))


if __name__ == "__main__":
    unittest.main()
