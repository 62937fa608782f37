# jornada: `make demo` la muestra, `make test` la prueba entera. No hace falta nada más que Python 3.11 y make.

# El primero que de veras corra y sea 3.11 o más nuevo.
SIRVE = $(shell $(1) -c 'import sys; sys.version_info >= (3, 11) and print("$(1)")' 2>/dev/null)
PYTHON ?= $(firstword $(foreach v,python3 python3.13 python3.12 python3.11 python3.14,$(call SIRVE,$(v))))
VENV := .venv
BIN := $(VENV)/bin
FUENTES := $(wildcard pyproject.toml construir.py package.json package-lock.json)

.PHONY: demo test nocturna itinerarios bench capturas formato limpiar

demo: $(VENV)/instalada
	$(BIN)/jornada demo

# Tres procesos en dos núcleos: las pruebas con Chromium esperan más de lo que calculan (12:35 en vez de 13:39). De una en una: make test PARALELO=0
PARALELO ?= 3
test: $(VENV)/con-pruebas
	$(BIN)/python -m pytest -n $(PARALELO) --dist worksteal

bench: $(VENV)/con-pruebas
	$(BIN)/python bench/demostracion.py
	$(BIN)/python bench/servidor.py
	$(BIN)/python bench/puerta.py
	$(BIN)/python bench/sincronizacion.py
	$(BIN)/python bench/arranque.py
	$(BIN)/python bench/lector.py
	$(BIN)/python bench/acuse.py
	$(BIN)/python bench/pagina.py
	$(BIN)/python bench/escritorio.py
	$(BIN)/python bench/encuesta_grande.py
	$(BIN)/python bench/openrosa_envios.py
	$(BIN)/python bench/openrosa_web.py
	$(BIN)/python bench/datasette.py
	$(BIN)/python bench/publicacion.py

# Las imágenes del LEEME y del manual, de una demostración nueva.
capturas: $(VENV)/con-pruebas
	$(BIN)/python bench/capturas.py

# 500 SIGKILL, 1,500 apagones, 300 rondas en Chromium y 200,000 itinerarios, con avance; otra cantidad: make nocturna ITINERARIOS=5000
# Por partes: make itinerarios DESDE=50000 ITINERARIOS=50000 (y PROCESOS=1 si la computadora se usa para algo más)
ITINERARIOS ?= 200000
DESDE ?= 0
nocturna: $(VENV)/con-pruebas
	JORNADA_MUERTES=500 JORNADA_APAGONES=1500 $(BIN)/python -m pytest -s tests/recoleccion/test_muertes.py tests/recoleccion/test_apagones.py
	JORNADA_CUADERNO_PASOS=300 JORNADA_CUADERNO_SEMILLAS=40 $(BIN)/python -m pytest -s tests/recoleccion/test_ranuras.py
	JORNADA_GIRO_CADA=1 JORNADA_GIROS=100 $(BIN)/python -m pytest -s tests/recoleccion/test_llave_giro.py
	JORNADA_URNA_CADA=1 JORNADA_URNA_APAGONES=500 $(BIN)/python -m pytest -s tests/recoleccion/test_urna_muertes.py
	JORNADA_ENSAYOS=50 JORNADA_MUERTES_RESPALDO=500 JORNADA_LATIDOS=2 $(BIN)/python -m pytest -s tests/recoleccion/test_respaldos.py \
	  tests/recoleccion/test_respaldo_muertes.py tests/test_replica.py
	JORNADA_REPUBLICACIONES=1000 $(BIN)/python -m pytest -s tests/publicacion/test_recarga.py
	JORNADA_SESIONES=500 $(BIN)/python -m pytest tests/seguridad/test_sesiones_revueltas.py
	JORNADA_AVALANCHAS=500 $(BIN)/python -m pytest tests/seguridad/test_aluvion.py
	JORNADA_HOSTILES=99 $(BIN)/python -m pytest tests/recoleccion/vistas/test_hostil.py
	JORNADA_BANDIT=todo JORNADA_PORTAL=todo $(BIN)/python -m pytest tests/seguridad/test_bandit.py tests/seguridad/test_portal_hostil.py
	JORNADA_CORTES=1000 $(BIN)/python -m pytest -s tests/publicacion/test_fallas_cortes.py
	JORNADA_LOTES=500 $(BIN)/python -m pytest tests/publicacion/test_auditoria_fuerza_bruta.py
	JORNADA_ANIO=entero $(BIN)/python -m pytest -s tests/ataques/test_pertenencia.py tests/ataques/test_restar_publicaciones.py \
	  tests/ataques/test_programacion_lineal.py tests/ataques/test_revisar.py tests/ataques/test_forma.py
	JORNADA_CORRIDAS=5000 $(BIN)/python -m pytest tests/test_js.py
	JORNADA_RONDAS=300 $(BIN)/python -m pytest -s tests/navegador/caos
	$(if $(filter 0,$(shell id -u)),$(BIN)/python -m tests.instalacion.desde_cero,@echo 'La instalación desde cero pide root: sudo make nocturna')
	$(MAKE) itinerarios

itinerarios: $(VENV)/con-pruebas
	$(BIN)/python -m tests.simulador.correr --desde $(DESDE) --cuantos $(ITINERARIOS) $(if $(PROCESOS),--procesos $(PROCESOS))

formato: $(VENV)/con-pruebas
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

limpiar:
	rm -rf $(VENV) node_modules static/vendor static/armado build dist

$(BIN)/python:
	@test -n "$(call SIRVE,$(PYTHON))" || { \
	  echo 'jornada necesita Python 3.11 o más nuevo y aquí no está. Instálelo y repita, o diga cuál usar: make PYTHON=/ruta/python3.12'; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo 'Python no pudo crear el entorno. En Debian o Ubuntu: apt install python3-venv'; exit 1; }

$(VENV)/instalada: $(BIN)/python $(FUENTES)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/con-pruebas: $(BIN)/python $(FUENTES) tests/preparar.sh
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[pruebas]'
	$(BIN)/python construir.py --dev
	sh tests/preparar.sh
	@touch $@ $(VENV)/instalada
