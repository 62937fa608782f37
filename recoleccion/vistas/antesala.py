"""Lo que se decide antes de Flask, para que quinientos envíos por segundo no ocupen el lugar de una persona.

Dibujar una página o guardar un registro cuesta milésimas; decidir que algo espera, décimas de milésima. Aquí se lee
sólo el sello y el id de cada envío; lo contestado no se mira: si espera, regresa tal cual en la página de espera.

Lo que manda otro sitio se niega sin mirarlo y sin gastar lugar de nadie. A quien manda sin guion no se le contesta con
una página, sino con la dirección donde está (:mod:`.regreso`).

Una página que se pide se da siempre, hecha para ella. Sólo cuando ya hay quien espere turno se da una hecha hace menos
de dos segundos, con id y sello nuevos; y lo que nadie ha pedido nunca, o no trae sesión, aguarda.
"""

import gzip
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIApplication

from flask import Flask

from recoleccion import reglas
from recoleccion.avalancha import Envio, Paso

from . import regreso, seguridad
from .aluvion import NUMERO, VEREDICTO, Aluvion, de, uno
from .regreso import Respuesta

Ambiente = dict[str, Any]
_ENVIO = re.compile(r"/([^/]{1,40})/(?:(r|n)|e/0*(\d{1,9}))")
_REGRESO = re.compile(r"/[A-Za-z0-9]{6}(?:/(?:r|e/\d{1,9}))?")
_PAGINA = re.compile(r"/|/ayuda|/salir|/[^/]{6,12}(?:/(?:r|aviso|listo|e/\d{1,4}))?|/static/.+")
_PREGUNTA = re.compile(r"(?:(?:otra=1|e=\d{1,4}|idioma=\w{1,20}|v=\w{1,20})(?:&|$)){0,3}")
_NACE = re.compile(rb'name="id" value="([0-9a-f-]{36})">\s*<input type="hidden" name="nace" value="([\w-]{20})"')
_CON_PERMISO = ("/api/", "/campo/api/", "/salud")
"""Donde traer un permiso adelanta: ahí se revisa antes que nada. En una página de todos cualquiera pondría uno."""
MINIMOS = {"r": 2, "n": 0, "e": 2}
"""Segundos que toma, a lo menos, leer una página y contestarla."""
APRIETA, MUCHA = 8, 48
"""Con tantas peticiones esperando turno se dan páginas ya hechas; con tantas, lo desconocido aguarda."""
DURA = 2.0
_PAGINAS, _BYTES = 300, 16 * 1_048_576
"""Cuántas páginas hechas se guardan, y cuánto ocupan: pedir un archivo grande con mil ``?v=`` no llena la memoria."""
AGUARDE = (
    '<!doctype html><html lang="es-MX"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<meta http-equiv="refresh" content="4"><title>Registro</title><h1>Espere un momento</h1>'
    "<p>Hay mucha gente entrando. Esta página se abre sola en unos segundos.</p></html>"
).encode()
_OCUPADO = b"Hay mucha gente entrando. Espere unos segundos e intente otra vez.\n"


@dataclass(frozen=True)
class _Hecha:
    """Una página guardada: entera, o cortada en donde van id y sello."""

    estado: str
    cabeceras: list[tuple[str, str]]
    trozos: tuple[bytes, ...]
    cuando: float

    @property
    def peso(self) -> int:
        return sum(map(len, self.trozos))


