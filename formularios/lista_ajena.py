"""Una lista que alguien ya tenía en una hoja de cálculo, llevada a los renglones de una hoja de papel. Puro.

Qué columna es cada cosa se adivina por su título y lo corrige quien la sube; lo mismo con las palabras que aquí no se
conocen («La Ceja», «masc.»): se dice una vez qué son y vale para toda la columna.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from formularios.catalogos import Catalogos
from formularios.renglones import MAXIMO, Crudo, opcion, que_es_m
from formularios.tabla import ErrorTabla, Tabla, llana

CAMPOS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "nombre": (
        "Nombre",
        ("nombre completo", "nombres", "nombre y apellidos", "asistente", "participante", "beneficiaria"),
    ),
    "paterno": ("Apellidos, o el primero", ("apellidos", "apellido paterno", "primer apellido", "apellido")),
    "materno": ("Segundo apellido", ("apellido materno", "segundo apellido")),
    "sexo": ("Sexo", ("genero", "sexo o genero", "m/h", "h/m", "f/m")),
    "edad": ("Edad", ("años", "edad cumplida", "grupo de edad", "rango de edad")),
    "procedencia": (
        "De dónde viene",
        ("localidad", "comunidad", "lugar de origen", "domicilio", "colonia", "ranchería"),
    ),
    "telefono": ("Teléfono", ("celular", "tel", "número de teléfono", "whatsapp", "contacto")),
    "folio": ("Folio de su tarjeta", ("tarjeta", "credencial", "folio de credencial")),
}
"""Cada dato: cómo se le llama aquí y cómo más se titula su columna."""
DE_LISTA = ("sexo", "procedencia")
VALORES = 40
"""Palabras distintas por aclarar en una columna; con más, no es la columna."""
_ENTERO_DE_HOJA = re.compile(r"([0-9]+)\.0+")

Columnas = Mapping[str, int]
"""``{dato: número de columna, desde 0}``."""
Aclarados = Mapping[tuple[str, str], str]
"""``{(dato, palabra llana): clave}``: lo que dijo quien subió la lista."""


def esperados() -> list[str]:
    """Cómo se pueden llamar sus columnas, para hallar la fila de los títulos."""
    return [nombre for clave, (titulo, otros) in CAMPOS.items() for nombre in (clave, titulo, *otros)]


def sinonimos() -> dict[str, tuple[str, ...]]:
    return {clave: (titulo, *otros) for clave, (titulo, otros) in CAMPOS.items()}


def revisar_largo(tabla: Tabla) -> None:
    """:raises ErrorTabla: si no cabe en una hoja."""
    if len(tabla.filas) > MAXIMO:
        raise ErrorTabla(
            f"La lista trae {len(tabla.filas):,} renglones y caben {MAXIMO} en una hoja. Pártala en varias."
        )


def por_aclarar(catalogos: Catalogos, tabla: Tabla, columnas: Columnas, aclarados: Aclarados) -> list[tuple[str, str]]:
    """``(dato, como está escrito)`` de cada palabra que no se sabe qué opción es, sin repetir."""
    vistas: dict[tuple[str, str], str] = {}
    for campo in DE_LISTA:
        if campo in columnas:
            clave_de = _traductor(catalogos, tabla, columnas[campo], campo, aclarados)
            for _, celdas in tabla.filas:
                valor = celdas[columnas[campo]]
                if clave_de(valor) is None:
                    vistas.setdefault((campo, llana(valor)), valor)
    return [(campo, valor) for (campo, _), valor in vistas.items()]


def a_renglones(
    catalogos: Catalogos, tabla: Tabla, columnas: Columnas, aclarados: Aclarados, nuevo_id: Callable[[], str]
) -> Iterator[tuple[int, Crudo]]:
    """``(fila del archivo, renglón)`` de cada fila que se puede tomar (``tabla.problemas`` dice las que no)."""
    traducen = {c: _traductor(catalogos, tabla, columnas[c], c, aclarados) for c in DE_LISTA if c in columnas}
    for numero, celdas in tabla.filas:
        if numero in tabla.problemas:
            continue
        dichos = {campo: _ENTERO_DE_HOJA.sub(r"\1", celdas[columna]) for campo, columna in columnas.items()}
        listas = {campo: traduce(celdas[columnas[campo]]) or dichos[campo] for campo, traduce in traducen.items()}
        nombre = " ".join(filter(None, (dichos.get(campo) for campo in ("nombre", "paterno", "materno", "folio"))))
        yield (
            numero,
            Crudo(
                nuevo_id(),
                nombre,
                listas.get("sexo", ""),
                dichos.get("edad", ""),
                listas.get("procedencia", ""),
                dichos.get("telefono", ""),
            ),
        )


def _traductor(
    catalogos: Catalogos, tabla: Tabla, columna: int, campo: str, aclarados: Aclarados
) -> Callable[[str], str | None]:
    """De la palabra de una celda a su clave; ``None`` si no se sabe. En blanco sigue en blanco."""
    opciones = catalogos.opciones(campo)
    m = que_es_m([celdas[columna] for _, celdas in tabla.filas]) if campo == "sexo" else None

    def clave(valor: str) -> str | None:
        dicho = aclarados.get((campo, llana(valor)))
        if dicho is not None or not valor.strip():
            return dicho or ""
        if campo == "sexo" and llana(valor) == "m":
            return m
        return opcion(opciones, valor, campo)

    return clave


def leer_columnas(escritas: Mapping[str, str], tabla: Tabla) -> dict[str, int]:
    """Las columnas que escogió quien la subió; lo que no es una columna no se toma."""
    cuantas: Sequence[str] = tabla.encabezados
    return {
        campo: int(valor)
        for campo, valor in escritas.items()
        if campo in CAMPOS and valor.isascii() and valor.isdigit() and len(valor) < 4 and int(valor) < len(cuantas)
    }
