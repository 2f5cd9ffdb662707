#!@bash@
# wget with the authorities of SSL_CERT_FILE, or else those of the package core/cacerts.
exec @wget@ --ca-directory= --ca-certificate="${SSL_CERT_FILE:-@cacerts@}" "$@"
