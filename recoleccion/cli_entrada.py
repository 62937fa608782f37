"""``jornada entrada``: que nadie se quede afuera porque otro está probando contraseñas de su cuenta."""

from contextlib import closing
from pathlib import Path

import click

from .consola import Fallo, Orden, con_datos, decir
from .consultas import ajustes, bitacora, conexion, cuentas
from .instalacion import Instalacion
from .vistas.puerta import PASE, dar_pase


@click.command(cls=Orden)
@con_datos
@click.argument("usuario", metavar="USUARIO")
def entrada(datos: Path, usuario: str) -> None:
    """Da una dirección con que USUARIO entra sin esperar desde un navegador nuevo.

    Es para cuando alguien prueba contraseñas de esa cuenta y las esperas le tocan también a su dueña. La contraseña se
    pide igual.
    """
    lugar = Instalacion(datos)
    conexion.verificar(lugar.privada)
    with closing(conexion.abrir(lugar.privada)) as db:
        suyas = [c for c in cuentas.listar(db) if c.activa and c.usuario.casefold() == usuario.strip().casefold()]
        if not suyas:
            raise Fallo(f"No hay una cuenta activa con el usuario «{usuario}».", "Revise cómo se escribe.")
        pase = dar_pase(lugar.secreto_sesion, suyas[0], lugar.reloj())
        bitacora.anotar(db, lugar.reloj(), "consola", "dar pase de entrada", f"cuenta {suyas[0].usuario}")
        sitio = ajustes.leer(db, "host_publico") or ""
    decir(f"Ábrala en el navegador de {suyas[0].nombre}; sirve {PASE.seconds // 60} minutos y pide la contraseña:")
    decir(f"\n  {sitio}/panel/entrar?pase={pase}\n")
