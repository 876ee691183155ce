#!/usr/bin/env python
# A header line
# <- comment A header line
# and its second line
"""The module's own words."""
# <- comment The module's own words.

#: how many at most
# <- comment how many at most
LIMIT = 3  # not a doc
# <- comment not a doc
# <- def constant LIMIT
# <- doc how many at most

count = 1
# <- def variable count
# <- doc
# a lonely remark
# <- comment a lonely remark


class Thing:
# <- def class Thing
# <- doc One line.
    # before the doc
#   ^ comment before the doc in Thing
    'One line.'

    #: a field
#   ^ comment a field in Thing
    size = 1
#   ^ def field Thing.size
#   ^ doc a field

    def run(self):
#   ^ def method Thing.run
#   ^ doc Runs.
        r"""Runs.

        More.
        """
        # inside
#       ^ comment inside in Thing.run
        # run
        return 1  # trailing
#       ^ comment trailing in Thing.run

    def none(self):
#   ^ def method Thing.none
#   ^ doc
        x = 1
        "not a doc"
