"""Apoyo de las pruebas del panel: un navegador que entra, lleva su ficha CSRF y manda formularios."""

import hashlib
import re
from contextlib import closing
from html import unescape
from random import Random

from flask import Flask

from formularios.contestar import Validacion
from recoleccion import reglas
from recoleccion.consultas import conexion, cuentas, recepcion, sesiones, urna
from recoleccion.instalacion import Instalacion
from tests.elenco import CONTRASENA, HORA

_AHORA = "UPDATE sesion SET creada_en = ?, vista_en = ?, confirmada_en = ? WHERE id = ?"


class Oficina:
    """Un navegador de la oficina con la sesión de ``usuario`` (o sin sesión).

    ``atenta``: si la prueba adelanta el reloj, es como si acabara de entrar. Las de las sesiones la quieren distraída.
    """

    def __init__(self, app: Flask, usuario: str | None = None, *, atenta: bool = True) -> None:
        self.cliente = app.test_client()
        self._ficha: str | None = None
        if usuario:
            # Sin pasar por la contraseña, que cuesta tiempo a propósito; entrar tiene sus propias pruebas.
            lugar = app.extensions["jornada"]
            base = conexion.abrir(lugar.privada)
            cuenta = next(cuenta for cuenta in cuentas.listar(base) if cuenta.usuario == usuario)
            numero = sesiones.abrir(base, cuenta, "contrasena", "Chrome en Linux", lugar.reloj())
            base.conn.close()
            with self.cliente.session_transaction() as sesion:
                sesion["sesion"], sesion["cuenta"] = numero, cuenta.id
            if atenta:
                self._atender(lugar)

    def _atender(self, lugar: Instalacion) -> None:
        pedir, visto = self.cliente.open, lugar.reloj()

        def open(*como, **mas):
            nonlocal visto
            momento = lugar.reloj()
            if momento != visto and (visto := momento):
                with self.cliente.session_transaction() as galleta, closing(conexion.abrir(lugar.privada)) as base:
                    id = hashlib.sha256(galleta.get("sesion", "").encode()).hexdigest()
                    base.execute(_AHORA, [momento.isoformat()] * 3 + [id])
            return pedir(*como, **mas)

        self.cliente.open = open

    def ficha(self) -> str:
        """La ficha CSRF de esta sesión, leída de la página como la lee un navegador."""
        if self._ficha is None:
            pagina = self.cliente.get("/panel/entrar", follow_redirects=True).text
            hallada = re.search(r'name="csrf_token" value="([^"]+)"', pagina)
            assert hallada, "no hay ficha CSRF"
            self._ficha = hallada[1]
        return self._ficha

    def get(self, direccion: str):
        return self.cliente.get(direccion)

    def texto(self, direccion: str) -> str:
        """Lo que se lee en la página, sin etiquetas y con los espacios juntos."""
        return leer(self.cliente.get(direccion))

    def subir(self, direccion: str, campo: str, nombre: str, contenido: bytes, **datos):
        """Un formulario con un archivo, ya armado: el cliente de pruebas deja abierto el temporal de uno grande."""
        campos = {"csrf_token": self.ficha(), **datos}
        partes = [f'Content-Disposition: form-data; name="{c}"\r\n\r\n{v}'.encode() for c, v in campos.items()]
        partes.append(
            f'Content-Disposition: form-data; name="{campo}"; filename="{nombre}"\r\n\r\n'.encode() + contenido
        )
        cuerpo = b"".join(b"--corte\r\n" + parte + b"\r\n" for parte in partes) + b"--corte--\r\n"
        return self.cliente.post(direccion, data=cuerpo, content_type="multipart/form-data; boundary=corte")

    def post(self, direccion: str, **datos):
        respuesta = self.cliente.post(direccion, data={"csrf_token": self.ficha(), **datos})
        if direccion in ("/panel/entrar", "/panel/salir"):
            self._ficha = None  # la sesión es otra
        return respuesta


def leer(respuesta) -> str:
    sin_etiquetas = re.sub(r"<[^>]+>", " ", respuesta.text)
    return " ".join(unescape(sin_etiquetas).split())


def seguir(oficina: Oficina, respuesta, **prueba):
    """Manda el formulario que trae lo llevado, a donde la página dice, con una prueba o sin ella."""
    formulario = next(f for f in re.findall(r"<form.*?</form>", respuesta.text, re.S) if 'name="llevado"' in f)
    campos = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', formulario)
    destino = re.search(r'action="([^"]+)"', formulario)
    assert destino
    datos = {nombre: unescape(valor) for nombre, valor in campos} | ({"prueba": "1"} if prueba else {}) | prueba
    return oficina.cliente.post(unescape(destino[1]), data=datos)


def crear_cuenta(base, rol: str) -> None:
    """Una cuenta cuyo usuario es su rol."""
    cuentas.crear(base, usuario=rol, nombre=f"Cuenta {rol}", rol=rol, contrasena=CONTRASENA, ahora=HORA)


def registrar(base, instalacion, evento_id: str, azar: Random, *, cuantas: int = 1, **datos) -> None:
    """Asistencias como las que manda la página de una asistente."""
    completos = {
        "modo": "telefono",
        "sexo": "M",
        "edad": "30-44",
        "procedencia": "cabecera",
        "aviso": 1,
        "nombre": None,
        "telefono": None,
        "credencial": None,
    } | datos
    for _ in range(cuantas):
        registro = {
            "v": 1,
            "id": reglas.nuevo_id(azar),
            "tipo": "asistencia",
            "evento": evento_id,
            "hora": HORA.isoformat(),
            "sesgo_ms": 0,
            "datos": completos,
        }
        estado = recepcion.registrar_en_linea(base, registro, sello=instalacion.sello, ahora=HORA)
        assert estado == "aceptado"


def contestar(base, instalacion, evento_id: str, cuantas: int, instrumento: str = "satisfaccion", **respuestas) -> None:
    """Contestaciones, de «¿Cómo estuvo?» si no se dice otra, directas a la urna."""
    for _ in range(cuantas):
        validacion = Validacion(respuestas=dict(respuestas), textos={}, ficha=None, sexo="M", edad="30-44", errores={})
        urna.echar(base, evento_id, instrumento, 1, validacion, instalacion.sello)
