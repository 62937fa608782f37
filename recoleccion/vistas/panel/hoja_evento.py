"""La hoja de evidencia de un evento: en pantalla, lo que hay y lo que falta; en papel, todo junto.

No se guarda: lleva nombres y fotos si la llave está abierta, y eso se borra con el tiempo.
"""

from collections.abc import Mapping
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import asistencias, cartas, cierres, directorio, evidencias, identidades, oficina
from recoleccion.consultas import informes as consulta
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import fecha_larga, horario, numero, plural
from recoleccion.impresos.evidencia import Hoja, evidencia_pdf
from recoleccion.informes import armar, canonico, cuadro
from recoleccion.sellado import Sello

from .. import llavero
from ..contexto import bd, instalacion
from ..sesion import requiere
from . import bp
from .comun import anotar, evento_o_404
from .encuestas import resultados
from .impresos import pdf

SIN_NOMBRE = "(sin nombre)"
LISTA_CERRADA = (
    "La lista con nombres está guardada y va aparte: la llave de nombres estaba cerrada al imprimir esta hoja."
)


@bp.get("/eventos/<id>/hoja-de-evidencia")
@requiere("titular")
def evento_hoja(id: str) -> ResponseReturnValue:
    evento = evento_o_404(id)
    return render_template(
        "panel/evento_hoja.html",
        evento=evento,
        datos=_datos(evento),
        poblacion=_poblacion(id),
        como=_como(id),
        faltan=_faltan(evento),
        encuestas=resultados(evento),
        fotos=len(_de_clase(id, "foto")),
        abierta=llavero.esta_abierta(),
    )


@bp.get("/eventos/<id>/hoja-de-evidencia.pdf")
@requiere("titular")
def evento_hoja_pdf(id: str) -> ResponseReturnValue:
    """Con la llave abierta lleva la lista y las fotos; cada vez queda anotado cuántas."""
    evento = evento_o_404(id)
    sello = llavero.sello_abierto()
    lista, fotos = (_lista(id, sello), _fotos(id, sello)) if sello else (None, [])
    anotar("imprimir hoja de evidencia", f"evento {id}", _visto(lista, fotos))
    return pdf(evidencia_pdf(_hoja(evento, lista, fotos)), f"evidencia-{evento['clave']}")


def _hoja(evento: Mapping[str, Any], lista: list[tuple[str, ...]] | None, fotos: list[dict[str, Any]]) -> Hoja:
    id, cierre = evento["id"], cierres.leer(bd(), evento["id"])
    papel = oficina.membrete(bd(), instalacion(), evento["programa"])
    datos, poblacion = _datos(evento), _poblacion(id)
    guardadas = len(_de_clase(id, "foto"))
    avisos = [] if lista is not None else [LISTA_CERRADA]
    if guardadas > len(fotos):
        avisos.append(
            f"{plural(guardadas, 'foto guardada', 'fotos guardadas')} en el sistema, de las que aquí van {len(fotos)}."
        )
    return Hoja(
        oficina=", ".join(filter(None, (papel.oficina, papel.municipio))),
        leyenda=papel.leyenda,
        pie=papel.pie,
        logo=papel.logo,
        titulo=evento["titulo"],
        datos=datos,
        poblacion=poblacion,
        como=_como(id),
        cierre=_cierre(id, cierre),
        carta=cartas.leer(bd(), id),
        encuestas=resultados(evento),
        lista=lista,
        fotos=fotos,
        avisos=avisos,
        huella=canonico.huella(canonico.texto({"id": id, "datos": datos, "poblacion": poblacion})),
    )


