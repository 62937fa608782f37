"""Todo el SQL de la base privada."""
