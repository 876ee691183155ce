"""Rules that projects declare: one snippet per tool, with what it must give."""

from __future__ import annotations

import textwrap

import pytest
from growth import assert_linear
from hypothesis import given, settings
from hypothesis import strategies as st

from indexers.constraints.literal import OPAQUE, LiteralScript, is_literal
from indexers.constraints.prose import home
from indexers.constraints.read import MAX_RULES, constraints
from indexers.facts import Comment, Constraint, FileFacts
from indexers.parse import parse_file
from indexers.registry import language_of

FACTS = FileFacts("text")


def read(path: str, text: str, facts: FileFacts = FACTS) -> list[Constraint]:
    return list(constraints(path, textwrap.dedent(text).encode(), facts))


def one(path: str, text: str) -> Constraint:
    (found,) = read(path, text)
    return found


# -- import-linter

CONTRACTS = """\
[tool.importlinter]
root_packages = ["app"]
exclude_type_checking_imports = true

# The web must stay thin:
# ask Ann before you change this.
[[tool.importlinter.contracts]]
name = "layers of the app"
type = "layers"
containers = ["app.web", "app.api"]
layers = ["(views)", "forms | widgets", "models"]
ignore_imports = ["app.web.models -> app.web.views"]

[[tool.importlinter.contracts]]
name = "no django below"
type = "forbidden"
source_modules = ["app.core"]
forbidden_modules = ["django"]
allow_indirect_imports = "true"

[[tool.importlinter.contracts]]
name = "plugins stand alone"
type = "independence"
modules = ["app.a", "app.b"]

[[tool.importlinter.contracts]]
name = "ours"
type = "app.contracts.OurContract"
"""


def test_import_linter_contracts_in_pyproject() -> None:
    """One layers rule per container, siblings and exceptions as written, the comment above as the message."""
    web, api, forbidden, independent, own = read("pyproject.toml", CONTRACTS)
    assert (web.kind, web.severity, web.tool, web.name) == (
        "layers",
        "block",
        "import-linter",
        "layers of the app",
    )
    assert web.subject == ("app.web.views", "app.web.forms | app.web.widgets", "app.web.models")
    assert api.subject[0] == "app.api.views"
    assert web.exceptions == ("app.web.models -> app.web.views", "type-checking imports")
    assert (web.line, web.end_line) == (7, 12)
    assert web.message == "The web must stay thin: ask Ann before you change this."
    assert (forbidden.kind, forbidden.subject, forbidden.target) == (
        "forbid_import",
        ("app.core",),
        ("django",),
    )
    assert "indirect imports" in forbidden.exceptions
    assert (independent.kind, independent.subject) == ("layers", ("app.a | app.b",))
    assert (own.kind, bool(own.not_checkable)) == ("prose", True)


@pytest.mark.parametrize("path", [".importlinter", "setup.cfg"])
def test_import_linter_contracts_in_ini_files(path: str) -> None:
    """The same contracts, one entry per line."""
    text = """\
    [importlinter]
    root_package = app

    [importlinter:contract:1]
    name = core is pure
    type = forbidden
    source_modules =
        app.core
    forbidden_modules =
        app.web
        requests
    """
    rule = one(path, text)
    assert (rule.name, rule.subject, rule.target, rule.line) == (
        "core is pure",
        ("app.core",),
        ("app.web", "requests"),
        4,
    )


def test_protected_modules_may_be_imported_by_those_named() -> None:
    """A protected contract forbids everybody else."""
    text = """\
    [[tool.importlinter.contracts]]
    name = "models are private"
    type = "protected"
    protected_modules = ["app.models"]
    allowed_importers = ["app.store"]
    """
    rule = one("pyproject.toml", text)
    assert (rule.kind, rule.subject, rule.target) == ("forbid_import", (), ("app.models",))
    assert {"app.store", "app.models"} <= set(rule.exceptions)


# -- ruff, flake8, deptry

