"""Cuarenta asistentes mandan a la vez, por HTTP, una encuesta de 250 preguntas; la mitad manda dos veces."""

import re
from pathlib import Path

from tests.encuesta_grande import CONDICIONES, PREGUNTAS, instrumento_grande
from tests.muchas import cuerpos, guardadas, mandar_todas, oficina_con, sello
from tests.navegador.procesos import Servidor

PERSONAS, OTRO = 40, "5f0c1c5e-0d4b-4a39-9a55-2f6f3a0b7c11"


def test_todas_quedan_una_vez_en_la_urna(tmp_path: Path) -> None:
    datos, instrumento = tmp_path / "datos", instrumento_grande()
    assert len(instrumento.preguntas) == PREGUNTAS
    assert sum(pregunta.relevante is not None for pregunta in instrumento.preguntas) == CONDICIONES
    clave = oficina_con(datos, instrumento)
    ids, envios = cuerpos(datos, clave, instrumento, PERSONAS)
    servidor = Servidor(datos)
    try:
        puerto, ruta = int(servidor.app.rsplit(":", 1)[1]), f"/{clave}/e/1"
        envio = mandar_todas(puerto, ruta, [*envios, *envios[: PERSONAS // 2]])
        assert len(envio.ms) == PERSONAS + PERSONAS // 2
        assert guardadas(datos) == (set(ids), PERSONAS)
        # Control: lo mismo con otro id es otra contestación, y la cuenta lo nota.
        otra = envios[0].replace(ids[0].encode(), OTRO.encode())
        otra = re.sub(rb"nace=[^&]*", f"nace={sello(datos, clave, OTRO)}".encode(), otra)
        mandar_todas(puerto, ruta, [otra])
        assert guardadas(datos) == ({*ids, OTRO}, PERSONAS + 1)
    finally:
        servidor.cerrar()
