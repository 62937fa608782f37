"""Publicar: la titular ve celda por celda lo que saldría, lo firma con su contraseña y ve cómo quedó."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form

from recoleccion.consultas import bitacora
from recoleccion.errores import ErrorJornada

from .. import contexto, puerta
from ..contexto import bd
from ..publicador import Publicador, Renglon, Tarea
from ..sesion import cuenta_segura, requiere
from . import bp
from .comun import anotar
from .formas_cuentas import Contrasena

POR_PAGINA = 50
SE_RECUERDA = timedelta(hours=1)
"""Lo que enseña la página cómo quedó lo último que se hizo."""
ESPERA = 4.0
"""Segundos que se espera a que termine antes de enseñar que va: casi siempre alcanza y no hay que recargar."""
NO_ES = "No es la contraseña con que entró. Revise las mayúsculas."
ACCIONES = ("firmar publicación", "publicar", "no se pudo publicar", "ver lo que se publicaría")
SE_VEN = {
    "si": "Se muestran",
    "no": "Se esconden",
    "aparecen": "Antes no y ahora sí",
    "desaparecen": "Antes sí y ahora no",
}


class FormularioFirma(Form):
    """La firma: la contraseña con que entró."""

    contrasena = Contrasena("Su contraseña", falta="Escriba la contraseña con que entró.", nueva=False)


@bp.get("/publicacion")
@requiere("titular")
def publicacion() -> ResponseReturnValue:
    publicador = contexto.publicador()
    if publicador is None:
        return render_template("panel/publicacion.html", situacion=None)
    tarea = _reciente(publicador.tarea())  # antes que lo demás: si acaba de terminar, lo que sigue ya lo sabe
    return render_template(
        "panel/publicacion.html",
        situacion=publicador.situacion(),
        tarea=tarea,
        portal=_portal(publicador),
        hechos=[fila for fila in bitacora.listar(bd(), 2000) if fila["accion"] in ACCIONES][:12],
    )


@bp.post("/publicacion/ensayo")
@requiere("titular")
def publicacion_ensayar() -> ResponseReturnValue:
    """Empieza a calcular lo que saldría. :raises ErrorJornada: ``publicacion_en_curso``."""
    publicador = _publicador()
    adelantar = request.form.get("adelantar") == "1"
    publicador.ensayar(adelantar=adelantar)
    anotar("ver lo que se publicaría", "antes de tiempo" if adelantar else "lo que toca")
    publicador.esperar(ESPERA)
    return redirect(url_for(".publicacion_previa"), 303)


@bp.get("/publicacion/previa")
@requiere("titular")
def publicacion_previa() -> ResponseReturnValue:
    return _previa(FormularioFirma())


@bp.post("/publicacion/firma")
@requiere("titular")
def publicacion_firmar() -> ResponseReturnValue:
    """Publica lo que vio y firma. :raises ErrorJornada: ``publicacion_en_curso``, ``publicacion_cambio``."""
    publicador, formulario = _publicador(), FormularioFirma(request.form)
    ensayo = publicador.ensayo()
    if ensayo is None or ensayo.falla or request.form.get("huella") != ensayo.huella:
        raise ErrorJornada("publicacion_cambio")
    if formulario.validate():
        cuenta = cuenta_segura()
        if puerta.confirmar(cuenta, formulario.contrasena.data):
            publicador.publicar(cuenta.usuario, ensayo)
            publicador.esperar(ESPERA)
            return redirect(url_for(".publicacion"), 303)
        anotar("contraseña equivocada", f"publicación del lote {ensayo.lote}")
        formulario.contrasena.errors = [NO_ES]
    return _previa(formulario)


@bp.post("/publicacion/termino")
@requiere("titular")
def publicacion_terminar() -> ResponseReturnValue:
    """Escribe otra vez el archivo con lo que ya se firmó. :raises ErrorJornada: ``publicacion_en_curso``."""
    publicador = _publicador()
    publicador.terminar(cuenta_segura().usuario)
    publicador.esperar(ESPERA)
    return redirect(url_for(".publicacion"), 303)


@bp.get("/publicacion/celdas")
@requiere("titular")
def publicacion_celdas() -> ResponseReturnValue:
    """Celda por celda, con lo que hay y lo que saldría."""
    publicador = contexto.publicador()
    ensayo = publicador.ensayo() if publicador else None
    if publicador is None or ensayo is None:
        return render_template("panel/publicacion_celdas.html", ensayo=None)
    filtros = {campo: request.args.get(campo, "").strip()[:80] for campo in ("tabla", "se_ve", "motivo", "texto")}
    halladas = [renglon for renglon in ensayo.renglones if _pasa(renglon, filtros)]
    paginas = max(1, -(-len(halladas) // POR_PAGINA))
    pagina = min(max(request.args.get("pagina", 1, type=int), 1), paginas)
    return render_template(
        "panel/publicacion_celdas.html",
        ensayo=ensayo,
        halladas=halladas[(pagina - 1) * POR_PAGINA : pagina * POR_PAGINA],
        cuantas=len(halladas),
        filtros=filtros,
        argumentos={campo: valor for campo, valor in filtros.items() if valor},
        titulos={tabla.clave: tabla.titulo for tabla in ensayo.tablas},
        motivos=publicador.motivos,
        hay_motivos=[m for m in publicador.motivos if any(m == r.motivo for r in ensayo.renglones)],
        se_ven=SE_VEN,
        pagina=pagina,
        paginas=paginas,
    )


def _previa(formulario: FormularioFirma) -> ResponseReturnValue:
    publicador = contexto.publicador()
    tarea = publicador.tarea() if publicador else None
    ensayo = publicador.ensayo() if publicador else None
    pagina = render_template(
        "panel/publicacion_previa.html",
        ensayo=ensayo,
        tarea=tarea,
        motivos=publicador.motivos if publicador else {},
        formulario=formulario,
        firma_hoy=ensayo is not None and ensayo.hecho_en.date() == contexto.ahora().date(),
    )
    return pagina, 422 if formulario.errors else 200


def _pasa(renglon: Renglon, filtros: dict[str, str]) -> bool:
    se_ve: dict[str, bool] = {
        "": True,
        "si": renglon.se_muestra,
        "no": not renglon.se_muestra,
        "aparecen": renglon.se_muestra and renglon.antes is None,
        "desaparecen": not renglon.se_muestra and renglon.antes is not None,
    }
    return (
        filtros["tabla"] in ("", renglon.tabla)
        and filtros["motivo"] in ("", renglon.motivo)
        and se_ve.get(filtros["se_ve"], True)
        and filtros["texto"].casefold() in f"{renglon.que} {renglon.quienes}".casefold()
    )


def _reciente(tarea: Tarea | None) -> Tarea | None:
    vieja = tarea is not None and tarea.terminada and contexto.ahora() - tarea.empezo > SE_RECUERDA
    return None if vieja else tarea


def _portal(publicador: Publicador) -> str | None:
    """La dirección de los datos, si quien mira está en la misma computadora; afuera la da Caddy con otro nombre."""
    local = urlsplit(request.host_url).hostname in ("127.0.0.1", "localhost", "::1")
    return publicador.portal if local else None


def _publicador() -> Publicador:
    """:raises ErrorJornada: ``publicacion_sin_servicio``."""
    publicador = contexto.publicador()
    if publicador is None:
        raise ErrorJornada("publicacion_sin_servicio")
    return publicador


@bp.app_template_filter("en_grupos")
def en_grupos(huella: str | None) -> str:
    """Una huella en grupos de ocho, para compararla con la vista."""
    return " ".join((huella or "")[i : i + 8] for i in range(0, 64, 8))
