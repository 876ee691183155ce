#!/usr/bin/env bash
set -euo pipefail
source ./lib.sh
# <- import ./lib.sh:*
. "$DIR/other.sh"
# <- import $DIR/other.sh:*
#   ^ read DIR
MAX=3
# <- def constant MAX
export PATH_X=/a:$MAX
# <- def constant PATH_X
#                 ^ read MAX
# Adds an item.
add_item() {
# <- def function add_item
# <- doc Adds an item.
  local name="$1" count
  count=$(helper "$name" "${FOO}")
#         ^ call helper in add_item
#                           ^ read FOO in add_item
  if [ -n "$BAR" ]; then run_it --a | grep b; fi
#           ^ read BAR in add_item
#                        ^ call run_it in add_item
  for f in *.txt; do cat "$f"; done
  while read -r line; do echo "$line"; done < "$name"
  case "$1" in a|b) go ;; *) usage ;; esac
#                   ^ call go in add_item
#                            ^ call usage in add_item
}
function other { add_item a; }
# <- def function other
#                ^ call add_item in other
trap cleanup EXIT
#    ^ call cleanup
IFS=: add_item "$@" && other || exit 1
#     ^ call add_item
#                      ^ call other
cat <<EOF
$MAX $(other)
#^ read MAX
#      ^ call other
EOF
