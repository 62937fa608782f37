"""Los informes: la página, el PDF y el XLSX dicen lo que hay en los registros, y lo guardado no cambia."""

import hashlib
import html
import json
import re
from collections import Counter
from io import BytesIO
from random import Random

import openpyxl
import pytest
from PIL import Image
from pypdf import PdfReader

from recoleccion import reglas
from recoleccion.consultas import actividades, bitacora, eventos, informes, poa, trimestres
from recoleccion.consultas.conexion import escritura
from tests.elenco import HORA, evento_de_prueba
from tests.informes_leidos import de_la_pagina, del_libro, del_pdf, recalculado, total_de_eventos
from tests.recoleccion.vistas.oficina import Oficina, leer

NOMBRE = "Guadalupe Íñiguez Ruvalcaba"
FORMULA = '=HYPERLINK("http://mal.example","clic")'
GENTE = {
    "2026-02-10": [("M", "30-44", 12), ("H", "18-29", 3), ("M", "0-11", 2)],
    "2026-05-20": [("M", "60+", 7), ("N", "nd", 1)],
    "2026-10-05": [("M", "45-59", 20), ("H", "30-44", 4), ("O", "18-29", 1), ("M", "12-17", 5)],
    "2026-11-24": [("M", "18-29", 9), ("H", "60+", 2)],
}
"""Por día, lo que se registró en un evento de M4 y M5: sexo, edad y cuántas. Lo demás se calcula aparte, aquí."""
ACTIVIDADES = {"2026-03-03": 4, "2026-10-20": 3}
"""Por día, capacitaciones de M2 (cada una, de dos mujeres y un hombre)."""


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


@pytest.fixture
def oficina(base, fabrica, elenco) -> dict[str, str]:
    """Un año con metas, cuatro eventos y actividades; el id de cada evento por su fecha."""
    quien = {"ahora": HORA, "quien": "titular"}
    poa.guardar(
        base,
        2026,
        "M4",
        {"meta_anual": 100, "t1": 20, "t2": 20, "t3": None, "t4": 40, "medida": "asistencias"},
        **quien,
    )
    poa.guardar(base, 2026, "M5", {"meta_anual": 3, "t1": 1, "t2": 0, "t3": 1, "t4": 2, "medida": "eventos"}, **quien)
    poa.guardar(base, 2026, "M2", {"meta_anual": 8}, **quien)
    azar, ids = Random(11), {}
    for fecha, grupos in GENTE.items():
        datos = evento_de_prueba(titulo=f"Plática del {fecha}", fecha=fecha, lineas=["M4", "M5"], efemeride="25n")
        ids[fecha] = eventos.crear(base, datos, HORA, azar)
        for sexo, edad, cuantas in grupos:
            registro = fabrica.conteo if edad in ("0-11", "12-17") else fabrica.asistencia
            varios = [registro(sexo=sexo, edad=edad, evento=ids[fecha]) for _ in range(cuantas)]
            assert set(fabrica.mandar(base, *varios)) == {"aceptado"}
    for fecha, cantidad in ACTIVIDADES.items():
        datos = {"linea": "M2", "tipo": "curso", "fecha": fecha, "cantidad": cantidad, "mujeres": 2, "hombres": 1}
        actividades.crear(base, datos, ahora=HORA, quien="titular", azar=azar)
    return ids