class Antesala:
    """Envuelve la aplicación WSGI.

    :param entro: dado el encabezado ``Cookie``, si trae una sesión de la oficina.
    """

    def __init__(self, app: Flask, adentro: WSGIApplication, entro: Callable[[str], bool]) -> None:
        self._aluvion: Aluvion = de(app)
        self.regresos = regreso.Regresos()
        self._ajena: Respuesta | None = None
        self._adentro, self._entro = adentro, entro
        self._hechas: dict[str, _Hecha] = {}
        self._candado = threading.Lock()

    def __call__(self, ambiente: Ambiente, empezar: StartResponse) -> Iterable[bytes]:
        camino: str = ambiente.get("PATH_INFO", "")
        self.regresos.barrer()
        self.regresos.vino(ambiente.get("HTTP_REFERER", ""))
        if ambiente["REQUEST_METHOD"] == "POST" and (partes := _ENVIO.fullmatch(camino)):
            if not seguridad.de_aqui(ambiente):
                return _dar(self._de_otro_sitio(ambiente), empezar)
            clave = reglas.normalizar_clave(partes[1])
            if clave:
                return self._envio(ambiente, empezar, clave, partes[2] or "e", partes[3])
        pregunta = ambiente.get("QUERY_STRING", "")
        if ambiente["REQUEST_METHOD"] == "GET" and regreso.trae_ficha(pregunta) and _REGRESO.fullmatch(camino):
            return self._regreso(empezar, camino, pregunta)
        presion = self._aluvion.presion()
        if presion < APRIETA or (ambiente.get("HTTP_AUTHORIZATION") and camino.startswith(_CON_PERMISO)):
            return self._adentro(ambiente, empezar)
        return self._con_prisa(ambiente, empezar, camino, presion)

    # --- Lo que se manda -----------------------------------------------------------------------------------------

    def _envio(
        self, ambiente: Ambiente, empezar: StartResponse, clave: str, que: str, n: str | None
    ) -> Iterable[bytes]:
        aluvion, hora = self._aluvion, self._aluvion.hora()
        cuerpo = _leer(ambiente)
        datos = _campos(cuerpo)
        id = uno(datos, "id")
        hoja = f"{clave}/{f'e/{n}' if n else 'r'}"
        sellos = aluvion.sellos
        envio = Envio(
            hoja,
            id if len(id) <= 64 else "",
            sellos.edad(uno(datos, "nace"), clave, id, hora),
            MINIMOS[que],
            bool(uno(datos, "asunto")),
            sellos.probar(uno(datos, "pase"), uno(datos, "cuenta"), clave, id, hora),
            *sellos.leer_numero(uno(datos, NUMERO), clave),
        )
        paso: Paso = aluvion.avalancha.juzgar(envio, time.monotonic())
        directa = regreso.pide_la_pagina(ambiente) or not datos
        if paso.estado == "espera" and not datos:
            return _decir(empezar, "429 Too Many Requests", _OCUPADO, "text/plain; charset=utf-8")
        if paso.estado != "espera":
            ambiente[VEREDICTO] = paso.codigo, envio
            if directa:
                return self._adentro(ambiente, empezar)
        camino = f"/{clave}/{que}{f'/{n}' if n else ''}"
        pregunta = ambiente.get("QUERY_STRING", "")
        pregunta = pregunta if _PREGUNTA.fullmatch(pregunta) else ""
        if not reglas.id_valido(id):
            id = reglas.nuevo_id(aluvion.azar)

        def esperar(falla: str | None = None) -> Respuesta:
            accion = f"{camino}?{pregunta}".removesuffix("?")
            suyo = {**_campos(cuerpo), "id": [id]}
            return aluvion.espera(clave, hoja, accion, suyo, falla, pide_numero=paso.pide_numero)

        hacer: Callable[[], Respuesta] = esperar
        peso = len(cuerpo)
        if paso.estado != "espera":
            hecha = _entera(_correr(self._adentro, ambiente))
            if hecha[0].startswith("3"):
                return _dar(hecha, empezar)
            if hecha[0].startswith("5"):
                hacer = partial(esperar, hecha[0])
            else:
                hacer, peso = (lambda: hecha), len(hecha[2])
        elif directa:
            return _dar(esperar(), empezar)
        lugar = f"/{clave}" if que == "n" else camino
        ficha = self.regresos.guardar(lugar, clave if envio.edad is not None else "", id, hacer, peso)
        return _dar(hacer() if ficha is None else _ir(f"{lugar}?{pregunta}&p={ficha}".replace("?&", "?")), empezar)

    def _de_otro_sitio(self, ambiente: Ambiente) -> Respuesta:
        """Lo que se contesta a lo que mandó otra página: siempre lo mismo, y se hace una vez."""
        if self._ajena is None:
            vacio = {**ambiente, "PATH_INFO": "/AAAAAA/n", "CONTENT_LENGTH": "0", "wsgi.input": BytesIO()}
            for suyo in ("HTTP_COOKIE", "HTTP_ACCEPT_ENCODING", "QUERY_STRING"):
                vacio.pop(suyo, None)
            hecha = _entera(_correr(self._adentro, vacio))
            if not hecha[0].startswith("403"):  # un Host que no es: no es para los demás
                return hecha
            self._ajena = hecha
        return self._ajena

    def _regreso(self, empezar: StartResponse, camino: str, pregunta: str) -> Iterable[bytes]:
        """La página que espera en esa dirección; si ya no, la de siempre, vacía."""
        resto = regreso.sin_ficha(pregunta)
        limpia = f"{camino}?{resto}".removesuffix("?") if _PREGUNTA.fullmatch(resto) else camino
        return _dar(self.regresos.leer(pregunta, camino) or _ir(limpia), empezar)

    # --- Lo que se pide, cuando ya hay quien espere turno --------------------------------------------------------

    def _con_prisa(self, ambiente: Ambiente, empezar: StartResponse, camino: str, presion: int) -> Iterable[bytes]:
        pregunta = ambiente.get("QUERY_STRING", "")
        guardable = (
            ambiente["REQUEST_METHOD"] == "GET"
            and not {"HTTP_IF_NONE_MATCH", "HTTP_RANGE", "HTTP_IF_MODIFIED_SINCE"} & ambiente.keys()
            and _PAGINA.fullmatch(camino)
            and _PREGUNTA.fullmatch(pregunta)
        )
        if not guardable:
            if presion < MUCHA or self._entro(ambiente.get("HTTP_COOKIE", "")):
                return self._adentro(ambiente, empezar)
            return _aguardar(empezar, camino)
        archivo = camino.startswith("/static/")
        acepta = ambiente.get("HTTP_ACCEPT_ENCODING", "")
        br = "br" if archivo and "br" in acepta else ""
        cual = f"{br} {camino}?{pregunta}"
        hecha = self._hechas.get(cual)
        if hecha is None and presion >= MUCHA:
            return _aguardar(empezar, camino)
        if hecha is None or time.monotonic() - hecha.cuando > DURA:
            hecha = self._hacer({**ambiente, "HTTP_ACCEPT_ENCODING": br}, cual)
        return self._servir(hecha, empezar, camino, "gzip" in acepta and not br)

    def _hacer(self, ambiente: Ambiente, cual: str) -> _Hecha:
        """La página de ahora, sin comprimir; si es buena, se guarda para las que siguen."""
        ambiente.pop("HTTP_COOKIE", None)
        estado, cabeceras, trozos = _correr(self._adentro, ambiente)
        cuerpo = b"".join(trozos)
        cortes = _NACE.search(cuerpo)
        partes = (
            (cuerpo[: cortes.start(1)], cuerpo[cortes.end(1) : cortes.start(2)], cuerpo[cortes.end(2) :])
            if cortes
            else (cuerpo,)
        )
        fuera = ("content-length", "etag", "vary")
        hecha = _Hecha(estado, [(c, v) for c, v in cabeceras if c.lower() not in fuera], partes, time.monotonic())
        se_entiende = cortes is not None or b'name="id"' not in cuerpo  # un mismo id para dos personas perdería a una
        if estado.startswith("200") and se_entiende and hecha.peso <= _BYTES:
            with self._candado:
                self._hechas.pop(cual, None)
                while len(self._hechas) >= _PAGINAS or sum(h.peso for h in self._hechas.values()) + hecha.peso > _BYTES:
                    del self._hechas[next(iter(self._hechas))]
                self._hechas[cual] = hecha
        return hecha

    def _servir(self, hecha: _Hecha, empezar: StartResponse, camino: str, comprimir: bool) -> Iterable[bytes]:
        cuerpo, cabeceras = hecha.trozos[0], hecha.cabeceras
        if len(hecha.trozos) == 3:
            id = reglas.nuevo_id(self._aluvion.azar)
            clave = reglas.normalizar_clave(camino.split("/")[1]) or ""
            sello = self._aluvion.sellos.nacimiento(clave, id, self._aluvion.hora())
            cuerpo = id.encode().join(hecha.trozos[:2]) + sello.encode() + hecha.trozos[2]
        if comprimir and len(cuerpo) > 1_000:
            cuerpo = gzip.compress(cuerpo, 1)
            cabeceras = [*cabeceras, ("Content-Encoding", "gzip")]
        empezar(hecha.estado, [*cabeceras, ("Vary", "Accept-Encoding"), ("Content-Length", str(len(cuerpo)))])
        return [cuerpo]


