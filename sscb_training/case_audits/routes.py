"""Pages of case_audits."""

from flask import Blueprint

bp = Blueprint("case_audits", __name__)
