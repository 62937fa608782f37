"""Lo que en esta casa no se escribe, revisado sobre el árbol de cada archivo: reglas nuestras, de las que ruff no trae.

No instala nada, así que va en cada corrida; semgrep, que pesa 383 MB, va en ``make nocturna`` (``con_semgrep.py``).
Cada excepción dice dónde y por qué.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.seguridad.constantes import es_fijo

Hallazgo = tuple[int, str]
_SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|PRAGMA|CREATE|DROP|ALTER|VACUUM|ATTACH|FROM|WHERE|JOIN|VALUES)\b")

REVISADO = {
    ("recoleccion/consultas/bitacora.py", "donde"): "condiciones de _FILTROS unidas con AND; los valores van aparte",
    ("recoleccion/consultas/bitacora.py", "condiciones"): "lo mismo",
    ("recoleccion/consultas/asistencias.py", "columna"): "sexo, edad o modo, escritos en la función que la llama",
    ("recoleccion/consultas/poa.py", "columna"): "sale de CAMPOS",
    ("recoleccion/consultas/oficina.py", "catalogo"): "llave de _EN_CONTESTACIONES; si no está, no hay vuelta",
    ("recoleccion/consultas/poa.py", "columnas"): "_COLUMNAS o las de copiar, escritas ahí mismo",
    ("recoleccion/consultas/poa.py", "suyas"): "un texto escrito tres renglones antes",
    ("recoleccion/consultas/eventos.py", "columna"): "sede o facilitadora, en el mismo renglón",
    ("recoleccion/consultas/publicar.py", "tabla"): "de una lista escrita ahí mismo",
    ("recoleccion/consultas/derechos.py", "puesto"): "lo escriben las funciones de ese archivo",
    ("recoleccion/consultas/derechos.py", "donde"): "lo mismo",
    ("publicacion/obrero.py", "ajuste"): "de una lista escrita ahí mismo, con una cantidad nuestra",
    ("publicacion/esquema_publico.py", "separan"): "nombres de ejes de nuestro esquema",
    ("publicacion/ataques/archivo.py", "nombre"): "tablas del archivo que se revisa, de sólo lectura",
    ("publicacion/ataques/lectura.py", "tabla"): "lo mismo",
    ("publicacion/descargas.py", "nombre"): "tablas y vistas de nuestro esquema",
    ("publicacion/diferencia.py", "tabla"): "lo mismo",
    ("publicacion/escritura.py", "tabla"): "lo mismo",
    ("publicacion/esquema_publico.py", "nombre"): "lo mismo",
    ("publicacion/esquema_publico.py", "vista.sql"): "lo mismo",
    ("publicacion/esquema_publico.py", "eje"): "lo mismo",
    ("publicacion/extraccion.py", "vista"): "una de VISTAS",
}
"""Lo que entra en una sentencia sin ser un texto fijo a la vista, y por qué no puede traer nada de nadie."""


def _sql(nodo: ast.AST, archivo: str, arbol: ast.AST) -> Iterator[Hallazgo]:
    if isinstance(nodo, ast.JoinedStr):
        fijo = "".join(str(v.value) for v in nodo.values if isinstance(v, ast.Constant))
        if _SQL.search(fijo):
            for parte in nodo.values:
                if isinstance(parte, ast.FormattedValue) and not es_fijo(parte.value, arbol):
                    que = ast.unparse(parte.value)
                    if (archivo, que) not in REVISADO:
                        yield nodo.lineno, f"«{que}» dentro de una sentencia SQL: use un parámetro"
    elif isinstance(nodo, ast.BinOp | ast.Call):
        izquierda = nodo.left if isinstance(nodo, ast.BinOp) else getattr(nodo.func, "value", None)
        es_formato = isinstance(nodo, ast.BinOp) and isinstance(nodo.op, ast.Mod)
        es_formato = es_formato or (isinstance(nodo, ast.Call) and getattr(nodo.func, "attr", "") == "format")
        if es_formato and isinstance(izquierda, ast.Constant) and _SQL.search(str(izquierda.value)):
            yield nodo.lineno, "una sentencia SQL armada con % o format"


_PROHIBIDAS = {
    "eval": "ejecuta texto", "exec": "ejecuta texto", "os.system": "corre una orden de consola",
    "os.popen": "corre una orden de consola", "render_template_string": "hace plantilla de un texto",
    "from_string": "hace plantilla de un texto", "pickle.loads": "arma objetos de bytes ajenos",
    "pickle.load": "arma objetos de bytes ajenos", "marshal.loads": "arma objetos de bytes ajenos",
    "yaml.load": "arma objetos de texto ajeno", "hashlib.md5": "resumen roto", "hashlib.sha1": "resumen roto",
    "tempfile.mktemp": "otro puede poner ahí su archivo", "extractall": "puede salirse de su carpeta",
}  # fmt: skip
_CON_PERMISO = {
    "Markup": {
        "recoleccion/vistas/panel/impresos.py": "el SVG de un QR, que dibuja qrcode",
        "recoleccion/vistas/panel/acceso.py": "el SVG de un QR, que dibuja qrcode",
        "recoleccion/vistas/panel/telefonos.py": "el SVG de un QR, que dibuja qrcode",
        "recoleccion/vistas/estaticos.py": "la hoja de estilos, que es nuestra",
        "publicacion/plugin.py": "un texto fijo",
        "publicacion/portal/graficas.py": "SVG armado con cada texto ya escapado",
    },
    "send_from_directory": {"recoleccion/vistas/asistente.py": "el icono, con su nombre fijo"},
    "send_file": {},
    "Random": {},
}
"""Lo que sólo se llama donde se dice, y por qué ahí sí. En ``demo/`` el azar es de mentira a propósito."""


def _llamadas(nodo: ast.AST, archivo: str, _arbol: ast.AST) -> Iterator[Hallazgo]:
    if isinstance(nodo, ast.Call) and any(ast.unparse(dado) == "usedforsecurity=False" for dado in nodo.keywords):
        return  # el md5 que pide OpenRosa para saber si un formulario cambió
    if not isinstance(nodo, ast.Call):
        return
    nombre = ast.unparse(nodo.func)
    corto = nombre.rpartition(".")[2]
    for prohibida, por_que in _PROHIBIDAS.items():
        if nombre == prohibida or ("." not in prohibida and corto == prohibida and len(prohibida) > 5):
            yield nodo.lineno, f"{nombre}(): {por_que}"
    permitidas = _CON_PERMISO.get(corto)
    if permitidas is not None and archivo not in permitidas and not archivo.startswith("recoleccion/demo/"):
        yield nodo.lineno, f"{nombre}() fuera de donde se puede"
    if re.fullmatch(r"random\.(random|randint|choice|choices|shuffle|sample|randrange|getrandbits|uniform)", nombre):
        yield nodo.lineno, f"{nombre}(): azar que se adivina"
    for dado in nodo.keywords:
        if dado.arg == "shell" and not (isinstance(dado.value, ast.Constant) and dado.value.value is False):
            yield nodo.lineno, "shell=: la consola interpretaría lo que se le pase"
        if dado.arg in ("debug", "use_debugger") and ast.unparse(dado.value) == "True":
            yield nodo.lineno, f"{dado.arg}=True"
        if dado.arg == "verify" and ast.unparse(dado.value) == "False":
            yield nodo.lineno, "verify=False: no se sabría con quién se habla"


_ADONDE = re.compile(r"(?:\w+\.)?(?:url_for|destino_local|donde_empieza)\(")
_DESTINO_FIJO = {
    ("recoleccion/vistas/asistente.py", "direccion"): "url_for del mismo evento",
    ("recoleccion/vistas/asistente.py", "destino"): "url_for de «listo»",
    ("recoleccion/vistas/interrumpido.py", "destino"): "quien la llama ya pasó por destino_local",
    ("recoleccion/vistas/panel/acceso_entrar.py", "_destino()"): "es destino_local",
    ("recoleccion/vistas/panel/evidencias.py", "duena.direccion"): "url_for de su dueña",
    ("recoleccion/vistas/panel/papel.py", "direccion"): "url_for de quien la llama",
    ("recoleccion/vistas/panel/constructor_pregunta.py", "suya"): "url_for de la pregunta",
}


def _redirecciones(nodo: ast.AST, archivo: str, arbol: ast.AST) -> Iterator[Hallazgo]:
    if not isinstance(nodo, ast.Call) or ast.unparse(nodo.func) not in ("redirect", "flask.redirect"):
        return
    partes = nodo.args[0].values if nodo.args and isinstance(nodo.args[0], ast.BoolOp) else nodo.args[:1]
    for que in map(ast.unparse, partes):
        if not _ADONDE.match(que) and not _va_adonde(arbol, que) and (archivo, que) not in _DESTINO_FIJO:
            yield nodo.lineno, f"redirect({que}): sólo a url_for(…) o a destino_local(…)"


def _va_adonde(arbol: ast.AST, nombre: str) -> bool:
    """Si todo lo que se le asigna a ese nombre es una dirección nuestra."""
    valores = [valor for nodo in ast.walk(arbol) for valor in _asignaciones(nodo, nombre)]
    return bool(valores) and all(_ADONDE.match(ast.unparse(valor)) for valor in valores)


def _asignaciones(nodo: ast.AST, nombre: str) -> Iterator[ast.AST]:
    if isinstance(nodo, ast.NamedExpr) and nodo.target.id == nombre:
        yield nodo.value
    for blanco in nodo.targets if isinstance(nodo, ast.Assign) else ():
        if isinstance(blanco, ast.Name) and blanco.id == nombre:
            yield nodo.value  # type: ignore[union-attr]
        elif isinstance(blanco, ast.Tuple) and isinstance(nodo.value, ast.Tuple):  # type: ignore[union-attr]
            pares = zip(blanco.elts, nodo.value.elts, strict=False)  # type: ignore[union-attr]
            yield from (valor for uno, valor in pares if isinstance(uno, ast.Name) and uno.id == nombre)


_RED = {"urllib.request", "http.client", "requests", "httpx", "aiohttp", "smtplib", "ftplib", "telnetlib", "xmlrpc"}


def _modulos(nodo: ast.AST, archivo: str, _arbol: ast.AST) -> Iterator[Hallazgo]:
    """Nada sale a la red: no hay a quién engañar para que pida por otro. Ni cifrados que no sean los de la casa."""
    if not isinstance(nodo, ast.Import | ast.ImportFrom):
        return
    base = f"{nodo.module}." if isinstance(nodo, ast.ImportFrom) else ""
    for alias in nodo.names:
        completo = f"{base}{alias.name}"
        if any(completo == red or completo.startswith(f"{red}.") for red in _RED):
            yield nodo.lineno, f"import {completo}: esta aplicación no pide nada a nadie"
        if re.search(r"ciphers\.(modes|algorithms)|asymmetric\.padding|Fernet|decrepit", completo):
            yield nodo.lineno, f"import {completo}: aquí sólo AES-GCM, HPKE y ECDSA"
        if completo in ("pickle", "marshal", "shelve", "dill", "yaml"):
            yield nodo.lineno, f"import {completo}: arma objetos de bytes ajenos"


def _rastro(nodo: ast.AST, archivo: str, _arbol: ast.AST) -> Iterator[Hallazgo]:
    """De dónde viene una petición no se lee: así no se puede guardar."""
    if isinstance(nodo, ast.Attribute) and nodo.attr in ("remote_addr", "access_route", "remote_user"):
        yield nodo.lineno, f".{nodo.attr}: la dirección de quien pide no se usa ni se guarda"


_REGLAS = (_sql, _llamadas, _redirecciones, _modulos, _rastro)


def en_python(texto: str, archivo: str) -> list[str]:
    """Lo prohibido en un archivo de Python, como «archivo:línea: qué»."""
    arbol = ast.parse(texto)
    hallado = {mala for nodo in ast.walk(arbol) for regla in _REGLAS for mala in regla(nodo, archivo, arbol)}
    return [f"{archivo}:{linea}: {que}" for linea, que in sorted(hallado)]


_DE_PLANTILLA = {
    r"\|\s*safe\b": "|safe: escribe sin escapar",
    r"\bautoescape\s+false": "autoescape false: escribe sin escapar",
    r"\|\s*attr\b": "filtro que deja llegar a lo de adentro",
    r"<[^>{]*\s[\w-]+=\{\{": "un atributo sin comillas",
    r"\son\w+=": "un guion en un atributo",
    r"\sstyle=": "un estilo en un atributo",
    r"<script(?![^>]*(?:src=|type=\"application/json\"))": "un guion en la página",
}  # fmt: skip
_PLANTILLAS_REVISADAS = {
    ("plantillas/formularios/_campos.html", "|safe: escribe sin escapar"): "JSON sin «<», de piezas.reglas_json",
}


def _por_patrones(
    texto: str, archivo: str, patrones: Mapping[str, str], revisadas: Mapping[tuple[str, str], str]
) -> list[str]:
    """``archivo:renglón: qué`` de cada patrón hallado que nadie ha revisado."""
    return [
        f"{archivo}:{texto[: hallado.start()].count(chr(10)) + 1}: {que}"
        for patron, que in patrones.items()
        if (archivo, que) not in revisadas
        for hallado in re.finditer(patron, texto)
    ]


def en_plantilla(texto: str, archivo: str) -> list[str]:
    sin_notas = re.sub(r"\{#.*?#\}", lambda nota: "\n" * nota[0].count("\n"), texto, flags=re.DOTALL)
    return _por_patrones(sin_notas, archivo, _DE_PLANTILLA, _PLANTILLAS_REVISADAS)


_DE_GUION = {
    r"\.(?:innerHTML|outerHTML|srcdoc)\s*\+?=": "hace página de un texto",
    r"\.(?:insertAdjacentHTML|createContextualFragment|parseFromString)\(|document\.write": "hace página de un texto",
    r"\beval\(|new Function\(|set(?:Timeout|Interval)\(\s*[\"'`]": "ejecuta un texto",
    r"\blocalStorage\b|document\.cookie": "deja rastro donde cualquiera lo lee",
    r"addEventListener\(\"message\"": "oye mensajes de quien sea",
    r"[\"'`]https?://(?!www\.w3\.org)": "pide algo a otro sitio",
    r"__proto__": "toca el prototipo de todos",
}
_INERTE = "DOMParser no corre guiones, lo leído vino de nuestro sitio y la política tampoco deja"
_GUIONES_REVISADOS = {
    ("static/js/asistente/asistente.js", "hace página de un texto"): _INERTE,
    ("static/js/panel/papel_envio.js", "hace página de un texto"): _INERTE,
    ("static/js/panel/rescate.js", "hace página de un texto"): _INERTE,
    ("static/js/lector_obrero.js", "oye mensajes de quien sea"): "es un worker: sólo le habla quien lo creó",
    ("static/js/sw.js", "oye mensajes de quien sea"): "sólo le hablan páginas de su alcance, y sólo entiende «aplicar»",
    ("static/js/telefono.js", "oye mensajes de quien sea"): "un BroadcastChannel, que es del mismo origen",
    ("static/js/kiosco.js", "hace página de un texto"): "la encuesta que dibuja nuestro servidor y viene en el paquete",
}


def en_guion(texto: str, archivo: str) -> list[str]:
    sin_notas = re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", lambda n: "\n" * n[0].count("\n"), texto, flags=re.DOTALL)
    return _por_patrones(sin_notas, archivo, _DE_GUION, _GUIONES_REVISADOS)


def en_todo(raiz: Path) -> list[str]:
    """Todo el programa: Python, plantillas y guiones. Lo armado y lo de terceros no es nuestro."""
    de = [
        (en_python, ("recoleccion", "formularios", "publicacion"), ".py"),
        (en_plantilla, ("plantillas", "publicacion/plantillas"), ".html"),
        (en_guion, ("static/js",), ".js"),
    ]
    return [
        mala
        for revisar, carpetas, extension in de
        for carpeta in carpetas
        for archivo in sorted((raiz / carpeta).rglob(f"*{extension}"))
        for mala in revisar(archivo.read_text("utf-8"), archivo.relative_to(raiz).as_posix())
    ]
