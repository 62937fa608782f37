"""El modelo de un instrumento: un cuestionario con versión, inmutable y con huella.

Se guarda como JSON. Un instrumento con contestaciones no cambia: un cambio es otra versión. Todo lo que se
muestra y se valida sale de aquí; ninguna pantalla conoce las preguntas. Las expresiones (``relevante``,
``restriccion``, ``calculo``...) son texto de XLSForm: ``formularios.expresiones`` dice qué significan.

Las preguntas van en una sola lista, en el orden en que se leen; los grupos son otra lista y cada pregunta dice en
cuál está. Lo que un instrumento debe cumplir está en ``formularios/invariantes.py``.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from math import prod
from pathlib import Path
from typing import Any, NoReturn, TypeVar

INCLUIDOS = ("antes", "despues", "satisfaccion", "reconocer")
CERRADAS = ("una", "varias", "orden")
"""Las que se contestan con opciones."""
NUMERICAS = ("entero", "decimal", "rango")
SIN_CAMPO = ("nota", "calculo", "oculto", "hoy")
"""Las que nadie contesta: se leen o se calculan."""
TIPOS = (*CERRADAS, *NUMERICAS, "texto", "fecha", "hora", "acepto", "codigo", "punto", *SIN_CAMPO)
SENSIBILIDADES = ("personal", "sensible")
VECES_MAXIMO = 10
"""Cuántas veces se repite un grupo que no dice cuántas."""
VECES_TOPE = 50
"""Y cuántas, a lo más, uno que sí."""
PARTES_MAXIMAS = 10_000
"""Lo más que una encuesta puede mandar de una vez: sus campos, y cada opción de los que admiten varias."""

_CARPETA = Path(__file__).parent / "instrumentos"


class ErrorInstrumento(ValueError):
    """Un instrumento que no se puede usar; el mensaje dice dónde y por qué."""


class Mapa(dict[str, Any]):
    """Un ``dict`` que no cambia, para que lo que lo lleva tenga huella."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def _no(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("un instrumento no cambia: haga otra versión")

    __setitem__ = __delitem__ = update = pop = popitem = clear = setdefault = __ior__ = _no


VACIO = Mapa()


@dataclass(frozen=True)
class Opcion:
    """``exclusiva``: no se puede marcar junto con otra («Nada por ahora»)."""

    clave: str
    texto: str
    exclusiva: bool = False
    datos: Mapa = VACIO
    """Columnas propias, que usa el ``filtro`` de la pregunta: ``{"estado": "14"}``."""
    traducciones: Mapa = VACIO
    """``{idioma: {"texto": ...}}``."""


@dataclass(frozen=True)
class Lista:
    """Opciones que vienen de un archivo CSV; viajan dentro del instrumento."""

    archivo: str
    opciones: tuple[Opcion, ...]


@dataclass(frozen=True)
class Grupo:
    """Preguntas juntas, con título, condición o repetición. En ``Instrumento.grupos`` van en el orden en que abren."""

    clave: str
    texto: str = ""
    padre: str | None = None
    relevante: str | None = None
    repite: bool = False
    veces: str | None = None
    """Cuántas veces se repite, si se sabe: un número o una expresión."""
    minimo: int | None = None
    maximo: int | None = None
    """Entre cuántas veces y cuántas; sin ``maximo`` son ``VECES_MAXIMO``."""
    apariencia: str | None = None
    traducciones: Mapa = VACIO

    @property
    def tope(self) -> int:
        """Las vueltas que puede dar: se dibujan tantas y no se reciben más."""
        if self.veces is None:
            return self.maximo or VECES_MAXIMO
        dichas = int(self.veces) if self.veces.isdigit() and len(self.veces) < 4 else VECES_TOPE
        return max(1, min(self.maximo or VECES_TOPE, dichas))


