"""OpenRosa: para que un teléfono con ODK Collect o KoboCollect envíe a la misma urna y a las mismas listas.

Puro: ni Flask ni base. Las direcciones están en ``vistas/openrosa.py``; cómo se usa, en ``README.md``.
"""
