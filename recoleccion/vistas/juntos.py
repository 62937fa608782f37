"""Un guion con todos los módulos que importa, en un solo archivo: en mala señal cada petición cuesta un viaje.

``construir.py`` los deja armados y con nombres de una letra en ``static/armado/``. Si algo cambió desde entonces, o
nadie lo ha corrido, se juntan aquí al servir: pesa un tercio más, hace lo mismo y nunca es algo viejo. Cada módulo
queda en su propia función, así que dos pueden usar el mismo nombre.
"""

import hashlib
import json
import re
from pathlib import Path

ENTRADAS = (
    "asistente/asistente.js", "encuesta/calculos.js", "encuesta/calculos_con_fechas.js", "encuesta/condiciones.js",
    "encuesta/pagina.js", "encuesta/prestado.js", "encuesta/reglas_una_a_una.js", "encuesta/una_a_una.js",
)  # fmt: skip
"""Los que se piden solos, desde ``static/js/``; los demás se sirven de uno en uno."""
_DIRECCIONES = tuple(f"/js/{entrada}" for entrada in ENTRADAS)
_vistos: dict[Path, tuple[list[Path], list[int]]] = {}
"""Lo hallado y de cuándo era cada archivo: las páginas preguntan por su huella cada vez."""
_IMPORTA = re.compile(r'^import (?:\{([^}]*)\} from )?"(\.[^"]+)";\n', re.MULTILINE)
_EXPORTA = re.compile(r"^export (?:async )?(?:function|class|const) (\w+)", re.MULTILINE)


def archivos(ruta: Path) -> list[Path]:
    """Los que forman lo que se sirve: cada uno después de los que importa, y ``ruta`` al final."""
    if not ruta.as_posix().endswith(_DIRECCIONES):
        return [ruta]
    antes = _vistos.get(ruta)
    if antes is None or antes[1] != _cuando(antes[0]):
        rutas = _seguir(ruta)
        _vistos[ruta] = antes = (rutas, _cuando(rutas))
    return antes[0]


def _cuando(rutas: list[Path]) -> list[int]:
    return [ruta.stat().st_mtime_ns if ruta.is_file() else 0 for ruta in rutas]


def _seguir(ruta: Path) -> list[Path]:
    hallados: dict[Path, None] = {}

    def bajar(modulo: Path) -> None:
        if modulo not in hallados:
            for _, otro in _IMPORTA.findall(modulo.read_text("utf-8")):
                bajar((modulo.parent / otro).resolve())
            hallados[modulo] = None

    bajar(ruta.resolve())
    return list(hallados)


def de_que_depende(ruta: Path) -> list[Path]:
    """Los archivos que, si cambian, cambian lo que se sirve."""
    rutas = archivos(ruta)
    marca = _carpeta(ruta)[1] / "fuentes.json"
    return [*rutas, marca] if len(rutas) > 1 and marca.is_file() else rutas


def _carpeta(ruta: Path) -> tuple[Path, Path]:
    """La de los guiones y la de los armados."""
    js = next((padre for padre in ruta.parents if padre.name == "js"), ruta.parent)
    return js, js.parent / "armado"


def armado(ruta: Path) -> bytes | None:
    """Lo que dejó ``construir.py``, si salió de los módulos que hay ahora."""
    if not ruta.as_posix().endswith(_DIRECCIONES):
        return None
    js, carpeta = _carpeta(ruta)
    try:
        de_que = json.loads((carpeta / "fuentes.json").read_text("ascii"))["fuentes"]
        al_dia = all(de_que.get(_nombre(otra, js)) == _huella(otra) for otra in archivos(ruta))
        return (carpeta / ruta.relative_to(js)).read_bytes() if al_dia else None
    except (OSError, ValueError):  # nadie lo ha corrido, o lo está corriendo
        return None


def _nombre(ruta: Path, js: Path) -> str:
    return ruta.relative_to(js.resolve()).as_posix()


def _huella(ruta: Path) -> str:
    return hashlib.sha256(ruta.read_bytes()).hexdigest()


def leer(rutas: list[Path]) -> str:
    """El texto de lo que da :func:`archivos`. Lo que exporta el último es lo que exporta todo."""
    numero = {ruta: n for n, ruta in enumerate(rutas)}

    def traer(ruta: Path) -> str:
        def de_donde(halla: re.Match[str]) -> str:
            nombres = re.sub(r"(\w+) as (\w+)", r"\1: \2", halla[1] or "")
            return f"const {{{nombres}}} = _{numero[(ruta.parent / halla[2]).resolve()]};\n" if nombres else ""

        return _IMPORTA.sub(de_donde, ruta.read_text("utf-8"))

    partes = []
    for ruta in rutas[:-1]:
        texto = traer(ruta)
        dados = ", ".join(_EXPORTA.findall(texto))
        adentro = re.sub(r"^export ", "", texto, flags=re.MULTILINE)
        partes.append(f"const _{numero[ruta]} = (() => {{\n{adentro}\nreturn {{ {dados} }};\n}})();\n")
    return "".join([*partes, traer(rutas[-1])])
