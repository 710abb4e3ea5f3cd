"""What the C sources say to readers: every text that they hand to the functions by which errors are told.

Nothing is listed by hand but those functions. A function that hands a parameter of its own on to one of them is one itself, and its
callers are read in the same way; so is a format's %s that is filled with words. What cannot be followed to a text is a fault.
"""
import functools
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("base", "contracts", "scoring", "audit", "db", "api")

# What only an operator reads, on standard error or in the log, before the service is there for anybody.
FOR_OPERATORS = ("api/cli/", "api/config.c")

# What an argument is: a printf format, a text as it is told, or words that fill a %s of one.
FORMAT, TEXT, WORDS = range(3)

# By which errors are told: the place of the text among the arguments, and what it is.
TELLERS = {"zcd_fail": (2, FORMAT), "error_add": (2, FORMAT), "answer_fill_problem": (2, TEXT), "answer_error_as": (2, TEXT),
           "REFUSE": (1, TEXT)}

# Expressions whose texts come from elsewhere, and where from.
FOLLOWED = (
    r"(\w+(\.|->))*(err|error|reason|cause|trouble|detail|problem|others\[\w+\])(\.|->)message",  # an error that was told before
    r"refusal->detail",            # of a struct http_refusal: its initialisers are read
    r"policy_rule_text_en\(.*\)",  # scoring/policy_rules.def, which has both languages
)

# The same where only the file says it.
KEPT = {("api/jobs/job_store.c", "detail")}  # a job's error, told and kept when it failed

TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*.*?\*/|//[^\n]*', re.DOTALL)
LITERAL = r'"(?:\\.|[^"\\\n])*"'
CONVERSION = re.compile(r"%[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d+))?(?:hh|h|ll|l|z|j|t)?[diouxXcsp]")
FUNCTION = re.compile(r"^(static )?(?:inline )?(?:const )?[\w ]+?[ *]+(\w+)\(([^;{}]*?)\)\s*\{", re.MULTILINE | re.DOTALL)
MACRO = re.compile(r"^#define (\w+) (" + LITERAL + r"(?:\s*" + LITERAL + r")*)\s*$", re.MULTILINE)


def without_comments(text):
    return TOKEN.sub(lambda match: match.group() if match.group()[0] in "\"'" else "\n" * match.group().count("\n"), text)


def arguments(text, at):
    """The arguments of a call whose '(' stands there."""
    found, depth, begin, i = [], 0, at + 1, at
    while i < len(text):
        token = TOKEN.match(text, i)
        if token:
            i = token.end()
            continue
        if text[i] in "([{":
            depth += 1
        elif text[i] in ")]}":
            depth -= 1
            if depth == 0:
                return found + [text[begin:i].strip()]
        elif text[i] == "," and depth == 1:
            found.append(text[begin:i].strip())
            if found[-1].startswith("DB_VALUES("):
                found.append("")  # a macro that stands for two arguments
            begin = i + 1
        i += 1
    return found


class File:
    def __init__(self, path, text):
        self.path, self.text = path, without_comments(text)
        # [(begin, end, is_static, name, [parameter])]
        self.functions = [(match.start(), self.end_of(match.end()), bool(match.group(1)), match.group(2),
                           [self.name_of(one) for one in match.group(3).split(",")]) for match in FUNCTION.finditer(self.text)]
        self.bodies = [match.end() for match in FUNCTION.finditer(self.text)]

    def end_of(self, at):
        end = self.text.find("\n}", at)
        return len(self.text) if end < 0 else end

    @staticmethod
    def name_of(parameter):
        names = re.findall(r"\w+", parameter.split("[")[0])
        return names[-1] if names else ""

    def is_head(self, at):
        """Does a function's own name or parameter stand there?"""
        return any(one[0] <= at < body for one, body in zip(self.functions, self.bodies))

    def function_at(self, at):
        return next((one for one in self.functions if one[0] <= at <= one[1]), None)


def plain(text):
    return re.sub(r'\\(["\\])', r"\1", text)


def normal(text):
    """A format with {} for each conversion, as texts.def has it."""
    return CONVERSION.sub("{}", plain(text)).replace("%%", "%")


def conversions(text):
    return CONVERSION.findall(plain(text))


