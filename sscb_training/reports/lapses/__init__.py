"""The forecast of lapses: what runs out in each of the next 24 months, and the places that renewing it needs."""