BANNED = """\
[tool.ruff.lint]
select = ["E", "TID"]

[tool.ruff.lint.per-file-ignores]
"tests/**" = ["TID251"]

[tool.ruff.lint.flake8-tidy-imports.banned-api]
"requests".msg = "Use httpx: it can be async."
"""


def test_ruffs_banned_api_blocks_where_its_code_is_selected() -> None:
    """Otherwise ruff would not fail, and the rule only warns."""
    rule = one("pyproject.toml", BANNED)
    assert (rule.kind, rule.severity, rule.target, rule.line) == ("forbid_import", "block", ("requests",), 8)
    assert (rule.message, rule.exceptions) == ("Use httpx: it can be async.", ("tests/**",))
    assert one("pyproject.toml", BANNED.replace('"TID"', '"F"')).severity == "warn"
    nested = one("web/ruff.toml", BANNED.replace("tool.ruff.lint", "lint").replace("[lint]", "[lint]"))
    assert (nested.scope, nested.exceptions) == (("web/**",), ("web/tests/**",))


def test_what_ruff_forbids_by_the_form_of_a_statement_is_listed_as_not_checkable() -> None:
    """Relative imports and imports at the top of a module are no ban of a module."""
    text = """\
    [lint.flake8-tidy-imports]
    ban-relative-imports = "all"
    banned-module-level-imports = ["torch"]
    """
    assert [(rule.name, bool(rule.not_checkable)) for rule in read("ruff.toml", text)] == [
        ("TID253", True), ("TID252", True),
    ]  # fmt: skip


def test_flake8_tidy_imports() -> None:
    """``name = what instead``, a line each."""
    text = """\
    [flake8]
    banned-modules =
        mock = Use unittest.mock
        nose.* = Use pytest
    """
    assert [(r.target, r.message, r.severity) for r in read("setup.cfg", text)] == [
        (("mock",), "Use unittest.mock", "block"), (("nose",), "Use pytest", "block"),
    ]  # fmt: skip


def test_deptry_is_listed_and_not_run() -> None:
    """It needs the installed environment."""
    rule = one("pyproject.toml", '[tool.deptry]\nignore = ["DEP003"]\n')
    assert (rule.tool, rule.kind, bool(rule.not_checkable)) == ("deptry", "ban_dependency", True)


# -- ESLint


def test_eslint_no_restricted_imports_in_json() -> None:
    """Paths are exact, groups are globs, single names are marked; severity is ESLint's."""
    text = """\
    {
      // comments are fine
      "rules": {
        "no-restricted-imports": ["error", {
          "paths": ["moment", {"name": "react", "importNames": ["useState"], "message": "Use our hook."}],
          "patterns": [{"group": ["lodash/*", "!lodash/pick"], "message": "Too large."}, {"regex": "^x"}]
        }],
        "no-restricted-modules": [1, "fs"],
        "no-restricted-globals": ["error", "event"]
      }
    }
    """
    found = read("web/.eslintrc.json", text)
    assert [(r.severity, r.target, r.message) for r in found] == [
        ("block", ("moment",), ""),
        ("block", ("react#useState",), "Use our hook."),
        ("block", ("glob:lodash/*", "glob:!lodash/pick"), "Too large."),
        ("block", (), ""),
        ("warn", ("fs",), ""),
    ]
    assert [bool(r.not_checkable) for r in found] == [False, False, False, True, False]
    assert {r.scope for r in found} == {("web/**",)}
    assert (found[0].line, found[0].end_line) == (4, 7)


