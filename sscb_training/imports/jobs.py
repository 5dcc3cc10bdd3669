"""What the worker does for imports: some rows at a time, each time all of them or none."""

from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError

from sscb_training.core.board import board_numbers
from sscb_training.core.errors import note
from sscb_training.core.transaction import transaction
from sscb_training.imports import queries, service
from sscb_training.imports.models import ImportState

CHUNKS_A_RUN = 8  # so that letters do not wait for a long file


def go_on_with_imports(now: datetime) -> int:
    """Import the next rows of the file that waits for longest, or undo it; how many rows. One that was killed goes on.

    One that fails is left to staff, who see it on its page, and the next has its turn.
    """
    done = 0
    for _ in range(CHUNKS_A_RUN):
        waiting = queries.next_at_work()  # which keeps no writer waiting
        if waiting is None:
            break
        import_id = waiting.id
        try:
            done += _go_on(import_id, now)
        except service.ImportRefused:  # another worker was quicker
            continue
        except OperationalError:  # the database is away or busy, which no import is to blame for
            raise
        except Exception as failure:
            note("import failed", failure, training_import=import_id)
            with transaction():
                service.note_trouble(queries.import_for_staff(import_id), now=now)
    return done


def _go_on(import_id: int, now: datetime) -> int:
    with transaction():
        training_import = queries.next_at_work()
        if training_import is None or training_import.id != import_id:
            return 0
        if training_import.state is ImportState.UNDOING:
            service.undo(training_import, now=now)
            return 1
        return service.import_some(training_import, now=now)


def forget_imported_files(now: datetime) -> int:
    """Drop the cells of files that were done, or left lying, so many days ago."""
    before = now - timedelta(days=board_numbers().import_days_kept)
    with transaction():
        old = queries.to_forget(before=before)
        for training_import in old:
            service.forget(training_import, now=now)
    return len(old)
