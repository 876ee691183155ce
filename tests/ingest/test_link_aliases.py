"""What a module is called where no path says it: aliases of bundlers, test runners, frameworks and Deno."""

# ruff: noqa: E501 - a source is a line

from __future__ import annotations

import pytest
from growth import assert_linear
from linking import Case, check, edges

F = "export function f() {}\n"
USE = "import { f } from '%s'\nf()\n"

ALIASES: dict[str, Case] = {
    "vite: an object, by path.resolve, by a URL, by a plain path": (
        {
            "vite.config.js": "export default { resolve: { alias: { '@': path.resolve(__dirname, './src'), '~u': fileURLToPath(new URL('./src/util', import.meta.url)), lib: '/lib' } } }\n",
            "src/a.js": F,
            "src/util/b.js": F,
            "lib/c.js": F,
            "m.js": "import { f } from '@/a'\nimport { f as g } from '~u/b'\nimport { f as h } from 'lib/c'\nf()\ng()\nh()\n",
        },
        ["m.js: -> src/a.js:f exact", "m.js: -> src/util/b.js:f exact", "m.js: -> lib/c.js:f exact"],
    ),
    "vite: a list of find and replacement, comments between": (
        {
            "app/vite.config.ts": "export default defineConfig({ resolve: { alias: [ // of ours\n { find: '@', replacement: resolve(__dirname, 'src') }, /* b */ { find: '#x', replacement: './x' } ] } })\n",
            "app/src/a.ts": F,
            "app/src/m.ts": USE % "@/a",
        },
        ["app/src/m.ts: -> app/src/a.ts:f exact"],
    ),
    "webpack: a closing dollar means the name alone": (
        {
            "webpack.config.js": "module.exports = { resolve: { alias: { core$: path.join(__dirname, 'src', 'core.js') } } }\n",
            "src/core.js": F,
            "m.js": USE % "core",
            "n.js": USE % "core/x",
        },
        ["m.js: -> src/core.js:f exact"],
    ),
    "babel's module-resolver, in JSON and in code": (
        {
            ".babelrc": '{"plugins": [["module-resolver", {"root": ["./"], "alias": {"@c": "./src/components"}}]]}',
            "app/babel.config.js": "module.exports = { plugins: [['module-resolver', { alias: { '@d': './src/d' } }]] }\n",
            "src/components/a.js": F,
            "m.js": USE % "@c/a",
            "app/src/d/b.js": F,
            "app/m.js": USE % "@d/b",
        },
        ["app/m.js: -> app/src/d/b.js:f exact", "m.js: -> src/components/a.js:f exact"],
    ),
    "jest: moduleNameMapper of a plain beginning; another expression is not understood": (
        {
            "jest.config.js": "module.exports = { moduleNameMapper: { '^@/(.*)$': '<rootDir>/src/$1', '\\\\.(css|less)$': '<rootDir>/style.js' } }\n",
            "src/a.js": F,
            "style.js": F,
            "m.test.js": (USE % "@/a") + "import s from './x.css'\ns()\n",
        },
        ["m.test.js: -> src/a.js:f exact"],
    ),
    "deno: an import map": (
        {
            "deno.json": '{"imports": {"$std/": "https://deno.land/std/", "lib/": "./lib/", "one": "./lib/one.ts"}}',
            "lib/one.ts": F,
            "m.ts": "import { f } from 'lib/one.ts'\nimport { f as g } from 'one'\nf()\ng()\n",
        },
        ["m.ts: -> lib/one.ts:f exact"],
    ),
    "frameworks: SvelteKit, Nuxt 4, Vue's command line": (
        {
            "kit/package.json": '{"devDependencies": {"@sveltejs/kit": "2"}}',
            "kit/src/lib/a.ts": F,
            "kit/src/routes/m.ts": USE % "$lib/a",
            "nuxt/package.json": '{"dependencies": {"nuxt": "4"}}',
            "nuxt/app/b.ts": F,
            "nuxt/app/m.ts": USE % "~/b",
            "vue/package.json": '{"devDependencies": {"@vue/cli-service": "5"}}',
            "vue/src/c.js": F,
            "vue/src/m.js": USE % "@/c",
        },
        [
            "kit/src/routes/m.ts: -> kit/src/lib/a.ts:f exact",
            "nuxt/app/m.ts: -> nuxt/app/b.ts:f exact",
            "vue/src/m.js: -> vue/src/c.js:f exact",
        ],
    ),
    "tsconfig: any name that is referred to; extends a package of the workspace; ${configDir}": (
        {
            "tsconfig.json": '{"files": [], "references": [{"path": "./tsconfig.web.json"}]}',
            "tsconfig.web.json": '{"compilerOptions": {"baseUrl": ".", "paths": {"@ui/*": ["src/ui/*"]}}}',
            "src/ui/a.ts": F,
            "src/m.ts": USE % "@ui/a",
            "package.json": '{"workspaces": ["packages/*", "apps/*"]}',
            "packages/p/package.json": '{"name": "@x/p"}',
            "packages/p/tsconfig.app.json": '{"compilerOptions": {"paths": {"~/*": ["${configDir}/src/*"]}}}',
            "apps/a/tsconfig.json": '{"extends": "@x/p/tsconfig.app.json"}',
            "apps/a/src/b.ts": F,
            "apps/a/src/m.ts": USE % "~/b",
        },
        ["apps/a/src/m.ts: -> apps/a/src/b.ts:f exact", "src/m.ts: -> src/ui/a.ts:f exact"],
    ),
    "members that are of another form than they should be are none": (
        {
            ".babelrc": '{"plugins": 5, "imports": [], "moduleNameMapper": "x"}',
            "babel.config.json": '{"plugins": [[], 1, ["a", 2]]}',
            "m.js": USE % "@/a",
        },
        [],
    ),
    "what is computed is not understood, and a package is no file": (
        {
            "vite.config.js": "export default { resolve: { alias: { '@': root(), react: 'preact/compat', ...more } } }\n",
            "src/a.js": F,
            "preact/compat.js": F,
            "m.js": (USE % "@/a") + "import r from 'react'\nr()\n",
        },
        [],
    ),
}


def test_a_configuration_that_closes_nothing_is_read_in_linear_time() -> None:
    """As many objects as fit into it, none of which ends."""
    assert_linear(
        lambda size: edges({"vite.config.js": "alias: {a: [" * (size // 12), "m.js": USE % "@/a"}), 200_000
    )


@pytest.mark.parametrize("name", ALIASES)
def test_a_module_by_its_alias(name: str) -> None:
    """The file that the tool would load, from where its configuration says so."""
    check(ALIASES[name])