class Sources:
    def __init__(self, files):
        """files: {path: text}"""
        self.files = [File(path, text) for path, text in sorted(files.items()) if path.endswith(".c")]
        self.macros = {}
        for text in files.values():
            for name, value in MACRO.findall(without_comments(text)):
                self.macros[name] = "".join(one[1:-1] for one in re.findall(LITERAL, value))
        self.texts = {}    # text: the first place that says it
        self.faults = []   # what could not be followed
        self.tellers = {(None, name): told for name, told in TELLERS.items()}
        self.done = set()
        while self.follow_once():
            pass
        for file in self.files:
            for match in re.finditer(r"\.status = [^,{}]*,\s*\.detail = ", file.text):
                self.take(file, match.start(), arguments("(" + file.text[match.end():match.end() + 500] + ")", 0)[0], False)

    @functools.lru_cache(maxsize=None)
    def literals(self, expression):
        """The texts of an expression: pieces that follow each other are one. None for a macro in them that is not known."""
        found, piece = [], None
        for token in re.findall(LITERAL + r"|\w+|\S", expression):
            if token[0] == '"':
                piece = (piece or "") + token[1:-1]
            elif piece is not None and token.startswith("PRI"):
                piece += "d"
            elif token in self.macros:
                piece = (piece or "") + self.macros[token]
            else:
                if piece is not None:
                    found.append(piece)
                piece = None
        return found + ([piece] if piece is not None else [])

    def place(self, file, at):
        return f"{file.path}:{file.text.count(chr(10), 0, at) + 1}"

    def say(self, file, at, text):
        self.texts.setdefault(text, self.place(file, at))

    def follow_once(self):
        """Read every call of a function that is not read yet; was there one?"""
        fresh = {key: value for key, value in self.tellers.items() if key not in self.done}
        for (path, name), (place, what) in fresh.items():
            self.done.add((path, name))
            for file in self.files:
                if path is None or file.path == path:
                    self.read_calls(file, name, place, what)
        return bool(fresh)

    def read_calls(self, file, name, place, what):
        for match in re.finditer(r"\b" + name + r"\(", file.text):
            if file.function_at(match.start()) is None or file.is_head(match.start()):
                continue  # its own definition or declaration
            given = arguments(file.text, match.end() - 1)
            if len(given) <= place:
                continue
            if what == WORDS:
                self.take_words(file, match.start(), given[place])
            else:
                self.take(file, match.start(), given[place], what == FORMAT, given[place + 1:])

    def take(self, file, at, expression, is_format, values=()):
        """An expression that gives texts for readers."""
        texts = self.literals(expression)
        for text in texts:
            if is_format and text == "%s" and values:
                self.take(file, at, values[0], False)
                continue
            self.say(file, at, normal(text) if is_format else plain(text))
            wanted = [one for one in zip(conversions(text), values) if one[0].endswith("s")] if is_format else []
            for _, value in wanted:
                self.take_words(file, at, value)
        if not texts:
            self.trace(file, at, expression, is_format)

    def trace(self, file, at, expression, is_format):
        """An expression without a text of its own: a parameter, a variable, or something from elsewhere."""
        function = file.function_at(at)
        if any(re.fullmatch(pattern, expression) for pattern in FOLLOWED) or (file.path, expression) in KEPT or function is None:
            return
        begin, end, is_static, name, parameters = function
        if expression in parameters:
            self.tellers.setdefault((file.path if is_static else None, name), (parameters.index(expression), FORMAT if is_format else TEXT))
            return
        body = file.text[begin:end]
        made = re.findall(r"snprintf\(" + re.escape(expression) + r",", body)
        for match in re.finditer(r"snprintf\(" + re.escape(expression) + r",", body):
            given = arguments(body, match.start() + len("snprintf"))
            self.take(file, begin + match.start(), given[2], True, given[3:])
        assigned = re.findall(r"\b" + re.escape(expression) + r"(?:\[\])? = ((?:[^;\"]|" + LITERAL + r")*);", body)
        assigned += re.findall(r"^static const char " + re.escape(expression) + r"\[\] = ([^;]*);", file.text, re.MULTILINE)
        called = re.fullmatch(r"(\w+)\(.*\)", expression, re.DOTALL)
        calls = [called] + [re.fullmatch(r"(\w+)\(.*\)", one, re.DOTALL) for one in assigned]
        texts = [text for one in assigned for text in self.literals(one)]
        for call in filter(None, calls):
            texts += self.returned(file, call.group(1))
        for text in texts:
            self.say(file, at, plain(text))
        if not texts and not made:
            self.faults.append(f"{self.place(file, at)}: {expression} cannot be followed to a text")

    def returned(self, file, name):
        """The texts that a function of the file returns."""
        return [text for begin, end, _, called, _ in file.functions if called == name
                for one in re.findall(r"\breturn ([^;]*);", file.text[begin:end]) for text in self.literals(one)]

    def take_words(self, file, at, expression):
        """What fills a %s: words where there is a space in them, else a name or a number."""
        texts = self.literals(expression)
        called = re.fullmatch(r"(\w+)\(.*\)", expression, re.DOTALL)
        if called:
            texts += self.returned(file, called.group(1))
        table = re.fullmatch(r"(\w+)\[\w+\](?:\.\w+)?", expression)
        if table:
            made = re.search(r"\b" + table.group(1) + r"\[\w*\] = \{(.*?)\};", file.text, re.DOTALL)
            texts += self.literals(made.group(1)) if made else []
        for text in texts:
            if " " in text.strip():
                self.say(file, at, plain(text))
        function = file.function_at(at)
        if function is not None and expression in function[4]:
            self.tellers.setdefault((file.path if function[2] else None, function[3]), (function[4].index(expression), WORDS))


def read():
    files = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.[ch]")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(FOR_OPERATORS):
                files[name] = path.read_text(encoding="utf-8")
    return Sources(files)


def all_literals(read):
    """Every text of the sources, as a format: a row that none of them gives is of no use."""
    found = set()
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.[ch]"):
            found.update(normal(one) for one in read.literals(without_comments(path.read_text(encoding="utf-8"))))
    return found
