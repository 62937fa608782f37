"""El tablero: lo que espera a la titular, el año de un vistazo y que cada número abra lo que hay detrás."""

import re
from datetime import datetime
from random import Random

import pytest

from recoleccion import reglas
from recoleccion.consultas import conexion, cuarentena, dispositivos, eventos, informes, poa, tablero, trimestres
from tests.elenco import HORA, evento_de_prueba
from tests.recoleccion.vistas.oficina import Oficina, leer


@pytest.fixture
def titular(app, elenco) -> Oficina:
    return Oficina(app, "titular")


def hecho(base, azar: Random, fecha: str, *, cierra: bool = True, **cambios) -> str:
    """Un evento de ese día, ya cerrado."""
    id = eventos.crear(base, evento_de_prueba(fecha=fecha, encuestas=[], **cambios), HORA, azar)
    if cierra:
        base.execute("UPDATE evento SET estado = 'cerrado' WHERE id = ?", [id])
    return id


def vinieron(base, evento_id: str, cuantas: int = 1, *, sexo: str = "M", edad: str = "30-44", **mas) -> None:
    azar = Random(f"{evento_id}-{cuantas}-{sexo}-{edad}-{mas}")
    for _ in range(cuantas):
        fila = {
            "id": reglas.nuevo_id(azar), "evento_id": evento_id, "modo": "conteo", "sexo": sexo, "edad": edad,
            "procedencia": "nd", "personas": 1, "aviso_version": 1, "recibido_en": HORA.isoformat(),
        } | mas  # fmt: skip
        base["asistencia"].insert(fila)


def anulada(base, evento_id: str) -> None:
    """Anula la última asistencia de ese evento."""
    ultima = base.execute("SELECT max(rowid), id FROM asistencia WHERE evento_id = ?", [evento_id]).fetchone()["id"]
    base["anulacion"].insert(
        {
            "id": reglas.nuevo_id(Random(1)),
            "registro_id": ultima,
            "evento_id": evento_id,
            "recibido_en": HORA.isoformat(),
        }
    )


def meta(base, linea: str, **numeros) -> None:
    poa.guardar(base, 2026, linea, numeros, ahora=HORA, quien="titular", justificacion="Así se planeó.")


def enlaces(html: str) -> list[str]:
    return [direccion.replace("&amp;", "&") for direccion in re.findall(r'href="(/panel/[^"]*)"', html)]


# --- Lo que espera ----------------------------------------------------------------------------------------------


def test_cada_cosa_que_espera_se_dice_y_lleva_a_donde_se_resuelve(titular, base, elenco, azar):
    cuarentena.guardar(
        base,
        registro_id="r",
        huella="h",
        contenido=b"x",
        codigo="evento_no_existe",
        dispositivo_id=None,
        dia="2026-11-25",
    )
    telefono = dispositivos.alta(base, "Moto", elenco.promotora.id, HORA, azar)[0]
    dispositivos.visto(base, telefono, HORA, 3, 0, "1")
    hecho(base, azar, "2026-10-01", cierra=False, titulo="Taller olvidado")
    hecho(base, azar, "2026-02-10")
    pagina = titular.get("/panel/")
    texto = leer(pagina)
    for frase, direccion in {
        "1 registro por revisar": "/panel/cuarentena",
        "1 teléfono tiene registros sin enviar": "/panel/telefonos",
        "«Taller olvidado» sigue sin cerrar": "/panel/eventos/",
        "El primer trimestre de 2026 está sin cerrar": "/panel/poa?ejercicio=2026",
        "Falta el teléfono de su oficina": "/panel/directorio/nueva?propia=1",
        "5 teléfonos de ayuda sin verificar": "/panel/directorio",
    }.items():
        assert frase in texto
        assert any(enlace.startswith(direccion) for enlace in enlaces(pagina.text)), direccion
    for enlace in set(enlaces(pagina.text)):
        assert titular.get(enlace).status_code == 200, enlace


