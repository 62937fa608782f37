"""Un guion con todos los módulos que importa, en un solo archivo: en mala señal cada petición cuesta un viaje.

``construir.py`` los deja armados y con nombres de una letra en ``static/armado/``. Si algo cambió desde entonces, o
nadie lo ha corrido, se juntan aquí al servir: pesa un tercio más, hace lo mismo y nunca es algo viejo. Cada módulo
queda en su propia función, así que dos pueden usar el mismo nombre.

La página de una asistente con reglas pide un solo guion, hecho de lo que su encuesta usa y nada más:
``encuesta/reglas-pasos-orden.js`` no es un archivo; es la página, el motor, los pasos y el orden (:data:`CON_REGLAS`).
"""

import hashlib
import json
import re
from itertools import combinations
from pathlib import Path

RASGOS = {
    "raras": ('import "./raras.js";', ""),
    "fechas": ('import "./fechas.js";', ""),
    "tipos": ('import "./tipos.js";', ""),
    "pasos": ('import { Pasos } from "./pasos.js";', "Pasos"),
    "vueltas": (
        'import { aLaVista, acomodarBotones, botones, juntar } from "./vueltas.js";',
        "aLaVista, acomodarBotones, botones, juntar",
    ),
    "orden": (
        'import "./leer_orden.js";\nimport { desmarcarDeOrden, ordenar } from "./orden.js";',
        "desmarcarDeOrden, ordenar",
    ),
}
"""Lo que una encuesta puede usar además de lo de siempre: qué módulo lo trae y qué le da al motor."""


def _escribir(suyos: tuple[str, ...]) -> str:
    """El guion de una página con reglas que usa esos rasgos."""
    de_donde = [RASGOS[rasgo][0] for rasgo in suyos]
    motor = ["Recorrido", *filter(None, (RASGOS[rasgo][1] for rasgo in suyos))]
    if "vueltas" not in suyos:
        motor.append("juntar: () => []")
    return "\n".join([
        'import "../asistente/asistente.js";', *de_donde, 'import { alLlegar } from "./llegar.js";',
        'import { Recorrido } from "./recorrido.js";', 'import { animar } from "./viva.js";',
        f"const motor = {{ {', '.join(motor)} }};", "alLlegar((caja) => animar(caja, {}, motor));",
        "export { Recorrido }; // para las pruebas", "",
    ])  # fmt: skip


CON_REGLAS = {
    f"encuesta/{'-'.join(('reglas', *suyos))}.js": _escribir(suyos)
    for n in range(len(RASGOS) + 1)
    for suyos in combinations(RASGOS, n)
}
"""Los guiones que no son archivos: su dirección desde ``static/js/`` y su texto."""
ENTRADAS = (
    "asistente/asistente.js", "encuesta/pagina.js", "encuesta/prestado.js", "encuesta/una_a_una.js", *CON_REGLAS,
)  # fmt: skip
"""Los que se piden solos, desde ``static/js/``; los demás se sirven de uno en uno."""
_DIRECCIONES = tuple(f"/js/{entrada}" for entrada in ENTRADAS)
_vistos: dict[Path, tuple[list[Path], list[int]]] = {}
"""Lo hallado y de cuándo era cada archivo: las páginas preguntan por su huella cada vez."""
_IMPORTA = re.compile(r'^import (?:\{([^}]*)\} from )?"(\.[^"]+)";\n', re.MULTILINE)
_EXPORTA = re.compile(r"^export (?:async )?(?:function|class|const) (\w+)", re.MULTILINE)


def se_sirve(ruta: Path) -> bool:
    """Se pide solo, sea un archivo o uno de :data:`CON_REGLAS`."""
    return ruta.as_posix().endswith(_DIRECCIONES)


def _sin_archivo(ruta: Path) -> str | None:
    """El texto de uno de :data:`CON_REGLAS`; ``None`` si es un archivo."""
    return CON_REGLAS.get(f"{ruta.parent.name}/{ruta.name}")


def _texto(ruta: Path) -> str:
    return _sin_archivo(ruta) or ruta.read_text("utf-8")


def archivos(ruta: Path) -> list[Path]:
    """Los que forman lo que se sirve: cada uno después de los que importa, y ``ruta`` al final."""
    if not se_sirve(ruta):
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
            for _, otro in _IMPORTA.findall(_texto(modulo)):
                bajar((modulo.parent / otro).resolve())
            hallados[modulo] = None

    bajar(ruta.resolve())
    return list(hallados)


def de_que_depende(ruta: Path) -> list[Path]:
    """Los archivos que, si cambian, cambian lo que se sirve."""
    rutas = archivos(ruta)
    marca = _carpeta(ruta)[1] / "fuentes.json"
    de_verdad = rutas[:-1] if _sin_archivo(ruta) else rutas
    return [*de_verdad, marca] if len(rutas) > 1 and marca.is_file() else de_verdad


def _carpeta(ruta: Path) -> tuple[Path, Path]:
    """La de los guiones y la de los armados."""
    js = next((padre for padre in ruta.parents if padre.name == "js"), ruta.parent)
    return js, js.parent / "armado"


def armado(ruta: Path) -> bytes | None:
    """Lo que dejó ``construir.py``, si salió de los módulos que hay ahora."""
    if not se_sirve(ruta):
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
    return hashlib.sha256(_texto(ruta).encode()).hexdigest()


def leer(rutas: list[Path]) -> str:
    """El texto de lo que da :func:`archivos`. Lo que exporta el último es lo que exporta todo."""
    numero = {ruta: n for n, ruta in enumerate(rutas)}

    def traer(ruta: Path) -> str:
        def de_donde(halla: re.Match[str]) -> str:
            nombres = re.sub(r"(\w+) as (\w+)", r"\1: \2", halla[1] or "")
            return f"const {{{nombres}}} = _{numero[(ruta.parent / halla[2]).resolve()]};\n" if nombres else ""

        return _IMPORTA.sub(de_donde, _texto(ruta))

    partes = []
    for ruta in rutas[:-1]:
        texto = traer(ruta)
        dados = ", ".join(_EXPORTA.findall(texto))
        adentro = re.sub(r"^export ", "", texto, flags=re.MULTILINE)
        partes.append(f"const _{numero[ruta]} = (() => {{\n{adentro}\nreturn {{ {dados} }};\n}})();\n")
    return "".join([*partes, traer(rutas[-1])])
