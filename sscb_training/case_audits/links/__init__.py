"""Addresses that audits and actions name: lost, or marked dead by somebody who saw it."""
