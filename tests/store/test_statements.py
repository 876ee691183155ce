"""Near-duplicates and contradictions: a small table of pairs with the expected answer. A wrong merge loses what
somebody wrote, a wrong contradiction cries wolf: both are worse than a miss, so neither may occur here."""

from __future__ import annotations

import pytest
from growth import assert_linear

from memoryd.store.records.similarity import SimilarRecords
from memoryd.store.records.statements import meaning, opposes, repeats

# (known, new): the new one adds nothing
SAME = [
    ("Only admins can delete projects", "Projects can be deleted only by admins"),
    ("The index is written only by the worker", "Only the worker writes the index"),
    ("We use Poetry for packaging", "Poetry is used for packaging"),
    ("Python 3.9 is the minimum supported version", "The minimum supported version is Python 3.9."),
    ("Tokens expire after 15 minutes", "Tokens expire after fifteen minutes"),
    ("Never sign cookies twice", "never  SIGN the cookies, twice!"),
    ("Never sign cookies twice", "You must never sign cookies twice."),
    ("Sign the session cookie", "Always sign the session cookies"),
    ("Sign the session cookie", "We should always sign session cookies."),
    ("Do not call flush() twice", "Don't call flush() twice"),
    ("Do not call flush() twice", "Never call `flush()` twice."),
    ("Flush the session before redirecting", "Before redirecting, flush the session"),
    (
        "Flush the session before redirecting, otherwise the cookie is lost",
        "Flush the session before redirecting",
    ),
    (
        "Flush the session before redirecting, otherwise the cookie is lost",
        "Make sure to flush the session before redirecting, because the cookie is lost otherwise",
    ),
    (
        "Flush the session before redirecting. The cookie gets lost otherwise.",
        "Flush the session before redirecting, or else the cookie gets lost.",
    ),
    ("Use PostgreSQL instead of MySQL", "Prefer PostgreSQL over MySQL"),
    ("Use PostgreSQL instead of MySQL for sessions", "Use PostgreSQL rather than MySQL for sessions"),
    ("Replace simplejson with json", "Use json instead of simplejson"),
    ("Utilise the connection pool", "Use the connection pool"),
    ("Initialise the database before the cache", "Initialize the database before the cache"),
    ("The colour of warnings is configured in theme.py", "The color of warnings is configured in theme.py"),
    ("Every directory has a README", "Each folder has a README"),
    ("Avoid using global state", "Do not use global state"),
    ("Avoid global state", "Don't use global state"),
    ("Don't forget to close the cursor", "Remember to close the cursor"),
    ("Retry three times", "Retry  three   times;"),
    ("Retry three times", "Lesson: retry 3 times"),
    ("Wait 10 seconds for the lock", "Wait 10s for the lock"),
    ("Tokens live in the vault", "**Tokens live in the vault**"),
    ("Tokens live in the vault", "- Please note that tokens live in the vault."),
    ("Do not push to `main`", "Don't push to main"),
    ("Sign session cookies with the `KEY` header", "Session cookies must be signed with the `KEY` header"),
    ("In tests, requests must be recorded", "Record requests in tests"),
    ("Never log tokens", "Tokens must not be logged"),
    ("The gateway validates tokens", "Tokens are validated by the gateway"),
    ("Use spaces, not tabs", "Use spaces instead of tabs"),
    ("We chose Kafka over SQS for events", "Kafka was chosen over SQS for events"),
    ("We decided not to cache tokens", "Do not cache tokens"),
    ("Every handler has a timeout", "All handlers have a timeout"),
    ("The migrations have run", "The migrations've run"),
    ("The security team must approve releases", "Releases must be approved by the security team"),
    ("The lexer does not read files", "Files are not read by the lexer"),
    ("Do not merge branches from forks", "It is forbidden to merge branches from forks"),
    ("Do not merge branches from forks", "Merging branches from forks is not allowed"),
    ("Cookies must be signed", "Make sure that cookies are signed"),
    ("Handlers must return a result", "Ensure handlers return a result"),
    ("Never log names, tokens or keys in production", "Do not log keys, names, or tokens in production"),
    ("The backup runs on Mondays and Fridays", "The backup runs on Fridays and Mondays"),
    ("Only `store` is read in tests", "Only `store` is read in the tests"),
    ("Keys are read from the vault only", "Keys are read only from the vault"),
    ("Update the schema when adding a table", "When you add a table, update the schema"),
    ("Templates reside in web/", "Templates are located in web/"),
    (
        "Only the gateway module talks to the broker",
        "The gateway is the only module that talks to the broker",
    ),
    ("The image needs Python 3.12", "The image requires Python 3.12"),
    ("Branches must be rebased, not merged", "Rebase branches, do not merge them"),
    (
        "Branches are reviewed by hand, not merged blindly",
        "Branches are reviewed by hand and not merged blindly",
    ),
    ("A job must finish before it is retried", "Jobs must finish before they are retried"),
]

