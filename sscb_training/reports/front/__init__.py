"""The home of the reports: what each answers, the last frozen copies, and what makes itself."""
