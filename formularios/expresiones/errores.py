"""El único error de este cuarto: una expresión que no se acepta, dónde y qué escribir en su lugar."""


class ErrorExpresion(Exception):
    """``mensaje``: frase completa para quien escribió el formulario. ``posicion``: índice (desde 0) en el texto."""

    def __init__(self, mensaje: str, posicion: int) -> None:
        super().__init__(mensaje)
        self.mensaje = mensaje
        self.posicion = posicion
