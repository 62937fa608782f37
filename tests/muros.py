"""Los muros entre cuartos: qué puede importar cada carpeta y dónde vive el SQL. Lo usa ``test_arquitectura``."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAQUETES = ("formularios", "recoleccion", "publicacion")


@dataclass(frozen=True)
class Cuarto:
    """Un cuarto: los módulos que empiezan con ``prefijo`` y lo único que pueden importar.

    La biblioteca estándar se permite siempre, menos ``sqlite3`` (sólo con ``sqlite=True``).
    """

    prefijo: str
    ajenos: frozenset[str]
    propios: frozenset[str]
    excepto: frozenset[str] = frozenset()
    sqlite: bool = False
    sql: bool = False


def _cuarto(
    prefijo: str, ajenos: str = "", propios: str = "", *, excepto: str = "", sqlite: bool = False, sql: bool = False
) -> Cuarto:
    return Cuarto(
        prefijo, frozenset(ajenos.split()), frozenset(propios.split()), frozenset(excepto.split()), sqlite, sql
    )


PURO = "recoleccion.reglas recoleccion.protocolo formularios.catalogos formularios.ficha"
COMUN = (
    "recoleccion.reglas recoleccion.protocolo recoleccion.sellado recoleccion.errores recoleccion.fechas formularios"
    " recoleccion.palabras_secretas"
)
PUERTA = (
    "recoleccion.cli recoleccion.cli_analista recoleccion.cli_censo recoleccion.cli_encuesta"
    " recoleccion.cli_localidades recoleccion.cli_publicar recoleccion.cli_verificar recoleccion.cli_entrada"
    " recoleccion.cli_respaldo recoleccion.cli_replica"
    " recoleccion.cli_cuenta recoleccion.cli_retencion"
    " recoleccion.cli_instalar recoleccion.cli_datos recoleccion.instalar"
    " recoleccion.publicador recoleccion.ensayos recoleccion.demo recoleccion.servir recoleccion.consola"
)

# En orden: el primer prefijo que casa manda.
CUARTOS = (
    _cuarto("formularios.expresiones"),
    _cuarto("formularios.xlsform", "pyxform openpyxl", "formularios"),
    _cuarto("formularios.tabla", "openpyxl", "formularios"),
    _cuarto("formularios", "wtforms markupsafe", "formularios"),
    _cuarto("recoleccion.reglas", "", PURO),
    _cuarto("recoleccion.protocolo", "", PURO),
    _cuarto("recoleccion.sellado", "cryptography"),
    _cuarto("recoleccion.errores_seguridad"),
    _cuarto("recoleccion.errores", "", "recoleccion.errores_seguridad"),
    _cuarto("recoleccion.intentos"),
    _cuarto("recoleccion.avalancha"),
    _cuarto("recoleccion.retos"),
    _cuarto("recoleccion.totp", "pyotp"),
    _cuarto("recoleccion.llave_webauthn", "webauthn"),
    _cuarto("recoleccion.palabras_secretas", "mnemonic"),
    _cuarto("recoleccion.fechas"),
    _cuarto("recoleccion.calendario", "", "recoleccion.reglas recoleccion.fechas formularios.catalogos"),
    _cuarto("recoleccion.fotos", "PIL", "recoleccion.errores"),
    _cuarto("recoleccion.instalacion", "", "recoleccion.sellado recoleccion.errores formularios"),
    _cuarto(
        "recoleccion.consultas",
        "sqlite_utils pysqlite3 argon2 cryptography",
        f"recoleccion.consultas {COMUN}",
        sqlite=True,
        sql=True,
    ),
    _cuarto(
        "recoleccion.vistas",
        "flask flask_wtf flask_compress brotli rcssmin rjsmin wtforms werkzeug markupsafe sqlite_utils itsdangerous",
        "recoleccion formularios",
        excepto=PUERTA,
    ),
    _cuarto(
        "recoleccion.aplicacion",
        "flask flask_wtf flask_compress werkzeug markupsafe jinja2",
        "recoleccion formularios",
        excepto=PUERTA,
    ),
    _cuarto("recoleccion.informes", "", "recoleccion.informes recoleccion.fechas"),
    _cuarto("recoleccion.hojas", "xlsxwriter", "recoleccion.hojas recoleccion.informes recoleccion.fechas"),
    _cuarto("recoleccion.impresos", "reportlab qrcode PIL", f"recoleccion.impresos recoleccion.informes {COMUN}"),
    _cuarto("recoleccion.openrosa", "", "recoleccion.openrosa recoleccion.errores recoleccion.fechas formularios"),
    _cuarto(
        "recoleccion.informar",
        "sqlite_utils",
        f"recoleccion.consultas recoleccion.informes recoleccion.instalacion {COMUN}",
    ),
    _cuarto("recoleccion.preparar", "sqlite_utils", f"recoleccion.consultas recoleccion.instalacion {COMUN}"),
    _cuarto(
        "recoleccion.revisar",
        "sqlite_utils",
        f"recoleccion.consultas recoleccion.instalacion recoleccion.respaldos {COMUN}",
    ),
    _cuarto(
        "recoleccion.respaldos",
        "sqlite_utils pyrage filelock cryptography",
        f"recoleccion.consultas recoleccion.instalacion recoleccion.palabras_secretas {COMUN}",
    ),
    _cuarto("recoleccion.consola", "click sqlite_utils", "recoleccion.errores formularios.catalogos"),
    _cuarto("recoleccion.cuerpos", "waitress"),
    _cuarto(
        "recoleccion.servir", "waitress qrcode filelock flask", "recoleccion formularios", excepto="recoleccion.cli"
    ),
    _cuarto("recoleccion.demo", "sqlite_utils PIL", "recoleccion formularios", excepto="recoleccion.cli"),
    _cuarto("recoleccion.publicador", "sqlite_utils filelock", "recoleccion formularios publicacion"),
    _cuarto("recoleccion.ensayos", "sqlite_utils", "recoleccion formularios publicacion"),
    _cuarto("recoleccion.cli_publicar", "click", "recoleccion formularios publicacion"),
    _cuarto("recoleccion.cli_censo", "click", "recoleccion publicacion"),
    _cuarto("recoleccion.cli_encuesta", "click sqlite_utils", "recoleccion formularios"),
    _cuarto("recoleccion.cli_localidades", "click", "recoleccion formularios"),
    _cuarto("recoleccion.cli_analista", "click sqlite_utils", "recoleccion publicacion"),
    _cuarto("recoleccion.cli_entrada", "click", "recoleccion"),
    _cuarto("recoleccion.cli_respaldo", "click pyrage", "recoleccion"),
    _cuarto("recoleccion.cli_retencion", "click sqlite_utils", "recoleccion"),
    _cuarto("recoleccion.cli_replica", "click", "recoleccion"),
    _cuarto("recoleccion.cli_instalar", "click", "recoleccion.consola recoleccion.instalar"),
    _cuarto("recoleccion.cli_datos", "click", "recoleccion.consola publicacion.lanzar"),
    _cuarto("recoleccion.instalar"),
    _cuarto("recoleccion.cli_cuenta", "click", "recoleccion"),
    _cuarto("recoleccion.cli_verificar", "click", "recoleccion"),
    _cuarto("recoleccion.cli", "click sqlite_utils", "recoleccion formularios publicacion"),
    _cuarto("publicacion.proteccion", "numpy", "publicacion"),
    _cuarto("publicacion.auditoria", "highspy numpy", "publicacion"),
    _cuarto(
        "publicacion",
        "sqlite_utils datasette itsdangerous numpy jinja2 markupsafe pluggy openpyxl arro3",
        "publicacion",
        sqlite=True,
        sql=True,
    ),
    _cuarto("recoleccion"),
)

_SQL = re.compile(
    r"\b(SELECT\s.+\bFROM\b|INSERT\s+(OR\s+\w+\s+)?INTO\b|UPDATE\s+\w+\s+SET\b|DELETE\s+FROM\b|REPLACE\s+INTO\b"
    r"|(CREATE|DROP|ALTER)\s+(TABLE|VIEW|INDEX|TRIGGER|VIRTUAL)\b|PRAGMA\s+\w+|BEGIN\s+IMMEDIATE\b|VACUUM\s+INTO\b)",
    re.IGNORECASE | re.DOTALL,
)
_EJECUTAN = {"execute", "executemany", "executescript", "query", "rows_where", "insert_all", "upsert", "delete_where"}


def violaciones(raiz: Path) -> list[str]:
    """Cada muro roto bajo ``raiz``, como «archivo:línea: qué»; vacía si todos están en pie."""
    rotas = []
    for paquete in PAQUETES:
        for archivo in sorted((raiz / paquete).rglob("*.py")):
            rotas += [f"{archivo.relative_to(raiz)}:{linea}: {que}" for linea, que in _de_un_archivo(archivo, raiz)]
    return rotas


def _de_un_archivo(archivo: Path, raiz: Path) -> Iterator[tuple[int, str]]:
    partes = archivo.relative_to(raiz).with_suffix("").parts
    es_paquete = partes[-1] == "__init__"
    modulo = ".".join(partes[:-1] if es_paquete else partes)
    cuarto = next(c for c in CUARTOS if _dentro(modulo, c.prefijo))
    arbol = ast.parse(archivo.read_text("utf-8"), str(archivo))
    for linea, importado in _importados(arbol, modulo if es_paquete else modulo.rpartition(".")[0]):
        if not _permitido(importado, cuarto):
            yield linea, f"{modulo} no puede importar {importado}"
    if not cuarto.sql:
        for linea, que in _sql(arbol):
            yield linea, f"{modulo} no puede llevar SQL: {que}"


def _importados(arbol: ast.AST, paquete: str) -> Iterator[tuple[int, str]]:
    """Todo lo que se importa, también dentro de funciones, bajo TYPE_CHECKING o con import_module."""
    for nodo in ast.walk(arbol):
        if isinstance(nodo, ast.Import):
            yield from ((nodo.lineno, alias.name) for alias in nodo.names)
        elif isinstance(nodo, ast.ImportFrom):
            base = nodo.module or ""
            if nodo.level:
                arriba = paquete.split(".")[: len(paquete.split(".")) - nodo.level + 1]
                base = ".".join([*arriba, *([nodo.module] if nodo.module else [])])
            # «from . import x» puede traer un módulo: se juzga con todo y nombre si es nuestro.
            propios = base.split(".")[0] in PAQUETES
            yield from ((nodo.lineno, f"{base}.{alias.name}" if propios else base) for alias in nodo.names)
        elif isinstance(nodo, ast.Call) and _nombre(nodo.func) in {"import_module", "__import__"} and nodo.args:
            primero = nodo.args[0]
            if isinstance(primero, ast.Constant) and isinstance(primero.value, str):
                yield nodo.lineno, primero.value


def _permitido(importado: str, cuarto: Cuarto) -> bool:
    raiz = importado.split(".")[0]
    if raiz == "sqlite3":
        return cuarto.sqlite
    if raiz in PAQUETES:
        if any(_dentro(importado, e) for e in cuarto.excepto):
            return False
        return any(_dentro(importado, p) for p in cuarto.propios) or _dentro(importado, cuarto.prefijo)
    return raiz in sys.stdlib_module_names or raiz in cuarto.ajenos


def _sql(arbol: ast.Module) -> Iterator[tuple[int, str]]:
    explican = {
        id(n.value) for n in ast.walk(arbol) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)
    }  # docstrings
    for nodo in ast.walk(arbol):
        if id(nodo) in explican:
            continue
        if isinstance(nodo, ast.Constant) and isinstance(nodo.value, str) and (halla := _SQL.search(nodo.value)):
            yield nodo.lineno, halla.group()[:40]
        elif isinstance(nodo, ast.Call) and isinstance(nodo.func, ast.Attribute) and nodo.func.attr in _EJECUTAN:
            yield nodo.lineno, f".{nodo.func.attr}()"


def _nombre(funcion: ast.expr) -> str:
    if isinstance(funcion, ast.Attribute):
        return funcion.attr
    return funcion.id if isinstance(funcion, ast.Name) else ""


def _dentro(modulo: str, prefijo: str) -> bool:
    return modulo == prefijo or modulo.startswith(prefijo + ".")
