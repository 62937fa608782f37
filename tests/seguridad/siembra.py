"""Un veneno en cada campo donde alguien escribe, por el camino de todos, y todo lo que después sale de ahí."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from recoleccion.sellado import INFO_REGISTRO, b64
from recoleccion.vistas import api
from tests.elenco import HORA
from tests.llave import FRASE
from tests.recoleccion.vistas.hostil import SE_ADMITE, TEXTO, Forma, formas_de
from tests.recoleccion.vistas.mundo import Mundo
from tests.seguridad.salidas import veneno

AJENO = "mal.ejemplo"
"""El ``Host`` que dice quien pide cada salida: en ninguna debe aparecer."""
VALE = {
    "t1": "1", "t2": "1", "t3": "1", "t4": "1", "linea_base": "0", "meta_anual": "4", "clave": "Z9",
    "fechas": "2026-12-15", "clave_inegi": "14111", "folio": "", "codigo": "", "ficha": "", "edad": "30-44",
    "si_numero": "2", "opcion-si": "Sí", "asunto": "",
}  # fmt: skip
"""Lo que se pone en un campo que pide una forma, para que los de texto se guarden; ver también ``SE_ADMITE``."""
_CANTIDAD = re.compile(r"minutos|contadas|cantidad|mujeres|hombres|no_especificado")
_ELEGIDOS = {"edad": "30-44", "vista": ""}
"""De una menor no se guarda el nombre; una carta o un cierre que no existía no se había visto."""
_CON_FORMATO = SE_ADMITE.keys() | VALE.keys()
_NO_REDIRIGEN = {"/panel/telefonos/otras-aplicaciones"}
"""Contestan con una página lo que guardaron."""
_SE_BRINCAN = ("/cuentas", "/entrar", "/llave", "/contrasena", "/series/nueva", "/vista")
"""Calculan argon2 y sus textos son contraseñas; o no guardan: una pide otro paso y las otras son de probar."""


Formas = list[tuple[str, Forma]]
"""``(página, formulario)``."""


@dataclass
class Salida:
    direccion: str
    estado: int
    tipo: str
    contenido: bytes
    cabeceras: Any


@dataclass
class Siembra:
    """``donde``: el campo de cada veneno que se aceptó; ``salidas``: todo lo que se pidió después."""

    donde: dict[int, str] = field(default_factory=dict)
    salidas: list[Salida] = field(default_factory=list)
    ademas: list[str] = field(default_factory=list)
    """Direcciones que sólo existen después de sembrar."""
    numero: int = 0

    def otro(self) -> int:
        self.numero += 1
        return self.numero


def sembrar(mundo: Mundo, formas: Formas) -> Siembra:
    """Lo sembrado se queda en la base mientras ``mundo`` esté conservando."""
    siembra = Siembra()
    for direccion, forma in formas:
        _una_forma(mundo, siembra, direccion, forma)
    _desde_un_telefono(mundo, siembra)
    siembra.ademas = _la_encuesta_en_un_evento(mundo)
    _abrir_nombres(mundo)
    return siembra


def cosechar(mundo: Mundo, siembra: Siembra) -> None:
    permiso = {"HTTP_AUTHORIZATION": f"Bearer {mundo.llave}"}
    evento = mundo.huecos["/panel/eventos"]["id"]
    papel = {f"/panel/eventos/{evento}/lista.pdf", f"/panel/eventos/{evento}/lista"}
    for direccion in [*mundo.rutas("GET"), *papel, *siembra.ademas]:
        propias = permiso if direccion.startswith(api.PREFIJO) else {}
        respuesta = mundo.pedir("GET", direccion, "cosecha", environ_overrides={"HTTP_HOST": AJENO} | propias)
        salida = Salida(direccion, respuesta.status_code, respuesta.mimetype, respuesta.data, respuesta.headers)
        siembra.salidas.append(salida)


def con_textos(paginas: dict[str, Any]) -> Formas:
    """Los formularios en que se escribe, sin repetir."""
    halladas: dict[tuple[str, tuple[str, ...]], tuple[str, Forma]] = {}
    for direccion, respuesta in paginas.items():
        if respuesta.mimetype == "text/html" and respuesta.status_code == 200:
            for forma in formas_de(respuesta.text, direccion):
                if forma.textos and not any(parte in forma.direccion for parte in _SE_BRINCAN):
                    halladas.setdefault((forma.direccion, tuple(sorted(forma.textos))), (direccion, forma))
    return list(halladas.values())


def _una_forma(mundo: Mundo, siembra: Siembra, direccion: str, forma: Forma) -> None:
    """Todos sus campos a la vez, con la página de antes o con la de ahora; si alguno no lo admite, de uno en uno."""
    campos = [campo for campo in forma.textos if campo not in _CON_FORMATO]
    if not campos or _mandar(mundo, siembra, forma, campos):
        return
    de_ahora = _leer(mundo, direccion, forma.textos)
    if de_ahora is None or _mandar(mundo, siembra, de_ahora, campos):
        return
    for uno in campos:
        for sin in ("", "=1+"):
            al_dia = _leer(mundo, direccion, forma.textos)
            if al_dia and _mandar(mundo, siembra, al_dia, [uno], sin=sin):
                break


def _leer(mundo: Mundo, direccion: str, textos: set[str]) -> Forma | None:
    formas = formas_de(mundo.pedir("GET", direccion).text, direccion)
    return next((forma for forma in formas if forma.textos == textos), None)


def _mandar(mundo: Mundo, siembra: Siembra, forma: Forma, campos: list[str], sin: str = "") -> bool:
    numeros = {campo: siembra.otro() for campo in campos}
    datos = _que_sirva(forma) | {campo: veneno(n).removeprefix(sin) for campo, n in numeros.items()}
    respuesta = mundo.pedir("POST", forma.direccion, campos, data=datos)
    if respuesta.status_code != 303 and not (respuesta.status_code == 200 and forma.direccion in _NO_REDIRIGEN):
        return False
    siembra.donde |= {n: f"{re.sub(r'[0-9a-f-]{36}', '<id>', forma.direccion)} {c}" for c, n in numeros.items()}
    _desde_ahora(mundo, respuesta.headers.get("Location", ""))
    return True


def _que_sirva(forma: Forma) -> dict[str, Any]:
    """Lo que el formulario mandaría, con números donde van números y sin los botones que piden más renglones."""
    datos = {campo: valor for campo, valor in forma.campos.items() if campo not in ("mas", "otra")}
    for campo, valor in forma.campos.items():
        if valor == TEXTO and campo in VALE:
            datos[campo] = VALE[campo]
        elif valor == TEXTO and (campo not in forma.textos or _CANTIDAD.match(campo)):
            datos[campo] = "3" if campo == "cantidad" else "1"
    return datos | {campo: valor for campo, valor in _ELEGIDOS.items() if campo in datos}


def _desde_ahora(mundo: Mundo, lugar: str) -> None:
    """Lo recién hecho (un informe, una serie, una solicitud) es lo que se mira al cosechar."""
    hecho = re.match(r"(/panel/(?:informes|series|derechos))/([0-9a-f-]{36})", lugar)
    if hecho:
        mundo.huecos = {hecho[1]: mundo.huecos.get(hecho[1], {}) | {"id": hecho[2]}} | mundo.huecos
        mundo.huecos[hecho[1]]["id"] = hecho[2]


def _desde_un_telefono(mundo: Mundo, siembra: Siembra) -> None:
    """Lo que un teléfono puede mandar: nombres sellados, y basura en lo demás, que espera en la cuarentena."""
    nombre, raro = siembra.otro(), siembra.otro()
    siembra.donde |= {nombre: "teléfono nombre", raro: "teléfono registro raro"}
    bueno = mundo.fabrica.asistencia(nombre=veneno(nombre), telefono="3781234567")
    malo = mundo.fabrica.asistencia(sexo=veneno(raro), modo=veneno(raro), evento=veneno(raro), nombre=veneno(raro))
    sellados = [{"id": r["id"], "sobre": _sellar(mundo, r)} for r in (bueno, malo)]
    lote = {"version": 1, "epoca": None, "enviado_en": HORA.isoformat(), "pendientes": 2, "app": veneno(raro)}
    permiso = {"HTTP_AUTHORIZATION": f"Bearer {mundo.llave}"}
    cuerpo = json.dumps(lote | {"registros": sellados}).encode()
    mundo.pedir("POST", f"{api.PREFIJO}/lote", data=cuerpo, content_type="application/json", environ_overrides=permiso)


def _sellar(mundo: Mundo, registro: dict[str, Any]) -> str:
    return b64(mundo.fabrica.sello.sellar(json.dumps(registro).encode(), INFO_REGISTRO))


def _la_encuesta_en_un_evento(mundo: Mundo) -> list[str]:
    """La que se escribió con veneno, ya como versión y en un evento abierto; dónde se lee desde ahora."""
    editar, vacio = mundo.llenar("/panel/instrumentos/<clave>/editar"), "/panel/eventos/nuevo"
    formas = formas_de(mundo.pedir("GET", editar).text, editar)
    version = next(forma for forma in formas if forma.direccion.endswith("/version"))
    assert mundo.pedir("POST", version.direccion, "versión", data=version.campos).status_code == 303
    nuevo = next(forma for forma in formas_de(mundo.pedir("GET", vacio).text, vacio) if forma.textos)
    creado = mundo.pedir("POST", nuevo.direccion, "evento", data=_que_sirva(nuevo) | {"encuestas": "la_feria"})
    id = creado.headers["Location"].rpartition("/")[2]
    mundo.pedir("POST", f"/panel/eventos/{id}/apertura", data={"csrf_token": mundo.ficha})
    feria, clave = "/panel/instrumentos/la_feria/1", mundo.evento(id)["clave"]
    suyas = [feria, *(f"{feria}/{que}" for que in ("papel.pdf", "hoja.xlsx", "hoja.csv", "vista"))]
    permiso = mundo.llenar("/openrosa/<permiso>/")
    return [*suyas, f"/{clave}", f"/{clave}/e/1", f"{permiso}formList", f"{permiso}forms/la_feria-{clave}.xml"]


def _abrir_nombres(mundo: Mundo) -> None:
    """Con la llave abierta, las listas llevan nombres. La sesión sigue en la galleta que contesta."""
    datos = {"csrf_token": mundo.ficha, "frase": FRASE, "razon": "lista"}
    respuesta = mundo.pedir("POST", "/panel/llave/apertura", "frase", data=datos)
    galletas = [g.split(";")[0] for g in respuesta.headers.getlist("Set-Cookie") if g.startswith("sesion=")]
    mundo.galleta = galletas[-1] if galletas else mundo.galleta
