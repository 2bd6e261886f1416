"""The findings of a run, in the forms in which people and machines look at them."""
