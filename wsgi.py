"""What a WSGI server serves: `wsgi:app`."""

import gc

from sscb_training import create_app

app = create_app()
gc.freeze()  # what stays for good; a page with many rows had the collector look through all of it again and again
