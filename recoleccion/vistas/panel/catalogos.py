"""Los catálogos: las listas de donde se elige. Se guardan en sus archivos CSV, que también se pueden abrir en una hoja.

Una clave ya usada no se quita ni se vuelve a dar: se deja de ofrecer. Dos personas pueden cambiar el mismo catálogo;
si es la misma opción, la segunda ve qué cambió antes de guardar lo suyo.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formularios import hoja_catalogo
from formularios.catalogos import REGLAS, ErrorCatalogo
from formularios.hoja_catalogo import CambioAjeno, Hoja
from recoleccion.consultas import localidades, oficina
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import MESES

from ..contexto import ahora, bd, instalacion
from ..sesion import requiere
from . import bp
from .comun import anotando
from .formas_catalogos import FormularioOpcion, datos_de, formulario


class Presentacion(NamedTuple):
    """Cómo se nombra un catálogo y para qué sirve."""

    titulo: str
    una: str
    para: str


CATALOGOS = {
    "programa": Presentacion("Programas", "un programa", "En qué programa cae cada evento."),
    "zona": Presentacion("Zonas", "una zona", "Las partes del municipio en que se publica."),
    "localidad": Presentacion("Localidades", "una localidad", "Dónde se hace cada evento."),
    "tipo": Presentacion("Tipos de evento", "un tipo", "Plática, taller, feria…"),
    "tema": Presentacion("Temas", "un tema", "De qué se habla."),
    "efemeride": Presentacion("Días señalados", "un día", "Los que salen en el calendario y marcan un evento."),
    "sexo": Presentacion("Sexo", "", "Al registrarse: «¿Usted es…?»."),
    "edad": Presentacion("Grupos de edad", "", "Al registrarse: «¿Cuántos años tiene?»."),
    "procedencia": Presentacion("De dónde viene", "", "Al registrarse: «¿De dónde viene?»."),
}
REPETIDA = "Ya hay una opción que se lee igual. Escríbala de otro modo o use la que está."
SE_ADELANTARON = "Alguien más cambió esta lista mientras usted la veía. Así quedó; si hace falta, repita su cambio."
POR_QUE_TOPES = {
    "programa": "Caben {} programas, contando los que ya no se ofrecen. Lo publicado se reparte por programa: con más, "
    "los grupos serían tan chicos que se sabría quién fue.",
    "zona": "Caben {} zonas, contando las que ya no se ofrecen. Lo publicado se reparte por zona: con más, los grupos "
    "serían tan chicos que se sabría quién fue.",
}


@bp.get("/catalogos")
@requiere("titular")
def catalogos() -> ResponseReturnValue:
    lugar = instalacion()
    leidos = lugar.catalogos
    cuentas = {
        clave: (sum(not o.retirada for o in leidos.opciones(clave)), len(leidos.retiradas(clave)))
        for clave in CATALOGOS
    }
    return render_template(
        "panel/catalogos.html", catalogos=CATALOGOS, cuentas=cuentas, problema=lugar.problema_catalogos
    )


@bp.route("/catalogos/<catalogo>", methods=["GET", "POST"])
@requiere("titular")
def catalogo(catalogo: str) -> ResponseReturnValue:
    """La lista, y agregar otra opción."""
    hoja = _hoja(catalogo)
    forma = formulario(catalogo, instalacion().catalogos)(request.form if request.method == "POST" else None)
    if request.method == "POST":
        if hoja.regla.fijas:
            abort(404)
        if _bien(forma, hoja):
            with _guardando("agregar al catálogo", catalogo, forma.etiqueta.data):
                hoja = _hoja(catalogo)
                ocupadas = {fila["clave"] for fila in hoja.filas} | set(oficina.claves_usadas(bd(), catalogo))
                clave = hoja_catalogo.nueva_clave(forma.etiqueta.data, ocupadas, catalogo)
                _escribir(hoja_catalogo.agregar(hoja, clave, forma.columnas()))
            flash(f"Se agregó «{forma.etiqueta.data}».")
            return redirect(url_for(".catalogo", catalogo=catalogo), 303)
    return _pagina(catalogo, hoja, forma), 422 if forma.errors else 200


def _pagina(catalogo: str, hoja: Hoja, forma: FormularioOpcion, error: str | None = None) -> str:
    usadas = oficina.claves_usadas(bd(), catalogo)
    columna = hoja.regla.columna_etiqueta
    opciones = [
        {
            "clave": fila["clave"],
            "etiqueta": fila[columna],
            "detalle": _detalle(catalogo, fila),
            "veces": usadas.get(fila["clave"], 0),
            "retirada": fila.get("retirada"),
        }
        for fila in hoja.filas
    ]
    return render_template(
        "panel/catalogo.html",
        catalogo=catalogo,
        como=CATALOGOS[catalogo],
        hoja=hoja,
        error=error,
        opciones=opciones,
        formulario=forma,
        tope=POR_QUE_TOPES.get(catalogo, "Caben {:,}." if hoja.llena else "").format(hoja.regla.maximo),
        se_mueve=catalogo != "localidad" and not hoja.regla.fijas,
        huerfanas=sorted(set(usadas) - {fila["clave"] for fila in hoja.filas}),
    )


@bp.post("/catalogos/<catalogo>/orden")
@requiere("titular")
def catalogo_mover(catalogo: str) -> ResponseReturnValue:
    hoja = _hoja(catalogo)
    clave = request.form.get("clave", "")
    if hoja.regla.fijas or hoja.fila(clave) is None:
        abort(404)
    if request.form.get("huella") != hoja.huella:
        return _pagina(catalogo, hoja, formulario(catalogo, instalacion().catalogos)(), SE_ADELANTARON), 409
    lugares = -1 if request.form.get("a") == "antes" else 1
    with _guardando("ordenar catálogo", catalogo, clave):
        _escribir(hoja_catalogo.mover(hoja, clave, lugares))
    return redirect(url_for(".catalogo", catalogo=catalogo, _anchor=f"o-{clave}"), 303)


@bp.route("/catalogos/<catalogo>/<clave>", methods=["GET", "POST"])
@requiere("titular")
def catalogo_editar(catalogo: str, clave: str) -> ResponseReturnValue:
    hoja = _hoja(catalogo)
    fila = _fila(hoja, clave)
    clase = formulario(catalogo, instalacion().catalogos)
    actual = datos_de(fila, clase)
    forma = clase(request.form if request.method == "POST" else None, data=actual)
    cambios: list[tuple[str, str, str]] = []
    if request.method == "POST" and _bien(forma, hoja, clave):
        if request.form.get("revision") == hoja_catalogo.huella_fila(fila):
            return _cambiar(catalogo, clave, actual, forma)
        cambios = [(c.label.text, actual[c.name], c.data or "") for c in forma if actual[c.name] != (c.data or "")]
        if not cambios:
            flash("Alguien más acababa de guardar lo mismo.")
            return redirect(url_for(".catalogo", catalogo=catalogo), 303)
    return _editar(hoja, fila, forma, cambios), 409 if cambios else 422 if forma.errors else 200


def _editar(
    hoja: Hoja,
    fila: Mapping[str, str],
    forma: FormularioOpcion,
    cambios: Sequence[tuple[str, str, str]] = (),
    error: str | None = None,
) -> str:
    """:param cambios: (campo, lo que guardó alguien más, lo que se escribió aquí)."""
    catalogo, clave = hoja.catalogo, fila["clave"]
    return render_template(
        "panel/catalogo_editar.html",
        catalogo=catalogo,
        como=CATALOGOS[catalogo],
        clave=clave,
        fila=fila,
        retirada_el=_dia(fila.get("retirada")),
        formulario=forma,
        revision=hoja_catalogo.huella_fila(fila),
        cambios=cambios,
        error=error,
        veces=oficina.claves_usadas(bd(), catalogo).get(clave, 0),
        fija=_intocable(hoja, clave),
    )


def _no_se_puede(hoja: Hoja, fila: Mapping[str, str], error: str) -> ResponseReturnValue:
    clase = formulario(hoja.catalogo, instalacion().catalogos)
    return _editar(hoja, fila, clase(data=datos_de(fila, clase)), error=error), 409


def _cambiar(catalogo: str, clave: str, actual: Mapping[str, str], forma: FormularioOpcion) -> ResponseReturnValue:
    datos = forma.columnas()
    if datos == actual:
        flash("No cambió nada.")
    else:
        antes_y_despues = "; ".join(f"{actual[c]} → {datos[c]}" for c in datos if datos[c] != actual[c])
        with _guardando("cambiar catálogo", catalogo, f"{clave}: {antes_y_despues}"):
            _escribir(hoja_catalogo.cambiar(_hoja(catalogo), clave, datos))
        flash(f"Se guardó «{datos['etiqueta']}».")
    return redirect(url_for(".catalogo", catalogo=catalogo, _anchor=f"o-{clave}"), 303)


@bp.post("/catalogos/<catalogo>/<clave>/retiro")
@requiere("titular")
def catalogo_retirar(catalogo: str, clave: str) -> ResponseReturnValue:
    """Deja de ofrecerla, o la vuelve a ofrecer; lo que ya la usó la sigue diciendo."""
    hoja = _hoja(catalogo)
    fila = _fila(hoja, clave)
    if _intocable(hoja, clave):
        abort(404)
    if [otra["clave"] for otra in hoja.filas if not otra.get("retirada")] == [clave]:
        return _no_se_puede(hoja, fila, "Es la única que se ofrece. Agregue otra antes.")
    desde = "" if fila.get("retirada") else ahora().date().isoformat()
    with _guardando("retirar del catálogo" if desde else "volver a ofrecer", catalogo, clave):
        _escribir(hoja_catalogo.cambiar(hoja, clave, {"retirada": desde}))
    flash(f"«{fila['etiqueta']}» {'ya no se ofrece' if desde else 'se ofrece otra vez'}.")
    return redirect(url_for(".catalogo", catalogo=catalogo, _anchor=f"o-{clave}"), 303)


@bp.post("/catalogos/<catalogo>/<clave>/baja")
@requiere("titular")
def catalogo_quitar(catalogo: str, clave: str) -> ResponseReturnValue:
    hoja = _hoja(catalogo)
    fila = _fila(hoja, clave)
    if _intocable(hoja, clave):
        abort(404)
    if clave in oficina.claves_usadas(bd(), catalogo):
        return _no_se_puede(
            hoja, fila, "Ya se usó: si se quitara, lo hecho quedaría sin nombre. Puede dejar de ofrecerse."
        )
    if len(hoja.filas) == 1:
        return _no_se_puede(hoja, fila, "Es la única de la lista. Agregue otra antes de quitarla.")
    with _guardando("quitar del catálogo", catalogo, f"{clave}: {fila['etiqueta']}"):
        _escribir(hoja_catalogo.quitar(hoja, clave))
    flash(f"Se quitó «{fila['etiqueta']}».")
    return redirect(url_for(".catalogo", catalogo=catalogo), 303)


@contextmanager
def _guardando(accion: str, catalogo: str, detalle: str) -> Iterator[None]:
    """Una escritura con su renglón de bitácora; si otro programa guardó el archivo a la vez, se dice y no se pisa."""
    try:
        with anotando(accion, f"catálogo {catalogo}", detalle):
            yield
    except CambioAjeno as error:
        raise ErrorJornada("catalogo_cambio") from error
    except ErrorCatalogo as error:
        raise ErrorJornada("catalogo_ilegible", detalle=str(error).rstrip(".")) from error


def _escribir(hoja: Hoja) -> None:
    lugar = instalacion()
    hoja_catalogo.escribir(lugar.carpeta_catalogos, hoja)
    if hoja.catalogo in ("localidad", "zona"):
        localidades.repartir(lugar)


def _bien(forma: FormularioOpcion, hoja: Hoja, clave: str = "") -> bool:
    """Válido, sin otra que se lea igual y, si es nueva, con lugar."""
    bien: bool = forma.validate()
    if bien and hoja.repetida(forma.etiqueta.data, clave):
        forma.etiqueta.errors = [REPETIDA]
    elif bien and not clave and hoja.llena:
        forma.etiqueta.errors = ["Ya no cabe otra."]
    return bien and not forma.etiqueta.errors


def _hoja(catalogo: str) -> Hoja:
    """El catálogo como está en su archivo en este momento; 404 si no es uno de los que se cambian aquí."""
    if catalogo not in CATALOGOS or catalogo not in REGLAS:
        abort(404)
    try:
        return hoja_catalogo.leer(instalacion().carpeta_catalogos, catalogo)
    except ErrorCatalogo as error:
        raise ErrorJornada("catalogo_ilegible", detalle=str(error).rstrip(".")) from error


def _fila(hoja: Hoja, clave: str) -> Mapping[str, str]:
    fila = hoja.fila(clave)
    if fila is None:
        abort(404)
    return fila


def _dia(escrito: str | None) -> date | None:
    """La fecha de la columna ``retirada``; quien edita el archivo a mano puede haber puesto otra cosa."""
    try:
        return date.fromisoformat(escrito or "")
    except ValueError:
        return None


def _intocable(hoja: Hoja, clave: str) -> bool:
    return bool(hoja.regla.fijas) or clave in hoja.regla.exigidas


def _detalle(catalogo: str, fila: Mapping[str, str]) -> str:
    """Lo que conviene ver junto a su nombre."""
    if catalogo == "efemeride":
        return _cuando(fila)
    return _de_localidad(fila) if catalogo == "localidad" else ""


def _cuando(fila: Mapping[str, Any]) -> str:
    def dia(mes: str, numero: str) -> str:
        return f"{numero} de {MESES[int(mes) - 1]}" if mes else f"día {numero} de cada mes"

    hasta = f" al {dia(fila['hasta_mes'], fila['hasta_dia'])}" if fila.get("hasta_dia") else ""
    return f"{dia(fila['mes'], fila['dia'])}{hasta}"


def _de_localidad(fila: Mapping[str, str]) -> str:
    zona = instalacion().catalogos.etiqueta("zona", fila.get("zona"))
    habitantes = fila.get("poblacion", "")
    personas = f"{int(habitantes):,} habitantes" if habitantes.isdecimal() else ""
    partes = [zona or ("sin zona" if fila.get("cvegeo") else ""), personas, fila.get("cvegeo", "")]
    return " · ".join(parte for parte in partes if parte)
