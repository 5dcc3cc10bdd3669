"""Assessments: each score that somebody had in a scheme, kept as an attempt, within what the terms allow."""
