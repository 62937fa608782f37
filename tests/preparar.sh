#!/bin/sh
# Lo que las pruebas piden al sistema: Chromium (navegador), pdftoppm (mirar los PDF), LibreOffice Calc (volver a
# calcular los XLSX), curl y Caddy (HTTPS de verdad), age (abrir un respaldo sin este programa),
# systemd-analyze (qué tan cerradas quedan las unidades).
# Instala lo que falte con apt si puede; si no puede, dice qué falta y por qué.
set -eu

faltan=""
command -v chromium >/dev/null 2>&1 || faltan="$faltan chromium"
command -v pdftoppm >/dev/null 2>&1 || faltan="$faltan poppler-utils"
command -v soffice >/dev/null 2>&1 || faltan="$faltan libreoffice-calc-nogui"
command -v curl >/dev/null 2>&1 || faltan="$faltan curl"
command -v caddy >/dev/null 2>&1 || faltan="$faltan caddy"
command -v age >/dev/null 2>&1 || faltan="$faltan age"
command -v systemd-analyze >/dev/null 2>&1 || faltan="$faltan systemd"
[ -n "$faltan" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "Para las pruebas faltan estos programas:$faltan. Este sistema no tiene apt: instálelos a mano y repita." >&2
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "Para las pruebas faltan estos programas:$faltan. Instálelos y repita: sudo apt-get install$faltan" >&2
  exit 1
fi

echo "Se instalan:$faltan"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $faltan </dev/null >/dev/null
