"""What a WSGI server serves: `wsgi:app`."""

from sscb_training import create_app

app = create_app()