def test_los_documentos_por_entregar_se_avisan_a_tiempo_y_dejan_de_salir_al_entregarse(titular, base, azar):
    def pedido(limite: str, nota: str, **mas) -> None:
        base["actividad"].insert(
            {"id": reglas.nuevo_id(azar), "ejercicio": 2026, "linea": "A9", "tipo": "otro", "cuenta": "avance",
             "fecha": "2026-11-01", "cantidad": 1, "limite": limite, "nota": nota, "creada_en": HORA.isoformat(),
             "creada_por": "titular"} | mas
        )  # fmt: skip

    pedido("2026-11-26", "Padrón para Contraloría")
    pedido("2026-11-20", "Oficio del DIF")
    pedido("2026-12-30", "Lo de enero")
    pedido("2026-11-21", "Ya entregado", cumplida_el="2026-11-20")
    texto = titular.texto("/panel/")
    assert "Por entregar: Padrón para Contraloría Se entrega mañana" in texto
    assert "Por entregar: Oficio del DIF Era para el viernes 20 de noviembre" in texto
    assert "Lo de enero" not in texto
    assert "Ya entregado" not in texto


def test_un_trimestre_cerrado_pide_su_informe_y_uno_sin_registros_no_pide_nada(titular, base, azar):
    hecho(base, azar, "2026-08-10")
    texto = titular.texto("/panel/")
    assert "El tercer trimestre de 2026 está sin cerrar" in texto
    assert "segundo trimestre" not in texto
    assert "cuarto trimestre" not in texto, "todavía no termina"
    trimestres.cerrar(base, 2026, 3, ahora=HORA, quien="titular")
    assert "Falta el informe del tercer trimestre de 2026" in titular.texto("/panel/")
    base["informe"].insert(
        {"id": "i", "clase": "trimestral", "ejercicio": 2026, "periodo": "t3", "datos": "{}", "huella": "h",
         "hecho_en": HORA.isoformat(), "hecho_por": "titular"}
    )  # fmt: skip
    assert "tercer trimestre" not in titular.texto("/panel/")


def test_varios_trimestres_sin_cerrar_son_un_solo_pendiente(titular, base, azar):
    for mes in ("02", "05", "08"):
        hecho(base, azar, f"2026-{mes}-10")
    texto = titular.texto("/panel/")
    assert "Hay 3 trimestres sin cerrar, desde el primer trimestre de 2026" in texto
    assert "está sin cerrar" not in texto


def test_una_linea_va_atrasada_contra_lo_que_ya_tocaba_no_contra_lo_del_trimestre_en_curso(titular, base, azar):
    meta(base, "M4", medida="eventos", unidad="eventos", meta_anual=8, t1=1, t2=1, t3=1, t4=5)
    for mes in ("01", "05", "08"):
        hecho(base, azar, f"2026-{mes}-10", lineas=["M4"])
    assert "atrasada" not in titular.texto("/panel/")
    meta(base, "M4", t3=3, t4=3)
    texto = titular.texto("/panel/")
    assert "1 línea del programa va atrasada" in texto
    # El evento abierto del elenco también lleva la línea M4.
    assert "De lo que tocaba al 30 de septiembre: M4 lleva 4 de 5 eventos." in texto
    assert "▼ tocaban 5" in texto


def test_los_nombres_de_hace_dos_anios_se_avisan(titular, base, azar):
    for anio, nombre in (("2024", "Ana"), ("2025", "Rosa")):
        id = hecho(base, azar, f"{anio}-06-01")
        vinieron(base, id, modo="telefono")
        asistencia = base.execute("SELECT id FROM asistencia WHERE evento_id = ?", [id]).fetchone()["id"]
        base["identidad"].insert({"asistencia_id": asistencia, "nombre": nombre})
    texto = titular.texto("/panel/")
    assert "Toca borrar los nombres de 2024" in texto
    assert "se guardan hasta el 31 de diciembre de 2025" in texto


def test_muchos_sin_cerrar_no_llenan_la_pagina(titular, base, azar):
    for dia in range(1, 13):
        hecho(base, azar, f"2026-03-{dia:02d}", cierra=False, titulo=f"Olvidado {dia}")
    texto = titular.texto("/panel/")
    assert texto.count("sigue sin cerrar") == 5
    assert "Y 7 eventos más viejos sin cerrar" in texto


# --- El año -----------------------------------------------------------------------------------------------------


