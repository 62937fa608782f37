"""Qué se pregunta y qué respuesta vale; no sabe de Flask ni de SQL."""
