"""Whether the campaign is fair: bots play every stage, and its promises are checked against the runs."""