def _datos(evento: Mapping[str, Any]) -> list[tuple[str, str]]:
    etiqueta = instalacion().catalogos.etiqueta
    nombres = {fila["id"]: fila["nombre"] for fila in directorio.listar(bd(), quitadas=True)}
    con = [nombres[i] for i in evento.get("instituciones") or () if i in nombres]
    datos = [
        ("Actividad", etiqueta("tipo", evento["tipo"])),
        ("Tema", etiqueta("tema", evento["tema"])),
        ("Fecha", fecha_larga(evento["fecha"], con_ejercicio=True)),
        ("Hora", horario(evento["hora_inicio"], evento["hora_fin"])),
        ("Sede", evento["sede"]),
        ("Localidad", etiqueta("localidad", evento["localidad"])),
        ("Programa", etiqueta("programa", evento["programa"])),
        ("Facilitadora", evento.get("facilitadora") or ""),
        ("Efeméride", etiqueta("efemeride", evento["efemeride"]) if evento["efemeride"] else ""),
        ("Junto con", "; ".join(con)),
        ("Líneas del programa", ", ".join(evento["lineas"])),
    ]
    return [(nombre, valor) for nombre, valor in datos if valor]


def _poblacion(id: str) -> list[tuple[str, str, str, str, str]]:
    edades = [(opcion.clave, opcion.etiqueta) for opcion in instalacion().catalogos.edad]
    gente = armar.por_edad_y_sexo(edades, consulta.cruce_de_evento(bd(), id))
    return cuadro.cuadro_de_poblacion({"edades": edades, "poblacion": gente})


def _como(id: str) -> str:
    """Cuántas de esas asistencias se registraron y cuántas sólo se contaron."""
    vivo = asistencias.vivo(bd(), id)
    contadas = vivo["por_modo"].get("conteo", 0)
    registradas = plural(vivo["total"] - contadas, "persona registrada", "personas registradas")
    return f"{registradas}; {numero(contadas)} sólo se contaron."


def _cierre(id: str, cierre: Mapping[str, Any] | None) -> list[str]:
    if cierre is None:
        return []
    textos = []
    if cierre["contadas"] is not None:
        total = asistencias.vivo(bd(), id)["total"]
        textos.append(
            f"Se contaron a ojo {plural(cierre['contadas'], 'persona', 'personas')}; en el sistema hay {numero(total)}."
        )
    return [*textos, *([cierre["nota"]] if cierre["nota"] else [])]


def _de_clase(id: str, clase: str) -> list[dict[str, Any]]:
    return [fila for fila in evidencias.listar(bd(), evento_id=id) if fila["clase"] == clase]


def _lista(id: str, sello: Sello) -> list[tuple[str, ...]]:
    etiqueta = instalacion().catalogos.etiqueta
    quienes = identidades.mostrar(asistencias.lista(bd(), id), sello)
    return [
        (
            str(lugar),
            quien["nombre"] or SIN_NOMBRE,
            etiqueta("sexo", quien["sexo"]),
            "" if quien["edad"] == "nd" else quien["edad"],
            etiqueta("procedencia", quien["procedencia"]),
        )
        for lugar, quien in enumerate(quienes, start=1)
    ]


def _fotos(id: str, sello: Sello) -> list[dict[str, Any]]:
    """Las que se puedan abrir; una dañada no detiene la hoja."""
    abiertas = []
    for fila in _de_clase(id, "foto"):
        try:
            jpeg = evidencias.abrir(bd(), instalacion().evidencias, fila["id"], sello)
        except ErrorJornada:
            continue
        abiertas.append({"jpeg": jpeg, "pie": fila["pie"]})
    return abiertas


def _visto(lista: list[tuple[str, ...]] | None, fotos: list[dict[str, Any]]) -> str:
    if lista is None:
        return "sin nombres ni fotos"
    vistos = sum(fila[1] != SIN_NOMBRE for fila in lista)
    return f"{plural(vistos, 'nombre abierto', 'nombres abiertos')}, {plural(len(fotos), 'foto', 'fotos')}"


def _faltan(evento: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Qué le falta a la evidencia y dónde se pone."""
    id, faltan = evento["id"], []
    if cartas.leer(bd(), id) is None:
        faltan.append(("La carta descriptiva", url_for(".carta", id=id)))
    if cierres.leer(bd(), id) is None:
        faltan.append(("La hoja de cierre", url_for(".hoja_de_cierre", id=id)))
    if not _de_clase(id, "foto"):
        faltan.append(("Fotos", url_for(".evento_evidencias", id=id)))
    return faltan
