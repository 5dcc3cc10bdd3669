"""Who trained on a date, or is to, without the accreditation that whoever trains on its course must hold."""
