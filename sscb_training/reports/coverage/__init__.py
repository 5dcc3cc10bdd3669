"""The front page of the reports: how every need is covered, and at a glance how training dates were used."""
