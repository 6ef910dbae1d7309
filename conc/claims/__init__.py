"""What the article says, and the rule that judges each claim from results."""