def _leer(ambiente: Ambiente) -> bytes:
    """El cuerpo de un formulario; nada si no lo es o no cabe: eso lo contesta la aplicación."""
    tipo: str = ambiente.get("CONTENT_TYPE", "")
    largo: str = ambiente.get("CONTENT_LENGTH") or "0"
    if not tipo.lower().startswith("application/x-www-form-urlencoded") or not largo.isdecimal():
        return b""
    if int(largo) > seguridad.MAXIMO_FORMULARIO:
        return b""
    cuerpo: bytes = ambiente["wsgi.input"].read(int(largo))
    ambiente["wsgi.input"] = BytesIO(cuerpo)
    return cuerpo


def _campos(cuerpo: bytes) -> Mapping[str, list[str]]:
    """Lo que trae un formulario; nada si son demasiados campos."""
    try:
        return parse_qs(
            cuerpo.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=seguridad.MAXIMO_PARTES
        )
    except ValueError:
        return {}


def _correr(adentro: WSGIApplication, ambiente: Ambiente) -> tuple[str, list[tuple[str, str]], list[bytes]]:
    dicho: list[Any] = []

    def empezar(estado: str, cabeceras: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], object]:
        dicho[:] = [estado, cabeceras]
        return lambda _trozo: None

    respuesta = adentro(ambiente, empezar)
    try:
        trozos = list(respuesta)
    finally:
        if hasattr(respuesta, "close"):
            respuesta.close()
    return dicho[0], dicho[1], trozos


