"""Cambiar la llave por otra. Se hace aparte, para que la página diga cuánto lleva y nadie tenga que esperarla quieta.

Uno a la vez. Si el programa se apaga a la mitad no cambió nada; si ya había terminado y nadie alcanzó a ver el código
nuevo, con la frase nueva se pide otro.
"""

import threading
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import conexion, llave_giro
from recoleccion.consultas import llave as consulta
from recoleccion.consultas.cuentas import Cuenta
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import plural
from recoleccion.sellado import Sello

from .. import llavero
from ..contexto import ahora, azar, bd, instalacion
from ..sesion import confirma, cuenta_segura, de_fondo, requiere
from . import bp
from .comun import anotar
from .formas_llave import FormularioGirar
from .llave import NO_ES, OBJETO, ensenar

ESPERA = 3.0
"""Segundos que se espera antes de enseñar la página de avance: casi siempre basta."""
SE_GUARDA = 900.0
"""Segundos que el código nuevo espera en la memoria a que lo vean."""
_EXTENSION = "jornada_giro"
_SE_CORTO = "No se cambió la llave: algo falló en la computadora. Todo sigue como estaba; inténtelo otra vez."
_candado = threading.Lock()


@dataclass
class _EnCurso:
    """Un cambio de llave, mientras se hace y hasta que quien lo pidió ve cómo acabó."""

    cuenta_id: str
    hechos: int = 0
    total: int = 0
    girada: llave_giro.Girada | None = None
    error: str | None = None
    acabo_en: float = 0.0

    @property
    def olvidado(self) -> bool:
        """Acabó y nadie vino por su código: ya no se guarda."""
        return self.acabo and time.monotonic() - self.acabo_en > SE_GUARDA

    @property
    def acabo(self) -> bool:
        return self.girada is not None or self.error is not None

    def avisar(self, hechos: int, total: int) -> None:
        self.hechos, self.total = hechos, total


@bp.route("/llave/cambio", methods=["GET", "POST"])
@requiere("titular")
@confirma
def llave_cambiar() -> ResponseReturnValue:
    """:raises ErrorJornada: ``llave_girando``."""
    formulario = FormularioGirar(request.form if request.method == "POST" else None)
    if request.method == "POST" and formulario.validar():
        sello = consulta.abrir(bd(), formulario.actual.data, cuenta_segura().id)
        if sello is not None:
            _empezar(sello, formulario.nueva.data).join(ESPERA)
            return redirect(url_for(".llave_cambio_avance"), 303)
        anotar("frase equivocada", OBJETO)
        formulario.actual.errors = [NO_ES]
    quienes = consulta.quienes(bd())
    otras = [quien["nombre"] for quien in quienes if quien["nombre"] and quien["cuenta_id"] != cuenta_segura().id]
    pagina = render_template(
        "panel/llave_cambio.html", formulario=formulario, otras=otras, hay=bool(quienes), en_curso=_de_quien_la_pide()
    )
    return pagina, 422 if formulario.errors else 200


@bp.get("/llave/cambio/avance")
@requiere("titular")
@de_fondo
def llave_cambio_avance() -> ResponseReturnValue:
    """Cuánto lleva; al acabar, el botón que enseña el código nuevo."""
    return render_template("panel/llave_avance.html", giro=_de_quien_la_pide())


@bp.post("/llave/cambio/codigo")
@requiere("titular")
@confirma
def llave_cambio_codigo() -> ResponseReturnValue:
    """El código de la llave nueva, una vez. Después ya no está en la memoria."""
    giro = _de_quien_la_pide()
    if giro is None or giro.girada is None:
        return redirect(url_for(".llave_cambio_avance"), 303)
    current_app.extensions.pop(_EXTENSION, None)
    hecho = giro.girada
    cuanto = f"{plural(hecho.nombres, 'nombre', 'nombres')} y {plural(hecho.fotos, 'foto', 'fotos')}"
    no = f" {plural(hecho.sin_abrir, 'no se pudo', 'no se pudieron')} abrir y sigue igual." if hecho.sin_abrir else ""
    return ensenar(hecho.codigo, f"Se cambió la llave de {cuanto}.{no} El código anterior ya no sirve.", girada=True)


def _de_quien_la_pide() -> _EnCurso | None:
    giro: _EnCurso | None = current_app.extensions.get(_EXTENSION)
    if giro is not None and giro.olvidado:
        giro = current_app.extensions[_EXTENSION] = None
    return giro if giro is not None and giro.cuenta_id == cuenta_segura().id else None


def _empezar(vieja: Sello, frase: str) -> threading.Thread:
    """:raises ErrorJornada: ``llave_girando`` si alguien ya la está cambiando."""
    cuenta, giro = cuenta_segura(), _EnCurso(cuenta_segura().id)
    with _candado:
        otro: _EnCurso | None = current_app.extensions.get(_EXTENSION)
        if otro is not None and not otro.acabo:
            raise ErrorJornada("llave_girando")
        current_app.extensions[_EXTENSION] = giro
    como = {"sello": instalacion().sello, "ahora": ahora(), "azar": azar()}
    hilo = threading.Thread(
        target=_girar,
        args=(giro, cuenta, vieja, frase, instalacion(), como, llavero.el_de_todas(), current_app.logger),
        name="giro",
        daemon=True,
    )
    hilo.start()
    return hilo


def _girar(
    giro: _EnCurso, cuenta: Cuenta, vieja: Sello, frase: str, donde: Any, como: Any, abiertas: Any, bitacora: Any
) -> None:
    """El trabajo, en su hilo y con su propia conexión."""
    try:
        with conexion.traducir(donde.privada), closing(conexion.abrir(donde.privada)) as db:
            giro.girada = llave_giro.girar(
                db,
                donde.evidencias,
                vieja,
                frase,
                quien=cuenta.usuario,
                cuenta_id=cuenta.id,
                avisar=giro.avisar,
                **como,
            )
        abiertas.quitar_de(None)
    except ErrorJornada as error:
        giro.error = str(error)
    except Exception as error:  # el hilo no tiene a quién contestarle: lo dice la página
        bitacora.error("cambiar la llave: %s", type(error).__name__)
        giro.error = _SE_CORTO
    finally:
        giro.acabo_en = time.monotonic()