def test_eslint_config_in_javascript_is_read_as_text() -> None:
    """Literals count; what only running would tell is listed as such. ``files`` and later settings narrow."""
    text = """\
    import { banned } from './banned.js'
    export default [
      { rules: { 'no-restricted-imports': ['error', 'moment'] } },
      {
        files: ['scripts/**', '*.{cjs,mjs}'],
        ignores: ["scripts/new/**"],
        rules: { 'no-restricted-imports': 'off', 'no-restricted-modules': ['error', ...banned] },
      },
    ] satisfies Config[]
    """
    plain, computed = read("eslint.config.js", text)
    assert plain.scope == ("!scripts/**", "!./*.{cjs,mjs}")
    assert (plain.target, plain.not_checkable) == (("moment",), "")
    assert computed.scope == ("scripts/**", "./*.{cjs,mjs}", "!scripts/new/**")
    assert "computed" in computed.not_checkable


def test_a_name_without_a_slash_means_what_the_tool_says() -> None:
    """In an .eslintrc and for ruff it is such a name in whatever folder below the file, in an eslint.config.js one
    beside it."""
    text = '{"overrides": [{"files": "*.ts", "rules": {"no-restricted-imports": ["error", "moment"]}}]}'
    assert one("web/.eslintrc.json", text).scope == ("web/**/*.ts",)
    flat = "export default [{ files: ['*.ts'], rules: { 'no-restricted-imports': ['error', 'moment'] } }]"
    assert one("web/eslint.config.js", flat).scope == ("web/*.ts",)
    assert one("eslint.config.js", flat).scope == ("./*.ts",)
    ruff = (
        'lint.select = ["TID"]\nlint.per-file-ignores = {"__init__.py" = ["TID251"], "lib/*.py" = ["TID"]}\n'
        'lint.flake8-tidy-imports.banned-api."cgi".msg = "gone"\n'
    )
    assert one("ruff.toml", ruff).exceptions == ("**/__init__.py", "lib/*.py")


def test_eslint_zones_say_which_folder_may_not_import_which() -> None:
    """Target and origin as globs from the root, the origin with ``./`` since it is files and no module."""
    text = """\
    rules:
      import/no-restricted-paths:
        - 2
        - basePath: ./src
          zones:
            - target: ./server
              from: ./client
              except: ["./shared"]
              message: The server knows no client.
    """
    rule = one("pkg/.eslintrc.yml", text)
    assert (rule.kind, rule.severity) == ("forbid_import", "block")
    assert (rule.subject, rule.target) == (("pkg/src/server/**",), ("./pkg/src/client/**",))
    assert rule.exceptions == ("pkg/src/client/shared/**",)
    assert rule.message == "The server knows no client."


def test_a_selector_of_syntax_is_listed() -> None:
    """no-restricted-syntax keeps its message and says why it is not run."""
    text = "module.exports = {rules: {'no-restricted-syntax': ['warn', {selector: 'ForIn', message: 'Use for-of.'}]}}"
    rule = one(".eslintrc.cjs", text)
    assert (rule.kind, rule.severity, rule.message) == ("ban_pattern", "warn", "Use for-of.")
    assert rule.not_checkable


# -- depguard, ArchUnit, dependency-cruiser, cargo-deny, CODEOWNERS

GOLANGCI = """\
linters:
  enable: [depguard]
  settings:
    depguard:
      rules:
        main:
          files: ["$all", "!$test", "!**/cmd/**"]
          deny:
            - pkg: github.com/pkg/errors
              desc: use the standard library
        strict:
          allow: [$gostd]
"""


def test_depguard_lists() -> None:
    """A denied package blocks where depguard is enabled; an allow list is listed only."""
    denied, allowed = read(".golangci.yml", GOLANGCI)
    assert (denied.severity, denied.target, denied.message) == (
        "block", ("github.com/pkg/errors",), "use the standard library",
    )  # fmt: skip
    assert denied.scope == ("!**/*_test.go", "!**/cmd/**")
    assert (denied.line, denied.end_line) == (9, 10)
    assert "allow list" in allowed.not_checkable
    assert read(".golangci.yml", GOLANGCI.replace("[depguard]", "[gofmt]"))[0].severity == "warn"


