"""El complemento de Datasette que da la cara: español, cabeceras estrictas y la última publicación sin reiniciar.

Se instala con jornada, así que cualquier Datasette del mismo entorno lo carga; sólo actúa cuando los metadatos traen
su configuración (``metadatos.CLAVE``). Sin ella cada gancho se queda callado.
"""

import hashlib
from pathlib import Path
from typing import Any

from datasette import Response, hookimpl
from markupsafe import Markup

from .cabeceras import PROPIAS, con_cabeceras
from .esquema_publico import TABLAS, VISTAS
from .metadatos import CLAVE
from .portada import portada
from .recarga import Vigia
from .traduccion import OPERADORES, Cargador

_CSS = (Path(__file__).parent / "estaticos" / "portal.css").read_bytes()
_RUTA_CSS = f"{PROPIAS}portal.{hashlib.sha256(_CSS).hexdigest()[:12]}.css"
_CUENTAS = frozenset({"n", "asistencias", "contestaciones"})
_NO_SE_MUESTRA = Markup('<span class="protegido">no se muestra</span>')
_vigias: dict[int, Vigia] = {}


def activo(datasette: Any) -> bool:
    return bool(datasette.plugin_config(CLAVE))


class Portal:
    """Lo que las plantillas saben del portal."""

    css = _RUTA_CSS
    operadores = OPERADORES
    tablas = TABLAS
    vistas = VISTAS

    def __init__(self, titulo: str) -> None:
        self.titulo = titulo

    def nombre(self, tabla: str) -> str:
        """El título de una tabla o vista; su nombre, si no es nuestra."""
        conocida = TABLAS.get(tabla) or VISTAS.get(tabla)
        return conocida.titulo if conocida else tabla

    def migaja(self, texto: str) -> str:
        return {"home": "Inicio", "publica": "Datos"}.get(texto) or self.nombre(texto)


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    if activo(datasette):
        env.loader = Cargador(env.loader)
        env.globals["portal"] = Portal(datasette.metadata("title") or "Datos abiertos")


@hookimpl
def startup(datasette: Any) -> None:
    if activo(datasette):
        _vigia(datasette).adoptar()


@hookimpl
def prepare_connection(conn: Any, datasette: Any) -> None:
    if activo(datasette):
        conn.execute("PRAGMA trusted_schema = OFF")
        conn.execute("PRAGMA hard_heap_limit = 268435456")  # 256 MB para todas las consultas juntas


@hookimpl
def asgi_wrapper(datasette: Any) -> Any:
    if not activo(datasette):
        return lambda app: app
    return lambda app: con_cabeceras(app, _vigia(datasette).mirar)


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Any]]:
    if not activo(datasette):
        return []
    return [(rf"^{_RUTA_CSS}$", _portal_css), (r"^/robots\.txt$", _robots)]


@hookimpl
def extra_template_vars(template: str, datasette: Any) -> Any:
    async def variables() -> dict[str, Any]:
        return {"portada": await portada(datasette)}

    return variables if activo(datasette) and template == "index.html" else {}


@hookimpl
def render_cell(value: Any, column: str, datasette: Any) -> Any:
    """Una cuenta vacía no es un cero: se dice con palabras. Los números van como se escriben aquí: 1,800."""
    if not activo(datasette):
        return None
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if column not in _CUENTAS:
        return None
    return _NO_SE_MUESTRA if value is None else f"{value:,}"


def _portal_css() -> Response:
    return Response(
        _CSS, headers={"cache-control": "public, max-age=31536000, immutable"}, content_type="text/css; charset=utf-8"
    )


def _robots() -> Response:
    return Response.text("User-agent: *\nDisallow: /\n")


def _vigia(datasette: Any) -> Vigia:
    return _vigias.setdefault(id(datasette), Vigia(datasette))
