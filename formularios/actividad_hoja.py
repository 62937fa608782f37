"""Las actividades en una hoja de cálculo: cómo se llaman sus columnas y qué dice cada renglón."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from formularios.actividad import TipoActividad, Tipos
from formularios.actividad_formulario import FormularioActividad, formulario_actividad
from formularios.campos import Datos, Pares
from formularios.tabla import Tabla, emparejar, llana

CAMPOS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("Id",),
        "fecha": ("Fecha", "día", "fecha de la actividad", "fecha de solicitud", "solicitado"),
        "linea": ("Línea", "línea del POA", "línea de acción", "meta", "acción", "POA"),
        "tipo": ("Tipo", "tipo de actividad", "actividad", "servicio", "concepto", "qué fue"),
        "cantidad": ("Cantidad", "cuántas", "cuántos", "total", "realizadas"),
        "mujeres": ("Mujeres", "M", "femenino"),
        "hombres": ("Hombres", "H", "masculino"),
        "no_especificado": ("No especificado", "sin especificar", "otro", "N/E"),
        "programa": ("Programa", "apoyo", "programa o apoyo", "convocatoria"),
        "institucion": ("Institución", "dirección", "dependencia", "canalizada a", "institución o dirección"),
        "tema": ("Tema",),
        "horas": ("Horas", "duración", "horas que duró"),
        "alcance": ("Alcance", "alcance en la red", "personas alcanzadas", "visualizaciones"),
        "limite": ("Se pidió para el", "fecha límite", "límite", "plazo", "vence"),
        "cumplida_el": ("Se entregó el", "fecha de entrega", "entregado", "cumplida el"),
        "nota": ("Nota", "notas", "observaciones", "comentarios"),
    }
)
"""Por campo, el título con que se escribe y los demás con que se reconoce."""
TITULOS = tuple(nombres[0] for nombres in CAMPOS.values())
NOMBRES = tuple(nombre for nombres in CAMPOS.values() for nombre in nombres)


@dataclass(frozen=True)
class Renglon:
    """Uno del archivo. ``datos`` (como los del formulario, con ``linea``) es ``None`` si hay ``errores``.

    ``id``: el que traía, si lo traía. ``celdas``: lo que decía, por campo.
    """

    fila: int
    celdas: Mapping[str, str]
    datos: Mapping[str, Any] | None
    errores: tuple[str, ...] = ()
    avisos: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.celdas.get("id", "")


_LIBRES = ("programa", "institucion", "nota")


def a_espera(renglon: Renglon) -> dict[str, Any]:
    """Lo que se deja en espera de un renglón: lo que se guardaría y, si está mal, sus celdas sin los textos libres.

    Así, lo que alguien haya escrito de una persona en sus observaciones no toca la base ni un momento.
    """
    celdas = {c: t for c, t in renglon.celdas.items() if c == "id" or (renglon.datos is None and c not in _LIBRES)}
    datos = None if renglon.datos is None else dict(renglon.datos)
    return {
        "fila": renglon.fila,
        "celdas": celdas,
        "datos": datos,
        "errores": list(renglon.errores),
        "avisos": list(renglon.avisos),
    }


def de_espera(partes: Mapping[str, Any]) -> Renglon:
    errores, avisos = tuple(partes["errores"]), tuple(partes["avisos"])
    return Renglon(partes["fila"], partes["celdas"], partes["datos"], errores, avisos)


def recortar(tabla: Tabla) -> tuple[list[dict[str, Any]], list[str]]:
    """Sólo las columnas que se conocen: ``({fila, celdas, problema}, títulos que no se tomaron)``.

    Lo demás se suelta aquí: en una hoja ajena puede haber nombres.
    """
    lugares = emparejar(tabla.encabezados, CAMPOS)
    sobran = [t for n, t in enumerate(tabla.encabezados) if t and n not in lugares.values()]
    renglones = [
        {
            "fila": numero,
            "celdas": {campo: celdas[n] for campo, n in lugares.items() if celdas[n]},
            "problema": tabla.problemas.get(numero, ""),
        }
        for numero, celdas in tabla.filas
    ]
    return [r for r in renglones if r["celdas"] or r["problema"]], sobran


class Lector:
    """Revisa renglones con el mismo formulario con que se anota una actividad a mano."""

    def __init__(self, tipos: Tipos, temas: Pares, hoy: date, linea: str | None = None) -> None:
        """:param linea: la de los renglones que no dicen la suya."""
        self.tipos, self.temas, self.linea = tipos, temas, linea
        self._formas: dict[str, type[FormularioActividad]] = {
            clave: formulario_actividad(de_la_linea, temas, hoy) for clave, de_la_linea in tipos.items()
        }
        self._temas = {llana(nombre): clave for clave, etiqueta in temas for nombre in (clave, etiqueta)}

    def leer(self, fila: int, celdas: Mapping[str, str], problema: str = "") -> Renglon:
        """Nunca falla: lo que está mal se dice en ``errores``, con el nombre de su columna."""
        if problema:
            return Renglon(fila, celdas, None, (problema,))
        hallado = self._linea_y_tipo(celdas.get("linea", ""), celdas.get("tipo", ""))
        if isinstance(hallado, str):
            return Renglon(fila, celdas, None, (hallado,))
        linea, tipo = hallado
        errores = []
        escritos = {campo: [texto] for campo, texto in celdas.items() if campo not in ("id", "linea", "tipo", "tema")}
        if "tema" in celdas and "tema" in tipo.columnas:
            clave = self._temas.get(llana(celdas["tema"]))
            if clave is None:
                nombres = ", ".join(etiqueta for _, etiqueta in self.temas)
                errores.append(f"Tema: «{celdas['tema'][:40]}» no está en la lista ({nombres}).")
            escritos["tema"] = [clave or self.temas[0][0]]
        forma = self._formas[linea](Datos({**escritos, "tipo": [tipo.clave]}))
        if not forma.validate():
            errores += [f"{_titulo(campo.name)}: {campo.errors[0]}" for campo in forma if campo.errors]
        if errores:
            return Renglon(fila, celdas, None, tuple(errores))
        return Renglon(fila, celdas, {"linea": linea, **forma.a_dict()}, (), tuple(_de_mas(celdas, tipo)))

    def _linea_y_tipo(self, linea: str, tipo: str) -> tuple[str, TipoActividad] | str:
        """La línea y el tipo, o la frase de por qué no se sabe. Sin línea basta un tipo que esté en una sola."""
        claves = {llana(clave): clave for clave in self.tipos}
        clave = claves.get(llana(linea).replace(" ", "")) if linea else self.linea
        if linea and clave is None:
            return f"Línea: «{linea[:40]}» no es una de las que llevan actividades ({', '.join(self.tipos)})."
        if not tipo:
            return "Tipo: está vacío. Escriba qué fue, con las palabras del catálogo."
        candidatas = [clave] if clave else list(self.tipos)
        buscado = llana(tipo)
        hallados = [
            (de, t) for de in candidatas for t in self.tipos[de] if buscado in (llana(t.clave), llana(t.etiqueta))
        ]
        if len(hallados) == 1:
            return hallados[0]
        if len(hallados) > 1:
            lineas = ", ".join(de for de, _ in hallados)
            return f"Línea: está vacía y «{tipo[:40]}» puede ser de {lineas}. Escriba cuál."
        return f"Tipo: «{tipo[:60]}» no está en el catálogo{f' de {clave}' if clave else ''}."


def _de_mas(celdas: Mapping[str, str], tipo: TipoActividad) -> list[str]:
    """Avisa de lo que este tipo no guarda, para que nadie crea que quedó."""
    fijas = {"id", "linea", "tipo", "fecha", "cantidad"}
    sobran = [_titulo(campo) for campo in celdas if campo not in fijas | tipo.columnas]
    return [f"No se guarda: {', '.join(sobran)}. «{tipo.etiqueta}» no lo lleva."] if sobran else []


def _titulo(campo: str) -> str:
    return CAMPOS[campo][0]


def celdas_de(actividad: Mapping[str, Any], tipos: Tipos, temas: Mapping[str, str]) -> list[Any]:
    """Una actividad guardada como renglón de la hoja, en el orden de :data:`TITULOS`."""
    de_la_linea = tipos.get(actividad["linea"], ())
    etiqueta = next((t.etiqueta for t in de_la_linea if t.clave == actividad["tipo"]), actividad["tipo"])
    valores = {**actividad, "tipo": etiqueta, "tema": temas.get(actividad["tema"] or "", actividad["tema"])}
    return [valores[campo] for campo in CAMPOS]


def iguales(renglones: Sequence[Renglon]) -> dict[int, int]:
    """``{fila: la de más arriba que dice lo mismo}``, de los renglones buenos sin id."""
    vistas: dict[tuple[Any, ...], int] = {}
    repetidas = {}
    for renglon in renglones:
        if renglon.datos is None or renglon.id:
            continue
        llave = tuple(sorted(renglon.datos.items(), key=lambda par: par[0]))
        if llave in vistas:
            repetidas[renglon.fila] = vistas[llave]
        vistas.setdefault(llave, renglon.fila)
    return repetidas
