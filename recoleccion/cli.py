"""``jornada``: la única puerta que ve los tres paquetes. Aquí se juntan; el trabajo lo hacen ellos."""

import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from formularios import localidades as inegi
from formularios.catalogos import MUNICIPIO
from publicacion import compartida, escritura, lanzar
from publicacion.errores import ErrorPublicacion

from . import paquete
from . import preparar as preparacion
from . import servir as servicio
from .cli_analista import analista
from .cli_censo import censo
from .cli_cuenta import cuenta
from .cli_datos import datos as solo_datos
from .cli_encuesta import encuesta
from .cli_entrada import entrada
from .cli_instalar import instalar
from .cli_localidades import localidades
from .cli_publicar import publicar, publicar_todo
from .cli_replica import replicar
from .cli_respaldo import respaldar, restaurar
from .cli_retencion import orden_cuaderno, orden_retencion
from .cli_verificar import verificar
from .consola import Fallo, Grupo, avance, con_datos, decir, ruta_corta
from .consultas import ajustes, conexion, cuentas
from .consultas import rescate as rescates
from .demo import construir as demostracion
from .errores import ErrorJornada
from .fechas import plural
from .instalacion import Instalacion
from .publicador import EnSegundoPlano

F = TypeVar("F", bound=Callable[..., Any])
PUERTO, PUERTO_DATOS = 8000, 8001


def _puerto(_contexto: click.Context, _opcion: click.Parameter, valor: int) -> int:
    if not 0 <= valor <= 65535:
        raise click.BadParameter(f"{valor} no es un puerto; van del 1 al 65535 (0: el que esté libre).")
    return valor


def con_puertos(funcion: F) -> F:
    """Dónde se atiende: dirección y los dos puertos."""
    comun: dict[str, Any] = {"type": int, "callback": _puerto, "show_default": True, "metavar": "NÚMERO"}
    ayuda = "Dirección donde escucha la aplicación. Para salir a internet use Caddy (vea LEEME)."
    for opcion in (
        click.option("--puerto-datos", default=PUERTO_DATOS, help="Puerto de los datos publicados.", **comun),
        click.option("--puerto", default=PUERTO, help="Puerto de la aplicación.", **comun),
        click.option("--direccion", default="127.0.0.1", show_default=True, metavar="IP", help=ayuda),
    ):
        funcion = opcion(funcion)
    return funcion


@click.group(cls=Grupo, context_settings={"help_option_names": ["--help", "--ayuda", "-h"]})
@click.version_option(paquete.version_instalada(), prog_name="jornada")
def principal() -> None:
    """Registro de asistencia y encuestas en eventos, con o sin señal, y publicación anónima."""
    for salida in (sys.stdout, sys.stderr):
        if hasattr(salida, "reconfigure"):
            salida.reconfigure(encoding="utf-8", errors="replace")


@principal.command()
@con_datos
@click.option("--sin-servir", is_flag=True, help="Sólo arma la demostración; no la atiende.")
@con_puertos
def demo(datos: Path, sin_servir: bool, direccion: str, puerto: int, puerto_datos: int) -> None:
    """Arma un año de datos inventados y lo atiende. No toca una carpeta con datos de verdad."""
    instalacion = Instalacion(datos)
    direcciones = _direcciones(
        servicio.direccion_web(direccion, puerto), servicio.direccion_web("127.0.0.1", puerto_datos)
    )
    if demostracion.es_demo(instalacion):
        with servicio.candado(datos):
            decir(f"La carpeta {ruta_corta(datos)} ya tiene la demostración; se usa tal como está.")
            demostracion.poner_al_dia(instalacion)
            demostracion.anotar_direcciones(instalacion, direcciones)
    elif demostracion.esta_vacia(datos):
        decir(f"Se arma la demostración en {ruta_corta(datos)}. Todo es inventado: ni una persona es real.")
        demostracion.construir(
            instalacion,
            direcciones=direcciones,
            avance=lambda planes, hacer: avance(planes, len(planes), "Eventos del año", hacer),
        )
    else:
        raise Fallo(
            f"La carpeta {ruta_corta(datos)} ya tiene algo que no es una demostración, y no se tocó.",
            "Diga otra con --datos, por ejemplo: jornada demo --datos demostracion",
        )
    publicar_todo(instalacion, adelantar=False)
    if sin_servir:
        decir(f"Lista: {ruta_corta(datos)}")
    else:
        _servir(instalacion, direccion, puerto, puerto_datos)


@principal.command()
@con_datos
@click.option("--usuario", metavar="NOMBRE", help="Con qué entra la titular al panel; si no se dice, se pregunta.")
@click.option(
    "--municipio",
    metavar="TEXTO",
    default="Valle de Guadalupe, Jalisco",
    show_default=True,
    help="Municipio, como va en el aviso de privacidad.",
)
@click.option("--oficina", metavar="TEXTO", default="CE-MUJER", show_default=True, help="Nombre de la oficina.")
@click.option("--clave-inegi", metavar="CLAVE", default=MUNICIPIO, show_default=True,
              help="Las cinco cifras con que el INEGI nombra al municipio.")  # fmt: skip
