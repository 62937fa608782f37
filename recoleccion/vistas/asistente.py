"""Lo que ve una asistente en su teléfono. Sin cookie, sin JavaScript obligatorio, sin decir de qué es la plática.

El ``id`` de cada formulario nace con la página: mandarlo dos veces es un solo registro.
"""

from calendar import Calendar
from typing import Any, NoReturn

from flask import Blueprint, abort, g, make_response, redirect, render_template, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue

from formularios import contestar, frases, propia
from formularios.asistencia import formulario_asistencia
from formularios.dibujo import dibujar, en
from formularios.huecos import sin_huecos
from formularios.instrumento import Instrumento
from recoleccion import paquete, reglas
from recoleccion.consultas import avisos, directorio, eventos, identidades, instrumentos, recepcion
from recoleccion.fechas import fecha_larga, hora_larga, mes_largo

from . import aluvion, regreso, seguridad
from .contexto import ahora, bd, instalacion, nuevo_id

bp = Blueprint("asistente", __name__)

CODIGO_MAL = "Ese código no está bien escrito"
_SIN_CONFUSAS = "Los códigos no llevan las letras I, L, O ni los números 0 y 1. Vea otra vez el cartel."
_LARGO = f"Los códigos tienen {reglas.LARGO_CLAVE} letras o números. Vea otra vez el cartel."


SIN_DATOS = {"sexo": "N", "edad": "nd", "procedencia": "nd", "nombre": None, "telefono": None}
"""Lo que se guarda de quien toca «Asistir sin nombre»: que vino."""


@bp.before_request
def _solo_de_nuestras_paginas() -> ResponseReturnValue | None:
    if request.method == "POST" and not seguridad.mismo_sitio():
        return _pagina("Ese envío vino de otra página", "No se guardó nada. Escriba aquí su código.", 403)
    return None


# --- Antes de entrar ---------------------------------------------------------------------------------------------


@bp.get("/")
def inicio() -> ResponseReturnValue:
    escrito = request.args.get("c", "").strip()
    clave = reglas.normalizar_clave(escrito)
    if clave:
        return redirect(url_for(".evento", clave=clave), 303)
    error = f"{CODIGO_MAL}. {_pista(escrito)}" if escrito else None
    return render_template("asistente/inicio.html", escrito=escrito, error=error), 422 if error else 200


@bp.get("/<clave>", strict_slashes=False)
def evento(clave: str) -> ResponseReturnValue:
    encontrado = _evento_abierto(clave)
    direccion = url_for(".evento", clave=encontrado["clave"])
    if request.path != direccion:  # en minúsculas, con guion, con diagonal al final
        return redirect(direccion)
    return render_template(
        "asistente/evento.html",
        evento=encontrado,
        aviso=avisos.vigente(bd()),
        lista=_encuestas(encontrado),
        id=nuevo_id(),
    )


@bp.get("/<clave>/aviso")
def aviso(clave: str) -> ResponseReturnValue:
    encontrado = _evento(clave)
    return render_template("asistente/aviso.html", aviso=avisos.vigente(bd()), clave=encontrado["clave"])


@bp.get("/ayuda")
def ayuda() -> ResponseReturnValue:
    return render_template("asistente/ayuda.html", lineas=directorio.ayuda(bd()))


@bp.get("/salir")
def salir() -> ResponseReturnValue:
    """Un calendario del mes: lo que queda en pantalla al salir de prisa."""
    hoy = ahora().date()
    semanas = Calendar().monthdayscalendar(hoy.year, hoy.month)
    return render_template("asistente/salir.html", nombre_mes=mes_largo(hoy), semanas=semanas, hoy=hoy.day)


