"""Las cuentas de la oficina: quién entra y a qué. Las da, las cambia y las quita la titular."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import cuentas as consulta
from recoleccion.consultas import llave
from recoleccion.consultas.cuentas import Cuenta
from recoleccion.errores import ErrorJornada

from .. import acceso, puerta, sesion
from ..contexto import ahora, azar, bd
from ..sesion import confirma, cuenta_segura, requiere
from . import bp
from .comun import anotando, anotar
from .formas_cuentas import ROLES, FormularioContrasena, FormularioContrasenaPropia, FormularioCuenta

LLAVE = {
    None: "",
    True: " Tampoco abre ya los nombres: si pudo copiar un respaldo o alguien más supo su frase, cambie la llave.",
    False: " Era la única con frase para abrir los nombres: con el código de la hoja ponga la de usted y quítesela.",
}
"""Lo que se agrega según lo que dijo :func:`.llave.retirar_a`."""
NO_ES = "No es la contraseña con que entró. Revise las mayúsculas."


@bp.get("/cuentas")
@requiere("titular")
def cuentas_lista() -> ResponseReturnValue:
    listadas = consulta.listar(bd())
    return render_template(
        "panel/cuentas.html",
        cuentas=listadas,
        roles=ROLES,
        telefonos=consulta.telefonos(bd()),
        con_segundo={cuenta.id for cuenta in listadas if acceso.pide_segundo(cuenta)},
    )


@bp.route("/cuentas/nueva", methods=["GET", "POST"])
@requiere("titular")
@confirma
def cuenta_nueva() -> ResponseReturnValue:
    formulario = FormularioCuenta(request.form if request.method == "POST" else None)
    if request.method == "POST" and formulario.validate():
        datos = {campo: formulario.data[campo] for campo in ("usuario", "nombre", "rol")}
        sugerida = None if formulario.contrasena.data else consulta.sugerir_contrasena(azar())
        try:
            with anotando("crear cuenta", f"cuenta {datos['usuario']}", datos["rol"]):
                id = consulta.crear(bd(), **datos, contrasena=sugerida or formulario.contrasena.data, ahora=ahora())
        except ErrorJornada as error:
            if error.codigo != "usuario_repetido":
                raise
            formulario.usuario.errors = [str(error)]
        else:
            return _lista(_cuenta(id), sugerida, f"Se creó la cuenta de {datos['nombre']}.")
    estado = 422 if formulario.errors else 200
    return render_template("panel/cuenta_nueva.html", formulario=formulario, roles=ROLES), estado


@bp.route("/cuentas/<id>/contrasena", methods=["GET", "POST"])
@requiere("titular")
@confirma
def cuenta_contrasena(id: str) -> ResponseReturnValue:
    """La propia no se cambia aquí, porque aquí no se pide la de ahora."""
    de_quien = _cuenta(id)
    if id == cuenta_segura().id:
        return redirect(url_for(".contrasena_propia"), 303)
    formulario = FormularioContrasena(request.form if request.method == "POST" else None)
    if request.method == "POST" and formulario.validate():
        sugerida = None if formulario.contrasena.data else consulta.sugerir_contrasena(azar())
        with anotando("cambiar contraseña", f"cuenta {de_quien.usuario}"):
            consulta.cambiar_contrasena(bd(), id, sugerida or formulario.contrasena.data)
        return _lista(de_quien, sugerida, f"Se cambió la contraseña de {de_quien.nombre}.")
    estado = 422 if formulario.errors else 200
    return render_template("panel/cuenta_contrasena.html", formulario=formulario, de_quien=de_quien), estado


@bp.post("/cuentas/<id>/desactivacion")
@requiere("titular")
@confirma
def cuenta_desactivar(id: str) -> ResponseReturnValue:
    """:raises ErrorJornada: ``cuenta_propia``, ``ultima_titular``."""
    de_quien = _cuenta(id)
    if id == cuenta_segura().id:
        raise ErrorJornada("cuenta_propia")
    with anotando("desactivar cuenta", f"cuenta {de_quien.usuario}"):
        consulta.desactivar(bd(), id)
        abria = llave.retirar_a(bd(), id)
        if abria:
            anotar("quitar la llave", f"cuenta {de_quien.usuario}")
    flash(f"{de_quien.nombre} ya no puede entrar. Sus registros se conservan.{LLAVE[abria]}")
    return redirect(url_for(".cuentas_lista"), 303)


@bp.post("/cuentas/<id>/reactivacion")
@requiere("titular")
@confirma
def cuenta_reactivar(id: str) -> ResponseReturnValue:
    de_quien = _cuenta(id)
    with anotando("reactivar cuenta", f"cuenta {de_quien.usuario}"):
        consulta.reactivar(bd(), id)
    flash(f"{de_quien.nombre} puede entrar otra vez, con la contraseña que tenía.")
    return redirect(url_for(".cuentas_lista"), 303)


@bp.route("/contrasena", methods=["GET", "POST"])
@requiere(*consulta.ROLES)
def contrasena_propia() -> ResponseReturnValue:
    cuenta = cuenta_segura()
    formulario = FormularioContrasenaPropia(request.form if request.method == "POST" else None)
    if acceso.acaba_de_usar_su_llave():
        del formulario.actual
    if request.method == "POST" and formulario.validar():
        if formulario.actual and not puerta.confirmar(cuenta, formulario.actual.data):
            formulario.actual.errors = [NO_ES]
        else:
            with anotando("cambiar contraseña", f"cuenta {cuenta.usuario}", "la suya"):
                consulta.cambiar_contrasena(bd(), cuenta.id, formulario.nueva.data)
            sesion.abrir(_cuenta(cuenta.id), "contrasena")
            flash("Se cambió su contraseña. Úsela la próxima vez que entre.")
            return redirect(url_for(".contrasena_propia"), 303)
    con_llave = acceso.tiene_llaves(cuenta)
    pagina = render_template("panel/contrasena.html", formulario=formulario, con_llave=con_llave)
    return pagina, 422 if formulario.errors else 200


def _lista(de_quien: Cuenta, sugerida: str | None, frase: str) -> ResponseReturnValue:
    """La sugerida se enseña en esta respuesta y en ninguna otra; si la escribió la titular, ya la sabe."""
    if sugerida is None:
        flash(frase)
        return redirect(url_for(".cuentas_lista"), 303)
    return render_template("panel/cuenta_lista.html", de_quien=de_quien, sugerida=sugerida, frase=frase)


def _cuenta(id: str) -> Cuenta:
    cuenta = consulta.leer(bd(), id)
    if cuenta is None:
        abort(404)
    return cuenta