# (known, new): about the same, yet not the same; the second half of a sentence may turn the first round
NEAR = [
    ("Run the migrations before the tests. Keep them small.", "Run migrations before tests"),
    ("Keep the API stable - clients depend on it", "Keep the API stable"),
    ("Squash the branch, do not merge it", "Do not squash the branch, merge it"),
    ("It is not safe to call shutdown twice", "It is safe not to call shutdown twice"),
    ("Raise an error, do not return None", "Do not raise an error, return None"),
    ("Wait for the lock, never poll", "Never wait for the lock, poll"),
    ("Use POST, never GET, for deletes", "Use GET, never POST, for deletes"),
    ("Compare with `is`, not `==`", "Compare with `==`, not `is`"),
    ("Not all handlers are idempotent", "All handlers are not idempotent"),
    ("Only log errors", "Log only errors"),
    ("Fail closed, not open", "Fail open, not closed"),
    ("Copy first, then delete", "Delete first, then copy"),
    ("Never trust the client, check on the server", "Check on the client, never trust the server"),
    ("Do not test with mocks but with the real store", "Test with mocks but not with the real store"),
    ("Tests run before lint", "Lint runs before tests"),
    ("Branches are rebased, not merged", "Branches are merged, not rebased"),
    ("Rebase branches, do not merge them", "Merge branches, do not rebase them"),
    ("Rebase branches, do not merge them", "Do not rebase branches, merge them"),
    ("Run lint, build and deploy", "Run build, lint and deploy"),
    ("Make sure that errors are swallowed", "Errors are swallowed"),
]

