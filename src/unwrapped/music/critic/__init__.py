"""The critic: from a profile to a verdict in which every word rests on a figure."""
