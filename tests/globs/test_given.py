"""What a caller means by a path: one rule for every verb and tool."""

from __future__ import annotations

import os
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from memoryd.globs import given as rule
from memoryd.globs.given import Standpoint

ROOT = "/work/project"
FILES = (
    "a.py",
    "pkgs/api/pay.py",
    "pay.py",
    "pkgs/web/page.py",
    "app/blog/[slug]/page.tsx",
    "app/blog/s/page.tsx",
    "app/[...rest]/page.tsx",
    "a:b.py",
    "@scope/pkg/index.ts",
    "what is this?.md",
)
NAMES = st.text(st.sampled_from("ab.[]{}*?@:#-_ é(),!+"), min_size=1, max_size=8).filter(
    lambda name: name not in (".", "..") and name == name.strip(" `\"'") and not name.endswith("()")
)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join).filter(lambda path: not path.startswith("/"))


def meant(text: str, folder: str = "", files=FILES) -> str | None:
    """The path of the scope that the text means, None for none."""
    there = lambda path: not path or path in files or any(file.startswith(f"{path}/") for file in files)  # noqa: E731
    found = rule.scope(text, Standpoint(ROOT, folder), there, lambda: files)
    return found.text if found else None


@pytest.mark.parametrize(
    ("text", "folder", "path"),
    [
        ("pay.py", "", "pay.py"),
        ("./pay.py", "", "pay.py"),
        ("pay.py", "pkgs/api", "pkgs/api/pay.py"),  # from where one stands, as with git
        ("a.py", "pkgs/api", "a.py"),  # else from the root, as answers say it
        ("../web/page.py", "pkgs/api", "pkgs/web/page.py"),
        ("../../pay.py", "pkgs/api", "pay.py"),
        (".", "pkgs/api", "pkgs/api"),
        (".", "", ""),
        (ROOT, "", ""),
        (f"{ROOT}/pay.py", "pkgs/api", "pay.py"),
        (f"{ROOT}/pkgs/", "", "pkgs"),
        (f"file://{ROOT}/pay.py", "", "pay.py"),
        (f"file://localhost{ROOT}/app/blog/%5Bslug%5D/page.tsx", "", "app/blog/[slug]/page.tsx"),
        ("pay.py:12", "", "pay.py"),
        ("pay.py:12:5", "", "pay.py"),
        ("pay.py:12-20", "", "pay.py"),
        ("pay.py#L12", "", "pay.py"),
        ("pay.py#L12-L20", "", "pay.py"),
        ("pay.py#L12C3-L20C1", "", "pay.py"),
        ("pay.py:Till.refund", "", "pay.py"),
        ("pay.py::TestTill::test_refund", "", "pay.py"),
        ("@pay.py", "", "pay.py"),
        ("@pay.py:12", "", "pay.py"),
        ("@scope/pkg", "", "@scope/pkg"),
        ("a:b.py", "", "a:b.py"),
        ("a:b.py:sym", "", "a:b.py"),
        ("a:b.py:7", "", "a:b.py"),
        ("app/blog/[slug]/page.tsx", "", "app/blog/[slug]/page.tsx"),
        ("[slug]/page.tsx", "app/blog", "app/blog/[slug]/page.tsx"),
        ("app/[...rest]", "", "app/[...rest]"),
        ("what is this?.md", "", "what is this?.md"),
        ("*.md", "", "*.md"),
        ("pkgs/*/pay.py", "", "pkgs/*/pay.py"),
        ("*/pay.py", "pkgs", "pkgs/*/pay.py"),
        ("*.tsx", "app/blog/[slug]", "app/blog/\\[slug\\]/**/*.tsx"),
        ("`pay.py`", "", "pay.py"),
        ("../pay.py", "", None),
        ("/etc/passwd", "", None),
        (f"{ROOT}-evil/pay.py", "", None),
        (f"{ROOT}/../project-evil/pay.py", "", None),
        ("nosuch.py", "pkgs/api", None),
        ("", "", None),
        ("\0", "", None),
        (f"{ROOT}/\0", "", None),
    ],
)
def test_a_text_means(text, folder, path):
    """Each form names the file or folder that its writer has in mind, or none."""
    assert meant(text, folder) == path


@budget(max_examples=300, deadline=None)
@given(PATHS, PATHS)
def test_a_path_that_exists_is_itself_in_every_form(path, other):
    """Whatever signs a name has, its file is meant: as it stands, absolute, as an address, and from any folder."""
    assume(other != path and not other.startswith(f"{path}/") and not path.startswith(f"{other}/"))
    files = (path, other)
    for text in (path, f"./{path}", f"{ROOT}/{path}", f"file://{ROOT}/{quote(path)}"):
        assert meant(text, files=files) == path
    folder = "some/folder"
    assert meant(os.path.relpath(path, folder), folder, files=files) == path


@budget(max_examples=300, deadline=None)
@given(PATHS, st.integers(1, 99_999))
def test_a_line_behind_a_path_does_not_change_its_file(path, line):
    """`:12`, `#L12` and ranges are about a place in the file."""
    for text in (
        f"{path}:{line}",
        f"{path}#L{line}",
        f"{path}:{line}-{line + 3}",
        f"{path}#L{line}-L{line + 3}",
    ):
        assert meant(text, files=(path,)) == path


@budget(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["", "pkgs/api"]))
def test_no_text_leads_out_of_the_project(text, folder):
    """Every reading is a plain path below the root."""
    for reading in rule.readings(text, Standpoint(ROOT, folder)):
        assert not reading.path.startswith("/")
        assert ".." not in reading.path.split("/")


def test_a_link_into_the_project_is_followed_to_it(tmp_path):
    """Who works through a link to the checkout names its files by that link."""
    root = tmp_path / "real"
    (root / "src").mkdir(parents=True)
    (tmp_path / "link").symlink_to(root)
    here = rule.standpoint(str(root), f"{tmp_path}/link/src")
    assert here.folder == "src"
    assert rule.readings(f"{tmp_path}/link/src/a.py", here)[0].path == "src/a.py"


@pytest.mark.parametrize(
    ("text", "said"),
    [("Pay.py", "pay.py"), ("pgks/api/pay.py", "pkgs/api/pay.py"), ("pkgs/api/pya.py", "pay.py")],
)
def test_a_name_that_is_nearly_right_is_hinted_at(text, said):
    """Another case, another folder, letters in another order."""
    assert said in rule.absent(text, Standpoint(ROOT), FILES).next_step


def test_a_path_outside_says_so():
    """It is not called misspelt: the reader has to name the other project."""
    assert "outside the project" in rule.absent("/other/pay.py", Standpoint(ROOT), FILES).what