def esperado(trimestres: tuple[int, ...]) -> dict[str, list[str]]:
    """Lo que debe decir cada línea, contado de :data:`GENTE` sin pasar por el programa."""
    por_t = {t: [0, 0, 0] for t in (1, 2, 3, 4)}
    hechos: Counter[int] = Counter()
    for fecha, grupos in GENTE.items():
        t = (int(fecha[5:7]) + 2) // 3
        hechos[t] += 1
        for sexo, _, n in grupos:
            por_t[t]["MH".find(sexo)] += n
    del_periodo = [sum(por_t[t][i] for t in trimestres) for i in range(3)]
    gente = [*map(str, del_periodo), str(sum(del_periodo))]
    cursos = {1: 4, 2: 0, 3: 0, 4: 3}
    total = sum(sum(n) for n in por_t.values())
    if trimestres == (4,):
        return {
            "M4": ["100", "40", str(sum(por_t[4])), str(total), "80", "82.5 %", "Amarillo", *gente],
            "M5": ["3", "2", "2", "4", "4", "100.0 %", "Verde", *gente],
            "M2": ["8", "—", "3", "7", "—", "87.5 %", "Amarillo", "2", "1", "0", "3"],
            "A10": ["Sin definir", "—", "0", "0", "—", "—", "Sin meta", "0", "0", "0", "0"],
        }
    m4 = [f"{p} / {sum(por_t[t])}" for t, p in zip((1, 2, 3, 4), ("20", "20", "—", "40"), strict=True)]
    m5 = [f"{p} / {hechos[t]}" for t, p in zip((1, 2, 3, 4), ("1", "0", "1", "2"), strict=True)]
    m2 = [f"— / {cursos[t]}" for t in (1, 2, 3, 4)]
    return {
        "M4": ["100", *m4, str(total), "80", "82.5 %", "Amarillo", *gente],
        "M5": ["3", *m5, "4", "4", "100.0 %", "Verde", *gente],
        "M2": ["8", *m2, "7", "—", "87.5 %", "Amarillo", "4", "2", "0", "6"],
    }


def guardar(titular: Oficina, periodo: str, **escrito: str) -> str:
    """Ve la vista previa y guarda justo eso; devuelve la dirección del informe."""
    pagina = titular.get(f"/panel/informes/2026/{periodo}").text
    respuesta = titular.post(f"/panel/informes/2026/{periodo}", **ocultos(pagina), **escrito)
    assert respuesta.status_code == 303
    return str(respuesta.headers["Location"])


