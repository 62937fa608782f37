"""Las direcciones del portal: leen la publicación vigente una sola vez, y contestan página o CSV."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from datasette import NotFound, Response

from . import inicio, paginas
from .descarga import en_csv
from .inicio import PREGUNTAS
from .lectura import Publica
from .pagina import Ir, Pagina, Pedido


def rutas() -> list[tuple[str, Any]]:
    return [
        (r"^/preguntas$", indice),
        (r"^/preguntas/(?P<clave>[a-z]+)\.csv$", csv),
        (r"^/preguntas/(?P<clave>[a-z]+)$", pregunta),
        (r"^/diccionario$", diccionario),
        (r"^/metodologia$", metodologia),
        (r"^/api-publica$", api),
    ]


async def leer(datasette: Any, que: Callable[[Publica], Any]) -> Any:
    """Todo lo que una página lee sale de una sola conexión: de una sola publicación."""
    return await datasette.get_database().execute_fn(lambda con: que(Publica(con)))


def ir_a(datasette: Any) -> Ir:
    base = datasette.get_database().name

    def ir(tabla: str, donde: Mapping[str, str]) -> str:
        consulta = urlencode({f"{columna}__exact": valor for columna, valor in donde.items()})
        return f"{datasette.urls.table(base, tabla)}{'?' if consulta else ''}{consulta}"

    return ir


async def portada(datasette: Any) -> dict[str, Any]:
    """Lo que la plantilla de la portada necesita."""
    ir = ir_a(datasette)
    dicho = await leer(datasette, lambda base: inicio.portada(base, ir))
    return {**dicho, "base": datasette.get_database().name, "preguntas": list(PREGUNTAS.values())}


async def indice(request: Any, datasette: Any) -> Response:
    hay = await leer(datasette, lambda base: bool(base.lotes))
    contexto = {"hay": hay, "preguntas": list(PREGUNTAS.values()), "base": datasette.get_database().name}
    return await _pagina(datasette, request, "portal_preguntas.html", contexto)


async def pregunta(request: Any, datasette: Any) -> Response:
    clave, modulo = _modulo(request)
    pedido, pagina, seguro = await _armar(request, datasette, modulo)
    accion = datasette.urls.path(f"/preguntas/{clave}")
    contexto: dict[str, Any] = {
        "clave": clave,
        "titulo": modulo.TITULO,
        "resumen": modulo.RESUMEN,
        "pagina": pagina,
        "preguntas": list(PREGUNTAS.values()),
        "accion": accion,
    }
    if pagina is not None:
        consulta = pedido.consulta()
        contexto |= {
            "filtros": [f for f in pedido.filtros if len(f.opciones) > 1],
            "avisos": pedido.avisos,
            "dicho": pedido.dicho() or "Todo",
            "dicho_filtros": pedido.dicho_sin("periodo", "ejercicio"),
            "consulta": consulta,
            "csv": f"{accion}.csv" + (f"?{consulta}" if consulta else ""),
            "direccion": datasette.absolute_url(request, accion + (f"?{consulta}" if consulta else "")),
            "seguro": seguro,
        }
    return await _pagina(datasette, request, "portal_pregunta.html", contexto)


async def csv(request: Any, datasette: Any) -> Response:
    """Lo que se ve, en CSV; ``cuadro`` elige uno cuando no todos tienen las mismas columnas."""
    clave, modulo = _modulo(request)
    pedido, pagina, _ = await _armar(request, datasette, modulo)
    cuadros = pagina.cuadros if pagina is not None else []
    numero = request.args.get("cuadro") or ""
    if numero.isascii() and numero.isdigit() and 1 <= int(numero[:3]) <= len(cuadros):
        cuadros = [cuadros[int(numero[:3]) - 1]]
    elif pagina is not None and not pagina.un_solo_csv:
        cuadros = cuadros[:1]
    if not cuadros:
        raise NotFound("No hay nada que descargar con esos filtros.")
    elegido = next((f.elegida for f in pedido.filtros if f.nombre in ("periodo", "ejercicio") and f.elegida), "todo")
    nombre = f"{clave}-{elegido}.csv"
    return Response(
        en_csv(cuadros),
        headers={"content-disposition": f'attachment; filename="{nombre}"'},
        content_type="text/csv; charset=utf-8",
    )


async def diccionario(request: Any, datasette: Any) -> Response:
    ir = ir_a(datasette)
    contexto = await leer(datasette, lambda base: paginas.diccionario(base, ir))
    return await _pagina(datasette, request, "portal_diccionario.html", contexto)


async def metodologia(request: Any, datasette: Any) -> Response:
    contexto = await leer(datasette, paginas.metodologia)
    contexto |= {"reglas": ir_a(datasette)("reglas", {})}
    return await _pagina(datasette, request, "portal_metodologia.html", contexto)


async def api(request: Any, datasette: Any) -> Response:
    base = datasette.get_database().name
    sitio = datasette.absolute_url(request, datasette.urls.instance()).rstrip("/")
    contexto = await leer(datasette, lambda publica: paginas.api(publica, sitio, base))
    return await _pagina(datasette, request, "portal_api.html", contexto)


def _modulo(request: Any) -> tuple[str, Any]:
    clave = request.url_vars["clave"]
    if clave not in PREGUNTAS:
        raise NotFound("Esa pregunta no existe.")
    return clave, PREGUNTAS[clave]


async def _armar(request: Any, datasette: Any, modulo: Any) -> tuple[Pedido, Pagina | None, bool]:
    """La página armada; ``None`` si todavía no hay nada publicado."""
    pedido = Pedido({clave: request.args.get(clave) for clave in request.args})
    ir = ir_a(datasette)

    def armar(base: Publica) -> tuple[Pagina | None, bool]:
        if not base.lotes:
            return None, True
        pagina: Pagina = modulo.armar(base, pedido, ir)
        lote = next((f.elegida for f in pedido.filtros if f.nombre == "periodo" and f.elegida), base.lotes[0].clave)
        if quitadas := base.quitadas(lote):
            pagina.notas.append(f"En este periodo la auditoría dejó vacío: {quitadas}.")
        return pagina, base.redondeo(lote).seguro

    pagina, seguro = await leer(datasette, armar)
    return pedido, pagina, seguro


async def _pagina(datasette: Any, request: Any, plantilla: str, contexto: Mapping[str, Any]) -> Response:
    completo = {"metadata": datasette.metadata(), **contexto}
    return Response.html(await datasette.render_template(plantilla, completo, request=request))
