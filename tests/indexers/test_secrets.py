"""Credentials are overwritten in place and nothing else is. The planted ones are put together at run time,
so that no scanner takes this file for a leak."""

from __future__ import annotations

import random
import string

import pytest
from growth import assert_linear
from hypothesis import given
from hypothesis import strategies as st

from indexers.secrets import redact, redact_text

_RANDOM = random.Random(7)
_ALNUM = string.ascii_letters + string.digits


def _random(length: int, alphabet: str = _ALNUM) -> str:
    return "".join(_RANDOM.choices(alphabet, k=length))


_HEX = "0123456789abcdef"
_UPPER = string.ascii_uppercase + string.digits
_BASE64_LINES = "\n".join(_random(64, _ALNUM + "+/") for _ in range(6))
_HIDDEN = {
    "aws id": "AK" + "IA" + _random(16, _UPPER),
    "aws temporary id": "AS" + "IA" + _random(16, _UPPER),
    "github classic": "gh" + "p_" + _random(36),
    "github app": "gh" + "s_" + _random(36),
    "github fine-grained": "github" + "_pat_" + _random(22) + "_" + _random(59),
    "gitlab": "gl" + "pat-" + _random(20),
    "slack bot": "xo" + "xb-" + _random(12, string.digits) + "-" + _random(24),
    "stripe live": "sk" + "_live_" + _random(24),
    "stripe test": "rk" + "_test_" + _random(24),
    "google api": "AI" + "za" + _random(35),
    "google oauth": "ya" + "29." + _random(60),
    "npm": "np" + "m_" + _random(36),
    "pypi": "py" + "pi-" + "AgEIcHlwaS5vcmc" + _random(80),
    "jwt": "ey" + "J" + _random(30) + ".ey" + "J" + _random(60) + "." + _random(43),
    "sendgrid": "S" + "G." + _random(22) + "." + _random(43),
    "openai project": "sk" + "-proj-" + _random(48),
    "anthropic": "sk" + "-ant-api03-" + _random(80),
    "hugging face": "h" + "f_" + _random(34),
    "docker": "dckr" + "_pat_" + _random(27),
    "vault": "hv" + "s." + _random(90),
    "azure client secret": "a1B" + "8Q" + "~" + _random(34),
}
_IN_CONTEXT = {
    "url": ("postgres://app:", "s3cr" + "et-Pa55", "@db.internal/main"),
    "azure storage": ("DefaultEndpointsProtocol=https;AccountKey=", _random(86) + "==", ";"),
    "aws secret in a sentence": ("aws_secret_access_key=", _random(40, _ALNUM + "+/"), " was in the log"),
    "aws secret of few digits": ("AWS_SECRET_ACCESS_KEY: ", _random(40, string.ascii_letters), "\n"),
    "azure sas": ("https://x.blob.core.windows.net/c?sv=1&sig=", _random(43) + "%3D", "&se=2"),
    "slack hook": ("https://hooks.slack.com/services/", "T0" + _random(9) + "/B0" + _random(30), ""),
    "bearer": ("Authorization: Bearer ", _random(40) + "7a8b", ""),
    "basic": ("Authorization: Basic ", _random(24) + "==", ""),
    "python literal": ('api_key = "', _random(32), '"'),
    "python annotated": ('SECRET_KEY: str = "', _random(50, _ALNUM + "!@#"), '"'),
    "json": ('{"client_secret": "', _random(40), '"}'),
    "javascript": ("const authToken = '", _random(32, _HEX), "';"),
    "environment": ("export AWS_SECRET_ACCESS_KEY=", _random(40, _ALNUM + "/+"), "\nexport X=1"),
    "subscript": ('os.environ["DB_PASSWORD"] = "', "Tr0ub4dor" + "&3x", '"'),
    "ini": ("password = ", _random(24), "\n"),
    "yaml": ("  token: ", _random(40, _HEX), "\n"),
    "flag in a list": (
        'CMD ["run", "--password=',
        _random(20),
        '"]',
    ),  # regression: kept, and shown by operations
    "flag and value with a space between": ("mysql --user me --db-password ", "Hunter2!xkcd", " -e x\n"),
    "flag in a script": ('{"scripts": {"up": "go --api-key=', _random(32), '"}}'),
}
_CLEAN = [
    'token = "refresh_token_expired"',
    'password = "%(password)s"',
    'secret = os.environ["MY_SECRET_NAME_2"]',
    "api_key: str = Field(default=None)",
    'TOKEN_URL = "https://example.com/oauth2/token/v1"',
    "url = 'amqp://guest:guest@localhost//'",
    "sqs://aws_access_key_id:aws_secret_access_key@",
    "redis://user:${REDIS_PASSWORD}@host",
    'if "-----BEGIN RSA PRIVATE KEY-----" in text: return "-----END RSA PRIVATE KEY-----"',
    'append("-----BEGIN PRIVATE KEY-----\\n")\nencodeBase64Lines(keyPair.private.encoded.toByteString())\n'
    'append("-----END PRIVATE KEY-----\\n")',
    "password_hasher_path = 'django.contrib.auth.hashers.PBKDF2PasswordHasher'",
    "token = self.lexer.next_token_2(utf8_to_utf16_table)",
    "commit 5dc781f0bd5f36186bfcc74e0a4f9f654452c69b reverts 571efe81202341310b6257304980ba7898ab0f60",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    'css = ".sk-folding-cube-with-a-very-long-class-name-2024-01"',
    "id = '550e8400-e29b-41d4-a716-446655440000'",
    "integrity sha512-" + "A" * 86 + "==",
    'token_type = "urn:ietf:params:oauth:token-type:access_token"',
]


