"""Every kind of token that ``secrets.toml`` knows is overwritten, wherever it stands. The tokens are made at run time
of the rules' own forms, so that no scanner takes this file for a leak."""

from __future__ import annotations

import base64
import random
import re
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from indexers.secret_tokens import TokenRule, digit_runs, entropy, rules
from indexers.secrets import redact, redact_text

RULES = rules()
CONTEXTS = {
    "in prose": "the key {} works on staging, I think.",
    "quoted": 'x = "{}"',
    "in an address": "https://example.com/cb?x={}&y=1",
    "after an escaped line end": 'log("done\\n{}")',
    "after an escaped equals sign": "https://example.com/?q=a%3D{}%26b",
    "after one that was escaped twice": "https://example.com/?q=a%253D{}%2526b",
    "in quoted-printable mail": "the key =3D{}\n",
    "behind a colour": "\\033[0m{}\\033[1;31m",
    "behind a colour of a log": "\x1b[32m{}\x1b[0m",
    "after an arrow": "'x' => '{}',",
    "after a colon": "x:{}",
    "JSON": '{{"a": "{}", "b": 1}}',
    "JSON inside JSON": '{{"a": "{{\\"b\\": \\"{}\\"}}"}}',
    "YAML": "a:\n  - {}\n",
    "TOML": "a = '{}'\n",
    "shell": "export A={}\n",
    "user of curl": "curl -u {}: https://api.example.com\n",
    "header": "X-Thing: {}\r\n",
    "after a dash": "topic-{}",
}


def _sample(pattern: str, draw: random.Random) -> str:
    return "".join(_characters(_parser.parse(pattern), draw))


def _characters(parsed: Any, draw: random.Random) -> list[str]:
    found: list[str] = []
    for kind, value in parsed:
        if kind is op.LITERAL:
            found.append(chr(value))
        elif kind in (op.MAX_REPEAT, op.POSSESSIVE_REPEAT):
            low, high, inner = value
            for _ in range(draw.randint(low, min(int(high), low + 10))):
                found += _characters(inner, draw)
        elif kind is op.IN:
            found.append(draw.choice(_members(value)))
        elif kind is op.SUBPATTERN:
            found += _characters(value[-1], draw)
        elif kind is op.BRANCH:
            found += _characters(draw.choice(value[1]), draw)
        else:
            assert kind is op.ASSERT_NOT, kind
    return found


def _members(ranges: Any) -> str:
    if ranges[0][0] is op.NEGATE:
        return "abcdefgh23456789"
    return "".join(
        chr(value) if kind is op.LITERAL else "".join(map(chr, range(value[0], value[1] + 1)))
        for kind, value in ranges
    )


def _token(rule: TokenRule, prefix: str, draw: random.Random) -> tuple[str, str]:
    """A token of this kind, and the part of it that is secret."""
    while True:
        before = _sample(rule.before, draw) if rule.before else ""
        rest = _sample(rule.rest, draw)
        found = re.fullmatch(rule.rest, rest)
        whole = before + prefix + rest
        secret = found[1] if found and found.re.groups else whole
        ends_well = whole[-1].isalnum() or whole[-1] in "=@"
        data = secret.encode()
        if ends_well and digit_runs(data) >= rule.digits and entropy(data) >= rule.entropy:
            return whole, secret


@pytest.mark.parametrize("name", RULES)
def test_a_token_is_overwritten_wherever_it_stands(name: str) -> None:
    """Each beginning of each kind, in each context: nothing of the secret is left."""
    draw = random.Random(name)
    rule = RULES[name]
    for prefix in rule.prefixes:
        for context in CONTEXTS.values():
            token, secret = _token(rule, prefix, draw)
            cleaned = redact_text("# a line\n" + context.format(token) + "\nanother\n")
            assert secret not in cleaned, context
            assert "*" * (len(secret) - 3) in cleaned, context


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.telling])
def test_a_token_with_a_telling_beginning_is_overwritten_behind_letters_and_digits(name: str) -> None:
    """Regression: one glued to a word, as branches and files are named, was kept."""
    draw = random.Random(name)
    rule = RULES[name]
    for prefix in rule.prefixes:
        for context in ("fix{}", "Backup2{} done", "refs/heads/x9{}", "# a\nkey{}\n"):
            token, secret = _token(rule, prefix, draw)
            while entropy(secret.encode()) < 3.0:
                token, secret = _token(rule, prefix, draw)
            cleaned = redact_text(context.format(token))
            assert secret not in cleaned, context
            assert "*" * (len(secret) - 3) in cleaned, context


