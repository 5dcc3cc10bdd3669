"""A believable Shropshire to try the service with, built from Briefing 9 through the same verbs as the pages."""