def test_depguard_before_rules() -> None:
    """The first version had one list for all files."""
    text = """\
    linters-settings:
      depguard:
        packages: [log]
        packages-with-error-message:
          - io/ioutil: deprecated
    """
    assert [(r.target, r.message) for r in read(".golangci.yaml", text)] == [
        (("log",), ""), (("io/ioutil",), "deprecated"),
    ]  # fmt: skip


def test_archunit_rules() -> None:
    """Packages of noClasses and of layers; anything finer is listed as not checkable."""
    text = """\
    import com.tngtech.archunit.lang.ArchRule;

    class RulesTest {
        // Services are called, they do not call.
        @ArchTest
        static final ArchRule services = noClasses().that().resideInAPackage("..service..")
            .should().dependOnClassesThat().resideInAnyPackage("..web..", "..ui..")
            .because("the web " + "is a detail");

        ArchRule layers = layeredArchitecture().consideringAllDependencies()
            .layer("Web").definedBy("..web..").layer("Store").definedBy("..store..").layer("Ops").definedBy("..ops..")
            .whereLayer("Store").mayOnlyBeAccessedByLayers("Web");

        ArchRule named = classes().that().haveSimpleNameEndingWith("Dao").should().bePackagePrivate();
        ArchRule finer = noClasses().that().areAnnotatedWith(Bean.class).should().dependOnClassesThat()
            .resideInAPackage("..ui..");
    }
    """
    services, store, named, finer = read("src/test/java/RulesTest.java", text)
    assert (services.kind, services.severity) == ("forbid_import", "block")
    assert (services.subject, services.target) == (("..service..",), ("..web..", "..ui.."))
    assert (services.message, services.not_checkable) == ("the web is a detail", "")
    assert (store.subject, store.target) == (("..ops..",), ("..store..",))
    assert named.not_checkable
    assert finer.not_checkable
    assert read("src/test/java/RulesTest.java", text.replace('.because("the web " + "is a detail")', ""))[
        0
    ].message == ("Services are called, they do not call.")
    assert read("src/test/java/RulesTest.java", "class T { void t() { noClasses(); } }") == []


def test_dependency_cruiser() -> None:
    """Regular expressions that are plain paths become globs; the others are listed."""
    text = """\
    module.exports = {
      forbidden: [
        { name: 'no-ui-in-core', severity: 'error', comment: 'The core is pure.',
          from: { path: '^src/core/' }, to: { path: '^src/(ui|web)/', pathNot: '^src/ui/types\\\\.ts$' } },
        { name: 'no-cycles', severity: 'warn', from: {}, to: { circular: true } },
        { name: 'clever', from: { path: 'src/(?!x)' }, to: { path: '^a.+b' } },
        { name: 'off', severity: 'ignore', from: {}, to: { path: '^x/' } },
      ],
    }
    """
    core, cycles, clever = read(".dependency-cruiser.js", text)
    assert (core.severity, core.subject, core.message) == ("block", ("src/core/**",), "The core is pure.")
    assert (core.target, core.exceptions) == (("./src/ui/**", "./src/web/**"), ("src/ui/types.ts",))
    assert (core.line, core.not_checkable) == (3, "")
    assert cycles.not_checkable
    assert clever.not_checkable


def test_cargo_deny() -> None:
    """Whole crates are banned; a range of versions or wrappers are listed."""
    text = """\
    [bans]
    deny = [
        # rustls only
        { crate = "openssl" },
        { name = "time", version = "<0.2", reason = "unsound" },
        "chrono@0.3",
    ]
    """
    found = read("deny.toml", text)
    assert [(r.kind, r.target, r.message, bool(r.not_checkable)) for r in found] == [
        ("ban_dependency", ("openssl",), "rustls only", False),
        ("ban_dependency", ("time",), "unsound", True),
        ("ban_dependency", ("chrono",), "", True),
    ]


