"""Un guion con todos los módulos que importa, en un solo archivo: en mala señal cada petición cuesta un viaje.

Se juntan al servir, desde los mismos archivos que revisan ``tsc`` y las pruebas: no hay nada que empacar ni que se
quede viejo. Cada módulo queda en su propia función, así que dos pueden usar el mismo nombre.
"""

import re
from pathlib import Path

ENTRADAS = (
    "asistente/asistente.js", "encuesta/condiciones.js", "encuesta/pagina.js", "encuesta/prestado.js",
    "encuesta/una_a_una.js",
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
