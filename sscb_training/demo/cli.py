"""`flask demo …`"""

from flask.cli import AppGroup

group = AppGroup("demo", help="Demonstration data.")
