"""What the worker does for imports: some rows at a time, each time all of them or none."""

from datetime import datetime, timedelta

from sscb_training.core.board import board_numbers
from sscb_training.core.transaction import transaction
from sscb_training.imports import queries, service
from sscb_training.imports.models import ImportState

CHUNKS_A_RUN = 8  # so that letters do not wait for a long file


def go_on_with_imports(now: datetime) -> int:
    """Import the next rows of the file that waits for longest, or undo it; how many rows. One that was killed goes on."""
    done = 0
    for _ in range(CHUNKS_A_RUN):
        if queries.next_at_work() is None:  # which keeps no writer waiting
            break
        with transaction():
            training_import = queries.next_at_work()
            if training_import is None:
                break
            if training_import.state is ImportState.UNDOING:
                service.undo(training_import, now=now)
                done += 1
            else:
                done += service.import_some(training_import, now=now)
    return done


def forget_imported_files(now: datetime) -> int:
    """Drop the cells of files that were done, or left lying, so many days ago."""
    before = now - timedelta(days=board_numbers().import_days_kept)
    with transaction():
        old = queries.to_forget(before=before)
        for training_import in old:
            service.forget(training_import, now=now)
    return len(old)
