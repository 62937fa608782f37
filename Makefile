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

# Lo largo: muertes, apagones, caos en Chromium, 200,000 itinerarios… (tests/nocturna.py). Una que falla no detiene las demás, y
# al final va la tabla. Sólo unas: make nocturna SOLO="muertes caos"; menos itinerarios: make nocturna ITINERARIOS=5000
# Por partes: make itinerarios DESDE=50000 ITINERARIOS=50000 (y PROCESOS=1 si la computadora se usa para algo más)
ITINERARIOS ?= 200000
DESDE ?= 0
CUALES = --desde $(DESDE) --cuantos $(ITINERARIOS) $(if $(PROCESOS),--procesos $(PROCESOS))
nocturna: $(VENV)/con-pruebas
	$(BIN)/python -m tests.nocturna $(SOLO) --itinerarios='$(CUALES)'

itinerarios: $(VENV)/con-pruebas
	$(BIN)/python -m tests.simulador.correr $(CUALES)

formato: $(VENV)/con-pruebas
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

limpiar:
	rm -rf $(VENV) .venv-semgrep node_modules static/vendor static/armado build dist

$(BIN)/python:
	@test -n "$(call SIRVE,$(PYTHON))" || { \
	  echo 'jornada necesita Python 3.11 o más nuevo y aquí no está. Instálelo y repita, o diga cuál usar: make PYTHON=/ruta/python3.12'; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo 'Python no pudo crear el entorno. En Debian o Ubuntu: apt install python3-venv'; exit 1; }

$(VENV)/instalada: $(BIN)/python $(FUENTES)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

# Lo del sistema y lo de Python, a la vez: uno baja mientras el otro acomoda.
$(VENV)/con-pruebas: $(BIN)/python $(FUENTES) tests/preparar.sh
	@sh tests/preparar.sh & sistema=$$!; \
	  $(BIN)/pip install --quiet --disable-pip-version-check -e '.[pruebas]' && $(BIN)/python construir.py --dev; listo=$$?; \
	  wait $$sistema && exit $$listo
	@touch $@ $(VENV)/instalada