@click.option("--host-publico", metavar="DIRECCIÓN", default="http://127.0.0.1:8000", show_default=True,
              help="La dirección que va en los carteles, con https:// si ya la tiene.")  # fmt: skip
def preparar(
    datos: Path, usuario: str | None, municipio: str, oficina: str, clave_inegi: str, host_publico: str
) -> None:
    """Prepara una carpeta nueva, con la cuenta de la titular.

    Crea la base, las llaves, los catálogos, el aviso de privacidad y las líneas del POA.

    La contraseña se pide sin mostrarse; si se manda por una tubería, se toma el primer renglón.
    """
    if _ya_preparada(Instalacion(datos)):
        raise Fallo(
            f"La carpeta {ruta_corta(datos)} ya está preparada y no se tocó.",
            "Para atenderla: jornada servir. Para empezar otra, dígala con --datos.",
        )
    _revisar_municipio(clave_inegi)
    usuario = usuario or _preguntar("Usuario de la titular")
    contrasena = _preguntar("Contraseña (8 letras o más)", secreta=True)
    preparacion.preparar(
        datos,
        usuario=usuario,
        contrasena=contrasena,
        ahora=Instalacion(datos).reloj(),
        municipio=municipio,
        oficina=oficina,
        clave_inegi=clave_inegi,
        host_publico=host_publico,
    )
    decir(f"Lista la carpeta {ruta_corta(datos)}, con la cuenta «{usuario}».")
    if clave_inegi != MUNICIPIO:
        decir("Faltan sus localidades y su población: jornada localidades ARCHIVO y jornada censo ARCHIVO.")
    decir("Lo que sigue: jornada servir. En el panel, revise «Catálogos» y complete el aviso de privacidad.")


@principal.command()
@con_datos
@con_puertos
@click.option("--sin-datos", is_flag=True, help="Sólo la aplicación: los datos los atiende «jornada datos».")
def servir(datos: Path, direccion: str, puerto: int, puerto_datos: int, sin_datos: bool) -> None:
    """Atiende la aplicación y los datos publicados.

    Sigue hasta que se oprima Ctrl-C.
    """
    _servir(Instalacion(datos), direccion, puerto, puerto_datos, sin_datos)


@principal.command()
@con_datos
@click.argument(
    "archivos",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="ARCHIVO...",
    nargs=-1,
    required=True,
)
def rescate(datos: Path, archivos: tuple[Path, ...]) -> None:
    """Toma los registros de uno o varios archivos de rescate.

    Los hace un teléfono que no pudo enviar. Repetirlo no cuenta nada dos veces.
    """
    instalacion = Instalacion(datos)
    conexion.verificar(instalacion.privada)
    malos = [str(archivo) for archivo in archivos if not _rescatar(instalacion, archivo)]
    if malos:
        raise Fallo(f"No se tomó nada de {plural(len(malos), 'archivo', 'archivos')}.")


