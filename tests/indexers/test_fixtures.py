"""Which fixture a test asks for by a parameter's name."""

from __future__ import annotations

from indexers import fixtures, registry


def test_the_nearest_fixture_of_a_name_is_the_one():
    """The class's own, the file's, then conftest.py upwards; plain parameters and builtin fixtures are none."""
    files = {
        "conftest.py": "@pytest.fixture\ndef db(): ...\n@pytest.fixture\ndef user(db): ...\n",
        "tests/conftest.py": "import pytest\n@pytest.fixture(scope='session')\ndef db(): ...\n",
        "tests/test_a.py": """
import pytest
@pytest.fixture
def client(db, user): ...
class TestA:
    @pytest.fixture
    def client(self, client): ...
    def test_x(self, client, tmp_path, number=f(db), *, user: User): ...
def test_y(client, unknown): ...
def helper(client): ...
""",
    }
    facts = {path: registry.extract("python", text.encode()) for path, text in files.items()}
    defined = {path: fixtures.fixtures(one) for path, one in facts.items()}
    found = fixtures.uses("tests/test_a.py", facts["tests/test_a.py"], lambda path: defined.get(path, {}))
    assert [f"{use.qualname} -> {use.path}:{use.fixture}" for use in found] == [
        "client -> tests/conftest.py:db",
        "client -> conftest.py:user",
        "TestA.client -> tests/test_a.py:client",
        "TestA.test_x -> tests/test_a.py:TestA.client",
        "TestA.test_x -> conftest.py:user",
        "test_y -> tests/test_a.py:client",
    ]
    found = fixtures.uses("conftest.py", facts["conftest.py"], lambda path: {})
    assert [(use.qualname, use.fixture) for use in found] == [("user", "db")]
