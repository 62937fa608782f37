"""Qué pasó al importar: la encuesta o los problemas, cada uno con su hoja, su fila y su columna."""

from dataclasses import dataclass

from formularios.instrumento import Instrumento


@dataclass(frozen=True)
class Problema:
    """Algo por arreglar. ``hoja`` vacía y ``fila`` o ``columna`` en ``None``: es de todo el archivo o de toda la hoja.

    ``columna`` es el encabezado como está escrito. ``que_pasa`` y ``que_escribir`` son frases completas. ``se_quita``:
    la encuesta sigue entera sin ello (una foto, la hora en que se abrió), si quien importa está de acuerdo.
    """

    hoja: str
    fila: int | None
    columna: str | None
    que_pasa: str
    que_escribir: str
    se_quita: bool = False

    @property
    def donde(self) -> str:
        """«Hoja survey, fila 4, columna relevant»; «El archivo» si no es de una parte."""
        partes = [f"hoja {self.hoja}"] if self.hoja else []
        partes += [f"fila {self.fila}"] if self.fila is not None else []
        partes += [f"columna {self.columna}"] if self.columna else []
        return ", ".join(partes).capitalize() if self.hoja == "" else "H" + ", ".join(partes)[1:]

    def __str__(self) -> str:
        return f"{self.donde or 'El archivo'}: {self.que_pasa} {self.que_escribir}"


@dataclass(frozen=True)
class Resultado:
    """``instrumento`` es ``None`` exactamente cuando hay ``problemas``. Los ``avisos`` no impiden usarlo.

    ``recortada``: lo que quedaría sin las fotos, las horas y demás que aquí no se guarda, si no hay otro problema. Es
    otra encuesta: se usa sólo si quien importa lo dice.
    """

    instrumento: Instrumento | None
    problemas: tuple[Problema, ...]
    avisos: tuple[Problema, ...]
    recortada: "Resultado | None" = None


class ErrorLectura(Exception):
    """El archivo no se pudo leer: qué pasa, qué hacer y, si es de una parte, dónde."""

    def __init__(
        self, que_pasa: str, que_escribir: str, *, hoja: str = "", fila: int | None = None, columna: str | None = None
    ) -> None:
        super().__init__(que_pasa)
        self.que_pasa, self.que_escribir = que_pasa, que_escribir
        self.problema = Problema(hoja, fila, columna, que_pasa, que_escribir)
