"""What became of one supplier, from the error that it ended in."""

import pytest

from gateway.outcomes import Outcome, OutcomeStatus, nothing_found, of_failure, of_stale
from providers import errors

FAILURES = [
    (errors.RateLimited("m", retry_after=1.5), OutcomeStatus.RATE_LIMITED, 1500),
    (errors.QuotaExhausted("m", retry_after=3600), OutcomeStatus.QUOTA_EXHAUSTED, 3_600_000),
    (errors.UpstreamTimeout("m"), OutcomeStatus.TIMEOUT, None),
    (errors.Unavailable("m", retry_after=0), OutcomeStatus.UNAVAILABLE, 0),
    (errors.MalformedResponse("m"), OutcomeStatus.UNAVAILABLE, None),
    (errors.Transient("m", retry_after=-1), OutcomeStatus.UNAVAILABLE, 0),
    (errors.Unsupported("m"), OutcomeStatus.UNSUPPORTED, None),
    (errors.InvalidRequest("m"), OutcomeStatus.ERROR, None),
    (errors.NotFound("m"), OutcomeStatus.ERROR, None),
    (errors.AuthenticationFailed("m"), OutcomeStatus.ERROR, None),
]


@pytest.mark.parametrize(("error", "status", "milliseconds"), FAILURES, ids=str)
def test_failures(error: errors.ProviderError, status: OutcomeStatus, milliseconds: int | None) -> None:
    """Each kind of failure has its status, and says when to come back where anybody knows."""
    outcome = of_failure("cj", error)
    assert (outcome.supplier, outcome.status, outcome.message) == ("cj", status, "m")
    assert outcome.retry_after_ms == milliseconds
    assert outcome.total is None


def test_stale_says_why() -> None:
    """A stale answer keeps its total, and says what keeps a newer one away and until when."""
    waiting = of_stale("cj", errors.QuotaExhausted("The points are gone.", retry_after=60), 7)
    assert (waiting.status, waiting.total, waiting.retry_after_ms) == (OutcomeStatus.STALE, 7, 60_000)
    assert waiting.message is not None
    assert "The points are gone." in waiting.message
    renewing = of_stale("cj", None, 7)
    assert (renewing.status, renewing.retry_after_ms) == (OutcomeStatus.STALE, None)
    assert renewing.message is not None


def test_nothing_found_is_said() -> None:
    """Who found nothing says so, unless there is something to say of how it was asked."""
    said = nothing_found(Outcome("cj", OutcomeStatus.OK, total=0))
    assert (said.status, said.total) == (OutcomeStatus.OK, 0)
    assert said.message == "Nothing was found for these words."
    old = of_stale("cj", None, 0)
    assert nothing_found(old) == old
