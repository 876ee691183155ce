"""What each kind of file declares of a project's operation: ``kind name -> targets``, one line each."""

# ruff: noqa: E501 (sources in one line)

from __future__ import annotations

import pytest
from growth import assert_linear

from indexers import operations, registry, yaml_tree


def declared(path: str, text: str) -> list[str]:
    data = text.encode()
    facts = registry.extract(registry.language_of(path, data) or "text", data)
    found = operations.operations(path, data, facts)
    return [" ".join(f"{op.kind} {op.name} -> {' | '.join(op.targets)}".split()) for op in found]


def check(path: str, text: str, *expected: str) -> None:
    assert sorted(declared(path, text)) == sorted(expected)


# -- packages


def test_a_pyproject_declares_package_dependencies_scripts_and_pytest():
    """Requirements keep their versions; a console script points at module:function."""
    text = """
[project]
name = "shop"
dependencies = ["flask[async]>=3 ; python_version > '3.8'", "click"]
[project.optional-dependencies]
test = ["pytest"]
[project.scripts]
shop = "shop.cli:main"
[tool.pytest.ini_options]
testpaths = ["tests"]
"""
    check(
        "pyproject.toml", text,
        "package shop ->", "dependency flask -> flask[async]>=3", "dependency click -> click",
        "dependency pytest -> pytest", "entry_point shop -> shop.cli:main", "test_config pytest -> tests",
    )  # fmt: skip


def test_requirements_and_setup_cfg_are_read_line_by_line():
    """Options, comments and addresses in a requirements file are no dependencies."""
    check(
        "requirements/dev.txt",
        "-r base.txt\n# no\nrequests==2.1  # why\nhttps://x/y.whl\n",
        "dependency requests -> requests==2.1",
    )
    text = "[metadata]\nname = shop\n[options]\ninstall_requires =\n  click>=8\n[options.entry_points]\nconsole_scripts =\n  shop = shop.cli:main\n"
    check(
        "setup.cfg",
        text,
        "package shop ->",
        "dependency click -> click>=8",
        "entry_point shop -> shop.cli:main",
    )


def test_a_package_json_declares_workspaces_entries_and_scripts():
    """Exports are entry points under the package's name, whatever the conditions around them."""
    text = """{"name": "web", "workspaces": ["packages/*"], "bin": {"web": "bin/web.js"},
 "exports": {".": {"import": "./dist/a.mjs", "require": "./dist/a.cjs"}},
 "scripts": {"build": "node scripts/build.js", "test": "vitest"},
 "dependencies": {"vue": "^3"}, "devDependencies": {"vitest": "^2"}}"""
    check(
        "package.json", text,
        "package web -> packages/*", "entry_point web -> bin/web.js", "entry_point web -> ./dist/a.mjs | ./dist/a.cjs",
        "entry_point npm run build -> scripts/build.js", "test_config npm run test ->",
        "dependency vue -> vue ^3", "dependency vitest -> vitest ^2",
    )  # fmt: skip


