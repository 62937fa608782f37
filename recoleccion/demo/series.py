"""Una serie con sus sesiones, quién facilita, con quiénes se hace, una carta descriptiva y hojas de cierre."""

from datetime import datetime
from random import Random
from typing import Any

from sqlite_utils import Database

from .. import reglas
from ..consultas import asistencias, cartas, cierres, directorio, eventos, series

CURSO = "Repostería para vender"
SESIONES = 6
FACILITAN = ("Lic. Marcela Ruiz", "Psic. Elena Vargas", "T. S. Julia Navarro")
INSTITUCIONES = (
    ("Centro de salud (demostración)", "Consulta y salud de la mujer"),
    ("DIF municipal (demostración)", "Apoyo a familias"),
    ("Secundaria técnica (demostración)", "Escuela"),
)
CARTA: dict[str, Any] = {
    "objetivo": "Que cada participante saque el costo de una receta y le ponga precio a lo que vende.",
    "publico": "Mujeres de 18 años o más que venden o quieren vender desde su casa",
    "materiales": "Rotafolio, plumones, calculadoras, harina, huevo, azúcar y dos hornos eléctricos.",
    "momentos": [
        {"momento": "Bienvenida", "actividad": "Registro, aviso de privacidad y ronda de nombres.", "minutos": 15},
        {"momento": "La receta", "actividad": "Preparan en equipos la receta del día.", "minutos": 50},
        {"momento": "Las cuentas", "actividad": "Costo de ingredientes, gas y tiempo; precio de venta.", "minutos": 35},
        {"momento": "Cierre", "actividad": "Qué se lleva cada quien, encuesta y aviso de la próxima.", "minutos": 20},
    ],
}
NOTAS = (
    "Llegó gente tarde y no alcanzó el café. Piden que sea más temprano.",
    "Faltaron sillas. La maestra del grupo pide otra plática en enero.",
    None,
)


def llenar(db: Database, ahora: datetime, azar: Random) -> None:
    """Sólo agrega: no cambia cuánta gente fue a nada."""
    hoy = ahora.date().isoformat()
    for orden, (nombre, servicio) in enumerate(INSTITUCIONES, start=50):
        directorio.guardar(
            db,
            {"nombre": nombre, "servicio": servicio, "telefono": "378 000 0000", "en_ayuda": False, "orden": orden},
        )
    con = [fila["id"] for fila in directorio.listar(db) if fila["nombre"] in dict(INSTITUCIONES)]
    hechos = [evento for evento in eventos.buscar(db, hasta=hoy) if evento["estado"] == "cerrado"]
    for evento in hechos[::3]:
        eventos.actualizar(db, evento["id"], {"facilitadora": azar.choice(FACILITAN)})
    for evento in hechos:
        if evento["tipo"] in ("reunion", "feria"):
            eventos.actualizar(db, evento["id"], {"instituciones": azar.sample(con, 2), "avisa_fotos": True})
    for evento in hechos[-12:-6]:
        registradas = asistencias.vivo(db, evento["id"])["total"]
        contadas, nota = registradas + azar.choice((0, 2, 5)), azar.choice(NOTAS)
        cierres.guardar(db, evento["id"], contadas=contadas, nota=nota, vista=None, ahora=ahora, quien="titular")
    _curso(db, [evento for evento in hechos if evento["titulo"] == CURSO][-SESIONES:], ahora, azar)


def _curso(db: Database, sesiones: list[dict[str, Any]], ahora: datetime, azar: Random) -> None:
    id = reglas.nuevo_id(azar)
    nota = "Los sábados que haya feria no hay sesión."
    series.crear(
        db, id=id, nombre=CURSO, nota=nota, datos={"programa": "empoderamiento"}, fechas=[], ahora=ahora, azar=azar
    )
    for numero, sesion in enumerate(sesiones, start=1):
        cambios = {"titulo": f"{CURSO} · sesión {numero}", "serie_id": id, "facilitadora": FACILITAN[0]}
        eventos.actualizar(db, sesion["id"], cambios)
        cartas.guardar(db, sesion["id"], CARTA, vista=None, ahora=ahora)
