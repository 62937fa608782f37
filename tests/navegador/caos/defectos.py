"""Defectos plantados a propósito: con cada uno el mismo juez tiene que encontrar lo perdido o lo doble.

Los del teléfono se sirven en lugar del módulo bueno; el del servidor cambia una función en su proceso.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from recoleccion import paquete
from recoleccion.consultas import conexion, recepcion

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Promete al terminar de pedir y no al quedar escrito; el disco, lento como el de un teléfono barato.
_PROMETE_ANTES = """resultado = valor; listo(valor);
        const fin = Date.now() + 400;
        const girar = () => { if (Date.now() < fin) tx.objectStore(cajones[0]).count().onsuccess = girar; };
        if (modo === "readwrite") girar();"""

DEL_TELEFONO = {
    "suelta_antes_de_mandar": [
        ("cola.js", "put({ ...registro, intentos:", 'put({ ...registro, estado: "enviado", intentos:')
    ],
    "dice_guardado_antes_del_disco": [("almacen.js", "resultado = valor;", _PROMETE_ANTES)],
    "otro_id_en_cada_toque": [
        ("dom.js", 'if (nodo.getAttribute("aria-disabled") === "true") return;', ""),
        ("pantallas/registrar.js", "(telefono, evento.id, id,", "(telefono, evento.id, nuevoId(),"),
    ],
    "no_vuelve_a_ofrecer": [("cola.js", 'if (otra) await volverAOfrecer(en("cola"));', "")],
    "sin_durabilidad_estricta": [("almacen.js", '{ durability: "strict" }', '{ durability: "relaxed" }')],
}
DEL_SERVIDOR = "acusa_antes_de_guardar"


def plantar(defecto: str, wsgi: Wsgi, datos: Path) -> Wsgi:
    """La misma aplicación, con el defecto. Sin nombre, tal cual."""
    if defecto == DEL_SERVIDOR:
        _acusar_antes(datos)
    malos: dict[str, str] = {}
    for archivo, bueno, malo in DEL_TELEFONO.get(defecto, []):
        texto = (paquete.carpeta("static") / "js" / archivo).read_text("utf-8")
        assert texto.count(bueno) == 1, f"{archivo} ya no dice «{bueno}»: el defecto no se puede plantar"
        malos[f"/static/js/{archivo}"] = texto.replace(bueno, malo)
    return _servir_en_lugar(wsgi, malos) if malos else wsgi


def _servir_en_lugar(wsgi: Wsgi, malos: dict[str, str]) -> Wsgi:
    def app(ambiente: dict[str, Any], empezar: Callable[..., Any]) -> Iterable[bytes]:
        malo = malos.get(ambiente["PATH_INFO"])
        if malo is None:
            return wsgi(ambiente, empezar)
        cuerpo = malo.encode()
        empezar("200 OK", [("Content-Type", "text/javascript"), ("Content-Length", str(len(cuerpo)))])
        return [cuerpo]

    return app


def _acusar_antes(datos: Path) -> None:
    """Contesta «aceptado» y guarda después."""
    de_veras = recepcion.recibir_lote

    def guardar(cuerpo: bytes, opciones: dict[str, Any]) -> None:
        time.sleep(0.8)
        with closing(conexion.abrir(datos / "privada.db")) as base:
            de_veras(base, cuerpo, **opciones)

    def acusar(_db: object, cuerpo: bytes, **opciones: Any) -> dict[str, Any]:
        threading.Thread(target=guardar, args=(cuerpo, opciones), daemon=True).start()
        acuses = [{"id": r["id"], "estado": "aceptado"} for r in json.loads(cuerpo)["registros"]]
        return {"version": 1, "epoca": None, "hora_servidor": "2026-11-23T12:00:00-06:00", "acuses": acuses}

    recepcion.recibir_lote = acusar
