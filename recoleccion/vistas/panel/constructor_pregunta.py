"""El formulario de una pregunta del borrador: uno solo, y cada botón manda todo lo escrito: nada se pierde."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formularios import edicion
from formularios.edicion.borrador import buscar
from recoleccion.consultas.borradores import Guardado
from recoleccion.errores import ErrorJornada

from ..sesion import requiere
from . import bp
from .constructor import borrador_o_404, guardar
from .constructor_leido import de_una, lineas, numeros
from .formas_constructor import LETRAS, Escrito, escribir, filas_escritas, junta_de, por_agregar


@bp.route("/instrumentos/<clave>/editar/pregunta", methods=["GET", "POST"])
@requiere("titular")
def constructor_pregunta_nueva(clave: str) -> ResponseReturnValue:
    guardado = borrador_o_404(clave)
    if request.method == "GET":
        return _nueva(guardado, clave, {"tipo": "una"})
    datos, tipo = request.form, request.form.get("tipo", "")
    errores = {} if tipo in edicion.TIPOS else {"tipo": "Elija cómo se contesta."}
    if not datos.get("texto", "").strip():
        errores["texto"] = "Escriba la pregunta."
    for campo in ("texto", "opciones"):
        if len(datos.get(campo, "")) > LETRAS[campo]:
            errores[campo] = f"Es muy largo: caben {LETRAS[campo]} letras."
    if errores:
        return _nueva(guardado, clave, datos, errores), 422
    opciones = datos.get("opciones", "").splitlines()
    nuevo = edicion.agregar(guardado.borrador, tipo=tipo, texto=datos["texto"], opciones=opciones)
    if nuevo is guardado.borrador:
        return _nueva(guardado, clave, datos, {"texto": "Ya no caben más preguntas en una encuesta."}), 422
    try:
        guardar(nuevo, "agregar pregunta")
    except ErrorJornada as error:
        return _nueva(guardado, clave, datos, cambio=_si_es_cambio(error)), 409
    if datos.get("accion") == "otra":
        return redirect(url_for(".constructor_pregunta_nueva", clave=clave), 303)
    agregada = nuevo["modelo"]["preguntas"][-1]["clave"]
    return redirect(url_for(".constructor", clave=clave, _anchor=agregada), 303)


def _nueva(
    guardado: Guardado, clave: str, datos: Any, errores: dict[str, str] | None = None, *, cambio: bool = False
) -> str:
    return render_template(
        "panel/constructor_agregar.html",
        clave=clave,
        guardado=guardado,
        numero=len(numeros(guardado.borrador)) + 1,
        datos=datos,
        errores=errores or {},
        cambio=cambio,
        tipos=edicion.TIPOS,
        letras=LETRAS,
    )


def _si_es_cambio(error: ErrorJornada) -> bool:
    if error.codigo != "borrador_cambio":
        raise error
    return True


@bp.route("/instrumentos/<clave>/editar/pregunta/<pregunta>", methods=["GET", "POST"])
@requiere("titular")
def constructor_pregunta(clave: str, pregunta: str) -> ResponseReturnValue:
    guardado = borrador_o_404(clave)
    if buscar(guardado.borrador, pregunta) is None:
        if request.method == "GET":
            return redirect(url_for(".constructor", clave=clave), 303)
        # Alguien la quitó mientras tanto: lo escrito se conserva como una pregunta nueva.
        opciones = [valor for nombre, valor in request.form.items() if nombre.startswith("opcion-")]
        datos = {**request.form, "opciones": "\n".join([*opciones, request.form.get("opciones", "")])}
        return _nueva(guardado, clave, datos, cambio=True), 409
    if request.method == "GET":
        return _pagina(guardado, clave, pregunta, otra="otra" in request.args)
    escrito = escribir(guardado.borrador, pregunta, request.form)
    if escrito.errores:
        return _pagina(guardado, clave, pregunta, escrito), 422
    try:
        guardar(escrito.borrador, "cambiar pregunta")
    except ErrorJornada as error:
        _si_es_cambio(error)
        return _pagina(guardado, clave, pregunta, escrito, ahora_dice=buscar(guardado.borrador, pregunta)), 409
    accion = request.form.get("accion", "")
    if accion == "listo":
        return redirect(url_for(".constructor", clave=clave, _anchor=escrito.clave), 303)
    if accion == "condicion":
        mas, donde = {"otra": 1}, "cuando"
    else:
        mas, donde = {}, "opciones" if accion else None
    suya = url_for(".constructor_pregunta", clave=clave, pregunta=escrito.clave, _anchor=donde, **mas)
    return redirect(suya, 303)


def _pagina(
    guardado: Guardado,
    clave: str,
    pregunta: str,
    escrito: Escrito | None = None,
    *,
    ahora_dice: dict[str, Any] | None = None,
    otra: bool = False,
) -> str:
    """:param escrito: lo que no se guardó, para que siga ahí. :param ahora_dice: la pregunta como está guardada."""
    borrador, cual = (escrito.sin_agregar, escrito.clave) if escrito else (guardado.borrador, pregunta)
    mostrado = de_una(borrador, cual, otra=otra)
    if escrito:
        mostrado |= {"opciones": por_agregar(escrito, request.form), "errores": escrito.errores}
    if escrito and escrito.errores:
        mostrado |= {"filas": filas_escritas(request.form), "junta": junta_de(request.form)}
    return render_template(
        "panel/constructor_pregunta.html",
        **{"errores": {}, "opciones": "", **mostrado},
        clave=clave,
        guardada_como=pregunta,
        guardado=guardado,
        ahora_dice=ahora_dice,
        lineas=lineas(),
        letras=LETRAS,
    )
