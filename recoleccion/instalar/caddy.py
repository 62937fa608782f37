"""El Caddyfile de los dos nombres, en texto; ``docs/Caddyfile`` es éste mismo con nombres de ejemplo."""

import re

_NOMBRE = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")

_TEXTO = """\
# jornada detrás de Caddy: HTTPS automático y dos nombres, uno para registrar y otro para los datos públicos.
# Cambie los dos nombres por los de su municipio; el DNS de ambos debe apuntar a esta computadora.

{
	# Nadie la cambia desde adentro de la computadora: después de editar este archivo, systemctl restart caddy.
	admin off
	# Cuando la aplicación no contesta, Caddy anota la dirección pedida y de dónde vino: aquí no se guarda.
	log {
		exclude http.log.error
	}
}
"""
_SITIO = """
NOMBRE {INTERNO
	reverse_proxy 127.0.0.1:PUERTO
	header {
		Strict-Transport-Security "max-age=31536000"
		-Server
		-Via
	}
}
"""


def es_nombre(nombre: str) -> bool:
    """¿Es un nombre de internet, como registro.tequila.gob.mx?"""
    return _NOMBRE.fullmatch(nombre) is not None


def caddyfile(registro: str, datos: str, *, puerto: int = 8000, puerto_datos: int = 8001, interno: bool = False) -> str:
    """``interno``: con certificados de una autoridad de esta computadora, para ensayar sin salir a internet."""
    sitios = ((registro, puerto), (datos, puerto_datos))
    dentro = "\n\ttls internal" if interno else ""
    return _TEXTO + "".join(
        _SITIO.replace("NOMBRE", nombre).replace("PUERTO", str(numero)).replace("INTERNO", dentro)
        for nombre, numero in sitios
    )
