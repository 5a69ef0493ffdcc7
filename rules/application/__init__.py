"""Who may transfer where: scope, grounds of refusal, required papers, bureaus."""
