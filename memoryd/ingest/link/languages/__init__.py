"""The rules of each language: one dict."""

from __future__ import annotations

from memoryd.ingest.link.languages.cfamily import CFamily
from memoryd.ingest.link.languages.elixir import Elixir
from memoryd.ingest.link.languages.go import Go
from memoryd.ingest.link.languages.java import Java
from memoryd.ingest.link.languages.packages import PACKAGES
from memoryd.ingest.link.languages.paths import PATHS
from memoryd.ingest.link.languages.protobuf import PROTOBUF
from memoryd.ingest.link.languages.python import Python
from memoryd.ingest.link.languages.ruby import RUBY
from memoryd.ingest.link.languages.rust import Rust
from memoryd.ingest.link.languages.scala import Scala
from memoryd.ingest.link.languages.script import EcmaScript
from memoryd.ingest.link.languages.shell import BASH
from memoryd.ingest.link.languages.sql import Sql
from memoryd.ingest.link.languages.swift import Swift
from memoryd.ingest.link.languages.terraform import Terraform
from memoryd.ingest.link.rules import LanguageRules

RULES: dict[str, LanguageRules] = {
    "astro": EcmaScript(),
    "bash": BASH,
    "c": CFamily(),
    "cpp": CFamily(),
    "elixir": Elixir(),
    "go": Go(),
    "java": Java(),
    "hcl": Terraform(),
    "javascript": EcmaScript(),
    "proto": PROTOBUF,
    "python": Python(),
    "ruby": RUBY,
    "rust": Rust(),
    "scala": Scala(),
    "sql": Sql(),
    "svelte": EcmaScript(),
    "swift": Swift(),
    "typescript": EcmaScript(),
    "vue": EcmaScript(),
    **PACKAGES,
    **PATHS,
}
MANIFESTS = frozenset().union(*(rules.manifests for rules in RULES.values()))