@bp.get("/punto.gif")
def punto() -> ResponseReturnValue:
    """Sin guiones, «Atrás» traería de la memoria del navegador (bfcache) el formulario lleno: esto la vacía.

    Sólo ``"cache"``: lo que guarda la aplicación de la promotora no se toca. Tiene que llegar ya en la página
    siguiente; en la respuesta de la página misma sería antes de que la de atrás se guarde. Y dos veces: un teléfono muy
    ocupado podría guardar la de atrás después de la primera; la segunda no se pide hasta que la primera vació.
    """
    vacia = {"Clear-Site-Data": '"cache"'}
    if "otra" in request.args:
        return "", 204, vacia
    return "", 302, {**vacia, "Location": url_for("asistente.punto", otra=1)}


@bp.get("/favicon.ico")
def icono() -> ResponseReturnValue:
    respuesta = send_from_directory(paquete.carpeta("static"), "img/registro.svg", max_age=86_400)
    respuesta.headers["Cache-Control"] = "public, max-age=86400"
    return respuesta


@bp.get("/robots.txt")
def robots() -> ResponseReturnValue:
    return "User-agent: *\nDisallow: /\n", {"Content-Type": "text/plain; charset=utf-8"}


# --- Registrarse -------------------------------------------------------------------------------------------------


@bp.route("/<clave>/r", methods=["GET", "POST"])
def registrar(clave: str) -> ResponseReturnValue:
    encontrado, otra = _evento_abierto(clave), request.args.get("otra") == "1"
    formulario = _formulario_asistencia(encontrado)
    if request.method == "POST" and formulario.validate():
        modo = "otra_persona" if otra else "telefono"
        _guardar_asistencia(encontrado, modo, formulario.a_dict())
        return _recibido(encontrado)
    errores = {campo: motivos[0] for campo, motivos in formulario.errors.items()}
    pagina = render_template(
        "asistente/registrar.html",
        formulario=formulario,
        errores=errores,
        evento=encontrado,
        otra=otra,
        id=_id_del_formulario(),
    )
    return pagina, 422 if errores else 200


@bp.post("/<clave>/n")
def sin_nombre(clave: str) -> ResponseReturnValue:
    encontrado = _evento_abierto(clave)
    _guardar_asistencia(encontrado, "telefono", SIN_DATOS)
    return _recibido(encontrado)


def _formulario_asistencia(encontrado: dict[str, Any]) -> Any:
    """Sin la llave de la oficina no hay con qué sellar nombres ni teléfonos: no se piden."""
    con_llave = identidades.punto(bd()) is not None
    clase = formulario_asistencia(
        instalacion().catalogos,
        pide_nombre=con_llave and bool(encontrado["pide_nombre"]),
        pide_telefono=con_llave and bool(encontrado["pide_telefono"]),
        pide_procedencia=bool(encontrado["pide_procedencia"]),
    )
    return clase(request.form if request.method == "POST" else None)


def _guardar_asistencia(encontrado: dict[str, Any], modo: str, datos: dict[str, Any]) -> None:
    version = avisos.vigente(bd())["version"]
    _recibir(encontrado, "asistencia", {**datos, "modo": modo, "aviso": version, "credencial": None})


# --- Contestar ---------------------------------------------------------------------------------------------------


@bp.route("/<clave>/e/<int:n>", methods=["GET", "POST"])
def encuesta(clave: str, n: int) -> ResponseReturnValue:
    encontrado = _evento_abierto(clave)
    instrumento = _instrumento(encontrado, n)
    idiomas = frases.idiomas(instrumento)
    pedido = request.args.get("idioma", "")
    idioma = idiomas.get(pedido, instrumento.idioma)
    datos, errores = None, {}
    if request.method == "POST":
        datos = request.form.to_dict(flat=False)
        validacion = contestar.validar(en(instrumento, idioma), datos, ahora=ahora())
        if not validacion.errores:
            return _contestada(encontrado, n, instrumento, validacion, datos)
        errores = frases.errores(validacion.errores, idioma)
    dibujo = dibujar(
        instrumento,
        datos,
        errores,
        idioma=idioma,
        por_pantalla=encontrado["encuestas"][n - 1]["por_pantalla"],
        ahora=ahora(),
    )
    g.con_guion = dibujo.viva
    pagina = render_template(
        "asistente/encuesta.html",
        dibujo=dibujo,
        discreta=bool(instrumento.edad_minima),
        idiomas=[(corto, frases.nombre(cual), cual == idioma) for corto, cual in idiomas.items()],
        clave=encontrado["clave"],
        n=n,
        idioma=pedido if pedido in idiomas else None,
        id=_id_del_formulario(),
    )
    return pagina, 422 if errores else 200