def ocultos(pagina: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(id|cifras)" value="([^"]+)"', pagina))


def test_la_pagina_el_pdf_y_el_xlsx_dicen_lo_que_hay_en_los_registros(titular, oficina, tmp_path):
    trimestral, anual = guardar(titular, "t4"), guardar(titular, "anual")
    xlsx = {
        nombre: titular.get(f"{donde}/informe.xlsx").data for nombre, donde in (("t4", trimestral), ("anual", anual))
    }
    vivo = openpyxl.load_workbook(BytesIO(xlsx["t4"]))
    fila = next(r for r in range(8, 30) if vivo["Datos"].cell(r, 1).value == "M4")
    vivo["Datos"].cell(fila, 9).value = 2  # sólo dos asistencias en el cuarto trimestre
    cambiado = BytesIO()
    vivo.save(cambiado)
    especial = titular.get(f"{guardar(titular, '25n')}/informe.xlsx").data
    libros = recalculado(tmp_path, **xlsx, vivo=cambiado.getvalue(), especial=especial)
    assert total_de_eventos(libros["especial"]) == total_de_eventos(BytesIO(especial)) == (55, 9, 2, 66)
    for nombre, donde, cuales in (("t4", trimestral, (4,)), ("anual", anual, (1, 2, 3, 4))):
        debe = esperado(cuales)
        pagina = de_la_pagina(titular.get(donde).text)
        libro = del_libro(libros[nombre], una=len(cuales) == 1)
        assert len(pagina) == len(libro) == 16
        assert pagina == libro
        assert {clave: pagina[clave] for clave in debe} == debe
        guardado = openpyxl.load_workbook(BytesIO(xlsx[nombre]), data_only=True)
        assert del_libro(guardado, una=len(cuales) == 1) == libro  # quien no calcula ve lo mismo
        for papel in ("oficio", "carta"):
            texto = del_pdf(titular.get(f"{donde}/informe.pdf?papel={papel}").data)
            for cifras in debe.values():
                assert " ".join(cifras) in texto, (nombre, papel, cifras)
    assert del_libro(libros["vivo"], una=True)["M4"][2:6] == ["2", "27", "80", "33.7 %"]
    assert del_libro(libros["vivo"], una=True)["M4"][6] == "Rojo"


def test_la_poblacion_por_edad_y_sexo_es_la_de_los_eventos_una_vez(titular, oficina):
    donde = guardar(titular, "anual")
    edades = {"0-11": (2, 0, 0), "12-17": (5, 0, 0), "30-44": (12, 4, 0)}
    datos = json.loads(titular.get(f"{donde}/datos.json").data)
    tabla = {clave: tuple(cuentas) for clave, *cuentas in datos["poblacion"]["edades"]}
    assert {clave: tabla[clave] for clave in edades} == edades
    total = sum(n for grupos in GENTE.values() for _, _, n in grupos)
    assert datos["poblacion"]["total"] == total == 66
    assert "De 30 a 44 años 12 4 0 16" in del_pdf(titular.get(f"{donde}/informe.pdf").data)
    assert f"Total 55 9 2 {total}" in leer(titular.get(donde))


def test_un_informe_guardado_da_los_mismos_bytes_aunque_lleguen_registros(titular, base, oficina, fabrica):
    cabeza = bitacora.cabeza(base).corta
    donde = guardar(titular, "t4", nota="Sin novedad")
    antes = {
        archivo: titular.get(f"{donde}/{archivo}").data for archivo in ("informe.pdf", "informe.xlsx", "datos.json")
    }
    fabrica.mandar(base, *[fabrica.asistencia(evento=oficina["2026-11-24"]) for _ in range(5)])
    poa.guardar(base, 2026, "M4", {"meta_anual": 90}, ahora=HORA, quien="titular", justificacion="Menos pláticas")
    for archivo, contenido in antes.items():
        assert titular.get(f"{donde}/{archivo}").data == contenido
    huella = hashlib.sha256(antes["datos.json"]).hexdigest()
    assert huella in titular.get(donde).text
    assert huella in del_pdf(antes["informe.pdf"])
    assert json.loads(antes["datos.json"])["bitacora"] == cabeza != bitacora.cabeza(base).corta
    assert f"Bitácora {cabeza}" in del_pdf(antes["informe.pdf"])
    assert de_la_pagina(titular.get(donde).text)["M4"] == esperado((4,))["M4"]
    assert de_la_pagina(titular.get("/panel/informes/2026/t4").text)["M4"][2] == "46"
    detras = leer(titular.get(f"/panel/informes/2026/t4/linea/M4?informe={donde.rpartition('/')[2]}"))
    assert "dice 41" in detras
    assert "hoy son 46" in detras


def test_el_logotipo_va_en_la_foto_aunque_despues_cambie(titular, datos, oficina):
    logo = BytesIO()
    Image.new("RGB", (90, 60), (20, 20, 20)).save(logo, "JPEG")
    archivo = datos / "catalogos" / "logo.jpg"
    archivo.write_bytes(logo.getvalue())
    donde = guardar(titular, "t4")
    antes = titular.get(f"{donde}/informe.pdf").data
    archivo.unlink()
    assert titular.get(f"{donde}/informe.pdf").data == antes
    assert len(PdfReader(BytesIO(antes)).pages[0].images) == 1


def test_nada_escrito_por_largo_que_sea_impide_imprimir(titular, base, oficina):
    """Un texto de otro municipio que no cabría en una hoja se recorta en el papel; entero queda en los datos."""
    with escritura(base):
        base.execute("UPDATE linea_poa SET texto = ?, indicador = ?", ["palabra " * 600, "sinespacios" * 60])
    donde = guardar(titular, "anual", **{"justificacion-M4": "w" * 5000}, nota="ñ " * 5000)
    for papel in ("oficio", "carta"):
        assert titular.get(f"{donde}/informe.pdf?papel={papel}").status_code == 200
    datos = json.loads(titular.get(f"{donde}/datos.json").data)
    assert datos["lineas"][0]["texto"] == "palabra " * 600
    assert len(datos["justificaciones"]["M4"]) == 600


def test_lo_guardado_no_se_cambia_y_si_alguien_lo_toca_se_dice(titular, base, oficina):
    donde = guardar(titular, "t4")
    for orden in ("UPDATE informe SET datos = '{}'", "DELETE FROM informe"):
        with pytest.raises(Exception, match="un informe no se"), escritura(base):
            base.execute(orden)
    with escritura(base):
        base.execute("DROP TRIGGER informe_no_cambia")
        base.execute("""UPDATE informe SET datos = replace(datos, '"realizado":[', '"realizado": [')""")
    respuesta = titular.get(f"{donde}/informe.pdf")
    assert respuesta.status_code == 500
    assert "ya no dan la huella" in leer(respuesta)


def test_se_guarda_lo_que_se_vio_o_se_ensena_lo_nuevo_sin_perder_lo_escrito(titular, base, oficina, fabrica):
    pagina = titular.get("/panel/informes/2026/t4").text
    fabrica.mandar(base, fabrica.asistencia(evento=oficina["2026-11-24"]))
    respuesta = titular.post("/panel/informes/2026/t4", **ocultos(pagina), **{"justificacion-M4": "Llovió en octubre"})
    assert respuesta.status_code == 409
    assert "Las cifras cambiaron" in respuesta.text
    assert "Llovió en octubre" in respuesta.text
    assert informes.listar(base) == []
    otra = titular.post(
        "/panel/informes/2026/t4", **ocultos(respuesta.text), **{"justificacion-M4": "Llovió en octubre"}
    )
    assert otra.status_code == 303
    assert titular.post("/panel/informes/2026/t4", **ocultos(respuesta.text)).status_code == 303  # dos veces es una
    assert "ya estaba guardado y no cambia" in titular.texto("/panel/informes")
    assert len(informes.listar(base)) == 1
    assert informes.ultimo(base, 2026, "t4")["justificaciones"] == {"M4": "Llovió en octubre"}
    assert "Llovió en octubre" in titular.get("/panel/informes/2026/t4").text  # la siguiente vez ya viene escrita


def test_un_texto_que_parece_formula_es_texto(titular, oficina):
    donde = guardar(titular, "t4", **{"justificacion-M4": FORMULA}, **{"elaboro-nombre": "@SUM(1)"})
    libro = openpyxl.load_workbook(BytesIO(titular.get(f"{donde}/informe.xlsx").data))
    celda = next(c for fila in libro["Informe"].iter_rows() for c in fila if c.value == FORMULA)
    assert (celda.data_type, celda.quotePrefix) == ("s", True)
    assert "HYPERLINK" in del_pdf(titular.get(f"{donde}/informe.pdf").data)
    assert "mal.example" in titular.get(donde).text
    assert "<script" not in titular.get(donde).text.replace("<script type", "")


def test_un_informe_no_lleva_nombres(titular, base, oficina, fabrica):
    fabrica.mandar(base, fabrica.asistencia(evento=oficina["2026-11-24"], nombre=NOMBRE, telefono="3781234567"))
    texto = titular.get(f"{guardar(titular, 't4')}/datos.json").text
    assert '"realizado"' in texto
    assert NOMBRE not in texto
    assert "3781234567" not in texto


@pytest.mark.parametrize(("mujeres", "hombres", "se_dice"), [(8, 1, False), (19, 1, False), (12, 10, True)])
def test_el_sexo_de_pocas_asesorias_no_sale_de_la_oficina(titular, base, oficina, mujeres, hombres, se_dice):
    """Con diez de cada uno, el control: sí se dice. Adentro, en los registros, siempre está."""
    total = mujeres + hombres
    datos = {"linea": "M6", "tipo": "asesoria_juridica", "fecha": "2026-10-15", "cantidad": total}
    gente = {"mujeres": mujeres, "hombres": hombres}
    actividades.crear(base, datos | gente, ahora=HORA, quien="titular", azar=Random(4))
    donde = guardar(titular, "t4")
    dicho = [str(mujeres), str(hombres), "0", str(total)] if se_dice else ["*", "*", "*", str(total)]
    assert de_la_pagina(titular.get(donde).text)["M6"][-4:] == dicho
    libro = openpyxl.load_workbook(BytesIO(titular.get(f"{donde}/informe.xlsx").data), data_only=True)
    assert del_libro(libro, una=True)["M6"][-4:] == dicho
    assert (" ".join(dicho) in del_pdf(titular.get(f"{donde}/informe.pdf").data)) is True
    guardados = json.loads(titular.get(f"{donde}/datos.json").data)["lineas"]
    suya = next(linea for linea in guardados if linea["clave"] == "M6")["poblacion"]
    assert (suya["hombres"] == hombres) is se_dice
    assert f"Asesoría jurídica {total} Suma a lo realizado {mujeres} {hombres} 0" in leer(
        titular.get("/panel/informes/2026/t4/linea/M6")
    )


def test_lo_que_hay_detras_de_una_cifra_suma_la_cifra(titular, oficina):
    pagina = titular.get("/panel/informes/2026/t4").text
    direccion = re.search(r'href="(/panel/informes/2026/t4/linea/M4)"', pagina)
    acumulado = re.search(r'href="(/panel/informes/2026/t4/linea/M4\?acumulado=1)"', pagina)
    assert direccion
    assert acumulado
    detras = titular.get(direccion[1])
    # con la plática abierta del elenco, a la que nadie ha llegado
    assert "3 eventos 34 6 1 41" in leer(detras)
    assert "5 eventos 55 9 2 66" in leer(titular.get(html.unescape(acumulado[1])))
    for id in (oficina["2026-10-05"], oficina["2026-11-24"]):
        assert f'href="/panel/eventos/{id}"' in detras.text
    assert "Curso o taller que tomó la oficina" in leer(titular.get("/panel/informes/2026/t4/linea/M2"))
    assert "5 eventos 55 9 2 66" in leer(titular.get("/panel/informes/2026/anual/eventos"))


def test_de_un_trimestre_terminado_y_abierto_se_ofrece_cerrarlo(titular, base, oficina):
    assert "cierre el trimestre" in titular.get(guardar(titular, "t3")).text
    trimestres.cerrar(base, 2026, 3, ahora=HORA, quien="titular")
    assert "cierre el trimestre" not in titular.get(guardar(titular, "t3")).text
    assert "cierre el trimestre" not in titular.get(guardar(titular, "t4")).text  # no ha terminado


def test_el_especial_solo_lleva_los_eventos_con_su_efemeride(titular, base, oficina, fabrica, instalacion):
    eventos.actualizar(base, oficina["2026-10-05"], {"efemeride": None})
    donde = guardar(titular, "25n")
    texto = leer(titular.get(donde))
    assert "Plática del 2026-11-24" in texto
    assert "Plática del 2026-10-05" not in texto
    pdf = del_pdf(titular.get(f"{donde}/informe.pdf").data)
    libro = openpyxl.load_workbook(BytesIO(titular.get(f"{donde}/informe.xlsx").data), data_only=True)
    # 66 menos las 30 de octubre; y la plática abierta del elenco, sin nadie
    assert total_de_eventos(libro) == (30, 5, 1, 36)
    assert "30 5 1 36" in pdf
    assert "Ningún evento lleva esta efeméride" in titular.get("/panel/informes/2026/8m").text


def test_un_periodo_que_no_empieza_no_se_informa(titular, base, reloj):
    reloj.avanzar(days=-240)  # fines de marzo
    assert "Antes de eso no hay qué informar" in titular.get("/panel/informes/2026/t4").text
    assert titular.post("/panel/informes/2026/t4", id=reglas.nuevo_id(Random(1)), cifras="").status_code == 422
    assert titular.get("/panel/informes/2026/t9").status_code == 404
    assert titular.get("/panel/informes/2031/t1").status_code == 404
    assert informes.listar(base) == []


def test_lo_que_se_movio_de_una_asesoria_se_informa_sin_su_dia_ni_de_quien_era(titular, base, oficina):
    """En el panel queda entero; en el informe, que sale y es para siempre, sólo que se movió y por qué."""
    hecho = {"ahora": HORA, "quien": "titular"}
    trimestres.cerrar(base, 2026, 3, **hecho)
    datos = {"linea": "M6", "tipo": "asesoria_juridica", "fecha": "2026-07-17", "cantidad": 1, "hombres": 1}
    actividades.crear(base, datos, justificacion="Faltaba una.", azar=Random(4), **hecho)
    assert trimestres.cambios(base, 2026, "M6")[0]["despues"] == "asesoria_juridica, 1 (hombres 1)"
    dice = titular.get(f"{guardar(titular, 't4')}/datos.json").json["cambios"]
    assert [c for c in dice if c["linea"] == "M6"] == [
        {"linea": "M6", "que": "una actividad", "antes": None, "despues": None, "justificacion": "Faltaba una.",
         "fecha": HORA.date().isoformat()}
    ]  # fmt: skip
