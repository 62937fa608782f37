"""La consola en español: lo que ``click`` dice por su cuenta y cómo se cuenta un error o un avance.

``click`` traduce con ``gettext`` y no trae español. En vez de un catálogo binario, aquí está su texto en una
tabla; ``tests/test_cli.py`` falla si una versión nueva de click dice algo que no está en ella.
"""

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlite_utils.utils import sqlite3

from formularios.catalogos import ErrorCatalogo

from .errores import ErrorJornada

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

ESPANOL = {
    "Usage:": "Uso:",
    "Options": "Opciones",
    "Commands": "Órdenes",
    "Positional arguments": "Argumentos",
    "Aborted!": "Se canceló.",
    "required": "obligatorio",
    "deprecated": "en desuso",
    "default: {default}": "si no se dice: {default}",
    "(dynamic)": "(según el caso)",
    "env var: {var}": "variable: {var}",
    "Show this message and exit.": "Muestra esta ayuda y termina.",
    "Show the version and exit.": "Dice la versión y termina.",
    "%(prog)s, version %(version)s": "%(prog)s, versión %(version)s",
    "Try '{command} {option}' for help.": "Para ver la ayuda: {command} {option}",
    "Error: {message}": "No se pudo: {message}",
    "Error: invalid input": "No se pudo: eso no sirve aquí.",
    "Error: The two entered values do not match.": "Las dos no son iguales. Escríbala otra vez.",
    "Repeat for confirmation": "Escríbala otra vez",
    "Do you want to continue?": "¿Quiere seguir?",
    "Confirm the action without prompting.": "Lo confirma sin preguntar.",
    "Press any key to continue...": "Oprima una tecla para seguir...",
    "Missing command.": "Falta decir la orden.",
    "Missing argument": "Falta el argumento",
    "Missing option": "Falta la opción",
    "Missing parameter": "Falta",
    "Missing parameter: {param_name}": "Falta {param_name}",
    "Missing {param_type}": "Falta {param_type}",
    "No such option {name!r}.": "No hay una opción «{name}».",
    "No such option: {name}": "No hay una opción «{name}».",
    "No such command {name!r}.": "No hay una orden «{name}».",
    "Did you mean {possibility}?": "¿Quiso decir {possibility}?",
    "(Did you mean one of: {possibilities}?)": "(¿Quiso decir una de estas: {possibilities}?)",
    "(Possible options: {possibilities})": "(¿Quiso decir una de estas: {possibilities}?)",
    "Got unexpected extra argument ({args})": "Sobra un argumento ({args})",
    "Got unexpected extra arguments ({args})": "Sobran argumentos ({args})",
    "Invalid value: {message}": "El valor no sirve: {message}",
    "Invalid value for {param_hint}: {message}": "El valor de {param_hint} no sirve: {message}",
    "Value must be an iterable.": "Debe ser una lista de valores.",
    "Takes {nargs} values but 1 was given.": "Lleva {nargs} valores y se dio 1.",
    "Takes {nargs} values but {len} were given.": "Lleva {nargs} valores y se dieron {len}.",
    "{len_type} values are required, but {len_value} was given.": "Lleva {len_type} valores y se dio {len_value}.",
    "{len_type} values are required, but {len_value} were given.": "Lleva {len_type} valores y se dieron {len_value}.",
    "Option {name!r} does not take a value.": "La opción «{name}» no lleva valor.",
    "Option {name!r} requires an argument.": "A la opción «{name}» le falta su valor.",
    "Option {name!r} requires {nargs} arguments.": "La opción «{name}» lleva {nargs} valores.",
    "Argument {name!r} takes {nargs} values.": "El argumento «{name}» lleva {nargs} valores.",
    "Could not open file {filename!r}: {message}": "No se pudo abrir «{filename}»: {message}",
    "unknown error": "motivo desconocido",
    "file": "el archivo",
    "directory": "la carpeta",
    "path": "la ruta",
    "{name} {filename!r} does not exist.": "no existe «{filename}».",
    "{name} {filename!r} is a file.": "«{filename}» es un archivo.",
    "{name} {filename!r} is a directory.": "«{filename}» es una carpeta.",
    "{name} {filename!r} is not readable.": "no hay permiso de leer «{filename}».",
    "{name} {filename!r} is not writable.": "no hay permiso de escribir en «{filename}».",
    "{name} {filename!r} is not executable.": "no hay permiso de ejecutar «{filename}».",
    "Choose from:\n\t{choices}": "Elija entre:\n\t{choices}",
    "Choice({choices})": "una de ({choices})",
    "{value!r} is not {choice}.": "«{value}» no es {choice}.",
    "{value!r} is not one of {choices}.": "«{value}» no es una de {choices}.",
    "{value!r} is not a valid {number_type}.": "«{value}» no es un número.",
    "{value!r} is not a valid boolean. Recognized values: {states}": "«{value}» no es sí ni no. Se entiende: {states}",
    "{value!r} is not a valid UUID.": "«{value}» no es un identificador.",
    "{value} is not in the range {range}.": "{value} no está entre los permitidos ({range}).",
    "{value!r} does not match the format {format}.": "«{value}» no va en el formato {format}.",
    "{value!r} does not match the formats {formats}.": "«{value}» no va en ninguno de los formatos {formats}.",
}

