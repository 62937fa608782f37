"""Las celdas de una fila de ``survey``: sí o no, número, expresión, apariencia, parámetros."""

import re
from typing import Any

from formularios.invariantes import APARIENCIAS
from formularios.xlsform.ajustes import SI_O_NO
from formularios.xlsform.lectura import Fila
from formularios.xlsform.pagina import Pagina
from formularios.xlsform.tipos import Tipo

_COMILLAS = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})
_PAR = re.compile(r"([^\s=,;]+)\s*=\s*([^\s=,;]+)")
_SOLO_DIA = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) 00:00:00")
SIN_EFECTO = {
    "texto": {"rows"},
    "punto": {"capture-accuracy", "warning-accuracy", "allow-mock-accuracy"},
    "rango": {"tick_interval", "placeholder", "tick_labelset"},
}
_APARIENCIAS_EN_SU_LUGAR = {
    "horizontal-compact": "horizontal",
    "compact": "horizontal",
    "columns": "horizontal",
    "columns-pack": "horizontal",
    "autocomplete": "minimal",
    "search": "minimal",
    "dropdown": "minimal",
    "thousands-sep": "numbers",
    "textarea": "multiline",
    "month-year": "",
}


_SOLO_ACOMODO = re.compile(
    r"w[0-9]{1,2}|columns(-[0-9]{1,2}|-pack|-flex)?|compact(-[0-9]{1,2})?|horizontal-compact|quick(compact)?|vertical|list-nolabel"
    r"|no-buttons|no-ticks|no-calendar|picker|rating|vertical-range|thousands-sep|textarea|masked|counter|url"
    r"|autocomplete|search|dropdown|table-list|summary|hide-input|maps|placement-map"
)
"""Apariencias de XLSForm, Enketo y Kobo que sólo cambian cómo se ve la pregunta: sin ellas se contesta lo mismo."""


def apariencia_en_su_lugar(palabra: str) -> str:
    if palabra.lower() in APARIENCIAS:
        return f"Escríbala con minúsculas: {palabra.lower()}."
    en_su_lugar = _APARIENCIAS_EN_SU_LUGAR.get(palabra)
    return (f"Escriba {en_su_lugar}, o quítela." if en_su_lugar else "Quítela.") + f" Hay: {', '.join(APARIENCIAS)}."


class Celdas:
    """Lee celdas por su campo; lo que no se entiende queda anotado en su lugar y vale como vacío."""

    def __init__(self, pagina: Pagina, fila: Fila) -> None:
        self.pagina, self.fila = pagina, fila

    def texto(self, campo: str) -> str | None:
        return self.pagina.texto(self.fila, campo)

    def expresion(self, campo: str) -> str | None:
        """Sin las comillas tipográficas que ponen las hojas de cálculo."""
        escrita = self.texto(campo)
        return escrita.translate(_COMILLAS) if escrita else None

    def si_o_no(self, campo: str) -> bool:
        escrito = self.texto(campo)
        if escrito is not None and escrito.lower() not in SI_O_NO:
            self.pagina.problema(self.fila, campo, f"«{escrito}» no se entiende aquí.", "Escriba yes o no.")
        return SI_O_NO.get((escrito or "no").lower(), False)

    def si_o_expresion(self, campo: str) -> bool | str:
        escrito = self.texto(campo)
        if escrito is None or escrito.lower() in SI_O_NO:
            return SI_O_NO[(escrito or "no").lower()]
        return self.expresion(campo) or False

    def entero(self, campo: str) -> int | None:
        escrito = self.texto(campo)
        if escrito is None:
            return None
        if not re.fullmatch(r"[0-9]{1,6}", escrito):
            self.pagina.problema(self.fila, campo, f"«{escrito}» no es un número entero.", "Escriba solo el número.")
            return None
        return int(escrito)

    def omision(self, tipo: str) -> str | None:
        escrita = self.texto("omision")
        if escrita is None:
            return None
        dia = _SOLO_DIA.fullmatch(escrita)
        if tipo == "fecha" and dia:
            return dia[1]
        return escrita if tipo == "texto" and "(" not in escrita else escrita.translate(_COMILLAS)

    def apariencia(self) -> str | None:
        quedan = []
        for palabra in (self.texto("apariencia") or "").split():
            if palabra in APARIENCIAS:
                quedan.append(palabra)
                continue
            que_pasa, en_su_lugar = f"La apariencia «{palabra}» no se admite.", apariencia_en_su_lugar(palabra)
            se_quita = _SOLO_ACOMODO.fullmatch(palabra) is not None
            self.pagina.problema(self.fila, "apariencia", que_pasa, en_su_lugar, se_quita=se_quita)
        return " ".join(quedan) or None

    def _pares(self) -> dict[str, str]:
        escritos = self.texto("parametros") or ""
        if re.sub(r"[\s,;]+", "", _PAR.sub("", escritos)):
            self.pagina.problema(
                self.fila, "parametros", f"«{escritos}» no se entiende.", "Escriba por ejemplo start=0 end=10 step=1."
            )
        return {clave.lower(): valor for clave, valor in _PAR.findall(escritos)}

    def parametros(self, tipo: Tipo) -> dict[str, Any]:
        """``inicio``, ``fin`` y ``paso`` de un rango. Los demás parámetros no cambian nada o no se admiten."""
        pares = self._pares()
        if tipo.archivo is not None:
            pares = {c: v for c, v in pares.items() if c not in ("value", "label")}
        rango = {}
        if tipo.tipo == "rango":
            nombres = {"start": "1", "end": "10", "step": "1"}
            rango = {nombre: pares.pop(nombre, omision) for nombre, omision in nombres.items()}
        for clave, valor in pares.items():
            if clave in SIN_EFECTO.get(tipo.tipo, ()):
                self.pagina.aviso(self.fila, "parametros", f"«{clave}» no cambia nada aquí.", "")
            elif (clave, valor.lower()) != ("randomize", "false"):
                que_escribir = (
                    "Quítelo: las opciones van siempre en el mismo orden." if clave == "randomize" else "Quítelo."
                )
                que_pasa, se_quita = f"El parámetro «{clave}» no se admite.", clave in ("randomize", "seed")
                self.pagina.problema(self.fila, "parametros", que_pasa, que_escribir, se_quita=se_quita)
        return dict(zip(("inicio", "fin", "paso"), rango.values(), strict=False))

    def columnas_de_archivo(self) -> tuple[str, str]:
        """Las columnas del CSV que llevan la clave y el texto."""
        pares = self._pares()
        return pares.get("value", "name"), pares.get("label", "label")

    def solo(self, *campos: str, que: str) -> None:
        """Anota lo escrito en campos que ``que`` no lleva; la ayuda y lo obligatorio solo se avisan."""
        escritos = {c.campo for c in self.pagina.columnas.values() if c.campo and self.fila.celdas.get(c.encabezado)}
        for campo in sorted(escritos - {*campos, "tipo", "clave"}):
            if campo in ("ayuda", "mensaje_obligatoria", "mensaje_restriccion", "parametros") or (
                campo in ("obligatoria", "solo_lectura") and not self.si_o_no(campo)
            ):
                self.pagina.aviso(self.fila, campo, f"Esta celda no se usa en {que}.", "")
            else:
                self.pagina.problema(self.fila, campo, f"Esta celda no va en {que}.", "Póngala en sus preguntas.")

    def sobra(self, *campos: str, que: str) -> None:
        for campo in campos:
            if self.texto(campo) is not None:
                self.pagina.problema(self.fila, campo, f"Esta celda no va en {que}.", "Quite lo escrito.")
