"""How the study goes out: pages from notebooks, the site around them."""