@pytest.fixture
def con_gente(base, azar) -> dict[str, str]:
    """Tres eventos de 2026, uno cancelado y uno de 2025, con su gente."""
    ids = {
        "marzo": hecho(base, azar, "2026-03-08", titulo="Caminata", zona="zona_1", lineas=["M5"]),
        "octubre": hecho(base, azar, "2026-10-15", titulo="Mujeres del campo", lineas=["M4", "A8"]),
        "otro": hecho(base, azar, "2026-10-19", titulo="Módulo"),
        "cancelado": hecho(base, azar, "2026-04-01", titulo="No se hizo"),
        "viejo": hecho(base, azar, "2025-10-15", titulo="El de antes"),
    }
    base.execute("UPDATE evento SET estado = 'cancelado' WHERE id = ?", [ids["cancelado"]])
    vinieron(base, ids["marzo"], 12, sexo="M", edad="30-44")
    vinieron(base, ids["marzo"], 3, sexo="H", edad="60+")
    vinieron(base, ids["octubre"], 1, sexo="M", edad="18-29", personas=20)
    vinieron(base, ids["octubre"], 2, sexo="N", edad="nd")
    vinieron(base, ids["otro"], 4, sexo="O", edad="45-59")
    anulada(base, ids["otro"])
    vinieron(base, ids["cancelado"], 50)
    vinieron(base, ids["viejo"], 9)
    return ids


def total(pagina) -> int:
    """El pie de la tabla de «Asistencias de…»."""
    hallado = re.search(r"<strong>([\d,]+)</strong></td></tr></tfoot>", pagina.text)
    return int(hallado[1].replace(",", "")) if hallado else 0


def test_cada_numero_abre_los_registros_que_lo_suman(titular, con_gente):
    html = titular.get("/panel/").text
    abiertos = 0
    for direccion, escrito in re.findall(r'<a href="(/panel/asistencias[^"]*)"[^>]*>([\d,]+)', html):
        abiertos += 1
        assert total(titular.get(direccion.replace("&amp;", "&"))) == int(escrito.replace(",", "")), direccion
    assert abiertos >= 12
    texto = leer(titular.get("/panel/asistencias?anio=2026"))
    assert "40 asistencias en 3 eventos" in texto
    assert "No se hizo" not in texto


def test_a_quienes_se_llego_coincide_con_el_avance_y_con_los_registros(titular, base, con_gente):
    filas = tablero.gente(base, "2026-01-01", "2026-12-31")
    assert sum(fila["n"] for fila in filas) == 40
    cruce = informes.cruce(base, {"ejercicio": 2026, "desde": "2026-01-01", "hasta": "2026-12-31"})
    informado = {sexo: sum(n for (de, _), n in cruce.items() if de == sexo) for sexo, _ in cruce}
    por_sexo = {s: sum(f["n"] for f in filas if f["sexo"] == s) for s in "MHON"}
    assert (informado["mujeres"], informado["hombres"]) == (por_sexo["M"], por_sexo["H"]) == (32, 3)
    assert informado["no_especificado"] == por_sexo["O"] + por_sexo["N"] == 5
    texto = titular.texto("/panel/")
    assert re.search(r"No especificado 5 ", texto)
    assert re.search(r"Ranchos y comunidades 15 ", texto)
    assert "15 asistencias ✦ 8: Día Internacional de la Mujer" in texto


def test_el_anio_pasado_se_mira_igual(titular, con_gente):
    texto = titular.texto("/panel/?anio=2025")
    assert "El año 2025 de un vistazo" in texto
    assert "9 asistencias" in texto
    assert titular.get("/panel/?anio=99999").status_code == 200
    assert titular.get("/panel/?anio=x").status_code == 200


def test_lo_que_no_existe_no_se_abre(titular):
    assert titular.get("/panel/asistencias?anio=1").status_code == 404
    assert titular.get("/panel/asistencias?sexo=Z").status_code == 404
    assert "Nadie así en marzo de 2026" in titular.texto("/panel/asistencias?mes=2026-03&edad=60%2B")