@pytest.mark.parametrize(
    "line",
    [
        "the_ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx placeholder of documents",
        "MSG.aLongNameOfAClass_1.anotherLongName_2 = 3",
        "task-4f0d1c9a7b3e8d2f6a5c4b3e2d1f0a9b is an id",
        "self.disk_4f0d1c9a7b3e8d2f6a5c4b3e2d1f0a9b",
        "AKIAKIAKIAKIAKIAKIAKIAKIAKIA",
    ],
)
def test_a_word_that_has_a_beginning_in_it_is_no_token(line: str) -> None:
    """Only beginnings that no word has count behind letters, and only with a rest that looks drawn by chance."""
    assert redact_text(line) == line


def test_no_literal_is_both_a_beginning_and_inside() -> None:
    """Each is looked for in one of two ways."""
    inside = {prefix for rule in RULES.values() if rule.is_inside for prefix in rule.prefixes}
    assert not inside & {prefix for rule in RULES.values() if not rule.is_inside for prefix in rule.prefixes}


@pytest.mark.parametrize("name", RULES)
def test_a_token_is_long_enough_to_be_looked_for(name: str) -> None:
    """Only words of 20 bytes and more are looked at."""
    rule = RULES[name]
    for prefix in rule.prefixes:
        token, _secret = _token(rule, prefix, random.Random(1))
        assert len(token) >= 20


def test_there_are_enough_kinds_and_none_twice() -> None:
    """As the changelog says."""
    assert len(RULES) > 250
    forms = [(prefix, rule.before, rule.rest) for rule in RULES.values() for prefix in rule.prefixes]
    assert len(set(forms)) == len(forms)


def _password(draw: random.Random) -> str:
    return (
        draw.choice(("Sommer", "Winter", "Regen")) + str(draw.randint(1000, 9999)) + draw.choice(("", "!x"))
    )


TYPED = {
    "YAML": "db:\n  password: {}\n",
    "YAML, quoted": 'db:\n  password: "{}"\n',
    "properties": "spring.datasource.password={}\n",
    "environment": "export PGPASSWORD={}\npsql\n",
    "environment before a command": "PGPASSWORD={} psql -h db\n",
    "container": "docker run -e MYSQL_ROOT_PASSWORD={} mysql\n",
    "prose": "staging: password: {} is what we use",
    "prose, said": "the password is {} there",
    "ADO": "Server=db;Database=x;User Id=sa;Password={};Encrypt=true",
    "JDBC": "jdbc:mysql://db/x?user=me&password={}&ssl=true",
    "address": "postgres://svc:{}@db/x",
    "address without a user": "redis://:{}@db:6379/0",
    "curl": "curl -sS -u svc:{} https://example.com",
    "curl, long": "curl https://example.com --user 'svc:{}'",
    "sshpass": "sshpass -p {} ssh host",
    "mysql": "mysqldump -u root -p{} x",
    "redis": "redis-cli -h db -a {} ping",
    "netrc": "machine db login svc password {}\n",
    "oracle": "jdbc:oracle:thin:svc/{}@db:1521:x",
}  # fmt: skip


@pytest.mark.parametrize("context", TYPED.values(), ids=TYPED)
def test_a_password_that_somebody_made_up_is_overwritten(context: str) -> None:
    """Short, readable and without quotes: its place tells what it is."""
    password = _password(random.Random(context))
    assert password[:-1] not in redact_text("a\n" + context.format(password))


@pytest.mark.parametrize("line", ["DB_PASSWORD={}\n", "postgres://u:{}@h/x", "curl -u user:{} https://h"])
def test_a_short_password_of_small_letters_and_a_digit_is_overwritten(line: str) -> None:
    """``DB_PASSWORD=hunter…``."""
    assert redact_text(line.format("hunter" + "2x")) == line.format("*" * 8)


def test_user_and_password_in_base64_are_overwritten() -> None:
    """With or without the name of the header."""
    value = base64.b64encode(b"svc:" + _password(random.Random(3)).encode()).decode()
    for line in ("Authorization: Basic {}", "headers = {{'authorization': 'Basic {}'}}", "-H 'x: basic {}'"):
        assert value not in redact_text(line.format(value))


@pytest.mark.parametrize(
    "text",
    [
        "def check_password(password: str, stored: str) -> bool:",
        "# The password: field of the form is trimmed, commit 3f9c2d1e8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d did so.",
        "password=user2, other=1",
        "login(password=form.password1)",
        "password: Pbkdf2PasswordHasher",
        "docker run -u 1000:1000 alpine",
        "curl -u username:password https://example.com",
        "postgres://user:password@localhost/db",
        "Basic authentication",
        "password_hash = sha256(value)",
        "the password is hashed with bcrypt2",
    ],
)
def test_words_about_passwords_are_left_alone(text: str) -> None:
    """A false alarm hides code."""
    assert redact(text.encode()) == (text.encode(), 0)
