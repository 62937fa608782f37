"""Las páginas que contestan preguntas: cada una lee la base pública, dibuja, y dice de dónde sale cada número."""
