"""Indicators: what is asked of every case alike, so that a re-audit can say whether practice changed."""
