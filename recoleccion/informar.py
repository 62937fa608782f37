"""Hacer un informe: juntar lo que dice, guardarlo y volverlo a leer. Sin pantalla: también para la consola."""

import base64
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from formularios import actividad
from formularios.catalogos import Catalogos
from formularios.puntaje import puntaje

from .consultas import avance, bitacora, informes, instrumentos, oficina, urna
from .informes import armar, canonico, menores
from .informes.periodos import Periodo
from .instalacion import Instalacion

LINEA_DE_DIAS = ("A8",)
"""La línea del programa de los días señalados: sus actividades van en los informes del 8M y del 25N."""


def cifras(db: Database, instalacion: Instalacion, periodo: Periodo, hoy: date) -> dict[str, Any]:
    """Los datos de un informe antes de firmarse, contados hasta hoy o hasta que el periodo terminó."""
    catalogos, corte = instalacion.catalogos, periodo.corte(hoy)
    dias = {"ejercicio": periodo.ejercicio, "desde": periodo.desde, "hasta": corte}
    partes: Mapping[str, Any]
    if periodo.clase == "especial":
        # Los eventos del ejercicio entero que llevan la efeméride; sus días acotan sólo las actividades.
        dias_de_eventos = dias | {"desde": f"{periodo.ejercicio}-01-01", "hasta": _hasta_hoy(periodo.ejercicio, hoy)}
        corte = dias_de_eventos["hasta"]
        partes = _especial(db, catalogos, periodo, dias, dias_de_eventos, _etiquetas_de_actividad(instalacion))
        dias = dias_de_eventos
    else:
        partes = armar.lineas(
            periodo,
            avance.de_ejercicio(db, periodo.ejercicio, hasta=corte),
            limites=avance.umbrales(db),
            localidades=_etiquetas(catalogos.localidad),
            evidencias=informes.evidencias(db, dias),
        ) | {"cambios": [menores.cambio(c) for c in informes.cambios(db, periodo.ejercicio, periodo.desde, corte)]}
    return armar.datos(
        periodo,
        corte=corte,
        oficina=_membrete(db, instalacion),
        edades=[(opcion.clave, opcion.etiqueta) for opcion in catalogos.edad],
        localidades=_etiquetas(catalogos.localidad),
        cruce=informes.cruce(db, dias, periodo.efemerides),
        por_localidad=informes.por_localidad(db, dias, periodo.efemerides),
        **partes,
    )


def guardar(db: Database, datos: Mapping[str, Any], *, id: str, ahora: datetime, quien: str, **escrito: Any) -> str:
    """Firma las cifras con lo escrito, las guarda y devuelve el id (ver :func:`armar.firmado`).

    Adentro va la cabeza de la bitácora de ese momento: sale en el papel y es siempre la misma.
    """
    firmado = armar.firmado(datos, hecho_en=ahora.isoformat(timespec="seconds"), hecho_por=quien, **escrito)
    if cabeza := bitacora.cabeza(db):
        firmado["bitacora"] = cabeza.corta
    return informes.guardar(
        db,
        id=id,
        clase=datos["clase"],
        ejercicio=datos["ejercicio"],
        periodo=datos["periodo"],
        texto=canonico.texto(firmado),
        ahora=ahora,
        quien=quien,
    )


def _hasta_hoy(ejercicio: int, hoy: date) -> str:
    return min(f"{ejercicio}-12-31", hoy.isoformat())


def _etiquetas(opciones: Any) -> dict[str, str]:
    return {opcion.clave: opcion.etiqueta for opcion in opciones}


def _etiquetas_de_actividad(instalacion: Instalacion) -> dict[tuple[str, str], str]:
    tipos = actividad.tipos(instalacion.carpeta_catalogos)
    return {(linea, tipo.clave): tipo.etiqueta for linea, suyos in tipos.items() for tipo in suyos}


def _membrete(db: Database, instalacion: Instalacion) -> dict[str, Any]:
    """El logotipo va adentro: si mañana cambia, el informe de hoy sale igual."""
    m = oficina.membrete(db, instalacion)
    logo = base64.b64encode(m.logo).decode() if m.logo else None
    return {"oficina": m.oficina, "municipio": m.municipio, "leyenda": m.leyenda, "pie": m.pie, "logo": logo}


def _especial(
    db: Database,
    catalogos: Catalogos,
    periodo: Periodo,
    dias: Mapping[str, Any],
    dias_de_eventos: Mapping[str, Any],
    etiquetas: Mapping[tuple[str, str], str],
) -> dict[str, Any]:
    hechos = informes.eventos(db, dias_de_eventos, efemerides=periodo.efemerides)
    anotadas = informes.actividades(db, dias, lineas=LINEA_DE_DIAS)
    return armar.especial(
        [
            {
                **{c: evento[c] for c in ("id", "fecha", "titulo", "sede", "fotos")},
                **{c: int(evento[c]) for c in ("mujeres", "hombres", "no_especificado", "total")},
                **{c: catalogos.etiqueta(c, evento[c]) for c in ("tipo", "tema", "localidad")},
            }
            for evento in hechos
        ],
        [
            {
                **{c: anotada[c] for c in ("id", "fecha", "linea", "cantidad", "alcance")},
                "tipo": etiquetas.get((anotada["linea"], anotada["tipo"]), anotada["tipo"]),
            }
            for anotada in anotadas
        ],
        _encuestas(db, hechos),
    )


def _encuestas(db: Database, hechos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Por encuesta, cuántas contestaciones se contaron y cuánto se acertó, pesando cada evento por las suyas.

    De un evento sólo hay cuentas desde 10 contestaciones; de los demás no se sabe nada.
    """
    juntas: dict[tuple[str, int], dict[str, Any]] = {}
    for evento in hechos:
        for cual, cuentas in urna.recuento(db, evento["id"]).items():
            n = cuentas.get("", {}).get("", 0)
            if n < armar.MINIMO_DE_ENCUESTA:
                continue
            instrumento = instrumentos.leer(db, *cual)
            suma = juntas.setdefault(
                cual, {"titulo": instrumento.titulo, "n": 0, "eventos": 0, "pesos": 0, "aciertos": 0.0, "de": 0}
            )
            suma["n"] += n
            suma["eventos"] += 1
            if hecho := puntaje(instrumento.para_tema(evento["tema"]), cuentas):
                suma["pesos"] += n
                suma["aciertos"] += n * hecho.aciertos
                suma["de"] = max(suma["de"], hecho.preguntas)
    return [
        {
            "titulo": suma["titulo"],
            "contestaciones": suma["n"],
            "eventos": suma["eventos"],
            "aciertos": f"{suma['aciertos'] / suma['pesos']:.1f} de {suma['de']}" if suma["pesos"] else None,
        }
        for _, suma in sorted(juntas.items())
    ]
