"""Las expresiones de ``regex()``: un subconjunto de las de JavaScript, compilado al importar a un programa chico.

El programa (listas de JSON, ver :func:`compilar`) lo corren igual Python y el teléfono, sin ``re`` ni ``RegExp``: así
no hay dos dialectos, ni un patrón que tarde para siempre. El costo es, a lo más, instrucciones por letras del texto.

Instrucciones: ``["c", desde, hasta, ...]`` consume un carácter de esos intervalos; ``["j", a, b...]`` sigue en cada
una; ``["^"] ["$"] ["b"] ["B"]`` son condiciones; ``["m"]`` casa.
"""

from .errores import ErrorExpresion
from .letras import CLASES, COMPLEMENTO_VALIDO, Intervalos, Lector, clase, complemento

Programa = list[list[str | int]]
LETRAS = 1_000  # un texto más largo nunca casa
INSTRUCCIONES = 1_000
_MUY_GRANDE = "El patrón de regex es muy grande; acórtelo o pida menos repeticiones."


def compilar(patron: str, posicion: int) -> Programa:
    """El programa de un patrón; lanza :class:`ErrorExpresion` en ``posicion`` más el lugar del patrón."""
    if len(patron) > LETRAS:
        raise ErrorExpresion(_MUY_GRANDE, posicion)
    programa = _Compilador(patron, posicion).todo()
    return [*programa, ["m"]]


def casa(programa: Programa, texto: str) -> bool:
    """Si alguna parte del texto casa (``^`` y ``$`` la sujetan al principio y al final)."""
    if len(texto) > LETRAS:
        return False
    siguientes: list[int] = []
    for i in range(len(texto) + 1):
        letra = ord(texto[i]) if i < len(texto) else -1
        pendientes, siguientes, vistas = [0, *siguientes], [], set[int]()
        while pendientes:
            aqui = pendientes.pop()
            if aqui in vistas:
                continue
            vistas.add(aqui)
            que, *datos = programa[aqui]
            if que == "m":
                return True
            if que == "j":
                pendientes += datos  # type: ignore[arg-type]
            elif que == "c":
                if _dentro(letra, datos):  # type: ignore[arg-type]
                    siguientes.append(aqui + 1)
            elif _condicion(str(que), texto, i):
                pendientes.append(aqui + 1)
    return False


def _dentro(letra: int, intervalos: list[int]) -> bool:
    return any(intervalos[k] <= letra <= intervalos[k + 1] for k in range(0, len(intervalos), 2))


def _condicion(que: str, texto: str, i: int) -> bool:
    if que == "^":
        return i == 0
    if que == "$":
        return i == len(texto)
    borde = (i > 0 and _de_palabra(texto[i - 1])) != (i < len(texto) and _de_palabra(texto[i]))
    return borde == (que == "b")


def _de_palabra(letra: str) -> bool:
    return letra == "_" or (letra.isascii() and letra.isalnum())


