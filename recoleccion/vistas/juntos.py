"""Un guion con todos los módulos que importa, en un solo archivo: en mala señal cada petición cuesta un viaje.

``construir.py`` los deja armados y con nombres de una letra en ``static/armado/``. Si algo cambió desde entonces, o
nadie lo ha corrido, se juntan aquí al servir: pesa un tercio más, hace lo mismo y nunca es algo viejo. Cada módulo
queda en su propia función, así que dos pueden usar el mismo nombre.

La página de una asistente con reglas pide un solo guion, hecho de lo que su encuesta usa y nada más:
``encuesta/reglas-pasos-orden.js`` no es un archivo; es la página, el motor, los pasos y el orden (:data:`CON_REGLAS`).
Armado hay uno solo, con todo y con marcas; al servir se le quita lo que sobra (:func:`sin_lo_demas`).
"""

import hashlib
import json
import re
from itertools import combinations
from pathlib import Path

RASGOS = {
    "patrones": ("patrones.js",),
    "raras": ("raras.js",),
    "fechas": ("fechas.js",),
    "tipos": ("leer_hora.js",),
    "cuentas": (),
    "ingles": (),
    "pasos": ("pasos.js",),
    "vueltas": ("vueltas.js",),
    "orden": ("leer_orden.js", "orden.js"),
}
"""Lo que una encuesta puede usar además de lo de siempre, y qué módulos lo traen. ``cuentas`` son operaciones de
``expresiones.js``; ``ingles``, lo que va entre ``// <ingles`` y ``// >ingles``."""
CUENTAS = frozenset((
    "+", "-", "*", "div", "mod", "neg", "concat", "contains", "count", "count-selected", "if", "int", "jr:choice-name",
    "now", "number", "once", "position", "starts-with", "string", "string-length", "sum", "today",
))  # fmt: skip


def _escribir(suyos: tuple[str, ...]) -> str:
    """El guion de una página con reglas que usa esos rasgos."""
    modulos = (modulo for rasgo in suyos for modulo in RASGOS[rasgo])
    return "\n".join([
        'import "../asistente/asistente.js";', *(f'import "./{modulo}";' for modulo in modulos),
        'import { alLlegar } from "./llegar.js";', 'import { motor } from "./motor.js";',
        'import { Recorrido } from "./recorrido.js";', 'import { animar } from "./viva.js";',
        "motor.Recorrido = Recorrido;", "alLlegar((caja) => animar(caja, {}));",
        "export { Recorrido }; // para las pruebas", "",
    ])  # fmt: skip


CON_REGLAS = {
    f"encuesta/{'-'.join(('reglas', *suyos))}.js": suyos
    for n in range(len(RASGOS) + 1)
    for suyos in combinations(RASGOS, n)
}
"""Los guiones que no son archivos: su dirección desde ``static/js/`` y sus rasgos."""
COMPLETO = "encuesta/reglas.js"
"""El que ``construir.py`` arma con todos los rasgos, cada uno entre marcas: de él se quitan los que no se usan."""
COMPLETO_TEXTO = _escribir(tuple(RASGOS))
ARMADOS = ("asistente/asistente.js", "encuesta/pagina.js", "encuesta/prestado.js", "encuesta/una_a_una.js", COMPLETO)
ENTRADAS = (*ARMADOS[:-1], *CON_REGLAS)
"""Los que se piden solos, desde ``static/js/``; los demás se sirven de uno en uno."""
_DIRECCIONES = tuple(f"/js/{entrada}" for entrada in ENTRADAS)
_vistos: dict[Path, tuple[list[Path], list[int]]] = {}
"""Lo hallado y de cuándo era cada archivo: las páginas preguntan por su huella cada vez."""
_MARCA = re.compile(r'\$_\("[<>]\w+"\);')
_CUENTA = re.compile(rf'case"(?:{"|".join(map(re.escape, sorted(CUENTAS)))})":return[^;{{}}]*;')
_IMPORTA = re.compile(r'^import (?:\{([^}]*)\} from )?"(\.[^"]+)";\n', re.MULTILINE)
_EXPORTA = re.compile(r"^export (?:async )?(?:function|class|const) (\w+)", re.MULTILINE)


def se_sirve(ruta: Path) -> bool:
    """Se pide solo, sea un archivo o uno de :data:`CON_REGLAS`."""
    return ruta.as_posix().endswith(_DIRECCIONES)


def _sin_archivo(ruta: Path) -> str | None:
    """El texto de uno de :data:`CON_REGLAS`; ``None`` si es un archivo."""
    suyos = _rasgos(ruta)
    return None if suyos is None else _escribir(suyos)


def _rasgos(ruta: Path) -> tuple[str, ...] | None:
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
    rasgos = _rasgos(ruta)
    try:
        de_que = json.loads((carpeta / "fuentes.json").read_text("ascii"))["fuentes"]
        if rasgos is None:
            al_dia = all(de_que.get(_nombre(otra, js)) == _huella(otra) for otra in archivos(ruta))
            return (carpeta / ruta.relative_to(js)).read_bytes() if al_dia else None
        al_dia = de_que.get(COMPLETO) == hashlib.sha256(COMPLETO_TEXTO.encode()).hexdigest()
        al_dia = al_dia and all(de_que.get(_nombre(otra, js)) == _huella(otra) for otra in archivos(ruta)[:-1])
        return sin_lo_demas((carpeta / COMPLETO).read_text("utf-8"), rasgos).encode() if al_dia else None
    except (OSError, ValueError):  # nadie lo ha corrido, o lo está corriendo
        return None


def marcar(nombre: str, texto: str) -> str:
    """Un módulo con sus marcas, para armarlo: ``construir.py`` las deja en el guion completo."""
    texto = re.sub(r"^// ([<>])(\w+)$", r'$_("\1\2");', texto, flags=re.MULTILINE)
    rasgo = next((rasgo for rasgo, modulos in RASGOS.items() if nombre in modulos), None)
    if rasgo is None:
        return texto
    importa = list(_IMPORTA.finditer(texto))
    aqui = importa[-1].end() if importa else 0
    return f'{texto[:aqui]}$_("<{rasgo}");\n{texto[aqui:]}$_(">{rasgo}");\n'


def sin_marcas(guion: str) -> str:
    return _MARCA.sub("", guion)


def sin_lo_demas(guion: str, rasgos: tuple[str, ...]) -> str:
    """El guion completo sin lo que esos rasgos no usan."""
    for rasgo in RASGOS:
        if rasgo not in rasgos:
            guion = re.sub(rf'\$_\("<{rasgo}"\);.*?\$_\(">{rasgo}"\);', "", guion, flags=re.DOTALL)
    return sin_marcas(guion if "cuentas" in rasgos else _CUENTA.sub("", guion))


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
