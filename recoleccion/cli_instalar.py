"""``jornada instalar``: dos usuarios, unidades de systemd, Caddy y tareas de cada día, en Debian o Ubuntu."""

import os
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

import click

from .consola import Entero, Fallo, Orden, decir
from .instalar import caddy, escribir, unidades

SYSTEMD = Path("/run/systemd/system")
_NO_LLEGAN = ("/home/", "/root/", "/tmp/", "/var/tmp/")  # noqa: S108


@click.command(cls=Orden)
@click.argument("registro", required=False, metavar="NOMBRE_REGISTRO")
@click.argument("datos", required=False, metavar="NOMBRE_DATOS")
@click.option("--solo-ver", is_flag=True, help="Dice qué escribiría y lo muestra; no cambia nada.")
@click.option("--quitar", is_flag=True, help="Deshace: quita lo que escribió. Los datos se quedan.")
@click.option("--certificado-interno", is_flag=True,
              help="Certificados de esta computadora, para ensayar sin internet.")  # fmt: skip
@click.option("--raiz", default=Path("/"), type=click.Path(path_type=Path, file_okay=False), metavar="CARPETA",
              help="Escribe bajo otra raíz y no arranca nada.")  # fmt: skip
@click.option("--puerto", default=8000, show_default=True, type=Entero(1, 65535), metavar="NÚMERO",
              help="Puerto de la aplicación.")  # fmt: skip
@click.option("--puerto-datos", default=8001, show_default=True, type=Entero(1, 65535), metavar="NÚMERO",
              help="Puerto de los datos publicados.")  # fmt: skip
def instalar(
    registro: str | None, datos: str | None, solo_ver: bool, quitar: bool, certificado_interno: bool, raiz: Path,
    puerto: int, puerto_datos: int,
) -> None:  # fmt: skip
    """Deja jornada atendiendo de veras en esta computadora, con HTTPS.

    Los dos nombres son de internet: uno para registrar y otro para los datos públicos. Se puede repetir.
    """
    plan = unidades.Plan(PurePosixPath(Path(sys.executable).parent / "jornada"), puerto, puerto_datos)
    aqui = raiz.resolve() == Path("/")
    if aqui and not solo_ver:
        _revisar_lugar(plan.programa)
    if quitar:
        _quitar(raiz, aqui)
        return
    nombres = _nombres(registro, datos)
    if puerto == puerto_datos:
        raise Fallo("Los dos puertos deben ser distintos.", "Diga otro con --puerto-datos.")
    lista = escribir.archivos(plan, *nombres, interno=certificado_interno)
    if solo_ver:
        _mostrar(lista, raiz)
        return
    try:
        estados = escribir.poner(lista, raiz)
    except escribir.Ajeno as error:
        raise Fallo(
            f"Ya hay un {error} que no es de jornada, y no se tocó nada.", "Quítelo o cámbiele el nombre."
        ) from error
    for ruta, estado in estados.items():
        decir(f"{_DICHO[estado]:<10} {ruta}")
    if estados[escribir.CADDYFILE] == "ajeno":
        decir(f"El Caddyfile que había quedó en {escribir.CADDYFILE}{escribir.DE_ANTES}")
    if aqui:
        _arrancar({ruta for ruta, estado in estados.items() if estado != "igual"})
    _lo_que_sigue(nombres[0], raiz)


_DICHO = {"igual": "ya estaba", "nuevo": "escrito", "cambia": "cambiado", "ajeno": "cambiado"}


def _nombres(*dichos: str | None) -> list[str]:
    """:raises Fallo: si falta uno, no es de internet o son el mismo."""
    nombres = [(dicho or "").lower().rstrip(".") for dicho in dichos]
    for nombre in nombres:
        if not caddy.es_nombre(nombre):
            raise Fallo(
                f"«{nombre}» no es un nombre de internet.",
                "Diga dos, como: jornada instalar registro.tequila.gob.mx datos.tequila.gob.mx",
            )
    if len(set(nombres)) < len(nombres):
        raise Fallo("Los dos nombres deben ser distintos.", "Los datos públicos llevan el suyo.")
    return nombres


def _mostrar(lista: list[escribir.Archivo], raiz: Path) -> None:
    for archivo in lista:
        decir(f"=== {archivo.ruta} ({escribir.como_esta(archivo, raiz)}, {archivo.modo:04o})\n{archivo.texto}")


def _revisar_lugar(programa: PurePosixPath) -> None:
    """:raises Fallo: sin permiso, sin systemd, o con el programa donde los servicios no llegan."""
    if not hasattr(os, "geteuid") or shutil.which("systemd-sysusers") is None:
        raise Fallo("Esta computadora no usa systemd.", "En Windows vea docs/WINDOWS.md.")
    if os.geteuid() != 0:
        raise Fallo("Hace falta ser root.", f"Repita: sudo {programa} instalar …")
    if str(programa).startswith(_NO_LLEGAN):
        raise Fallo(
            f"El programa está en {programa.parent}, donde los servicios no pueden leerlo.",
            "Instálelo en /opt/jornada: python3 -m venv /opt/jornada",
        )


def _arrancar(cambiados: set[PurePosixPath]) -> None:
    """Usuarios y carpetas; y, si systemd está corriendo, que todo arranque ahora y al prender."""
    _correr("systemd-sysusers", "jornada.conf")
    _correr("systemd-tmpfiles", "--create", "jornada.conf")
    if not SYSTEMD.is_dir():
        decir("systemd no está corriendo aquí: cuando prenda, corra «systemctl enable --now jornada.target».")
        return
    _correr("systemctl", "daemon-reload")
    _correr("systemctl", "enable", unidades.OBJETIVO)
    _correr("systemctl", "restart" if cambiados - {escribir.CADDYFILE} else "start", unidades.OBJETIVO)
    if shutil.which("caddy") is None:
        decir("Falta Caddy: «apt install caddy» y repita esta orden.")
        return
    _correr("systemctl", "enable", "--quiet", "caddy")
    _correr("systemctl", "restart" if escribir.CADDYFILE in cambiados else "start", "caddy")


def _quitar(raiz: Path, aqui: bool) -> None:
    corre = aqui and SYSTEMD.is_dir()
    if corre:
        subprocess.run(["systemctl", "disable", "--now", unidades.OBJETIVO], check=False)  # noqa: S607
    for ruta in escribir.quitar(raiz):
        decir(f"quitado    {ruta}")
    if corre:
        _correr("systemctl", "daemon-reload")
        subprocess.run(["systemctl", "restart", "caddy"], check=False)  # noqa: S607
    decir(f"Los datos ({unidades.DATOS}), lo publicado y los respaldos se quedan, y los dos usuarios también.")


def _correr(*orden: str) -> None:
    """:raises Fallo: si no salió bien."""
    hecho = subprocess.run(orden, capture_output=True, text=True, check=False)
    if hecho.returncode:
        raise Fallo(f"No salió bien: {' '.join(orden)}", hecho.stderr.strip())


def _lo_que_sigue(registro: str, raiz: Path) -> None:
    decir()
    if escribir.en(raiz, unidades.DATOS / "privada.db").exists():
        decir("Para ver cómo va: systemctl status jornada.target 'jornada*'")
    else:
        decir("Lo que sigue, una vez (o «sudo jornada restaurar ARCHIVO», si tiene un respaldo):")
        decir(f"  sudo jornada preparar --host-publico https://{registro}")
        decir(f"  sudo systemctl restart {unidades.OBJETIVO}")
    decir("Para deshacer: la misma orden con --quitar")
