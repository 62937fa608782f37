"""De una condición a una frase que cualquiera entiende: «Solo si contestó «Sí» en la 3».

Lo que no se puede decir en pocas palabras, o habla de algo que no se ve, se dice con la frase general: nunca a medias.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from formularios import frases
from formularios.expresiones import Arbol
from formularios.formulas import entender
from formularios.huecos import neutro
from formularios.instrumento import NUMERICAS, Instrumento, Pregunta

GENERAL = "Según lo que contestó antes, puede no tocarle: déjela vacía si no le toca."
_HECHOS, _TEXTO = 4, 60
"""Cuántas cosas caben en una frase, y cuántas letras de una pregunta sin número."""

_ES = {
    "solo": "Solo si {que}",
    "general": GENERAL,
    "numero": "la {n}",
    "pregunta": "«{texto}»",
    "opcion": "«{texto}»",
    "o": "o", "y": "y", "o_bien": ", o bien ", "y_ademas": ", y además ",
    "contesto": "contestó {que} en {donde}", "no_contesto": "no contestó {que} en {donde}",
    "marco": "marcó {que} en {donde}", "no_marco": "no marcó {que} en {donde}",
    "puso": "puso {que} en {donde}", "no_puso": "no puso {que} en {donde}",
    "algo": "contestó {donde}", "no_algo": "dejó vacía {donde}",
    "casilla": "marcó {donde}", "no_casilla": "no marcó {donde}",
    "=": "{n}", ">": "más de {n}", ">=": "{n} o más", "<": "menos de {n}", "<=": "{n} o menos",
}  # fmt: skip
_EN = {
    "solo": "Only if you {que}",
    "general": "Depending on your earlier answers this may not be for you: leave it empty if it is not.",
    "numero": "question {n}",
    "pregunta": "“{texto}”",
    "opcion": "“{texto}”",
    "o": "or", "y": "and", "o_bien": ", or else ", "y_ademas": ", and also ",
    "contesto": "answered {que} to {donde}", "no_contesto": "did not answer {que} to {donde}",
    "marco": "chose {que} in {donde}", "no_marco": "did not choose {que} in {donde}",
    "puso": "wrote {que} in {donde}", "no_puso": "did not write {que} in {donde}",
    "algo": "answered {donde}", "no_algo": "left {donde} empty",
    "casilla": "ticked {donde}", "no_casilla": "did not tick {donde}",
    "=": "{n}", ">": "more than {n}", ">=": "{n} or more", "<": "less than {n}", "<=": "{n} or less",
}  # fmt: skip
_VOLTEADO = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


class _NoSeDice(Exception):
    """Esta condición no cabe en una frase sencilla."""


@dataclass(frozen=True)
class _Hecho:
    """Algo que contestó. ``verbo``: la frase que lo dice; ``que``: opciones o cantidades, unidas por ``nexo``."""

    verbo: str
    pregunta: str
    que: tuple[str, ...] = ()
    nexo: str = "o"


@dataclass(frozen=True)
class _Junta:
    """``nexo``: ``y`` u ``o``."""

    nexo: str
    partes: "tuple[_Hecho | _Junta, ...]"


def frase(
    instrumento: Instrumento, expresion: str | None, numeros: Mapping[str, int], idioma: str | None = None
) -> str | None:
    """La condición dicha, o la frase general; nada si no hay condición o siempre se cumple.

    :param numeros: el de cada pregunta que lleva número ahí donde se va a leer.
    """
    if expresion is None or entender(expresion).arbol == ["true"]:
        return None
    palabras = _EN if frases.de(idioma) is frases.de("(en)") else _ES
    try:
        traductor = _Traductor(instrumento, numeros, palabras)
        return palabras["solo"].format(que=traductor.decir(traductor.entender(entender(expresion).arbol)))
    except _NoSeDice:
        return palabras["general"]


class _Traductor:
    def __init__(self, instrumento: Instrumento, numeros: Mapping[str, int], palabras: Mapping[str, str]) -> None:
        self.instrumento, self.numeros, self.palabras = instrumento, numeros, palabras

    # --- Entender ----------------------------------------------------------------------------------------------------

    def entender(self, arbol: Arbol, *, niega: bool = False) -> _Hecho | _Junta:
        if not isinstance(arbol, list):
            raise _NoSeDice
        que, *resto = arbol
        if que == "not":
            return self.entender(resto[0], niega=not niega)
        if que in ("and", "or"):
            nexo = "y" if (que == "and") != niega else "o"  # no (a o b) es no a y no b
            return _juntar(nexo, [self.entender(rama, niega=niega) for rama in resto])
        if que in _VOLTEADO:
            return self._comparacion(str(que), resto[0], resto[1], niega=niega)
        if que == "selected":
            pregunta = self._pregunta(resto[0])
            return self._opcion(pregunta, resto[1], niega=niega)
        if que == "$":
            return self._algo(self._pregunta(arbol), niega=niega)
        raise _NoSeDice

    def _comparacion(self, signo: str, izquierda: Arbol, derecha: Arbol, *, niega: bool) -> _Hecho:
        if not isinstance(izquierda, list):
            izquierda, derecha, signo = derecha, izquierda, _VOLTEADO[signo]
        if isinstance(derecha, list) or not isinstance(izquierda, list):
            raise _NoSeDice
        if signo == "!=":
            signo, niega = "=", not niega
        if izquierda[0] in ("count-selected", "string-length"):
            return self._cuantas(str(izquierda[0]), self._pregunta(izquierda[1]), signo, derecha, niega=niega)
        pregunta = self._pregunta(izquierda)
        if signo == "=" and derecha == "":
            return self._algo(pregunta, niega=not niega)
        if pregunta.tipo in NUMERICAS:
            return _Hecho("no_puso" if niega else "puso", pregunta.clave, (self._cantidad(signo, derecha),))
        if signo == "=":
            return self._opcion(pregunta, derecha, niega=niega)
        raise _NoSeDice

    def _cuantas(self, funcion: str, pregunta: Pregunta, signo: str, numero: Arbol, *, niega: bool) -> _Hecho:
        if (signo, numero) in ((">", 0), (">=", 1)):
            return self._algo(pregunta, niega=niega)
        if (signo, numero) in (("=", 0), ("<", 1)):
            return self._algo(pregunta, niega=not niega)
        if funcion == "string-length":
            raise _NoSeDice
        return _Hecho("no_marco" if niega else "marco", pregunta.clave, (self._cantidad(signo, numero),))

    def _algo(self, pregunta: Pregunta, *, niega: bool) -> _Hecho:
        verbo = "casilla" if pregunta.tipo == "acepto" else "algo"
        return _Hecho(f"no_{verbo}" if niega else verbo, pregunta.clave)

    def _opcion(self, pregunta: Pregunta, clave: Arbol, *, niega: bool) -> _Hecho:
        if pregunta.tipo == "acepto" and clave == "OK":
            return self._algo(pregunta, niega=niega)
        buscada = clave if isinstance(clave, str) else f"{clave:g}" if isinstance(clave, int | float) else ""
        texto = next((o.texto for o in self.instrumento.opciones_de(pregunta) if o.clave == buscada), None)
        if texto is None or pregunta.tipo not in ("una", "varias"):
            raise _NoSeDice
        verbo = "contesto" if pregunta.tipo == "una" else "marco"
        return _Hecho(
            f"no_{verbo}" if niega else verbo, pregunta.clave, (self.palabras["opcion"].format(texto=neutro(texto)),)
        )

    def _cantidad(self, signo: str, numero: Arbol) -> str:
        try:
            return self.palabras[signo].format(n=f"{float(str(numero)):.12g}")
        except ValueError:
            raise _NoSeDice from None

    def _pregunta(self, arbol: Arbol) -> Pregunta:
        """La pregunta de la que habla, si quien lee la tiene a la vista y la puede reconocer."""
        while isinstance(arbol, list) and arbol[0] in ("number", "int", "coalesce") and arbol[2:] in ([], [""], [0]):
            arbol = arbol[1]
        if not isinstance(arbol, list) or arbol[0] != "$":
            raise _NoSeDice
        pregunta = self.instrumento.por_clave.get(str(arbol[1]))
        if pregunta is None or not pregunta.con_campo:
            raise _NoSeDice
        if pregunta.clave not in self.numeros and (pregunta.solo_si is None or len(pregunta.texto) > _TEXTO):
            raise _NoSeDice
        return pregunta

    # --- Decir -------------------------------------------------------------------------------------------------------

    def decir(self, que: _Hecho | _Junta) -> str:
        if isinstance(que, _Hecho):
            return self._decir_hecho(que)
        if len(que.partes) > _HECHOS:
            raise _NoSeDice
        dentro = [parte for parte in que.partes if isinstance(parte, _Junta)]
        if any(isinstance(p, _Junta) for junta in dentro for p in junta.partes):
            raise _NoSeDice
        dichas = [self.decir(parte) for parte in que.partes]
        if dentro:
            return self.palabras["y_ademas" if que.nexo == "y" else "o_bien"].join(dichas)
        return self._lista(dichas, que.nexo)

    def _decir_hecho(self, hecho: _Hecho) -> str:
        numero, pregunta = self.numeros.get(hecho.pregunta), self.instrumento.por_clave[hecho.pregunta]
        forma = self.palabras["numero" if numero else "pregunta"]
        donde = forma.format(n=numero, texto=neutro(pregunta.texto))
        if len(hecho.que) > _HECHOS:
            raise _NoSeDice
        return self.palabras[hecho.verbo].format(que=self._lista(hecho.que, hecho.nexo), donde=donde)

    def _lista(self, cosas: Sequence[str], nexo: str) -> str:
        if len(cosas) < 2:
            return "".join(cosas)
        return f"{', '.join(cosas[:-1])} {self._nexo(nexo, cosas[-1])} {cosas[-1]}"

    def _nexo(self, nexo: str, sigue: str) -> str:
        """«y» es «e» antes de «i», y «o» es «u» antes de «o»."""
        letras = sigue.lstrip("«“").lower()
        sonido = letras.removeprefix("h")[:1]
        if self.palabras is _ES and nexo == "y" and sonido in ("i", "í") and not letras.startswith("hie"):
            return "e"
        if self.palabras is _ES and nexo == "o" and sonido in ("o", "ó"):
            return "u"
        return self.palabras[nexo]


def _juntar(nexo: str, partes: Sequence[_Hecho | _Junta]) -> _Hecho | _Junta:
    """Lo mismo de la misma pregunta se dice una vez: «contestó «A» o «B» en la 3»."""
    juntas: list[_Hecho | _Junta] = []
    for parte in (p for x in partes for p in (x.partes if isinstance(x, _Junta) and x.nexo == nexo else (x,))):
        igual = next((i for i, otra in enumerate(juntas) if _se_funden(otra, parte, nexo)), None)
        if igual is None or not isinstance(parte, _Hecho):
            juntas.append(replace(parte, nexo=nexo) if isinstance(parte, _Hecho) and len(parte.que) == 1 else parte)
        else:
            otra = juntas[igual]
            if isinstance(otra, _Hecho):
                juntas[igual] = replace(otra, que=(*otra.que, *(q for q in parte.que if q not in otra.que)))
    return juntas[0] if len(juntas) == 1 else _Junta(nexo, tuple(juntas))


def _se_funden(uno: _Hecho | _Junta, otro: _Hecho | _Junta, nexo: str) -> bool:
    """«no A y no B» es «no contestó A ni B»; eso no se funde, se dice entero."""
    if not isinstance(uno, _Hecho) or not isinstance(otro, _Hecho) or uno.verbo.startswith("no_"):
        return False
    mismo = (uno.verbo, uno.pregunta, uno.nexo) == (otro.verbo, otro.pregunta, nexo)
    return mismo and bool(uno.que) and len(otro.que) == 1
