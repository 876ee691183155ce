"""Edges across files of Lua: what modules return, tables that are classes, globals (notation: see linking)."""

# ruff: noqa: E501 - a source is a line

from __future__ import annotations

import pytest
from linking import Case, check, check_what_holds

POINT = "local Point = {}\nPoint.__index = Point\nfunction Point.new(x) local self = setmetatable({}, Point); return self end\nfunction Point:move(dx) return self end\nfunction Point:norm() return 1 end\nreturn Point\n"
CASES: dict[str, Case] = {
    "a module's functions, however they are written, and what a table lists": (
        {"a/b.lua": "local M = {}\nfunction M.f() end\nM.g = function() end\nlocal function h() end\nM.h = h\nreturn M\n", "t.lua": "local function one() end\nlocal T = { one = one }\nreturn T\n",
         "u.lua": "local m = require('a.b')\nlocal t = require 't'\nlocal function run() m.f(); m.g(); m.h(); t.one() end\n"},
        ["u.lua:run -> a/b.lua:M.f exact", "u.lua:run -> a/b.lua:M.g exact", "u.lua:run -> a/b.lua:h inferred", "u.lua:run -> t.lua:one inferred"],
    ),
    "objects: what a constructor makes, what a method gives back, what a class inherits": (
        {"p.lua": POINT, "s.lua": "local Point = require 'p'\nlocal Sub = setmetatable({}, { __index = Point })\nfunction Sub:own() return self:move(1) end\nfunction Sub.make() return setmetatable({}, Sub) end\nreturn Sub\n",
         "v.lua": "local Point = require 'p'\nlocal View = Point:extend()\nfunction View:draw() end\nreturn View\n",
         "u.lua": "local Point = require 'p'\nlocal Sub = require 's'\nlocal View = require 'v'\nlocal function a() local p = Point.new(1); p:move(2):norm() end\nlocal function b() Sub.make():own() end\n"
                  "local function c() local v = View(); v:draw(); v:norm() end\nlocal function d(q) q:move() end\n"},
        ["s.lua:Sub => p.lua:Point exact", "v.lua:View => p.lua:Point exact", "s.lua:Sub.own -> p.lua:Point.move exact", "u.lua:a -> p.lua:Point.new exact", "u.lua:a -> p.lua:Point.move inferred",
         "u.lua:a -> p.lua:Point.norm inferred", "u.lua:b -> s.lua:Sub.make exact", "u.lua:b -> s.lua:Sub.own inferred", "u.lua:c -> v.lua:View exact", "u.lua:c -> v.lua:View.draw inferred",
         "u.lua:c -> p.lua:Point.norm inferred"],
    ),
    "globals: of the one file that sets them; not what is local to another, nor what two files set": (
        {"g.lua": "function shared() end\ncore = {}\nfunction core.go() end\nfunction twice() end\nlocal function own() end\n", "h.lua": "function twice() end\n",
         "u.lua": "local function run() shared(); core.go(); twice(); own() end\n"},
        ["u.lua:run -> g.lua:shared inferred", "u.lua:run -> g.lua:core.go inferred"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_names_are_followed_across_files(name: str) -> None:
    check(CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_links_that_saw_nothing_of_a_file_hold_without_it(name: str) -> None:
    check_what_holds(CASES[name])
