"""De qué archivos se compone la aplicación de campo y cuál es su versión."""

import hashlib
from pathlib import Path

from recoleccion import paquete

from .estaticos import contenido

_PLANTILLAS = ("base_campo.html", "campo/aplicacion.html")
_ESTATICOS = (
    "css/campo.css", "css/formularios.css", "css/viva.css", "css/pasos.css", "img/campo.svg",
    "js/*.js", "js/pantallas/*.js", "js/rescate/*.js",
    "js/encuesta/prestado.js", "vendor/*.js", "vendor/*.wasm",
)  # fmt: skip
_FUERA = ("js/sw.js", "js/expresiones.js")
"""El que guarda los demás, y el que va dentro de ``prestado.js``."""
_APARTE = (
    "js/encuesta/", "js/leer_qr.js", "js/lector_obrero.js", "js/pantallas/turno.js", "js/rescate/",
    "vendor/lector", "vendor/qr.js", "vendor/zxing",
)  # fmt: skip
"""Se guarda para trabajar sin señal, pero abrir no lo pide: las encuestas, el lector de QR, el turno y el rescate."""
_PROPIAS = ("/campo/", "/campo/lector.js", "/campo/manifest.webmanifest")

MANIFIESTO = {
    "id": "/campo/",
    "name": "Jornada, registro en campo",
    "short_name": "Jornada",
    "lang": "es-MX",
    "start_url": "/campo/",
    "scope": "/campo/",
    "display": "standalone",
    "orientation": "portrait",
    "background_color": "#ffffff",
    "theme_color": "#123c46",
    "icons": [
        {"src": "/static/img/campo.svg", "sizes": "any", "type": "image/svg+xml"},
        {"src": "/static/img/campo-192.png", "sizes": "192x192", "type": "image/png"},
        {"src": "/static/img/campo-512.png", "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
    ],
}


def _archivos() -> list[Path]:
    estaticos = paquete.carpeta("static")
    hallados = {ruta for patron in _ESTATICOS for ruta in estaticos.glob(patron)}
    return sorted(hallados - {estaticos / fuera for fuera in _FUERA})


def direcciones() -> list[str]:
    """Todo lo que el teléfono guarda para abrir sin señal."""
    estaticos = paquete.carpeta("static")
    return [*_PROPIAS, *(f"/static/{ruta.relative_to(estaticos).as_posix()}" for ruta in _archivos())]


def al_abrir() -> list[str]:
    """De todo eso, lo que abrir la aplicación necesita: lo que cuenta para su presupuesto."""
    return [d for d in direcciones() if not d.removeprefix("/static/").startswith(_APARTE)]


def modulos() -> list[str]:
    """Los que la primera pantalla importa: pedirlos de una vez la abre antes. Lo demás espera a que haga falta."""
    return [d for d in al_abrir() if d.startswith(("/static/js/", "/static/vendor/")) and d.endswith(".js")]


def version() -> str:
    """La del programa y una huella de plantillas y archivos: cambia una coma y es otra."""
    plantillas = paquete.carpeta("plantillas")
    huella = hashlib.sha256()
    for ruta in [*(plantillas / nombre for nombre in _PLANTILLAS), *_archivos(), *_sw()]:
        huella.update(ruta.name.encode() + b"\0" + contenido(ruta))
    return f"{paquete.version_instalada()}+{huella.hexdigest()[:10]}"


def _sw() -> list[Path]:
    return [paquete.carpeta("static") / "js" / "sw.js"]
