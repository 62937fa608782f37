"""Una lista de papel, renglón por renglón: qué quiso decir lo que se tecleó, y qué renglones se repiten. Puro.

Quien pasa la lista teclea lo menos posible: una letra por opción y la edad en años, tal como está en el papel. De la
edad sólo queda su grupo. En la casilla del nombre también cabe el folio de una tarjeta.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from formularios.asistencia import ERROR_TELEFONO, MAXIMO_NOMBRE, limpiar_telefono
from formularios.campos import error_de_largo
from formularios.catalogos import MENORES, Catalogos, Opcion
from formularios.tabla.emparejar import llana
from formularios.texto import en_una_linea

CAMPOS = ("nombre", "sexo", "edad", "procedencia", "telefono")
MAXIMO = 500
"""Renglones de una hoja."""
NO_DIJO = {"sexo": "N", "edad": "nd", "procedencia": "nd"}
ERROR_SEXO = "Escoja una opción de la lista."
ERROR_EDAD = "Escriba la edad en años (34), o N si no la dijo."
ERROR_FOLIO = "Ese folio no está bien escrito: son 8 números y alguno no coincide. Compárelo con la tarjeta."
ERROR_SOLO_FOLIO = "En este evento no se piden nombres. Aquí va sólo el folio de la tarjeta, o nada."
ERROR_NUMEROS = "Un nombre no lleva números. ¿Va en otra columna?"
EDAD_MAXIMA = 120
_FOLIO = re.compile(r"(?<!\d)(\d{4})[ -]?(\d{4})(?!\d)", re.ASCII)
_VACIAS = frozenset(["de", "del", "la", "las", "el", "los", "un", "una", "y", "o", "no", "en"])
_ABREVIADOS = {"ma": "maria", "gpe": "guadalupe", "gpa": "guadalupe", "fco": "francisco", "fca": "francisca"}
_NO = frozenset(("n", "nd", "na", "no", "no dijo", "no dice", "sin dato", "sd", "s d"))
_SEXO = {
    "f": "M", "fem": "M", "femenino": "M", "femenina": "M", "mujer": "M", "mujeres": "M",
    "masc": "H", "masculino": "H", "masculina": "H", "hombre": "H", "hombres": "H", "varon": "H",
}  # fmt: skip
"""Cómo lo dicen otras listas. «M» no está: según la lista es mujer o masculino (:func:`que_es_m`)."""


@dataclass(frozen=True)
class Crudo:
    """Un renglón como se tecleó.

    :ivar id: el que nació con la página: con él, mandarlo dos veces es una sola persona.
    :ivar guardado: el nombre ya se había guardado en el borrador y está cerrado.
    """

    id: str
    nombre: str = ""
    sexo: str = ""
    edad: str = ""
    procedencia: str = ""
    telefono: str = ""
    guardado: bool = False

    @property
    def vacio(self) -> bool:
        return not self.guardado and not any(en_una_linea(getattr(self, campo)) for campo in CAMPOS)


@dataclass(frozen=True)
class Renglon:
    """Un renglón entendido. ``numero`` cuenta desde 1, como en el papel; ``errores`` va por columna."""

    numero: int
    crudo: Crudo
    sexo: str
    edad: str
    procedencia: str
    nombre: str | None
    telefono: str | None
    folio: str | None
    errores: Mapping[str, str] = field(default_factory=dict)

    @property
    def menor(self) -> bool:
        """De una persona menor no se guarda nombre ni teléfono: sólo se cuenta."""
        return self.edad in MENORES


@dataclass(frozen=True)
class Repetido:
    """Un renglón que parece de alguien que ya está.

    :ivar motivo: por qué: ``folio``, ``telefono`` o ``nombre``.
    :ivar con: el renglón de la misma hoja con que coincide; ``None``: con alguien ya registrado.
    """

    numero: int
    motivo: str
    con: int | None = None

    @property
    def senas(self) -> str:
        """Con qué dice la página que ya se vio este aviso."""
        return f"{self.numero}-{self.motivo}-{self.con or 0}"


@dataclass(frozen=True)
class Conocidos:
    """A quiénes ya se registró, como se comparan (:func:`como_se_compara`)."""

    folios: Collection[str] = ()
    telefonos: Collection[str] = ()
    nombres: Collection[str] = ()


@dataclass(frozen=True)
class Hoja:
    """Qué se puede escribir en cada casilla.

    :ivar nombres: si el evento pide nombre; si no, en su casilla sólo cabe un folio. :ivar telefonos: si lo pide.
    :ivar folio_valido: cómo se revisa un folio.
    """

    catalogos: Catalogos
    folio_valido: Callable[[str], bool]
    nombres: bool = True
    telefonos: bool = True


def leer(hoja: Hoja, crudos: Sequence[Crudo]) -> list[Renglon]:
    """Los renglones con algo escrito, con su número de la hoja. Nunca falla."""
    return [_uno(hoja, n, crudo) for n, crudo in enumerate(crudos, 1) if not crudo.vacio]


def _uno(hoja: Hoja, numero: int, crudo: Crudo) -> Renglon:
    errores: dict[str, str] = {}
    catalogos = hoja.catalogos
    nombre, folio, error = _nombre_y_folio(crudo.nombre, hoja)
    if error:
        errores["nombre"] = error
    sexo, edad = opcion(catalogos.sexo, crudo.sexo, "sexo"), grupo_de_edad(catalogos.edad, crudo.edad)
    procedencia = opcion(catalogos.procedencia, crudo.procedencia, "procedencia")
    if sexo is None:
        errores["sexo"] = ERROR_SEXO
    if edad is None:
        errores["edad"] = ERROR_EDAD
    if procedencia is None:
        errores["procedencia"] = ERROR_SEXO
    telefono = limpiar_telefono(crudo.telefono) if hoja.telefonos else None
    if hoja.telefonos and telefono is None and en_una_linea(crudo.telefono):
        errores["telefono"] = ERROR_TELEFONO
    return Renglon(numero, crudo, sexo or "N", edad or "nd", procedencia or "nd", nombre, telefono, folio, errores)


# --- Cada casilla ------------------------------------------------------------------------------------------------


def letras(opciones: Sequence[Opcion]) -> dict[str, str]:
    """Con qué letra se escoge cada opción: clave -> letra mayúscula, ninguna repetida.

    «No dijo» siempre es N; las demás, la primera letra libre de sus palabras (sin contar «de», «un»…).
    """
    dadas = {o.clave: "N" for o in opciones if o.clave in NO_DIJO.values()}
    for o in opciones:
        if o.clave not in dadas:
            palabras = [p for p in llana(o.etiqueta).split() if p not in _VACIAS] or [o.clave]
            candidatas = [p[0] for p in palabras] + [c for p in palabras for c in p] + list("123456789")
            libres = (c.upper() for c in candidatas if c.isalnum() and c.upper() not in dadas.values())
            dadas[o.clave] = next(libres, "")
    return dadas


def opcion(opciones: Sequence[Opcion], texto: str, catalogo: str) -> str | None:
    """La clave de lo tecleado (su clave, su letra, su etiqueta o el principio de ella); ``None`` si no es ninguna.

    En blanco es que no lo dijo.
    """
    escrito, limpio = en_una_linea(texto), llana(texto)
    if not escrito or limpio in _NO:
        return NO_DIJO[catalogo]
    exacta = next((o.clave for o in opciones if escrito == o.clave), None)
    if exacta is not None:
        return exacta
    for clave, letra in letras(opciones).items():
        if limpio.upper() == letra:
            return clave
    if catalogo == "sexo" and limpio in _SEXO:
        return _SEXO[limpio]
    parecidas = {o.clave for o in opciones if limpio and llana(o.etiqueta).startswith(limpio)} or {
        o.clave for o in opciones if limpio and limpio in llana(o.etiqueta).split()
    }
    return parecidas.pop() if len(parecidas) == 1 else None


def que_es_m(valores: Sequence[str]) -> str | None:
    """Qué quiere decir «M» en una columna ajena: ``M`` (mujer), ``H`` (masculino) o ``None`` si no se sabe.

    Junto a una F, M es masculino; junto a una H, mujer. Sin ninguna M tampoco importa: mujer.
    """
    vistos = {llana(valor) for valor in valores} - {""}
    if any(v.startswith("f") for v in vistos):
        return "H"
    return None if "m" in vistos and not any(v.startswith(("h", "mu", "mas", "v")) for v in vistos) else "M"


def grupo_de_edad(opciones: Sequence[Opcion], texto: str) -> str | None:
    """El grupo de una edad en años («34»), de un grupo escrito («30 a 44», «60+») o de una N; ``None`` si no es nada.

    En blanco es que no la dijo.
    """
    escrito, limpio = en_una_linea(texto), llana(texto)
    if not escrito or limpio in _NO:
        return "nd"
    for o in opciones:
        if escrito == o.clave or limpio == llana(o.etiqueta):
            return o.clave
    numeros = [int(n) for n in re.findall(r"[0-9]{1,3}(?![0-9])", limpio)]
    palabras = set(re.findall(r"[a-z]+", limpio)) - {"de", "a", "ano", "anos", "y", "edad", "aprox"}
    if re.match(r"[-−–]\s*[0-9]", escrito):
        return None
    if not numeros or max(numeros) > EDAD_MAXIMA or len(numeros) > 2 or not palabras <= {"o", "mas", "menos"}:
        return None
    if "menos" in palabras:
        numeros = [max(0, n - 1) for n in numeros]
    grupos = {_grupo(opciones, n) for n in numeros}
    return grupos.pop() if len(grupos) == 1 else None


def _grupo(opciones: Sequence[Opcion], anos: int) -> str | None:
    for o in opciones:
        desde, _, hasta = o.clave.rstrip("+").partition("-")
        if desde.isdigit() and int(desde) <= anos <= (int(hasta) if hasta else EDAD_MAXIMA):
            return o.clave
    return None


def nombre_propio(texto: str) -> str:
    """Con mayúsculas si vino todo en minúsculas o todo en mayúsculas; si no, como se escribió."""
    limpio = en_una_linea(texto)
    if not (limpio.islower() or (limpio.isupper() and len(limpio) > 3)):
        return limpio
    return " ".join(p if i and p in _VACIAS else p[:1].upper() + p[1:] for i, p in enumerate(limpio.lower().split()))


def _nombre_y_folio(texto: str, hoja: Hoja) -> tuple[str | None, str | None, str | None]:
    """El nombre, el folio de la tarjeta y la frase de lo que está mal."""
    limpio = en_una_linea(texto)
    hallado = _FOLIO.search(limpio)
    folio = hallado[1] + hallado[2] if hallado else None
    resto = en_una_linea(limpio.replace(hallado[0], " ", 1)).strip(" ,;.-#") if hallado else limpio
    if folio is not None and not hoja.folio_valido(folio):
        return None, None, ERROR_FOLIO
    if resto and not hoja.nombres:
        return None, folio, ERROR_SOLO_FOLIO
    if any(c.isdigit() for c in resto):
        return None, folio, ERROR_NUMEROS
    if len(resto) > MAXIMO_NOMBRE:
        return None, folio, error_de_largo(len(resto), MAXIMO_NOMBRE)
    return nombre_propio(resto) or None, folio, None


# --- Lo que se repite --------------------------------------------------------------------------------------------


def como_se_compara(nombre: str) -> str:
    """El nombre sin acentos, mayúsculas ni orden, y con las abreviaturas de siempre enteras («Ma. Gpe.»)."""
    return " ".join(sorted(_ABREVIADOS.get(p, p) for p in llana(nombre).split() if p not in _VACIAS))


def repetidos(renglones: Sequence[Renglon], conocidos: Conocidos | None = None) -> list[Repetido]:
    """Los que parecen de alguien que ya está, en la hoja o ya registrado; de cada renglón, el motivo más firme."""
    ya = conocidos or Conocidos()
    de_antes = {
        "folio": frozenset(ya.folios), "telefono": frozenset(ya.telefonos), "nombre": frozenset(ya.nombres)
    }  # fmt: skip
    vistos: dict[tuple[str, str], int] = {}
    hallados = []
    for renglon in renglones:
        senas = list(_senas(renglon))
        for motivo, valor in senas:
            if valor in de_antes[motivo] or (motivo, valor) in vistos:
                hallados.append(Repetido(renglon.numero, motivo, vistos.get((motivo, valor))))
                break
        for sena in senas:
            vistos.setdefault(sena, renglon.numero)
    return hallados


def _senas(renglon: Renglon) -> Iterator[tuple[str, str]]:
    if renglon.folio:
        yield "folio", renglon.folio
    if renglon.telefono and not renglon.menor:
        yield "telefono", renglon.telefono
    if renglon.nombre and len(comparado := como_se_compara(renglon.nombre)) > 3:
        yield "nombre", comparado
