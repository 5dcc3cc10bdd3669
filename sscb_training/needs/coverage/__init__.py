"""Coverage: the people of a need's audience who meet it, beside the headcount that their agencies declared."""
