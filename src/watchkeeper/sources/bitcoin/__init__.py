"""Bitcoin and its kin: transactions, inputs and outputs, in the forms in which users have them."""
