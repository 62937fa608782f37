"""El complemento de Datasette que da la cara: español, cabeceras estrictas y la última publicación sin reiniciar.

Se instala con jornada, así que cualquier Datasette del mismo entorno lo carga; sólo actúa cuando los metadatos traen
su configuración (``metadatos.CLAVE``). Sin ella cada gancho se queda callado.
"""

import hashlib
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from datasette import Response, hookimpl
from datasette import handle_exception as manejo
from markupsafe import Markup

from . import acceso, paginas_descargas
from .cabeceras import PROPIAS, RECIBEN, con_cabeceras
from .entrada import con_entrega
from .fallas import RASTROS, contestar
from .metadatos import CLAVE
from .portal.fechas import fecha
from .portal.numeros import OCULTA
from .portal.rutas import portada, rutas
from .portal.sitio import Portal
from .recarga import Vigia
from .traduccion import Cargador

_CSS = (Path(__file__).parent / "estaticos" / "portal.css").read_bytes()
_RUTA_CSS = f"{PROPIAS}portal.{hashlib.sha256(_CSS).hexdigest()[:12]}.css"
_FECHAS = frozenset({"desde", "hasta", "publicado_el"})
_CUENTAS = frozenset({"n", "asistencias", "contestaciones"})
_NO_SE_MUESTRA = Markup(f'<span class="protegido">{OCULTA}</span>')  # noqa: S704
_vigias: dict[int, Vigia] = {}


_activos: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()


def activo(datasette: Any) -> bool:
    """Se pregunta en cada celda, y los metadatos no cambian mientras vive el proceso."""
    if datasette not in _activos:
        _activos[datasette] = bool(datasette.plugin_config(CLAVE))
    return _activos[datasette]


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    if activo(datasette):
        env.loader = Cargador(env.loader)
        env.auto_reload = False
        env.globals["portal"] = Portal(datasette.metadata(), _RUTA_CSS)


@hookimpl
def startup(datasette: Any) -> None:
    if activo(datasette):
        # Si está instalado, rich falla en los 404 y anota las variables de cada error, galletas incluidas.
        manejo.rich, manejo.traceback = None, RASTROS
        _vigia(datasette).adoptar()


@hookimpl
def prepare_connection(conn: Any, datasette: Any) -> None:
    if activo(datasette):
        conn.execute("PRAGMA trusted_schema = OFF")
        conn.execute("PRAGMA hard_heap_limit = 134217728")  # 128 MB para todas las de este proceso juntas


@hookimpl
def asgi_wrapper(datasette: Any) -> Any:
    if not activo(datasette):
        return lambda app: app
    return lambda app: con_cabeceras(con_entrega(app, _vigia(datasette)), buscadores=_buscadores(datasette))


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Any]]:
    if not activo(datasette):
        return []
    return [
        (r"^/$", _inicio),
        (rf"^{_RUTA_CSS}$", _portal_css),
        (r"^/robots\.txt$", _robots),
        *rutas(),
        (r"^/entrar$", acceso.entrar),
        (r"^/salir$", acceso.salir),
        (r"^/consultar$", acceso.consultar),
        (r"^/descargas$", paginas_descargas.pagina),
        (r"^/descargas/(?P<archivo>[a-z.-]+)$", paginas_descargas.archivo),
    ]


@hookimpl
def actor_from_request(datasette: Any, request: Any) -> Any:
    return acceso.actor(datasette, request) if activo(datasette) else None


@hookimpl(tryfirst=True)
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    return contestar(datasette, request, exception) if activo(datasette) else None


@hookimpl
def skip_csrf(datasette: Any, scope: dict[str, Any]) -> bool:
    """Entrar y salir miran de dónde vienen por su cuenta, sin galleta."""
    return activo(datasette) and scope["path"] in RECIBEN


@hookimpl
def extra_template_vars(template: str, datasette: Any) -> Any:
    async def variables() -> dict[str, Any]:
        return {"portada": await portada(datasette)}

    return variables if activo(datasette) and template == "index.html" else {}


@hookimpl
def render_cell(value: Any, column: str, datasette: Any) -> Any:
    """Una cuenta vacía no es un cero: se dice con palabras. Los números y las fechas, como se escriben aquí."""
    if not activo(datasette):
        return None
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if column in _FECHAS and isinstance(value, str):
        return fecha(value)
    if column not in _CUENTAS:
        return None
    return _NO_SE_MUESTRA if value is None else f"{value:,}"


async def _inicio(request: Any, datasette: Any) -> Response:
    """La portada sin lo que Datasette cuenta para la suya, que aquí no se enseña y tarda el triple."""
    contexto = {"metadata": datasette.metadata()}
    return Response.html(await datasette.render_template("index.html", contexto, request=request))


def _portal_css() -> Response:
    return Response(
        _CSS, headers={"cache-control": "public, max-age=31536000, immutable"}, content_type="text/css; charset=utf-8"
    )


def _robots(datasette: Any) -> Response:
    """Los buscadores, fuera, salvo que la oficina diga otra cosa. Las consultas sueltas, fuera siempre."""
    fuera = "/*?" if _buscadores(datasette) else "/"
    return Response.text(f"User-agent: *\nDisallow: {fuera}\n")


def _buscadores(datasette: Any) -> bool:
    return (datasette.plugin_config(CLAVE) or {}).get("buscadores") is True


def _vigia(datasette: Any) -> Vigia:
    return _vigias.setdefault(id(datasette), Vigia(datasette))
