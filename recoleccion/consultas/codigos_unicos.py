"""Los diez códigos impresos de una cuenta. Cada uno suple una vez a lo que falte; aquí sólo está su huella.

Son cifras para que se escriban en el mismo campo que el número de la aplicación, con el teclado de números. Veinte son
66 bits: la huella sola, sin sal que esconder, no se revierte probando. La cuenta va dentro de la huella, así que el
código de una no es el de otra.
"""

import hashlib
import random
from datetime import datetime

from sqlite_utils import Database

from . import cuentas
from .conexion import escritura
from .cuentas import Cuenta

CUANTOS = 10
CIFRAS = 20
POCOS = 3
"""Con menos sin usar se recuerda imprimir otros."""


def nuevos(db: Database, cuenta_id: str, ahora: datetime, azar: random.Random) -> list[str]:
    """Diez nuevos, que sólo se ven aquí. Los anteriores dejan de servir."""
    dados = [f"{azar.randrange(10**CIFRAS):0{CIFRAS}d}" for _ in range(CUANTOS)]
    with escritura(db):
        borrar(db, cuenta_id)
        for codigo in dados:
            db.execute(
                "INSERT INTO codigo_unico (huella, cuenta_id, creado_en) VALUES (?, ?, ?)",
                [_huella(cuenta_id, codigo), cuenta_id, ahora.isoformat()],
            )
    return dados


def usar(db: Database, cuenta_id: str, escrito: str, ahora: datetime) -> bool:
    """Lo gasta si es suyo y no se ha usado. De dos a la vez con el mismo, entra una."""
    codigo = normalizar(escrito)
    if codigo is None:
        return False
    with escritura(db):
        return (
            db.execute(
                "UPDATE codigo_unico SET usado_en = ? WHERE huella = ? AND cuenta_id = ? AND usado_en IS NULL",
                [ahora.isoformat(), _huella(cuenta_id, codigo), cuenta_id],
            ).rowcount
            == 1
        )


def son_suyos(db: Database, cuenta_id: str, codigos: list[str]) -> bool:
    """Si todos son de los vigentes de la cuenta, usados o no: para imprimir sólo los que de veras se dieron."""
    fila = "SELECT 1 FROM codigo_unico WHERE huella = ? AND cuenta_id = ?"
    return bool(codigos) and all(db.execute(fila, [_huella(cuenta_id, c), cuenta_id]).fetchone() for c in codigos)


def sin_usar(db: Database, cuenta_id: str) -> int:
    fila = db.execute("SELECT count(*) FROM codigo_unico WHERE cuenta_id = ? AND usado_en IS NULL", [cuenta_id])
    return int(fila.fetchone()[0])


def unica_titular(db: Database) -> Cuenta | None:
    """La titular, si sólo hay una activa: nadie más le puede abrir si se queda afuera."""
    titulares = [cuenta for cuenta in cuentas.listar(db) if cuenta.activa and cuenta.rol == "titular"]
    return titulares[0] if len(titulares) == 1 else None


def se_puede_quedar_afuera(db: Database) -> Cuenta | None:
    """La única titular, si además no tiene códigos impresos."""
    sola = unica_titular(db)
    return sola if sola and sin_usar(db, sola.id) == 0 else None


def borrar(db: Database, cuenta_id: str) -> None:
    with escritura(db):
        db.execute("DELETE FROM codigo_unico WHERE cuenta_id = ?", [cuenta_id])


def normalizar(escrito: str) -> str | None:
    """Las veinte cifras sin espacios ni guiones; nulo si no son veinte cifras."""
    cifras = "".join(escrito.replace("-", " ").split())
    return cifras if len(cifras) == CIFRAS and cifras.isascii() and cifras.isdigit() else None


def en_grupos(codigo: str) -> str:
    """De cuatro en cuatro, como va impreso."""
    return " ".join(codigo[i : i + 4] for i in range(0, len(codigo), 4))


def _huella(cuenta_id: str, codigo: str) -> str:
    return hashlib.sha256(f"jornada/codigo-unico/v1\n{cuenta_id}\n{codigo}".encode()).hexdigest()