@dataclass(frozen=True)
class Pregunta:
    """Una pregunta. Si no es ``obligatoria`` se puede saltar."""

    clave: str
    tipo: str
    """``una`` opción, ``varias`` opciones, ``texto`` libre... (:data:`TIPOS`)."""
    texto: str
    opciones: tuple[Opcion, ...] = ()
    modulo: str | None = None
    """Bloque que se cambia según el tema del evento; ver :meth:`Instrumento.para_tema`."""
    correcta: str | None = None
    """Opción correcta. Nunca se muestra con la pregunta."""
    explicacion: str | None = None
    """Un renglón con la respuesta correcta, para después de contestar."""
    demografica: str | None = None
    """``sexo``, ``edad`` o ``procedencia``: usa las claves de ese catálogo."""
    solo_si: str | None = None
    """``sin_ficha``: solo cuenta si no se dio una ficha."""
    privada: bool = False
    """Texto que va aparte de las respuestas y nunca se publica."""
    maximo: int | None = None
    """Letras que caben en un texto."""
    ayuda: str | None = None
    """Renglón debajo de la pregunta."""
    grupo: str | None = None
    """El grupo de más adentro en que está."""
    relevante: str | None = None
    obligatoria: bool | str = False
    """``True`` o una expresión que dice cuándo."""
    restriccion: str | None = None
    mensaje_restriccion: str | None = None
    mensaje_obligatoria: str | None = None
    calculo: str | None = None
    omision: str | None = None
    """Con lo que empieza: un valor, o una expresión si ``expresiones`` la reconoce como tal."""
    filtro: str | None = None
    """Qué opciones se muestran; dentro de ella, un nombre sin ``${}`` es una columna de la opción."""
    solo_lectura: bool = False
    apariencia: str | None = None
    inicio: str | None = None
    fin: str | None = None
    paso: str | None = None
    """De un ``rango``: decimales escritos como texto."""
    archivo: str | None = None
    """La :class:`Lista` de donde salen las opciones, en vez de ``opciones``."""
    sensibilidad: str | None = None
    """``personal`` o ``sensible``; sin nada, no lo es."""
    publicacion: str | None = None
    """``no``, o los peldaños en que se juntan opciones: ``a b | c; a | b c``. Sin nada, la regla de siempre."""
    indicador: str | None = None
    """El indicador que la usa."""
    traducciones: Mapa = VACIO
    """``{idioma: {"texto": ..., "ayuda": ...}}``."""

    def claves(self) -> frozenset[str]:
        return frozenset(opcion.clave for opcion in self.opciones)

    @property
    def con_campo(self) -> bool:
        """¿Se contesta? Lo calculado, lo oculto y las notas no."""
        return self.tipo not in SIN_CAMPO and self.calculo is None and not self.solo_lectura

    @property
    def solo_personal(self) -> bool:
        """Se contesta solo en un teléfono de la oficina: texto libre que no es privado, código o ubicación."""
        return (self.tipo == "texto" and not self.privada) or self.tipo in ("codigo", "punto")

    @property
    def peldanos(self) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """``publicacion`` ya leída: cada peldaño, sus categorías, y en cada una las claves de sus opciones."""
        if self.publicacion in (None, "no"):
            return ()
        peldanos = str(self.publicacion).split(";")
        return tuple(tuple(tuple(categoria.split()) for categoria in peldano.split("|")) for peldano in peldanos)


_PROPIA = re.compile(r"[A-Z][A-Z0-9_]{0,39}")


def nombre_campo(pregunta: Pregunta, instancias: tuple[int, ...] = ()) -> str:
    """El nombre de su campo en la página y en lo que se manda.

    Una clave en mayúsculas se queda como está; las demás llevan ``p_``: así ninguna choca con ``ficha``, ``id`` ni
    otro campo nuestro. En una repetición se agrega la vuelta, desde 1: ``p_edad~2`` o, dentro de otra, ``p_edad~2~1``.
    """
    base = _base(pregunta.clave)
    return "~".join([base, *map(str, instancias)]) if instancias else base


@lru_cache(maxsize=8192)
def _base(clave: str) -> str:
    return clave if _PROPIA.fullmatch(clave) else f"p_{clave}"


TRADUCIBLES: dict[str, tuple[str, ...]] = {
    "Instrumento": ("titulo", "intro", "cierre"),
    "Grupo": ("texto",),
    "Pregunta": ("texto", "ayuda", "mensaje_restriccion", "mensaje_obligatoria", "explicacion"),
    "Opcion": ("texto",),
}


