"""Expresiones y respuestas al azar, con semilla: de todo lo que la gramática admite, y con valores incómodos."""

import random
from collections.abc import Iterator
from typing import Any

NOMBRES = ("a", "b", "m", "f", "t")
HORAS = (
    "2026-11-23T20:05:06.789-06:00",
    "2026-03-08T03:00:00.000-05:00",
    "2024-02-29T00:00:00.000+00:00",
    "2026-12-31T23:59:59.999+05:30",
    "1999-12-31T23:59:00.001-07:00",
)
NUMEROS = (
    "0", "1", "2", "3", "5", "7", "10", "12.5", "0.5", "1.5", "2.5", "0.1", "0.2", "2.675", "1.005", "100", "365.25",
    "1000000", "0.0000001", "123456789012345678", "1000000000000000000000", "9007199254740993", ".25", "3.",
)  # fmt: skip
TEXTOS = (
    "", " ", "a", "b", "A", "si", "no", "true", "false", "1", "01", "1.0", "-3", "- 3", "+3", "1e3", "NaN", "Infinity",
    ".", "5.", "  7 ", "a b c", " a  b ", "ñandú", "😀", "a😀b", "e\u0301", "\u00a0", "\u00a07", "a\u00a0b", "\t1\n",
    "0x1F", "-0", "1,000", "2026-11-23", "2026-02-29", "2024-02-29", "1969-12-31", "0001-01-01", "9999-12-31",
    "2026-11-23T20:05:06.789-06:00", "2026-11-23T20:05", "2026-03-08T02:30:00-06:00", "1970-01-01T00:00:00Z",
    "2026-11-23T24:00:00Z", "10:30", "4771234567", "CAR_PRC_2015", "2.675", "-2.5", "0.30000000000000004",
    "123456789.123456789", "١٢", "x" * 40,
)  # fmt: skip
PATRONES = (
    "[0-9]+", "^[0-9]{10}$", "^a*b?$", "(a|b)+c", "^.$", "^(a+)+$", r"\d{2,}", r"\s", r"\bb\b", "[^a-z ]", "^$",
    r"^[\w.-]+$", "ñ|😀", r"^-?[0-9]*\.?[0-9]+$", "(ab|a)(c|bc)?",
)  # fmt: skip
MITADES = ("2.675", "-2.675", "1.005", "-1.005", "0.285", "8.325", "2.5", "-2.5", "-0.5", "1.25", "-1.35")
FORMATOS = ("%Y-%m-%d", "%d/%m/%y", "%e %b %Y", "%a %n", "%H:%M:%S.%3", "%h%%", "sin marcas", "")


