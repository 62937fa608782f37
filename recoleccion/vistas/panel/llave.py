"""La llave de la oficina: crearla, abrirla, cerrarla, cambiarle la frase y recuperarla con el código en papel."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import ajustes, llave_giro
from recoleccion.consultas import llave as consulta
from recoleccion.consultas.envoltura import en_grupos, leer_codigo, palabras_de
from recoleccion.fechas import fecha_larga, plural
from recoleccion.impresos.recuperacion import recuperacion_pdf

from .. import llavero
from ..contexto import ahora, azar, bd, instalacion
from ..sesion import confirma, cuenta_segura, destino_local, requiere
from . import bp
from .comun import anotar
from .formas_llave import FormularioAbrir, FormularioCambiar, FormularioCrear, FormularioFrase, FormularioRecuperar
from .impresos import pdf

OBJETO = "llave de la oficina"
CREADA = (
    "Se creó la llave. Ya puede pedir nombres: márquelo en cada evento. "
    "Los teléfonos los piden desde la próxima vez que se preparen."
)
NO_ES = "No es su frase. Revise las mayúsculas y los acentos."
NO_ES_CODIGO = "Ese código no abre la llave de esta oficina. Vea que la hoja sea la última que se imprimió."


@bp.get("/llave")
@requiere("titular")
def llave() -> ResponseReturnValue:
    return _pagina()


def _pagina(**cambios: Any) -> ResponseReturnValue:
    formularios = {"crear": FormularioCrear(), "abrir": FormularioAbrir(), "destino": None}
    quienes = consulta.quienes(bd())
    yo = cuenta_segura().id
    pagina = render_template(
        "panel/llave.html",
        **formularios | cambios,
        hay=consulta.hay(bd()),
        abierta=llavero.esta_abierta(),
        sugerida=consulta.sugerir_frase(azar()),
        minutos=llavero.DURA.seconds // 60,
        quienes=quienes,
        yo=yo,
        puedo=any(quien["cuenta_id"] in (None, yo) for quien in quienes),
    )
    return pagina, 422 if cambios else 200


@bp.post("/llave/creacion")
@requiere("titular")
@confirma
def llave_crear() -> ResponseReturnValue:
    """:raises ErrorJornada: ``llave_ya_existe``."""
    formulario = FormularioCrear(request.form)
    if not formulario.validar():
        return _pagina(crear=formulario)
    creada = consulta.crear(
        bd(),
        formulario.nueva.data,
        sello=instalacion().sello,
        ahora=ahora(),
        azar=azar(),
        cuenta_id=cuenta_segura().id,
    )
    anotar("crear", OBJETO, plural(creada.sellados, "nombre sellado", "nombres sellados") if creada.sellados else "")
    return ensenar(creada.codigo, CREADA, creada.sellados)


@bp.post("/llave/apertura")
@requiere("titular")
@confirma
def llave_abrir() -> ResponseReturnValue:
    """Con la frase y para qué: la razón queda en la bitácora."""
    formulario, destino = FormularioAbrir(request.form), destino_local(request.form.get("next"))
    if not formulario.validar():
        return _pagina(abrir=formulario, destino=destino)
    sello = probar(formulario)
    if sello is None:
        return _pagina(abrir=formulario, destino=destino)
    llave_giro.alcanzar(bd(), sello)
    llavero.abrir(sello)
    anotar("abrir", OBJETO, formulario.para_que)
    return redirect(destino or url_for(".llave"), 303)


def probar(formulario: FormularioFrase) -> Any:
    """La llave, si la frase es la de quien está en sesión; si no, queda anotado y dicho en el formulario."""
    sello = consulta.abrir(bd(), formulario.frase.data, cuenta_segura().id)
    if sello is None:
        anotar("frase equivocada", OBJETO)
        formulario.frase.errors = [NO_ES]
    return sello


@bp.post("/llave/cierre")
@requiere("titular")
def llave_cerrar() -> ResponseReturnValue:
    if llavero.cerrar():
        anotar("cerrar", OBJETO)
    flash("Los nombres quedaron cerrados.")
    return redirect(destino_local(request.form.get("next")) or url_for(".llave"), 303)


@bp.route("/llave/frase", methods=["GET", "POST"])
@requiere("titular")
@confirma
def llave_frase() -> ResponseReturnValue:
    formulario = FormularioCambiar(request.form if request.method == "POST" else None)
    if request.method == "POST" and formulario.validar():
        yo = cuenta_segura().id
        sello = consulta.abrir(bd(), formulario.actual.data, yo)
        if sello is not None:
            consulta.cambiar_frase(bd(), sello, formulario.nueva.data, ahora=ahora(), cuenta_id=yo)
            anotar("cambiar frase", OBJETO)
            llavero.cerrar_de(yo)
            flash("Se cambió la frase. El código de recuperación es el mismo.")
            return redirect(url_for(".llave"), 303)
        anotar("frase equivocada", OBJETO)
        formulario.actual.errors = [NO_ES]
    return render_template("panel/llave_frase.html", formulario=formulario), 422 if formulario.errors else 200


@bp.route("/llave/codigo", methods=["GET", "POST"])
@requiere("titular")
@confirma
def llave_codigo() -> ResponseReturnValue:
    """Otro código de recuperación: pide la frase, porque con él se abre todo."""
    formulario = FormularioFrase(request.form if request.method == "POST" else None)
    if request.method == "POST" and formulario.validate() and (sello := probar(formulario)) is not None:
        codigo = consulta.otro_codigo(bd(), sello, ahora=ahora(), azar=azar())
        anotar("cambiar código de recuperación", OBJETO)
        return ensenar(codigo, "El código anterior ya no sirve. Rompa la hoja vieja.")
    return render_template("panel/llave_codigo.html", formulario=formulario), 422 if formulario.errors else 200


@bp.route("/llave/recuperacion", methods=["GET", "POST"])
@requiere("titular")
@confirma
def llave_recuperar() -> ResponseReturnValue:
    """Otra frase con el código de la hoja. La hoja ya se usó: se da un código nuevo."""
    formulario = FormularioRecuperar(request.form if request.method == "POST" else None)
    if request.method == "POST" and formulario.validar():
        sello = consulta.abrir_con_codigo(bd(), formulario.codigo.data)
        if sello is not None:
            yo = cuenta_segura().id
            consulta.cambiar_frase(bd(), sello, formulario.nueva.data, ahora=ahora(), cuenta_id=yo)
            codigo = consulta.otro_codigo(bd(), sello, ahora=ahora(), azar=azar())
            anotar("recuperar", OBJETO)
            return ensenar(codigo, "Se cambió la frase. El código que usó ya no sirve: éste es el nuevo.")
        anotar("código equivocado", OBJETO)
        formulario.codigo.errors = [NO_ES_CODIGO]
    return render_template("panel/llave_recuperar.html", formulario=formulario), 422 if formulario.errors else 200


@bp.post("/llave/hoja.pdf")
@requiere("titular")
def llave_hoja() -> ResponseReturnValue:
    """La hoja para la caja fuerte, con el código que la página anterior enseñó; aquí no queda guardado."""
    try:
        codigo = leer_codigo(request.form.get("codigo", ""))
    except ValueError as error:
        flash(str(error))
        return redirect(url_for(".llave"), 303)
    anotar("imprimir código de recuperación", OBJETO)
    oficina = ajustes.leer(bd(), "oficina") or ""
    fecha = fecha_larga(ahora().date(), con_ejercicio=True)
    hoja = recuperacion_pdf(en_grupos(codigo), palabras_de(codigo), oficina, fecha)
    return pdf(hoja, "codigo-de-recuperacion", descargar=True)


def ensenar(codigo: str, frase: str, sellados: int = 0, *, girada: bool = False) -> ResponseReturnValue:
    """El código se enseña en esta respuesta y en ninguna otra. ``girada``: es de una llave nueva."""
    return render_template(
        "panel/llave_guardar.html",
        codigo=codigo,
        palabras=palabras_de(leer_codigo(codigo)),
        frase=frase,
        sellados=sellados,
        girada=girada,
    )