def _contestada(
    encontrado: dict[str, Any],
    n: int,
    instrumento: Instrumento,
    validacion: contestar.Validacion,
    datos: dict[str, list[str]],
) -> ResponseReturnValue:
    if not reglas.puede_contestar(instrumento.edad_minima, validacion.edad, encontrado["autorizacion_escolar"]):
        _negar("Gracias", "Esta encuesta es para personas adultas. No se guardó lo que contestó.", 200, encontrado)
    _guardar_contestacion(encontrado, instrumento, validacion, datos)
    return _recibido(encontrado, n, request.args.get("idioma"))


def _guardar_contestacion(
    encontrado: dict[str, Any], instrumento: Instrumento, validacion: contestar.Validacion, datos: dict[str, list[str]]
) -> None:
    if not (validacion.respuestas or validacion.textos):
        return  # se saltó todas: no hay nada que echar a la urna
    _recibir(
        encontrado,
        "contestacion",
        {
            "instrumento": instrumento.clave,
            "version": instrumento.version,
            "ficha": validacion.ficha,
            "respuestas": contestar.del_instrumento(instrumento, datos),
        },
    )


@bp.get("/<clave>/listo")
def listo(clave: str) -> ResponseReturnValue:
    """Lo mismo para todas: no depende de lo que se contestó ni de cómo se registró."""
    return _listo(_evento(clave), request.args.get("e", type=int), request.args.get("idioma"))


def _recibido(encontrado: dict[str, Any], n: int | None = None, idioma: str | None = None) -> ResponseReturnValue:
    """Manda a «listo»; a quien lo pide (RFC 7240) se lo da en esta respuesta: con mala señal, un viaje es mucho."""
    destino = url_for(".listo", clave=encontrado["clave"], e=n, idioma=idioma)
    if not regreso.pide_la_pagina(request.environ):
        return redirect(destino, 303)
    return _listo(encontrado, n, idioma), {"Content-Location": destino, "Preference-Applied": "return=representation"}


def _listo(encontrado: dict[str, Any], n: int | None, pedido: str | None) -> str:
    contestado, idioma = _instrumento(encontrado, n) if n is not None else None, None
    if contestado:
        idioma = frases.idiomas(contestado).get(pedido or "")
        contestado = sin_huecos(en(contestado, idioma))
    return render_template(
        "asistente/listo.html",
        clave=encontrado["clave"],
        abierto=reglas.situacion(encontrado, ahora()) == "abierto",
        lista=[e for e in _encuestas(encontrado) if e["n"] != n],
        contestado=contestado if contestado and _dice_algo_despues(contestado) else None,
        idioma=frases.codigo(idioma),
        propia=propia.de(contestado) if contestado else None,
        lineas=directorio.ayuda(bd()),
    )


# --- Piezas ------------------------------------------------------------------------------------------------------


def _pista(escrito: str) -> str:
    return _SIN_CONFUSAS if reglas.clave_confusa(escrito) else _LARGO


def _evento(texto: str) -> dict[str, Any]:
    """El evento de ese código, esté como esté; si no lo hay, la página que dice qué hacer."""
    clave = reglas.normalizar_clave(texto)
    if clave is None:
        abort(make_response(_pagina(CODIGO_MAL, _pista(texto), 404, escrito=texto[:40])))
    hallado = eventos.por_clave(bd(), clave)
    if hallado is None:
        abort(make_response(_pagina("No encontramos ese código", "Revíselo letra por letra.", 404, escrito=clave)))
    encontrado, revocada = hallado
    if revocada:
        abort(make_response(_pagina("Ese código ya se cambió", "Use el del cartel nuevo, o pídalo.", 410)))
    return {**encontrado, "clave": clave}


