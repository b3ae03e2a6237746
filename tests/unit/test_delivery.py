"""Who gets an answer in parts, and in which form, by what it says it accepts."""

import pytest

from gateway.delivery import Form, form_for


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        # Who does not name it gets the answer whole.
        ("", None),
        ("*/*", None),
        ("application/json", None),
        ("multipart/*", None),
        ("multipart/form-data", None),
        ("application/graphql-response+json, application/json;q=0.9", None),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", None),
        # GraphiQL, urql, Apollo Client with either of its handlers, curl with one header.
        ("application/json, multipart/mixed", Form.IDS),
        ("application/graphql-response+json, text/event-stream, multipart/mixed", Form.IDS),
        ("multipart/mixed", Form.IDS),
        (
            "multipart/mixed;incrementalSpec=v0.2,application/graphql-response+json,application/json;q=0.9",
            Form.IDS,
        ),
        (
            "multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json;q=0.9",
            Form.PATHS,
        ),
        ('Multipart/Mixed; boundary="-"; deferSpec="20220824"', Form.PATHS),
        # What it likes better wins; of two forms the one that it likes better, or names first.
        ("multipart/mixed;q=0.5, application/json", None),
        ("multipart/mixed;q=0.5, */*;q=0.1", Form.IDS),
        ("multipart/mixed;q=0, application/json;q=0", None),
        ("multipart/mixed;deferSpec=20220824;q=0.5, multipart/mixed;incrementalSpec=v0.2", Form.IDS),
        ("multipart/mixed;deferSpec=20220824, multipart/mixed;incrementalSpec=v0.2", Form.PATHS),
        # Versions that nobody here speaks, and Apollo's protocol of subscriptions.
        ("multipart/mixed;deferSpec=20300101, application/json", None),
        ("multipart/mixed;subscriptionSpec=1.0, application/json", None),
        ("multipart/mixed;incrementalSpec=v9, multipart/mixed;deferSpec=20220824", Form.PATHS),
        # Nonsense is not a reason to fail.
        ("multipart/mixed;q=high", Form.IDS),
        (",;=,multipart/mixed;;=;q", Form.IDS),
    ],
)
def test_who_gets_parts(accept: str, form: Form | None) -> None:
    """Only who names multipart/mixed, in a version that we speak, and prefers nothing else, gets parts."""
    assert form_for(accept) is form
