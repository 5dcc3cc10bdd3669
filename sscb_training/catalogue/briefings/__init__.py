"""Learning briefings for readers: the list, one edition as a page and as a PDF, and the courses that answer it."""
