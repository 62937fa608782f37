"""``jornada cuenta``: lo que se hace con una cuenta desde la consola del servidor, cuando ya no se puede entrar."""

from contextlib import closing
from pathlib import Path
from random import SystemRandom

import click

from .consola import Fallo, Grupo, Orden, con_datos, decir
from .consultas import bitacora, codigos_unicos, conexion, cuentas, llaves_acceso, segundo_paso, sesiones
from .consultas.conexion import escritura
from .instalacion import Instalacion


@click.group(cls=Grupo)
def cuenta() -> None:
    """Las cuentas de la oficina, desde la consola."""


@cuenta.command(cls=Orden)
@con_datos
@click.argument("usuario", metavar="USUARIO")
def rescatar(datos: Path, usuario: str) -> None:
    """Le pone otra contraseña a USUARIO y le quita el segundo paso, para quien se quedó afuera.

    Cierra sus sesiones, queda en la bitácora y no abre los nombres: ésos siguen pidiendo su frase. Se puede correr
    mientras se atiende.
    """
    lugar = Instalacion(datos)
    conexion.verificar(lugar.privada)
    with closing(conexion.abrir(lugar.privada)) as db:
        suyas = [c for c in cuentas.listar(db) if c.usuario.casefold() == usuario.strip().casefold()]
        if not suyas:
            raise Fallo(f"No hay una cuenta con el usuario «{usuario}».", "Revise cómo se escribe.")
        de_quien, nueva = suyas[0], cuentas.sugerir_contrasena(SystemRandom())
        with escritura(db):
            cuentas.cambiar_contrasena(db, de_quien.id, nueva)
            cuentas.reactivar(db, de_quien.id)
            tenia = segundo_paso.quitar(db, de_quien.id) | bool(llaves_acceso.quitar_todas(db, de_quien.id))
            codigos_unicos.borrar(db, de_quien.id)
            sesiones.cerrar_de(db, de_quien.id)
            detalle = "contraseña nueva" + ("; sin segundo paso" if tenia else "")
            bitacora.anotar(db, lugar.reloj(), "consola", "rescatar cuenta", f"cuenta {de_quien.usuario}", detalle)
    decir(f"{de_quien.nombre} entra con el usuario «{de_quien.usuario}» y esta contraseña, que no se vuelve a mostrar:")
    decir(f"\n  {nueva}\n")
    decir("Al entrar, en «Mi entrada», que la cambie y que active otra vez su segundo paso.")
