"""El formulario de un evento en el panel: todas sus columnas, las líneas del POA y las encuestas."""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time
from typing import Any

from wtforms import BooleanField, Field, Form
from wtforms.widgets import DateInput, TimeInput

from formularios.campos import Lista, Pares, Renglon, Varias
from formularios.catalogos import Catalogos
from formularios.instrumento import Instrumento

ERROR_FECHA = "Esa fecha no existe. Escríbala como día/mes/año, por ejemplo 25/11/2026."
FALTA_FECHA = "Escriba la fecha. Si ya la había escrito, ese día no existe en el calendario."
"""El navegador borra de su casilla un 31 de febrero: llega vacía."""
ERROR_ANIO = "Revise el año de la fecha."
ERROR_HORA = "Esa hora no existe. Escríbala como 17:00."
ERROR_FIN = "Debe terminar después de empezar, el mismo día."
DE_LAS_ENCUESTAS = ("orden", "por_pantalla")
"""Campos que dicen cómo van las encuestas elegidas."""


def leer_fecha(texto: str) -> str:
    """La fecha como ``2026-11-25``, escrita así o como ``25/11/2026``. :raises ValueError: con su frase."""
    partes = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", texto)
    ordenado = f"{partes[3]}-{partes[2]:0>2}-{partes[1]:0>2}" if partes else texto
    try:
        fecha = date.fromisoformat(ordenado)
    except ValueError:
        raise ValueError(_no_existe(ordenado)) from None
    if not 2020 <= fecha.year <= 2100:
        raise ValueError(ERROR_ANIO)
    return fecha.isoformat()


def _no_existe(ordenado: str) -> str:
    """Por qué no existe una fecha: «31/02/2026 no existe: ese mes tiene 28 días.»."""
    partes = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", ordenado)
    if not partes or not 2020 <= int(partes[1]) <= 2100 or not 1 <= int(partes[2]) <= 12 or partes[3] == "00":
        return ERROR_FECHA
    dias = monthrange(int(partes[1]), int(partes[2]))[1]
    return f"El {partes[3]}/{partes[2]}/{partes[1]} no existe: ese mes tiene {dias} días."


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


