"""La primera página: qué hay hoy, qué viene en la semana y qué espera a la titular."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import cuarentena, directorio, dispositivos, eventos, llave, publicar, tablero
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import fecha_larga, plural

from ..contexto import ahora, bd
from ..sesion import cuenta_segura, requiere
from . import bp
from .comun import con_situacion

VERIFICACION = timedelta(days=180)
"""Un teléfono de ayuda que nadie ha marcado en medio año puede ya no contestar."""


class Pendiente(NamedTuple):
    """Algo que espera a la titular: la frase, por qué importa y dónde se resuelve."""

    frase: str
    porque: str
    enlace: str


@bp.get("/")
@requiere("titular", "promotora")
def inicio() -> ResponseReturnValue:
    momento = ahora()
    hoy = momento.date()
    lista = [
        con_situacion(evento, momento)
        for evento in eventos.listar(
            bd(), (hoy - timedelta(days=30)).isoformat(), (hoy + timedelta(days=7)).isoformat()
        )
    ]
    personas = tablero.personas_por_evento(bd())
    sin_cerrar = [e for e in lista if e["situacion"] == "pasado"]
    return render_template(
        "panel/inicio.html",
        hoy=[e for e in lista if e["fecha"] == hoy.isoformat()],
        abiertos_antes=[e for e in lista if e["fecha"] < hoy.isoformat() and e["situacion"] == "abierto"],
        semana=[e for e in lista if e["fecha"] > hoy.isoformat()],
        personas=personas,
        pendientes=_pendientes(hoy, sin_cerrar) if cuenta_segura().rol == "titular" else [],
    )


def sin_verificar(lineas: list[dict[str, Any]], hoy: date) -> list[dict[str, Any]]:
    """Las líneas de ayuda sin fecha de verificación o con una de hace más de :data:`VERIFICACION`."""
    limite = (hoy - VERIFICACION).isoformat()
    return [linea for linea in lineas if not linea["verificado_el"] or linea["verificado_el"] < limite]


def _toca_publicar(hoy: date) -> str | None:
    """El último día del periodo que ya se puede publicar; con el reloj mal, lo dice «Publicación»."""
    try:
        return next((lote["hasta"] for lote in publicar.lotes_por_cerrar(bd(), hoy)), None)
    except ErrorJornada:
        return None


def _pendientes(hoy: date, sin_cerrar: list[dict[str, Any]]) -> list[Pendiente]:
    base = bd()
    pendientes = []
    ayuda = directorio.ayuda(base)
    if not any(linea["propia"] for linea in ayuda):
        pendientes.append(
            Pendiente(
                "Falta el teléfono de su oficina",
                "Es el número que ve quien pide ayuda. Sin él no se puede pasar a producción.",
                url_for(".directorio_nueva", propia=1),
            )
        )
    if not llave.hay(base):
        pendientes.append(
            Pendiente(
                "Falta la llave de nombres",
                "Sin ella no se piden nombres ni teléfonos. La crea usted, con una frase que sólo usted sabe.",
                url_for(".llave"),
            )
        )
    for evento in sin_cerrar:
        pendientes.append(
            Pendiente(
                f"«{evento['titulo']}» sigue sin cerrar",
                f"Fue el {fecha_larga(evento['fecha'])}. Al cerrarlo se abre la urna y se cuentan las encuestas.",
                url_for(".evento", id=evento["id"]),
            )
        )
    if toca := _toca_publicar(hoy):
        pendientes.append(
            Pendiente(
                f"Ya se puede publicar lo que terminó el {fecha_larga(toca)}",
                "Véalo celda por celda y fírmelo. Lo que llegue después entra en lo siguiente.",
                url_for(".publicacion"),
            )
        )
    if cuantos := cuarentena.contar(base):
        pendientes.append(
            Pendiente(
                f"{plural(cuantos, 'registro', 'registros')} por revisar",
                "Llegaron de un teléfono y no se pudieron contar. Están guardados.",
                url_for(".cuarentena"),
            )
        )
    con_algo = [t for t in dispositivos.listar(base) if t["pendientes"] and not t["revocado_en"]]
    if con_algo:
        verbo = "tiene" if len(con_algo) == 1 else "tienen"
        pendientes.append(
            Pendiente(
                f"{plural(len(con_algo), 'teléfono', 'teléfonos')} {verbo} registros sin enviar",
                "Se envían solos cuando hay señal. Si ya pasó un día, pida que abran la aplicación con internet.",
                url_for(".telefonos"),
            )
        )
    for urna in tablero.urnas_en_espera(base):
        pendientes.append(
            Pendiente(
                f"La urna de «{urna['titulo']}» espera con {plural(urna['n'], 'contestación', 'contestaciones')}",
                "Con menos de 10 no se abre, para que nadie se reconozca. Se juntará con otro evento del programa.",
                url_for(".evento", id=urna["id"]),
            )
        )
    if viejas := sin_verificar(ayuda, hoy):
        pendientes.append(
            Pendiente(
                f"{plural(len(viejas), 'teléfono', 'teléfonos')} de ayuda sin verificar",
                "Márquelos y anote la fecha: una línea que no contesta hace daño.",
                url_for(".directorio_lista"),
            )
        )
    return pendientes