def test_go_rust_java_ruby_php_and_dotnet_manifests_name_their_dependencies():
    """One reader per manifest; what only tests need says so in its detail."""
    check("go.mod", "module ex.org/a\n\nrequire (\n\tex.org/b v1.2.3\n\tex.org/c v0 // indirect\n)\n",
          "package ex.org/a ->", "dependency ex.org/b -> ex.org/b v1.2.3", "dependency ex.org/c -> ex.org/c v0")  # fmt: skip
    check("Cargo.toml", '[workspace]\nmembers = ["a"]\n[package]\nname = "z"\n[[bin]]\nname = "zz"\n[dependencies]\nserde = "1"\n',
          "package z -> a", "entry_point zz -> src/bin/zz.rs", "dependency serde -> serde 1")  # fmt: skip
    check("pom.xml", "<project><artifactId>p</artifactId><modules><module>core</module></modules><dependencies>\n"
          "<!-- <dependency><groupId>x</groupId><artifactId>no</artifactId></dependency> -->"
          "<dependency><groupId>g</groupId><artifactId>a</artifactId><version>1</version></dependency></dependencies></project>",
          "package p -> core", "dependency g:a -> g:a:1")  # fmt: skip
    check(
        "build.gradle.kts",
        'dependencies {\n  implementation("g:a:1")\n  testImplementation(project(":x"))\n}\n',
        "dependency g:a -> g:a:1",
    )
    check(
        "Gemfile",
        'gem "rails", "~> 8"\ngroup :test do\n  gem "rspec"\nend\n',
        "dependency rails -> rails ~> 8",
        "dependency rspec -> rspec",
    )
    check(
        "composer.json",
        '{"name": "a/b", "require": {"php": ">=8", "slim/slim": "^4"}}',
        "package a/b ->",
        "dependency slim/slim -> slim/slim ^4",
    )
    check("src/App/App.csproj", '<Project><ItemGroup><PackageReference Include="Dapper" Version="2" /><ProjectReference Include="..\\Core\\Core.csproj" /></ItemGroup></Project>',
          "package App -> src/Core/Core.csproj", "dependency Dapper -> Dapper 2")  # fmt: skip


# -- operation


def test_a_workflow_job_names_what_it_runs():
    """Commands and local actions are targets; shell syntax alone is none."""
    text = """
name: CI
on: [push, pull_request]
jobs:
  test:
    runs-on: x
    steps:
      - uses: actions/checkout@v4
      - uses: ./.github/actions/setup
      - run: |
          if true; then
            pytest tests/unit
          fi
"""
    check(
        ".github/workflows/ci.yml",
        text,
        "ci_job CI / test -> ./.github/actions/setup | if true; then | pytest tests/unit",
    )
    check(
        ".gitlab-ci.yml",
        "stages: [a]\nunit:\n  stage: a\n  script:\n    - make test\n",
        "ci_job unit -> make test",
    )
    check("Jenkinsfile", "stage('Test') {\n  sh 'make test'\n}\n", "ci_job Test -> make test")


def test_a_dockerfile_declares_one_image_per_stage():
    """Copies from other stages are no sources of the project; continued lines are one instruction."""
    text = 'FROM golang:1 AS build\nCOPY go.mod \\\n  cmd ./\nFROM scratch\nCOPY --from=build /app /app\nENTRYPOINT ["/app"]\nCMD serve --port 80\n'
    check("Dockerfile", text, "image build -> go.mod | cmd", "image scratch -> /app serve --port 80")


def test_code_that_is_named_after_dockerfiles_declares_no_image():
    """dockerfile.py imports with ``from``."""
    check("tools/dockerfile.py", "from __future__ import annotations\nfrom build import stage\n")
    check("Dockerfile.dev", "FROM python:3.11\n", "image python:3.11 ->")


def test_compose_services_and_kubernetes_workloads_are_services():
    """A service points at its Dockerfile and mounts; a workload at its image."""
    text = "services:\n  web:\n    build: ./web\n    volumes: ['./conf:/etc']\n    command: gunicorn app:app\n  db:\n    image: postgres\n"
    check(
        "docker-compose.yml",
        text,
        "service web -> ./web/Dockerfile | ./conf | gunicorn app:app",
        "service db ->",
    )
    text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - image: a/web:1\n        command: [run]\n"
    check("k8s/web.yaml", text, "service Deployment/web -> a/web:1 | run")


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("shop/migrations/0002_more.py", "class Migration(migrations.Migration):\n    dependencies = [('shop', '0001_initial')]\n    operations = [migrations.AddField('order', 'x')]\n",
         "migration shop.0002_more -> shop.0001_initial"),
        ("alembic/versions/ab1.py", '"""add users"""\nrevision = "ab1"\ndown_revision: str | None = "aa0"\n', "migration ab1 -> aa0"),
        ("db/migrate/20240101000000_add_x.rb", "create_table :x do\n", "migration 20240101000000_add_x ->"),
        ("src/main/resources/db/V1__init.sql", "CREATE TABLE a (x int);", "migration V1__init ->"),
        ("prisma/migrations/2024_init/migration.sql", "CREATE TABLE a;", "migration 2024_init ->"),
        ("migrations/0001_init.up.sql", "CREATE TABLE a;", "migration 0001_init ->"),
    ],
)  # fmt: skip
def test_migrations_are_told_by_content_or_by_name(path: str, text: str, expected: str):
    """Django's and Alembic's point at what they depend on."""
    check(path, text, expected)