class _Compilador(Lector):
    """Descenso recursivo; cada método devuelve un tramo con saltos relativos, que ``_mover`` acomoda."""

    def todo(self) -> Programa:
        tramo = self._alternativas(0)
        if self.i < len(self.patron):
            self.falla("Sobra un «)» en el patrón de regex; escriba «\\)» si es parte del texto.")
        if not any(ins[0] != "j" for ins in tramo):
            self.falla("El patrón de regex está vacío; escriba qué debe tener la respuesta.", 0)
        return tramo

    def _alternativas(self, hondo: int) -> Programa:
        if hondo > 20:
            self.falla("El patrón de regex tiene demasiados paréntesis dentro de paréntesis; sepárelo en dos.")
        ramas = [self._rama(hondo)]
        while self.toma("|"):
            ramas.append(self._rama(hondo))
        tramo = ramas.pop()
        while ramas:
            rama = ramas.pop()
            tramo = self._cabe([["j", 1, len(rama) + 2], *_mover(rama, 1), ["j", len(rama) + len(tramo) + 2],
                                *_mover(tramo, len(rama) + 2)])  # fmt: skip
        return tramo

    def _rama(self, hondo: int) -> Programa:
        tramo: Programa = []
        while self.i < len(self.patron) and self.patron[self.i] not in "|)":
            inicio = self.i
            atomo = self._atomo(hondo)
            pieza = self._repetido(atomo, inicio)
            tramo = self._cabe([*tramo, *_mover(pieza, len(tramo))])
        return tramo

    def _atomo(self, hondo: int) -> Programa:
        letra = self.patron[self.i]
        if letra == "(":
            return self._grupo(hondo)
        self.i += 1
        if letra in "^$":
            return [[letra]]
        if letra in "*+?{":
            self.falla(f"«{letra}» no tiene qué repetir; escriba «\\{letra}» si es parte del texto.", self.i - 1)
        if letra == "[":
            return _consume(clase(self))
        if letra == ".":
            return _consume(complemento(CLASES["linea"]))
        if letra == "\\":
            return self._escapado()
        return _consume([(ord(letra), ord(letra))])

    def _escapado(self) -> Programa:
        letra = self.patron[self.i : self.i + 1]
        if letra in ("b", "B"):
            self.i += 1
            return [[letra]]
        if letra.lower() in CLASES and letra in COMPLEMENTO_VALIDO:
            self.i += 1
            return _consume(CLASES[letra] if letra.islower() else complemento(CLASES[letra.lower()]))
        punto = self.escape()
        return _consume([(punto, punto)])

    def _grupo(self, hondo: int) -> Programa:
        inicio = self.i
        self.i += 1
        if self.toma("?") and not self.toma(":"):
            self.falla(
                "regex no admite «(?…»: ni mirar adelante o atrás, ni grupos con nombre, ni banderas. "
                "Use dos condiciones unidas con and, o «[Aa]» para mayúscula o minúscula.",
                inicio,
            )
        tramo = self._alternativas(hondo + 1)
        if not self.toma(")"):
            self.falla("Falta cerrar un paréntesis en el patrón de regex.", inicio)
        return tramo

    def _repetido(self, atomo: Programa, inicio: int) -> Programa:
        donde = self.i
        veces = self.cuantas()
        if veces is None:
            return atomo
        menos, mas = veces
        if self.patron[inicio] in "^$" or self.patron[inicio : inicio + 2] in ("\\b", "\\B"):
            self.falla("Un principio, un final o un borde de palabra no se repite; quite el «*», «+» o «?».", donde)
        if self.toma("+"):  # {3}+ de un solo carácter es lo mismo que {3}
            if menos != mas or len(atomo) != 1:
                self.falla("regex no admite «++», «*+» ni «?+»; quite el segundo «+».", self.i - 1)
        else:
            self.toma("?")  # a la primera o a la última: para sí o no, da igual
        if self.cuantas() is not None:
            self.falla("Hay dos repeticiones seguidas; encierre la primera entre paréntesis.", donde)
        copias = max(menos, mas or 0, 1)
        if len(atomo) * copias > INSTRUCCIONES:
            self.falla(_MUY_GRANDE, inicio)
        tramo: Programa = []
        for _ in range(menos):
            tramo += _mover(atomo, len(tramo))
        if mas is None:
            aqui = len(tramo)
            tramo += [["j", aqui + 1, aqui + len(atomo) + 2], *_mover(atomo, aqui + 1), ["j", aqui]]
        else:
            final = len(tramo) + (mas - menos) * (len(atomo) + 1)
            for _ in range(mas - menos):
                aqui = len(tramo)
                tramo += [["j", aqui + 1, final], *_mover(atomo, aqui + 1)]
        return self._cabe(tramo)

    def _cabe(self, tramo: Programa) -> Programa:
        if len(tramo) >= INSTRUCCIONES:
            self.falla(_MUY_GRANDE, 0)
        return tramo


def _mover(tramo: Programa, cuanto: int) -> Programa:
    return [["j", *(int(d) + cuanto for d in ins[1:])] if ins[0] == "j" else ins for ins in tramo]


def _consume(intervalos: Intervalos) -> Programa:
    return [["c", *(punto for par in intervalos for punto in par)]]