def test_codeowners_are_no_ban() -> None:
    """They say who must look; severity info."""
    text = "# all\n*  @org/all\n/docs/ @ann\nbuild/ @bob\n*.go @carl\nlegacy.txt\n"
    found = read(".github/CODEOWNERS", text)
    assert [(r.kind, r.severity, r.subject, r.target) for r in found] == [
        ("path_protected", "info", ("**",), ("@org/all",)),
        ("path_protected", "info", ("docs",), ("@ann",)),
        ("path_protected", "info", ("**/build/**",), ("@bob",)),
        ("path_protected", "info", ("**/*.go", "**/*.go/**"), ("@carl",)),
    ]


# -- prose


def test_rules_are_whole_sentences_with_their_line() -> None:
    """Sentences may run over lines; code, headings, tables, questions and plain talk are none."""
    text = """\
    # You must not read this heading

    Run the tests before you push. Never commit
    generated files. This is nice.

    - Use `ruff`, not black
    - Should we ask?

    ```
    always do this
    ```
    | never | this |
    """
    assert [(r.quote, r.line, r.severity, r.kind) for r in read("AGENTS.md", text)] == [
        ("Run the tests before you push.", 3, "info", "prose"),
        ("Never commit generated files.", 3, "warn", "prose"),
        ("Use `ruff`, not black", 6, "warn", "prose"),
    ]


@pytest.mark.parametrize(
    ("sentence", "severity"),
    [
        ("You must sign commits.", "warn"), ("**NEVER** push to main.", "warn"), ("Please do not squash.", "warn"),
        ("Use `ruff`, not black.", "warn"), ("Direct writes are forbidden.", "warn"), ("Avoid globals.", "info"),
        ("Pull requests should be small.", "info"), ("Prefer early returns.", "info"),
        ("People don't like being handled.", ""), ("Tests don't hold on Windows.", ""), ("We do not have a bot.", ""),
        ("It is only adding types.", ""), ("Run `npm i` to install.", ""), ("The question is never what it does.", ""),
    ],
)  # fmt: skip
def test_who_is_told_to_do_something_is_told_a_rule(sentence: str, severity: str) -> None:
    """A demand binds; a statement with the same words is talk."""
    assert [rule.severity for rule in read("CONTRIBUTING.md", f"{sentence}\n")] == [severity] * bool(severity)


@pytest.mark.parametrize(
    "sentence",
    [
        "You should now see a list of shards.", "Your app should be available at localhost.",
        "It should be considered a map.", "The output should look like the following.",
        "Follow the instructions below.",
        "Do not worry about style.", "Please don't hesitate to write.", "Do not overwhelm new contributors.",
        "It must never push.", "This must be kept.", "Perform these steps; do not wait.", "Always run it first.",
        "Keep most logic and state here.", "Tell us how you use it.", "A list that you do not override.",
        "Make sure that nobody reported the bug before.", "They may not even compile.",
    ],
)  # fmt: skip
def test_advice_expectation_and_what_points_elsewhere_are_no_rules(sentence: str) -> None:
    """A friendly sentence demands nothing of the code; one that is quoted alone must say by itself what it is about."""
    assert read("CONTRIBUTING.md", f"{sentence}\n") == []


def test_what_points_to_another_sentence_is_no_rule_behind_it() -> None:
    """At the head of its paragraph, or about the project itself, it is one."""
    text = "There are two. Do not start that job. Do not break this project.\n\nUse those that exist.\n"
    assert [r.quote for r in read("AGENTS.md", text)] == [
        "Do not break this project.",
        "Use those that exist.",
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("CONTRIBUTING.md", "How to\n======\n\nReporting bugs\n--------------\n\nAlways search.\n\nCode\n----\n\n"),
        ("CONTRIBUTING.rst", "======\nHow to\n======\n\nReporting bugs\n--------------\n\nSteps\n~~~~~\n\n"
                             "Always search.\n\nCode\n----\n\n"),
        ("CONTRIBUTING.rst", "How to\n~~~~~~\n\nReporting bugs\n##############\n\nAlways search.\n\nCode\n####\n"),
        ("CONTRIBUTING", "Reporting bugs\n==============\n\nAlways search.\n\nCode\n====\n\n"),
        ("CONTRIBUTING.md", "# Hello\n\nReporting bugs\n--------------\n\n### How\n\nAlways search.\n\nCode\n----\n"),
    ],
)  # fmt: skip
def test_headings_over_a_line_of_signs_are_headings(path: str, text: str) -> None:
    """Of Markdown and of reStructuredText, with a line above too; one section ends what the other began."""
    assert [r.quote for r in read(path, f"{text}Never squash a commit.\n")] == ["Never squash a commit."]


