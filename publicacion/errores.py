"""La única excepción que sale de este paquete."""


class ErrorPublicacion(Exception):
    """Algo impide publicar. ``mensaje`` dice qué pasó y ``que_hacer`` el siguiente paso, en español llano."""

    def __init__(self, mensaje: str, que_hacer: str) -> None:
        super().__init__(f"{mensaje} {que_hacer}")
        self.mensaje = mensaje
        self.que_hacer = que_hacer