@dataclass(frozen=True)
class Instrumento:
    """Un cuestionario. ``minutos``: lo que toma, se dice al empezar (1.5 es minuto y medio)."""

    clave: str
    version: int
    titulo: str
    intro: str
    minutos: float
    preguntas: tuple[Pregunta, ...]
    lleva_ficha: bool = False
    edad_minima: int | None = None
    cierre: str | None = None
    grupos: tuple[Grupo, ...] = ()
    listas: tuple[Lista, ...] = ()
    idioma: str | None = None
    """El de los textos principales, como se le muestra a la gente: ``Español (es)``."""
    idiomas: tuple[str, ...] = ()
    """Los otros; sus textos están en ``traducciones`` y :meth:`en` los pone en su lugar."""
    traducciones: Mapa = VACIO
    """``{idioma: {"titulo": ..., "intro": ..., "cierre": ...}}``."""

    def __hash__(self) -> int:
        return hash(self.huella)

    @cached_property
    def huella(self) -> str:
        """SHA-256 del JSON canónico: la misma para el mismo contenido en cualquier máquina."""
        canonico = json.dumps(self.a_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonico.encode()).hexdigest()

    @property
    def duracion(self) -> str:
        """Lo que toma, en palabras."""
        if self.minutos < 2:
            return "1 minuto" if self.minutos == 1 else f"{round(self.minutos * 60)} segundos"
        return f"{self.minutos:g} minutos"

    @property
    def numeros(self) -> dict[str, int]:
        """Número de cada pregunta que se contesta; las que dependen de la ficha no llevan número."""
        contadas = [p.clave for p in self.preguntas if p.solo_si is None and p.con_campo]
        return {clave: numero for numero, clave in enumerate(contadas, start=1)}

    @cached_property
    def por_clave(self) -> dict[str, Pregunta]:
        return {pregunta.clave: pregunta for pregunta in self.preguntas}

    @cached_property
    def camino(self) -> dict[str | None, tuple[Grupo, ...]]:
        """Los grupos en que está cada grupo, de afuera a adentro y con él mismo al final; ``None`` es ninguno."""
        camino: dict[str | None, tuple[Grupo, ...]] = {None: ()}
        for grupo in self.grupos:
            camino[grupo.clave] = (*camino[grupo.padre], grupo)
        return camino

    def repeticiones(self, grupo: str | None) -> tuple[Grupo, ...]:
        """Los grupos que se repiten de los que contienen a ``grupo``, de afuera a adentro."""
        return self._repeticiones[grupo]

    @cached_property
    def _repeticiones(self) -> dict[str | None, tuple[Grupo, ...]]:
        return {clave: tuple(g for g in camino if g.repite) for clave, camino in self.camino.items()}

    @property
    def partes(self) -> int:
        """Lo más que manda quien contesta todo: un valor por campo, o uno por opción donde caben varias."""
        return sum(
            prod(grupo.tope for grupo in self.repeticiones(p.grupo))
            * (len(self.opciones_de(p)) if p.tipo in ("varias", "orden") else 1)
            for p in self.preguntas
            if p.con_campo
        )

    def opciones_de(self, pregunta: Pregunta) -> tuple[Opcion, ...]:
        """Sus opciones, vengan escritas o de un archivo. Para lo que se muestra, falta el ``filtro``."""
        if pregunta.archivo is None:
            return pregunta.opciones
        return next((lista.opciones for lista in self.listas if lista.archivo == pregunta.archivo), ())

    def para_tema(self, tema: str) -> "Instrumento":
        """El mismo instrumento con un solo módulo: el que se llama como el tema o, si no hay, el primero."""
        modulos = [p.modulo for p in self.preguntas if p.modulo is not None]
        if not modulos:
            return self
        elegido = tema if tema in modulos else modulos[0]
        return replace(self, preguntas=tuple(p for p in self.preguntas if p.modulo in (None, elegido)))

    def en(self, idioma: str) -> "Instrumento":
        """El mismo con los textos de otro idioma; lo que no está traducido se queda como estaba."""
        if idioma not in self.idiomas:
            return self
        listas = tuple(replace(x, opciones=tuple(_en(o, idioma) for o in x.opciones)) for x in self.listas)
        preguntas = tuple(
            replace(_en(p, idioma), opciones=tuple(_en(o, idioma) for o in p.opciones)) for p in self.preguntas
        )
        grupos = tuple(_en(g, idioma) for g in self.grupos)
        return replace(_en(self, idioma), preguntas=preguntas, grupos=grupos, listas=listas)

    def a_dict(self) -> dict[str, Any]:
        """Para JSON. Lo que vale su omisión no se escribe: agregar un campo al modelo no cambia huellas viejas."""
        preguntas = [_sin_omisiones(p) | _opciones(p) for p in self.preguntas]
        listas = [{"archivo": lista.archivo, **_opciones(lista)} for lista in self.listas]
        return {
            **_sin_omisiones(self),
            "preguntas": preguntas,
            **({"grupos": [_sin_omisiones(g) for g in self.grupos]} if self.grupos else {}),
            **({"listas": listas} if listas else {}),
            **({"idiomas": list(self.idiomas)} if self.idiomas else {}),
        }

    @classmethod
    def de_dict(cls, d: Mapping[str, Any]) -> "Instrumento":
        """Inverso de :meth:`a_dict`. :raises ErrorInstrumento: si algo no cuadra, con la pregunta y el motivo."""
        from formularios.invariantes import revisar  # noqa: PLC0415  # las reglas conocen al modelo

        try:
            instrumento = cls.sin_revisar(d)
            revisar(instrumento)
        except (TypeError, KeyError, AttributeError) as error:
            raise ErrorInstrumento(f"el instrumento no tiene la forma esperada: {error}") from None
        return instrumento

    @classmethod
    def sin_revisar(cls, d: Mapping[str, Any]) -> "Instrumento":
        """Como :meth:`de_dict`, aunque no cumpla: para decir todo lo que le falta (``invariantes.defectos``)."""
        return cls(
            **_con_mapas(d)
            | {
                "preguntas": tuple(_con_opciones(Pregunta, p) for p in d["preguntas"]),
                "grupos": tuple(Grupo(**_con_mapas(g)) for g in d.get("grupos", ())),
                "listas": tuple(_con_opciones(Lista, lista) for lista in d.get("listas", ())),
                "idiomas": tuple(d.get("idiomas", ())),
            }
        )