def _rescatar(instalacion: Instalacion, archivo: Path) -> bool:
    """Un archivo malo se dice y no detiene a los demás."""
    try:
        if archivo.stat().st_size > rescates.MAX_BYTES:
            raise ErrorJornada("rescate_grande", megas=rescates.MAX_BYTES // 1_048_576)
        with closing(conexion.abrir(instalacion.privada)) as db, archivo.open("rb") as renglones:
            resumen = rescates.importar(
                db,
                renglones,
                sello=instalacion.sello,
                ahora=instalacion.reloj(),
                avance=lambda van, total: decir(f"{archivo.name}: van {van} de {total}.") if van < total else None,
            )
    except ErrorJornada as error:
        decir(f"{archivo.name}: {error.mensaje} {error.que_hacer}")
        return False
    decir(f"{archivo.name}: {' '.join(resumen.frases())}")
    if resumen.en_revision:
        decir("Lo que está en revisión se ve en el panel, en «Por revisar».")
    return True


principal.add_command(encuesta)
principal.add_command(censo)
principal.add_command(localidades)
principal.add_command(publicar)
principal.add_command(analista)
principal.add_command(verificar)
principal.add_command(entrada)
principal.add_command(cuenta)
principal.add_command(respaldar)
principal.add_command(restaurar)
principal.add_command(orden_retencion)
principal.add_command(orden_cuaderno)
principal.add_command(replicar)
principal.add_command(solo_datos)
principal.add_command(instalar)


def _revisar_municipio(clave: str) -> None:
    """La clave, el nombre y la oficina van juntos: con dos de un municipio y una de otro, el papel mentiría."""
    if not inegi.es_municipio(clave):
        raise Fallo(f"«{clave}» no es una clave de municipio.", "Son cinco cifras, como 14111.")
    contexto = click.get_current_context()
    puestas = {
        opcion: contexto.get_parameter_source(opcion) is not ParameterSource.DEFAULT
        for opcion in ("municipio", "oficina", "clave_inegi")
    }
    if clave != MUNICIPIO and not (puestas["municipio"] and puestas["oficina"]):
        raise Fallo(
            f"La clave {clave} es de otro municipio y falta cómo se llama.",
            'Diga también --municipio "Su municipio, Su estado" y --oficina "Su oficina".',
        )
    if puestas["municipio"] and not puestas["clave_inegi"]:
        raise Fallo(
            "Falta la clave del INEGI de ese municipio.",
            "Dígala con --clave-inegi: son cinco cifras y están en inegi.org.mx/app/ageeml.",
        )


def _ya_preparada(instalacion: Instalacion) -> bool:
    """¿Ya hay una base con cuentas? Una preparación interrumpida se puede repetir."""
    if not instalacion.privada.exists():
        return False
    conexion.preparar(instalacion.privada)
    with closing(conexion.abrir(instalacion.privada)) as db:
        return bool(cuentas.listar(db))


def _preguntar(que: str, *, secreta: bool = False) -> str:
    """Pregunta en la terminal (lo secreto no se ve); de una tubería toma el siguiente renglón."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    respuesta: str = click.prompt(que, hide_input=secreta, confirmation_prompt=secreta)
    return respuesta


def _direcciones(app: str, datos: str) -> dict[str, str]:
    return {"app": f"{app}/", "datos": f"{datos}/", "campo": f"{app}/campo/", "panel": f"{app}/panel/"}


def _servir(instalacion: Instalacion, direccion: str, puerto: int, puerto_datos: int, sin_datos: bool = False) -> None:
    conexion.verificar(instalacion.privada)
    compartida.recoger(instalacion.datos, instalacion.carpeta_publica)
    if not instalacion.publica.exists():
        _escribir_lo_publicado(instalacion)
    publicador = EnSegundoPlano(instalacion)

    def al_empezar(app: str, publicos: str | None) -> None:
        publicador.portal = f"{publicos}/" if publicos else None
        _presentar(instalacion, app, publicos)

    if sin_datos:
        _alistar_datos(instalacion)
    servicio.servir(
        instalacion,
        publicador=publicador,
        direccion=direccion,
        puerto=puerto,
        puerto_datos=puerto_datos,
        orden_datos=None if sin_datos else lambda libre: _orden_datos(instalacion, libre),
        ambiente={} if sin_datos else lanzar.entorno(ruta_publica=instalacion.publica),
        al_empezar=al_empezar,
    )


def _escribir_lo_publicado(instalacion: Instalacion) -> None:
    """Falta el archivo público: se rehace del libro. Si no se puede se dice, y se registra igual."""
    try:
        try:
            escritura.escribir(instalacion.privada, instalacion.publica)
        except ErrorPublicacion as error:
            decir(f"Aviso: los datos publicados no se pudieron escribir y no se verán. {error.mensaje}")
            escritura.escribir_vacia(instalacion.publica)
    except ErrorPublicacion as error:
        raise Fallo(error.mensaje, error.que_hacer) from error


def _orden_datos(instalacion: Instalacion, puerto: int) -> list[str]:
    _alistar_datos(instalacion)
    return lanzar.orden_alistada(instalacion.publica, puerto)


def _alistar_datos(instalacion: Instalacion) -> None:
    """Datasette dice quién publica y si los buscadores pueden mostrarlo, como está en los ajustes al arrancar."""
    with closing(conexion.abrir(instalacion.privada, solo_lectura=True)) as db:
        fuente = ajustes.leer(db, "oficina")
        buscadores = ajustes.leer(db, "buscadores") == "si"
    lanzar.alistar(instalacion.publica, fuente=fuente, buscadores=buscadores)


def _presentar(instalacion: Instalacion, app: str, datos: str | None) -> None:
    """Las direcciones y, si es la demostración, sus cuentas y el QR del evento de hoy."""
    decir()
    decir(f"  Asistentes      {app}/")
    decir(f"  Panel           {app}/panel/")
    decir(f"  Promotoras      {app}/campo/")
    decir(f"  Datos públicos  {datos}/" if datos else "  Datos públicos  los atiende «jornada datos»")
    if demostracion.es_demo(instalacion):
        if datos:
            demostracion.anotar_direcciones(instalacion, _direcciones(app, datos))
        contenido = demostracion.leer(instalacion)
        cartel = f"{app}/{contenido['clave']}"
        decir("\n  DEMOSTRACIÓN: todos los datos son inventados. Cuentas para entrar:")
        for cuenta in contenido["cuentas"]:
            decir(f"    {cuenta['usuario']:<10} {cuenta['contrasena']:<16} ({cuenta['rol']})")
        decir(f"  Los nombres se abren en el panel con la frase: {demostracion.FRASE}")
        decir(f"\n  Evento abierto hoy: {cartel}\n")
        decir(servicio.qr_en_texto(cartel))
    decir("Para cerrar: Ctrl-C")


if __name__ == "__main__":
    principal(prog_name="jornada")
