"""La réplica al instante, con Litestream: opcional, además de los respaldos y no en su lugar.

Litestream manda cada cambio de la base a otra carpeta o a un almacén S3, y cada minuto da señal a esta aplicación. Si
se acaba, ``jornada verificar``, «Estado» y ``/salud`` lo dicen.

Lo que cuesta, medido: mientras corre, la bitácora WAL no se puede vaciar (llegó a 4.8 MB) y la réplica guarda por días
lo que aquí ya se borró, sobres de la urna incluidos; y no va sellada (Litestream 0.5 no cifra). Los nombres sí van
en sus sobres. Por eso es opcional y va a un lugar de la oficina, nunca a uno ajeno.
"""

import json
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from ..instalacion import Instalacion
from . import estado

CONFIGURACION = "litestream.yml"
LATIDO = "1m"
GUARDA = "72h"
"""Hasta cuándo hacia atrás se puede volver con la réplica."""


def configurar(instalacion: Instalacion, destino: str, direccion: str) -> Path:
    """Escribe ``datos/litestream.yml`` (0600; puede llevar claves del almacén) y devuelve dónde.

    :param destino: una carpeta o ``s3://…``.
    :param direccion: a dónde da señal: ``http://127.0.0.1:8000/salud/latido?ficha=…``.
    """
    a_donde = {"url": destino} if urlsplit(destino).scheme else {"type": "file", "path": str(Path(destino).resolve())}
    contenido = {
        "heartbeat-url": direccion,
        "heartbeat-interval": LATIDO,
        "snapshot": {"interval": "24h", "retention": GUARDA},
        "dbs": [{"path": str(instalacion.privada.resolve()), "replica": a_donde | {"sync-interval": "1s"}}],
    }
    ruta = instalacion.datos / CONFIGURACION
    ruta.touch(mode=0o600)
    ruta.write_text(json.dumps(contenido, indent=1), "utf-8")  # todo JSON es también YAML
    return ruta


def se_usa(datos: Path) -> bool:
    return (datos / CONFIGURACION).is_file()


def anotar_latido(datos: Path, ahora: datetime) -> None:
    estado.anotar(datos, estado.REPLICA, latido=ahora.isoformat())


def ultimo_latido(datos: Path) -> datetime | None:
    return estado.cuando(estado.leer(datos, estado.REPLICA), "latido")
