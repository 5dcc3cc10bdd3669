"""The public pages of courses and dates: what they cover, which needs they answer, how many places are left."""
