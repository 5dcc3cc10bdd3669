"""Triage: where each finding of an audit leads."""