def test_codeowners_lines_are_owners_in_order():
    """A glob without owners takes those of its section."""
    check(
        "CODEOWNERS",
        "# all\n* @a\n[Docs] @docs\n/docs/ \n*.go @go # why\n",
        "owner * -> **",
        "owner /docs/ -> docs",
        "owner *.go -> **/*.go | **/*.go/**",
    )


def test_flags_are_calls_with_a_literal_key():
    """Common words count only where a flag library is imported or the receiver says so."""
    text = "from waffle import flag_is_active\ndef f(request, user):\n    if flag_is_active(request, 'new-cart'): pass\n    unleash.is_enabled('beta')\n    user.is_active('x y')\n    thing.is_enabled('no')\n"
    check(
        "a.py",
        "import x\n" + text.replace("from waffle import flag_is_active\n", "from y import flag_is_active\n"),
        "flag new-cart ->",
        "flag beta ->",
    )
    check("a.rb", "Flipper.enabled?(:cart)\n# Flipper.enabled?(:no)\n", "flag cart ->")


# -- where programs start


def test_programs_start_where_their_language_says():
    """A main guard, package main's main function, src/main.rs, static void main."""
    check("run.py", "def go(): pass\nif __name__ == '__main__':\n    go()\n", "entry_point run.py -> go")
    check("cmd/app/main.go", "package main\nfunc main() {}\n", "entry_point app -> main")
    check("lib/x.go", "package lib\nfunc main() {}\n")
    check("app/src/main.rs", "fn main() {}\n", "entry_point app -> main")
    check(
        "A.java",
        "package p;\nclass A { public static void main(String[] a) {} }\n",
        "entry_point p.A -> A.main",
    )


# -- routes