def test_un_anio_sin_nada_dice_que_hacer(titular, reloj):
    reloj.hora = datetime(2027, 2, 1, 9, 0, tzinfo=HORA.tzinfo)
    texto = titular.texto("/panel/")
    assert "Hoy no hay eventos. Programe uno" in texto
    assert "Todavía no hay asistencias en 2027" in texto
    assert "No están cargadas las líneas de 2027" in texto
    assert "No hay eventos en la semana" in texto


def test_las_efemerides_que_vienen_dicen_si_ya_tienen_evento(titular, base, azar, reloj):
    reloj.hora = datetime(2026, 10, 1, 9, 0, tzinfo=HORA.tzinfo)
    hecho(base, azar, "2026-10-14", titulo="Voces del campo", efemeride="15oct", cierra=False)
    texto = titular.texto("/panel/")
    assert "Día de las Mujeres Rurales Jueves 15 de octubre, en 14 días: Voces del campo ." in texto
    assert "Día de la Niña Domingo 11 de octubre, en 10 días. Sin evento todavía: programe uno" in texto
    nuevo = titular.get("/panel/eventos/nuevo?fecha=2026-10-11&efemeride=11oct").text
    assert 'value="2026-10-11"' in nuevo
    assert '<option selected value="11oct">' in nuevo


def test_el_tablero_no_pregunta_evento_por_evento(base, azar, titular, monkeypatch):
    """Lo que crece con los años lo agrupa la base: con diez veces más eventos, las mismas consultas."""

    abrir = conexion.abrir
    vistas: list[str] = []

    def espiada(*argumentos, **opciones):
        db = abrir(*argumentos, **opciones)
        db.conn.set_trace_callback(vistas.append)
        return db

    monkeypatch.setattr(conexion, "abrir", espiada)

    def consultas() -> int:
        vistas.clear()
        assert titular.get("/panel/").status_code == 200
        return len(vistas)

    def programar(veces: int) -> None:
        for n in range(veces):
            for mes in range(1, 10):
                vinieron(base, hecho(base, azar, f"2026-{mes:02d}-10", titulo=f"Taller {n}"), 3)
            hecho(base, azar, "2026-11-27", cierra=False, titulo=f"Próximo {n}")

    programar(3)  # las que «ya toca publicar» pide de más con tres eventos al mes, desde el principio
    antes = consultas()
    programar(9)
    assert consultas() == antes


# --- La promotora -----------------------------------------------------------------------------------------------


def test_la_promotora_ve_lo_suyo_y_nada_de_la_titular(app, base, elenco, azar, con_gente):
    vinieron(base, elenco.evento_id, 2, promotora_id=elenco.promotora.id)
    vinieron(base, elenco.evento_id, 5)
    dispositivos.alta(base, "Moto de Rosa", elenco.promotora.id, HORA, azar)
    dispositivos.alta(base, "Teléfono ajeno", elenco.titular.id, HORA, azar)
    promotora = Oficina(app, "promotora")
    texto = promotora.texto("/panel/")
    assert "Moto de Rosa" in texto
    assert "Teléfono ajeno" not in texto
    assert "Violencia digital: cómo cuidarse miércoles 25 de noviembre: 2 personas" in texto
    for ajeno in ("Le esperan a usted", "de un vistazo", "Programa anual", "Nuevo evento", "Cuentas"):
        assert ajeno not in texto
    assert promotora.get("/panel/asistencias").status_code == 403
    assert "Calendario" in texto


# --- El menú ----------------------------------------------------------------------------------------------------


def test_el_menu_va_en_grupos_y_dice_donde_esta_una(titular):
    html = titular.get("/panel/calendario?anio=2026").text
    grupos = re.findall(r'<p id="menu-\d">([^<]+)</p>', html)
    assert grupos == ["Día a día", "El año", "Oficina"]
    assert html.count('aria-current="page"') == 2, "en el de escritorio y en el del teléfono"
    assert re.findall(r"<details open><summary>([^<]+)", html) == ["Día a día"]


def test_dentro_de_una_parte_el_menu_la_sigue_marcando(titular, elenco):
    html = titular.get(f"/panel/eventos/{elenco.evento_id}").text
    assert re.findall(r'aria-current="page">([^<]+)<', html) == ["Eventos", "Eventos"]
