"""La avalancha, del lado de las páginas: el sello de cada una, la de espera y si lo que llega todavía cabe.

Las reglas y los ritmos están en :mod:`recoleccion.avalancha`; quien los aplica antes de Flask, en :mod:`.antesala`.
"""

import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from random import Random
from typing import cast

from flask import Flask, Response, abort, current_app, make_response, render_template, request

from recoleccion import avalancha
from recoleccion.avalancha import Avalancha, Envio, Limites, Sellos
from recoleccion.consultas import cupo
from recoleccion.instalacion import Instalacion

from .contexto import bd
from .regreso import Respuesta

_EXTENSION = "jornada_avalancha"
VEREDICTO = "jornada.paso"
"""Lo que la antesala dejó dicho en ``environ``: el código con que se aparta, o ``None``; y de qué envío."""
NUESTROS = ("id", "nace", "pase", "cuenta")
"""Los campos de un envío que no son respuestas. ``asunto`` no se ve: quien lo llena no es una persona."""
NUMERO = "numero-de-sala"
"""El campo del número de la sala; con guiones, para que ninguna pregunta se llame igual."""
CADA = 10.0
"""Segundos entre una y otra vez que se cuenta en la base lo ya guardado."""
_ACCION, _OCULTOS, _SEGUNDOS, _BITS = HUECOS = ("@@accion@@", "@@ocultos@@", "@@segundos@@", "@@bits@@")
Datos = Mapping[str, Sequence[str]]


@dataclass
class _Cuenta:
    """Lo contado en la base y lo agregado desde entonces."""

    hay: int
    tope: int
    bytes: int
    leido: float


@dataclass
class Aluvion:
    """Lo que dura lo que la aplicación."""

    app: Flask
    instalacion: Instalacion
    azar: Random
    sellos: Sellos
    avalancha: Avalancha
    presion: Callable[[], int] = lambda: 0
    """Cuántas peticiones esperan turno."""
    cuentas: dict[str, _Cuenta] = field(default_factory=dict)
    candado: threading.Lock = field(default_factory=threading.Lock)
    _salas: dict[tuple[str, bool], tuple[list[str], list[tuple[str, str]]]] = field(default_factory=dict)

    def hora(self) -> int:
        return int(self.instalacion.reloj().timestamp())

    def numero(self, clave: str) -> tuple[str, bool]:
        """El de la sala, como se dice en voz alta, y si ahora se está pidiendo."""
        numero = self.sellos.numero(clave)
        return f"{numero[:4]} {numero[4:]}", self.avalancha.pide_numero(clave, time.monotonic())

    def espera(
        self,
        clave: str,
        hoja: str,
        camino: str,
        datos: Datos,
        falla: str | None = None,
        *,
        pide_numero: bool = False,
    ) -> Respuesta:
        """La página de espera, con lo contestado adentro y un pase. No toca la base.

        Se arma una vez y después sólo se llena: en una avalancha se da quinientas veces por segundo.

        :param falla: el estado con que falló guardarlo: no se espera a que quepa, así que va sin pase.
        :param pide_numero: la que pide el de la sala; dice si el que trae está mal.
        """
        pide_numero = pide_numero and falla is None
        mal = bool(uno(datos, NUMERO).strip()) if pide_numero else falla is not None
        cual = ("asistente/numero.html" if pide_numero else "asistente/espera.html", mal)
        if cual not in self._salas:
            self._salas[cual] = _armar(self.app, *cual)
        partes, cabeceras = self._salas[cual]
        fuera = (*NUESTROS, NUMERO) if pide_numero else NUESTROS
        id, pase, hora = uno(datos, "id"), uno(datos, "pase"), self.hora()
        ocultos = [("id", id), ("nace", uno(datos, "nace"))]
        segundos, bits = str(avalancha.ESPERA), ""
        if falla is None:
            if self.sellos.probar(pase, uno(datos, "cuenta"), clave, id, hora) != "falta":
                pase = self.sellos.pase(clave, id, hora, self.avalancha.dificultad(hoja, time.monotonic()))
            ocultos += [("pase", pase), ("cuenta", "")]
            segundos, bits = str(self.sellos.faltan(pase, clave, id, hora)), str(self.sellos.bits(pase))
        ocultos += [(campo, valor) for campo, valores in datos.items() if campo not in fuera for valor in valores]
        lleno = {
            _ACCION: escape(camino),
            _BITS: bits,
            _SEGUNDOS: segundos,
            _OCULTOS: "\n".join(f'<input type="hidden" name="{_crudo(c)}" value="{_crudo(v)}">' for c, v in ocultos),
        }
        pagina = "".join(lleno.get(parte, parte) for parte in partes).encode("utf-8", "replace")
        return falla or "429 Too Many Requests", [*cabeceras, ("Retry-After", segundos)], pagina


