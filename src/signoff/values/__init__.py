"""Values that everything else is made of; an invalid one cannot exist."""