def test_a_heading_is_no_rule() -> None:
    """Whichever way it is written; a sentence over a table, a list or a line that parts is one all the same."""
    for text in ("Never squash a commit\n---------------------\n", "# Never squash a commit\n"):
        assert read("AGENTS.md", text) == []
        assert read("AGENTS.rst", text) == []
    for text in (
        "Never squash a commit.\n\n---\n",
        "Merge.\nNever squash a commit.\n---\n",
        "- Never squash a commit.\n---\n",
    ):
        assert [r.quote for r in read("AGENTS.md", text)] == ["Never squash a commit."]


def test_parts_of_a_guide_for_those_who_ask_or_report_hold_no_rules() -> None:
    """With the parts below them; in the files for agents every part counts."""
    text = "# Reporting bugs\nAlways search.\n## How\nNever guess.\n# Pull requests\nNever squash a commit.\n"
    assert [r.quote for r in read("CONTRIBUTING.md", text)] == ["Never squash a commit."]
    assert len(read("AGENTS.md", text)) == 3


def test_emphasis_at_the_head_of_a_line_is_no_list_mark() -> None:
    """The quote is what stands there."""
    assert one("AGENTS.md", "**Never squash a commit**.\n").quote == "**Never squash a commit**."


def test_a_page_about_agents_is_no_file_for_them() -> None:
    """Only the spelling of the convention counts below the root; a guide in the documentation is for the project."""
    assert read("docs/agents.md", "Always pass a prompt.\n") == []
    assert one("docs/AGENTS.md", "Always pass a prompt.\n").scope == ("docs/**",)
    assert one("agents.md", "Always pass a prompt.\n").scope == ()
    assert one("docs/dev/contributing.rst", "Always add a test.\n").scope == ()
    assert one("pkg/x/CONTRIBUTING.md", "Always add a test.\n").scope == ("pkg/x/**",)


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("AGENTS.md", ""), ("web/CLAUDE.md", "web"), (".cursor/rules/api/db.mdc", ""), ("a/.cursor/rules/x.mdc", "a"),
        (".github/copilot-instructions.md", ""), (".github/instructions/py.instructions.md", ""), (".cursorrules", ""),
        (".windsurf/rules/a.md", ""), ("GEMINI.md", ""), ("docs/ARCHITECTURE.md", "docs"), ("CONTRIBUTING.rst", ""),
    ],
)  # fmt: skip
def test_a_rules_file_speaks_for_its_folder(path: str, folder: str) -> None:
    """An assistant's settings folder stands for the one above it; nothing such a file says is checkable."""
    rule = one(path, "You must never push to main.\n")
    assert (home(path), rule.scope) == (folder, (f"{folder}/**",) if folder else ())
    assert (rule.kind, rule.tool, rule.severity, bool(rule.not_checkable)) == (
        "prose",
        "agent-rules",
        "warn",
        True,
    )


def test_a_rules_files_own_globs_are_its_scope() -> None:
    """``globs`` and ``applyTo`` in the front matter; ``**`` means everything."""
    text = (
        '---\ndescription: Database\nglobs: src/db/**/*.{ts,tsx}, "*.sql"\n---\nAlways use a transaction.\n'
    )
    assert one(".cursor/rules/db.mdc", text).scope == ("src/db/**/*.{ts,tsx}", "*.sql")
    everywhere = '---\napplyTo: "**"\n---\nAlways use a transaction.\n'
    assert one(".github/instructions/a.instructions.md", everywhere).scope == ()