@pytest.mark.parametrize("secret", _HIDDEN.values(), ids=_HIDDEN.keys())
def test_a_token_with_its_own_shape_is_overwritten_wherever_it_stands(secret: str) -> None:
    """Vendor tokens are found by shape alone: in code, in prose, twice."""
    text = f"x = '{secret}'\n# see {secret}, ok\n{secret}\n"
    cleaned = redact_text(text)
    assert secret not in cleaned
    assert cleaned == text.replace(secret, "*" * len(secret))


@pytest.mark.parametrize(("before", "secret", "after"), _IN_CONTEXT.values(), ids=_IN_CONTEXT.keys())
def test_a_secret_that_only_its_context_tells_is_overwritten(before: str, secret: str, after: str) -> None:
    """Only the value goes; the name, the quotes and the host stay readable."""
    assert redact_text(f"# a\n{before}{secret}{after}") == f"# a\n{before}{'*' * len(secret)}{after}"


@pytest.mark.parametrize("kind", ["RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", ""])
def test_a_private_key_block_keeps_its_lines_and_nothing_else(kind: str) -> None:
    """Line numbers after a key block stay right."""
    dashes = "-" * 5
    block = f"{dashes}BEGIN {kind}PRIVATE KEY{dashes}\n{_BASE64_LINES}\n{dashes}END {kind}PRIVATE KEY{dashes}"
    cleaned, count = redact(f"a = 1\n{block}\nb = 2\n".encode())
    assert count == 1
    assert cleaned.count(b"\n") == block.count("\n") + 3
    assert set(cleaned[6 : 6 + len(block)]) <= set(b"*\n")
    assert cleaned.endswith(b"\nb = 2\n")


def test_a_key_inside_json_or_cut_off_is_overwritten() -> None:
    """Escaped line ends and a missing END line do not save a key."""
    dashes = "-" * 5
    escaped = _BASE64_LINES.replace("\n", "\\n")
    for text in (
        f'"private_key": "{dashes}BEGIN PRIVATE KEY{dashes}\\n{escaped}\\n{dashes}END PRIVATE KEY{dashes}\\n"',
        f"{dashes}BEGIN PRIVATE KEY{dashes}\n{_BASE64_LINES}",
    ):
        assert not any(line in redact_text(text) for line in _BASE64_LINES.split("\n"))


@pytest.mark.parametrize("text", _CLEAN)
def test_code_about_secrets_is_left_alone(text: str) -> None:
    """Names, paths, templates, hashes and placeholders are no secrets: a false hit hides code."""
    assert redact_text(text) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_files_are_cleaned_too(encoding: str) -> None:
    """A byte-order mark does not hide a secret; length and other characters stay."""
    mark = "\ufeff"
    secret = _HIDDEN["github classic"]
    data = f"{mark}naïve \U0001f600 = '{secret}'\r\n".encode(encoding)
    cleaned, count = redact(data)
    assert (count, len(cleaned)) == (1, len(data))
    assert cleaned.decode(encoding) == f"{mark}naïve \U0001f600 = '{'*' * len(secret)}'\r\n"


@given(st.binary(max_size=400), st.sampled_from(sorted(_HIDDEN)), st.binary(max_size=400))
def test_length_and_lines_never_change_and_nothing_is_left(before: bytes, name: str, after: bytes) -> None:
    """Whatever surrounds a secret: same length, same line ends, found again never."""
    data = (
        before.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
        + b" "
        + _HIDDEN[name].encode()
        + b" "
        + after
    )
    cleaned, count = redact(data)
    assert count >= 1
    assert len(cleaned) == len(data)
    assert [i for i, c in enumerate(cleaned) if c in b"\r\n"] == [
        i for i, c in enumerate(data) if c in b"\r\n"
    ]
    assert _HIDDEN[name].encode() not in cleaned


@pytest.mark.parametrize(
    "unit",
    [
        b"-----BEGIN PRIVATE KEY-----",
        b"eyJ",
        b"://a:",
        b"token",
        b'token="',
        b"gh" + b"p_",
        b"a" * 30 + b" ",
        b"=" * 9,
    ],
)
def test_hostile_repetition_costs_linear_time(unit: bytes) -> None:
    """A MiB of what a rule begins with costs no more than its length."""
    assert_linear(lambda size: redact(unit * (size // len(unit))), 1_048_576)


def test_clean_code_passes_unchanged_in_linear_time() -> None:
    """Words that come near to a rule overwrite nothing."""
    line = b"    def next_token(self, parser: Parser) -> Token:  # the caller passes the password on\n"
    data = (line + b"        return self.tokens[self.position].text.strip().lower()\n" * 6) * 4000
    assert redact(data) == (data, 0)
    assert_linear(lambda size: redact(data[:size]), len(data))


def test_a_token_behind_a_dash_is_found() -> None:
    """Regression: ``topic-`` and ``_`` before a token hid it."""
    token = "ghp" + "_" + "a1B2c3D4e5" * 4
    for before in ("topic-", "x_"):
        assert redact_text(before + token) == before + "*" * len(token)
