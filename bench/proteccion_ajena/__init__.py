"""Cómo publicarían otros lo mismo: implementaciones de referencia, nuestras, de tres reglas publicadas.

Sirven de comparación en ``bench/publicacion.py`` y de publicación con fuga en ``tests/ataques``: cada ataque que a la
nuestra no le saca nada, a alguna de éstas sí. No se usan para publicar.
"""
