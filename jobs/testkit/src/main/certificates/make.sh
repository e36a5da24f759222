#!/bin/bash
# Makes the certificates of ServerCertificate anew, with the JDK's keytool. They last a hundred years (but for the one
# that is out of date), so there is no need to; and nothing else can be signed later: the authority's key is thrown away.
set -euo pipefail
cd "$(dirname "$0")"
store=../resources/io/waybill/testkit/certificates.p12
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -f "$store"

keys() { keytool -noprompt -storetype PKCS12 -storepass changeit -keystore "$@"; }
pair() { # alias, common name, alternative names, first day, days, further options
  keys "$work/all.p12" -genkeypair -alias "$1" -keyalg EC -groupname secp256r1 -dname "CN=$2" -ext "san=$3" \
    -startdate "$4" -validity "$5" "${@:6}"
}

keys "$work/all.p12" -genkeypair -alias authority -keyalg EC -groupname secp256r1 -dname "CN=Waybill Testkit" \
  -ext bc:critical=ca:true -ext ku:critical=keyCertSign -startdate "2020/01/01 00:00:00" -validity 36500
pair localhost localhost dns:localhost,ip:127.0.0.1,ip:::1 "2020/01/01 00:00:00" 36500 -signer authority
pair other_name mail.example dns:mail.example "2020/01/01 00:00:00" 36500 -signer authority
pair expired localhost dns:localhost,ip:127.0.0.1,ip:::1 "2020/01/01 00:00:00" 365 -signer authority
pair stranger localhost dns:localhost,ip:127.0.0.1,ip:::1 "2020/01/01 00:00:00" 36500

keys "$work/all.p12" -exportcert -alias authority -file "$work/authority.crt"
keys "$work/all.p12" -delete -alias authority
cp "$work/all.p12" "$store"
keys "$store" -importcert -alias authority -file "$work/authority.crt"
keys "$store" -list
