"""A believable Shropshire to try the service with, built from Briefing 9 through the same verbs as the pages.

`briefing.yaml` restates the briefing, `county.yaml` draws the county around it. What happens in ten years is put on an
*agenda* and done in order of time, each at its own moment, by the services that the pages use. The same seed on the
same day gives the same data. *Copies* (`--scale`) are the same people and dates again under other names, written in
bulk: enough to measure with, and nothing to read.
"""