Traducible = TypeVar("Traducible", Instrumento, Grupo, Pregunta, Opcion)


@lru_cache(maxsize=1)
def _leidos() -> tuple[Instrumento, ...]:
    from formularios.xlsform import importar  # noqa: PLC0415  # carga pyxform: solo quien los pide

    leidos = []
    for clave in INCLUIDOS:
        resultado = importar(f"{clave}.csv", (_CARPETA / f"{clave}.csv").read_bytes())
        if resultado.instrumento is None:
            raise ErrorInstrumento("; ".join(map(str, resultado.problemas)))
        leidos.append(resultado.instrumento)
    return tuple(leidos)


def incluidos() -> dict[str, Instrumento]:
    """Los cuatro que vienen con el sistema, en el orden en que se usan en una plática."""
    return {instrumento.clave: instrumento for instrumento in _leidos()}


_T = TypeVar("_T", Instrumento, Grupo, Pregunta, Opcion)


def _en(cosa: _T, idioma: str) -> _T:
    return replace(cosa, **cosa.traducciones.get(idioma, {}))


def _sin_omisiones(objeto: Any) -> dict[str, Any]:
    return {c.name: getattr(objeto, c.name) for c in fields(objeto) if getattr(objeto, c.name) != c.default}


def _opciones(objeto: Pregunta | Lista) -> dict[str, Any]:
    return {"opciones": [_sin_omisiones(o) for o in objeto.opciones]} if objeto.opciones else {}


def _con_opciones(clase: type, d: Mapping[str, Any]) -> Any:
    return clase(**_con_mapas(d) | {"opciones": tuple(Opcion(**_con_mapas(o)) for o in d.get("opciones", ()))})


def _con_mapas(d: Mapping[str, Any]) -> dict[str, Any]:
    return {campo: _mapa(valor) if isinstance(valor, dict) else valor for campo, valor in d.items()}


def _mapa(d: Mapping[str, Any]) -> Mapa:
    return Mapa({clave: _mapa(valor) if isinstance(valor, dict) else valor for clave, valor in d.items()})
