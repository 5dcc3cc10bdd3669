"""Drafts of briefings that somebody drops: a correction, or a first draft, begun by mistake."""
