"""The rows of api/codec/texts.def (and the texts of scoring/policy_rules.def), and whether one of them gives a text."""
import functools
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXT = r'"((?:\\.|[^"\\])*)"'
ROW = re.compile(r"^TEXT\(" + TEXT + r",\s*" + TEXT + r"\)", re.MULTILINE)
POLICY_ROW = re.compile(r"^POLICY_RULE\(.*, " + TEXT + ", " + TEXT + r"\)", re.MULTILINE)


def plain(literal):
    """What a C text literal stands for."""
    return re.sub(r'\\(["\\])', r"\1", literal)


@functools.lru_cache(maxsize=None)
def rows():
    """[(english, chinese)] of texts.def in its order."""
    return [tuple(map(plain, row)) for row in ROW.findall((ROOT / "api/codec/texts.def").read_text(encoding="utf-8"))]


@functools.lru_cache(maxsize=None)
def patterns():
    policies = [(plain(english), plain(chinese))
                for chinese, english in POLICY_ROW.findall((ROOT / "scoring/policy_rules.def").read_text(encoding="utf-8"))]
    return [re.compile("(.*?)".join(re.escape(piece) for piece in english.split("{}")), re.DOTALL)
            for english, _ in rows() + policies]


def is_known(text):
    """Does a row give the text?"""
    return any(pattern.fullmatch(text) for pattern in patterns())


def has_chinese(text):
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def has_words(text):
    """More than arguments and marks?"""
    return re.search("[A-Za-z]", text) is not None
