"""Lo que todas las plantillas saben del portal: su nombre, sus secciones y cómo se dice cada cosa."""

from collections.abc import Mapping
from typing import Any

from ..esquema_publico import TABLAS, VISTAS
from ..traduccion import OPERADORES
from .fechas import fecha
from .numeros import OCULTA, Parte
from .pagina import Cuenta, Exacta

SECCIONES = (
    ("/preguntas", "Preguntas"),
    ("/publica", "Tablas"),
    ("/descargas", "Descargas"),
    ("/diccionario", "Diccionario"),
    ("/metodologia", "Cómo se protege"),
    ("/api-publica", "API"),
)


class Portal:
    operadores = OPERADORES
    tablas = TABLAS
    vistas = VISTAS
    oculta = OCULTA
    fecha = staticmethod(fecha)

    def __init__(self, metadatos: Mapping[str, Any], css: str) -> None:
        self.titulo = metadatos.get("title") or "Datos abiertos"
        self.fuente = metadatos.get("source") or self.titulo
        self.licencia = metadatos.get("license")
        self.licencia_url = metadatos.get("license_url")
        self.css = css

    def nombre(self, tabla: str) -> str:
        """El título de una tabla o vista; su nombre, si no es nuestra."""
        conocida = TABLAS.get(tabla) or VISTAS.get(tabla)
        return conocida.titulo if conocida else tabla

    def migaja(self, texto: str) -> str:
        return {"home": "Inicio", "publica": "Tablas"}.get(texto) or self.nombre(texto)

    def secciones(self, request: Any) -> list[tuple[str, str, bool]]:
        """(dirección, nombre, si es donde se está)."""
        ruta = request.path if request else ""
        return [(a, nombre, ruta == a or ruta.startswith((f"{a}/", f"{a}?"))) for a, nombre in SECCIONES]

    @staticmethod
    def clase(valor: object) -> str:
        """Cómo se escribe un valor de una tabla."""
        if isinstance(valor, Cuenta | Exacta):
            return "cuenta" if isinstance(valor, Cuenta) else "exacta"
        if isinstance(valor, Parte):
            return "parte"
        return "entero" if isinstance(valor, int) else ""
