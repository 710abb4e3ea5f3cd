#!/usr/bin/env python3
"""The check of texts finds what is said to readers wherever it stands, and what is wrong with a row."""
import sys
import unittest

sys.dont_write_bytecode = True
import catalogue
import check_texts
import sources

# Source, texts that it says.
SAYING = (
    ('zcd_fail(err, ZCD_INVALID, "is %lld, below %-5d %%", a, b);', {"is {}, below {} %"}),
    ('return zcd_fail(&err, code, "one "\n   "and %" PRIu64 " more", n);', {"one and {} more"}),
    ('(void)zcd_fail(err, ZCD_INVALID, is_one ? "one" : "other %s", name);', {"one", "other {}"}),
    ('error_add(place, "zh", "is (strange), \\"%.*s\\"", 3, name);', {'is (strange), "{}"'}),
    ('answer_fill_problem(exchange, 404, "there is none", NULL);', {"there is none"}),
    ('zcd_fail(err, ZCD_INVALID, "%s", "a text");', {"a text"}),
    ('zcd_fail(err, ZCD_INVALID, "is %s", is_text ? "a text" : "null");', {"is {}", "a text"}),
    ('char text[9];\n snprintf(text, sizeof text, "made of %d", 3);\n answer_error_as(exchange, err, text);', {"made of {}"}),
    ('static const char FORM[] = "a form";\n zcd_fail(err, ZCD_INVALID, "%s", FORM);', {"a form"}),
    ('/* zcd_fail(err, 1, "old"); */ zcd_fail(err, 1, "it\'s // new");', {"it's // new"}),
    ('zcd_fail(err, ZCD_INVALID, "%s", err->message);', set()),
    ('static const struct http_refusal NO = {.status = 401, .detail = "a token"};', {"a token"}),
)


def read(body, head=""):
    return sources.Sources({"api/x.c": f"{head}static void f(struct zcd_error *err)\n{{\n    {body}\n}}\n"})


class Texts(unittest.TestCase):
    def test_finds_each_text(self):
        for body, texts in SAYING:
            found = read(body)
            self.assertEqual((set(found.texts), found.faults), (texts, []), body)

    def test_follows_a_text_to_the_callers(self):
        found = read('refuse(err, "one"); other(err, 2, "two words"); third(err, "name"); third(err, "a phrase");',
                     'static int refuse(struct zcd_error *err, const char *text)\n{\n return zcd_fail(err, 1, "%s", text);\n}\n'
                     'static int other(struct zcd_error *err, int n, const char *words)\n{\n return refuse(err, words);\n}\n'
                     'static int third(struct zcd_error *err, const char *what)\n{\n return zcd_fail(err, 1, "%s is bad", what);\n}\n')
        self.assertEqual((set(found.texts), found.faults), ({"one", "two words", "{} is bad", "a phrase"}, []))

    def test_reads_what_a_function_of_the_file_returns(self):
        found = read('zcd_fail(err, 1, "is %s", word_of(2));',
                     'static const char *word_of(int n)\n{\n if (n > 1)\n  return "a word";\n return "null";\n}\n')
        self.assertEqual(set(found.texts), {"is {}", "a word"})
        found = read('const char *fault = fault_of(2);\n zcd_fail(err, 1, "%s", fault);',
                     'static const char *fault_of(int n)\n{\n if (n > 1)\n  return "a fault";\n return NULL;\n}\n')
        self.assertEqual((set(found.texts), found.faults), ({"a fault"}, []))

    def test_reads_the_words_of_a_table(self):
        found = read('zcd_fail(err, 1, "%s is packed", KINDS[i].name);',
                     'static const struct kind KINDS[] = {{"PK", "a zip file"},\n {"BZ", "a bzip2 file"}};\n')
        self.assertEqual(set(found.texts), {"{} is packed", "a zip file", "a bzip2 file"})

    def test_finds_macros_that_are_texts(self):
        found = sources.Sources({"api/x.h": '#define NAME "X-Name"\n',
                                 "api/x.c": 'void f(void)\n{\n    zcd_fail(err, 1, "lacks " NAME);\n}\n'})
        self.assertEqual(set(found.texts), {"lacks X-Name"})

    def test_refuses_what_it_cannot_follow(self):
        for body in ('zcd_fail(err, 1, "%s", table[3]);', 'answer_error_as(exchange, err, somewhere->text);'):
            self.assertEqual(len(read(body).faults), 1, body)

    def test_finds_what_is_wrong_with_rows(self):
        rows = [("log: {}", "日志：{1}"), ("is {}, not {}", "是{1}，应为{2}"), ("closing", "关闭")]
        said = ["log: closing", "is {}, not {}"]
        self.assertEqual(check_texts.missing(said + ["opening", "log: opening", "{}: {}", "{}"], rows), ["opening", "log: opening"])
        self.assertEqual((check_texts.faults_of_rows(rows), check_texts.remarks_on_rows(rows, said)), ([], []))
        self.assertEqual(len(check_texts.faults_of_rows(rows + [("is {}, as {}", "与{1}相同")])), 1)
        self.assertEqual(len(check_texts.faults_of_rows([("closing", "close")])), 1)
        same = [("is {} of it", "是其中的{1}"), ("is {} {}f it", "为 {1} {2}")]  # the second gives all that the first does
        self.assertEqual(check_texts.faults_of_rows(same), [])
        self.assertEqual(len(check_texts.faults_of_rows(same + [("is 7 of it", "是七")])), 1)

    def test_names_rows_to_be_cleaned_away(self):
        rows = [("closing", "关闭"), ("never said", "从未说过"), ("closing", "正在关闭")]
        self.assertEqual(len(check_texts.remarks_on_rows(rows, ["closing"])), 2)

    def test_reads_the_rows_as_the_compiler_does(self):
        rows = dict(catalogue.rows())
        self.assertEqual(rows["is {}, below {}"], "为 {1}，小于下限 {2}")
        self.assertIn('the request does not begin with "old" and a size', rows)
        source = (catalogue.ROOT / "api/codec/texts.def").read_text(encoding="utf-8")
        self.assertEqual(len(rows), source.count("\nTEXT("))


if __name__ == "__main__":
    unittest.main()
