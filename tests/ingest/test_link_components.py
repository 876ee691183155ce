"""Components of Svelte and Astro, and types that other files add to, are linked like other TypeScript."""

# ruff: noqa: E501 - a source is a line

from __future__ import annotations

import pytest
from linking import Case, check, check_what_holds

CASES: dict[str, Case] = {
    "svelte: components, what the markup uses in code of the scripts, named exports beside the component": (
        {"src/A.svelte": "<script lang='ts'>\nimport Card, { kind } from './Card.svelte'\nimport { save } from './s'\nfunction go() { return kind }\n</script>\n{#if 1}<Card on:x={() => save()} />{/if}\n",
         "src/Card.svelte": "<script module>\nexport const kind = 1\n</script>\n<p/>", "src/s.ts": "export function save() {}\n"},
        ["src/A.svelte: -> src/Card.svelte: exact", "src/A.svelte: -> src/s.ts:save exact", "src/A.svelte:go ~> src/Card.svelte:kind exact"],
    ),
    "astro: the code between the lines, components of both kinds": (
        {"src/P.astro": "---\nimport Card from './Card.svelte'\nimport Base from './Base.astro'\nimport { all } from './s'\nconst xs = all()\n---\n<Base>{xs.map((x) => <Card n={all(x)} />)}</Base>\n",
         "src/Card.svelte": "<p/>", "src/Base.astro": "<slot />", "src/s.ts": "export function all() {}\n"},
        ["src/P.astro: -> src/Base.astro: exact", "src/P.astro: -> src/Card.svelte: exact", "src/P.astro: -> src/s.ts:all exact"],
    ),
    "typescript: what `declare module` adds to an interface is a member of it, wherever it is used": (
        {"core.ts": "export interface Opts { a: number }\nexport interface Other {}\n", "aug.ts": "declare module './core' { interface Opts { b: string } }\nexport {}\n",
         "no.ts": "export interface Other { b: string }\n", "use.ts": "import { Opts, Other } from './core'\nexport function f(o: Opts, p: Other) { o.b; p.b }\n"},
        ["aug.ts:Opts ~> core.ts:Opts exact", "use.ts:f ~> aug.ts:Opts.b inferred", "use.ts:f ~> core.ts:Opts exact", "use.ts:f ~> core.ts:Other exact"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_components_are_linked(name: str) -> None:
    check(CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_links_that_saw_nothing_of_a_file_hold_without_it(name: str) -> None:
    check_what_holds(CASES[name])