# (known, new): they differ in what counts
DIFFERENT = [
    (
        "Only admins can delete projects",
        "Projects can only be deleted by admins",
    ),  # or archived by nobody else
    ("Only admins can delete projects", "Only projects can be deleted by admins"),
    ("Only admins can delete projects", "Projects may be deleted only by admins"),
    ("The worker writes only the index", "The index is written only by the worker"),
    ("Use Poetry for packaging", "Poetry is used for packaging"),
    ("We use Poetry for packaging", "Poetry is used for packaging by the build team"),
    ("The parser is not the bottleneck", "The bottleneck is the parser"),
    ("All nodes are the replicas of one leader", "The replicas of one leader are all nodes"),
    ("A imports B", "B imports A"),
    ("Use tabs", "Do not use tabs"),
    ("!!!", "???"),
    ("The timeout is 30 seconds", "The timeout is 60 seconds"),
    ("The timeout is > 30 seconds", "The timeout is < 30 seconds"),
    ("The offset is -1", "The offset is 1"),
    ("Use redis for sessions", "Use memcached for sessions"),
    ("Use redis for sessions in production", "Use redis for sessions in staging"),
    ("Sign cookies", "Sign cookies in production"),
    ("Sign cookies in production", "Sign cookies"),
    ("Delete failed uploads after three days", "Delete uploads after three days"),
    ("Only admins delete records", "Admins delete records"),
    ("Admins may delete records", "Admins must delete records"),
    ("Use C++ for the parser", "Use C for the parser"),
    ("Use C# for the parser", "Use C for the parser"),
    ("Flush before redirecting", "Redirect before flushing"),
    ("Flush before redirecting", "Flush after redirecting"),
    ("Enable the cache in tests", "Disable the cache in tests"),
    ("Use Postgres instead of MySQL", "Use MySQL instead of Postgres"),
    ("Import modules lazily", "Important modules lazily"),
    ("The university API is slow", "The universal API is slow"),
    ("Redis was used for sessions", "Redis is used for sessions"),
    ("Call flush_all when done", "Call flush when done"),
    ("See src/a.py", "See src/b.py"),
    ("Keep v1 of the format", "Keep v2 of the format"),
    ("Sign cookies", "Sign cookies because browsers tamper with them"),
    (
        "Sign cookies because browsers tamper with them",
        "Sign cookies because the auditor asked for a proof of origin",
    ),
    ("Use sync calls", "Use async calls"),
    ("All handlers are idempotent", "Some handlers are idempotent"),
    ("Never retry payments unless the key is idempotent", "Never retry payments"),
    ("Tests run without network", "Tests run with network"),
    ("Log at most one line", "Log at least one line"),
    ("Do not merge on Friday", "Do not merge on Monday"),
    ("Run migrations before tests", "Run the migrations before the tests. Never skip them."),
    ("Pin with ^ in package.json", "Pin with ~ in package.json"),
    ("Use & for masks", "Use | for masks"),
    ("Use `is` for None", "Use `it` for None"),
    ("You do not need to lock", "Do not lock"),
    ("Pass --verify to the hook", "Pass --no-verify to the hook"),
    ("Do not always retry", "Never retry"),
    ("Do not just retry", "Do not retry"),
    ("We can't drop 3.8", "We can drop 3.8"),
    ("Users may not delete posts", "Users may delete posts"),
    ("Use yaml.load", "Use yaml.safe_load"),
    ("Sort ascending", "Sort descending"),
    ("None of the caches is shared", "All of the caches are shared"),
    ("Errors are swallowed in the retry loop", "Errors must be swallowed in the retry loop"),
    ("Errors are swallowed in the retry loop", "Swallow errors in the retry loop"),
    ("Sessions expire after a day", "Sessions must expire after a day"),
    ("The cache is shared", "The cache will be shared"),
    ("Do not log all secrets", "All secrets must not be logged"),
    ("A worker reads all rows", "All rows are read by a worker"),
    ("The client polls the server", "The client is polled by the server"),
    ("The `user` table is small", "The `users` table is small"),
    ("The `user` table is small", "The users table is small"),
    ("Set `DEBUG` in the environment", "Set `debug` in the environment"),
    ("Wait 10s for the lock", "Wait 10ms for the lock"),
    ("Only admins must be notified", "Admins must be notified"),
    ("Cookies must be signed", "Cookies must only be signed"),
    ("Use sorted lists, not sets", "Use lists, not sorted sets"),
    ("Match `*` in globs", "Match `**` in globs"),
    ("Pass *args to the hook", "Pass args to the hook"),
    ("Run the daemon, as root", "Run the daemon"),
    ("Log user names or keys", "Log user keys or names in production"),
    ("All reviewers must approve a release", "Reviewers must approve a release"),
    ("Reset the store before each test", "Reset the store before the tests"),
    ("Only log errors in production", "Log errors in production only"),
    ("Users may not delete posts", "Users must not delete posts"),
]

