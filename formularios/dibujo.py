"""Lo que se dibuja de un instrumento, en orden: secciones, preguntas y con qué empiezan. Puro: el HTML es de Jinja.

Cada lugar donde algo se muestra es una :class:`Pieza`; cada grupo, y cada vuelta de una repetición, una
:class:`Seccion`. Lo oculto y lo calculado no se dibuja; lo que es solo de la oficina, solo en sus teléfonos.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from wtforms import Form

from formularios import condiciones, contestar, frases, reglas_vivas
from formularios.campos import Datos
from formularios.huecos import NEUTRO, Dicho
from formularios.instrumento import Grupo, Instrumento, Opcion, Pregunta, nombre_campo
from formularios.piezas import Dibujo, Parte, Pieza, Seccion
from formularios.recorrido import Recorrido, Vueltas
from formularios.valores import rango, valores_de_rango

LISTA_DESDE = 25
"""Con más opciones que éstas, una lista desplegable en vez de un botón por opción."""
RANGO_A_LA_VISTA = 11
"""Un rango de hasta tantos valores se contesta tocando uno."""
_CORTA = 15


def dibujar(
    instrumento: Instrumento,
    datos: Mapping[str, Sequence[str]] | None = None,
    errores: Mapping[str, str] | None = None,
    *,
    personal: bool = False,
    por_pantalla: bool = False,
    idioma: str | None = None,
    ahora: datetime | None = None,
) -> Dibujo:
    """:param datos: lo que mandó, para no perderlo; sin ellos, cada campo empieza con lo que dice su ``omision``.

    :param errores: los de ``contestar.validar``. :param idioma: su nombre en el instrumento; sin él, el principal.
    :param ahora: con zona; de ella salen los valores de inicio con ``today()``.
    """
    idioma, instrumento = idioma or instrumento.idioma, en(instrumento, idioma)
    dibujante = _Dibujante(instrumento, datos, errores or {}, idioma, personal, ahora or datetime.now(UTC))
    return dibujante.todo(por_pantalla)


@lru_cache(maxsize=64)
def en(instrumento: Instrumento, idioma: str | None) -> Instrumento:
    """Como ``Instrumento.en``, y se acuerda; sin idioma, el mismo."""
    return instrumento.en(idioma) if idioma else instrumento


def se_dibuja(pregunta: Pregunta, *, personal: bool) -> bool:
    """Lo oculto y lo calculado nunca; lo que solo contesta la oficina, solo en sus teléfonos."""
    return pregunta.tipo not in ("calculo", "oculto", "hoy") and (personal or not pregunta.solo_personal)


def numeros(instrumento: Instrumento, *, personal: bool) -> dict[str, int]:
    """El número de cada pregunta que se contesta ahí; las que dependen de la ficha no llevan."""
    contadas = [c for c in instrumento.numeros if se_dibuja(instrumento.por_clave[c], personal=personal)]
    return {clave: numero for numero, clave in enumerate(contadas, start=1)}


class _Dibujante:
    def __init__(
        self,
        instrumento: Instrumento,
        datos: Mapping[str, Sequence[str]] | None,
        errores: Mapping[str, str],
        idioma: str | None,
        personal: bool,
        ahora: datetime,
    ) -> None:
        self.instrumento, self.errores, self.personal, self.idioma = instrumento, errores, personal, idioma
        self.frases, self.prestado = frases.de(idioma), frases.prestado(idioma)
        self.numeros = numeros(instrumento, personal=personal)
        crudo = Datos(datos or {})
        self.recorrido = Recorrido(instrumento, crudo, ahora=ahora, personal=personal)
        iniciales = None if datos is not None else self._iniciales()
        self.formulario: Form = contestar.formulario(instrumento)(None if datos is None else crudo, data=iniciales)

    def todo(self, por_pantalla: bool) -> Dibujo:
        preguntas = [p for p in self.instrumento.preguntas if se_dibuja(p, personal=self.personal)]
        return Dibujo(
            self.instrumento,
            self.frases,
            frases.codigo(self.idioma),
            self.formulario["ficha"] if self.instrumento.lleva_ficha else None,
            tuple(self._partes(preguntas, 0, (), nivel=2)),
            self.errores,
            por_pantalla,
            self.prestado,
            _reglas(self.instrumento),
            None if self.personal else self.recorrido.ahora.isoformat(timespec="milliseconds"),
        )

    def _iniciales(self) -> dict[str, Any]:
        con_inicio = [p for p in self.instrumento.preguntas if p.con_campo and p.omision is not None]
        return {
            nombre_campo(p, v): self.recorrido.inicial(p, v)
            for p in con_inicio
            for v in contestar.vueltas(self.instrumento, p)
        }

    # --- Secciones ---------------------------------------------------------------------------------------------------

    def _partes(self, preguntas: Sequence[Pregunta], hondo: int, vueltas: Vueltas, nivel: int) -> Iterator[Parte]:
        """Las piezas de unas preguntas seguidas que comparten sus primeros ``hondo`` grupos.

        :param nivel: el de sus títulos; solo cuenta los grupos que tienen.
        """
        i = 0
        while i < len(preguntas):
            camino = self.instrumento.camino[preguntas[i].grupo]
            if len(camino) > hondo:
                grupo = camino[hondo]
                juntas = [p for p in preguntas[i:] if grupo in self.instrumento.camino[p.grupo]]
                yield from self._secciones(grupo, juntas, hondo, vueltas, nivel)
                i += len(juntas)
            elif preguntas[i].solo_si == "sin_ficha":
                juntas = _seguidas(preguntas[i:], preguntas[i].grupo)
                piezas = tuple(self._pieza(p, vueltas) for p in juntas)
                yield Seccion(None, piezas, self.frases["sin_ficha"], nivel)
                i += len(juntas)
            else:
                yield self._pieza(preguntas[i], vueltas)
                i += 1

    def _secciones(
        self, grupo: Grupo, preguntas: Sequence[Pregunta], hondo: int, vueltas: Vueltas, nivel: int
    ) -> Iterator[Seccion]:
        solo_si, adentro = self._condicion(grupo.relevante), min(nivel + 1, 6)
        if not grupo.repite:
            partes = tuple(self._partes(preguntas, hondo + 1, vueltas, adentro if grupo.texto else nivel))
            titulo = self._dicho(grupo.texto, grupo.clave, vueltas)
            yield Seccion(grupo, partes, titulo, nivel, _vuelta(vueltas), solo_si, self.prestado)
            return
        a_la_vista = self._a_la_vista(grupo, vueltas)
        for n in range(1, grupo.tope + 1):
            dentro = (*vueltas, n)
            titulo = f"{grupo.texto} ({n})" if grupo.texto else self.frases["vuelta"].format(n=n)
            partes = tuple(self._partes(preguntas, hondo + 1, dentro, adentro))
            titulo = self._dicho(titulo, grupo.padre, vueltas)
            dicho, plegada = solo_si if n == 1 else None, n > a_la_vista
            yield Seccion(grupo, partes, titulo, nivel, _vuelta(dentro), dicho, self.prestado, plegada)

    def _a_la_vista(self, grupo: Grupo, vueltas: Vueltas) -> int:
        """Las vueltas que se ven sin pedirlas: las que se sabe que hacen falta y las que traen algo."""
        return max(1, grupo.minimo or 0, self.recorrido.veces(grupo, vueltas))

    def _condicion(self, expresion: str | None) -> str | None:
        return condiciones.frase(self.instrumento, expresion, self.numeros, self.idioma)

    # --- Piezas ------------------------------------------------------------------------------------------------------

    def _dicho(self, texto: str, grupo: str | None, vueltas: Vueltas) -> str:
        """Un texto con lo contestado en sus huecos, o con «(lo que contestó en la 3)»."""
        if "${" not in texto:
            return texto

        def con(clave: str) -> tuple[str, str]:
            numero = self.numeros.get(clave)
            blanco = self.frases["hueco"].format(n=numero) if numero else NEUTRO
            return self.recorrido.dicho(clave, grupo, vueltas), blanco

        return Dicho(texto, con)

    def _pieza(self, pregunta: Pregunta, vueltas: Vueltas) -> Pieza:
        pieza = self._sin_llenar(pregunta, vueltas)
        textos = (pregunta.texto, pieza.ayuda or "", *(o.texto for o in pieza.opciones))
        if not any("${" in texto for texto in textos):
            return pieza

        def dicho(texto: str) -> str:
            return self._dicho(texto, pregunta.grupo, vueltas)

        return replace(
            pieza,
            pregunta=replace(pregunta, texto=dicho(pregunta.texto)),
            ayuda=dicho(pieza.ayuda) if pieza.ayuda else None,
            opciones=tuple(replace(o, texto=dicho(o.texto)) for o in pieza.opciones),
        )

    def _sin_llenar(self, pregunta: Pregunta, vueltas: Vueltas) -> Pieza:
        nombre = nombre_campo(pregunta, vueltas)
        comun: dict[str, Any] = {
            "pregunta": pregunta,
            "nombre": nombre,
            "vuelta": _vuelta(vueltas),
            "solo_si": self._condicion(pregunta.relevante),
            "prestado": self.prestado,
            "ayuda": pregunta.ayuda,
        }
        if not pregunta.con_campo:
            salida = "" if pregunta.tipo == "nota" and not pregunta.calculo else self._salida(pregunta, vueltas)
            return Pieza(**comun, como="nota" if pregunta.tipo == "nota" else "salida", salida=salida)
        comun |= {
            "campo": self.formulario[nombre],
            "paso": self._paso(pregunta),
            "error": self.errores.get(nombre),
            "enfoca": nombre == next(iter(self.errores), None),
            "opciones": self._opciones(pregunta),
        }
        return Pieza(**comun | self._como(pregunta, comun["opciones"]))

    def _paso(self, pregunta: Pregunta) -> str | None:
        numero = self.numeros.get(pregunta.clave)
        paso = self.frases["paso"].format(n=numero, total=len(self.numeros)) if numero else ""
        if pregunta.obligatoria is True:
            paso = f"{paso}. {self.frases['necesaria']}" if paso else self.frases["necesaria"]
        return paso or None

    def _salida(self, pregunta: Pregunta, vueltas: Vueltas) -> str:
        """Lo que vale algo que no se contesta, con el texto de sus opciones. ``NaN`` es que todavía no se sabe."""
        valor = self.recorrido.valor(pregunta, vueltas)
        opciones = self.instrumento.opciones_de(pregunta)
        textos = {o.clave: self.recorrido.lleno(o.texto, pregunta.grupo, vueltas) for o in opciones}
        claves = [valor] if isinstance(valor, str) else valor
        return ", ".join(textos.get(clave, clave) for clave in claves if clave != "NaN")

    def _opciones(self, pregunta: Pregunta) -> tuple[Opcion, ...]:
        if pregunta.tipo == "acepto":
            return (Opcion("OK", self.frases["si"]),)
        if pregunta.tipo == "rango":
            valores = valores_de_rango(pregunta)
            return tuple(Opcion(v, v) for v in valores) if len(valores) <= RANGO_A_LA_VISTA else ()
        return self.instrumento.opciones_de(pregunta)

    def _como(self, pregunta: Pregunta, opciones: tuple[Opcion, ...]) -> dict[str, Any]:
        apariencia = set((pregunta.apariencia or "").split())
        if pregunta.tipo == "orden":
            return {"como": "orden"}
        larga = "minimal" in apariencia or len(opciones) > LISTA_DESDE
        if pregunta.tipo == "una" and larga and not any("${" in o.texto for o in opciones):
            return {"como": "lista"}
        if opciones:
            caras = _caras(opciones, al_reves=pregunta.tipo == "rango") if "caritas" in apariencia else ()
            return {"como": "opciones", "estilo": _estilo(pregunta, opciones, apariencia), "caras": caras}
        if pregunta.tipo == "texto":
            return self._escrito(pregunta, apariencia)
        return {"como": "renglon", **self._renglon(pregunta)}

    def _escrito(self, pregunta: Pregunta, apariencia: set[str]) -> dict[str, Any]:
        tope = [self.frases["letras"].format(n=pregunta.maximo)] if pregunta.maximo else []
        vacio = [] if pregunta.obligatoria else [self.frases["vacio"]]
        ayuda = " ".join(([pregunta.ayuda] if pregunta.ayuda else []) + tope + vacio)
        if "numbers" in apariencia:
            return {"como": "renglon", "ayuda": ayuda, "atributos": {"inputmode": "numeric"}}
        return {"como": "parrafo", "ayuda": ayuda}

    def _renglon(self, pregunta: Pregunta) -> dict[str, Any]:
        if pregunta.tipo == "rango":
            frase = "rango" if pregunta.paso == "1" else "rango_paso"
            de_a = self.frases[frase].format(inicio=pregunta.inicio, fin=pregunta.fin, paso=pregunta.paso)
            ayuda = " ".join(filter(None, (pregunta.ayuda, de_a)))
            inicio, _, cada = rango(pregunta)
            enteros = inicio % 1 == cada % 1 == 0
            return {"ayuda": ayuda, "atributos": {"inputmode": "numeric" if enteros else "decimal"}}
        return {"atributos": _ATRIBUTOS.get(pregunta.tipo, {})}


_reglas = lru_cache(maxsize=64)(reglas_vivas.de)

_ATRIBUTOS = {
    "entero": {"inputmode": "numeric"},
    "decimal": {"inputmode": "decimal"},
    "fecha": {"type": "date"},
    "hora": {"type": "time"},
    "codigo": {"data-codigo": "", "autocapitalize": "off", "spellcheck": "false"},
    "punto": {"data-punto": "", "autocapitalize": "off", "spellcheck": "false"},
}


def _vuelta(vueltas: Vueltas) -> str | None:
    return "~".join(map(str, vueltas)) or None


def _seguidas(preguntas: Sequence[Pregunta], grupo: str | None) -> list[Pregunta]:
    juntas: list[Pregunta] = []
    for pregunta in preguntas:
        if pregunta.solo_si != "sin_ficha" or pregunta.grupo != grupo:
            break
        juntas.append(pregunta)
    return juntas


def _estilo(pregunta: Pregunta, opciones: tuple[Opcion, ...], apariencia: set[str]) -> str:
    """La clase de sus opciones; sin nada, una debajo de otra. Tres y cortas caben en un renglón."""
    if "caritas" in apariencia:
        return "f-caritas"
    if "likert" in apariencia:
        return "f-likert"
    if pregunta.tipo == "rango":
        return "f-numeros"
    if "horizontal" in apariencia:
        return "f-horizontal"
    return "f-tres" if len(opciones) == 3 and max(len(o.texto) for o in opciones) <= _CORTA else ""


def _caras(opciones: tuple[Opcion, ...], *, al_reves: bool) -> tuple[str, ...]:
    """La curva de cada boca, de contenta a triste (en un rango, de triste a contenta); sin cara la que va sola."""
    con_cara = [o.clave for o in opciones if not o.exclusiva]
    pasos = max(1, len(con_cara) - 1)
    bocas: dict[str, str] = {}
    for lugar, clave in enumerate(con_cara):
        cuanto = 4 - 8 * lugar / pasos
        bocas[clave] = f"{-cuanto if al_reves else cuanto:.3g}"
    return tuple(bocas.get(o.clave, "") for o in opciones)
