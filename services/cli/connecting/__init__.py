"""The steps of connecting an organisation, each of which may be done again."""