# (one, other): one forbids what the other asks for
OPPOSED = [
    ("Use tabs", "Do not use tabs"),
    ("Use redis for sessions", "Never use redis for sessions"),
    ("Use redis for sessions", "Do not use redis"),
    ("Avoid global state", "Use global state"),
    ("Use simplejson", "Use json instead of simplejson"),
    ("Use requests for HTTP", "Prefer httpx over requests for HTTP"),
    ("Use requests for HTTP", "Use httpx rather than requests"),
    ("Cookies must be signed", "Cookies must not be signed"),
    ("Enable the query cache", "Disable the query cache"),
    ("Allow redirects to other hosts", "Forbid redirects to other hosts"),
    ("Always call flush before commit", "Never call flush before commit"),
    ("Use Postgres instead of MySQL", "Use MySQL instead of Postgres"),
    ("Use dataclasses. Keep them frozen.", "Don't use dataclasses"),
    ("We no longer use celery", "Use celery"),
]

# (one, other): both can hold
COMPATIBLE = [
    ("Use redis for sessions", "Use memcached for fragments"),
    ("Use redis for sessions", "Do not use redis for the queue"),
    ("Use redis", "Do not use redis in tests"),
    ("Never commit without tests", "Commit often"),
    ("Do not call flush twice", "Call flush before the redirect"),
    ("Sign cookies", "Do not sign tokens"),
    ("Never sign cookies twice", "Sign cookies"),
    ("Use logging for errors", "Use sentry for errors"),
    ("Do not retry", "Retry"),
    ("Use tabs", "Use tabs"),
    ("Do not use tabs because they render differently", "Use spaces"),
    ("Use json instead of simplejson", "Use json"),
    ("Do not use print for logging", "Use print in the command line"),
    ("Use C++ for the parser", "Do not use C for the parser"),
]


@pytest.mark.parametrize(("known", "new"), SAME)
def test_what_adds_nothing_is_known(known, new):
    """Word forms, fillers, spelling, a moved clause and a reason left out make no new record."""
    assert repeats(meaning(known), meaning(new))


@pytest.mark.parametrize(("known", "new"), NEAR)
def test_what_is_nearly_said_is_another_record_and_is_named(known, new):
    """Opposites of the same words are never one record, whichever came first; each is named beside the other."""
    for first, second in ((known, new), (new, known)):
        assert not repeats(meaning(first), meaning(second))
        records = SimilarRecords()
        records.put("1", "lesson", first)
        assert (records.repeated("lesson", second), records.near(second)) == ([], ["1"])


@pytest.mark.parametrize(("known", "new"), DIFFERENT)
def test_what_differs_in_substance_is_new(known, new):
    """Numbers, names, scope, order, strength, negation and new reasons make another record."""
    assert not repeats(meaning(known), meaning(new))


@pytest.mark.parametrize(("one", "other"), OPPOSED)
def test_opposites_are_seen_from_both_sides(one, other):
    """That one forbids what the other asks for does not depend on which came first."""
    assert opposes(meaning(one), meaning(other))
    assert opposes(meaning(other), meaning(one))
    assert not repeats(meaning(one), meaning(other))


@pytest.mark.parametrize(("one", "other"), COMPATIBLE)
def test_what_can_both_hold_is_no_contradiction(one, other):
    """Other objects, other scopes and exceptions oppose nothing."""
    assert not opposes(meaning(one), meaning(other))
    assert not opposes(meaning(other), meaning(one))


@pytest.mark.parametrize(
    "text", ["a, " * 2_700, "replace " * 1_000, "prefer x " * 900, "instead of " * 700, "not " * 2_000, "(" * 8_192,
             "in x, " * 1_300, "a:" * 4_000, "since " * 1_300, "-1" * 4_000, "…—" * 4_000, "*a " * 2_700, "`a" * 4_000,
             "a must be " * 800, "is read by " * 800, "a, not " * 1_100, "please " * 1_200, "1s" * 4_000]
)  # fmt: skip
def test_reading_hostile_text_takes_linear_time(text):
    """Whatever it repeats."""
    assert_linear(lambda size: meaning((text * 4)[:size]), 4 * len(text))
