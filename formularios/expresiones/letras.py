"""Las letras de un patrón de ``regex()``: escapes, clases e intervalos de puntos Unicode, como en JavaScript."""

from typing import NoReturn

from .errores import ErrorExpresion

Intervalos = list[tuple[int, int]]
_ULTIMO = 0x10FFFF

CLASES: dict[str, Intervalos] = {
    "d": [(48, 57)],
    "w": [(48, 57), (65, 90), (95, 95), (97, 122)],
    "s": [(9, 13), (32, 32), (160, 160), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F),
          (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)],
    "linea": [(10, 10), (13, 13), (0x2028, 0x2029)],
}  # fmt: skip
COMPLEMENTO_VALIDO = frozenset("dwsDWS")
_CONTROL = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}


class Lector:
    """Un patrón y por dónde va; lo que no se entiende sale como :class:`ErrorExpresion` en su lugar del texto."""

    def __init__(self, patron: str, posicion: int) -> None:
        self.patron, self.posicion, self.i = patron, posicion, 0

    def falla(self, mensaje: str, donde: int | None = None) -> NoReturn:
        raise ErrorExpresion(mensaje, self.posicion + (self.i if donde is None else donde))

    def toma(self, que: str) -> bool:
        if self.patron.startswith(que, self.i):
            self.i += len(que)
            return True
        return False

    def escape(self) -> int:
        """El punto Unicode de lo que sigue a una barra inversa."""
        inicio = self.i - 1
        letra = self.patron[self.i : self.i + 1]
        self.i += 1
        if letra == "":
            self.falla("El patrón de regex termina en «\\»; escriba «\\\\» si es parte del texto.", inicio)
        if letra in _CONTROL:
            return _CONTROL[letra]
        if letra in "xu":
            cifras = self.patron[self.i : self.i + (2 if letra == "x" else 4)]
            if len(cifras) == (2 if letra == "x" else 4) and all(c in "0123456789abcdefABCDEF" for c in cifras):
                self.i += len(cifras)
                return int(cifras, 16)
        if letra.isalnum() or letra == "_":
            self.falla(
                f"regex no admite «\\{letra}»; puede usar \\d \\w \\s \\b y escribir las letras tal cual.", inicio
            )
        return ord(letra)

    def cuantas(self) -> tuple[int, int | None] | None:
        """La repetición que sigue («*», «+», «?», «{2,5}») como (menos, más); None si no hay."""
        for signo, veces in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.toma(signo):
                return veces
        if not self.toma("{"):
            return None
        inicio = self.i - 1
        dentro, llave, _ = self.patron[self.i :].partition("}")
        menos, coma, mas = dentro.partition(",")
        if not llave or not _entero(menos) or (mas and not _entero(mas)):
            self.falla("Las repeticiones se escriben {3}, {3,} o {3,5}; para una llave escriba «\\{».", inicio)
        self.i += len(dentro) + 1
        hasta = int(mas) if mas else None if coma else int(menos)
        if hasta is not None and hasta < int(menos):
            self.falla("En una repetición {menos,más} el primer número va antes: {2,5}, no {5,2}.", inicio)
        return int(menos), hasta


def _entero(texto: str) -> bool:
    return texto.isascii() and texto.isdigit() and len(texto) <= 4


def clase(lector: Lector) -> Intervalos:
    """Los intervalos de «[…]»; el lector va después del corchete que abre y queda después del que cierra."""
    inicio = lector.i - 1
    negada = lector.toma("^")
    intervalos: Intervalos = []
    while not lector.toma("]"):
        if lector.i >= len(lector.patron):
            lector.falla("Falta cerrar un «[» en el patrón de regex.", inicio)
        desde = _miembro(lector)
        if isinstance(desde, list):
            intervalos += desde
            continue
        hasta = desde
        sigue = lector.patron[lector.i + 1 : lector.i + 2]
        if lector.patron.startswith("-", lector.i) and sigue not in ("]", ""):
            lector.i += 1
            otro = _miembro(lector)
            if isinstance(otro, list):  # [a-\d]: el guion es un guion
                intervalos += [(45, 45), *otro]
            elif otro < desde:
                lector.falla("Un intervalo va de menor a mayor: «a-z», no «z-a».", inicio)
            else:
                hasta = otro
        intervalos.append((desde, hasta))
    if not intervalos:
        lector.falla("Los corchetes «[]» están vacíos; escriba dentro las letras que acepta.", inicio)
    intervalos = _juntos(intervalos)
    return complemento(intervalos) if negada else intervalos


def _miembro(lector: Lector) -> int | Intervalos:
    letra = lector.patron[lector.i]
    lector.i += 1
    if letra == "[" or lector.patron.startswith("&&", lector.i - 1):
        lector.falla(f"Dentro de corchetes escriba «\\{letra}» para ese signo.", lector.i - 1)
    if letra != "\\":
        return ord(letra)
    letra = lector.patron[lector.i : lector.i + 1]
    if letra and letra in "dws":
        lector.i += 1
        return CLASES[letra]
    return lector.escape()


def _juntos(intervalos: Intervalos) -> Intervalos:
    juntos: Intervalos = []
    for desde, hasta in sorted(intervalos):
        if juntos and desde <= juntos[-1][1] + 1:
            juntos[-1] = (juntos[-1][0], max(hasta, juntos[-1][1]))
        else:
            juntos.append((desde, hasta))
    return juntos


def complemento(intervalos: Intervalos) -> Intervalos:
    """Todo lo que no está en los intervalos (que vienen en orden y sin tocarse)."""
    fuera, desde = [], 0
    for primero, ultimo in intervalos:
        if desde < primero:
            fuera.append((desde, primero - 1))
        desde = ultimo + 1
    if desde <= _ULTIMO:
        fuera.append((desde, _ULTIMO))
    return fuera
