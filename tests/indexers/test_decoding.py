"""In which encoding a file is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexers.files.decoding import decode

GUESSED = {
    "gb18030": "/* 电机转速闭环控制的积分限幅 */\n",
    "big5": "// 電機轉速閉環控制的積分限幅\n",
    "cp932": "// モーターの回転数を制御する\n",
    "euc_jp": "// モーターの回転数を制御する\n",
    "cp949": "// 모터 회전 속도 제어\n",
    "cp1251": "// Проверка скорости двигателя\n",
    "koi8_r": "// Проверка скорости двигателя перед запуском\n",
    "cp1252": "/* Größe des Maßstabs – it’s “quoted” */\n",
    "cp1250": "// Sprawdź wartość współczynnika zanim włączysz żarówkę\n",
}
DECLARED = {
    "gbk": "# -*- coding: gbk -*-\n# 电机\n",
    "shift_jis": "<?xml version='1.0' encoding='Shift_JIS'?>\n<a>設定</a>\n",
    "iso8859-2": '<html><head><meta charset="iso-8859-2"></head>żółw</html>\n',
    "cp866": "/* vim: set fileencoding=cp866 */\n/* проверка тока */\n",
    "koi8-r": '@charset "koi8-r";\n/* ток */\n',
    "iso-2022-jp": "# coding: iso-2022-jp\n# 設定\n",
}


@pytest.mark.parametrize("before", ["", "int main(void) { return 0; }\n" * 300])
@pytest.mark.parametrize(("encoding", "text"), GUESSED.items())
def test_what_is_not_said_is_guessed(encoding: str, text: str, before: str) -> None:
    """A line of comment is enough; the guess is said, with the first line that it was made for."""
    found = decode((before + text).encode(encoding))
    assert found.text.decode() == before + text
    assert found.problem is not None
    assert found.problem.message == f"encoding guessed: {encoding}"
    assert found.problem.line == before.count("\n") + 1


@pytest.mark.parametrize(("encoding", "text"), DECLARED.items())
def test_what_is_declared_is_believed(encoding: str, text: str) -> None:
    """A comment of Python, Emacs or Vim, an XML declaration, a meta tag, a rule of CSS: nothing is uncertain."""
    found = decode(text.encode(encoding))
    assert found.text.decode() == text
    assert found.problem is None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8"])
def test_a_mark_is_certain(encoding: str) -> None:
    """UTF-16 and UTF-32 become UTF-8 without a mark."""
    found = decode("größe = '电机'\n".encode(encoding))
    assert found.text.decode() == "größe = '电机'\n"
    assert found.problem is None


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_guessed(encoding: str) -> None:
    """Its NUL bytes stand at every second place."""
    found = decode("class A { int größe; } // 电机\n".encode(encoding))
    assert found.text.decode() == "class A { int größe; } // 电机\n"
    assert found.problem is not None


def test_a_false_declaration_is_not_believed() -> None:
    """UTF-8 that calls itself Latin-1 is UTF-8."""
    text = '<meta charset="iso-8859-1">größe\n'
    assert decode(text.encode()).text.decode() == text


@given(st.binary(max_size=300))
def test_no_bytes_are_refused(data: bytes) -> None:
    """Whatever the bytes are, there is a text, with as many lines where ASCII is what it seems."""
    found = decode(data)
    assert isinstance(found.text, bytes)
    if b"\n" in data and not {0, 27, ord("~")} & set(data):
        assert found.text.count(b"\n") == data.count(b"\n")


def test_lines_that_end_with_a_carriage_return_are_lines() -> None:
    """An old file has as many lines as its author saw; a return before a line feed stays."""
    assert decode(b"int a;\rint b;\r").text == b"int a;\nint b;\n"
    assert decode(b"int a;\r\nint b;\r").text == b"int a;\r\nint b;\r"


def test_one_broken_byte_does_not_cost_a_guess() -> None:
    """Most of a file in GBK is worth more than none."""
    found = decode(("/* 电机转速闭环控制的积分限幅 */\n" * 200).encode("gbk") + b"\xff\n")
    assert "积分限幅" in found.text.decode()
    assert found.problem is not None