ROUTES = [
    ("app.py", """
from flask import Blueprint
bp = Blueprint("auth", __name__, url_prefix="/auth")
@bp.route("/login", methods=("GET", "POST"))
def login():
    \"\"\"
    @app.get("/in-a-docstring")
    \"\"\"
""", ["route GET /auth/login -> login", "route POST /auth/login -> login"]),
    ("api.py", "@router.get('/users/{id}')\nasync def one(id: int): ...\n", ["route GET /users/{id} -> one"]),
    ("cache.py", "@mock.get('users')\ndef x(): ...\nclient.get('/x')\nresponse.path('/y', 1)\n", []),
    ("shop/urls.py", """
from django.urls import include, path
from . import views
urlpatterns = [
    path("a/<int:id>/", views.one, name="one"),
    path("b/", views.Two.as_view()),
    path("c/", cache_page(60)(views.three)),
    path("api/", include("shop.api.urls")),
]
router.register(r"users", views.UserViewSet)
""", ["route ANY /a/<int:id>/ -> views.one", "route ANY /b/ -> views.Two", "route ANY /c/ -> views.three",
      "route ANY /api/** -> shop.api.urls", "route ANY /users/** -> views.UserViewSet"]),
    ("server.js", """
import express from 'express'
const app = express()
app.get('/x/:id', auth, users.show)
app.get('setting')
axios.get('/client')
router.route('/y').post(create)
app.use('/api', require('./api'))
""", ["route GET /x/:id -> users.show", "route POST /y -> create", "route ANY /api/** -> ./api"]),
    ("cats.controller.ts", """
import { Controller, Get } from '@nestjs/common'
@Controller('cats')
export class Cats {
  @Get(':id')
  one() {}
}
""", ["route GET /cats/:id -> Cats.one"]),
    ("app/shop/[id]/page.tsx", "export default function Page() {}\n", ["route GET /shop/{id} -> app/shop/[id]/page.tsx"]),
    ("app/api/x/route.ts", "export async function POST() {}\n", ["route POST /api/x -> POST"]),
    ("main.go", """
package web
import "github.com/gin-gonic/gin"
func routes(r *gin.Engine) {
	api := r.Group("/api")
	api.GET("/x", auth, users.List)
	r.Route("/in", func(r chi.Router) { r.Get("/y", one) })
	mux.HandleFunc("POST /z", create)
	client.Get("/no", opts)
}
""", ["route GET /api/x -> users.List", "route GET /in/y -> one", "route POST /z -> create"]),
    ("src/a.rs", """
#[get("/x/{id}")]
async fn one() {}
fn app() { Router::new().route("/y", get(list).post(users::create)).nest("/api", api()) }
""", ["route GET /x/{id} -> one", "route GET /y -> list", "route POST /y -> users.create", "route ANY /api/** -> api"]),
    ("A.java", """
@RequestMapping("/api")
class A {
  @GetMapping("/x/{id}") String one() { return ""; }
  @RequestMapping(value = "/y", method = RequestMethod.POST) String two() { return ""; }
}
""", ["route GET /api/x/{id} -> A.one", "route POST /api/y -> A.two"]),
    ("config/routes.rb", """
Rails.application.routes.draw do
  root "home#index"
  namespace :admin do
    resources :users, only: [:index, :show] do
      post "ban", on: :member
    end
  end
  # get "no", to: "a#b"
  get "/about", to: "pages#about"
end
""", ["route GET / -> home#index", "route GET /admin/users -> admin/users#index", "route GET /admin/users/{id} -> admin/users#show",
      "route POST /admin/users/{id}/ban -> admin/users#ban", "route GET /about -> pages#about"]),
    ("routes/web.php", """<?php
Route::prefix('v1')->group(function () {
    Route::get('/x/{id}', [UserController::class, 'show']);
    // Route::get('/no', [UserController::class, 'no']);
});
Route::apiResource('photos', PhotoController::class)->only(['index']);
""", ["route GET /v1/x/{id} -> UserController.show", "route GET /photos -> PhotoController.index"]),
    ("C.cs", """
[Route("api/[controller]")]
public class UsersController {
    [HttpGet("{id}")]
    public IActionResult One(int id) { }
}
app.MapPost("/x", Create);
""", ["route GET /api/Users/{id} -> UsersController.One", "route POST /x -> Create"]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "expected"), ROUTES, ids=[path for path, *_ in ROUTES])
def test_routes_are_read_from_declarations(path: str, text: str, expected: list[str]):
    """Method, whole path as far as the file knows it, and the handler as written; nothing of strings and clients."""
    check(path, text, *expected)


# -- hostile input


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("pyproject.toml", "\na" + ".a" * 4000 + "=1"),
        ("routes/web.php", "Route::get('"),
        ("config/routes.rb", "resources :a do\n"),
        ("a/migrations/0001_x.py", "class Migration:\n dependencies = ["),
        ("pom.xml", "<a "),
        (".github/workflows/a.yml", "[{"),
        ("src/a.rs", '#[get("/x")]\n'),
    ],
)
def test_hostile_files_cost_linear_time(path: str, unit: str):
    """Also of openings that nothing closes."""
    assert_linear(lambda size: declared(path, unit * (size // len(unit))), 100_000)


def test_a_yaml_bomb_is_not_expanded():
    """Aliases share their value, and documents beyond the limits are not read."""
    bomb = "a: &a [x, x]\n" + "".join(
        f"b{i}: &b{i} [*{'a' if i == 0 else f'b{i - 1}'}, *a]\n" for i in range(30)
    )
    (document,) = yaml_tree.documents(bomb)
    assert document.get("b29").entries[0] is document.get("b28")
    assert yaml_tree.documents("[" * 100) == []
    assert yaml_tree.documents("a: 1\n---\nb: [\n")[0].get("a").text == "1"
