"""References from file to file in languages that declare: HCL, Protobuf, SQL; and in Bash."""

# ruff: noqa: E501 - a source is a line

from __future__ import annotations

import pytest
from linking import Case, check, check_what_holds

CASES: dict[str, Case] = {
    "HCL: an address means the one of its own folder": (
        {"a/main.tf": 'resource "aws_vpc" "net" {\n  cidr = var.cidr\n  name = local.name\n  zone = data.aws_zones.all.id\n}\n',
         "a/inputs.tf": 'variable "cidr" {}\nlocals {\n  name = "x"\n}\ndata "aws_zones" "all" {}\n',
         "b/inputs.tf": 'variable "cidr" {}\nlocals {\n  name = "y"\n}\ndata "aws_zones" "all" {}\n',
         "c/main.tf": 'output "id" {\n  value = "${aws_vpc.net.id}-${var.cidr}"\n}\n'},
        ["a/main.tf:aws_vpc.net ~> a/inputs.tf:var.cidr exact", "a/main.tf:aws_vpc.net ~> a/inputs.tf:local.name exact",
         "a/main.tf:aws_vpc.net ~> a/inputs.tf:data.aws_zones.all exact"],
    ),
    "HCL: what a module with a local source is given, and what is asked of it; one from a registry has neither": (
        {"main.tf": 'module "net" {\n  source = "./net"\n  size   = 3\n}\nmodule "far" {\n  source = "acme/net/aws"\n  size   = 3\n}\n',
         "out.tf": 'output "a" {\n  value = module.net.id\n}\noutput "b" {\n  value = [module.far.id, module.net[0].id]\n}\n',
         "net/vars.tf": 'variable "size" {}\n', "net/out.tf": 'output "id" {\n  value = 1\n}\n', "acme/net/aws/main.tf": 'variable "size" {}\noutput "id" {\n  value = 1\n}\n'},
        ["main.tf:module.net ~> net/vars.tf:var.size exact", "out.tf:output.a ~> main.tf:module.net exact", "out.tf:output.a ~> net/out.tf:output.id exact",
         "out.tf:output.b ~> main.tf:module.far exact", "out.tf:output.b ~> main.tf:module.net exact", "out.tf:output.b ~> net/out.tf:output.id exact"],
    ),
    "HCL: a file of values sets the variables of its folder; what is no Terraform stands alone": (
        {"a/prod.tfvars": 'cidr = "10.0.0.0/8"\n', "a/vars.tf": 'variable "cidr" {}\n',
         "n/job.nomad": 'job "web" {\n  region = var.region\n}\n', "n/other.nomad": 'variable "region" {}\n'},
        ["a/prod.tfvars:cidr ~> a/vars.tf:var.cidr exact"],
    ),
    "Protobuf: from within, in the package and those around it; only what is imported": (
        {"a.proto": "package p.a;\nimport 'b.proto';\nmessage Use {\n  b.Msg one = 1;\n  Kind two = 2;\n  p.b.Msg.In three = 3;\n  Msg four = 4;\n  c.Far five = 5;\n}\n",
         "b.proto": "package p.b;\nmessage Msg { message In {} }\nenum Kind { A = 0; }\n", "c.proto": "package p.c;\nmessage Far {}\n"},
        ["a.proto:Use.one ~> b.proto:Msg exact", "a.proto:Use.three ~> b.proto:Msg.In exact"],
    ),
    "Protobuf: a field hides no type, a nested message does": (
        {"a.proto": "package p;\nimport 'b.proto';\nmessage Use {\n  Item Item = 1;\n  Kind kind = 2;\n  Item more = 3;\n  message Kind {}\n}\n",
         "b.proto": "package p;\nmessage Item {}\nmessage Kind {}\n"},
        ["a.proto:Use.Item ~> b.proto:Item exact", "a.proto:Use.more ~> b.proto:Item exact"],
    ),
    "Protobuf: what an import hands on publicly, and nothing else that it imports": (
        {"a.proto": "import 'b.proto';\nmessage Use {\n  Shown one = 1;\n  Hidden two = 2;\n}\n", "b.proto": "import public 'c.proto';\nimport 'd.proto';\n",
         "c.proto": "message Shown {}\n", "d.proto": "message Hidden {}\n"},
        ["a.proto:Use.one ~> c.proto:Shown exact"],
    ),
    "Protobuf: methods of services; a path that begins with the name of the project": (
        {"x/a.proto": "package p;\nimport 'acme/x/b.proto';\nservice S {\n  rpc Go(Ask) returns (stream Ask);\n}\n", "x/b.proto": "package p;\nmessage Ask {}\n"},
        ["x/a.proto:S.Go ~> x/b.proto:Ask exact"],
    ),
    "SQL: tables and routines of other files; columns and common table expressions are none": (
        {"schema.sql": "CREATE TABLE accounts (id int);\nCREATE TABLE seats (id int);\nCREATE FUNCTION tidy(int) RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql;\n",
         "q.sql": "CREATE VIEW v AS SELECT tidy(1) FROM ACCOUNTS a, seats s;\nCREATE TABLE o (seats int, accounts int REFERENCES accounts(id));\nCREATE VIEW w AS WITH seats AS (SELECT 1) SELECT count(*) FROM seats;\n"},
        ["q.sql:v -> schema.sql:tidy inferred", "q.sql:v ~> schema.sql:accounts inferred", "q.sql:v ~> schema.sql:seats inferred", "q.sql:o ~> schema.sql:accounts inferred"],
    ),
    "SQL: the nearest definition of a name; of several that are equally near each may be meant": (
        {"a/schema.sql": "CREATE TABLE seats (id int);\n", "b/schema.sql": "CREATE TABLE seats (id int);\n",
         "a/q/q.sql": "CREATE VIEW v AS SELECT * FROM seats;\n", "c/q.sql": "CREATE VIEW v AS SELECT * FROM seats;\n"},
        ["a/q/q.sql:v ~> a/schema.sql:seats inferred", "c/q.sql:v ~> a/schema.sql:seats inferred", "c/q.sql:v ~> b/schema.sql:seats inferred"],
    ),
    "SQL: a schema that is written is the one that is meant": (
        {"a.sql": "CREATE TABLE billing.invoices (id int);\nCREATE TABLE depot.seats (id int);\n",
         "q.sql": "CREATE SCHEMA billing;\nCREATE VIEW v AS SELECT * FROM billing.invoices;\nCREATE VIEW w AS SELECT * FROM other.invoices;\nCREATE VIEW x AS SELECT * FROM seats;\n"},
        ["q.sql:v ~> a.sql:billing.invoices exact", "q.sql:x ~> a.sql:depot.seats inferred"],
    ),
    "SQL: the nearest of any schema, of these one without a schema": (
        {"a/schema.sql": "CREATE TABLE test.items (id int);\n", "b/schema.sql": "CREATE TABLE items (id int);\n", "a/q.sql": "CREATE VIEW v AS SELECT * FROM items;\n"},
        ["a/q.sql:v ~> a/schema.sql:test.items inferred"],
    ),
    "Bash: from the folder of the script, however it is computed": (
        {"bin/a.sh": 'HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"\nROOT=$HERE/..\n. "$ROOT/lib/log.sh"\ngo() {\n  log one\n}\n',
         "bin/b.sh": 'source "$(dirname "$0")/../lib/log.sh"\ngo() {\n  x=$(log two)\n}\n', "bin/c.sh": 'source "${BASH_SOURCE%/*}/../lib/log.sh"\ngo() {\n  log three | tee x\n}\n',
         "bin/d.sh": "go() {\n  log four\n}\n", "lib/log.sh": "log() {\n  :\n}\n"},
        ["bin/a.sh: <- lib/log.sh: exact", "bin/b.sh: <- lib/log.sh: exact", "bin/c.sh: <- lib/log.sh: exact",
         "bin/a.sh:go -> lib/log.sh:log exact", "bin/b.sh:go -> lib/log.sh:log exact", "bin/c.sh:go -> lib/log.sh:log exact"],
    ),
    "Bash: from a folder that is not known the only file that the path ends with, as a guess": (
        {"bin/a.sh": 'source "$LIB/common/log.sh"\nsource "$LIB/two.sh"\ngo() {\n  log one\n  both\n}\n', "x/common/log.sh": "log() {\n  :\n}\n",
         "x/two.sh": "both() {\n  :\n}\n", "y/two.sh": "both() {\n  :\n}\n"},
        ["bin/a.sh: <- x/common/log.sh: inferred", "bin/a.sh:go -> x/common/log.sh:log inferred"],
    ),
    "Bash: variables that are set once; a script that is installed somewhere, by its name": (
        {"a.sh": 'LIB="/opt/acme"\nlog="${LIB}/log.sh"\n. "${log}"\n. /etc/acme/conf.sh\n. "/etc/.acme/x y/deep.sh"\n', "src/log.sh": "", "src/conf.sh": "", "x y/deep.sh": ""},
        ["a.sh: <- src/log.sh: inferred", "a.sh: <- x y/deep.sh: inferred"],
    ),
    "Bash: what is sourced brings what it sources; tests of bats load what lies beside them": (
        {"a.sh": "source ./b.sh\ngo() {\n  deep\n}\n", "b.sh": "source ./c.sh\n", "c.sh": "deep() {\n  :\n}\n",
         "test/a.bats": "load test_helper\n@test 'x' {\n  run helped\n}\n", "test/test_helper.bash": "helped() {\n  :\n}\n"},
        ["a.sh:go -> c.sh:deep exact", "test/a.bats: -> test/test_helper.bash:helped exact"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_references_of_languages_that_declare(name: str) -> None:
    """The edges across files are these, each labelled with how it was found."""
    check(CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_links_that_looked_at_nothing_of_a_change_still_hold(name: str) -> None:
    check_what_holds(CASES[name])
