"""El formulario de un evento en el panel: todas sus columnas, las líneas del POA y las encuestas."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from wtforms import BooleanField, Field, Form
from wtforms.widgets import DateInput, TimeInput

from formularios.campos import Lista, Renglon, Varias
from formularios.catalogos import Catalogos
from formularios.instrumento import Instrumento

ERROR_FECHA = "Esa fecha no existe. Escríbala como día/mes/año, por ejemplo 25/11/2026."
ERROR_ANIO = "Revise el año de la fecha."
ERROR_HORA = "Esa hora no existe. Escríbala como 17:00."
ERROR_FIN = "Debe terminar después de empezar, el mismo día."
DE_LAS_ENCUESTAS = ("orden", "por_pantalla")
"""Campos que dicen cómo van las encuestas elegidas."""


def leer_fecha(texto: str) -> str:
    """La fecha como ``2026-11-25``, escrita así o como ``25/11/2026``. :raises ValueError: con su frase."""
    partes = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", texto)
    try:
        fecha = date(int(partes[3]), int(partes[2]), int(partes[1])) if partes else date.fromisoformat(texto)
    except ValueError:
        raise ValueError(ERROR_FECHA) from None
    if not 2020 <= fecha.year <= 2100:
        raise ValueError(ERROR_ANIO)
    return fecha.isoformat()


def leer_hora(texto: str) -> str:
    """La hora como ``17:00``; admite ``9:30`` y segundos. :raises ValueError: con su frase."""
    try:
        hora, minuto, *_ = (int(parte) for parte in texto.split(":"))
        return time(hora, minuto).isoformat("minutes")
    except ValueError:
        raise ValueError(ERROR_HORA) from None


class _Encuestas(Varias):
    """Cuáles. Al editar se llena con las del evento: claves, o filas con ``instrumento``."""

    def process_data(self, value: Iterable[Any] | None) -> None:
        super().process_data([_clave(v) for v in value or ()])


class _Lugares(Field):
    """En qué orden van: llega ``clave lugar`` por cada una y queda ``{clave: lugar}``. Lo demás se salta."""

    def process_data(self, value: Iterable[Any] | None) -> None:
        self.data = {_clave(v): lugar for lugar, v in enumerate(value or (), start=1)}

    def process_formdata(self, valuelist: list[str]) -> None:
        pares = (re.fullmatch(r"([a-z][a-z0-9_]*) ([0-9]{1,3})", valor) for valor in valuelist)
        self.data = {par[1]: int(par[2]) for par in pares if par}


class _DeUnaEnUna(_Encuestas):
    """Cuáles van con una pregunta por pantalla. Al editar, las que lo dicen."""

    def process_data(self, value: Iterable[Any] | None) -> None:
        super().process_data([v for v in value or () if isinstance(v, Mapping) and v.get("por_pantalla")])


def _clave(encuesta: Any) -> str:
    return str(encuesta["instrumento"] if isinstance(encuesta, Mapping) else encuesta)


class _Evento(Form):
    def __init__(self, formdata: Any = None, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        encuestas = (data or {}).get("encuestas")
        super().__init__(formdata, data={**(data or {}), **dict.fromkeys(DE_LAS_ENCUESTAS, encuestas)}, **kwargs)

    def validate(self, extra_validators: Any = None) -> bool:
        bien = super().validate(extra_validators)
        inicio, fin = self["hora_inicio"], self["hora_fin"]
        if not inicio.errors and not fin.errors and fin.data <= inicio.data:
            fin.errors = [ERROR_FIN]
            return False
        return bien

    def a_dict(self) -> dict[str, Any]:
        """Las columnas de ``evento``, ``lineas`` (claves del POA) y ``encuestas``, en su orden.

        De cada encuesta, ``instrumento`` y ``por_pantalla``. ``efemeride`` sin elegir es ``None``; las casillas son
        booleanos.
        """
        datos = {campo: valor for campo, valor in self.data.items() if campo not in DE_LAS_ENCUESTAS}
        elegidas, lugares, de_una_en_una = self["encuestas"].data or [], self["orden"].data, self["por_pantalla"].data
        encuestas = [
            {"instrumento": clave, "por_pantalla": clave in (de_una_en_una or [])}
            for clave in sorted(elegidas, key=lambda clave: lugares.get(clave, len(lugares)))
        ]
        return datos | {"lineas": list(self["lineas"].data or []), "encuestas": encuestas}


def formulario_evento(
    catalogos: Catalogos, lineas: Iterable[Mapping[str, Any]], instrumentos: Mapping[str, Instrumento]
) -> type[_Evento]:
    """La clase del formulario. Se llena con ``data=evento`` al editar.

    :param lineas: filas con ``clave`` y ``texto``.
    :param instrumentos: los que se pueden elegir, en el orden en que se enseñan.
    """
    pares_lineas = [(str(linea["clave"]), f"{linea['clave']} · {linea['texto']}") for linea in lineas]
    pares_encuestas = [(i.clave, f"{i.titulo} ({i.duracion})") for i in instrumentos.values()]
    campos: dict[str, Any] = {
        "titulo": Renglon("Título", maximo=120, falta="Escriba un título."),
        "tipo": _lista(catalogos, "tipo", "Tipo de evento"),
        "tema": _lista(catalogos, "tema", "Tema"),
        "fecha": Renglon(
            "Fecha", maximo=10, falta="Escriba la fecha del evento.", revisar=leer_fecha, widget=DateInput()
        ),
        "hora_inicio": _hora("Empieza", "Escriba a qué hora empieza."),
        "hora_fin": _hora("Termina", "Escriba a qué hora termina."),
        "sede": Renglon("Sede", maximo=120, falta="Escriba el lugar, por ejemplo Casa de la Cultura."),
        "localidad": _lista(catalogos, "localidad", "Localidad"),
        "zona": _lista(catalogos, "zona", "Zona"),
        "programa": _lista(catalogos, "programa", "Programa"),
        "efemeride": Lista("Efeméride", catalogos.pares("efemeride")),
        "lineas": Varias("Líneas del POA", pares_lineas),
        "encuestas": _Encuestas("Encuestas", pares_encuestas),
        "orden": _Lugares("Orden"),
        "por_pantalla": _DeUnaEnUna("Una pregunta por pantalla", pares_encuestas),
        "pide_nombre": BooleanField("Nombre (si la persona quiere)", default=True),
        "pide_telefono": BooleanField("Teléfono (si la persona quiere)"),
        "pide_procedencia": BooleanField("De dónde viene", default=True),
        "autorizacion_escolar": BooleanField("La escuela autorizó que contesten personas de 12 a 17 años"),
    }
    return type("FormularioEvento", (_Evento,), campos)


def _lista(catalogos: Catalogos, catalogo: str, etiqueta: str) -> Lista:
    return Lista(etiqueta, catalogos.pares(catalogo), "Elija una opción de la lista.")


def _hora(etiqueta: str, falta: str) -> Renglon:
    return Renglon(etiqueta, maximo=8, falta=falta, revisar=leer_hora, widget=TimeInput())
