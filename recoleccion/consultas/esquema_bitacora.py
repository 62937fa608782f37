"""La migración de la bitácora encadenada (m010). Cómo es la cadena: ``cadena.py``."""

from sqlite_utils import Database

from . import cadena

CABEZA = "bitacora_cabeza"
"""El ajuste donde va la cabeza, aparte de la bitácora."""

M010 = """
ALTER TABLE bitacora ADD COLUMN huella TEXT NOT NULL DEFAULT '';
-- «INSERT OR REPLACE» borra sin avisar al disparador de borrar.
CREATE TRIGGER bitacora_no_se_encima BEFORE INSERT ON bitacora
  WHEN EXISTS (SELECT 1 FROM bitacora WHERE id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'la bitacora no se cambia'); END;
"""


def encadenar_lo_que_hay(db: Database) -> None:
    """Pone su huella a los renglones de antes. Es la única vez que un renglón se toca, y sólo para agregársela."""
    disparador = db.execute("SELECT sql FROM sqlite_master WHERE name = 'bitacora_no_cambia'").fetchone()[0]
    db.execute("DROP TRIGGER bitacora_no_cambia")
    cabeza = cadena.Cabeza(0, cadena.PRINCIPIO)
    filas = db.execute(f"SELECT {', '.join(cadena.CAMPOS)} FROM bitacora ORDER BY id").fetchall()  # noqa: S608
    for fila in filas:
        dichos = dict(zip(cadena.CAMPOS, fila, strict=True))
        cabeza = cadena.Cabeza(dichos["id"], cadena.huella(cabeza.huella, dichos))
        db.execute("UPDATE bitacora SET huella = ? WHERE id = ?", [cabeza.huella, cabeza.id])
    if filas:
        db.execute("INSERT INTO ajuste (clave, valor) VALUES (?, ?)", [CABEZA, str(cabeza)])
    db.execute(disparador)
