"""What a scheme's terms mean for one person: whether they may be assessed now, and what a refresher renews."""
