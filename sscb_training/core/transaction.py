"""The only place that commits."""

from collections.abc import Iterator
from contextlib import contextmanager

from sscb_training.core.db import db


@contextmanager
def transaction() -> Iterator[None]:
    """Keep all of what the block did, or none of it.

    What was read before is let go and read afresh inside, so that a decision never rests on rows from
    before the lock. Letters and history are rows too, and are kept or lost with the rest.
    """
    if db.session.info.get("in_transaction"):
        raise RuntimeError("A transaction is open already: beginning another would drop what it did so far")
    db.session.rollback()
    db.session.info["in_transaction"] = True
    try:
        db.session.connection(execution_options={"writes": True})
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        db.session.info.pop("in_transaction", None)