def iniciar(app: Flask, instalacion: Instalacion, azar: Random, limites: Limites | None = None) -> Aluvion:
    """Deja en la aplicación sus ritmos; ``limites`` sólo los cambian pruebas y bancos."""
    sellos = Sellos(cast(bytes, app.config["SECRET_KEY"]))
    ritmos = Avalancha(secrets.token_bytes(16), limites or Limites())
    app.extensions[_EXTENSION] = aluvion = Aluvion(app, instalacion, azar, sellos, ritmos)
    app.add_template_global(_nacimiento, "nacimiento")
    return aluvion


def de(app: Flask) -> Aluvion:
    return cast(Aluvion, app.extensions[_EXTENSION])


def uno(datos: Datos, campo: str) -> str:
    valores = datos.get(campo) or [""]
    return valores[0]


def _nacimiento(clave: str, id: str) -> str:
    """El sello de la página que se dibuja; si se le regresa para corregir, el que traía."""
    suyo, hora = request.form.get("nace", ""), de(current_app).hora()
    sellos = de(current_app).sellos
    return suyo if sellos.edad(suyo, clave, id, hora) is not None else sellos.nacimiento(clave, id, hora)


def objecion(evento_id: str, clave: str, id: str, instrumento: str | None) -> str | None:
    """Con qué código se aparta lo que se va a guardar; ``None`` si se cuenta. Si ya no cabe ni apartado, espera.

    :param instrumento: ``None`` si es una asistencia.
    """
    codigo, envio = cast("tuple[str | None, Envio]", request.environ.get(VEREDICTO, (None, Envio("", id, None))))
    aluvion = de(current_app)
    limites = aluvion.avalancha.limites

    def leer_evento() -> tuple[int, int, int]:
        solas, oficina = cupo.asistencias(bd(), evento_id)
        cuantas = solas if instrumento is None else cupo.en_urna(bd(), evento_id, instrumento)
        return cuantas, max(limites.cupo, 3 * oficina), 0

    def leer_apartados() -> tuple[int, int, int]:
        cuantos, bytes_ = cupo.apartados(bd(), avalancha.APARTADOS)
        return cuantos, limites.apartados, bytes_

    if codigo is None:
        suya = _contar(aluvion, f"{evento_id} {instrumento}", leer_evento)
        sin_decir = not envio.numero and not envio.sin_numero
        if suya.hay > suya.tope and sin_decir and not cupo.conocido(bd(), id):
            aluvion.avalancha.pedir_numero(clave, time.monotonic())
            _esperar(clave, pide_numero=True)
        codigo = avalancha.DE_MAS if suya.hay > suya.tope * (1 + envio.numero) else None
    if codigo is not None:
        apartados = _contar(aluvion, "", leer_apartados, len(request.get_data()))
        lleno = apartados.hay > apartados.tope or apartados.bytes > limites.apartados_bytes
        if lleno and not cupo.conocido(bd(), id):
            _esperar(clave)
    return codigo


def _contar(aluvion: Aluvion, que: str, leer: Callable[[], tuple[int, int, int]], bytes_: int = 0) -> _Cuenta:
    """La cuenta con éste adentro; cada diez segundos sale otra vez de la base, que es la que vale."""
    t = time.monotonic()
    with aluvion.candado:
        cuenta = aluvion.cuentas.get(que)
    if cuenta is None or not 0 <= t - cuenta.leido < CADA:
        cuenta = _Cuenta(*leer(), leido=t)
    with aluvion.candado:
        if len(aluvion.cuentas) > 4_096:
            aluvion.cuentas.clear()
        aluvion.cuentas[que] = cuenta
        cuenta.hay += 1
        cuenta.bytes += bytes_
        return cuenta


def _esperar(clave: str, *, pide_numero: bool = False) -> None:
    camino = request.full_path if request.query_string else request.path
    datos = request.form.to_dict(flat=False)
    estado, cabeceras, pagina = de(current_app).espera(
        clave, request.path.lstrip("/"), camino, datos, pide_numero=pide_numero
    )
    abort(make_response(Response(pagina, estado, cabeceras)))


def _armar(app: Flask, plantilla: str, falla: bool) -> tuple[list[str], list[tuple[str, str]]]:
    """La página de espera como sale de la aplicación, cortada en sus huecos, y sus cabeceras."""
    with app.test_request_context("/AAAAAA/n", method="POST"):
        huecos = {"accion": _ACCION, "ocultos": _OCULTOS, "segundos": _SEGUNDOS, "bits": _BITS}
        respuesta = make_response(render_template(plantilla, falla=falla, **huecos), 429)
        lista = app.process_response(respuesta)
        cabeceras = [(c, v) for c, v in lista.headers if c not in ("Content-Length", "Vary")]
        return re.split(f"({'|'.join(HUECOS)})", lista.get_data(as_text=True)), cabeceras


def _crudo(texto: str) -> str:
    """Dentro de un atributo, sin que el navegador le cambie un salto de línea: el reintento lleva lo mismo."""
    return escape(texto).replace("\r", "&#13;").replace("\n", "&#10;")
