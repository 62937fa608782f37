"""Lo que las páginas leen de la base pública. Cada función recibe una conexión con renglones por nombre, y sólo lee."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from .numeros import Redondeo

DIMENSIONES = {"sexo": "Sexo", "edad": "Edad", "zona": "Zona", "programa": "Programa"}


class Lote(NamedTuple):
    clave: str
    etiqueta: str
    desde: str
    hasta: str
    publicado_el: str

    @property
    def meses(self) -> int:
        a, b = ((int(f[:4]), int(f[5:7])) for f in (self.desde, self.hasta))
        return (b[0] - a[0]) * 12 + b[1] - a[1] + 1


class Celda(NamedTuple):
    """Una cuenta por grupo; ``donde`` es dimensión -> etiqueta."""

    grupo: str
    etiqueta: str
    donde: Mapping[str, str]
    n: int | None


class Opcion(NamedTuple):
    clave: str
    etiqueta: str
    correcta: bool | None
    n: int | None


class Pregunta(NamedTuple):
    instrumento: str
    clave: str
    encuesta: str
    texto: str
    varias: bool
    """Se podían marcar varias: no se publica entre cuántas personas, así que no hay porcentaje."""


class Publica:
    """La base pública, leída con los nombres que usan las páginas. Vale para un solo archivo publicado."""

    def __init__(self, con: Any) -> None:
        self._con = con

    def _filas(self, sql: str, *valores: object) -> list[Any]:
        return list(self._con.execute(sql, valores).fetchall())

    @cached_property
    def lotes(self) -> list[Lote]:
        """Los periodos publicados, el más nuevo primero."""
        filas = self._filas(
            "SELECT lote, etiqueta, desde, hasta, publicado_el FROM lote ORDER BY hasta DESC, lote DESC"
        )
        return [Lote(*fila) for fila in filas]

    def reglas(self, lote: str) -> dict[str, str]:
        return {f["regla"]: f["valor"] for f in self._filas("SELECT regla, valor FROM reglas WHERE lote = ?", lote)}

    def quitadas(self, lote: str) -> str:
        """Las tablas que la auditoría dejó vacías en un lote, dichas; vacío si ninguna."""
        dichas = self.reglas(lote).get("tablas_quitadas", "")
        return "" if dichas == "ninguna" else dichas

    def redondeo(self, lote: str, de: str = "ejes_respuesta") -> Redondeo:
        """``de``: con qué ejes se reparten las cuentas (``ejes_asistencia``, ``ejes_respuesta`` o ``ejes_cambio``)."""
        reglas = self.reglas(lote)
        ejes = len(reglas.get(de, "").split(", "))
        return Redondeo.de(reglas, ejes + 1 if de == "ejes_asistencia" else ejes)

    @cached_property
    def categorias(self) -> dict[str, dict[str, str]]:
        """Dimensión -> clave -> etiqueta, en orden."""
        salida: dict[str, dict[str, str]] = defaultdict(dict)
        for f in self._filas("SELECT dimension, clave, etiqueta FROM categoria ORDER BY dimension, orden, clave"):
            salida[f["dimension"]][f["clave"]] = f["etiqueta"]
        return salida

    @cached_property
    def ejes(self) -> dict[str, str]:
        """Los ejes en que hay asistencias: clave -> «Por edad y zona»."""
        filas = self._filas(
            "SELECT eje, etiqueta FROM eje WHERE eje IN (SELECT eje FROM asistencia_cubo) ORDER BY orden, eje"
        )
        return {f["eje"]: f["etiqueta"] for f in filas}

    def asistencias(self, lote: str, eje: str) -> list[Celda]:
        filas = self._filas(
            "SELECT a.grupo, g.etiqueta, g.sexo, g.edad, g.zona, g.programa, a.n FROM asistencia_cubo a"
            " JOIN grupo g ON g.eje = a.eje AND g.grupo = a.grupo WHERE a.lote = ? AND a.eje = ?"
            " ORDER BY g.orden, a.grupo",
            lote,
            eje,
        )
        return [Celda(f[0], f[1], {d: f[d] for d in DIMENSIONES if f[d] is not None}, f["n"]) for f in filas]

    def total(self, lote: str) -> int | None:
        return next((c.n for c in self.asistencias(lote, "total")), None)

    def eventos(self, lote: str, **donde: str) -> list[Any]:
        """Renglones de ``evento_resumen``: mes, programa, zona, eventos y n; ``donde`` filtra por clave."""
        filas = self._filas(
            "SELECT mes, programa, zona, eventos, n FROM evento_resumen WHERE lote = ? ORDER BY mes, programa, zona",
            lote,
        )
        return [f for f in filas if all(f[c] == v for c, v in donde.items() if v)]

    @cached_property
    def preguntas(self) -> dict[tuple[str, str], Pregunta]:
        # Lo publicado antes de que hubiera «tipo» no lo dice: sólo las de una opción tienen opciones que se juntan.
        juntan = {
            (f[0], f[1])
            for f in self._filas("SELECT DISTINCT instrumento, pregunta FROM respuesta WHERE respuesta LIKE '%|%'")
        }
        salida = {}
        for f in self._filas("SELECT * FROM pregunta ORDER BY orden"):
            llave = (f["instrumento"], f["pregunta"])
            tipo = f["tipo"] if "tipo" in f.keys() else None  # noqa: SIM118 (sqlite3.Row no es un dict)
            varias = tipo == "varias" if tipo else llave not in juntan
            salida[llave] = Pregunta(*llave, f["encuesta"], f["texto"], varias)
        return salida

    def respuestas(self, lote: str, eje: str = "total", grupo: str = "todas") -> dict[tuple[str, str], list[Opcion]]:
        """Por pregunta, en orden, lo que se contestó en un grupo: las opciones que se ven, o todas las sueltas."""
        filas = self._filas(
            "SELECT r.instrumento, r.pregunta, r.respuesta, o.etiqueta, o.correcta, r.n FROM respuesta_cubo r"
            " JOIN respuesta o ON o.instrumento = r.instrumento AND o.pregunta = r.pregunta"
            " AND o.respuesta = r.respuesta JOIN pregunta p ON p.instrumento = r.instrumento"
            " AND p.pregunta = r.pregunta WHERE r.lote = ? AND r.eje = ? AND r.grupo = ?"
            " ORDER BY p.orden, o.orden, r.respuesta",
            lote,
            eje,
            grupo,
        )
        salida: dict[tuple[str, str], list[Opcion]] = defaultdict(list)
        for f in filas:
            correcta = None if f["correcta"] is None else bool(f["correcta"])
            salida[f[0], f[1]].append(Opcion(f["respuesta"], f["etiqueta"], correcta, f["n"]))
        return {llave: _las_que_se_ven(opciones) for llave, opciones in salida.items()}

    def cambios(self, lote: str, eje: str = "total", grupo: str = "todas") -> dict[str, list[Opcion]]:
        """Por pregunta, en orden, cuántas mejoraron, quedaron igual o bajaron."""
        filas = self._filas(
            "SELECT c.pregunta, c.cambio, k.etiqueta, c.n FROM cambio_cubo c"
            " JOIN categoria k ON k.dimension = 'cambio' AND k.clave = c.cambio"
            " LEFT JOIN pregunta p ON p.instrumento = 'antes' AND p.pregunta = c.pregunta"
            " WHERE c.lote = ? AND c.eje = ? AND c.grupo = ? ORDER BY p.orden, c.pregunta, k.orden",
            lote,
            eje,
            grupo,
        )
        salida: dict[str, list[Opcion]] = defaultdict(list)
        for f in filas:
            salida[f["pregunta"]].append(Opcion(f["cambio"], f["etiqueta"], None, f["n"]))
        return {pregunta: _las_que_se_ven(opciones) for pregunta, opciones in salida.items()}

    def poa(self, ejercicio: int) -> list[Any]:
        return self._filas(
            "SELECT p.*, l.etiqueta AS periodo FROM poa p JOIN lote l ON l.lote = p.lote WHERE p.ejercicio = ?"
            " ORDER BY l.hasta, p.orden, p.linea",
            ejercicio,
        )

    @cached_property
    def ejercicios(self) -> list[int]:
        return [f[0] for f in self._filas("SELECT DISTINCT ejercicio FROM poa ORDER BY ejercicio DESC")]


def _las_que_se_ven(opciones: list[Opcion]) -> list[Opcion]:
    """Si alguna se ve, sólo el peldaño que se ve; si no, las sueltas, todas sin número."""
    vistas = [o for o in opciones if o.n is not None]
    return vistas or [o for o in opciones if "|" not in o.clave]