def _aguardar(empezar: StartResponse, camino: str) -> Iterable[bytes]:
    """Un 429 que no toca la base: la página se recarga sola; una aplicación lo intenta después."""
    if camino.startswith(("/api/", "/campo/api/", "/openrosa/", "/static/")):
        return _decir(empezar, "429 Too Many Requests", _OCUPADO, "text/plain; charset=utf-8")
    return _decir(empezar, "429 Too Many Requests", AGUARDE, "text/html; charset=utf-8")


def _entera(respuesta: tuple[str, list[tuple[str, str]], list[bytes]]) -> Respuesta:
    return respuesta[0], respuesta[1], b"".join(respuesta[2])


def _dar(pagina: Respuesta, empezar: StartResponse) -> Iterable[bytes]:
    estado, cabeceras, cuerpo = pagina
    sin_largo = [(cual, valor) for cual, valor in cabeceras if cual.lower() != "content-length"]
    empezar(estado, [*sin_largo, ("Content-Length", str(len(cuerpo)))])
    return [cuerpo]


def _ir(destino: str) -> Respuesta:
    return "303 See Other", [*seguridad.DE_ERROR, ("Location", destino)], b""


def _decir(empezar: StartResponse, estado: str, cuerpo: bytes, tipo: str) -> Iterable[bytes]:
    cabeceras = [*seguridad.DE_ERROR, ("Content-Type", tipo), ("Content-Length", str(len(cuerpo)))]
    empezar(estado, [*cabeceras, ("Retry-After", "4")])
    return [cuerpo]