class Autor:
    """Escribe expresiones de un tipo pedido, hasta cierta hondura."""

    def __init__(self, azar: random.Random) -> None:
        self.azar = azar

    def cualquiera(self, hondo: int) -> str:
        que = self.azar.choices((self.numero, self.texto, self.booleano, self.nodo), (4, 4, 4, 1 if hondo else 4))[0]
        return que(hondo)

    def nodo(self, hondo: int = 0) -> str:
        return self.azar.choice([*(f"${{{n}}}" for n in NOMBRES), "."])

    def literal(self) -> str:
        texto = self.azar.choice(TEXTOS)
        return f"'{texto}'"

    def numero(self, hondo: int) -> str:
        n, c, azar = self.numero, self.cualquiera, self.azar
        if hondo <= 0:
            return azar.choice((azar.choice(NUMEROS), azar.choice(NUMEROS), self.nodo(), "position(..)"))
        h = hondo - 1
        return azar.choice(
            (
                lambda: f"{n(h)} {azar.choice(('+', '-', '*', 'div', 'mod'))} {c(h)}",
                lambda: f"({n(h)} {azar.choice(('+', '-', '*', 'div', 'mod'))} {n(h)})",
                lambda: f"-{self.nodo()}",
                lambda: f"-({c(h)})",
                lambda: f"number({c(h)})",
                lambda: f"int({c(h)})",
                lambda: f"round({c(h)})",
                lambda: f"round({n(h)}, {azar.choice(('0', '1', '2', '-1', '-2', '15', n(h)))})",
                lambda: f"round({azar.randint(-9999, 9999)} div 1000, {azar.randint(-2, 3)})",
                lambda: f"round({azar.choice(MITADES)}, {azar.choice((0, 1, 2, 2))})",
                lambda: f"{azar.choice(('-', ''))}{azar.choice(NUMEROS)} mod -{azar.choice(NUMEROS)}",
                lambda: f"{azar.choice(('sum', 'count'))}({self.nodo()})",
                lambda: f"{azar.choice(('min', 'max'))}({', '.join(c(h) for _ in range(azar.randint(1, 3)))})",
                lambda: f"string-length({c(h)})",
                lambda: f"count-selected({c(h)})",
                lambda: f"decimal-date-time({c(h)})",
            )
        )()

    def texto(self, hondo: int) -> str:
        t, n, c, azar = self.texto, self.numero, self.cualquiera, self.azar
        if hondo <= 0:
            return azar.choice((self.literal(), self.literal(), self.nodo(), "today()", "now()"))
        h = hondo - 1
        return azar.choice(
            (
                lambda: f"string({c(h)})",
                lambda: f"concat({', '.join(c(h) for _ in range(azar.randint(1, 4)))})",
                lambda: f"substr({t(h)}, {n(h)})",
                lambda: f"substr({t(h)}, {azar.randint(-4, 4)}, {n(h)})",
                lambda: f"if({c(h)}, {c(h)}, {c(h)})",
                lambda: f"coalesce({c(h)}, {c(h)})",
                lambda: f"date({c(h)})",
                lambda: f"date({azar.choice(('today()', self.literal(), self.nodo()))} + {n(h)})",
                lambda: f"format-date({c(h)}, '{azar.choice(FORMATOS)}')",
                lambda: f"selected-at({t(h)}, {n(h)})",
                lambda: f"once({c(h)})",
                lambda: f"jr:choice-name({t(h)}, '${{m}}')",
            )
        )()

    def booleano(self, hondo: int) -> str:
        b, t, c, azar = self.booleano, self.texto, self.cualquiera, self.azar
        if hondo <= 0:
            return azar.choice(("true()", "false()", f"{self.nodo()} = {self.literal()}"))
        h = hondo - 1
        return azar.choice(
            (
                lambda: f"{c(h)} {azar.choice(('=', '!=', '<', '<=', '>', '>='))} {c(h)}",
                lambda: f"({c(h)}) {azar.choice(('=', '!=', '<', '<=', '>', '>='))} ({c(h)})",
                lambda: f"{c(h)} {azar.choice(('and', 'or'))} {c(h)}",
                lambda: f"({b(h)} {azar.choice(('and', 'or'))} {b(h)})",
                lambda: f"not({c(h)})",
                lambda: f"selected({t(h)}, {t(h)})",
                lambda: f"contains({c(h)}, {c(h)})",
                lambda: f"starts-with({c(h)}, {t(h)})",
                lambda: f"boolean-from-string({c(h)})",
                lambda: f"regex({t(h)}, '{azar.choice(PATRONES)}')",
            )
        )()


def casos(cuantos: int, semilla: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Pares de expresión y contexto."""
    azar = random.Random(semilla)
    autor = Autor(azar)
    for _ in range(cuantos):
        yield (
            autor.cualquiera(azar.randint(1, 3)),
            {
                "valores": {nombre: azar.choices(TEXTOS, k=azar.choice((0, 1, 1, 1, 2))) for nombre in NOMBRES},
                "todos": {nombre: azar.choices(TEXTOS, k=azar.randint(0, 3)) for nombre in NOMBRES[:2]},
                "actual": azar.choice(TEXTOS),
                "ahora": azar.choice(HORAS),
                "posicion": azar.randint(1, 4),
                "una_vez": azar.choice(("", "", "viejo")),
                "etiquetas": {"m": {"a": "Sí", "b": "No"}},
            },
        )