class FormularioEvento(Form):
    def __init__(self, formdata: Any = None, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        encuestas = (data or {}).get("encuestas")
        super().__init__(formdata, data={**(data or {}), **dict.fromkeys(DE_LAS_ENCUESTAS, encuestas)}, **kwargs)

    zona_de: Mapping[str, str] = {}
    """La zona de cada localidad que la dice: es la del evento si no se elige otra."""

    def validate(self, extra_validators: Any = None) -> bool:
        zona = self["zona"]
        zona.data = zona.data or self.zona_de.get(self["localidad"].data or "")
        bien = super().validate(extra_validators)
        inicio, fin = self["hora_inicio"], self["hora_fin"]
        if not inicio.errors and not fin.errors and fin.data <= inicio.data:
            fin.errors = [ERROR_FIN]
            return False
        return bien

    def a_dict(self) -> dict[str, Any]:
        """Las columnas de ``evento``, ``lineas`` (claves del POA) y ``encuestas``, en su orden.

        De cada encuesta, ``instrumento`` y ``por_pantalla``. Lo que se dejó vacío es ``None``; las casillas son
        booleanos.
        """
        datos = {c: None if v == "" else v for c, v in self.data.items() if c not in DE_LAS_ENCUESTAS}
        elegidas, lugares, de_una_en_una = self["encuestas"].data or [], self["orden"].data, self["por_pantalla"].data
        encuestas = [
            {"instrumento": clave, "por_pantalla": clave in (de_una_en_una or [])}
            for clave in sorted(elegidas, key=lambda clave: lugares.get(clave, len(lugares)))
        ]
        return datos | {"lineas": list(self["lineas"].data or []), "encuestas": encuestas}

    def poner(self, datos: Mapping[str, Any]) -> None:
        """Cambia lo escrito por estos datos (de los de :meth:`a_dict`), como si hubieran llegado así."""
        mandado = list(como_se_manda(datos))
        for campo in self:
            if ("encuestas" if campo.name in DE_LAS_ENCUESTAS else campo.name) in datos:
                campo.process_formdata([valor for nombre, valor in mandado if nombre == campo.name])


def como_se_manda(datos: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Lo de :meth:`FormularioEvento.a_dict` como lo mandaría el navegador: ``(campo, valor)``."""
    for campo, valor in datos.items():
        for lugar, uno in enumerate(valor if isinstance(valor, list) else [valor], start=1):
            if isinstance(uno, Mapping):
                yield campo, uno["instrumento"]
                yield "orden", f"{uno['instrumento']} {lugar}"
                if uno["por_pantalla"]:
                    yield "por_pantalla", uno["instrumento"]
            elif uno not in (None, False):
                yield campo, "y" if uno is True else str(uno)


def formulario_evento(
    catalogos: Catalogos,
    lineas: Iterable[Mapping[str, Any]],
    instrumentos: Mapping[str, Instrumento],
    *,
    instituciones: Pares = (),
    series: Pares = (),
) -> type[FormularioEvento]:
    """La clase del formulario. Se llena con ``data=evento`` al editar.

    :param lineas: filas con ``clave`` y ``texto``.
    :param instrumentos: los que se pueden elegir, en el orden en que se enseñan.
    :param instituciones: con las que se puede hacer; sin ninguna, no se pregunta.
    :param series: a las que puede pertenecer; sin ninguna, no se pregunta.
    """
    pares_lineas = [(str(linea["clave"]), f"{linea['clave']} · {linea['texto']}") for linea in lineas]
    pares_encuestas = [(i.clave, f"{i.titulo} ({i.duracion})") for i in instrumentos.values()]
    campos: dict[str, Any] = {
        "titulo": Renglon("Título", maximo=120, falta="Escriba un título."),
        "tipo": _lista(catalogos, "tipo", "Tipo de evento"),
        "tema": _lista(catalogos, "tema", "Tema"),
        "fecha": Renglon("Fecha", maximo=10, falta=FALTA_FECHA, revisar=leer_fecha, widget=DateInput()),
        "hora_inicio": _hora("Empieza", "Escriba a qué hora empieza."),
        "hora_fin": _hora("Termina", "Escriba a qué hora termina."),
        "sede": Renglon(
            "Sede",
            maximo=120,
            falta="Escriba el lugar, por ejemplo Casa de la Cultura.",
            render_kw={"list": "sedes-usadas"},
        ),
        "localidad": _lista(catalogos, "localidad", "Localidad"),
        "zona": _lista(catalogos, "zona", "Zona"),
        "programa": _lista(catalogos, "programa", "Programa"),
        "efemeride": Lista("Efeméride", catalogos.pares("efemeride"), retiradas=catalogos.retiradas("efemeride")),
        "serie_id": Lista("Serie", series),
        "facilitadora": Renglon("Quién facilita", maximo=80, render_kw={"list": "facilitadoras-usadas"}),
        "lineas": Varias("Líneas del POA", pares_lineas),
        "instituciones": Varias("Con qué instituciones se hace", instituciones),
        "encuestas": _Encuestas("Encuestas", pares_encuestas),
        "orden": _Lugares("Orden"),
        "por_pantalla": _DeUnaEnUna("Una pregunta por pantalla", pares_encuestas),
        "pide_nombre": BooleanField("Nombre (si la persona quiere)", default=True),
        "pide_telefono": BooleanField("Teléfono (si la persona quiere)"),
        "pide_procedencia": BooleanField("De dónde viene", default=True),
        "autorizacion_escolar": BooleanField("La escuela autorizó que contesten personas de 12 a 17 años"),
        "avisa_fotos": BooleanField("Se avisa a quienes vienen que habrá fotos"),
    }
    for campo, opciones in (("instituciones", instituciones), ("serie_id", series)):
        if not opciones:
            del campos[campo]
    zonas = dict(catalogos.pares("zona"))
    zona_de = {o.clave: o.extra["zona"] for o in catalogos.localidad if o.extra.get("zona") in zonas}
    return type("Formulario", (FormularioEvento,), {**campos, "zona_de": zona_de})


def _lista(catalogos: Catalogos, catalogo: str, etiqueta: str) -> Lista:
    retiradas = catalogos.retiradas(catalogo)
    return Lista(etiqueta, catalogos.pares(catalogo), "Elija una opción de la lista.", retiradas=retiradas)


def _hora(etiqueta: str, falta: str) -> Renglon:
    return Renglon(etiqueta, maximo=8, falta=falta, revisar=leer_hora, widget=TimeInput())
