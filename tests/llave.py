"""La llave de la oficina de las pruebas: su frase, y los nombres que con ella se leen."""

from random import Random

from recoleccion.consultas import identidades, llave
from recoleccion.consultas.envoltura import Costo
from recoleccion.sellado import Sello
from tests.elenco import HORA

FRASE = "camino de nubes y mesa larga"
BARATO = Costo(memoria=1024, vueltas=1, hilos=1)
"""Para no esperar en cada prueba lo que se le hace esperar a quien adivina."""


def crear_llave(base, sello: Sello, frase: str = FRASE, semilla: int = 3) -> llave.Creada:
    return llave.crear(base, frase, sello=sello, ahora=HORA, azar=Random(semilla), costo=BARATO)


def quitar_llave(base) -> None:
    """Como una oficina que todavía no la tiene."""
    base.execute("DELETE FROM llave_envoltura")
    base.execute("DELETE FROM llave_oficina")


def nombres(base, frase: str = FRASE) -> dict[str, tuple[str | None, str | None]]:
    """Nombre y teléfono de cada asistencia que los dejó, con la llave abierta. Ninguno queda en claro."""
    sello = llave.abrir(base, frase)
    assert sello is not None
    filas = base.execute("SELECT asistencia_id AS id, nombre, telefono, sobre, ranura FROM identidad").fetchall()
    assert all(fila["nombre"] is None and fila["telefono"] is None for fila in filas)
    vistas = identidades.mostrar(identidades.con_capa(base, filas), sello)
    assert {vista["identidad"] for vista in vistas} <= {"abierta"}
    return {vista["id"]: (vista["nombre"], vista["telefono"]) for vista in vistas}
