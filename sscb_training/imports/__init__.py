"""Earlier training from files: who attended what, and who was accredited when, before this service knew of it.

An *import* is one file, from upload until it is done. Its rows are *checked* before anything is written: each is
*matched* (somebody who is here), *new*, *ambiguous* (somebody must say what it means), *rejected*, *here already* or
*left out*. Confirmed, it runs in the worker, some rows at a time, and may be undone as a whole while nothing depends on it.
*Earlier training* is an attendance without a booking: it shows in a record and accredits nobody.
"""
