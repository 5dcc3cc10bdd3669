"""The certificates of one session together: as one file, and by email to each delegate.

Who waits for an evaluation is listed and gets nothing yet. A *sending* is staff's wish that everybody gets what is
theirs; the worker fulfils it, and nobody gets the same certificate twice.
"""