def test_a_decision_comment_is_declared_where_it_holds() -> None:
    """From ``DECISION:`` to the end of the paragraph, in any language's comment; a mention of the word is none."""
    source = b"""\
def pay():
    # DECISION (2024-05-01): retries live in the caller,
    # since the queue already has them.
    #
    # Nothing more.
    pass

# the DECISION was hard
"""
    found = parse_file("app/pay.py", "python", source).constraints
    assert [(r.tool, r.name, r.quote, r.line, r.scope, r.message) for r in found] == [
        ("comment", "decision", "retries live in the caller, since the queue already has them.", 2, ("app/pay.py",),
         "2024-05-01"),
    ]  # fmt: skip


# -- hostile input


def test_literals_are_read_and_expressions_are_opaque() -> None:
    """JSON with comments, bare keys, all quotes; calls, spreads, templates and sums are not guessed at."""
    script = LiteralScript(
        "x = {a: 1, 'b': [true, null, `t`], /* c */ \"c\": f(1), d: 'x' + y, ...e, g: {h: `${i}`}}"
    )
    (top,) = [script.value(key) for key in script.keys("a")]
    assert top == 1.0
    values = {name: script.value(next(script.keys(name))) for name in "bcdg"}
    assert values == {"b": [True, None, "t"], "c": OPAQUE, "d": OPAQUE, "g": {"h": OPAQUE}}
    assert not is_literal(values)


PATHS = [
    "pyproject.toml", ".importlinter", "setup.cfg", "ruff.toml", ".golangci.yml", ".eslintrc.json", "eslint.config.js",
    ".eslintrc.yml", "deny.toml", "CODEOWNERS", ".dependency-cruiser.js", "AGENTS.md", "src/ArchTest.java",
]  # fmt: skip
LINES = [
    *CONTRACTS.splitlines(), *BANNED.splitlines(), *GOLANGCI.splitlines(), "noClasses()", "archunit", "{", "[", "'",
    "no-restricted-imports: ['error', {", "* @a", "deny = [", "forbidden: [{name: 'x'", "You must never.",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=30)), max_size=30))
def test_any_text_is_read_without_an_error(lines: list[str]) -> None:
    """Nothing that a file says can raise."""
    for path in PATHS:
        constraints(path, "\n".join(lines).encode("utf-8", "replace"), FACTS)


@pytest.mark.parametrize(
    "piece",
    ["'no-restricted-imports': [", "[", "{a:", "/*", "* @a\n", "noClasses().that()", "`", "You must never do. ",
     "forbidden: [{name: 'x'}], ", "[[tool.importlinter.contracts]]\n", "# must\n", "DECISION: "],
)  # fmt: skip
def test_hostile_repetition_is_read_in_linear_time_and_bounded(piece: str) -> None:
    """A quarter of a megabyte of any mark gives at most so many rules."""
    text = f"no-restricted-imports archunit {piece * (250_000 // len(piece))}".encode()
    facts = FileFacts("text", comments=(Comment(text.decode(), 1, 1),))
    for path in PATHS:
        assert len(constraints(path, text, facts)) <= MAX_RULES
        assert_linear(lambda size, path=path: constraints(path, text[:size], facts), len(text))


def test_a_stray_bracket_in_a_config_ends() -> None:
    """Regression: an object with a foreign closing bracket was read forever."""
    script = LiteralScript("forbidden: [{name: 'x' ] : {]})")
    assert not is_literal(script.value(next(script.keys("forbidden"))))


@pytest.mark.parametrize(
    "path", [*PATHS, ".cursorrules", ".windsurfrules", ".cursor/rules/a.mdc", ".golangci.yaml"]
)
def test_files_of_rules_are_indexed(path: str) -> None:
    """Each has a language, so that its rules are read at all."""
    assert language_of(path, b"")