def _evento_abierto(texto: str) -> dict[str, Any]:
    """Como :func:`_evento`, y además recibe registros a esta hora."""
    encontrado = _evento(texto)
    match reglas.situacion(encontrado, ahora()):
        case "abierto":
            return encontrado
        case "futuro":
            apertura = reglas.limites(encontrado, ahora())[0] - reglas.ABRE_ANTES
            cuando = f"{fecha_larga(apertura)}, {hora_larga(apertura)}"
            _negar("Todavía no abre", f"Guarde el código. Se abre el {cuando}", 403)
        case "cancelado":
            _negar("Se canceló", "Pregunte a quien le invitó si habrá otra fecha.", 410)
        case _:
            _negar(
                "El registro ya cerró",
                "Si alcanzó a enviar lo suyo, está guardado. Si no, avise a la persona que lleva el registro.",
                410,
            )


def _negar(mensaje: str, que_hacer: str, estado: int, encontrado: dict[str, Any] | None = None) -> NoReturn:
    clave = encontrado["clave"] if encontrado else None
    abort(make_response(_pagina(mensaje, que_hacer, estado, pide_codigo=clave is None, clave=clave)))


def _pagina(mensaje: str, que_hacer: str, estado: int, **resto: Any) -> tuple[str, int]:
    contexto = {"pide_codigo": True, "escrito": "", "clave": None} | resto
    return render_template("asistente/mensaje.html", mensaje=mensaje, que_hacer=que_hacer, **contexto), estado


def _encuestas(encontrado: dict[str, Any]) -> list[dict[str, Any]]:
    """Cómo se anuncia cada encuesta. La que es sólo para personas adultas no dice su título: delataría el tema."""
    lista = []
    for n in range(1, len(encontrado["encuestas"]) + 1):
        instrumento = _instrumento(encontrado, n)
        lista.append({"n": n, "nombre": nombre_discreto(instrumento), "duracion": instrumento.duracion})
    return lista


def nombre_discreto(instrumento: Instrumento) -> str:
    """El título, o «Para mayores de 18 años» cuando la encuesta es de un tema delicado."""
    minima = instrumento.edad_minima
    return f"Para mayores de {minima} años" if minima else instrumento.titulo


def _dice_algo_despues(instrumento: Instrumento) -> bool:
    return bool(instrumento.cierre) or any(pregunta.explicacion for pregunta in instrumento.preguntas)


def _instrumento(encontrado: dict[str, Any], n: int) -> Instrumento:
    if not 1 <= n <= len(encontrado["encuestas"]):
        _negar("Esa encuesta no está aquí", "Vuelva al registro y elija otra.", 404, encontrado)
    referencia = encontrado["encuestas"][n - 1]
    return instrumentos.leer(bd(), referencia["instrumento"], referencia["version"]).para_tema(encontrado["tema"])


def _id_del_formulario() -> str:
    """El id que trae el formulario; uno nuevo si falta o no sirve."""
    enviado = request.form.get("id")
    return enviado if enviado is not None and reglas.id_valido(enviado) else nuevo_id()


def _recibir(encontrado: dict[str, Any], tipo: str, datos: dict[str, Any]) -> None:
    """Guarda el registro por el mismo camino que los del teléfono. Sin hora: un reintento trae los mismos bytes.

    Lo que sobra en una avalancha, o no parece de una persona, se guarda apartado (:mod:`.aluvion`).
    """
    registro = {
        "v": 1,
        "id": _id_del_formulario(),
        "tipo": tipo,
        "evento": encontrado["id"],
        "hora": None,
        "sesgo_ms": None,
        "datos": datos,
    }
    objecion = aluvion.objecion(encontrado["id"], encontrado["clave"], registro["id"], datos.get("instrumento"))
    recepcion.tomar_en_linea(bd(), registro, sello=instalacion().sello, ahora=ahora(), objecion=objecion)
