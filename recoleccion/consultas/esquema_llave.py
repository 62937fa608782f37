"""La migración de la llave que se cambia (m012). Cómo se cambia: ``llave_giro.py``."""

M012 = """
-- Una llave que se cambió no se olvida: su privada queda sellada para la de ahora, que así abre lo que llegue tarde.
ALTER TABLE llave_oficina ADD COLUMN retirada_en TEXT;
ALTER TABLE llave_oficina ADD COLUMN privada_sellada BLOB;
CREATE UNIQUE INDEX llave_vigente ON llave_oficina (coalesce(retirada_en, '')) WHERE retirada_en IS NULL;

-- En qué archivo está cada evidencia: al cambiar la llave es otro. Vacío: el que lleva su id.
ALTER TABLE evidencia ADD COLUMN archivo TEXT;
"""
