"""The blueprint that the smaller features of home join."""

from flask import Blueprint

bp = Blueprint("home", __name__)