MODULOS_DE_CLICK = ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")


def _una(texto: str) -> str:
    return ESPANOL.get(texto, texto)


def _una_o_varias(una: str, varias: str, n: int) -> str:
    return _una(una if n == 1 else varias)


def hablar_espanol() -> None:
    """Cambia el traductor de cada módulo de click por la tabla :data:`ESPANOL`."""
    for nombre in MODULOS_DE_CLICK:
        modulo = import_module(f"click.{nombre}")
        if hasattr(modulo, "_"):
            modulo._ = _una
        if hasattr(modulo, "ngettext"):
            modulo.ngettext = _una_o_varias


class Orden(click.Command):
    """Una orden cuyos errores se cuentan en una frase y qué hacer, sin la pila de llamadas."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("options_metavar", "[OPCIONES]")
        super().__init__(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ErrorJornada as error:
            raise Fallo(error.mensaje, error.que_hacer) from error
        except ErrorCatalogo as error:
            raise Fallo(f"Un catálogo no se puede usar. {error}", "Corrija el archivo y repita.") from error
        except sqlite3.Error as error:
            raise Fallo("La base de datos no se dejó leer o escribir.", f"Esto dijo: {error}") from error
        except OSError as error:
            raise Fallo(_en_palabras(error), "Revise el disco y los permisos de la carpeta, y repita.") from error


class Grupo(click.Group):
    """El grupo de órdenes, con los rótulos en español."""

    command_class = Orden

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("options_metavar", "[OPCIONES]")
        kwargs.setdefault("subcommand_metavar", "ORDEN [OPCIONES]...")
        super().__init__(*args, **kwargs)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Cada orden con su primera frase entera; click la corta con puntos suspensivos."""
        ordenes = [(nombre, self.commands[nombre]) for nombre in self.list_commands(ctx)]
        with formatter.section(_una("Commands")):
            formatter.write_dl([(nombre, orden.get_short_help_str(limit=200)) for nombre, orden in ordenes])


class Entero(click.IntRange):
    """Un número entre dos, dicho en palabras."""

    def _describe_range(self) -> str:
        return f"{self.min} o más" if self.max is None else f"de {self.min} a {self.max}"


class Fallo(click.ClickException):
    """Un error ya explicado: qué pasó y qué hacer. Termina con 1."""

    def __init__(self, mensaje: str, que_hacer: str = "") -> None:
        super().__init__(f"{mensaje}\n{que_hacer}".strip())

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


def _en_palabras(error: OSError) -> str:
    """El error del sistema sin su inglés: sólo los que de veras pasan en una oficina."""
    donde = f" ({error.filename})" if error.filename else ""
    frases: dict[type[OSError], str] = {
        PermissionError: "No hay permiso de leer o escribir ahí",
        FileNotFoundError: "No existe ese archivo o carpeta",
        FileExistsError: "Eso ya existe",
        NotADirectoryError: "Eso no es una carpeta",
        IsADirectoryError: "Eso es una carpeta, no un archivo",
    }
    if error.errno in {28, 112}:  # ENOSPC y su par de Windows
        return f"Ya no cabe nada en el disco{donde}."
    return f"{frases.get(type(error), 'El sistema no lo permitió')}{donde}."


def con_datos(funcion: F) -> F:
    """La opción ``--datos``, la misma en todas las órdenes."""
    return click.option(
        "--datos",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="JORNADA_DATOS",
        default=Path("datos"),
        metavar="CARPETA",
        help="Dónde están los datos de la oficina; si no se dice, ./datos o lo que diga JORNADA_DATOS.",
    )(funcion)


def decir(texto: str = "") -> None:
    """Una línea para quien opera."""
    click.echo(texto)


def confirmar(pregunta: str) -> None:
    """Sigue sólo con un «sí» escrito. :raises click.Abort: con cualquier otra cosa."""
    if click.prompt(f"{pregunta} [s/N]", default="n", show_default=False).strip().lower() not in ("s", "si", "sí"):
        raise click.Abort


def leer_texto(archivo: Path) -> str:
    """Lo que dice un archivo de texto. :raises Fallo: si no lo es."""
    try:
        return archivo.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise Fallo(f"{ruta_corta(archivo)} no es un archivo de texto.", "Revise que sea el que quería.") from error


def avance(cosas: Iterable[T], total: int, rotulo: str, cada_una: Callable[[T], None]) -> None:
    """Hace ``cada_una`` con todas las cosas y lo va mostrando; sin terminal, dice sólo el rótulo y el total."""
    with click.progressbar(cosas, length=total, label=f"{rotulo} ({total})", show_eta=False) as barra:
        for cosa in barra:
            cada_una(cosa)


def ruta_corta(ruta: Path) -> str:
    """La ruta como conviene leerla: relativa a donde se está, si se puede y no es la raíz de todo."""
    aqui = Path.cwd()
    if aqui == Path(aqui.anchor):
        return str(ruta.resolve())
    try:
        return str(ruta.resolve().relative_to(aqui))
    except ValueError:
        return str(ruta)


hablar_espanol()
