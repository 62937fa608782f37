"""Respaldar una carpeta de datos en un archivo sellado y volver a levantarla de él.

El archivo es ``tar | gzip | age`` para una llave que no está en esta computadora: está en papel. Dentro van la base
privada (copia hecha con ``VACUUM INTO``), la pública, los catálogos, las llaves, las evidencias (siguen selladas) y, al
final, un manifiesto con el SHA-256 de cada cosa. Con años de fotos mide gigabytes: todo se hace por pedazos. Al lado va
una sola copia del cuaderno con que se borran nombres (``nombres.llaves.age``).

``llave`` (la de papel), ``archivo`` (el formato), ``hacer`` (respaldar), ``levantar`` (restaurar), ``rotacion`` (cuáles
se quedan), ``anterior`` (deshacer una actualización), ``estado`` (qué pasó la última vez).
"""
